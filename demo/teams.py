"""The people of the demo company: five teams of different quality, their users, aliases and bindings.

Invariant: every mark the generator writes means a team through exactly the rules seeded from here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from core.records import Role


@dataclass(frozen=True)
class TeamPlan:
    """A team and how well it works.

    ``lead_share`` is its part of all leads, ``cpl_usd`` what a lead costs it; the rates are registrations, Express and
    Flagman sales per lead; ``trend`` is the relative growth of its volume over the whole history.
    """

    slug: str
    name: str
    emoji: str
    color: str
    lead_share: float
    cpl_usd: float
    registration_rate: float
    express_rate: float
    flagman_rate: float
    trend: float

    @property
    def utm_source(self) -> str:
        """The team's own ``utm_source``."""
        return f"fb_{self.slug}"

    utm_medium = "cpc"


@dataclass(frozen=True)
class UserSeed:
    """A person who signs in; targetologists have a team."""

    email: str
    full_name: str
    role: Role
    team_slug: str | None = None
    locale: str = "ru"


@dataclass(frozen=True)
class AliasSeed:
    """A row of ``team_aliases`` by team slug; ``valid_to`` is included."""

    team_slug: str
    utm_source: str | None = None
    utm_medium: str | None = None
    campaign_token: str | None = None
    funnel: str | None = None
    priority: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


@dataclass(frozen=True)
class BindingSeed:
    """A row of ``campaign_bindings`` by team slug; ``kind`` is account, campaign or ad."""

    team_slug: str
    kind: str
    external_id: str


TEAMS: tuple[TeamPlan, ...] = (
    TeamPlan("sunkar", "Сункар", "🦅", "#A78BFA", 0.325, 1.74, 0.55, 0.080, 0.0059, 0.30),
    TeamPlan("altai", "Алтай", "🏔️", "#4CC3F7", 0.240, 1.86, 0.52, 0.076, 0.0052, 0.15),
    TeamPlan("tulpar", "Тулпар", "🐎", "#F472B6", 0.165, 2.20, 0.50, 0.074, 0.0042, -0.10),
    TeamPlan("zhetysu", "Жетысу", "🌊", "#2DD4BF", 0.120, 2.42, 0.49, 0.066, 0.0031, 0.25),
    TeamPlan("dala", "Дала", "🌾", "#E5DB5A", 0.082, 3.12, 0.43, 0.056, 0.0014, -0.25),
)
BY_SLUG = {team.slug: team for team in TEAMS}
# Visitors nobody paid for: they buy like those of a middling team.
ELSEWHERE = TeamPlan("", "", "", "", 0.068, 0.0, 0.48, 0.070, 0.0040, 0.05)

USERS: tuple[UserSeed, ...] = (
    UserSeed("admin@demo.local", "Айгерим Сапарова", Role.ADMIN),
    UserSeed("analyst@demo.local", "Данияр Омаров", Role.ANALYST),
    UserSeed("sunkar@demo.local", "Нурлан Бекетов", Role.TARGETOLOGIST, "sunkar"),
    UserSeed("altai@demo.local", "Мадина Касымова", Role.TARGETOLOGIST, "altai"),
    UserSeed("tulpar@demo.local", "Руслан Ибраев", Role.TARGETOLOGIST, "tulpar"),
    UserSeed("zhetysu@demo.local", "Алия Жумабаева", Role.TARGETOLOGIST, "zhetysu", "kk"),
    UserSeed("dala@demo.local", "Тимур Ахметов", Role.TARGETOLOGIST, "dala"),
)

# An alias that ended: later touches with this source are of nobody.
ENDED_SOURCE = "insta_zhetysu"


def ended_alias_day(first_day: date, days: int) -> date:
    """The last day on which ``ENDED_SOURCE`` still meant Zhetysu."""
    return first_day + timedelta(days=int(days * 0.6))


def make_aliases(first_day: date, days: int) -> tuple[AliasSeed, ...]:
    """Old names of sources, agencies told by the medium, and the tokens of campaign names."""
    tokens = tuple(AliasSeed(team.slug, campaign_token=team.slug, note="имя команды в кампании") for team in TEAMS)
    return (
        AliasSeed("sunkar", utm_source="sunkarfb", note="старая метка"),
        AliasSeed("altai", utm_source="facebook", utm_medium="altai_smm", note="подрядчик Алтая"),
        AliasSeed("tulpar", utm_source="tlp_ads", note="старая метка"),
        AliasSeed("dala", utm_source="ig", utm_medium="dala_stories", note="сторис блогеров"),
        AliasSeed(
            "zhetysu", utm_source=ENDED_SOURCE, valid_to=ended_alias_day(first_day, days), note="договор закончился"
        ),
        *tokens,
        AliasSeed("dala", campaign_token="great_steppe", note="серия кампаний"),
    )
