"""How much of the sales is explained: by which rule a team was found, and why there is none for the rest."""

from collections.abc import Sequence

from dash import html

from components.attributes import attributes
from components.numbers import create_number
from components.theme import token
from core.metrics import HUNDRED, ratio
from core.reports import CoverageRow
from core.texts import format_number, format_percent, has_text, t

_METHOD_COLOURS = {
    "manual": "text",
    "utm_exact": "c-revenue",
    "alias": "t-sky",
    "fb_slug": "t-periwinkle",
    "campaign_binding": "t-violet",
    "campaign_token": "t-pink",
    "person_match": "t-lemon",
}


def create_coverage(rows: Sequence[CoverageRow]) -> html.Div | None:
    """The share with a team, the bar of methods and the reasons of the rest; ``None`` when nothing was sold."""
    everything = sum(row.sales for row in rows)
    if everything == 0:
        return None
    known = [row for row in rows if row.method is not None]
    rest = [row for row in rows if row.method is None]
    known_sales, rest_sales = sum(row.sales for row in known), sum(row.sales for row in rest)
    bar = [html.I(style={"flex": str(row.sales), "--k": _colour(row)}) for row in known]
    if rest_sales:
        bar.append(html.I(className="hatch", style={"flex": str(rest_sales)}))
    lines = [_line(method_name(row.method), row.sales, _colour(row)) for row in known]
    lines.append(_line(t("team.none"), rest_sales, ""))
    return html.Div(
        [
            html.Div(format_percent(ratio(known_sales, everything, HUNDRED), digits=1), className="big-share num"),
            html.Div(
                t("analytics.coverage.text", known=format_number(known_sales), all=format_number(everything)),
                className="small t2",
            ),
            html.Div(bar, className="cover-bar", **attributes({"aria-hidden": "true"})),
            html.Div(lines, className="divide"),
            html.Div([_reason(row) for row in rest], className="row g6 wrap", style={"marginTop": "12px"}),
        ]
    )


def _colour(row: CoverageRow) -> str:
    return token(_METHOD_COLOURS.get(row.method or "", "t-sand"))


def _line(name: str, sales: int, colour: str) -> html.Div:
    key = html.I(className="key", style={"--k": colour}) if colour else html.I(className="key hatch")
    return html.Div([html.Span([key, name], className="row g6 small"), create_number(sales)], className="cover-line")


def _reason(row: CoverageRow) -> html.Span:
    kind = "badge weak" if row.reason == "ambiguous" else "badge"
    return html.Span(f"{reason_name(row.reason)} {format_number(row.sales)}", className=kind)


def method_name(method: str | None) -> str:
    """How a sale found its team, in words; one that an older release knew, by its own name; empty for none."""
    key = f"method.{method}"
    return t(key) if has_text(key) else method or ""


def reason_name(reason: str | None) -> str:
    """Why a sale has no team, in words."""
    key = f"reason.{reason}"
    return t(key) if reason and has_text(key) else t("reason.unknown")
