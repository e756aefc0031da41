"""An amoCRM body without one person: ids, moments, stages and marks stay, phones and e-mails become stand-ins.

Invariant: of the items that concern the person only what is named here is kept; other people's items stay as they are.
Read again, the body gives the same deals, ties and marks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.bodies import Tree, as_text, clean_mark, members, read_body, write_body
from core.erasure import StandIns
from core.records import CustomField
from core.wire_values import bare_link, read_id
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.notes import bare_note

_KEPT = frozenset({
    "id", "ID", "element_id", "element_type", "lead_id", "contact_id", "main_contact_id", "entity_id", "entity_type",
    "account_id", "status_id", "old_status_id", "pipeline_id", "old_pipeline_id", "price", "responsible_user_id",
    "old_responsible_user_id", "created_user_id", "modified_user_id", "group_id", "created_by", "updated_by",
    "last_modified", "updated_at", "date_create", "created_at", "closed_at", "closest_task_at", "is_deleted", "is_main",
    "uid", "category", "type"})
_FIELDS = ("custom_fields", "custom_fields_values")
_FIELD_NAMES = frozenset({"id", "field_id", "name", "field_name", "code", "field_code", "enum", "enum_id", "enum_code"})


@dataclass(frozen=True)
class Concerned:
    """Whom an item must concern to be rewritten: the contacts and deals of the person."""

    contact_ids: Collection[int]
    deal_ids: Collection[int]


def erase_events(
    body: bytes, content_type: str, stand_ins: StandIns, concerned: Concerned, field_map: FieldMap
) -> bytes | None:
    """The body without the person, as JSON; ``None`` when nothing in it concerns the person. Raises: UnreadableBody."""
    tree = read_body(body, content_type)
    eraser = _Eraser(stand_ins, concerned, field_map)
    erased = eraser.item("leads", tree) if "status_id" in tree and "id" in tree else eraser.blocks(tree)
    return write_body(erased) if eraser.found else None


class _Eraser:
    """Walks one body and remembers whether it met the person."""

    def __init__(self, stand_ins: StandIns, concerned: Concerned, field_map: FieldMap) -> None:
        self.found = False
        self._stand_ins, self._concerned, self._field_map = stand_ins, concerned, field_map

    def blocks(self, tree: Tree) -> Tree:
        """A body or its ``_embedded``: entity by entity. Loose texts beside them go when one names the person."""
        loose = {name: as_text(value) for name, value in tree.items() if not isinstance(value, dict | list)}
        if any(map(self._stand_ins.instead_of, loose.values())):
            self.found = True
            tree = {**tree, **{name: self._stand_ins.instead_of(text) for name, text in loose.items()}}
        return {entity: block if entity in ("account", "_links") else
                self.blocks(block) if entity == "_embedded" and isinstance(block, dict) else
                self._within(entity, block) for entity, block in tree.items()}

    def _within(self, entity: str, block: Any) -> Any:
        """Actions and lists of an entity, down to the items: the first blocks that hold a text or a number."""
        if isinstance(block, list):
            return [self._within(entity, item) for item in block]
        if not isinstance(block, dict):
            return block
        if any(not isinstance(item, dict | list) for item in block.values()):
            return self.item(entity, block)
        return {name: self._within(entity, item) for name, item in block.items()}

    def item(self, entity: str, item: Tree) -> Tree:
        """One item, rewritten when it concerns the person."""
        if not self._concerns(entity, item):
            return item
        self.found = True
        return self._stripped(item, is_person=entity == "contacts")

    def _concerns(self, entity: str, item: Tree) -> bool:
        contacts, deals = set(self._concerned.contact_ids), set(self._concerned.deal_ids)
        own = read_id(item.get("id"))
        if (entity == "contacts" and own in contacts) or (entity == "leads" and own in deals):
            return True
        ids = {read_id(item.get(name)) for name in ("element_id", "lead_id", "contact_id", "main_contact_id",
                                                     "entity_id")}
        placed = entity in ("contacts", "leads") and own is not None
        return bool(ids & (contacts | deals)) or (not placed and self._names(item))

    def _names(self, value: Any) -> bool:
        """Whether a phone, an e-mail or a contact of the person stands anywhere within."""
        if isinstance(value, dict):
            return read_id(value.get("id")) in set(self._concerned.contact_ids) or any(map(self._names, value.values()))
        if isinstance(value, list):
            return any(map(self._names, value))
        return bool(self._stand_ins.instead_of(as_text(value)))

    def _stripped(self, item: Tree, *, is_person: bool) -> Tree:
        kept: Tree = {}
        for name, value in item.items():
            if name in _FIELDS:
                kept[name] = [self._field(field, is_person) for field in members(value) if isinstance(field, dict)]
            elif name == "linked_leads_id":
                kept[name] = value
            elif isinstance(value, dict):
                kept[name] = self._stripped(value, is_person=is_person)
            elif isinstance(value, list):
                kept[name] = [self._stripped(one, is_person=is_person) for one in value if isinstance(one, dict)]
            elif name in _KEPT:
                kept[name] = value
            elif name == "text" and not is_person:
                kept[name] = self._note(as_text(value))
            else:
                kept[name] = self._stand_ins.instead_of(as_text(value)) if is_person else ""
        return kept

    def _note(self, text: str | None) -> str:
        """Of a note the marks stay, unless the person stands in them."""
        bare = bare_note(text)
        return "" if any(map(self._stand_ins.instead_of, [bare, *bare.split()])) else bare

    def _field(self, field: Tree, is_person: bool) -> Tree:
        """A custom field: of people the stand-ins stay, of deals the marks."""
        values = [one if isinstance(one, dict) else {"value": one} for one in members(field.get("values"))]
        kept = {name: value for name, value in field.items() if name in _FIELD_NAMES}
        return {**kept, "values": [{"value": self._value(field, as_text(one.get("value")), is_person)}
                                   for one in values]}

    def _value(self, field: Tree, text: str | None, is_person: bool) -> str:
        if is_person or self._stand_ins.instead_of(text):
            return self._stand_ins.instead_of(text)
        known = CustomField(
            id=read_id(field.get("id", field.get("field_id"))) or 0,
            name=as_text(field.get("name", field.get("field_name"))),
            code=as_text(field.get("code", field.get("field_code"))), values=(clean_mark(text) or "",))
        marks = self._field_map.marks([known])
        if marks.utm.is_empty:
            return ""
        is_link = (text or "").lower().startswith(("http://", "https://"))
        return bare_link(text or "") if is_link else text or ""
