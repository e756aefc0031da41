"""The advertising of the demo company: 7 ad accounts in four currencies and three time zones, 40 campaigns, their days.

Invariant: a day with delivery has a row with spend, impressions and clicks; a day without has none, and no account has
a day that has not begun in its own zone; spend has no more digits than its currency. ``weights`` says
how many leads each campaign day is worth, so that leads follow the money. Whose a campaign is was decided when it was
named: the token of a team in its name (two teams: nobody's), else its binding, else the binding of its account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from core.business_time import BusinessCalendar
from core.money import minor_units
from core.records import AdAccount, AdCampaign, AdDay
from demo.clockwork import WEEK, Clockwork
from demo.rates import RateSeries
from demo.teams import BY_SLUG, TEAMS, BindingSeed


@dataclass(frozen=True)
class AccountPlan:
    """An ad account: whose token reads it and to which team it is bound (``None``: to none)."""

    account: AdAccount
    owner_slug: str
    team_slug: str | None


@dataclass(frozen=True)
class CampaignPlan:
    """A campaign with what the generator knows of it.

    ``team_slug`` is the truth (``None``: unattributed, see ``reason`` and ``candidates``); ``runner`` works with it;
    ``named_team`` is the team whose token stands in its name; ``is_bound`` tells that it or its account is bound.
    ``volume`` and ``quality`` weigh its leads and sales; ``life`` is its part of the history, 0 to 1.
    """

    record: AdCampaign
    runner: str
    team_slug: str | None
    named_team: str | None
    is_bound: bool
    is_unique_name: bool
    volume: float
    quality: float
    life: tuple[float, float]
    reason: str | None = None
    candidates: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The platform's id."""
        return self.record.id


@dataclass(frozen=True)
class Advertising:
    """Everything paid for: accounts, campaigns, bindings and their days, and lead weights by (campaign id, day)."""

    accounts: tuple[AccountPlan, ...]
    campaigns: tuple[CampaignPlan, ...]
    bindings: tuple[BindingSeed, ...]
    days: tuple[AdDay, ...]
    weights: Mapping[tuple[str, date], float]


_ACCOUNTS = (
    # key, name, currency, time zone, reader, bound team
    ("su1", "Сункар · основной", "USD", "Asia/Almaty", "sunkar", "sunkar"),
    ("su2", "Сункар · тесты", "EUR", "America/Los_Angeles", "sunkar", "sunkar"),
    ("al1", "Алтай", "USD", "Asia/Almaty", "altai", "altai"),
    ("tu1", "Тулпар", "USD", "Asia/Almaty", "tulpar", "tulpar"),
    ("zh1", "Жетысу", "USD", "Asia/Almaty", "zhetysu", "zhetysu"),
    ("da1", "Дала", "JPY", "Asia/Tokyo", "dala", "dala"),
    ("kzt", "Общий кабинет ₸", "KZT", "Asia/Almaty", "altai", None),
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "su1": (
        "sunkar_proftest_lal3_almaty", "sunkar_flagman_retarget_30d", "sunkar_proftest_broad_video",
        "sunkar_1day_interest_ai", "sunkar_express_lal1_kz",
    ),
    "su2": (
        "sunkar_proftest_reels_w25", "sunkar_1day_broad_carousel", "sunkar_express_retarget_7d", "sunkar_3day_lal2_kz",
    ),
    "al1": (
        "altai_proftest_lal1_kz", "altai_flagman_webinar_lal", "altai_express_broad_video",
        "altai_proftest_interest_it", "altai_1day_retarget_14d", "altai_proftest_women_25", "altai_express_reels_test",
        "altai_3day_interest_biz",
    ),
    "tu1": (
        "tulpar_proftest_broad_kz", "tulpar_3day_lal2_astana", "tulpar_express_interest_biz",
        "tulpar_flagman_retarget_60d", "tulpar_proftest_stories", "tulpar_1day_lal5_test", "kz_lookalike_test_03",
    ),
    "zh1": (
        "zhetysu_proftest_lal3_kz", "zhetysu_express_broad", "zhetysu_1day_interest_ai", "zhetysu_flagman_lal1",
        "zhetysu_proftest_video_30s", "zhetysu_proftest_old_creatives",
    ),
    "da1": (
        "dala_proftest_broad_cold", "dala_express_interest_study", "dala_1day_lal10_kz", "dala_flagman_cold_video",
        "dala_1day_lal10_kz", "great_steppe_flagman_cold",
    ),
    "kzt": ("fb_altai_brand_kz", "autumn_promo_kz", "sunkar_altai_collab_1day", "academy_brand_reach_kz"),
}  # fmt: skip
_SPECIAL: Mapping[str, tuple[str, str | None]] = {
    # name -> (who runs it, team whose token is in the name); the others begin with their team's slug
    "kz_lookalike_test_03": ("tulpar", None),
    "great_steppe_flagman_cold": ("dala", "dala"),
    "fb_altai_brand_kz": ("altai", "altai"),
    "autumn_promo_kz": ("zhetysu", None),
    "sunkar_altai_collab_1day": ("sunkar", None),
    "academy_brand_reach_kz": ("", None),
}
_COLLAB = ("altai", "sunkar")
_DELETED = "zhetysu_proftest_old_creatives"
_BOUND_CAMPAIGN = "autumn_promo_kz"


