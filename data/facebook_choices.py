"""What a person chose to have read: which accounts of the own connections, and how.

Invariant: a choice is saved for the company once; whoever does not reach an account chooses nothing of it (row level
security stands behind the conditions here).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, text

from core.ad_accounts import account_state
from core.records import DateRange
from data.queries import run


@dataclass(frozen=True)
class AccountChoice:
    """An account somebody reaches. ``state`` is a word of ``core/ad_accounts.py``.

    ``history_from``: from that day on its figures were read without a gap; ``None`` before the first reading.
    """

    id: str
    name: str
    currency: str
    timezone: str
    state: str
    is_selected: bool
    track_new: bool
    last_synced_at: datetime | None
    last_error: str | None
    history_from: date | None
    is_history_complete: bool
    tags_read_at: datetime | None = None
    usage_percent: Decimal | None = None
    usage_at: datetime | None = None
    look_back_days: int = 3
    reads_ads: bool = True
    tells_failure: bool = False


def load_account_choices(connection: Connection, user_id: str) -> tuple[AccountChoice, ...]:
    """The accounts a user's connections reach, each once, by name."""
    return tuple(AccountChoice(
        row["account_id"], row["name"], row["currency"], row["timezone"], account_state(row["status"]),
        row["is_selected"], row["track_new"], row["last_synced_at"], row["last_error"], row["history_from"],
        row["history_from"] is not None and row["history_from"] <= row["history_wanted"], row["tags_read_at"],
        row["usage_percent"], row["usage_at"], row["look_back_days"], row["reads_ads"], row["tells_failure"])
        for row in run(connection, "facebook/accounts", user_id=user_id))


def load_account_spend(connection: Connection, user_id: str, period: DateRange) -> dict[str, Decimal | None]:
    """What the accounts a user reaches spent in a period, in KZT, as far as the viewer may see it."""
    return {row["account_id"]: row["spend_kzt"] for row in run(
        connection, "facebook/account_spend", user_id=user_id, first_day=period.first, last_day=period.last)}


def hold_choices(connection: Connection, user_id: str) -> None:
    """Let nobody else change what is chosen of these accounts until the transaction ends; to be asked before reading.

    Of two who reach the same accounts the later sees what the earlier one saved.
    """
    run(connection, "facebook/hold_accounts", user_id=user_id)


def selection_version(accounts: Sequence[AccountChoice]) -> int:
    """A number that differs whenever other accounts are there, or others of them are selected."""
    return _version((one.id, one.is_selected) for one in accounts)


def reading_version(accounts: Sequence[AccountChoice]) -> int:
    """A number that differs whenever another account is there, or one of them is read in another way."""
    return _version((one.id, one.track_new, one.look_back_days, one.reads_ads, one.tells_failure) for one in accounts)


def reading_wishes(accounts: Sequence[AccountChoice]) -> dict[str, Any]:
    """What holds for all of somebody's accounts; where they differ, what asks for more."""
    return {"track_new": all(one.track_new for one in accounts),
            "look_back_days": max((one.look_back_days for one in accounts), default=3),
            "reads_ads": any(one.reads_ads for one in accounts) or not accounts,
            "tells_failure": any(one.tells_failure for one in accounts)}


def _version(rows: Iterable[tuple[Any, ...]]) -> int:
    return crc32(repr(sorted(rows)).encode())


def track_new_campaigns(connection: Connection, account_ids: Sequence[str], *, track_new: bool) -> None:
    """Say whether campaigns that appear later in these accounts count."""
    connection.execute(text("""
        UPDATE ad_accounts SET track_new = :track_new, updated_at = now()
        WHERE platform = 'facebook' AND account_id = ANY(:ids) AND track_new <> :track_new"""),
        {"track_new": track_new, "ids": list(account_ids)})


def save_reading_wishes(
    connection: Connection, user_id: str, account_ids: Sequence[str], *, look_back_days: int, reads_ads: bool,
    tells_failure: bool,
) -> None:
    """How these accounts are read from now on, and whether their user hears of a reading that failed."""
    connection.execute(text("""
        UPDATE ad_accounts SET look_back_days = :days, reads_ads = :reads_ads, updated_at = now()
        WHERE platform = 'facebook' AND account_id = ANY(:ids)
          AND (look_back_days, reads_ads) IS DISTINCT FROM (CAST(:days AS smallint), :reads_ads)"""),
        {"days": look_back_days, "reads_ads": reads_ads, "ids": list(account_ids)})
    connection.execute(text("""
        UPDATE facebook_account_links SET tells_failure = :tells
        WHERE user_id = CAST(:user_id AS uuid) AND tells_failure <> :tells"""),
        {"tells": tells_failure, "user_id": user_id})


def load_bindings(connection: Connection) -> list[dict[str, Any]]:
    """Whose accounts, campaigns and ads are and were: kind, id, name, team and days of each binding."""
    return [{"id": str(row["id"]), **{name: row[name] for name in (
        "kind", "external_id", "name", "team", "valid_from", "valid_to")}}
        for row in run(connection, "facebook/bindings")]
