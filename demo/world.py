"""The demo company as a whole: generated from a seed and a moment, the same for the same both.

Invariant: nothing in it lies after ``now``; ``truth`` says what every report must show once all ``deliveries`` were
taken in, all ``seed_rows`` stored and the advertising read. The parts draw from chances of their own, so that the
advertising of a world can be made again without its people.
"""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from core.business_time import BusinessCalendar
from core.records import AdAccount, DayRate
from demo.amocrm_bodies import ACCOUNT_ID, SUBDOMAIN
from demo.campaigns import AccountPlan, Advertising, CampaignPlan, make_advertising
from demo.clockwork import Clockwork
from demo.deals import Deal, DealMaker
from demo.deliveries import Delivery, make_deliveries
from demo.marks import Marker
from demo.rates import OtherRates, RateSeries, make_other_rates, make_rates
from demo.teams import TEAMS, USERS, AliasSeed, BindingSeed, TeamPlan, UserSeed, ended_alias_day, make_aliases
from demo.truth import Truth, TruthMaker
from demo.visits import Visit, make_visits

DEFAULT_SEED = 20261122
DEFAULT_DAYS = 180
DEFAULT_LEADS = 20_000


@dataclass(frozen=True)
class AccountSeed:
    """An ad account to select, and the e-mail of the user whose token reads it."""

    account: AdAccount
    owner_email: str
    token: str


@dataclass(frozen=True)
class SeedRows:
    """What the database holds before the first event arrives."""

    teams: tuple[TeamPlan, ...]
    users: tuple[UserSeed, ...]
    aliases: tuple[AliasSeed, ...]
    bindings: tuple[BindingSeed, ...]
    rates: tuple[DayRate, ...]
    other_rates: OtherRates
    accounts: tuple[AccountSeed, ...]
    amocrm_account_id: int = ACCOUNT_ID
    amocrm_subdomain: str = SUBDOMAIN


@dataclass(frozen=True)
class Setting:
    """Where and when a world plays: enough for its advertising and its seeds."""

    seed: int
    clock: Clockwork
    leads: int
    rates: tuple[DayRate, ...]
    other_rates: OtherRates
    advertising: Advertising

    @property
    def series(self) -> RateSeries:
        """The rate of any currency on any day."""
        return RateSeries(self.rates, self.other_rates)

    def seed_rows(self) -> SeedRows:
        """Teams, users, aliases, bindings, rates and ad accounts to store first."""
        accounts = tuple(
            AccountSeed(plan.account, f"{plan.owner_slug}@demo.local", token_of(plan.owner_slug))
            for plan in self.advertising.accounts
        )
        aliases = make_aliases(self.clock.first_day, len(self.clock.days))
        return SeedRows(TEAMS, USERS, aliases, self.advertising.bindings, self.rates, self.other_rates, accounts)


@dataclass(frozen=True, repr=False)
class World:
    """The company: its setting, its visitors and deals, the requests that tell of them, and the truth."""

    setting: Setting
    visits: tuple[Visit, ...]
    deals: tuple[Deal, ...]
    deliveries: tuple[Delivery, ...]
    truth: Truth

    def __repr__(self) -> str:
        size = f"{len(self.visits)} visits, {len(self.deals)} deals"
        return f"World({self.seed}, {self.now.isoformat()}, {size})"

    @property
    def seed(self) -> int:
        """The seed it was made from."""
        return self.setting.seed

    @property
    def today(self) -> date:
        """Its last day, still running."""
        return self.setting.clock.today

    @property
    def now(self) -> datetime:
        """The moment it ends at."""
        return self.setting.clock.now

    @property
    def first_day(self) -> date:
        """Its first day."""
        return self.setting.clock.first_day

    @property
    def rates(self) -> tuple[DayRate, ...]:
        """The published rates; missing days are absent."""
        return self.setting.rates

    @property
    def accounts(self) -> tuple[AccountPlan, ...]:
        """The ad accounts."""
        return self.setting.advertising.accounts

    @property
    def campaigns(self) -> tuple[CampaignPlan, ...]:
        """The campaigns."""
        return self.setting.advertising.campaigns

    def seed_rows(self) -> SeedRows:
        """Teams, users, aliases, bindings, rates and ad accounts to store first."""
        return self.setting.seed_rows()

    @property
    def stored_deliveries(self) -> int:
        """How many of the deliveries the intake keeps: all but the repeated ones."""
        return sum(1 for delivery in self.deliveries if not delivery.is_repeat)


def token_of(slug: str) -> str:
    """The Facebook token of a team's targetologist in the demo."""
    return f"demo-token-{slug}"


def make_setting(
    seed: int = DEFAULT_SEED, *, today: date, now: datetime, days: int = DEFAULT_DAYS, leads: int = DEFAULT_LEADS,
    zone: str = "Asia/Almaty",
) -> Setting:
    """The advertising, rates and seeds of a world, without its visitors. Raises as ``Clockwork`` does."""
    clock = Clockwork(today, now, days, BusinessCalendar(zone))
    rates = make_rates(Random(f"{seed}:rates"), clock.first_day, today)
    others = make_other_rates(Random(f"{seed}:other rates"), rates)
    advertising = make_advertising(Random(f"{seed}:ads"), clock, RateSeries(rates, others), leads)
    return Setting(seed, clock, leads, rates, others, advertising)


def make_world(
    seed: int = DEFAULT_SEED, *, today: date, now: datetime, days: int = DEFAULT_DAYS, leads: int = DEFAULT_LEADS,
    zone: str = "Asia/Almaty",
) -> World:
    """The world of ``days`` days up to ``now`` (an aware time on ``today``) with exactly ``leads`` submissions."""
    setting = make_setting(seed, today=today, now=now, days=days, leads=leads, zone=zone)
    clock = setting.clock
    marker = Marker(Random(f"{seed}:marks"), ended_alias_day(clock.first_day, days))
    visits = make_visits(Random(f"{seed}:visits"), clock, setting.advertising, marker, leads)
    deals = DealMaker(Random(f"{seed}:deals"), clock, visits).make()
    deliveries = make_deliveries(Random(f"{seed}:deliveries"), clock, visits, deals)
    truth = TruthMaker(setting.series, clock.day_of).make(
        setting.advertising.days, setting.advertising.campaigns, visits, deals
    )
    return World(setting, tuple(visits), tuple(deals), deliveries, truth)
