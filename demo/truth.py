"""What the numbers of the demo company are: exact sums that every report must show.

Rules. Spend of a day: Σ of the campaign rows of that day of the account's own calendar, KZT = amount × the day's rate
of its currency, USD = KZT ÷ the day's rate of the dollar (an account in dollars: as it stands). Leads: every
submission, on its day.
Registrations: the first deal of a person (phone and e-mail of its card, joined with whatever was told together with
them; a deal without a card is a person of its own), on the day of its creation. Sales: not reversed, on the day of
the close that stands; an unknown amount counts as a sale and adds no revenue.
Revenue in USD: KZT ÷ the rate of that day. On the
basis ``lead`` a sale stands on the day of the visit that brought it; without one it stands nowhere.
Invariant: a slice is one (day, team or nobody, campaign or none known); KZT are exact, USD are rounded half up to six
decimals per slice, as statistics are stored (revenue of the basis ``lead``, which is not stored, is not rounded); every
total is a sum of slices.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from core.metrics import Sums
from core.records import AdDay, DateRange
from demo.campaigns import CampaignPlan
from demo.deals import Deal
from demo.rates import RateSeries
from demo.verdicts import DealVerdict, deal_verdict
from demo.visits import Visit

Key = TypeVar("Key", bound=Hashable)
_USD_STEP = Decimal("0.000001")
# A quotient without an end is cut so far behind that no cent can see it; then sums do not depend on their order.
_QUOTIENT_STEP = Decimal("1e-12")
_KINDS = {"express": "express", "flagman": "main"}
BASES = ("sale", "lead")


@dataclass(frozen=True)
class SliceKey:
    """A day, a team's slug (``None``: unattributed) and a campaign's platform id (``None``: none known)."""

    day: date
    team: str | None
    campaign: str | None


@dataclass(frozen=True)
class SaleTruth:
    """A sale and why it is whose; ``amount`` in KZT; ``status`` is won or reversed."""

    deal_id: int
    product: str
    amount: Decimal | None
    sold_at: datetime
    sale_day: date
    team: str | None
    method: str | None
    confidence: str | None
    reason: str | None
    candidates: tuple[str, ...]
    campaign: str | None
    status: str
    lead_day: date | None


@dataclass
class _Cell:
    """A slice being filled: counts, and money by currency and kind."""

    money: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, kzt: Decimal, usd: Decimal) -> None:
        """Money of one kind in both currencies."""
        self.money["KZT", kind] += kzt
        self.money["USD", kind] += usd

    def sums(self, currency: str, basis: str) -> Sums:
        """The slice in one currency."""
        counts = self.counts
        express, main, other = (self.money[currency, kind] for kind in ("express", "main", "other"))
        money = {
            "spend": self.money[currency, "spend"], "revenue": express + main + other,
            "express_revenue": express, "main_revenue": main,
        }  # fmt: skip
        if currency == "USD":
            kept = ("spend",) if basis == "lead" else money
            money |= {name: _rounded(money[name]) for name in kept}
        return Sums(
            spend=money["spend"], revenue=money["revenue"], express_revenue=money["express_revenue"],
            main_revenue=money["main_revenue"],
            leads=counts["leads"], registrations=counts["registrations"], express_sales=counts["express"],
            main_sales=counts["main"], other_sales=counts["other"], sales_without_amount=counts["without_amount"],
            impressions=counts["impressions"], clicks=counts["clicks"],
        )  # fmt: skip


def _rounded(usd: Decimal) -> Decimal:
    return usd.quantize(_USD_STEP, rounding=ROUND_HALF_UP)


class Truth:
    """The exact figures, by period and by whatever they are split."""

    def __init__(
        self, cells: Mapping[str, Mapping[SliceKey, _Cell]], sales: Sequence[SaleTruth],
        lead_reasons: Sequence[tuple[date, str]],
    ) -> None:
        """``cells`` by basis (sale, lead)."""
        self.sales = tuple(sorted(sales, key=lambda sale: (sale.sold_at, sale.deal_id)))
        self._lead_reasons = tuple(lead_reasons)
        self.slices: Mapping[tuple[str, str], Mapping[SliceKey, Sums]] = {
            (currency, basis): {
                key: cell.sums(currency, basis) for key, cell in kept.items()
            }
            for currency in ("KZT", "USD")
            for basis, kept in cells.items()
        }

    def totals(
        self, period: DateRange, currency: str = "KZT", team: str | None = "*", basis: str = "sale"
    ) -> Sums:
        """The sums of a period; ``team`` a slug, ``None`` for the unattributed rest, ``*`` for everything."""
        return add_up(
            sums
            for key, sums in self.slices[currency, basis].items()
            if _within(key.day, period) and team in ("*", key.team)
        )

    def by_team(self, period: DateRange, currency: str = "KZT", basis: str = "sale") -> dict[str | None, Sums]:
        """The sums by team slug; ``None`` is the unattributed rest. Teams without any figure are absent."""
        return self._by(period, currency, basis, lambda key: key.team)

    def by_campaign(self, period: DateRange, currency: str = "KZT", basis: str = "sale") -> dict[str | None, Sums]:
        """The sums by platform id of the campaign; ``None`` is what names no known campaign."""
        return self._by(period, currency, basis, lambda key: key.campaign)

    def by_day(self, period: DateRange, currency: str = "KZT", basis: str = "sale") -> dict[date, Sums]:
        """The sums by day; days without any figure are absent."""
        return self._by(period, currency, basis, lambda key: key.day)

    def by_day_and_team(
        self, period: DateRange, currency: str = "KZT", basis: str = "sale"
    ) -> dict[tuple[date, str | None], Sums]:
        """The cells of the heat map."""
        return self._by(period, currency, basis, lambda key: (key.day, key.team))

    def _by(
        self, period: DateRange, currency: str, basis: str, group: Callable[[SliceKey], Key]
    ) -> dict[Key, Sums]:
        groups: dict[Key, list[Sums]] = defaultdict(list)
        for key, sums in self.slices[currency, basis].items():
            if _within(key.day, period):
                groups[group(key)].append(sums)
        return {key: add_up(parts) for key, parts in groups.items()}

    def funnel(
        self, period: DateRange, currency: str = "KZT", basis: str = "sale"
    ) -> tuple[tuple[str, int, Decimal | None], ...]:
        """The stages leads, registrations, express, flagman with their count and money (``None``: has none)."""
        sums = self.totals(period, currency, basis=basis)
        return (
            ("leads", sums.leads, None), ("registrations", sums.registrations, None),
            ("express", sums.express_sales, sums.express_revenue), ("flagman", sums.main_sales, sums.main_revenue),
        )  # fmt: skip

    def unattributed_reasons(self, period: DateRange, basis: str = "sale") -> dict[str, int]:
        """How many standing sales of the period have no team, by reason."""
        days = ((sale, sale.sale_day if basis == "sale" else sale.lead_day) for sale in self.sales)
        return dict(Counter(
            str(sale.reason) for sale, day in days
            if sale.team is None and sale.status == "won" and day is not None and _within(day, period)
        ))  # fmt: skip

    def sales_without_lead(self, period: DateRange) -> int:
        """How many standing sales of the period no visit brought: on the basis ``lead`` they stand nowhere."""
        return sum(
            1 for sale in self.sales
            if sale.status == "won" and sale.lead_day is None and _within(sale.sale_day, period)
        )  # fmt: skip

    def lead_reasons(self, period: DateRange) -> dict[str, int]:
        """How many leads of the period have no team, by reason."""
        return dict(Counter(reason for day, reason in self._lead_reasons if _within(day, period)))


def add_up(parts: Iterable[Sums]) -> Sums:
    """The sum of slices whose figures are all known."""
    kept = list(parts)
    figures: dict[str, Any] = {name: sum((getattr(part, name) for part in kept), start) for name, start in _ZEROS}
    return Sums(**figures)


_ZEROS: tuple[tuple[str, Any], ...] = tuple(vars(Sums()).items())


def _within(day: date, period: DateRange) -> bool:
    return period.first <= day <= period.last


class TruthMaker:
    """Fills the slices from what the generator decided."""

    def __init__(self, rates: RateSeries, day_of: Callable[[datetime], date]) -> None:
        self._rates = rates
        self._day_of = day_of
        self._cells: dict[str, dict[SliceKey, _Cell]] = {basis: defaultdict(_Cell) for basis in BASES}
        self._sales: list[SaleTruth] = []
        self._lead_reasons: list[tuple[date, str]] = []

    def make(
        self, days: Iterable[AdDay], campaigns: Iterable[CampaignPlan], visits: Iterable[Visit], deals: Sequence[Deal]
    ) -> Truth:
        """The truth of a world."""
        self._add_spend(days, {plan.id: plan.team_slug for plan in campaigns})
        for visit in visits:
            verdict = visit.mark.verdict
            self._count(SliceKey(visit.day, verdict.team, visit.mark.campaign), "leads")
            if verdict.team is None:
                self._lead_reasons.append((visit.day, str(verdict.reason)))
        self._add_registrations(deals)
        for deal in deals:
            self._add_sale(deal)
        return Truth(self._cells, self._sales, self._lead_reasons)

    def _count(self, key: SliceKey, kind: str, how_many: int = 1) -> None:
        for basis in BASES:
            self._cells[basis][key].counts[kind] += how_many

    def _add_spend(self, days: Iterable[AdDay], teams: Mapping[str, str | None]) -> None:
        for row in days:
            key = SliceKey(row.day, teams[row.object_id], row.object_id)
            spend = row.spend or Decimal(0)
            kzt = spend * self._rates.of(row.currency, row.day)
            usd = spend if row.currency == "USD" else kzt / self._rates.on(row.day)
            for basis in BASES:
                self._cells[basis][key].add("spend", kzt, usd)
            self._count(key, "impressions", row.impressions or 0)
            self._count(key, "clicks", row.clicks or 0)

    def _add_registrations(self, deals: Sequence[Deal]) -> None:
        known: set[str] = set()
        for deal in sorted(deals, key=lambda one: (one.created_at, one.id)):
            person = deal.contact.person_key(deal.visits) if deal.contact else f"deal {deal.id}"
            if person not in known:
                known.add(person)
                verdict = deal_verdict(deal, deal.created_at)
                key = SliceKey(self._day_of(deal.created_at), verdict.team, verdict.campaign)
                self._count(key, "registrations")

    def _add_sale(self, deal: Deal) -> None:
        fact = deal.story.sale
        if fact is None:
            return
        verdict = deal_verdict(deal, fact.sold_at)
        sale = _sale(deal, verdict, self._day_of(fact.sold_at))
        self._sales.append(sale)
        if fact.is_reversed:
            return
        kind = _KINDS.get(fact.product, "other")
        amount = fact.amount or Decimal(0)
        usd = (amount / self._rates.on(sale.sale_day)).quantize(_QUOTIENT_STEP)
        for basis, day in zip(BASES, (sale.sale_day, sale.lead_day), strict=True):
            if day is not None:
                cell = self._cells[basis][SliceKey(day, sale.team, sale.campaign)]
                cell.counts[kind] += 1
                cell.counts["without_amount"] += fact.amount is None
                cell.add(kind, amount, usd)


def _sale(deal: Deal, verdict: DealVerdict, day: date) -> SaleTruth:
    fact = deal.story.sale
    if fact is None:
        raise ValueError(f"deal {deal.id} was never won")
    return SaleTruth(
        deal.id, fact.product, fact.amount, fact.sold_at, day, verdict.team, verdict.method, verdict.confidence,
        verdict.reason, verdict.candidates, verdict.campaign, "reversed" if fact.is_reversed else "won",
        verdict.visit.day if verdict.visit else None,
    )  # fmt: skip
