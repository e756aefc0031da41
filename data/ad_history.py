"""What Facebook changed of the past, where its totals disagree, and how far back an account was read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from core.records import AdAccount, AdDay, DateRange
from data.queries import run


def record_restatements(connection: Connection, account: AdAccount, level: str, window: DateRange,
                        rows: Iterable[AdDay], complete_before: date, run_id: str | None) -> int:
    """Note what of the stored days of a window is about to change; how many rows.

    To be called before the window is replaced. ``complete_before``: days from then on were not over when they were
    read, so their change is no restatement; nor is a metric that Facebook does not tell any more.
    """
    last = min(window.last, date.fromordinal(complete_before.toordinal() - 1))
    given = [row for row in {(row.object_id, row.day): row for row in rows}.values() if row.day <= last]
    return connection.execute(_RESTATE, {
        "account": account.id, "level": level, "first": window.first, "last": last, "currency": account.currency,
        "run_id": run_id, "objects": [row.object_id for row in given], "days": [row.day for row in given],
        "spends": [row.spend for row in given], "impressions": [row.impressions for row in given],
        "clicks": [row.clicks for row in given]}).rowcount


_RESTATE = text("""
    WITH given AS (
        SELECT * FROM unnest(CAST(:objects AS text[]), CAST(:days AS date[]), CAST(:spends AS numeric[]),
                             CAST(:impressions AS bigint[]), CAST(:clicks AS bigint[]))
        AS row (object_id, stat_date, spend, impressions, clicks)),
    stored AS (
        SELECT object_id, stat_date, spend, impressions, clicks FROM ad_statistics
        WHERE platform = 'facebook' AND account_id = :account AND level = :level
          AND stat_date BETWEEN :first AND :last)
    INSERT INTO ad_restatements (account_id, level, object_id, stat_date, run_id, currency, old_spend, new_spend,
                                 old_impressions, new_impressions, old_clicks, new_clicks)
    SELECT :account, :level, object_id, stat_date, CAST(:run_id AS uuid), :currency, s.spend, g.spend, s.impressions,
           g.impressions, s.clicks, g.clicks
    FROM given g FULL JOIN stored s USING (object_id, stat_date)
    WHERE s IS NULL OR g IS NULL
       OR (s.spend, s.impressions, s.clicks) IS DISTINCT FROM
          (g.spend, coalesce(g.impressions, s.impressions), coalesce(g.clicks, s.clicks))""")


def replace_reconciliation(connection: Connection, account: AdAccount, window: DateRange,
                           totals: Mapping[date, Decimal], rows: Sequence[AdDay], run_id: str | None) -> Decimal:
    """Keep the days of a window on which the account's total is not the sum of its campaigns.

    Answers the sum of the differences without their signs, in the account's currency.
    """
    sums: dict[date, Decimal] = dict.fromkeys(totals, Decimal(0))
    for row in rows:
        sums[row.day] = sums.get(row.day, Decimal(0)) + (row.spend or Decimal(0))
    wrong = {day: (totals.get(day, Decimal(0)), spend) for day, spend in sums.items()
             if totals.get(day, Decimal(0)) != spend}
    connection.execute(text("""
        DELETE FROM ad_reconciliations WHERE platform = 'facebook' AND account_id = :account
          AND stat_date BETWEEN :first AND :last"""),
        {"account": account.id, "first": window.first, "last": window.last})
    if wrong:
        connection.execute(text("""
            INSERT INTO ad_reconciliations (account_id, stat_date, currency, account_spend, campaigns_spend, run_id)
            VALUES (:account, :day, :currency, :total, :sum, CAST(:run_id AS uuid))"""), [
            {"account": account.id, "day": day, "currency": account.currency, "total": total, "sum": spend,
             "run_id": run_id} for day, (total, spend) in sorted(wrong.items())])
    return sum((abs(total - spend) for total, spend in wrong.values()), Decimal(0))


@dataclass(frozen=True)
class Backfill:
    """From which day on an account was read without a gap, and from which it is to be read."""

    account_id: str
    done_from: date
    wanted_from: date


def note_read(connection: Connection, account_id: str, window: DateRange, wanted_from: date) -> None:
    """Note that a window was read; it counts when it joins what was read before.

    To be called for the first time with a window that ends with the account's running day: the history reaches back
    from there.
    """
    connection.execute(text("""
        INSERT INTO facebook_backfills AS b (account_id, done_from, wanted_from)
        VALUES (:account, :first, least(:wanted, :first))
        ON CONFLICT (platform, account_id) DO UPDATE SET done_from = excluded.done_from, updated_at = now()
        WHERE excluded.done_from < b.done_from AND CAST(:last AS date) >= b.done_from - 1"""),
        {"account": account_id, "first": window.first, "last": window.last, "wanted": wanted_from})


def load_backfill(connection: Connection, account_id: str) -> Backfill | None:
    """How far back an account was read; ``None`` for one that never was."""
    rows = run(connection, "facebook/backfills", account=account_id)
    return Backfill(rows[0]["account_id"], rows[0]["done_from"], rows[0]["wanted_from"]) if rows else None


def load_open_backfills(connection: Connection) -> tuple[Backfill, ...]:
    """The accounts whose history is not complete, the least complete first."""
    return tuple(Backfill(row["account_id"], row["done_from"], row["wanted_from"])
                 for row in run(connection, "facebook/backfills", account=None))


def clamp_backfill(connection: Connection, account_id: str, wanted_from: date) -> None:
    """Facebook keeps no more: the history is wanted from a later day only."""
    connection.execute(text("""
        UPDATE facebook_backfills SET wanted_from = greatest(wanted_from, CAST(:wanted AS date)), updated_at = now()
        WHERE platform = 'facebook' AND account_id = :account"""), {"account": account_id, "wanted": wanted_from})


@dataclass(frozen=True)
class Restatement:
    """What Facebook changed of one object on one day; ``None``: there was, or is, no row."""

    account_id: str
    object_id: str
    day: date
    currency: str
    old_spend: Decimal | None
    new_spend: Decimal | None
    noticed_at: datetime


def load_restatements(connection: Connection, how_many: int = 50) -> tuple[Restatement, ...]:
    """The newest changes of accounts the viewer may know."""
    return tuple(Restatement(row["account_id"], row["object_id"], row["stat_date"], row["currency"], row["old_spend"],
                             row["new_spend"], row["noticed_at"])
                 for row in run(connection, "facebook/restatements", how_many=how_many))
