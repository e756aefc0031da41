"""Reads a form submission of a landing page (Tilda, Fasttrack, any form or JSON) into a record.

Invariant: a field is found by its name in any case and any nesting; a phone or e-mail whose field is called something
else is found by its value. Cookies other than the three of ``touches`` never leave this module.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.bodies import UnreadableBody, clean_mark, read_body
from core.phones import normalize_email, normalize_phone
from core.records import LandingLead
from core.wire_values import read_id, read_price, read_time
from integrations.landing.flat import FlatBody
from integrations.landing.touches import read_touch

_LIKE_A_PHONE = re.compile(r"(?:\d\D*){10}")

__all__ = ["Ping", "UnreadableBody", "list_paths", "parse_lead"]


@dataclass(frozen=True)
class Ping:
    """The connection check of a builder (``test=test``): answered, no lead."""


def parse_lead(
    body: bytes, content_type: str, received_at: datetime, source: str | None = None,
    mapping: Mapping[str, Sequence[str]] | None = None,
) -> LandingLead | Ping:
    """The lead of a body. ``source`` is the {source} of the address: the funnel when the body names none.

    The body's own time counts when it has a zone and is not later than ``received_at``. ``mapping`` names paths for
    meanings of this source (``flat.MEANINGS``).

    Raises:
        UnreadableBody: see ``core.bodies.read_body``.
    """
    flat = FlatBody.of(read_body(body, content_type), mapping)
    is_test = (flat.take("test") or "").lower() == "test"
    touch = read_touch(flat)
    service = {meaning: flat.take(meaning) for meaning in (
        "submission_id", "form_id", "form_name", "order_id", "order_amount", "client_id", "funnel", "amocrm_lead_id")}
    submitted_at = read_time(flat.take("submitted_at"))
    email, email_norm = _email(flat)
    phone, phone_norm = _phone(flat)
    if is_test and not phone and not email:
        return Ping()
    return LandingLead(
        submitted_at=submitted_at if submitted_at and submitted_at <= received_at else received_at.astimezone(UTC),
        name=_name(flat),
        phone=phone, phone_norm=phone_norm, email=email, email_norm=email_norm,
        utm=touch.utm, fbclid=touch.fbclid, fbc=touch.fbc, fbp=touch.fbp,
        client_id=service["client_id"],
        funnel=service["funnel"] or source or None,
        amocrm_lead_id=read_id(service["amocrm_lead_id"]),
        submission_id=service["submission_id"],
        form_id=service["form_id"],
        form_name=service["form_name"],
        order_id=service["order_id"],
        order_amount=read_price(service["order_amount"]),
        products=flat.products,
        extra=flat.extra(),
    )


def list_paths(body: bytes, content_type: str) -> list[str]:
    """The paths of a body by which a mapping may name its fields, cookies left out.

    Raises:
        UnreadableBody: see ``core.bodies.read_body``.
    """
    fields = FlatBody.of(read_body(body, content_type)).fields
    return [dotted for dotted, _, _ in fields if dotted.split(".")[-1] not in ("cookies", "cookie")]


def _phone(flat: FlatBody) -> tuple[str | None, str | None]:
    """(as typed, E.164). Fields whose name ends in ``id`` hold numbers that only look like phones."""
    named = flat.take("phone")
    normal = normalize_phone(named)
    if normal:
        return named, normal
    for dotted, _, text in flat.unused():
        if dotted.endswith("id") or len(text) > 60 or not _LIKE_A_PHONE.search(text):
            continue
        found = normalize_phone(text)
        if found and "@" not in text:
            if named is None:
                flat.used.add(dotted)
            return text.strip(), found
    return named, None


def _email(flat: FlatBody) -> tuple[str | None, str | None]:
    """(as typed, lower case)."""
    named = flat.take("email")
    normal = normalize_email(named)
    if normal:
        return named, normal
    for dotted, _, text in flat.unused():
        if "@" in text and len(text) <= 200:
            found = normalize_email(text)
            if found == text.strip().lower():
                flat.used.add(dotted)
                return text.strip(), found
    return named, None


def _name(flat: FlatBody) -> str | None:
    whole = flat.take("name")
    parts = [flat.take("first_name"), flat.take("last_name")]
    return clean_mark(whole) or " ".join(part for part in parts if part) or None
