"""Ad accounts and their days as the platform reports them: what is selected, and windows replaced whole.

Invariant: a window of an account changes in one transaction or not at all; rows that the platform no longer reports
go, rows that did not change are left alone, and only days with a changed row become dirty. A failure writes its
reason and touches no row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import orjson
from sqlalchemy import Connection, text

from core.records import AdAccount, AdDay, DateRange
from data.queries import run
from data.stats import mark_days

_LONGEST_REASON = 1000


@dataclass(frozen=True)
class AccountToken:
    """A token that reaches an account: encrypted for ``facebook_connections.TOKEN_PURPOSE`` and this user."""

    connection_id: str
    user_id: str
    token: bytes


@dataclass(frozen=True)
class SelectedAccount:
    """An account whose spend is wanted, and the tokens that reach it, the best first.

    ``problem`` tells why there is none (a key of the catalogues), as far as that is known.
    """

    account: AdAccount
    tokens: tuple[AccountToken, ...]
    problem: str | None
    last_synced_at: datetime | None
    last_error: str | None
    has_rows: bool
    tags_read_at: datetime | None = None
    look_back_days: int = 3
    reads_ads: bool = True


def save_accounts(connection: Connection, accounts: Iterable[AdAccount], owner_user_id: str | None = None) -> None:
    """Keep accounts as the platform shows them now. Whoever brought an account first stays its owner."""
    rows = sorted({account.id: account for account in accounts}.values(), key=lambda account: account.id)
    connection.execute(text("""
        INSERT INTO ad_accounts AS kept (account_id, name, currency, timezone, status, owner_user_id)
        SELECT account_id, name, currency, timezone, status, CAST(:owner AS uuid)
        FROM unnest(CAST(:ids AS text[]), CAST(:names AS text[]), CAST(:currencies AS text[]),
                    CAST(:zones AS text[]), CAST(:statuses AS integer[]))
             AS given (account_id, name, currency, timezone, status)
        ON CONFLICT (platform, account_id) DO UPDATE SET
            name = excluded.name, currency = excluded.currency, timezone = excluded.timezone,
            status = excluded.status, owner_user_id = coalesce(kept.owner_user_id, excluded.owner_user_id),
            updated_at = now()
        WHERE (kept.name, kept.currency, kept.timezone, kept.status) IS DISTINCT FROM
              (excluded.name, excluded.currency, excluded.timezone, excluded.status)
           OR (kept.owner_user_id IS NULL AND excluded.owner_user_id IS NOT NULL)"""), {
        "owner": owner_user_id, "ids": [row.id for row in rows], "names": [row.name for row in rows],
        "currencies": [row.currency for row in rows], "zones": [row.timezone for row in rows],
        "statuses": [row.status for row in rows]})


def link_accounts(connection: Connection, connection_id: str, user_id: str, accounts: Iterable[AdAccount]) -> int:
    """Note which accounts a connection reaches; unknown ones are kept, known ones stay as they are; how many are new.

    An account that is read but that nobody reaches any more is selected again by whoever brings it back.
    """
    rows = sorted({account.id: account for account in accounts}.values(), key=lambda account: account.id)
    ids = [row.id for row in rows]
    connection.execute(text("""
        INSERT INTO ad_accounts (account_id, name, currency, timezone, status, owner_user_id)
        SELECT account_id, name, currency, timezone, status, CAST(:user_id AS uuid)
        FROM unnest(CAST(:ids AS text[]), CAST(:names AS text[]), CAST(:currencies AS text[]),
                    CAST(:zones AS text[]), CAST(:statuses AS integer[]))
             AS given (account_id, name, currency, timezone, status)
        ON CONFLICT (platform, account_id) DO NOTHING"""), {
        "user_id": user_id, "ids": ids, "names": [row.name for row in rows],
        "currencies": [row.currency for row in rows], "zones": [row.timezone for row in rows],
        "statuses": [row.status for row in rows]})
    added = connection.execute(text("""
        INSERT INTO facebook_account_links (connection_id, user_id, account_id)
        SELECT CAST(:connection_id AS uuid), CAST(:user_id AS uuid), given
        FROM unnest(CAST(:ids AS text[])) AS given
        ON CONFLICT (connection_id, account_id) DO NOTHING"""),
        {"connection_id": connection_id, "user_id": user_id, "ids": ids}).rowcount
    connection.execute(text("""
        UPDATE facebook_account_links l SET is_selected = true
        FROM ad_accounts a
        WHERE a.platform = l.platform AND a.account_id = l.account_id AND a.is_selected
          AND l.connection_id = CAST(:connection_id AS uuid) AND a.owner_user_id = l.user_id AND NOT l.is_selected
          AND NOT EXISTS (SELECT FROM facebook_account_links o
                          WHERE o.platform = l.platform AND o.account_id = l.account_id
                            AND o.connection_id <> l.connection_id)
          AND l.created_at = l.updated_at"""), {"connection_id": connection_id})
    connection.execute(text("UPDATE facebook_connections SET listed_at = now() WHERE id = CAST(:id AS uuid)"),
                       {"id": connection_id})
    return added


def select_accounts(connection: Connection, user_id: str, account_ids: Sequence[str]) -> int:
    """Read exactly these of the accounts that the user's connections reach; answers how many of them there are.

    What somebody else wants read is read on: whether an account is read at all follows with ``settle_selection``.
    """
    values = {"ids": sorted(set(account_ids)), "user_id": user_id}
    connection.execute(text("""
        UPDATE facebook_account_links SET is_selected = (account_id = ANY(:ids)), updated_at = clock_timestamp()
        WHERE user_id = CAST(:user_id AS uuid)"""), values)
    return connection.execute(text("""
        UPDATE ad_accounts a SET is_selected = true, updated_at = now()
        WHERE a.platform = 'facebook' AND a.account_id = ANY(:ids)
          AND EXISTS (SELECT FROM facebook_account_links l
                      WHERE l.platform = a.platform AND l.account_id = a.account_id
                        AND l.user_id = CAST(:user_id AS uuid))"""), values).rowcount


def settle_selection(connection: Connection) -> int:
    """Let every account be read that somebody wants read, and no other; how many changed.

    For the workers, who see all links. An account that nobody reaches stays as it is: its spend is missing and says
    so. When whoever wanted it leaves, people who reach it and never chose have not said that it be read no longer.
    """
    return connection.execute(text("""
        UPDATE ad_accounts a SET is_selected = wanted.is_wanted, updated_at = now()
        FROM (SELECT platform, account_id, bool_or(is_selected) AS is_wanted,
                     bool_or(updated_at > created_at) AS was_chosen
              FROM facebook_account_links GROUP BY platform, account_id) wanted
        WHERE a.platform = wanted.platform AND a.account_id = wanted.account_id
          AND a.is_selected <> wanted.is_wanted AND (wanted.is_wanted OR wanted.was_chosen)""")).rowcount


def load_selected_accounts(connection: Connection) -> tuple[SelectedAccount, ...]:
    """The accounts to be read, each with the tokens that reach it, in a stable order."""
    found: dict[str, SelectedAccount] = {}
    for row in run(connection, "ads/selected_accounts"):
        account = AdAccount(row["account_id"], row["name"], row["currency"], row["timezone"], row["status"])
        known = found.get(account.id) or SelectedAccount(
            account, (), row["problem"], row["last_synced_at"], row["last_error"], row["has_rows"],
            row["tags_read_at"], row["look_back_days"], row["reads_ads"])
        if row["token"] is not None:
            token = AccountToken(str(row["connection_id"]), str(row["user_id"]), bytes(row["token"]))
            known = replace(known, tokens=(*known.tokens, token))
        found[account.id] = known
    return tuple(found.values())


def replace_window(connection: Connection, account: AdAccount, level: str, window: DateRange,
                   rows: Iterable[AdDay]) -> frozenset[date]:
    """Make the stored rows of a window equal to ``rows`` (the account's, of this level); answers the days that changed.

    Those days become dirty when they are of campaigns: no other grain is ever added to them.
    Raises: ValueError for a row of another account, level or day.
    """
    given = {(row.object_id, row.day): row for row in rows}
    for row in given.values():
        if (row.account_id, row.level) != (account.id, level) or not window.first <= row.day <= window.last:
            raise ValueError(f"a row of {row.account_id} {row.level} {row.day} is not of this window")
    _lock_account(connection, account.id)
    changed = connection.execute(_REPLACE, {
        "account": account.id, "level": level, "first": window.first, "last": window.last,
        **_columns(list(given.values()))}).scalars().all()
    if level == "campaign":
        mark_days(connection, changed)
    return frozenset(changed)


_REPLACE = text("""
    WITH given AS (
        SELECT object_id, name, stat_date, spend, currency, impressions, clicks, reach, inline_link_clicks,
               nullif(actions, 'null') AS actions, nullif(action_values, 'null') AS action_values
        FROM ROWS FROM (
            jsonb_array_elements_text(CAST(:objects AS jsonb)), jsonb_array_elements_text(CAST(:names AS jsonb)),
            jsonb_array_elements_text(CAST(:currencies AS jsonb)), jsonb_array_elements(CAST(:actions AS jsonb)),
            jsonb_array_elements(CAST(:action_values AS jsonb)),
            unnest(CAST(:days AS date[]), CAST(:spends AS numeric[]), CAST(:impressions AS bigint[]),
                   CAST(:clicks AS bigint[]), CAST(:reaches AS bigint[]), CAST(:link_clicks AS bigint[])))
        AS row (object_id, name, currency, actions, action_values, stat_date, spend, impressions, clicks, reach,
                inline_link_clicks)),
    gone AS (
        DELETE FROM ad_statistics s
        WHERE s.platform = 'facebook' AND s.account_id = :account AND s.level = :level
          AND s.stat_date BETWEEN :first AND :last
          AND NOT EXISTS (SELECT FROM given g WHERE g.object_id = s.object_id AND g.stat_date = s.stat_date)
        RETURNING s.stat_date),
    kept AS (
        INSERT INTO ad_statistics AS s (account_id, level, object_id, name, stat_date, spend, currency, impressions,
                                        clicks, reach, inline_link_clicks, actions, action_values)
        SELECT :account, :level, object_id, name, stat_date, spend, currency, impressions, clicks, reach,
               inline_link_clicks, actions, action_values
        FROM given
        -- A row that conflicts is locked, which is a write, even when nothing of it changes then.
        WHERE NOT EXISTS (
            SELECT FROM ad_statistics o
            WHERE o.platform = 'facebook' AND o.account_id = :account AND o.level = :level
              AND o.object_id = given.object_id AND o.stat_date = given.stat_date
              AND (o.name, o.spend, o.currency, o.impressions, o.clicks, o.reach, o.inline_link_clicks, o.actions,
                   o.action_values, o.import_record_id) IS NOT DISTINCT FROM
                  (given.name, given.spend, given.currency, given.impressions, given.clicks, given.reach,
                   given.inline_link_clicks, given.actions, given.action_values, NULL))
        ON CONFLICT (platform, account_id, level, object_id, stat_date) DO UPDATE SET
            name = excluded.name, spend = excluded.spend, currency = excluded.currency,
            impressions = excluded.impressions, clicks = excluded.clicks, reach = excluded.reach,
            inline_link_clicks = excluded.inline_link_clicks, actions = excluded.actions,
            action_values = excluded.action_values, import_record_id = NULL, synced_at = now()
        WHERE (s.name, s.spend, s.currency, s.impressions, s.clicks, s.reach, s.inline_link_clicks, s.actions,
               s.action_values, s.import_record_id) IS DISTINCT FROM
              (excluded.name, excluded.spend, excluded.currency, excluded.impressions, excluded.clicks, excluded.reach,
               excluded.inline_link_clicks, excluded.actions, excluded.action_values, NULL)
        RETURNING s.stat_date)
    SELECT stat_date FROM gone UNION SELECT stat_date FROM kept""")


def _columns(rows: list[AdDay]) -> dict[str, str]:
    """The rows as a document or an array for each column: bound one by one, texts would be searched for quotes."""
    return {
        "objects": _document(row.object_id for row in rows), "names": _document(row.name for row in rows),
        "currencies": _document(row.currency for row in rows),
        "actions": _document(row.actions or None for row in rows),
        "action_values": _document(row.action_values or None for row in rows),
        "days": _array(row.day for row in rows), "spends": _array(row.spend for row in rows),
        "impressions": _array(row.impressions for row in rows), "clicks": _array(row.clicks for row in rows),
        "reaches": _array(row.reach for row in rows), "link_clicks": _array(row.inline_link_clicks for row in rows)}


def _document(values: Iterable[str | tuple[dict[str, str], ...] | None]) -> str:
    return orjson.dumps(list(values)).decode()


def _array(values: Iterable[int | Decimal | date | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _lock_account(connection: Connection, account_id: str) -> None:
    """One writer per account: two runs at once would each bring back what the other removed.

    Raises: LookupError when the account was never saved.
    """
    found = connection.execute(text(
        "SELECT 1 FROM ad_accounts WHERE platform = 'facebook' AND account_id = :account FOR UPDATE"),
        {"account": account_id}).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no ad account {account_id}")


def record_success(connection: Connection, account_id: str, usage_percent: float | None = None, *,
                   is_up_to_date: bool = True) -> None:
    """Note that an account was read as asked, and how much of its allowance was used by then.

    ``is_up_to_date``: no day between the last reading and now is missing; without it the time of the last success
    stays, so that the next reading still reads those days.
    """
    connection.execute(text("""
        UPDATE ad_accounts SET last_synced_at = CASE WHEN :up_to_date THEN now() ELSE last_synced_at END,
            last_attempt_at = now(), last_error = NULL, usage_percent = :usage, usage_at = now()
        WHERE platform = 'facebook' AND account_id = :account"""), {
        "account": account_id, "up_to_date": is_up_to_date,
        "usage": None if usage_percent is None else round(min(usage_percent, 999), 2)})


def record_failure(connection: Connection, account_id: str, reason: str) -> None:
    """Note why an account could not be read; its rows and the time of its last success stay as they are."""
    connection.execute(text("""
        UPDATE ad_accounts SET last_attempt_at = now(), last_error = :reason
        WHERE platform = 'facebook' AND account_id = :account"""),
        {"account": account_id, "reason": reason[:_LONGEST_REASON]})