def make_advertising(rng: Random, clock: Clockwork, rates: RateSeries, leads: int) -> Advertising:
    """Accounts, campaigns and days sized for a world of ``leads`` leads."""
    accounts = tuple(_account(rng, *row) for row in _ACCOUNTS)
    by_key = {row[0]: plan for row, plan in zip(_ACCOUNTS, accounts, strict=True)}
    names = [name for group in _NAMES.values() for name in group]
    campaigns = tuple(
        _campaign(rng, by_key[key], name, place, names.count(name) == 1)
        for key, group in _NAMES.items()
        for place, name in enumerate(group)
    )
    bindings = [BindingSeed(plan.team_slug, "account", plan.account.id) for plan in accounts if plan.team_slug]
    own = (plan for plan in campaigns if plan.record.name == _BOUND_CAMPAIGN)
    bindings += [BindingSeed(plan.runner, "campaign", plan.id) for plan in own]
    weights = _lead_weights(rng, clock, campaigns, leads)
    account_of = {plan.account.id: plan.account for plan in accounts}
    by_id = {plan.id: plan for plan in campaigns}
    today = {one.id: BusinessCalendar(one.timezone).day_of(clock.now) for one in account_of.values()}
    made = (
        _ad_day(rng, by_id[key[0]], account_of[by_id[key[0]].record.account_id].currency, key[1], weight, rates)
        for key, weight in sorted(weights.items(), key=lambda item: (item[0][1], item[0][0]))
    )
    # West of here the day of a visit may not have begun: its spend is that of a day to come.
    days = tuple(day for day in made if day.day <= today[day.account_id])
    return Advertising(accounts, campaigns, tuple(bindings), days, weights)


def _account(
    rng: Random, key: str, name: str, currency: str, timezone: str, reader: str, team: str | None
) -> AccountPlan:
    del key
    record = AdAccount(str(rng.randrange(10**15, 10**16)), name, currency, timezone, 1)
    return AccountPlan(record, reader, team)


