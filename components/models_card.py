"""The card that compares attribution models: what each gives every team, asked for by a button."""

from collections.abc import Mapping
from typing import Any

from dash import html

from components import ids
from components.evidence_parts import data_driven_note
from components.frames import create_card
from components.numbers import create_money, create_number
from components.states import create_empty
from components.team_look import create_tile, team_name
from core.reports import ModelRow, ModelsReport, TeamLook
from core.texts import t
from core.touch_models import MODELS

_ONE_DIGIT = 1


def create_models_card() -> html.Section:
    """The card before anybody asked: it reads the touches of every sale, so it is not filled by itself."""
    button = html.Button(t("models.show"), id=ids.ANALYTICS_MODELS_SHOW, type="button", className="btn")
    return create_card(
        t("models.title"), html.Div(create_models_hint(), id=ids.ANALYTICS_MODELS), unit=t("models.unit"),
        hint=t("models.hint"), flush=True, anchor="models", actions=[button])


def create_models_hint() -> html.P:
    """What the button would show."""
    return html.P(t("models.ask"), className="t3 small below-note")


def create_comparison(report: ModelsReport, zone: Any) -> list[Any]:
    """A row per team, the unattributed rest last; in each column revenue and, below it, sales."""
    if not report.rows:
        return [create_empty(period_chosen=True)]
    parts: dict[str | None, dict[str, ModelRow]] = {}
    looks: dict[str | None, TeamLook] = {}
    for row in report.rows:
        parts.setdefault(row.team.slug, {})[row.model] = row
        looks[row.team.slug] = row.team
    teams = sorted(parts, key=lambda slug: slug is None)
    heads = [html.Th(t("models.team"), className="l", scope="col"),
             *(html.Th(t(f"evidence.model.{model}"), className="r", scope="col") for model in MODELS)]
    body = [_line(looks[slug], parts[slug], report.currency) for slug in teams]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="tbl dense")
    return [html.Div(table, className="scroll-x", tabIndex=0),
            html.P(data_driven_note(report.learned_at, zone), className="small t3 below-note")]


def _line(team: TeamLook, cells: Mapping[str, ModelRow], currency: str) -> html.Tr:
    name = html.Span([create_tile(team), team_name(team)], className="row g6")
    return html.Tr([html.Td(name, className="l"), *(_cell(cells.get(model), currency) for model in MODELS)])


def _cell(row: ModelRow | None, currency: str) -> html.Td:
    if row is None:
        return html.Td("—", className="r t3")
    sales = html.Div([create_number(row.sales, _ONE_DIGIT), " ", t("models.sales")], className="micro t3")
    return html.Td([create_money(row.revenue, currency), sales], className="r")
