"""The audit log: the entries the address asks for, what each changed, and the state of the chain."""

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, callback

from auth.audit import Action
from auth.permissions import Permission, requires
from auth.viewer import current_user
from callbacks.list_query import ListQuery
from callbacks.reading import business_calendar
from components import ids
from components.audit_page import AuditView, Difference, EntryView, create_audit, create_chain
from components.audit_words import field_in_words, value_in_words
from components.states import shown
from data.audit import AuditEntry, AuditFilter, find_broken_links, load_entries, load_head, load_object_types
from data.engine import Viewer, web_database

_ROWS = 50
_ACTIONS = tuple(Action)


@callback(Output(ids.AUDIT_BODY, "children"), Input(ids.AUDIT_QUERY, "data"))
@requires(Permission.AUDIT_ENTRY_READ)
def show_audit(given: Mapping[str, str] | None) -> Any:
    """The page the address asks for."""
    return shown("audit", lambda: create_audit(_load(ListQuery(given))))


@callback(Output(ids.AUDIT_CHAIN, "children"), Input(ids.AUDIT_QUERY, "data"))
@requires(Permission.AUDIT_ENTRY_READ)
def show_chain(_given: Any) -> Any:
    """The whole log checked against its chain; it comes when it is ready, the list does not wait for it."""
    def draw() -> Any:
        with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
            head, broken = load_head(connection), find_broken_links(connection)
        return create_chain(head.seq if head else 0, head.hash if head else None,
                            [(one.entry_id, one.reason) for one in broken])

    return shown("audit chain", draw)


def _load(query: ListQuery) -> AuditView:
    since, until = query.span()
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        kinds = load_object_types(connection)
        chosen = AuditFilter(
            action=query.one_of("action", _ACTIONS), object_type=query.one_of("object", kinds),
            object_id=query.text("object_id"), since=since, until=until, who=query.text("who"))
        found = load_entries(connection, chosen, before=query.number("cursor"), limit=_ROWS)
    following = str(found[-1].id) if len(found) == _ROWS else None
    return AuditView([_entry(one) for one in found], following, query.given, _ACTIONS, kinds)


def _entry(one: AuditEntry) -> EntryView:
    return EntryView(one.id, one.happened_at.astimezone(business_calendar().zone), one.user_email, one.action,
                     one.object_type, one.object_id, one.address, differences(one.before, one.after))


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Difference, ...]:
    """What changed, field by field and in words; what stayed the same or was never there is left out."""
    old, new = before or {}, after or {}
    told = [(name, value_in_words(name, old.get(name)), value_in_words(name, new.get(name)))
            for name in sorted({*old, *new}) if old.get(name) != new.get(name) or name not in old]
    return tuple(Difference(field_in_words(name), was, now) for name, was, now in told if (was, now) != (None, None))
