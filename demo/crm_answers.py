"""What amoCRM says: the lists of API v4 read from ``CrmData``, in the vendor's shapes.

Invariant: an empty list or a missing object is 204 without a body, pages end by the absence of ``_links.next``, a
``limit`` above 250 falls back to 50, and deleted leads are in no list unless asked for.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from demo.crm_data import CrmData
from demo.loopback import Answer, Request

_LARGEST_LIMIT = 250
_FALLBACK_LIMIT = 50
_PIPELINE_COLUMNS = ("id", "name", "is_main")
_FIELD_ID = re.compile(r"filter\[id\]\[\d*\]|filter\[id\]")


class CrmIndex:
    """``CrmData`` prepared for look-ups, and the answers of each list."""

    def __init__(self, data: CrmData) -> None:
        self.data = data
        self._leads = {lead["id"]: lead for lead in data.leads}
        self._contacts = {contact["id"]: contact for contact in data.contacts}

    def account(self, address: str) -> Answer:
        """The account itself."""
        return Answer(200, {"id": self.data.account_id, "name": self.data.subdomain, "subdomain": self.data.subdomain,
                            "country": "KZ", "currency": "KZT", "currency_symbol": "₸", "is_technical_account": False,
                            "language": "ru", "_links": {"self": {"href": f"{address}/api/v4/account"}}})

    def leads(self, request: Request, address: str) -> Answer:
        """A page of leads: by ids, by the time of their last change, by pipeline."""
        wanted = _ids(request)
        found = [self._leads[number] for number in wanted if number in self._leads] if wanted else self.data.leads
        shown: Iterable[dict[str, Any]] = [
            lead for lead in found if bool(lead.get("is_deleted")) == ("only_deleted" in _with(request))]
        for moment in ("updated_at", "created_at", "closed_at"):
            shown = _between(shown, request, moment)
        pipelines = {value for name, value in request.pairs if name.startswith("filter[pipeline_id]")}
        rows = [lead for lead in shown if not pipelines or str(lead.get("pipeline_id")) in pipelines]
        return _page(_ordered(rows, request), "leads", request, address,
                     lambda lead: _lead(lead, "contacts" in _with(request)))

    def lead(self, number: int, request: Request) -> Answer:
        """One lead."""
        lead = self._leads.get(number)
        if lead is None or lead.get("is_deleted"):
            return Answer(204)
        return Answer(200, _lead(lead, "contacts" in _with(request)))

    def contacts(self, request: Request, address: str) -> Answer:
        """A page of contacts, by ids or all."""
        wanted = _ids(request)
        found = ([self._contacts[number] for number in wanted if number in self._contacts] if wanted
                 else self.data.contacts)
        return _page(_ordered(list(_between(found, request, "updated_at")), request), "contacts", request, address,
                     lambda contact: _contact(contact, "leads" in _with(request)))

    def pipelines(self) -> Answer:
        """The pipelines with their stages."""
        return Answer(200, {"_total_items": len(self.data.pipelines), "_embedded": {"pipelines": self.data.pipelines}})

    def custom_fields(self) -> Answer:
        """The fields that any lead carries."""
        fields = {field["field_id"]: field for lead in self.data.leads for field in lead["custom_fields_values"] or []}
        if not fields:
            return Answer(204)
        return Answer(200, {"_total_items": len(fields), "_page": 1, "_page_count": 1, "_embedded": {"custom_fields": [
            {"id": field["field_id"], "name": field.get("field_name"), "code": field.get("field_code"),
             "type": field.get("field_type"), "entity_type": "leads"} for field in fields.values()]}})


def _page(rows: list[dict[str, Any]], kind: str, request: Request, address: str,
          show: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    limit = int(request.query.get("limit") or _FALLBACK_LIMIT)
    limit = limit if 1 <= limit <= _LARGEST_LIMIT else _FALLBACK_LIMIT
    number = max(1, int(request.query.get("page") or 1))
    shown = rows[(number - 1) * limit:number * limit]
    if not shown:
        return Answer(204)
    links = {"self": {"href": _link(request, address, number)}}
    if number * limit < len(rows):
        links["next"] = {"href": _link(request, address, number + 1)}
    return Answer(200, {"_page": number, "_links": links, "_embedded": {kind: [show(row) for row in shown]}},
                  content_type="application/hal+json")


def _link(request: Request, address: str, number: int) -> str:
    pairs = [(name, value) for name, value in request.pairs if name != "page"]
    return f"{address}{request.path}?{urlencode([*pairs, ('page', str(number))])}"


def _ids(request: Request) -> list[int]:
    return [int(value) for name, value in request.pairs if _FIELD_ID.fullmatch(name) and value.isdigit()]


def _with(request: Request) -> set[str]:
    return set(request.query.get("with", "").split(","))


def _between(rows: Iterable[dict[str, Any]], request: Request, name: str) -> Iterable[dict[str, Any]]:
    given = (request.query.get(f"filter[{name}][from]"), request.query.get(f"filter[{name}][to]"))
    if given == (None, None):
        return rows
    first, last = int(given[0] or 0), int(given[1] or 2**40)
    return [row for row in rows if row.get(name) is not None and first <= row[name] <= last]


def _ordered(rows: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    direction = request.query.get("order[updated_at]")
    if direction:
        return sorted(rows, key=lambda row: (row["updated_at"], row["id"]), reverse=direction == "desc")
    return sorted(rows, key=lambda row: row["id"])


def _lead(lead: dict[str, Any], with_contacts: bool) -> dict[str, Any]:
    embedded = dict(lead.get("_embedded") or {})
    if not with_contacts:
        embedded.pop("contacts", None)
    return {**lead, "_embedded": {"tags": [], "companies": [], **embedded}}


def _contact(contact: dict[str, Any], with_leads: bool) -> dict[str, Any]:
    embedded = dict(contact.get("_embedded") or {})
    if not with_leads:
        embedded.pop("leads", None)
    return {**contact, "_embedded": {"tags": [], "companies": [], **embedded}}
