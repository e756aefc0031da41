"""The audit log for people: filters, entries with what they changed, and whether the log is as it was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page
from components.attributes import attributes
from components.frames import create_card, create_icon
from components.list_parts import (
    create_cell,
    create_choice,
    create_day,
    create_filters,
    create_list_table,
    create_nothing,
    create_pages,
    create_search,
    list_address,
)
from components.states import create_rows_skeleton
from core.texts import format_number, has_text, t, tn

PATH = "/admin/audit"
CSV = "/api/traffic-admin/audit"


@dataclass(frozen=True)
class Difference:
    """One thing an entry changed; ``None`` is none before or after."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class EntryView:
    """One entry; the time is in the zone of the business."""

    id: int
    at: datetime
    who: str | None
    action: str
    object_type: str
    object_id: str
    address: str | None
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class AuditView:
    """A page of the log, and what its filters offer."""

    rows: Sequence[EntryView]
    next_cursor: str | None
    query: Mapping[str, str]
    actions: Sequence[str]
    object_types: Sequence[str]


def create_audit_frame(query: Mapping[str, str]) -> html.Div:
    """The page before its content comes."""
    return create_admin_page("audit", html.Div([
        dcc.Store(id=ids.AUDIT_QUERY, data=dict(query)),
        html.Div(create_card(t("audit.chain"), create_rows_skeleton(1), class_name=""), id=ids.AUDIT_CHAIN),
        html.Div(create_rows_skeleton(), id=ids.AUDIT_BODY)], className="col g16"))


def create_chain(entries: int, last: str | None, broken: Sequence[tuple[int, str]]) -> html.Section:
    """Whether every entry is as it was written; ``broken`` are (entry, reason)."""
    if broken:
        places = ", ".join(t(f"audit.broken.{reason}", entry=entry) for entry, reason in broken[:10])
        said = html.Div([create_icon("tri", 18, "neg"), html.Span(
            [html.B(tn("audit.chain.broken", len(broken))), " ", places], className="grow")],
            className="banner bad", role="alert", **attributes({"data-chain": "broken"}))
    else:
        said = html.Div([html.Span(t("audit.chain.whole"), className="badge good"),
                         html.Span(tn("audit.chain.entries", entries), className="small t2")],
                        className="row g6 wrap", **attributes({"data-chain": "whole"}))
    head = html.Div([html.Span(t("audit.chain.head"), className="small t3"),
                     html.Code(last, className="code cut")], className="row g6 wrap") if last else None
    return create_card(t("audit.chain"), html.Div([said, head], className="col g12"), hint=t("audit.chain.hint"),
                       class_name="")


def create_audit(view: AuditView) -> html.Section:
    """The list with its filters and its file."""
    query = view.query
    filters = create_filters(PATH, [
        create_search("who", t("audit.who"), query.get("who", ""), t("audit.who.hint")),
        create_choice("action", t("audit.action"), sorted(((one, action_in_words(one)) for one in view.actions),
                                                          key=lambda pair: pair[1]), query.get("action", "")),
        create_choice("object", t("audit.object"), [(one, object_in_words(one)) for one in view.object_types],
                      query.get("object", "")),
        create_search("object_id", t("audit.object_id"), query.get("object_id", "")),
        create_day("from", t("list.from"), query.get("from", "")), create_day("to", t("list.to"), query.get("to", ""))])
    if view.rows:
        columns = [(t(f"audit.column.{name}"), False) for name in ("at", "who", "action", "object", "changes")]
        table = create_list_table(t("audit.title"), columns, [_row(one, query) for one in view.rows])
    else:
        key = "none" if any(query.values()) else "empty"
        table = create_nothing(t(f"audit.{key}.title"), t(f"audit.{key}.text"))
    asked = {"who": query.get("who", ""), "action": query.get("action", ""), "object_type": query.get("object", ""),
             "object_id": query.get("object_id", ""), "from": query.get("from", ""), "to": query.get("to", "")}
    export = html.A([create_icon("dl"), t("audit.export")], href=list_address(CSV, {"format": "csv", **asked}),
                    className="btn", target="_self", download="")
    body = html.Div([html.Div(filters, className="filterbox"), table])
    return create_card(t("audit.title"), body, actions=[export],
                       hint=t("audit.export.hint"), flush=True, class_name="",
                       footer=create_pages(PATH, query, view.next_cursor))


def action_in_words(action: str) -> str:
    """What was done; a deed nobody has named yet by its own word."""
    return t(f"audit.action.{action}") if has_text(f"audit.action.{action}") else action


def object_in_words(kind: str) -> str:
    """What it was done to."""
    return t(f"audit.object.{kind}") if has_text(f"audit.object.{kind}") else kind


def _row(one: EntryView, query: Mapping[str, str]) -> html.Tr:
    its_own = list_address(PATH, {"object": one.object_type, "object_id": one.object_id})
    shown = one.object_id if len(one.object_id) <= 12 else f"{one.object_id[:8]}…"
    return html.Tr([
        create_cell([html.Div(f"{one.at:%d.%m.%Y %H:%M:%S}", className="num t2"),
                     html.Div(f"№ {format_number(one.id)}", className="micro t3 num")]),
        create_cell([html.Div(one.who or t("audit.nobody")), html.Div(one.address or "", className="micro t3 mono")]),
        create_cell([html.Div(action_in_words(one.action), className="m"),
                     html.Div(one.action, className="micro t3 mono")]),
        create_cell([html.Div(object_in_words(one.object_type)),
                     dcc.Link(shown, href=its_own, className="micro link mono", title=one.object_id)
                     if one.object_id else None]),
        create_cell(_changes(one.changes), "wide"),
    ], **attributes({"data-entry": str(one.id)}))


def _changes(changes: Sequence[Difference]) -> Any:
    if not changes:
        return html.Span("—", className="t3")
    lines: list[Any] = []
    for one in changes:
        lines += [html.Span(one.name, className="t2"), html.Span("—" if one.before is None else one.before,
                                                                      className="was" if one.before else "t3"),
                  html.Span("—" if one.after is None else one.after, className="is" if one.after else "t3")]
    table = html.Div(lines, className="diff")
    if sum(len(one.before or "") + len(one.after or "") for one in changes) < 160 and len(changes) <= 4:
        return table
    return html.Details([html.Summary(tn("audit.changes", len(changes)), className="btn"), table])
