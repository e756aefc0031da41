"""Reads amoCRM webhook bodies, and lead or contact pages of its API, into records.

Invariant: the same body in any order of its keys gives the same events. Nothing is interpreted here: texts stay as
sent (still HTML-escaped), an absent price differs from an empty one.
"""

from collections.abc import Iterator
from typing import Any

from core.bodies import Tree, UnreadableBody, as_text, members, read_body
from core.records import AmocrmBody, AmocrmEvent, CustomField
from core.wire_values import read_id, read_int, read_price, read_time, utm_from_link
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.meaning import to_contacts, to_deal_events

__all__ = ["FieldMap", "UnreadableBody", "parse_body", "to_contacts", "to_deal_events", "utm_from_link"]

# An API page or a bare list has no action: a lead in it is read like a change of status, a contact like a change.
_IMPLIED_ACTION = {"leads": "status", "contacts": "update", "companies": "update"}
_NOT_ENTITIES = frozenset({"account", "_embedded", "_links", "_page", "_page_count", "_total_items"})
_CONTACT_CODES = {"PHONE": "phone", "EMAIL": "email"}
_CONTACT_NAMES = {"телефон": "phone", "phone": "phone", "email": "email", "e-mail": "email"}


def parse_body(body: bytes, content_type: str) -> AmocrmBody:
    """The events of a body in its order: form with PHP brackets, JSON of the same shape, or JSON of API v4.

    An event whose id cannot be read keeps ``id=None``; its neighbours stand.

    Raises:
        UnreadableBody: no tree can be read, or it holds neither an account nor any event.
    """
    tree = read_body(body, content_type)
    account = tree.get("account")
    account = account if isinstance(account, dict) else {}
    events = tuple(_events(tree, read_id(account.get("id"))))
    if not events and not account:
        raise UnreadableBody("neither an account nor an event of amoCRM")
    return AmocrmBody(
        account_id=read_id(account.get("id")), subdomain=as_text(account.get("subdomain")) or None, events=events
    )


def _events(tree: Tree, account_id: int | None) -> Iterator[AmocrmEvent]:
    blocks = {name: block for name, block in tree.items() if name not in _NOT_ENTITIES}
    embedded = tree.get("_embedded")
    if isinstance(embedded, dict):
        blocks = {**embedded, **blocks}
    if "status_id" in tree and "id" in tree:
        yield _event("leads", "status", tree, account_id)
        return
    for entity, block in blocks.items():
        for action, items in _actions(entity, block):
            for item in items:
                yield _event(entity, action, item, account_id)


def _actions(entity: str, block: Any) -> Iterator[tuple[str, list[Any]]]:
    """The (action, items) of one entity; a list without an action gets the implied one."""
    if isinstance(block, list) or (isinstance(block, dict) and block and all(key.isdigit() for key in block)):
        if entity in _IMPLIED_ACTION:
            yield _IMPLIED_ACTION[entity], members(block)
    elif isinstance(block, dict):
        for action, items in block.items():
            if isinstance(items, list | dict):
                yield action, members(items)


def _event(entity: str, action: str, item: Any, account_id: int | None) -> AmocrmEvent:
    """One event; an item that is no block gives an event that nobody can place (``id=None``)."""
    if not isinstance(item, dict):
        return AmocrmEvent(entity=entity, action=action)
    if action == "note":
        inner = item.get("note")
        item = inner if isinstance(inner, dict) else item
    if entity == "leads" and as_text(item.get("is_deleted")) in ("1", "true"):
        action = "delete"  # the API's page of deleted leads
    fields = _custom_fields(item)
    phones, emails = _contact_points(fields) if entity == "contacts" else ((), ())
    return AmocrmEvent(
        entity=entity,
        action=action,
        id=read_id(item.get("id")),
        type=as_text(item.get("type")),
        name=as_text(item.get("name")),
        status_id=read_id(item.get("status_id")),
        old_status_id=read_id(item.get("old_status_id")),
        pipeline_id=read_id(item.get("pipeline_id")),
        old_pipeline_id=read_id(item.get("old_pipeline_id")),
        price=read_price(item.get("price")),
        price_given="price" in item,
        responsible_user_id=read_int(item.get("responsible_user_id")),
        old_responsible_user_id=read_int(item.get("old_responsible_user_id")),
        last_modified=read_time(item.get("last_modified")) or read_time(item.get("updated_at")),
        created_at=read_time(item.get("created_at")) or read_time(item.get("date_create")),
        closed_at=read_time(item.get("closed_at")),
        account_id=read_id(item.get("account_id")) or account_id,
        tags=_tags(item),
        custom_fields=fields,
        linked_lead_ids=_linked_leads(item),
        contact_ids=_contacts_of(item),
        phones_raw=phones,
        emails_raw=emails,
        element_id=read_id(item.get("element_id")),
        text=as_text(item.get("text")) if action == "note" else None,
        lead_id=read_id(item.get("lead_id")),
        uid=as_text(item.get("uid")),
        category=as_text(item.get("category")),
    )


