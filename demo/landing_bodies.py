"""Landing submissions as the bytes their form sends: Tilda in three habits, a JSON relay, and Fasttrack.

Invariant: a body carries its own time (``created_at``), so that history can be told today.
"""

import json
from random import Random

from core.records import Utm
from demo.clockwork import Clockwork
from demo.visits import Visit
from demo.wire import form_text, quoted

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_MARKS = ("source", "medium", "campaign", "content", "term")


def landing_body(rng: Random, clock: Clockwork, visit: Visit) -> tuple[str, bytes]:
    """The content type and the bytes of a submission."""
    return _WRITERS[visit.form](rng, clock, visit)


def _marks(utm: Utm, prefix: str = "utm_") -> dict[str, str]:
    marks = {f"{prefix}{name}": value for name in _MARKS if (value := getattr(utm, name)) is not None}
    return marks | ({f"{prefix}id": utm.id} if utm.id is not None else {})


def _local(clock: Clockwork, visit: Visit) -> str:
    return visit.at.astimezone(clock.calendar.zone).isoformat()


def _service(visit: Visit, form_id: int, form_name: str) -> dict[str, str]:
    submission = f"{7807000 + form_id}:{6_100_000_000 + visit.number}"
    return {"tranid": submission, "formid": f"form{form_id}", "formname": form_name}


def _typed(visit: Visit, name: str, phone: str, email: str) -> dict[str, str]:
    fields = {name: visit.person.name}
    if visit.email is not None:
        fields[email] = visit.email
    if visit.phone is not None:
        fields[phone] = visit.phone
    return fields


def _form(pairs: dict[str, str]) -> tuple[str, bytes]:
    return FORM, form_text(pairs).encode("ascii")


def _tilda_cookies(rng: Random, clock: Clockwork, visit: Visit) -> tuple[str, bytes]:
    """UTM in the cookie of Tilda's page script: lower case, pairs joined by ``|||``, often one more at the end."""
    ga = f"_ga=GA1.1.{rng.randrange(10**8, 10**9)}.{int(visit.at.timestamp())}"
    cookies = [ga, f"_ym_uid={int(visit.at.timestamp())}{rng.randrange(10**8)}"]
    pairs = [f"{key}={value.strip().lower()}" for key, value in _marks(visit.mark.utm).items() if key != "utm_id"]
    if pairs:
        tail = "|||" if rng.random() < 0.6 else ""
        cookies.insert(rng.randrange(3), "TILDAUTM=" + quoted("|||".join(pairs) + tail))
    if visit.mark.fbclid:
        cookies.append(f"_fbc=fb.1.{int(visit.at.timestamp() * 1000)}.{visit.mark.fbclid}")
    return _form(
        _typed(visit, "Name", "Phone", "Email")
        | {"created_at": _local(clock, visit)}
        | _service(visit, 1069343426, "Профтест")
        | {"COOKIES": "; ".join(cookies)}
    )


def _tilda_fields(rng: Random, clock: Clockwork, visit: Visit) -> tuple[str, bytes]:
    """UTM in hidden fields of the form."""
    del rng
    extra = {"fbclid": visit.mark.fbclid} if visit.mark.fbclid else {}
    return _form(
        _typed(visit, "name", "phone", "email")
        | _marks(visit.mark.utm)
        | extra
        | {"created_at": _local(clock, visit)}
        | _service(visit, 907701122, "Экспресс-курс")
    )


def _tilda_named(rng: Random, clock: Clockwork, visit: Visit) -> tuple[str, bytes]:
    """A form whose author named the fields; the phone is found by what it is."""
    del rng
    return _form(
        _typed(visit, "Ваше_имя", "Input_3", "Email")
        | _marks(visit.mark.utm)
        | {"created_at": _local(clock, visit)}
        | _service(visit, 771020304, "Флагман: консультация")
    )


def _json_relay(rng: Random, clock: Clockwork, visit: Visit) -> tuple[str, bytes]:
    """Flat JSON of a relay."""
    del rng
    body: dict[str, object] = {**_typed(visit, "name", "phone", "email"), **_marks(visit.mark.utm)}
    if visit.mark.fbclid:
        body["fbclid"] = visit.mark.fbclid
    body |= _service(visit, 55001, "Интенсив за 1 день") | {"created_at": _local(clock, visit)}
    return JSON, json.dumps(body, ensure_ascii=False).encode()


def _fasttrack(rng: Random, clock: Clockwork, visit: Visit) -> tuple[str, bytes]:
    """The notice of another builder: nested, times in milliseconds."""
    del clock
    sent = int(visit.at.timestamp() * 1000)
    payload = {
        "uuid": f"{rng.getrandbits(32):08x}-0000-4000-8000-{visit.number:012x}",
        "form": {"uuid": "5c1d9c1e-0000-4000-8000-00000000000f", "name": "Бот: бесплатный урок"},
        "data": _typed(visit, "name", "phone", "email"),
        "platform": "Telegram",
        "utm": _marks(visit.mark.utm),
        "created_at": sent,
    }
    body = {"event_type": "form_lead_created", "payload": payload, "timestamp": sent + 350}
    return JSON, json.dumps(body, ensure_ascii=False).encode()


_WRITERS = {
    "tilda_cookies": _tilda_cookies,
    "tilda_fields": _tilda_fields,
    "tilda_named": _tilda_named,
    "json": _json_relay,
    "fasttrack": _fasttrack,
}
