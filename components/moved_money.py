"""What a change of the rules would move, before it is applied: sales and money per team and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dash import html

from components.forms import create_api_button
from components.frames import create_card, create_icon
from components.list_parts import create_cell, create_list_table, create_number_cell, create_progress
from components.rule_lists import PATH
from components.team_look import create_chip
from core.reports import TeamLook
from core.texts import format_money, format_number, t, tn

APPLY = "/api/traffic-admin/attribution/apply"
_DAYS_SHOWN = 400


@dataclass(frozen=True)
class TeamMoves:
    """What a team would win and lose; amounts in KZT."""

    team: TeamLook
    sales_in: int
    sales_out: int
    amount_in: Decimal
    amount_out: Decimal


@dataclass(frozen=True)
class DayMoves:
    """What a team would win less lose on a day; ``day`` in words."""

    day: str
    team: TeamLook
    sales: int
    amount: Decimal


@dataclass(frozen=True)
class MovesView:
    """A preview; ``change`` is what applying sends, ``None`` where something else applies it."""

    sales: int
    amount: Decimal
    without_amount: int
    teams: Sequence[TeamMoves]
    days: Sequence[DayMoves]
    change: Mapping[str, Any] | None


def create_preview_running(done: int, total: int) -> html.Section:
    """A preview that is being computed."""
    return create_card(t("attribution.moved.title"), create_progress(t("attribution.moved.running"), done, total))


def create_preview_failed(reason: str) -> html.Section:
    """A preview that could not be made, with the sentence that says why."""
    return create_card(t("attribution.moved.title"), html.Div(
        [create_icon("tri", 18, "neg"), html.Span(reason, className="grow")], className="banner bad", role="alert"))


def create_moved_money(view: MovesView) -> html.Section:
    """The preview, and the button that applies exactly what was previewed."""
    said = t("attribution.moved.nothing")
    if view.sales:
        said = t("attribution.moved.said", sales=tn("attribution.sales", view.sales),
                 money=format_money(view.amount, "KZT"))
    body: list[Any] = [html.P(said, className="said-big")]
    if view.without_amount:
        body.append(html.P(tn("attribution.moved.without_amount", view.without_amount), className="small warn"))
    if view.teams:
        body.append(_teams(view.teams))
    if view.days:
        body.append(html.Details([html.Summary(t("attribution.moved.days"), className="btn"), _days(view.days)],
                                 className="daysbox"))
    if view.change is not None:
        body.append(html.Div([
            create_api_button(t("attribution.apply"), path=APPLY, body=view.change, done=t("attribution.applied"),
                              go=f"{PATH}?tab=versions", class_name="btn lg primary"),
            html.Span(t("attribution.apply.hint"), className="hint")], className="row wrap form-foot"))
    return create_card(t("attribution.moved.title"), body, unit=t("attribution.moved.unit"))


def _teams(teams: Sequence[TeamMoves]) -> html.Div:
    columns = [(t("list.team"), False), *((t(f"attribution.moved.{name}"), True) for name in (
        "sales_in", "sales_out", "amount_in", "amount_out", "net"))]
    rows = [html.Tr([
        create_cell(create_chip(one.team)), create_number_cell(format_number(one.sales_in)),
        create_number_cell(format_number(one.sales_out)), create_number_cell(format_money(one.amount_in, "KZT")),
        create_number_cell(format_money(one.amount_out, "KZT")), _net(one.amount_in - one.amount_out)])
        for one in teams]
    return create_list_table(t("attribution.moved.title"), columns, rows)


def _net(amount: Decimal) -> html.Td:
    sign = "pos" if amount > 0 else "neg" if amount < 0 else "t2"
    plus = "+" if amount > 0 else ""
    return create_number_cell(f"{plus}{format_money(amount, 'KZT')}", sign)


def _days(days: Sequence[DayMoves]) -> html.Div:
    columns = [(t("attribution.moved.day"), False), (t("list.team"), False), (t("attribution.moved.sales"), True),
               (t("attribution.moved.net"), True)]
    rows = [html.Tr([create_cell(one.day, "num"), create_cell(create_chip(one.team)),
                     create_number_cell(format_number(one.sales, signed=True)), _net(one.amount)])
            for one in days[:_DAYS_SHOWN]]
    table = create_list_table(t("attribution.moved.days"), columns, rows)
    more = len(days) - _DAYS_SHOWN
    return html.Div([table, html.P(tn("attribution.moved.more", more), className="small t3") if more > 0 else None])
