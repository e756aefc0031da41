"""Sales as settled facts: ``all_sales_tracking``, the products' own tables and the log of what happened to each sale.

Invariant: only ``data/deals.py`` calls this, holding the settling lock; a sale that is as it was is not written and
logs nothing. A sale assigned by hand (locked) keeps its team whatever the rules say.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from data.deal_facts import DealFacts
from data.queries import run
from data.settled_rows import OTHER_SALES, SOURCE_TABLES, product_row
from data.settling import as_json, days_of
from data.stats import mark_days

Row = dict[str, Any]
_DECIDED = ("team_id", "team_name", "attribution_method", "confidence", "rule_id", "reason", "candidates")
_COMPARED = (
    "source_table", "sale_amount", "contact_id", "contact_name", "contact_phone", "contact_email", "utm_source",
    "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id", "landing_lead_id", *_DECIDED, "campaign_id",
    "is_reversed", "reversed_at", "pipeline_id", "status_id", "sale_date", "sale_day", "lead_day")
_COUNTED = ("sale_amount", "team_id", "campaign_id", "is_reversed", "sale_day", "lead_day")
_IDS = ("landing_lead_id", "team_id", "campaign_id")


def settle_sales(
    connection: Connection, deal_ids: list[int], facts: Mapping[int, DealFacts],
    computed: Mapping[int, Mapping[str, Row]],
) -> None:
    """Make the sales of these deals what the facts say; ``computed`` has their rows by deal and product."""
    stored = {(row["deal_id"], row["product"]): _plain(row)
              for row in run(connection, "deals/stored_sales", deal_ids=deal_ids)}
    fresh = {(deal_id, product): row for deal_id, sales in computed.items() for product, row in sales.items()}
    pairs = [(stored.get(key), _respecting_lock(stored.get(key), row)) for key, row in sorted(fresh.items())]
    pairs += [(row, _withdrawn(row, facts)) for key, row in sorted(stored.items()) if key not in fresh]
    changed = [(before, after) for before, after in pairs if before is None or _differs(before, after)]
    if not changed:
        return
    counted = [pair for pair in changed if pair[0] is None or any(pair[0][name] != pair[1][name] for name in _COUNTED)]
    # Before the rows: whoever recalculates a day holds its mark first and then asks for its sales, so do we.
    mark_days(connection, days_of([row for pair in counted for row in pair], "sale_day", "lead_day"))
    ids = _save_tracking(connection, [after for _, after in changed])
    _save_products(connection, [after for _, after in changed], facts, computed)
    _save_log(connection, changed, ids)


def _plain(row: Mapping[str, Any]) -> Row:
    return {**row, **{name: str(row[name]) if row[name] is not None else None for name in _IDS}}


def _respecting_lock(before: Row | None, after: Row) -> Row:
    """What an admin decided stands; a campaign is only filled in."""
    if before is None or not before["locked"]:
        return after
    return {**after, **{name: before[name] for name in _DECIDED},
            "campaign_id": before["campaign_id"] or after["campaign_id"]}


def _withdrawn(before: Row, facts: Mapping[int, DealFacts]) -> Row:
    """A sale that facts no longer tell (its pipeline does not count any more) is reversed, never forgotten."""
    if before["is_reversed"]:
        return before
    known = facts.get(before["deal_id"])
    return {**before, "is_reversed": True, "reversed_at": known.state.modified_at if known else before["sale_date"]}


def _differs(before: Row, after: Row) -> bool:
    return any(before[name] != after[name] for name in _COMPARED)


def _save_tracking(connection: Connection, rows: list[Row]) -> dict[tuple[int, str], str]:
    kept = [{name: row[name] for name in ("deal_id", "product", "webhook_received_at", *_COMPARED)} for row in rows]
    saved = connection.execute(_SAVE_TRACKING, {"rows": as_json(kept)}).all()
    return {(row.deal_id, row.product): str(row.id) for row in saved}


_SAVE_TRACKING = text("""
    INSERT INTO all_sales_tracking AS s (
        deal_id, product, source_table, sale_amount, contact_id, contact_name, contact_phone, contact_email, utm_source,
        utm_medium, utm_campaign, utm_content, utm_term, utm_id, landing_lead_id, team_id, team_name,
        attribution_method, confidence, rule_id, reason, candidates, campaign_id, is_reversed, reversed_at,
        pipeline_id, status_id, sale_date, sale_day, lead_day, webhook_received_at)
    SELECT deal_id, product, source_table, sale_amount, contact_id, contact_name, contact_phone, contact_email,
           utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id, landing_lead_id, team_id, team_name,
           attribution_method, confidence, rule_id, reason, candidates, campaign_id, is_reversed, reversed_at,
           pipeline_id, status_id, sale_date, sale_day, lead_day, webhook_received_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        deal_id bigint, product text, source_table text, sale_amount numeric, contact_id bigint, contact_name text,
        contact_phone text, contact_email text, utm_source text, utm_medium text, utm_campaign text, utm_content text,
        utm_term text, utm_id text, landing_lead_id uuid, team_id uuid, team_name text, attribution_method text,
        confidence text, rule_id text, reason text, candidates text[], campaign_id uuid, is_reversed boolean,
        reversed_at timestamptz, pipeline_id bigint, status_id bigint, sale_date timestamptz, sale_day date,
        lead_day date, webhook_received_at timestamptz)
    ON CONFLICT (deal_id, product) DO UPDATE SET
        source_table = excluded.source_table, sale_amount = excluded.sale_amount, contact_id = excluded.contact_id,
        contact_name = excluded.contact_name, contact_phone = excluded.contact_phone,
        contact_email = excluded.contact_email, utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
        utm_campaign = excluded.utm_campaign, utm_content = excluded.utm_content, utm_term = excluded.utm_term,
        utm_id = excluded.utm_id, landing_lead_id = excluded.landing_lead_id, team_id = excluded.team_id,
        team_name = excluded.team_name, attribution_method = excluded.attribution_method,
        confidence = excluded.confidence, rule_id = excluded.rule_id, reason = excluded.reason,
        candidates = excluded.candidates, campaign_id = excluded.campaign_id, is_reversed = excluded.is_reversed,
        reversed_at = excluded.reversed_at, pipeline_id = excluded.pipeline_id, status_id = excluded.status_id,
        sale_date = excluded.sale_date, sale_day = excluded.sale_day, lead_day = excluded.lead_day,
        webhook_received_at = excluded.webhook_received_at, updated_at = now()
    RETURNING s.id, s.deal_id, s.product""")


def _save_products(
    connection: Connection, rows: list[Row], facts: Mapping[int, DealFacts], computed: Mapping[int, Mapping[str, Row]]
) -> None:
    """The products' own tables; ``other_product_sales`` has one row per deal: the sale that stands, else the last."""
    by_table: dict[str, dict[int, Row]] = {}
    for row in rows:
        own = computed.get(row["deal_id"], {})
        if row["product"] not in own:
            connection.execute(_WITHDRAW[row["source_table"]], {"deal_id": row["deal_id"], "at": row["reversed_at"]})
            continue
        if row["source_table"] == OTHER_SALES:
            others = [sale for sale in own.values() if sale["source_table"] == OTHER_SALES]
            row = max(others, key=lambda sale: (not sale["is_reversed"], sale["sale_date"]))
        by_table.setdefault(row["source_table"], {})[row["deal_id"]] = product_row(row, facts[row["deal_id"]])
    for table, by_deal in sorted(by_table.items()):
        connection.execute(_SAVE_PRODUCT[table], {"rows": as_json(list(by_deal.values()))})


