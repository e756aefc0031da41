"""What the database holds of one person outside: somebody who filled in a form or stands in amoCRM.

Invariant: a person is everything that hangs together by phones and e-mails; what is shown is what an erasure takes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data.queries import run

MOST_MARKS = 12
_LOOKED_AT = 5_000


class SharedMark(ValueError):
    """So much hangs on a phone or e-mail that it cannot be one person's; an office's, or a test number."""


@dataclass(frozen=True)
class Person:
    """A person's phones (E.164), e-mails (lower case) and rows."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    contact_ids: tuple[int, ...] = ()
    lead_ids: tuple[str, ...] = ()
    deal_ids: tuple[int, ...] = ()

    def __add__(self, other: "Person") -> "Person":
        """Both, to be treated as one."""
        return Person(*(tuple(dict.fromkeys((*mine, *theirs))) for mine, theirs in zip(
            vars(self).values(), vars(other).values(), strict=True)))

    @property
    def is_known(self) -> bool:
        """Whether anything is held."""
        return bool(self.contact_ids or self.lead_ids or self.deal_ids)


def find_person(connection: Connection, *, phone: str | None, email: str | None) -> Person:
    """Whoever has this phone or e-mail, with whatever shares another phone or e-mail with them.

    Raises: SharedMark when more than twelve phones and e-mails hang together.
    """
    phones, emails = {phone} - {None}, {email} - {None}
    while True:
        rows = run(connection, "persons/holders", phones=sorted(map(str, phones)), emails=sorted(map(str, emails)))
        more_phones = phones | {row["phone"] for row in rows} - {None}
        more_emails = emails | {row["email"] for row in rows} - {None}
        if len(more_phones) + len(more_emails) > MOST_MARKS:
            raise SharedMark
        if (more_phones, more_emails) == (phones, emails):
            break
        phones, emails = more_phones, more_emails
    return _person(connection, sorted(map(str, phones)), sorted(map(str, emails)),
                   sorted({int(row["id"]) for row in rows if row["holder"] == "contact"}),
                   sorted({row["id"] for row in rows if row["holder"] == "lead"}))


def _person(
    connection: Connection, phones: list[str], emails: list[str], contact_ids: list[int], lead_ids: list[str]
) -> Person:
    keys = [f"phone:{one}" for one in phones] + [f"email:{one}" for one in emails]
    keys += [f"contact:{one}" for one in contact_ids]
    deals = run(connection, "persons/deals", contact_ids=contact_ids, lead_ids=lead_ids, keys=keys, phones=phones,
                emails=emails)
    return Person(tuple(phones), tuple(emails), tuple(contact_ids), tuple(lead_ids),
                  tuple(sorted(row["deal_id"] for row in deals)))


def load_person(connection: Connection, *, phone: str | None, email: str | None) -> dict[str, list[dict[str, Any]]]:
    """Every row of the person with this phone (E.164) or e-mail (lower case), by table. Raises: SharedMark."""
    person = find_person(connection, phone=phone, email=email)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in run(connection, "persons/rows", contact_ids=list(person.contact_ids), lead_ids=list(person.lead_ids),
                   deal_ids=list(person.deal_ids), phones=list(person.phones), emails=list(person.emails)):
        found.setdefault(row["source"], []).append(row["held"])
    return found


def load_idle_people(connection: Connection, before: datetime, how_many: int) -> list[Person]:
    """People of whom nothing was heard since ``before``, the longest silent first; marks of many are left out."""
    found: list[Person] = []
    taken: set[str] = set()
    for row in run(connection, "persons/idle", before=before, how_many=_LOOKED_AT):
        if len(found) == how_many or taken & {row["phone"], row["email"]}:
            continue
        try:
            person = find_person(connection, phone=row["phone"], email=row["email"])
        except SharedMark:
            continue
        taken |= {*person.phones, *person.emails}
        heard = run(connection, "persons/last_heard", lead_ids=list(person.lead_ids), deal_ids=list(person.deal_ids),
                    contact_ids=list(person.contact_ids))[0]["at"]
        if heard is not None and heard < before:  # what hangs together with a silent mark may be somebody lively
            found.append(person)
    return found
