"""Teams, rules and touches that the tests of attribution share."""

from datetime import UTC, date, datetime

from core.attribution import Alias, Rules, Touch
from core.records import Team, Utm

DAY = date(2026, 3, 10)
SOLD = datetime(2026, 3, 10, 9, tzinfo=UTC)


def team(slug, **more):
    return Team(id=f"id-{slug}", slug=slug, name=slug.title(), color="#00FF88", emoji="🚀",
                utm_source=more.pop("utm_source", f"fb_{slug}"), **more)


def touch(source=None, campaign=None, *, funnel=None, day=DAY, **marks):
    return Touch(Utm(source=source, campaign=campaign, **marks), day, funnel)


TEAMS = tuple(team(slug) for slug in ("kenesary", "muha", "arystan", "a", "b"))
RULES = Rules(
    teams=TEAMS,
    aliases=(
        Alias("al-1", "kenesary", utm_source="kenjifb"),
        Alias("al-2", "muha", utm_source="facebook", utm_medium="yourmarketolog"),
        Alias("al-3", "a", campaign_token="pb_agency"),
        Alias("al-4", "b", campaign_token="onai"),
        Alias("al-5", "arystan", campaign_token="tima"),
    ),
)


def outcome(result):
    return result.team_slug, result.method, result.reason
