"""The controls of the filter bar become the query of the page, and the query sets the controls."""

from dataclasses import replace
from datetime import date
from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from auth.permissions import Permission, requires
from callbacks.reading import business_calendar, read_filters, reading
from components import ids
from components.filter_bar import chosen_text, team_names
from core.business_time import now
from core.filters import Filters
from data.reports.choices import load_choices


@callback(
    output={
        "query": Output(ids.QUERY, "data"),
        "preset": Output(ids.FILTER_PRESET, "value"),
        "first": Output(ids.FILTER_FROM, "value"),
        "last": Output(ids.FILTER_TO, "value"),
        "currency": Output(ids.FILTER_CURRENCY, "value"),
        "interval": Output(ids.FILTER_INTERVAL, "value"),
        "basis": Output(ids.FILTER_BASIS, "value"),
        "teams": Output(ids.FILTER_TEAMS, "value"),
        "campaigns": Output(ids.FILTER_CAMPAIGNS, "value"),
        "teams_text": Output(ids.FILTER_TEAMS_TEXT, "children"),
        "campaigns_text": Output(ids.FILTER_CAMPAIGNS_TEXT, "children"),
    },
    inputs={
        "preset": Input(ids.FILTER_PRESET, "value"),
        "first": Input(ids.FILTER_FROM, "value"),
        "last": Input(ids.FILTER_TO, "value"),
        "currency": Input(ids.FILTER_CURRENCY, "value"),
        "interval": Input(ids.FILTER_INTERVAL, "value"),
        "basis": Input(ids.FILTER_BASIS, "value"),
        "teams": Input(ids.FILTER_TEAMS, "value"),
        "campaigns": Input(ids.FILTER_CAMPAIGNS, "value"),
        "reset": Input(ids.FILTER_RESET, "n_clicks"),
        "query": State(ids.QUERY, "data"),
    },
    prevent_initial_call=True,
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_choice(**controls: Any) -> dict[str, Any]:
    """The query after one control changed, and every control as that query has it."""
    before = read_filters(controls["query"])
    after = change_filters(before, ctx.triggered_id, controls)
    if after == before and ctx.triggered_id not in (ids.FILTER_FROM, ids.FILTER_TO):
        return dict.fromkeys(ctx.outputs_grouping, no_update)
    with reading(after) as moment:
        choices = load_choices(moment.connection, moment.scope)
    period = after.period(business_calendar().today(now()), choices.first_day)
    return {
        "query": no_update if after == before else after.to_query(),
        "preset": after.preset,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "currency": after.currency,
        "interval": after.interval,
        "basis": after.basis,
        "teams": list(after.teams),
        "campaigns": list(after.campaigns),
        "teams_text": chosen_text(after.teams, team_names(choices)),
        "campaigns_text": chosen_text(after.campaigns, dict(choices.campaigns)),
    }


def change_filters(before: Filters, control: Any, controls: dict[str, Any]) -> Filters:
    """The filters after ``control`` changed; values that cannot be read leave them as they were."""
    match control:
        case ids.FILTER_RESET:
            return Filters(default_currency=before.default_currency)
        case ids.FILTER_PRESET if controls["preset"]:
            return before.with_preset(str(controls["preset"]))
        case ids.FILTER_FROM | ids.FILTER_TO:
            return _change_dates(before, control, controls)
        case ids.FILTER_CURRENCY:
            return replace(before, currency=str(controls["currency"] or ""))
        case ids.FILTER_INTERVAL:
            return replace(before, interval=str(controls["interval"] or ""))
        case ids.FILTER_BASIS:
            return replace(before, basis=str(controls["basis"] or ""))
        case ids.FILTER_TEAMS:
            return replace(before, teams=_names(controls["teams"]))
        case ids.FILTER_CAMPAIGNS:
            return replace(before, campaigns=_names(controls["campaigns"]))
        case _:
            return before


def _change_dates(before: Filters, control: str, controls: dict[str, Any]) -> Filters:
    """A day chosen beyond the other end moves that end along, so that a period never turns around."""
    first, last = _day(controls["first"]), _day(controls["last"])
    if first is None or last is None:
        return before
    if first > last:
        first, last = (first, first) if control == ids.FILTER_FROM else (last, last)
    return before.with_dates(first, last)


def _names(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
