"""Sync runs: the list the address asks for, drawn again while something goes on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from auth.permissions import Permission, requires
from auth.viewer import current_user
from callbacks.list_query import ListQuery
from callbacks.reading import business_calendar
from components import ids
from components.runs_page import RunView, create_runs
from components.states import shown
from core.business_time import now
from data.engine import Viewer, web_database
from data.run_log import STATUSES, LoggedRun, RunFilter, load_run_kinds, load_run_page

_ROWS = 50
_OPEN = ("queued", "running")


@callback(
    Output(ids.RUNS_BODY, "children"), Input(ids.RUNS_REFRESH, "data"), Input(ids.RUNS_QUERY, "data"),
    Input(ids.RUNS_TICK, "n_intervals"), State(ids.RUNS_BODY, "children"))
@requires(Permission.OPERATIONS_RUN_READ)
def show_runs(_refresh: Any, given: Mapping[str, str] | None, _ticks: Any, drawn: Any) -> Any:
    """The page as it stands now; a tick draws it again only while a run on it goes on."""
    if ctx.triggered_id == ids.RUNS_TICK and not _goes_on(drawn):
        return no_update
    return shown("runs", lambda: _draw(ListQuery(given)))


def _goes_on(drawn: Any) -> bool:
    """Whether the list that is on the screen shows a run that has not ended."""
    if isinstance(drawn, Mapping):
        props = drawn.get("props", {})
        return props.get("data-status") in _OPEN or _goes_on(props.get("children"))
    return isinstance(drawn, list) and any(map(_goes_on, drawn))


def _draw(query: ListQuery) -> Any:
    since, until = query.span()
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        kinds = load_run_kinds(connection)
        chosen = RunFilter(query.one_of("kind", kinds), query.one_of("status", STATUSES), since, until)
        page = load_run_page(connection, chosen, _ROWS, query.cursor)
    return create_runs([_run(one) for one in page.rows], kinds, query.given, page.next_cursor)


def _run(one: LoggedRun) -> RunView:
    run = one.run
    first, last = run.parameters.get("from"), run.parameters.get("to")
    days = f"{first} – {last}" if first and last else ""
    return RunView(run.id, run.kind, run.status, run.progress_done, run.progress_total, run.counts, run.sentences, days,
                   one.asked_by, run.created_at.astimezone(business_calendar().zone), _seconds(run.started_at,
                                                                                               run.finished_at))


def _seconds(begun: datetime | None, ended: datetime | None) -> int | None:
    return None if begun is None else max(0, int(((ended or now()) - begun).total_seconds()))
