"""Money without a team as a queue: each sale with its reason and who may have brought it, many given at once.

Choosing rows, the keys and the mark that rows share are the business of ``assets/queue.js``; what is refused, and why,
is said by the API.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_field, create_hidden_field
from components.frames import create_card
from components.list_parts import (
    create_cell,
    create_choice,
    create_day,
    create_filters,
    create_list_table,
    create_nothing,
    create_number_cell,
    create_pages,
    create_search,
    list_address,
)
from components.rule_lists import PATH
from components.team_look import create_tile
from core.reports import TeamLook
from core.texts import format_money, format_number, t, tn

ASSIGN = "/api/traffic-admin/unattributed/assign"
REASONS = ("no_utm", "unknown_source", "ambiguous", "no_person")
NOBODY = "none"  # as in the addresses of reports


@dataclass(frozen=True)
class LeadView:
    """A lead that may have brought a sale: its team (``None``: it has none), what speaks for it, when it came."""

    team: TeamLook | None
    signs: tuple[str, ...]
    when: str
    campaign: str | None


@dataclass(frozen=True)
class QueueRow:
    """A sale that waits; ``money`` is ``None`` while the amount is unknown, ``reason`` is already a sentence."""

    id: str
    deal_id: int
    product: str
    money: Decimal | None
    day: str
    source: str
    campaign: str
    medium: str
    reason: str
    leads: tuple[LeadView, ...]


@dataclass(frozen=True)
class MarkRow:
    """Sales that share a mark; ``days`` in words."""

    source: str
    campaign: str
    sales: int
    money: Decimal | None
    without_amount: int
    days: str
    reasons: str


@dataclass(frozen=True)
class QueueView:
    """The tab: totals by reason (words, sales, money), then either sales or marks, and what may be chosen."""

    totals: Sequence[tuple[str, int, Decimal | None]]
    rows: Sequence[QueueRow]
    marks: Sequence[MarkRow] | None
    query: Mapping[str, str]
    next_cursor: str | None
    teams: Sequence[TeamLook]
    version: int


def create_queue(view: QueueView) -> html.Div:
    """Totals, the list, and what is done with the chosen rows."""
    parts: list[Any] = [_totals(view)]
    parts.append(_sales_card(view) if view.marks is None else _marks_card(view, view.marks))
    return html.Div(parts, className="grid")


def _totals(view: QueueView) -> html.Section:
    lines = [html.Div([
        html.Span(words, className="grow"), html.Span(tn("attribution.sales", sales), className="small t2"),
        html.B(format_money(money, "KZT"), className="num")], className="item") for words, sales, money in view.totals]
    body = html.Div(lines, className="divide") if lines else create_nothing(
        t("queue.empty.title"), t("queue.empty.text"))
    known = sum((money for _, _, money in view.totals if money is not None), Decimal(0))
    return create_card(t("queue.totals"), body, unit=t("queue.totals.unit", money=format_money(known, "KZT")))


def _switch(view: QueueView) -> html.Nav:
    by_marks = view.marks is not None
    return html.Nav([
        dcc.Link(t("queue.by_sale"), href=list_address(PATH, {"tab": "queue"}), className="btn" + _on(not by_marks)),
        dcc.Link(t("queue.by_mark"), href=list_address(PATH, {"tab": "queue", "by": "mark"}),
                 className="btn" + _on(by_marks))], className="row g6", **attributes({"aria-label": t("queue.by")}))


def _on(chosen: bool) -> str:
    return " choice on" if chosen else " ghost"


def _sales_card(view: QueueView) -> html.Section:
    query = view.query
    filters = create_filters(PATH, [
        create_search("q", t("list.search"), query.get("q", ""), t("queue.search")),
        create_choice("reason", t("queue.reason"), [(one, t(f"reason.{one}")) for one in REASONS],
                      query.get("reason", "")),
        create_day("from", t("list.from"), query.get("from", "")), create_day("to", t("list.to"), query.get("to", "")),
    ], {"tab": "queue"})
    chosen: Any = None
    if "source" in query or "campaign" in query:
        mark = " · ".join(one for one in (query.get("source"), query.get("campaign")) if one and one != "-")
        chosen = html.Div([html.Span(t("queue.mark_chosen", mark=mark or t("queue.no_mark")), className="grow"),
                           dcc.Link(t("list.reset"), href=list_address(PATH, {"tab": "queue"}), className="btn")],
                          className="banner inf")
    body = [html.Div([filters, chosen], className="filterbox"), _table(view)]
    if view.rows:
        body.append(_give(view))
    return create_card(t("queue.title"), html.Div(body), unit=t("queue.keys"), hint=t("queue.hint"),
                       actions=[_switch(view)], flush=True, footer=create_pages(PATH, query, view.next_cursor))


def _table(view: QueueView) -> html.Div:
    if not view.rows:
        asked = any(value for name, value in view.query.items() if name != "tab")
        return create_nothing(t("queue.none.title"), t("queue.none.text" if asked else "queue.calm.text"))
    columns = [("", False), (t("queue.column.sale"), False), (t("queue.column.money"), True),
               (t("queue.column.mark"), False), (t("queue.column.reason"), False), (t("queue.column.leads"), False)]
    return create_list_table(t("queue.title"), columns, [_row(one) for one in view.rows])


def _row(one: QueueRow) -> html.Tr:
    box = dbc.Checkbox(value=False, class_name="boxes one", input_class_name="")
    marks = [html.Span(value, className="badge line mono cut", title=value)
             for value in (one.source, one.medium, one.campaign) if value]
    return html.Tr([
        html.Td(html.Label([box, html.Span(t("queue.choose", deal=one.deal_id), className="unseen")]), className="l"),
        create_cell([html.Div(one.product, className="m"),
                     html.Div([f"№ {one.deal_id} · ", one.day], className="micro t3")]),
        create_number_cell(format_money(one.money, "KZT"), "b"),
        create_cell(html.Div(marks or html.Span(t("queue.no_mark"), className="small t3"), className="pieces start")),
        create_cell(one.reason, "small t2 reason"),
        create_cell(html.Div([_lead(one, number, lead) for number, lead in enumerate(one.leads, start=1)]
                             or html.Span(t("queue.no_leads"), className="small t3"), className="col g4")),
    ], tabIndex=0, **attributes({"data-sale": one.id, "data-source": one.source.strip().lower(),
                                 "data-campaign": one.campaign.strip().lower()}))


def _lead(one: QueueRow, number: int, lead: LeadView) -> Any:
    signs = ", ".join(t(f"queue.sign.{sign}") for sign in lead.signs)
    words = html.Span(f"{signs} · {lead.when}", className="micro t3")
    if lead.team is None:
        return html.Span([html.Span(t("queue.lead_without_team"), className="small t2"), " ", words])
    label = [html.Span(str(number), className="key"), create_tile(lead.team),
             html.Span(lead.team.name, className="cut")]
    button = create_api_button(
        label, path=ASSIGN, body={"sale_ids": [one.id], "team": lead.team.slug}, refresh=ids.RULES_REFRESH,
        done=t("queue.given_one", team=lead.team.name), class_name="btn to-lead",
        title=t("queue.give_to", team=lead.team.name, signs=signs))
    return html.Div([button, words], className="row g6", **attributes({"data-key": str(number)}))


def _give(view: QueueView) -> html.Div:
    """What is done with the chosen rows; the script fills in which they are and the mark they share."""
    teams = [*({"value": one.slug, "label": one.name} for one in view.teams),
             {"value": NOBODY, "label": t("queue.nobody")}]
    choice = dbc.Select(options=teams, value="", placeholder=t("queue.choose_team"), className="input select")
    teach = html.Div([
        html.Label([dbc.Switch(value=False, class_name="switch"), html.Span(t("queue.teach"))], className="row g6"),
        html.Span("", className="mono b", **attributes({"data-queue": "mark"}))],
        className="row g6 wrap", hidden=True, **attributes({"data-queue": "teach"}))
    form = create_api_form(
        ids.QUEUE_FORM,
        [html.Div([html.B("0", className="num", **attributes({"data-queue": "count"})), html.Span(t("queue.chosen")),
                   html.Button(t("queue.all"), type="button", className="btn ghost",
                               **attributes({"data-queue": "all"}))], className="row g6 wrap"),
         create_hidden_field("sale_ids", []), create_hidden_field("alias", None),
         create_field("team", t("queue.team"), choice, required=True), teach],
        path=ASSIGN, submit=t("queue.give"), done=t("queue.given"), refresh=ids.RULES_REFRESH, version=view.version)
    return html.Div(form, className="givebox")


def _marks_card(view: QueueView, marks: Sequence[MarkRow]) -> html.Section:
    if not marks:
        table = create_nothing(t("queue.none.title"), t("queue.none.text"))
    else:
        columns = [(t("queue.column.mark"), False), (t("queue.column.reason"), False), (t("queue.column.days"), False),
                   (t("queue.column.sales"), True), (t("queue.column.money"), True), (t("list.actions"), True)]
        table = create_list_table(t("queue.by_mark"), columns, [_mark_row(one) for one in marks])
    return create_card(t("queue.marks.title"), table, hint=t("queue.marks.hint"), actions=[_switch(view)], flush=True,
                       footer=create_pages(PATH, view.query, view.next_cursor))


def _mark_row(one: MarkRow) -> html.Tr:
    badges = [html.Span(value, className="badge line mono cut", title=value) for value in (one.source, one.campaign)
              if value]
    # An address leaves out what is empty, so "-" stands for a mark that is none.
    sales = list_address(PATH, {"tab": "queue", "source": one.source or "-", "campaign": one.campaign or "-"})
    actions: list[Any] = [dcc.Link(t("queue.show_sales"), href=sales, className="btn")]
    if one.source:
        alias = list_address(PATH, {"tab": "aliases", "edit": "new", "utm_source": one.source})
        actions.append(dcc.Link(t("queue.make_alias"), href=alias, className="btn"))
    elif one.campaign:
        token = list_address(PATH, {"tab": "tokens", "edit": "new", "campaign_token": one.campaign})
        actions.append(dcc.Link(t("queue.make_token"), href=token, className="btn"))
    unknown = tn("queue.without_amount", one.without_amount) if one.without_amount else ""
    return html.Tr([
        create_cell(html.Div(badges or html.Span(t("queue.no_mark"), className="small t3"), className="pieces start")),
        create_cell(one.reasons, "small t2"), create_cell(one.days, "small t2"),
        create_number_cell(format_number(one.sales)),
        create_number_cell([html.Div(format_money(one.money, "KZT"), className="b"),
                            html.Div(unknown, className="micro t3")]),
        html.Td(html.Div(actions, className="row g6 end"))])
