"""What is stored about deals and can explain them: their events, the person behind each, and that person's leads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, text

from core.attribution import PersonLead
from core.deals import DealState, as_won, fold_deal
from core.records import DealEvent, Utm
from data.mapping_rows import load_won_stages
from data.queries import run
from data.settling import TeamNames, as_json

_TIES = {1: "contact", 2: "phone", 3: "email"}


@dataclass(frozen=True)
class Person:
    """Who stands behind a deal; what the contact leaves open is taken from the lead tied to the deal.

    ``key`` is what makes two deals deals of one person, ``sure_key`` the same without asking e-mail addresses; the deal
    itself is its person when nothing is known that only one person has.
    """

    contact_id: int | None
    name: str | None
    phone: str | None        # E.164, else as typed
    email: str | None
    phone_norm: str | None
    email_norm: str | None
    has_tied_lead: bool
    key: str
    sure_key: str

    @property
    def is_known(self) -> bool:
        """True when anything at all could find this person's leads."""
        return self.has_tied_lead or any((self.contact_id, self.phone_norm, self.email_norm))


@dataclass(frozen=True)
class KnownLead:
    """A lead of the person: for the engine, with its marks, its local day and whether it made this very deal."""

    touch: PersonLead
    utm: Utm
    lead_day: Any
    made_deal: bool


@dataclass(frozen=True)
class DealFacts:
    """Everything known about one deal. ``events`` are in no order."""

    events: tuple[DealEvent, ...]
    state: DealState
    person: Person
    leads: tuple[KnownLead, ...]


def save_deal_events(connection: Connection, events: Sequence[tuple[str | None, DealEvent]]) -> None:
    """Keep events, each with the id of its delivery (``None``: read from the API).

    Of twins the one that tells a change of stage is kept.
    """
    kept: dict[str, dict[str, Any]] = {}
    for webhook_id, event in events:
        row = _event_row(webhook_id, event)
        twin = kept.get(event.key)
        if twin is None or (twin["action"] != "status" and event.action == "status"):
            kept[event.key] = row | {"received_at": min(row["received_at"], twin["received_at"]) if twin else
                                     row["received_at"]}
    if kept:
        connection.execute(_SAVE, {"rows": as_json([kept[key] for key in sorted(kept)])})


_SAVE = text("""
    INSERT INTO amocrm_events AS e (event_key, deal_id, action, occurred_at, has_own_time, received_at, webhook_id,
                                    payload)
    SELECT event_key, deal_id, action, occurred_at, has_own_time, received_at, webhook_id,
           CASE WHEN EXISTS (SELECT FROM amocrm_deal_contacts dc JOIN amocrm_contacts c USING (contact_id)
                             WHERE dc.deal_id = given.deal_id AND c.erased_at IS NOT NULL)
                THEN payload - 'name' - 'fbclid' ELSE payload END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        event_key text, deal_id bigint, action text, occurred_at timestamptz, has_own_time boolean,
        received_at timestamptz, webhook_id uuid, payload jsonb)
    ON CONFLICT (event_key) DO UPDATE SET
        action = CASE WHEN excluded.action = 'status' THEN excluded.action ELSE e.action END,
        payload = CASE WHEN excluded.webhook_id IS NOT DISTINCT FROM e.webhook_id THEN excluded.payload
                       ELSE e.payload END,
        received_at = least(e.received_at, excluded.received_at),
        occurred_at = least(e.occurred_at, excluded.occurred_at)
    WHERE (excluded.action = 'status' AND e.action <> 'status') OR excluded.received_at < e.received_at
       OR (excluded.webhook_id IS NOT DISTINCT FROM e.webhook_id AND excluded.payload <> e.payload)""")


def _event_row(webhook_id: str | None, event: DealEvent) -> dict[str, Any]:
    payload = {
        "pipeline_id": event.pipeline_id, "status_id": event.status_id, "name": event.name,
        "price": None if event.price is None else str(event.price), "price_given": event.price_given or None,
        "created_at": event.created_at, "closed_at": event.closed_at, "fbclid": event.fbclid,
        "utm": {name: mark for name, mark in vars(event.utm).items() if mark} or None,
        "contact_id": event.contact_id, "account_id": event.account_id}
    return {
        "event_key": event.key, "deal_id": event.deal_id, "action": event.action, "occurred_at": event.occurred_at,
        "has_own_time": event.has_own_time, "received_at": event.received_at, "webhook_id": webhook_id,
        "payload": {name: value for name, value in payload.items() if value is not None}}


