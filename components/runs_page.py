"""Sync runs: starting one, watching those that go on, looking through those that ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_text_field
from components.frames import create_card
from components.list_parts import (
    create_cell,
    create_choice,
    create_day,
    create_filters,
    create_list_table,
    create_nothing,
    create_pages,
    create_progress,
)
from components.states import create_rows_skeleton
from core.texts import format_day, format_moment, format_number, has_text, t

PATH = "/admin/runs"
API = "/api/traffic-admin"
STATUSES = ("queued", "running", "done", "partial", "failed")
LOOKS = {"queued": "ok", "running": "ok", "done": "good", "partial": "weak", "failed": "loss"}
TICK_MILLISECONDS = 2000


@dataclass(frozen=True)
class RunView:
    """A run; times in the zone of the business, ``seconds`` it took so far (``None``: it has not begun)."""

    id: str
    kind: str
    status: str
    done: int
    total: int
    counts: Mapping[str, int]
    errors: tuple[str, ...]
    days: str
    asked_by: str | None
    at: datetime
    seconds: int | None


def create_runs_frame(query: Mapping[str, str], first: date, last: date, has_amocrm: bool) -> html.Div:
    """The page before its list comes; ``first`` and ``last`` are proposed as the days of a new run.

    Without ``has_amocrm`` there is nobody to be asked for deals: the way to connect it is shown instead.
    """
    return create_admin_page("runs", html.Div([
        dcc.Store(id=ids.RUNS_QUERY, data=dict(query)), dcc.Store(id=ids.RUNS_REFRESH),
        dcc.Interval(id=ids.RUNS_TICK, interval=TICK_MILLISECONDS),
        _start(first, last, has_amocrm),
        html.Div(create_rows_skeleton(), id=ids.RUNS_BODY)], className="col g16"))


def _start(first: date, last: date, has_amocrm: bool) -> html.Section:
    def days(name: str, path: str) -> html.Div:
        form = create_api_form(f"{ids.RUNS_START}-{name}", [
            html.Div([create_text_field("from", t("list.from"), first.isoformat(), kind="date", required=True),
                      create_text_field("to", t("list.to"), last.isoformat(), kind="date", required=True)],
                     className="cols")],
            path=f"{API}/{path}", submit=t(f"runs.start.{name}"), refresh=ids.RUNS_REFRESH, done=t("runs.started"),
            confirm=t(f"runs.start.{name}.confirm"), primary=False)
        return html.Div([html.P(t(f"runs.start.{name}.text"), className="small t2"), form], className="col g12")

    def once(name: str, path: str) -> html.Div:
        button = create_api_button(
            t(f"runs.start.{name}"), path=f"{API}/{path}", refresh=ids.RUNS_REFRESH, done=t("runs.started"),
            confirm=t(f"runs.start.{name}.confirm"), class_name="btn lg")
        return html.Div([html.P(t(f"runs.start.{name}.text"), className="small t2"), html.Div(button)],
                        className="col g12", **attributes({"data-start": name}))

    amocrm = [days("amocrm_backfill", "amocrm/backfill"), once("amocrm_reconcile", "amocrm/reconcile")]
    return create_card(t("runs.start"), html.Div([
        days("sales", "sales/aggregate"), days("stats", "stats/recalculate"), once("rates", "rates/sync"),
        once("facebook", "facebook/sync-stats"), *(amocrm if has_amocrm else [_to_amocrm()])], className="runs-start"),
        hint=t("runs.start.hint"), class_name="")


def _to_amocrm() -> html.Div:
    return html.Div([html.P(t("runs.start.no_amocrm"), className="small t2"),
                     html.Div(dcc.Link(t("runs.start.to_amocrm"), href="/admin/amocrm", className="btn lg"))],
                    className="col g12")


def create_runs(
    rows: Sequence[RunView], kinds: Sequence[str], query: Mapping[str, str], next_cursor: str | None
) -> html.Section:
    """The list with its filters."""
    filters = create_filters(PATH, [
        create_choice("kind", t("runs.kind"), [(one, kind_in_words(one)) for one in kinds], query.get("kind", "")),
        create_choice("status", t("runs.status"), [(one, t(f"runs.status.{one}")) for one in STATUSES],
                      query.get("status", "")),
        create_day("from", t("list.from"), query.get("from", "")), create_day("to", t("list.to"), query.get("to", ""))])
    if rows:
        columns = [(t(f"runs.column.{name}"), False) for name in ("kind", "status", "counts", "asked", "time")]
        table = create_list_table(t("runs.title"), columns, [_row(one) for one in rows])
    else:
        key = "none" if any(query.values()) else "empty"
        table = create_nothing(t(f"runs.{key}.title"), t(f"runs.{key}.text"))
    body = html.Div([html.Div(filters, className="filterbox"), table])
    return create_card(t("runs.title"), body, flush=True, class_name="",
                       footer=create_pages(PATH, query, next_cursor))


def kind_in_words(kind: str) -> str:
    """What a run does; a kind nobody has named yet by its own word."""
    return t(f"runs.kind.{kind}") if has_text(f"runs.kind.{kind}") else kind


def _row(one: RunView) -> html.Tr:
    status: list[Any] = [html.Span(t(f"runs.status.{one.status}"), className=f"badge {LOOKS[one.status]}")]
    if one.status in ("queued", "running"):
        status.append(create_progress(t("runs.progress", done=format_number(one.done),
                                        total=format_number(one.total) if one.total else "?"), one.done, one.total))
    counts = ", ".join(f"{_count_name(name)}: {format_number(value)}" for name, value in sorted(one.counts.items()))
    errors = [html.Div(error, className="small neg") for error in one.errors[:5]]
    who = one.asked_by or t("runs.timetable")
    return html.Tr([
        create_cell([html.Div(kind_in_words(one.kind), className="m"),
                     html.Div(_days(one.days), className="micro t3")]),
        create_cell(status), create_cell([html.Div(counts or "—", className="small t2"), *errors], "wide"),
        create_cell([html.Div(who, className="small t2")]),
        create_cell([html.Div(format_moment(one.at), className="num"),
                     html.Div(_took(one.seconds), className="micro t3 num")]),
    ], **attributes({"data-run": one.id, "data-status": one.status}))


def _days(told: str) -> str:
    """``2026-05-28 – 2026-11-23`` as people write it; other words as they came."""
    try:
        found = [date.fromisoformat(one.strip()) for one in told.split("–")]
    except ValueError:
        return told
    return " – ".join(format_day(one, year=True) for one in found)


def _count_name(name: str) -> str:
    return t(f"runs.count.{name}") if has_text(f"runs.count.{name}") else name


def _took(seconds: int | None) -> str:
    return "—" if seconds is None else f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
