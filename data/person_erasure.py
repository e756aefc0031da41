"""Rows of one person made rows of nobody: names go, phones and e-mails become stand-ins, figures and ties stay.

Invariant: everything here happens in one transaction with the settling of the person's deals, so nobody ever sees a
half-erased person.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from core.erasure import StandIns
from data.persons import Person
from data.queries import run

_AT_ONCE = 20_000
_NATIONAL_DIGITS = 10
_DIGITS = re.compile(rb"\d+")
_ADDRESSES = re.compile(rb"[\w.+-]+(?:@|%40)[\w.-]+")


@dataclass(frozen=True)
class RawBody:
    """A stored delivery that may be about the person; ``is_lead``: it is a form of theirs."""

    id: str
    source: str
    content_type: str
    body: bytes
    is_lead: bool


def load_inbox_end(connection: Connection) -> int:
    """The number of the newest delivery."""
    return int(run(connection, "persons/inbox_end")[0]["seq"])


def inbox_parts(after: int, until: int) -> Iterator[tuple[int, int]]:
    """The inbox in parts that one statement can look through."""
    while after < until:
        yield after, min(until, after + _AT_ONCE)
        after += _AT_ONCE


def load_bodies(connection: Connection, person: Person, after: int, until: int) -> Iterator[RawBody]:
    """Deliveries numbered above ``after``, up to ``until``, that may be about the person."""
    traces = _Traces(person)
    for row in run(connection, "persons/bodies", lead_ids=list(person.lead_ids), after=after, until=until):
        body = bytes(row["body"])
        if row["is_lead"] or row["source"] != "amocrm" or traces.are_in(body):
            yield RawBody(str(row["id"]), row["source"], row["content_type"], body, row["is_lead"])


class _Traces:
    """What of a person stands in a raw body as it was sent: ids, the digits of phones, addresses."""

    def __init__(self, person: Person) -> None:
        self._numbers = {str(number).encode() for number in (*person.contact_ids, *person.deal_ids)}
        self._phones = {phone[-_NATIONAL_DIGITS:].encode() for phone in person.phones}
        self._emails = {email.encode() for email in person.emails}

    def are_in(self, body: bytes) -> bool:
        """Whether any of it stands there."""
        runs = set(_DIGITS.findall(body))
        if runs & self._numbers or {one[-_NATIONAL_DIGITS:] for one in runs} & self._phones:
            return True
        return bool({one.replace(b"%40", b"@").lower() for one in _ADDRESSES.findall(body)} & self._emails)


def save_bodies(connection: Connection, bodies: Mapping[str, bytes]) -> None:
    """Replace raw bodies; the headers of the delivery, which may name a device, go with them."""
    for event_id, body in bodies.items():
        connection.execute(text("UPDATE webhook_events SET body = :body, headers = '{}' WHERE id = CAST(:id AS uuid)"),
                           {"id": event_id, "body": body})


def erase_rows(connection: Connection, person: Person, stand_ins: StandIns) -> None:
    """Take the person out of contacts, leads and stored events; deals and sales follow when they are settled."""
    values = {"contacts": list(person.contact_ids), "leads": list(person.lead_ids), "deals": list(person.deal_ids),
              "phones": json.dumps(dict(stand_ins.phones)), "emails": json.dumps(dict(stand_ins.emails)),
              "traces": [*(phone[-_NATIONAL_DIGITS:] for phone in person.phones), *person.emails]}
    for statement in _ERASE:
        connection.execute(statement, values)


_ERASE = tuple(map(text, (
    """UPDATE amocrm_contacts SET name = NULL, phone = CAST(:phones AS jsonb) ->> phone_norm,
              phone_norm = CAST(:phones AS jsonb) ->> phone_norm, email = CAST(:emails AS jsonb) ->> email_norm,
              email_norm = CAST(:emails AS jsonb) ->> email_norm, erased_at = now(), updated_at = now()
       WHERE contact_id = ANY(:contacts)""",
    """UPDATE amocrm_contact_points
       SET value = CAST(CASE kind WHEN 'phone' THEN :phones ELSE :emails END AS jsonb) ->> value
       WHERE contact_id = ANY(:contacts)""",
    """UPDATE landing_lead_phones SET phone = CAST(:phones AS jsonb) ->> phone
       WHERE lead_id = ANY(CAST(:leads AS uuid[]))""",
    """UPDATE landing_leads l SET
              name = NULL, phone = CAST(:phones AS jsonb) ->> phone_norm,
              phone_norm = CAST(:phones AS jsonb) ->> phone_norm, email = CAST(:emails AS jsonb) ->> email_norm,
              email_norm = CAST(:emails AS jsonb) ->> email_norm, fbclid = NULL, client_id = NULL, updated_at = now(),
              metadata = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(l.metadata)
                          WHERE key IN ('form_id', 'form_name', 'order_amount', 'products', 'amocrm_lead_id'))
       WHERE id = ANY(CAST(:leads AS uuid[]))""",
    *(f"""UPDATE {table} SET {held} = {held} || jsonb_build_object(
              'name', NULL, 'phone', CAST(:phones AS jsonb) -> ({held} ->> 'phone_norm'),
              'phone_norm', CAST(:phones AS jsonb) -> ({held} ->> 'phone_norm'),
              'email', CAST(:emails AS jsonb) -> ({held} ->> 'email_norm'),
              'email_norm', CAST(:emails AS jsonb) -> ({held} ->> 'email_norm'))
          WHERE CAST(:phones AS jsonb) ? ({held} ->> 'phone_norm')
             OR CAST(:emails AS jsonb) ? ({held} ->> 'email_norm')"""  # nosec B608 - our own names
      for table, held in (("import_records", "data"), ("import_changes", "before"))),
    # Nobody can be taken out of a file that was not applied yet: it has to be uploaded again without the person.
    """DELETE FROM imports
       WHERE status IN ('draft', 'checked') AND content IS NOT NULL AND EXISTS (
           SELECT FROM unnest(CAST(:traces AS text[])) AS trace
           WHERE position(trace IN regexp_replace(encode(content, 'escape'), '[^0-9]', '', 'g')) > 0
              OR position(trace IN lower(encode(content, 'escape'))) > 0)""",
    """UPDATE imports SET preview = NULL
       WHERE EXISTS (SELECT FROM unnest(CAST(:traces AS text[])) AS trace
                     WHERE position(trace IN regexp_replace(CAST(preview AS text), '[^0-9]', '', 'g')) > 0
                        OR position(trace IN lower(CAST(preview AS text))) > 0)""",
    """UPDATE amocrm_events SET payload = payload - 'name' - 'fbclid' WHERE deal_id = ANY(:deals)""",
)))


def forget_traces(connection: Connection, person: Person) -> None:
    """What settling leaves behind: texts beside sales, names in the sales' log, messages that spoke of the person."""
    for statement in _FORGET:
        connection.execute(statement, {"deals": list(person.deal_ids)})
    marks = [*person.phones, *person.emails]
    connection.execute(text("""
        UPDATE notifications SET body = '', subject = ''
        WHERE EXISTS (SELECT FROM unnest(CAST(:marks AS text[])) AS mark
                      WHERE position(mark IN lower(body || ' ' || subject)) > 0)"""), {"marks": marks})


_NAMES = ("contact_name", "contact_phone", "contact_email")
_WITHOUT_NAMES = "metadata" + "".join(f" #- '{{{side},{name}}}'" for side in ("before", "after") for name in _NAMES)
_FORGET = tuple(map(text, (
    *(f"UPDATE {table} SET raw = raw - 'name' WHERE deal_id = ANY(:deals) AND raw ? 'name'"  # nosec B608 - our own names
      for table in ("express_course_sales", "main_product_sales", "other_product_sales")),
    f"""UPDATE sales_activity_log SET metadata = {_WITHOUT_NAMES}
        WHERE sale_id IN (SELECT id FROM all_sales_tracking WHERE deal_id = ANY(:deals))""",  # nosec B608 - our own names
    """DELETE FROM sales_activity_log
       WHERE action_type = 'updated' AND metadata -> 'before' = '{}' AND created_at = now()
         AND sale_id IN (SELECT id FROM all_sales_tracking WHERE deal_id = ANY(:deals))""",
)))
