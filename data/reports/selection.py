"""Which figures a viewer asked for and may see, as parameters of the report statements.

Invariant: a filter that matches nothing selects nothing; a targetologist's selection never leaves the own team.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.filters import Filters
from core.records import Scope

UNATTRIBUTED_SLUG = "none"


@dataclass(frozen=True)
class Selection:
    """Teams and campaigns of a report; the flags tell "all" from "none of them"."""

    all_teams: bool
    with_unattributed: bool
    team_ids: tuple[str, ...]
    all_campaigns: bool
    campaign_ids: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, Any]:
        """Named parameters of the statements in ``sql/reports``."""
        return {
            "all_teams": self.all_teams,
            "with_unattributed": self.with_unattributed,
            "team_ids": list(self.team_ids),
            "all_campaigns": self.all_campaigns,
            "campaign_ids": list(self.campaign_ids),
        }


def select(filters: Filters, scope: Scope, teams: Iterable[Mapping[str, Any]]) -> Selection:
    """Translate slugs to ids within the viewer's scope; an unknown slug selects no team."""
    chosen = set(filters.teams)
    if scope.sees_all_teams:
        all_teams = not chosen
        ids = tuple(team["id"] for team in teams if team["slug"] in chosen)
        with_unattributed = all_teams or UNATTRIBUTED_SLUG in chosen
    else:
        all_teams = with_unattributed = False
        own_is_chosen = scope.team_id is not None and (not chosen or scope.team_slug in chosen)
        ids = (scope.team_id,) if own_is_chosen and scope.team_id else ()
    return Selection(all_teams, with_unattributed, ids, not filters.campaigns, filters.campaigns)
