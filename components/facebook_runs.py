"""The reading of Facebook as the settings show it: the run that goes on, waits in words, the runs of before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html

from components.attributes import attributes
from components.forms import create_api_button
from components.frames import create_card, create_icon
from core.texts import format_moment, t, tn

SYNC = "/api/traffic-admin/facebook/sync-stats"
STEPS = ("days", "details", "tags")
_LOOKS = {"queued": "ok", "running": "ok", "done": "good", "partial": "weak", "failed": "loss"}
_ERRORS_SHOWN = 5


@dataclass(frozen=True)
class RunView:
    """A run over the viewer's own accounts; ``errors`` are sentences in the viewer's language.

    ``reading`` is the account under way and ``step`` what of it; ``by`` is me, timetable or colleague.
    """

    id: str
    status: str
    by: str
    done: int
    total: int
    started_at: datetime
    seconds: int | None
    days: int | None = None
    errors: tuple[str, ...] = ()
    reading: str | None = None
    step: str | None = None
    is_stopping: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it waits or goes on."""
        return self.status in ("queued", "running")


def create_progress(runs: Sequence[RunView], waits: Sequence[str], *, may_start: bool) -> html.Section:
    """The reading that goes on now, or the button that starts one; ``waits`` are sentences."""
    newest = runs[0] if runs else None
    is_open = newest is not None and newest.is_open
    body: list[Any] = [html.P([create_icon("clock", 14), html.Span(wait)], className="row g6 small warn-text",
                              role="status") for wait in waits]
    if newest is not None:
        body += _under_way(newest) if is_open else _ended(newest)
    buttons = [create_api_button(t("facebook.sync"), path=SYNC, done=t("facebook.sync_begun"),
                                 class_name="btn primary", disabled=is_open or not may_start)]
    if newest is not None and is_open and newest.by == "me":
        buttons.append(create_api_button(t("facebook.stop"), path=f"{SYNC}/stop", body={"run_id": newest.id},
                                         done=t("facebook.stop_asked"), disabled=newest.is_stopping))
    body.append(html.Div(buttons, className="row g6 wrap", style={"marginTop": "12px"}))
    return create_card(t("facebook.reading" if is_open else "facebook.last_reading"), body, class_name="")


def _under_way(run: RunView) -> list[Any]:
    percent = round(100 * run.done / run.total) if run.total else 0
    words = t("facebook.progress", done=run.done, total=run.total or "?")
    if run.reading:
        words = t("facebook.now_reading", name=run.reading, place=min(run.done + 1, run.total), all=run.total)
    parts: list[Any] = [
        html.Div([html.Span(words), html.Span(f"{percent}\u00a0%", className="num")], className="row sp small t2"),
        html.Div(html.I(style={"width": f"{percent}%"}), className="bar", role="progressbar",
                 **attributes({"aria-valuenow": str(percent), "aria-valuemin": "0", "aria-valuemax": "100",
                               "aria-label": t("facebook.reading")})),
    ]
    if run.step in STEPS:
        at = STEPS.index(run.step)
        parts.append(html.Ol([html.Li([create_icon("check", 14) if place < at else html.I(className="step-dot"),
                                       html.Span(t(f"facebook.step.{step}"))],
                                      className=f"row g6 {'' if place <= at else 't3'}")
                              for place, step in enumerate(STEPS)], className="steps small"))
    if run.is_stopping:
        parts.append(html.P(t("facebook.stopping"), className="small t3"))
    return parts


def _ended(run: RunView) -> list[Any]:
    return [html.P([_result(run), " ", format_moment(run.started_at)], className="small t2"),
            *(html.P(error, className="small neg") for error in run.errors[:_ERRORS_SHOWN])]


def create_history(runs: Sequence[RunView]) -> html.Section:
    """The runs of before."""
    columns = ("start", "who", "what", "result", "time")
    head = html.Tr([html.Th(t(f"facebook.column.{name}"), className="l") for name in columns])
    rows = [html.Tr([
        html.Td(format_moment(one.started_at), className="l num t2"),
        html.Td(t(f"facebook.by.{one.by}"), className="l"),
        html.Td(_what(one), className="l t2"),
        html.Td([_result(one), *(html.Div(error, className="micro neg run-error") for error in one.errors[:2])],
                className="l"),
        html.Td("—" if one.seconds is None else f"{one.seconds // 60:02}:{one.seconds % 60:02}", className="l num t2"),
    ]) for one in runs]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="tbl dense")
    body = html.Div(table, style={"overflowX": "auto"}, tabIndex=0) if rows else html.P(
        t("facebook.no_runs"), className="t3 small", style={"padding": "0 20px 16px"})
    return create_card(t("facebook.history"), body, flush=True, class_name="")


def _what(one: RunView) -> str:
    words = t("facebook.what", done=one.done, all=one.total)
    return words if one.days is None else t("facebook.what_days", what=words, days=tn("facebook.days", one.days))


def _result(one: RunView) -> html.Span:
    return html.Span(t(f"facebook.run.{one.status}"), className=f"badge {_LOOKS[one.status]}",
                     title="\n".join(one.errors))