def _custom_fields(item: Tree) -> tuple[CustomField, ...]:
    """Hook names (id, name, code) and v4 names (field_id, field_name, field_code) alike."""
    found = []
    for field in members(item.get("custom_fields") or item.get("custom_fields_values")):
        if not isinstance(field, dict):
            continue
        number = read_id(field.get("id", field.get("field_id")))
        found.append(CustomField(
            id=number or 0,
            name=as_text(field.get("name", field.get("field_name"))),
            code=as_text(field.get("code", field.get("field_code"))) or None,
            values=tuple(_values(field.get("values"))),
        ))
    return tuple(found)


def _values(values: Any) -> Iterator[str]:
    """Values are blocks with ``value``, or bare scalars (dates, old check boxes)."""
    for value in members(values):
        text = as_text(value.get("value")) if isinstance(value, dict) else as_text(value)
        if text is not None:
            yield text


def _contact_points(fields: tuple[CustomField, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(phones, e-mails) as typed, by the code of the field, else by its name."""
    found: dict[str, list[str]] = {"phone": [], "email": []}
    for field in fields:
        kind = _CONTACT_CODES.get((field.code or "").upper())
        if kind is None and not field.code:
            kind = _CONTACT_NAMES.get((field.name or "").strip().lower())
        if kind:
            found[kind] += [value for value in field.values if value.strip()]
    return tuple(found["phone"]), tuple(found["email"])


def _tags(item: Tree) -> tuple[str, ...]:
    tags = item.get("tags") or _embedded(item, "tags")
    names = (as_text(tag.get("name")) if isinstance(tag, dict) else as_text(tag) for tag in members(tags))
    return tuple(name for name in names if name)


def _linked_leads(item: Tree) -> tuple[int, ...]:
    """``linked_leads_id[<id>][ID]`` of hooks, ``_embedded.leads`` of the API."""
    linked = item.get("linked_leads_id")
    found: list[int | None] = []
    if isinstance(linked, dict):
        found += [read_id(entry.get("ID", key)) if isinstance(entry, dict) else read_id(entry) or read_id(key)
                  for key, entry in linked.items()]
    else:
        found += [read_id(entry.get("ID", entry.get("id"))) if isinstance(entry, dict) else read_id(entry)
                  for entry in members(linked)]
    found += [read_id(lead.get("id")) for lead in _embedded(item, "leads") if isinstance(lead, dict)]
    return tuple(dict.fromkeys(number for number in found if number))


def _contacts_of(item: Tree) -> tuple[int, ...]:
    """Contacts of a lead, the main one first; for an incoming lead those of its ``data`` block."""
    data = item.get("data")
    contacts = [*_embedded(item, "contacts"), *(members(data.get("contacts")) if isinstance(data, dict) else [])]
    blocks = [contact for contact in contacts if isinstance(contact, dict)]
    blocks.sort(key=lambda contact: as_text(contact.get("is_main")) not in ("1", "true"))
    numbers = [read_id(contact.get("id")) for contact in blocks] + [read_id(item.get("main_contact_id"))]
    return tuple(dict.fromkeys(number for number in numbers if number))


def _embedded(item: Tree, name: str) -> list[Any]:
    embedded = item.get("_embedded")
    return members(embedded.get(name)) if isinstance(embedded, dict) else []
