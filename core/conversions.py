"""A won deal as an event of Facebook's Conversions API: what is sent of it, and what of the person, hashed.

Invariant: nothing that names a person leaves unhashed; a phone is complete (country code, no trunk 8) or not sent; the
same deal has the same event id at every try, so that a retry is counted once.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.phones import normalize_email, normalize_phone

OLDEST = timedelta(days=7)      # Facebook refuses the whole request for one older event
_MARGIN = timedelta(minutes=30)
CRM = "amoCRM"


@dataclass(frozen=True)
class WonSale:
    """A sale to tell of: what it was worth, who bought, and the click that brought the person."""

    event_id: str
    event_name: str
    won_at: datetime
    value: Decimal
    currency: str
    phone: str | None = None
    email: str | None = None
    person_id: str | None = None
    fbclid: str | None = None
    clicked_at: datetime | None = None


def event_id_of(deal_id: int) -> str:
    """The id of the event of a won deal."""
    return f"deal-{deal_id}"


def is_too_old(won_at: datetime, now: datetime) -> bool:
    """Whether Facebook would refuse an event of this moment, half an hour left for its way."""
    return now - won_at > OLDEST - _MARGIN


def person_keys(sale: WonSale) -> dict[str, Any]:
    """What Facebook may find the person by (``user_data``): hashes, and the click id as it is."""
    phone, email = normalize_phone(sale.phone), normalize_email(sale.email)
    keys: dict[str, Any] = {}
    if email:
        keys["em"] = [_hash(email)]
    if phone:
        keys["ph"] = [_hash(phone.removeprefix("+"))]
    if sale.fbclid and sale.clicked_at:
        keys["fbc"] = f"fb.1.{int(sale.clicked_at.timestamp() * 1000)}.{sale.fbclid}"
    if keys and sale.person_id:
        keys["external_id"] = [_hash(sale.person_id)]
    return keys


def to_event(sale: WonSale, now: datetime) -> dict[str, Any]:
    """The event of a sale. A won deal dated by a clock ahead of ours happened now: Facebook refuses the future."""
    value = int(sale.value) if sale.value == sale.value.to_integral_value() else float(sale.value)
    return {
        "event_name": sale.event_name, "event_time": int(min(sale.won_at, now).timestamp()),
        "action_source": "system_generated", "event_id": sale.event_id, "user_data": person_keys(sale),
        "custom_data": {"currency": sale.currency, "value": value, "event_source": "crm", "lead_event_source": CRM},
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