def _campaign(rng: Random, account: AccountPlan, name: str, place: int, is_unique: bool) -> CampaignPlan:
    runner, named = _SPECIAL.get(name, (name.split("_")[0], name.split("_")[0]))
    is_bound = account.team_slug is not None or name == _BOUND_CAMPAIGN
    team = named or (runner if is_bound else None)
    life = (0.0, 1.0)
    if name == _DELETED:
        life = (0.05, 0.45)
    elif place % 3 == 2 and account.team_slug:
        life = (rng.uniform(0.05, 0.4), 1.0)
    elif place % 5 == 4:
        life = (0.0, rng.uniform(0.55, 0.85))
    status = "DELETED" if name == _DELETED else "ACTIVE" if life[1] == 1.0 else "PAUSED"
    objective = "OUTCOME_SALES" if "flagman" in name or "retarget" in name else "OUTCOME_LEADS"
    record = AdCampaign(
        f"1202{rng.randrange(10**13, 10**14)}", account.account.id, name, objective, status, status
    )
    return CampaignPlan(
        record, runner, team, named, is_bound, is_unique,
        volume=rng.uniform(0.6, 1.6), quality=rng.uniform(1.5, 1.9) if "flagman" in name else rng.uniform(0.35, 1.7),
        life=life,
        reason=None if team else "ambiguous" if name.startswith("sunkar_altai") else "unknown_source",
        candidates=_COLLAB if name.startswith("sunkar_altai") else (),
    )  # fmt: skip


def _lead_weights(
    rng: Random, clock: Clockwork, campaigns: tuple[CampaignPlan, ...], leads: int
) -> dict[tuple[str, date], float]:
    """How many leads a campaign day brings on average; each team's days add up to its share."""
    weights: dict[tuple[str, date], float] = {}
    for team in TEAMS:
        mine = [plan for plan in campaigns if plan.runner == team.slug and plan.team_slug]
        raw = _shape(rng, clock, mine, team.trend)
        scale = leads * team.lead_share / sum(raw.values())
        weights.update((key, value * scale) for key, value in raw.items())
    for plan in campaigns:
        if not plan.team_slug:
            raw = _shape(rng, clock, [plan], 0.1)
            scale = leads * (0.012 if plan.reason == "ambiguous" else 0.008) / sum(raw.values())
            weights.update((key, value * scale) for key, value in raw.items())
    return weights


def _shape(rng: Random, clock: Clockwork, campaigns: list[CampaignPlan], trend: float) -> dict[tuple[str, date], float]:
    last = len(clock.days) - 1
    found: dict[tuple[str, date], float] = {}
    for plan in campaigns:
        pause_at, pause_days = rng.randrange(last + 1), rng.randrange(2, 6)
        for place, day in enumerate(clock.days):
            part = place / last
            noise = rng.uniform(0.85, 1.15)
            is_paused = pause_at <= place < pause_at + pause_days and place not in (0, last)
            if is_paused or not plan.life[0] <= part <= plan.life[1]:
                continue
            value = plan.volume * WEEK[day.weekday()] * (1 + trend * (part - 0.5)) * noise * clock.elapsed(day)
            if value > 0:
                found[plan.id, day] = value
    return found


def _ad_day(rng: Random, plan: CampaignPlan, currency: str, day: date, weight: float, rates: RateSeries) -> AdDay:
    cost_per_lead = BY_SLUG[plan.runner].cpl_usd if plan.runner else 3.0
    usd = max(0.01, weight * cost_per_lead * rng.uniform(0.9, 1.12))
    smallest = Decimal(1).scaleb(-minor_units(currency))
    in_tenge = Decimal(f"{usd:.4f}") * rates.on(day)
    spend = max((in_tenge / rates.of(currency, day)).quantize(smallest), smallest)
    impressions = max(20, int(usd / rng.uniform(4.1, 5.2) * 1000))
    clicks = max(1, int(impressions * rng.uniform(0.0165, 0.0212)))
    results = int(weight + 0.5)
    actions: tuple[dict[str, str], ...] = ({"action_type": "link_click", "value": str(int(clicks * 0.8))},)
    if results:
        actions += (
            {"action_type": "lead", "value": str(results)},
            {"action_type": "offsite_conversion.fb_pixel_lead", "value": str(results)},
        )
    return AdDay(
        plan.record.account_id, "campaign", plan.id, plan.record.name, day, spend, currency,
        impressions, clicks, reach=int(impressions * 0.83), inline_link_clicks=int(clicks * 0.8), actions=actions,
    )  # fmt: skip