def _to_event(row: Mapping[str, Any]) -> DealEvent:
    payload = row["payload"]
    utm = payload.get("utm")
    return DealEvent(
        key=row["event_key"], deal_id=row["deal_id"], action=row["action"], occurred_at=row["occurred_at"],
        has_own_time=row["has_own_time"], received_at=row["received_at"], pipeline_id=payload.get("pipeline_id"),
        status_id=payload.get("status_id"), name=payload.get("name"),
        price=Decimal(payload["price"]) if "price" in payload else None,
        price_given=payload.get("price_given", False), created_at=_moment(payload.get("created_at")),
        closed_at=_moment(payload.get("closed_at")), utm=Utm(**utm) if utm else Utm(), utm_given=utm is not None,
        fbclid=payload.get("fbclid"), contact_id=payload.get("contact_id"), account_id=payload.get("account_id"))


def utm_of(row: Mapping[str, Any]) -> Utm:
    """The marks in columns ``utm_…``."""
    return Utm(**{mark: row[f"utm_{mark}"] for mark in ("source", "medium", "campaign", "content", "term", "id")})


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def load_facts(connection: Connection, deal_ids: Sequence[int], names: TeamNames) -> dict[int, DealFacts]:
    """The facts of those of the deals that anything was said about."""
    events: dict[int, list[DealEvent]] = defaultdict(list)
    won_stages = load_won_stages(connection)
    for row in run(connection, "deals/events", deal_ids=list(deal_ids)):
        events[row["deal_id"]].append(as_won(_to_event(row), won_stages))
    states = {deal_id: fold_deal(said) for deal_id, said in events.items()}
    persons = _load_persons(connection, states)
    leads = _load_leads(connection, persons, names)
    return {deal_id: DealFacts(tuple(events[deal_id]), state, persons[deal_id], tuple(leads[deal_id]))
            for deal_id, state in states.items()}


def _load_persons(connection: Connection, states: Mapping[int, DealState]) -> dict[int, Person]:
    rows = run(connection, "deals/persons", deal_ids=list(states), main_ids=[one.contact_id for one in states.values()])
    return {row["deal_id"]: _to_person(row, states[row["deal_id"]]) for row in rows}


def _to_person(row: Mapping[str, Any], state: DealState) -> Person:
    phone_norm, email_norm = row["phone_norm"] or row["lead_phone_norm"], row["email_norm"] or row["lead_email_norm"]
    return Person(
        contact_id=row["contact_id"] or state.contact_id, name=row["name"] or row["lead_name"],
        phone=phone_norm or row["phone"] or row["lead_phone"], email=email_norm or row["email"] or row["lead_email"],
        phone_norm=phone_norm, email_norm=email_norm, has_tied_lead=row["lead_id"] is not None,
        key=row["person_key"], sure_key=row["sure_key"])


def _load_leads(
    connection: Connection, persons: Mapping[int, Person], names: TeamNames
) -> dict[int, list[KnownLead]]:
    known = {deal_id: person for deal_id, person in persons.items() if person.is_known}
    found: dict[int, list[KnownLead]] = defaultdict(list)
    for row in run(
        connection, "deals/person_leads", deal_ids=list(known), contact_ids=[one.contact_id for one in known.values()],
        persons=[one.key for one in known.values()], sure=[one.sure_key for one in known.values()],
    ):
        touch = PersonLead(
            lead_id=str(row["lead_id"]), created_at=row["created_at"], team_slug=names.slug_of(row["team_id"]),
            by=_TIES[row["tie"]], campaign_id=str(row["campaign_id"]) if row["campaign_id"] else None)
        found[row["deal_id"]].append(KnownLead(touch, utm_of(row), row["lead_day"], row["made_deal"]))
    return found


def raw_of(event: DealEvent) -> dict[str, Any]:
    """An event as the product tables keep it beside a sale."""
    return orjson.loads(orjson.dumps({"key": event.key, "action": event.action, "occurred_at": event.occurred_at,
                                      "name": event.name, "pipeline_id": event.pipeline_id,
                                      "status_id": event.status_id,
                                      "price": None if event.price is None else str(event.price)}))
