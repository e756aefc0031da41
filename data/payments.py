"""Further payments of a sale, told as deals of their own: which sales are none, but payments of another.

Invariant: only ``data/deals.py`` calls this, holding the settling lock, after the sales of the deals are settled;
``payment_of`` is then what ``core.payments`` makes of all standing sales of the person.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, text

from core.payments import PaidDeal, group_payments
from data.queries import run
from data.settling import as_json, days_of
from data.stats import mark_days

Row = Mapping[str, Any]


def settle_payments(connection: Connection, deal_ids: list[int], persons: Collection[str]) -> None:
    """Say which sales of these deals and persons are payments of another; logs and marks the days of what changes."""
    rows = run(connection, "deals/paid_in_parts", deal_ids=deal_ids, persons=sorted(persons))
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["person_key"], row["product"]].append(row)
    changed = [(row, fresh) for group in groups.values() for row, fresh in _grouped(group)
               if row["payment_of"] != fresh]
    if not changed:
        return
    mark_days(connection, days_of([dict(row) for row, _ in changed], "sale_day", "lead_day"))
    saved = [{"id": str(row["id"]), "payment_of": fresh} for row, fresh in changed]
    connection.execute(_SAVE, {"rows": as_json(saved)})
    connection.execute(_LOG, {"rows": as_json([
        {"sale_id": str(row["id"]), "team_name": row["team_name"],
         "metadata": {"before": {"payment_of": row["payment_of"]}, "after": {"payment_of": fresh}}}
        for row, fresh in changed])})


def _grouped(rows: list[Row]) -> list[tuple[Row, int | None]]:
    limit = rows[0]["prepayment_limit"]
    standing = [PaidDeal(row["deal_id"], row["sale_date"], row["sale_amount"])
                for row in rows if not row["is_reversed"]]
    payment_of = group_payments(standing, limit) if limit is not None else {}
    return [(row, payment_of.get(row["deal_id"])) for row in rows]


_SAVE = text("""
    UPDATE all_sales_tracking s SET payment_of = given.payment_of, updated_at = now()
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, payment_of bigint)
    WHERE s.id = given.id""")
_LOG = text("""
    INSERT INTO sales_activity_log (sale_id, action_type, team_name, metadata)
    SELECT sale_id, 'updated', team_name, metadata
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (sale_id uuid, team_name text, metadata jsonb)""")
