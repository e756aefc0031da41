"""Which campaigns of the own accounts count: found page by page, chosen one by one or as a search finds them.

Invariant: nothing is chosen that was not named or found in the same transaction, so a campaign that appears meanwhile
stays as it came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from core.records import DateRange
from data.queries import run
from data.search_patterns import like


@dataclass(frozen=True)
class CampaignChoice:
    """A campaign of an account somebody reaches; ``team`` is a slug.

    ``is_changeable`` is false for one that was handed to another team: its past days are seen, the choice is theirs.
    """

    id: str
    account_id: str
    account_name: str
    name: str
    objective: str | None
    status: str | None
    effective_status: str | None
    is_tracked: bool
    team: str | None
    is_changeable: bool = True


@dataclass(frozen=True)
class CampaignFilter:
    """Which campaigns; ``None`` is any. ``search`` is part of a name or number, the campaign's or its account's."""

    search: str | None = None
    account_id: str | None = None
    is_tracked: bool | None = None
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class CampaignPage:
    """Some campaigns of those found; ``may_track`` and ``may_untrack`` of all found could begin or cease to count."""

    rows: tuple[CampaignChoice, ...]
    found: int = 0
    may_track: int = 0
    may_untrack: int = 0


@dataclass(frozen=True)
class CampaignStanding:
    """How many campaigns somebody sees, how many count, and the version of that choice."""

    campaigns: int
    tracked: int
    version: int


def load_campaign_page(
    connection: Connection, user_id: str, chosen: CampaignFilter, *, how_many: int | None = None, skipped: int = 0
) -> CampaignPage:
    """The campaigns of the accounts a user's connections reach, by name; without ``how_many`` all that are found."""
    rows = run(connection, "facebook/campaigns", user_id=user_id, account_id=chosen.account_id,
               ids=None if chosen.ids is None else list(chosen.ids), is_tracked=chosen.is_tracked,
               search=like(chosen.search), how_many=how_many, skipped=skipped)
    if not rows:
        return CampaignPage(())
    return CampaignPage(tuple(CampaignChoice(
        row["campaign_id"], row["account_id"], row["account_name"], row["name"], row["objective"], row["status"],
        row["effective_status"], row["is_tracked"], row["team"], row["is_changeable"]) for row in rows),
        rows[0]["found"], rows[0]["may_track"], rows[0]["may_untrack"])


def load_campaign_choices(
    connection: Connection, user_id: str, account_id: str | None = None
) -> tuple[CampaignChoice, ...]:
    """All campaigns of the accounts a user's connections reach (or of one of them), by name."""
    return load_campaign_page(connection, user_id, CampaignFilter(account_id=account_id)).rows


def load_campaign_standing(connection: Connection, user_id: str) -> CampaignStanding:
    """How the choice of all campaigns of a user stands."""
    return CampaignStanding(**run(connection, "facebook/campaign_standing", user_id=user_id)[0])


def track_campaigns(connection: Connection, wanted: Mapping[str, bool]) -> list[str]:
    """Count these campaigns from now on, or no longer; answers the ids of those that changed."""
    if not wanted:
        return []
    return sorted(connection.execute(text("""
        UPDATE ad_campaigns SET is_tracked = (campaign_id = ANY(:tracked)), updated_at = now()
        WHERE platform = 'facebook' AND campaign_id = ANY(:ids) AND is_tracked <> (campaign_id = ANY(:tracked))
        RETURNING campaign_id"""),
        {"tracked": [one for one, is_tracked in wanted.items() if is_tracked], "ids": list(wanted)}).scalars())


def load_days_of(connection: Connection, campaign_ids: Sequence[str]) -> DateRange | None:
    """From the first to the last day with figures of these campaigns that the viewer may see."""
    row = run(connection, "facebook/days_of_campaigns", ids=list(campaign_ids))[0]
    return None if row["first_day"] is None else DateRange(row["first_day"], row["last_day"])
