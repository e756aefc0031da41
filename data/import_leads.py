"""Leads out of imported rows: ordinary leads that name the record they came from, settled like every other.

Invariant: one record makes one lead, however often it is written; a tie to a deal is left with the lead that holds it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from core.persons import Point
from core.phones import find_phones
from data.contacts import load_deals_of_leads
from data.deals import settle_deals
from data.identity import note_points
from data.leads import settle_leads
from data.queries import run
from data.settling import as_json
from data.stats import mark_days

Record = tuple[int, Mapping[str, Any]]      # its number and its data
_COLUMNS = ("name", "phone", "phone_norm", "email", "email_norm", "source", "funnel", "utm_source", "utm_medium",
            "utm_campaign", "utm_content", "utm_term", "utm_id", "fbclid", "client_id")


def write_leads(
    connection: Connection, records: Sequence[Record], origin: str, rules: Rules, calendar: BusinessCalendar
) -> None:
    """Make the leads of these records what their data says; ``origin`` (the file) is kept with each."""
    ids = [number for number, _ in records]
    before = [str(row["id"]) for row in run(connection, "imports/leads_of_records", records=ids)]
    touched = load_deals_of_leads(connection, before)
    points = _points(connection, ids)
    rows = [_lead_row(number, data, origin) for number, data in records]
    _claim_deals(connection, rows)
    saved = [str(found) for found in connection.execute(_SAVE, {"rows": as_json(rows)}).scalars()]
    _save_other_phones(connection, records)
    note_points(connection, points | _points(connection, ids))
    settle_leads(connection, saved, rules, calendar)
    settle_deals(connection, touched | load_deals_of_leads(connection, saved), rules, calendar)


def _points(connection: Connection, record_ids: Sequence[int]) -> frozenset[Point]:
    """What the leads of these records hold, with the contacts of the deals they are tied to."""
    return frozenset(Point(row["kind"], row["value"])
                     for row in run(connection, "imports/lead_points", records=list(record_ids)))


def _lead_row(number: int, data: Mapping[str, Any], origin: str) -> dict[str, Any]:
    metadata = {"import": origin, "amocrm_lead_id": data["deal_id"]}
    return {"import_record_id": number, "created_at": data["submitted_at"], "submission_id": data["id"],
            "amocrm_lead_id": data["deal_id"], **{name: data[name] for name in _COLUMNS},
            "metadata": {name: value for name, value in metadata.items() if value is not None}}


def _claim_deals(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Leave out ties that another lead holds; of several rows the earliest gets the tie."""
    claims: dict[int, tuple[str, int]] = {}
    for row in rows:
        if row["amocrm_lead_id"] is not None:
            claim = (row["created_at"], row["import_record_id"])
            claims[row["amocrm_lead_id"]] = min(claims.get(row["amocrm_lead_id"], claim), claim)
    own = {row["import_record_id"] for row in rows}
    held = {row["amocrm_lead_id"] for row in run(connection, "imports/ties", deal_ids=list(claims))
            if row["import_record_id"] not in own}
    for row in rows:
        deal_id = row["amocrm_lead_id"]
        if deal_id is not None and (deal_id in held or claims[deal_id][1] != row["import_record_id"]):
            row["amocrm_lead_id"] = None
    # Ties move between rows of one statement; without this a unique key would see both holders.
    connection.execute(text("UPDATE landing_leads SET amocrm_lead_id = NULL"
                            " WHERE import_record_id = ANY(:ids) AND amocrm_lead_id IS NOT NULL"), {"ids": sorted(own)})


_SAVE = text(f"""
    INSERT INTO landing_leads AS l (import_record_id, created_at, submission_id, amocrm_lead_id, {", ".join(_COLUMNS)},
                                    metadata)
    SELECT import_record_id, created_at, submission_id, amocrm_lead_id, {", ".join(_COLUMNS)}, metadata
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        import_record_id bigint, created_at timestamptz, submission_id text, amocrm_lead_id bigint,
        {", ".join(f"{name} text" for name in _COLUMNS)}, metadata jsonb)
    ON CONFLICT (import_record_id) DO UPDATE SET
        created_at = excluded.created_at, submission_id = excluded.submission_id,
        amocrm_lead_id = excluded.amocrm_lead_id, {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)},
        metadata = excluded.metadata, updated_at = now()
    RETURNING l.id""")  # nosec B608 - names of our own columns


def _save_other_phones(connection: Connection, records: Sequence[Record]) -> None:
    """The second and further phones of one value, in the place of those known before."""
    connection.execute(text("""
        DELETE FROM landing_lead_phones o USING landing_leads l
        WHERE l.id = o.lead_id AND l.import_record_id = ANY(:ids)"""), {"ids": [number for number, _ in records]})
    pairs = [(number, phone) for number, data in records for phone in find_phones(data["phone"])
             if phone != data["phone_norm"]]
    if pairs:
        connection.execute(text("""
            INSERT INTO landing_lead_phones (lead_id, phone)
            SELECT l.id, given.phone
            FROM unnest(CAST(:ids AS bigint[]), CAST(:phones AS text[])) AS given (record_id, phone)
            JOIN landing_leads l ON l.import_record_id = given.record_id
            ON CONFLICT DO NOTHING"""), {"ids": [one for one, _ in pairs], "phones": [one for _, one in pairs]})


def remove_leads(connection: Connection, record_ids: Sequence[int], rules: Rules, calendar: BusinessCalendar) -> None:
    """Take the leads of these records away; what they explained is settled without them."""
    found = run(connection, "imports/leads_of_records", records=list(record_ids))
    ids = {"ids": [str(row["id"]) for row in found]}
    touched = load_deals_of_leads(connection, ids["ids"])
    note_points(connection, _points(connection, record_ids))
    mark_days(connection, {row["lead_day"] for row in found if row["lead_day"] is not None})
    for table in ("amocrm_deals", "all_sales_tracking"):
        connection.execute(text(f"UPDATE {table} SET landing_lead_id = NULL"  # nosec B608 - names of our own tables
                                " WHERE landing_lead_id = ANY(CAST(:ids AS uuid[]))"), ids)
    connection.execute(text("DELETE FROM landing_lead_phones WHERE lead_id = ANY(CAST(:ids AS uuid[]))"), ids)
    connection.execute(text("DELETE FROM landing_leads WHERE id = ANY(CAST(:ids AS uuid[]))"), ids)
    settle_deals(connection, touched, rules, calendar)
