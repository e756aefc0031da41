"""Sales out of imported rows: an event of a deal won in a pipeline of its own, settled like every other.

Invariant: a row that names a deal of amoCRM speaks of that deal, any other of a deal whose number is the record's
below zero, which no account has. What amoCRM tells later comes after the import and stands.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from core.deals import IMPORTED, WON
from core.records import Contact, DealEvent, Utm
from data.contacts import load_deals_of_contacts, save_contacts, save_links
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.identity import load_contact_points, note_points
from data.import_leads import Record
from data.settled_rows import OTHER_SALES, SOURCE_TABLES
from data.stats import mark_days

_MARKS = ("source", "medium", "campaign", "content", "term", "id")
# Rows of amocrm_pipelines that no account has and no mapping moves.
IMPORT_PIPELINES: Mapping[str, int] = {"express": -1, "flagman": -2, "challenge3d": -3, "intensive1d": -4}


def write_sales(
    connection: Connection, records: Sequence[Record], rules: Rules, calendar: BusinessCalendar
) -> None:
    """Make the deals of these records what their data says."""
    ids = [number for number, _ in records]
    touched = _forget(connection, ids)
    contacts = [_contact(number, data) for number, data in records]
    save_contacts(connection, [one for one in contacts if one is not None])
    save_links(connection, [(_deal_id(number, data), -number, False)
                            for (number, data), contact in zip(records, contacts, strict=True) if contact])
    save_deal_events(connection, [(None, _event(number, data)) for number, data in records])
    touched |= {_deal_id(number, data) for number, data in records}
    settle_deals(connection, touched, rules, calendar)


def remove_sales(
    connection: Connection, record_ids: Sequence[int], rules: Rules, calendar: BusinessCalendar
) -> None:
    """Take away what these records said; a sale that nobody else tells of goes, another stands as amoCRM tells it."""
    touched = _forget(connection, record_ids)
    _drop_unsaid(connection, touched, rules, calendar)


def _deal_id(number: int, data: Mapping[str, Any]) -> int:
    return int(data["deal_id"]) if data["deal_id"] else -number


def _contact(number: int, data: Mapping[str, Any]) -> Contact | None:
    if not any(data[name] for name in ("name", "phone", "email")):
        return None
    return Contact(id=-number, name=data["name"], phone=data["phone"], phone_norm=data["phone_norm"],
                   email=data["email"], email_norm=data["email_norm"],
                   modified_at=datetime.fromisoformat(data["sold_at"]))


def _event(number: int, data: Mapping[str, Any]) -> DealEvent:
    sold_at = datetime.fromisoformat(data["sold_at"])
    marks = {mark: data[f"utm_{mark}"] for mark in _MARKS}
    has_person = any(data[name] for name in ("name", "phone", "email"))
    return DealEvent(
        key=f"import:{number}", deal_id=_deal_id(number, data), action=IMPORTED, occurred_at=sold_at,
        has_own_time=True, received_at=sold_at, pipeline_id=IMPORT_PIPELINES[data["product"]], status_id=WON,
        price=Decimal(data["amount"]) if data["amount"] else None, price_given=True, created_at=sold_at,
        closed_at=sold_at, utm=Utm(**marks), utm_given=any(marks.values()), fbclid=data["fbclid"],
        contact_id=-number if has_person else None)


def _forget(connection: Connection, record_ids: Sequence[int]) -> set[int]:
    """Take the events and contacts of these records away, nothing settled yet; the deals they spoke of."""
    numbers = [-number for number in record_ids]
    deals = set(load_deals_of_contacts(connection, numbers))
    note_points(connection, load_contact_points(connection, numbers))
    deals |= set(connection.execute(text("DELETE FROM amocrm_events WHERE event_key = ANY(:keys) RETURNING deal_id"),
                                    {"keys": [f"import:{number}" for number in record_ids]}).scalars())
    for table in ("amocrm_deal_contacts", "amocrm_contact_points", "amocrm_contacts"):
        connection.execute(text(f"DELETE FROM {table} WHERE contact_id = ANY(:ids)"),  # nosec B608 - our own tables
                           {"ids": numbers})
    return deals


def _drop_unsaid(connection: Connection, deal_ids: set[int], rules: Rules, calendar: BusinessCalendar) -> None:
    """Forget the sales in pipelines of imports that no event tells any more: they were added, not reversed."""
    gone = connection.execute(_DROP, {"deals": sorted(deal_ids), "pipelines": list(IMPORT_PIPELINES.values())}).all()
    mark_days(connection, {day for row in gone for day in (row.sale_day, row.lead_day) if day is not None})
    for table in (*SOURCE_TABLES.values(), OTHER_SALES):
        connection.execute(text(f"""
            DELETE FROM {table} p WHERE p.deal_id = ANY(:deals)
              AND NOT EXISTS (SELECT FROM all_sales_tracking s
                              WHERE s.deal_id = p.deal_id AND s.source_table = :name)"""),  # nosec B608 - our own tables
            {"deals": sorted({row.deal_id for row in gone}), "name": table})
    settle_deals(connection, deal_ids, rules, calendar)


_DROP = text("""
    DELETE FROM all_sales_tracking s
    WHERE s.deal_id = ANY(:deals) AND s.pipeline_id = ANY(:pipelines)
      AND NOT EXISTS (SELECT FROM amocrm_events e
                      WHERE e.deal_id = s.deal_id AND CAST(e.payload ->> 'pipeline_id' AS bigint) = s.pipeline_id)
    RETURNING s.deal_id, s.sale_day, s.lead_day""")
