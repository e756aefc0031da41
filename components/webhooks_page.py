"""The log of webhooks: filters, events, one of them with what it said, and putting them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page
from components.attributes import attributes
from components.forms import create_api_button
from components.frames import create_card, create_icon
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
from components.states import create_rows_skeleton
from core.texts import format_moment, format_number, t, tn

PATH = "/admin/webhooks"
API = "/api/traffic-admin/webhooks"
REPLAY_RANGE = "/api/traffic-admin/webhook-ranges/replay"
SOURCES = ("amocrm", "landing", "facebook")
STATUSES = ("received", "processed", "skipped", "failed", "dead")
LOOKS = {"received": "ok", "processed": "good", "skipped": "", "failed": "weak", "dead": "loss"}


@dataclass(frozen=True)
class EventView:
    """An event as it is shown; times in the zone of the business, ``reason`` without personal data."""

    id: str
    source: str
    source_name: str | None
    at: datetime
    status: str
    reason: str | None
    attempts: int
    next_attempt_at: datetime | None
    processed_at: datetime | None
    size: int


@dataclass(frozen=True)
class OpenEvent:
    """The event that is looked into; ``body`` is masked already."""

    event: EventView
    content_type: str
    headers: Mapping[str, str]
    body: str
    deal_ids: tuple[int, ...]


@dataclass(frozen=True)
class EventsView:
    """A page of the log; ``waiting`` is the backlog, ``replayable`` how many events the filters hold that may be put
    back (``None``: these filters do not allow it), at most ``most`` at once."""

    rows: Sequence[EventView]
    next_cursor: str | None
    looked_at: int
    query: Mapping[str, str]
    waiting: int
    replayable: int | None
    most: int
    opened: OpenEvent | None = None
    is_gone: bool = False


def create_webhooks_frame(query: Mapping[str, str]) -> html.Div:
    """The page before its content comes."""
    return create_admin_page("webhooks", html.Div([
        dcc.Store(id=ids.EVENTS_QUERY, data=dict(query)), dcc.Store(id=ids.EVENTS_REFRESH),
        html.Div(create_rows_skeleton(), id=ids.EVENTS_BODY)]))


def create_webhooks(view: EventsView) -> html.Div:
    """The event that is looked into, and the list."""
    parts: list[Any] = []
    if view.is_gone:
        parts.append(html.Div([create_icon("tri", 18, "warn"), t("webhooks.gone")], className="banner c12"))
    if view.opened is not None:
        parts.append(_open_card(view.opened, view.query))
    parts.append(_list_card(view))
    return html.Div(parts, className="grid")


def _list_card(view: EventsView) -> html.Section:
    query = view.query
    filters = create_filters(PATH, [
        create_search("q", t("list.search"), query.get("q", ""), t("webhooks.search")),
        create_search("deal", t("webhooks.deal"), query.get("deal", ""), "12345678"),
        create_choice("source", t("webhooks.source"), [(one, t(f"webhooks.source.{one}")) for one in SOURCES],
                      query.get("source", "")),
        create_choice("status", t("webhooks.status"), [(one, t(f"webhooks.status.{one}")) for one in STATUSES],
                      query.get("status", "")),
        create_day("from", t("list.from"), query.get("from", "")), create_day("to", t("list.to"), query.get("to", "")),
    ])
    unit = tn("webhooks.waiting", view.waiting) if view.waiting else t("webhooks.nothing_waits")
    body = html.Div([html.Div([filters, _searched(view)], className="filterbox"), _table(view)])
    return create_card(t("webhooks.title"), body, unit=unit, actions=_replay_range(view), flush=True,
                       footer=create_pages(PATH, _filters(query), view.next_cursor))


def _filters(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name != "id"}


def _searched(view: EventsView) -> html.P | None:
    if not view.query.get("q"):
        return None
    return html.P(tn("webhooks.looked_at", view.looked_at), className="small t3")


def _replay_range(view: EventsView) -> list[Any]:
    if not view.replayable:
        return []
    if view.replayable > view.most:
        return [html.Span(t("webhooks.too_many", most=format_number(view.most)), className="small t3")]
    body: dict[str, Any] = {name: view.query[name] for name in ("source", "status", "from", "to")
                            if view.query.get(name)}
    count = tn("webhooks.events", view.replayable)
    return [create_api_button(
        t("webhooks.replay_range", events=count), path=REPLAY_RANGE, body={**body, "count": view.replayable},
        refresh=ids.EVENTS_REFRESH, done=t("webhooks.replayed"),
        confirm=t("webhooks.replay_range.confirm", events=count))]


def _table(view: EventsView) -> html.Div:
    if not view.rows:
        if view.next_cursor:
            return create_nothing(t("webhooks.not_yet.title"), t("webhooks.not_yet.text"))
        key = "none" if any(_filters(view.query).values()) else "empty"
        ways = [dcc.Link(t(f"webhooks.connect.{name}"), href=f"/admin/{name}", className="btn")
                for name in ("amocrm", "landing")] if key == "empty" else None
        return create_nothing(t(f"webhooks.{key}.title"), t(f"webhooks.{key}.text"), ways)
    columns = [(t(f"webhooks.column.{name}"), name in ("attempts", "size")) for name in (
        "at", "source", "status", "reason", "attempts", "size")]
    columns.append((t("list.actions"), True))
    return create_list_table(t("webhooks.title"), columns, [_row(one, view.query) for one in view.rows])


def _row(one: EventView, query: Mapping[str, str]) -> html.Tr:
    look = dcc.Link(t("webhooks.open"), href=list_address(PATH, query, id=one.id, cursor=query.get("cursor", "")),
                    className="btn")
    return html.Tr([
        create_cell(f"{one.at:%d.%m.%Y %H:%M:%S}", "num t2"),
        create_cell([html.Div(t(f"webhooks.source.{one.source}")),
                     html.Div(one.source_name or "", className="micro t3 mono")]),
        create_cell(_status(one.status)), create_cell(one.reason or "—", "small t2 wide"),
        create_number_cell(str(one.attempts)), create_number_cell(format_number(one.size)),
        html.Td(html.Div([look, _replay(one)], className="row g6 end"))],
        className="on" if query.get("id") == one.id else "", **attributes({"data-event": one.id}))


def _status(status: str) -> html.Span:
    return html.Span(t(f"webhooks.status.{status}"), className=f"badge {LOOKS[status]}".strip())


def _replay(one: EventView) -> Any:
    return create_api_button(t("webhooks.replay"), path=f"{API}/{one.id}/replay", refresh=ids.EVENTS_REFRESH,
                             done=t("webhooks.replayed"), class_name="btn ghost")


def _open_card(opened: OpenEvent, query: Mapping[str, str]) -> html.Section:
    one = opened.event
    told: list[tuple[str, Any]] = [
        ("at", f"{one.at:%d.%m.%Y %H:%M:%S}"), ("status", _status(one.status)), ("reason", one.reason or "—"),
        ("attempts", str(one.attempts)), ("processed", format_moment(one.processed_at)),
        ("next", format_moment(one.next_attempt_at)), ("type", html.Span(opened.content_type or "—", className="mono")),
        ("deals", ", ".join(map(str, opened.deal_ids)) or "—")]
    facts = html.Dl([part for name, value in told
                     for part in (html.Dt(t(f"webhooks.fact.{name}")), html.Dd(value))], className="kv")
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(opened.headers.items()))
    body = html.Div([
        html.Div([facts, html.Div(t("webhooks.headers"), className="lab"),
                  html.Pre(headers or "—", className="rawbody", tabIndex=0)], className="c4 col g12"),
        html.Div([html.Div(t("webhooks.body"), className="lab"),
                  html.Pre(opened.body or "—", className="rawbody", tabIndex=0)], className="c8 col g12"),
    ], className="grid")
    close = dcc.Link(t("webhooks.close"), href=list_address(PATH, _filters(query), cursor=query.get("cursor", "")),
                     className="btn ghost")
    return create_card(t("webhooks.event"), body, unit=t("webhooks.masked"), actions=[_replay(one), close])