def _save_product(table: str) -> Any:
    """The statement for one product table; the name is one of ours, never a parameter."""
    own, own_set = (", product", ", product = excluded.product") if table == OTHER_SALES else ("", "")
    columns = ("deal_id, pipeline_id, status_id, amount, contact_id, phone, email, customer_name, utm_source,"
               " utm_medium, utm_campaign, utm_content, utm_term, sale_date, status_changed_at, is_reversed, raw")
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns.replace(" ", "").split(",")[1:])
    return text(f"""
        INSERT INTO {table} ({columns}{own})
        SELECT {columns}{own}
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            deal_id bigint, product text, pipeline_id bigint, status_id bigint, amount numeric, contact_id bigint,
            phone text, email text, customer_name text, utm_source text, utm_medium text, utm_campaign text,
            utm_content text, utm_term text, sale_date timestamptz, status_changed_at timestamptz,
            is_reversed boolean, raw jsonb)
        ON CONFLICT (deal_id) DO UPDATE SET {updates}{own_set}, updated_at = now()""")  # nosec B608 - names of our own tables


_TABLES = (*SOURCE_TABLES.values(), OTHER_SALES)
_SAVE_PRODUCT = {table: _save_product(table) for table in _TABLES}
_WITHDRAW = {table: text(f"UPDATE {table} SET is_reversed = true, status_changed_at = :at, updated_at = now()"
                         " WHERE deal_id = :deal_id AND NOT is_reversed")  # nosec B608 - names of our own tables
             for table in _TABLES}


def _save_log(
    connection: Connection, changed: Iterable[tuple[Row | None, Row]], ids: Mapping[tuple[int, str], str]
) -> None:
    entries = [{"sale_id": ids[after["deal_id"], after["product"]], "action_type": action,
                "team_name": after["team_name"], "metadata": metadata}
               for before, after in changed for action, metadata in _happenings(before, after)]
    connection.execute(text("""
        INSERT INTO sales_activity_log (sale_id, action_type, team_name, metadata)
        SELECT sale_id, action_type, team_name, metadata
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            sale_id uuid, action_type text, team_name text, metadata jsonb)"""), {"rows": as_json(entries)})


def _happenings(before: Row | None, after: Row) -> list[tuple[str, dict[str, Any]]]:
    """What happened to a sale between two settlings, as (action, metadata)."""
    if before is None:
        told = {name: after[name] for name in ("deal_id", "product", "sale_amount", "sale_date")}
        found = [("created", told)]
        if after["team_id"] is not None:
            found.append(("attributed", _after(after, _DECIDED)))
        if after["is_reversed"]:
            found.append(("reversed", {"reversed_at": after["reversed_at"]}))
        return found
    found = []
    if before["is_reversed"] != after["is_reversed"]:
        names = ("is_reversed", "reversed_at", "sale_date", "status_id")
        found.append(("reversed" if after["is_reversed"] else "restored", _difference(before, after, names)))
    if before["team_id"] != after["team_id"]:
        action = "attributed" if before["team_id"] is None else "reassigned"
        found.append((action, _difference(before, after, _DECIDED)))
    told_names = {name for _, metadata in found for name in metadata.get("before", {})}
    rest = _difference(before, after, tuple(name for name in _COMPARED if name not in told_names))
    if rest["before"]:
        found.append(("updated", rest))
    return found


def _after(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] not in (None, [])}


def _difference(before: Row, after: Row, names: Iterable[str]) -> dict[str, Any]:
    """Before and after of what changed."""
    changed = [name for name in names if before[name] != after[name]]
    return {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
