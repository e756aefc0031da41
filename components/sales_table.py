"""The list of sales: when, what, how much, whose, and why theirs."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from dash import html

from components import ids
from components.coverage import method_name, reason_name
from components.grids import Row, text_column
from components.team_look import team_cell
from core.reports import SaleRow, SalesPage
from core.texts import NO_BREAK, format_moment, format_money, format_number, has_text, t

_SURE = frozenset({"utm_exact", "alias", "manual"})
REVERSED = "reversed"


def sales_columns() -> list[Row]:
    """Columns of the list; its order is the server's, newest first."""
    return [
        text_column("when", t("analytics.sales.when"), width=112, least=0.98, cellClass="dim num", phone=True),
        text_column("deal", t("analytics.sales.deal"), width=108, cellClass="num"),
        text_column("product", t("analytics.sales.product"), width=96),
        text_column(
            "amount",
            t("analytics.sales.amount"),
            cellRenderer="AmountCell",
            type="rightAligned",
            width=124,
            phone=True,
            cellDataType=False,
        ),
        text_column("team", t("teams.team"), cellRenderer="MiniTeamCell", width=156, phone=True, cellDataType=False),
        text_column("why", t("analytics.sales.why"), cellRenderer="BadgeCell", width=176, cellDataType=False),
        text_column(
            "campaign",
            t("analytics.sales.campaign"),
            cellRenderer="CodeCell",
            width=220,
            tooltipField="campaign",
        ),
    ]


def sales_rows(rows: Sequence[SaleRow], zone: tzinfo, names: dict[str, str]) -> list[Row]:
    """Sales in their own currency and in the zone of the business; ``names`` gives teams by slug."""
    return [_row(row, zone, names) for row in rows]


def _row(row: SaleRow, zone: tzinfo, names: dict[str, str]) -> Row:
    return {
        "id": row.id,
        "when": format_moment(row.sold_at.astimezone(zone)),
        "deal": str(row.deal_id),
        "product": product_name(row.product) if row.payment_of is None else t("evidence.payment.further"),
        "amount": {
            "text": t("analytics.sales.no_amount") if row.amount is None else format_money(row.amount, row.currency),
            "unknown": row.amount is None,
            "gone": row.status == REVERSED,
        },
        "team": team_cell(row.team),
        "why": why(row, names),
        "campaign": row.campaign or "",
        "none": row.team.slug is None,
    }


def product_name(product: str) -> str:
    """A product in words; one that the catalogue does not know is shown as it is."""
    return t(f"product.{product}") if has_text(f"product.{product}") else product


def why(row: SaleRow, names: dict[str, str]) -> dict[str, Any]:
    """The badge of a sale: reversed, the rule that found its team, or why there is none."""
    if row.status == REVERSED:
        return {"text": t("sale.reversed"), "kind": "loss", "title": ""}
    if row.team.slug is None:
        if row.reason == "ambiguous" and row.candidates:
            teams = ", ".join(names.get(slug, slug) for slug in row.candidates)
            return {"text": t("reason.ambiguous_of", teams=teams), "kind": "weak", "title": teams}
        return {"text": reason_name(row.reason), "kind": "weak", "title": ""}
    method = method_name(row.method)
    sure = t(f"confidence.{row.confidence}") if row.confidence else ""
    return {
        "text": method,
        "kind": "good" if row.method in _SURE else "ok",
        "title": f" ·{NO_BREAK}".join(part for part in (row.rule or "", sure) if part),
    }


def create_sales_footer(page: SalesPage, shown: int, most: int) -> list[Any]:
    """How many of the sales are shown, and the button for more of them."""
    line = html.Span(t("analytics.sales.shown", shown=format_number(shown), all=format_number(page.total)))
    if page.next_cursor is None:
        return [line]
    if shown >= most:
        return [html.Span(t("analytics.sales.limit", shown=format_number(shown)))]
    return [line, create_more_button()]


def create_more_button(hidden: bool = False) -> html.Button:
    """Asks for the next sales; it waits, unseen, until there are more."""
    return html.Button(
        t("analytics.sales.more"), id=ids.ANALYTICS_SALES_MORE, type="button", className="btn", hidden=hidden
    )
