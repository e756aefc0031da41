"""People of amoCRM and the deals they are tied to.

Invariant: the newest telling of a contact stands, an older one only fills what the newer left open; ties are never
taken back, since no event tells of it. Of somebody who was erased nothing is kept any more.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from core.records import Contact
from data.identity import load_contact_points, load_lead_points, note_points
from data.queries import run
from data.settling import as_json

Link = tuple[int, int, bool]  # deal, contact, is the main contact


def save_contacts(connection: Connection, contacts: Iterable[Contact]) -> frozenset[int]:
    """Keep contacts; answers the ids of those whose name, phones or e-mails changed, and notes what they hold."""
    told = list(contacts)
    newest: dict[int, Contact] = {}
    for contact in sorted(told, key=_age):
        newest[contact.id] = _completed(contact, newest.get(contact.id))
    rows = [{
        "contact_id": one.id, "name": one.name, "phone": one.phone, "phone_norm": one.phone_norm, "email": one.email,
        "email_norm": one.email_norm, "modified_at": one.modified_at} for _, one in sorted(newest.items())]
    if not rows:
        return frozenset()
    before = load_contact_points(connection, newest)
    changed = connection.execute(_SAVE, {"rows": as_json(rows)}).scalars().all()
    found = frozenset(changed) | _save_points(connection, told)
    note_points(connection, (before | load_contact_points(connection, newest)) if found else ())
    return found


def _save_points(connection: Connection, contacts: Iterable[Contact]) -> frozenset[int]:
    """Keep further phones and addresses; answers the contacts that had not told of one before."""
    points = sorted({(one.id, kind, value) for one in contacts
                     for kind, values in (("phone", one.other_phones), ("email", one.other_emails))
                     for value in values})
    if not points:
        return frozenset()
    return frozenset(connection.execute(text("""
        INSERT INTO amocrm_contact_points (contact_id, kind, value)
        SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:kinds AS text[]), CAST(:points AS text[])) AS told (id)
        WHERE NOT EXISTS (SELECT FROM amocrm_contacts c WHERE c.contact_id = told.id AND c.erased_at IS NOT NULL)
        ON CONFLICT DO NOTHING
        RETURNING contact_id"""), {
        "ids": [point[0] for point in points], "kinds": [point[1] for point in points],
        "points": [point[2] for point in points]}).scalars())


def _age(contact: Contact) -> tuple[object, ...]:
    """By time; of two tellings of one second the fuller one last, so that their arrival does not matter."""
    parts = (contact.phone_norm, contact.phone, contact.email_norm, contact.email, contact.name)
    return contact.modified_at, tuple(part or "" for part in parts)


def _completed(newer: Contact, older: Contact | None) -> Contact:
    if older is None:
        return newer
    has_phone, has_email = newer.phone is not None, newer.email is not None
    return Contact(
        id=newer.id, name=newer.name or older.name,
        phone=newer.phone if has_phone else older.phone,
        phone_norm=newer.phone_norm if has_phone else older.phone_norm,
        email=newer.email if has_email else older.email,
        email_norm=newer.email_norm if has_email else older.email_norm, modified_at=newer.modified_at)


# For each of two tellings: which is newer, and does it say anything about the field?
_SAVE = text("""
    INSERT INTO amocrm_contacts AS c (contact_id, name, phone, phone_norm, email, email_norm, modified_at)
    SELECT contact_id, name, phone, phone_norm, email, email_norm, modified_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        contact_id bigint, name text, phone text, phone_norm text, email text, email_norm text,
        modified_at timestamptz)
    ON CONFLICT (contact_id) DO UPDATE SET
        (name, phone, phone_norm, email, email_norm, modified_at) = (
            SELECT CASE WHEN newer THEN coalesce(excluded.name, c.name) ELSE coalesce(c.name, excluded.name) END,
                   CASE WHEN phone_given THEN excluded.phone ELSE c.phone END,
                   CASE WHEN phone_given THEN excluded.phone_norm ELSE c.phone_norm END,
                   CASE WHEN email_given THEN excluded.email ELSE c.email END,
                   CASE WHEN email_given THEN excluded.email_norm ELSE c.email_norm END,
                   greatest(c.modified_at, excluded.modified_at)
            FROM (SELECT newer, CASE WHEN newer THEN excluded.phone IS NOT NULL ELSE c.phone IS NULL END AS phone_given,
                         CASE WHEN newer THEN excluded.email IS NOT NULL ELSE c.email IS NULL END AS email_given
                  FROM (SELECT excluded.modified_at > c.modified_at
                               OR (excluded.modified_at = c.modified_at
                                   AND (coalesce(excluded.phone_norm, ''), coalesce(excluded.phone, ''),
                                        coalesce(excluded.email_norm, ''), coalesce(excluded.email, ''),
                                        coalesce(excluded.name, ''))
                                     > (coalesce(c.phone_norm, ''), coalesce(c.phone, ''), coalesce(c.email_norm, ''),
                                        coalesce(c.email, ''), coalesce(c.name, ''))) AS newer) AS compared) AS which),
        updated_at = now()
    WHERE c.erased_at IS NULL
      AND (excluded.modified_at > c.modified_at
           OR (excluded.name, excluded.phone, excluded.phone_norm, excluded.email, excluded.email_norm)
              IS DISTINCT FROM (c.name, c.phone, c.phone_norm, c.email, c.email_norm))
    RETURNING c.contact_id""")


def save_links(connection: Connection, links: Sequence[Link]) -> None:
    """Keep which contact belongs to which deal; notes what the leads hold that new ties concern."""
    kept: dict[tuple[int, int], bool] = {}
    for deal_id, contact_id, is_main in links:
        kept[deal_id, contact_id] = kept.get((deal_id, contact_id), False) or is_main
    if not kept:
        return
    ordered = sorted(kept)
    tied = connection.execute(text("""
        INSERT INTO amocrm_deal_contacts AS kept (deal_id, contact_id, is_main)
        SELECT * FROM unnest(CAST(:deals AS bigint[]), CAST(:contacts AS bigint[]), CAST(:mains AS boolean[]))
        ON CONFLICT (deal_id, contact_id) DO UPDATE SET is_main = true
        WHERE excluded.is_main AND NOT kept.is_main
        RETURNING deal_id"""), {
        "deals": [deal for deal, _ in ordered], "contacts": [contact for _, contact in ordered],
        "mains": [kept[pair] for pair in ordered]}).scalars()
    note_points(connection, load_lead_points(connection, deal_ids=set(tied)))


def load_deals_of_contacts(connection: Connection, contact_ids: Iterable[int]) -> frozenset[int]:
    """The deals tied to these contacts."""
    ids = list(contact_ids)
    rows = run(connection, "deals/of_contacts", contact_ids=ids) if ids else []
    return frozenset(row["deal_id"] for row in rows)


def load_deals_of_leads(connection: Connection, lead_ids: Iterable[str]) -> frozenset[int]:
    """The deals whose attribution these leads may change."""
    ids = list(lead_ids)
    rows = run(connection, "deals/of_leads", lead_ids=ids) if ids else []
    return frozenset(row["deal_id"] for row in rows)
