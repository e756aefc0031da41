"""What several pages of the admin panel are made of: a place that is drawn anew, a plain table, a run on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from components.attributes import attributes
from components.frames import create_card, create_icon
from components.states import create_waiting_card
from core.texts import t

TICK_MILLISECONDS = 2000


@dataclass(frozen=True)
class RunProgress:
    """How a run stands: its status, steps done and to do, and the sentence of its fault."""

    status: str
    done: int
    total: int
    error: str | None = None

    @property
    def is_open(self) -> bool:
        """True while it waits or works."""
        return self.status in ("queued", "running")


def create_place(body_id: str, refresh_id: str, subject_id: str, subject: Any, tick_id: str) -> html.Div:
    """A place that a callback fills: anew when the store ``refresh_id`` changes, and with each tick while it ticks."""
    return html.Div([
        dcc.Store(id=refresh_id, data=0), dcc.Store(id=subject_id, data=subject),
        dcc.Interval(id=tick_id, interval=TICK_MILLISECONDS, disabled=True),
        html.Div(create_waiting_card(), id=body_id, className="grid"),
    ])


def create_table(heads: Sequence[str], rows: Sequence[Sequence[Any]], label: str, *, figures: int = 0) -> html.Div:
    """A plain table that scrolls inside its card; the last ``figures`` columns stand to the right."""
    words = len(heads) - figures

    def look(place: int) -> str:
        return "l" if place < words else "m"

    head = html.Thead(html.Tr([html.Th(title, className=look(place), scope="col")
                               for place, title in enumerate(heads)]))
    body = html.Tbody([html.Tr([html.Td(cell, className=look(place)) for place, cell in enumerate(row)])
                       for row in rows])
    return html.Div(html.Table([head, body], className="tbl dense", **attributes({"aria-label": label})),
                    className="scroll-x", tabIndex=0, role="group", **attributes({"aria-label": label}))


def create_nothing(words: str) -> html.Div:
    """Where a list is empty: what to do next."""
    return html.Div([html.Span(create_icon("inbox", 22), className="emark"), html.P(words)], className="empty",
                    role="status")


def create_run_card(title: str, run: RunProgress, class_name: str = "c12") -> html.Section:
    """How far a run is; its end with a sentence when it failed."""
    percent = round(100 * run.done / run.total) if run.total else 0
    parts: list[Any] = [
        html.Div([html.Span(t("admin.place.done", done=run.done, total=run.total or "?"), className="m"),
                  html.Span(t(f"admin.place.is_{run.status}"), className="badge")], className="row between"),
        html.Div(html.I(style={"width": f"{percent}%"}), className="bar", role="progressbar",
                 **attributes({"aria-valuenow": str(percent), "aria-valuemin": "0", "aria-valuemax": "100",
                               "aria-label": title})),
    ]
    if run.error:
        parts.append(html.P(run.error, className="hint bad", role="alert"))
    return create_card(title, html.Div(parts, **attributes({"aria-live": "polite"})), class_name=class_name)


def create_notice(words: str, look: str = "inf") -> html.Div:
    """One sentence across the page; ``look`` is ``inf``, ``warn`` or ``bad``."""
    return html.Div(words, className=f"banner {look} c12", role="alert" if look == "bad" else "status")
