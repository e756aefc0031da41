"""Ad accounts and their days as the platform reports them: what is selected, and windows replaced whole.

Invariant: a window of an account changes in one transaction or not at all; rows that the platform no longer reports
go, rows that did not change are left alone, and only days with a changed row become dirty. A failure writes its
reason and touches no row.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from core.records import AdAccount, AdDay, DateRange
from data.queries import run
from data.stats import mark_days

# What the token of a user is encrypted for (auth/encryption.py): moved to another column it does not decrypt.
TOKEN_PURPOSE = "fb_access_token"
_LONGEST_REASON = 500


@dataclass(frozen=True)
class SelectedAccount:
    """An account whose spend is wanted. ``token`` is the owner's, encrypted for ``TOKEN_PURPOSE`` and the owner."""

    account: AdAccount
    owner_user_id: str | None
    token: bytes | None
    last_synced_at: datetime | None
    last_error: str | None
    has_rows: bool


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


def select_accounts(connection: Connection, owner_user_id: str, account_ids: Sequence[str]) -> int:
    """Read exactly these of the owner's accounts from now on; answers how many of them exist."""
    return connection.execute(text("""
        WITH chosen AS (
            UPDATE ad_accounts SET is_selected = (account_id = ANY(:ids)), updated_at = now()
            WHERE owner_user_id = CAST(:owner AS uuid) RETURNING is_selected)
        SELECT count(*) FROM chosen WHERE is_selected"""),
        {"ids": list(account_ids), "owner": owner_user_id}).scalar_one()


def save_token(connection: Connection, user_id: str, token: bytes, expires_at: datetime | None = None) -> None:
    """Keep a user's token, encrypted for ``TOKEN_PURPOSE`` and this user; ``expires_at`` is ``None`` for never."""
    connection.execute(text("""
        INSERT INTO traffic_targetologist_settings (user_id, fb_access_token, fb_token_expires_at)
        VALUES (CAST(:user_id AS uuid), :token, :expires_at)
        ON CONFLICT (user_id) DO UPDATE SET fb_access_token = excluded.fb_access_token,
            fb_token_expires_at = excluded.fb_token_expires_at, updated_at = now()"""),
        {"user_id": user_id, "token": token, "expires_at": expires_at})


def load_selected_accounts(connection: Connection) -> tuple[SelectedAccount, ...]:
    """The accounts to be read, each with its owner's encrypted token, in a stable order."""
    return tuple(SelectedAccount(
        account=AdAccount(row["account_id"], row["name"], row["currency"], row["timezone"], row["status"]),
        owner_user_id=None if row["owner_user_id"] is None else str(row["owner_user_id"]),
        token=None if row["token"] is None else bytes(row["token"]), last_synced_at=row["last_synced_at"],
        last_error=row["last_error"], has_rows=row["has_rows"])
        for row in run(connection, "ads/selected_accounts"))


def replace_window(connection: Connection, account: AdAccount, level: str, window: DateRange,
                   rows: Iterable[AdDay]) -> frozenset[date]:
    """Make the stored rows of a window equal to ``rows`` (the account's, of this level); answers the days that changed.

    Those days become dirty. Raises: ValueError for a row of another account, level or day.
    """
    given = {(row.object_id, row.day): row for row in rows}
    for row in given.values():
        if (row.account_id, row.level) != (account.id, level) or not window.first <= row.day <= window.last:
            raise ValueError(f"a row of {row.account_id} {row.level} {row.day} is not of this window")
    _lock_account(connection, account.id)
    changed = connection.execute(_REPLACE, {
        "account": account.id, "level": level, "first": window.first, "last": window.last,
        **_columns(list(given.values()))}).scalars().all()
    mark_days(connection, changed)
    return frozenset(changed)


_REPLACE = text("""
    WITH given AS (
        SELECT * FROM unnest(
            CAST(:objects AS text[]), CAST(:names AS text[]), CAST(:days AS date[]), CAST(:spends AS numeric[]),
            CAST(:currencies AS text[]), CAST(:impressions AS bigint[]), CAST(:clicks AS bigint[]),
            CAST(:reaches AS bigint[]), CAST(:link_clicks AS bigint[]), CAST(:actions AS jsonb[]),
            CAST(:action_values AS jsonb[]))
        AS row (object_id, name, stat_date, spend, currency, impressions, clicks, reach, inline_link_clicks,
                actions, action_values)),
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
        ON CONFLICT (platform, account_id, level, object_id, stat_date) DO UPDATE SET
            name = excluded.name, spend = excluded.spend, currency = excluded.currency,
            impressions = excluded.impressions, clicks = excluded.clicks, reach = excluded.reach,
            inline_link_clicks = excluded.inline_link_clicks, actions = excluded.actions,
            action_values = excluded.action_values, synced_at = now()
        WHERE (s.name, s.spend, s.currency, s.impressions, s.clicks, s.reach, s.inline_link_clicks, s.actions,
               s.action_values) IS DISTINCT FROM
              (excluded.name, excluded.spend, excluded.currency, excluded.impressions, excluded.clicks, excluded.reach,
               excluded.inline_link_clicks, excluded.actions, excluded.action_values)
        RETURNING s.stat_date)
    SELECT stat_date FROM gone UNION SELECT stat_date FROM kept""")


def _columns(rows: list[AdDay]) -> dict[str, list[object]]:
    return {
        "objects": [row.object_id for row in rows], "names": [row.name for row in rows],
        "days": [row.day for row in rows], "spends": [row.spend for row in rows],
        "currencies": [row.currency for row in rows], "impressions": [row.impressions for row in rows],
        "clicks": [row.clicks for row in rows], "reaches": [row.reach for row in rows],
        "link_clicks": [row.inline_link_clicks for row in rows],
        "actions": [_raw(row.actions) for row in rows], "action_values": [_raw(row.action_values) for row in rows]}


def _raw(actions: tuple[dict[str, str], ...]) -> str | None:
    return json.dumps(actions, ensure_ascii=False) if actions else None


def _lock_account(connection: Connection, account_id: str) -> None:
    """One writer per account: two runs at once would each bring back what the other removed.

    Raises: LookupError when the account was never saved.
    """
    found = connection.execute(text(
        "SELECT 1 FROM ad_accounts WHERE platform = 'facebook' AND account_id = :account FOR UPDATE"),
        {"account": account_id}).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no ad account {account_id}")


def record_success(connection: Connection, account_id: str) -> None:
    """Note that an account was read completely."""
    connection.execute(text("""
        UPDATE ad_accounts SET last_synced_at = now(), last_attempt_at = now(), last_error = NULL
        WHERE platform = 'facebook' AND account_id = :account"""), {"account": account_id})


def record_failure(connection: Connection, account_id: str, reason: str) -> None:
    """Note why an account could not be read; its rows and the time of its last success stay as they are."""
    connection.execute(text("""
        UPDATE ad_accounts SET last_attempt_at = now(), last_error = :reason
        WHERE platform = 'facebook' AND account_id = :account"""),
        {"account": account_id, "reason": reason[:_LONGEST_REASON]})
