"""How a deal of the demo company goes: its changes in amoCRM and what they amount to, decided together.

Invariant: the times of a deal's changes rise; the outcome (``SaleFact``) is what was decided, never read back from
the changes. A won deal is dated by the close that stands; its amount is the last price said, unknown until one is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from demo.clockwork import Clockwork

WON, LOST = 142, 143
UNCONFIGURED_PIPELINE = 7555111


@dataclass(frozen=True)
class Pipeline:
    """A pipeline: its id and the ids of its open stages."""

    id: int
    name: str
    first: int
    second: int


PIPELINES = {
    "express": Pipeline(10350882, "Экспресс-курс", 83012401, 83012405),
    "flagman": Pipeline(10418746, "Флагман", 83412301, 83412305),
    "challenge3d": Pipeline(9777626, "Трёхдневник", 78012301, 78012305),
    "challenge3d_b": Pipeline(9430994, "Трёхдневник осень", 75412301, 75412305),
    "challenge3d_c": Pipeline(9977350, "Трёхдневник зима", 79512301, 79512305),
    "intensive1d": Pipeline(9820886, "Однодневник", 78412301, 78412305),
    "proftest": Pipeline(8311042, "Профтест", 68012301, 68012305),
    "webinar": Pipeline(UNCONFIGURED_PIPELINE, "Вебинары", 62012301, 62012305),
}
_PRICES = {
    "express": ((5000,) * 16 + (4500, 4000, 3500, 2500)),
    "flagman": ((490000,) * 7 + (441000, 415000, 390000)),
    "challenge3d": (240000, 240000, 216000),
    "intensive1d": (25000, 25000, 20000),
}


@dataclass(frozen=True)
class Change:
    """One event of a deal. ``price`` is the text sent, ``None`` when the key is absent.

    ``only_ids`` is the short body of a digital pipeline; ``has_twin`` comes under ``update`` as well.
    """

    at: datetime
    action: str
    pipeline: int
    status: int
    price: str | None
    old_status: int | None = None
    old_pipeline: int | None = None
    only_ids: bool = False
    has_twin: bool = False


@dataclass(frozen=True)
class SaleFact:
    """A sale as it stands now; ``amount`` in KZT, ``None`` while nobody knows it."""

    product: str
    sold_at: datetime
    amount: Decimal | None
    is_reversed: bool = False


@dataclass
class Story:
    """The changes of a deal so far and its sale."""

    changes: list[Change] = field(default_factory=list)
    sale: SaleFact | None = None


def open_story(rng: Random, clock: Clockwork, created_at: datetime, pipeline: Pipeline) -> Story:
    """A deal that never became a sale: new, in work, lost, or a finished ProfTest."""
    story = Story([Change(created_at, "add", pipeline.id, pipeline.first, rng.choice(("0", "0", "", None)))])
    steps: list[int] = []
    chance = rng.random()
    if chance < 0.30:
        steps.append(pipeline.second)
    if 0.15 < chance < 0.40:
        steps.append(LOST)
    elif chance > 0.94 and pipeline.id in (PIPELINES["proftest"].id, UNCONFIGURED_PIPELINE):
        steps.append(WON)
    at, before = created_at, pipeline.first
    for status in steps:
        at += timedelta(seconds=int(rng.uniform(120, 2 * 86400)))
        if at > clock.last_moment:
            break
        story.changes.append(_moved(rng, at, pipeline.id, status, "0", before))
        before = status
    return story


def won_unconfigured_story(rng: Random, created_at: datetime, won_at: datetime) -> Story:
    """A deal won in a pipeline nobody counts: no sale."""
    pipeline = PIPELINES["webinar"]
    return Story([
        Change(created_at, "add", pipeline.id, pipeline.first, "0"),
        _moved(rng, won_at, pipeline.id, WON, rng.choice(("15000", "1000", "490000")), pipeline.first),
    ])  # fmt: skip


def sold_story(
    rng: Random, clock: Clockwork, created_at: datetime, sold_at: datetime, pipeline_key: str, variant: str
) -> Story:
    """A deal won at ``sold_at`` with everything that happened to it later, as far as now.

    Variants: plain, moved, direct, kept_price, late_price, unknown_price, edited, instalments, touched, refunded,
    restored, deleted, ids_first.
    """
    product = pipeline_key.split("_")[0]
    pipeline = PIPELINES[pipeline_key]
    price = rng.choice(_PRICES[product])
    if variant == "direct":
        story = Story([Change(sold_at, "add", pipeline.id, WON, str(price))])
    else:
        story = Story(_before(rng, created_at, sold_at, pipeline, variant, price))
        stage = story.changes[-1]
        if variant == "ids_first":
            story.changes.append(
                Change(sold_at, "status", pipeline.id, WON, None, stage.status, stage.pipeline, only_ids=True)
            )
        said = _price_when_won(rng, product, price, variant)
        old_pipeline = stage.pipeline if stage.pipeline != pipeline.id else None
        story.changes.append(_moved(rng, sold_at, pipeline.id, WON, said, stage.status, old_pipeline))
    _after(rng, clock, story, product, sold_at, price, variant)
    return story


def _before(
    rng: Random, created_at: datetime, sold_at: datetime, pipeline: Pipeline, variant: str, price: int
) -> list[Change]:
    """The stages before the sale."""
    start = PIPELINES["proftest"] if variant == "moved" else pipeline
    unknown = rng.choice(("0", "", None))
    said = str(price) if variant == "kept_price" else unknown
    changes = [Change(created_at, "add", start.id, start.first, said)]
    gap = int((sold_at - created_at).total_seconds())
    if gap > 240 and (variant == "moved" or rng.random() < 0.3):
        at = created_at + timedelta(seconds=rng.randrange(60, gap - 60))
        old_pipeline = start.id if start is not pipeline else None
        changes.append(_moved(rng, at, pipeline.id, pipeline.second, said, start.first, old_pipeline))
    return changes


def _price_when_won(rng: Random, product: str, price: int, variant: str) -> str | None:
    if variant in ("late_price", "unknown_price"):
        return rng.choice((None, "", "0"))
    if variant == "kept_price":
        return None
    if variant == "instalments":
        return str(price // 5) if product == "flagman" else "5000"
    return str(price)


def _after(
    rng: Random, clock: Clockwork, story: Story, product: str, sold_at: datetime, price: int, variant: str
) -> None:
    """What came after the close, and the sale that results. Changes that would be in the future did not happen yet."""
    pipeline = story.changes[-1].pipeline
    amount: int | None = price
    reversed_, stands_at = False, sold_at
    if variant == "unknown_price":
        amount = None
    elif variant == "late_price":
        at = _later(rng, clock, sold_at, 2 * 86400)
        amount = price if at else None
        if at:
            story.changes.append(Change(at, "update", pipeline, WON, str(price)))
    elif variant == "edited":
        amount = _edited(rng, clock, story, sold_at, [price, round(price * 0.9)], 5 * 86400)
    elif variant == "instalments":
        steps = [price // 5, price // 2, price] if product == "flagman" else [5000, price]
        amount = _edited(rng, clock, story, sold_at, steps, 9 * 86400)
    elif variant == "touched":
        at = _later(rng, clock, sold_at, 3 * 86400)
        if at:
            story.changes.append(Change(at, "update", pipeline, WON, rng.choice((str(price), None))))
    elif variant in ("refunded", "restored"):
        reversed_, stands_at = _given_back(rng, clock, story, sold_at, price, variant == "restored")
    elif variant == "deleted":
        # The sender gives no time: the receipt, after everything else, is when it happened.
        story.changes.append(Change(clock.last_moment, "delete", pipeline, WON, None))
        reversed_ = True
    story.sale = SaleFact(product, stands_at, None if amount is None else Decimal(amount), reversed_)


def _edited(rng: Random, clock: Clockwork, story: Story, at: datetime, prices: list[int], seconds: int) -> int:
    """Later prices one after another; the last one said by now."""
    said = prices[0]
    for price in prices[1:]:
        later = _later(rng, clock, at, seconds)
        if later is None:
            break
        story.changes.append(Change(later, "update", story.changes[-1].pipeline, WON, str(price)))
        said, at = price, later
    return said


def _given_back(
    rng: Random, clock: Clockwork, story: Story, sold_at: datetime, price: int, is_restored: bool
) -> tuple[bool, datetime]:
    """Leaving 142, and perhaps coming back; returns whether the sale is reversed now and the close that stands."""
    pipeline = story.changes[-1].pipeline
    left_at = _later(rng, clock, sold_at, 8 * 86400)
    if left_at is None:
        return False, sold_at
    story.changes.append(Change(left_at, "status", pipeline, LOST, str(price), WON))
    back_at = _later(rng, clock, left_at, 3 * 86400) if is_restored else None
    if back_at is None:
        return True, sold_at
    story.changes.append(Change(back_at, "status", pipeline, WON, str(price), LOST))
    return False, back_at


def _later(rng: Random, clock: Clockwork, at: datetime, seconds: int) -> datetime | None:
    """An instant one minute to ``seconds`` after ``at``; ``None`` when that is still to come."""
    later = at + timedelta(seconds=60 + int(rng.random() ** 1.5 * seconds))
    return later if later <= clock.last_moment else None


def _moved(
    rng: Random,
    at: datetime,
    pipeline: int,
    status: int,
    price: str | None,
    before: int,
    old_pipeline: int | None = None,
) -> Change:
    """A change of stage; the account is subscribed to ``status`` and ``update``."""
    chance = rng.random()
    action = "update" if chance < 0.12 and old_pipeline is None else "status"
    return Change(at, action, pipeline, status, price, before, old_pipeline, has_twin=chance > 0.9)
