"""The frozen records of people and their claims as lists show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.records import Role
from core.reports import TeamLook


@dataclass(frozen=True)
class ListedUser:
    """A user with what an admin wants to know: last seen, paused after failed sign-ins, invited and not yet come."""

    id: str
    email: str
    full_name: str
    role: Role
    locale: str
    is_active: bool
    team_slug: str | None
    team_name: str | None
    version: int
    created_at: datetime
    last_seen_at: datetime | None
    is_locked: bool
    is_invited: bool
    has_second_factor: bool


@dataclass(frozen=True)
class Claim:
    """A claim with the sales of its deal, as far as the viewer sees them (dicts of ``sql/claims/page.sql``)."""

    id: str
    deal_id: int
    team: TeamLook
    user_id: str
    who: str | None
    reason: str
    status: str
    answer: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    version: int
    sales: tuple[Mapping[str, Any], ...]
