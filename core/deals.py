"""A deal is the fold of everything that was ever said about it, in whatever order it arrived.

Invariant: the result depends on the set of events only, not on their order or on repetitions. What was said last
about a field stands; an absent field says nothing; a price of 0 or an empty one means that nobody knows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from core.records import DealEvent, Utm

WON = 142    # the same id in every pipeline of every account
LOST = 143
IMPORTED = "import"     # the action of an event that a file of history told, not amoCRM
NOTE = "note"           # the action of an event that tells nothing but marks written into a note

# What came first when two events carry the same second: a deal exists before its stage changes, and is restored
# after it was deleted.
_RANK = {"add": 0, "update": 1, "responsible": 1, NOTE: 1, "status": 2, "delete": 3, "restore": 4}


@dataclass(frozen=True)
class WonSpan:
    """The last time a deal was won in a pipeline; ``left_at`` ``None`` while it still is.

    ``sold_at`` is the close that amoCRM named, else the moment the deal reached the stage. ``price`` (whole KZT) is
    the one at the end of the span, ``None`` when unknown.
    """

    pipeline_id: int | None
    sold_at: datetime
    left_at: datetime | None
    price: Decimal | None


@dataclass(frozen=True)
class DealState:
    """What is known of a deal now. ``won`` has one span per pipeline in which it was ever won, by ``sold_at``."""

    deal_id: int
    pipeline_id: int | None
    status_id: int | None
    name: str | None
    price: Decimal | None
    created_at: datetime
    modified_at: datetime
    is_deleted: bool
    utm: Utm
    fbclid: str | None
    contact_id: int | None
    won: tuple[WonSpan, ...]

    @property
    def is_won(self) -> bool:
        """True while the deal stands in the won stage and is not deleted."""
        return any(span.left_at is None for span in self.won)


@dataclass
class _Run:
    """An unbroken stay in the won stage of one pipeline; a deletion interrupts it, a restoration may resume it."""

    pipeline_id: int | None
    started_at: datetime
    closed_at: datetime | None = None
    left_at: datetime | None = None
    price: Decimal | None = None

    def to_span(self) -> WonSpan:
        return WonSpan(self.pipeline_id, self.closed_at or self.started_at, self.left_at, self.price)


@dataclass
class _Fold:
    """The fields and won runs while the events are read in order."""

    pipeline_id: int | None = None
    status_id: int | None = None
    name: str | None = None
    price: Decimal | None = None
    is_deleted: bool = False
    utm: Utm = field(default_factory=Utm)
    fbclid: str | None = None
    noted: DealEvent | None = None
    contact_id: int | None = None
    runs: list[_Run] = field(default_factory=list)
    interrupted: _Run | None = None

    @property
    def open_run(self) -> _Run | None:
        return self.runs[-1] if self.runs and self.runs[-1].left_at is None else None

    def take(self, event: DealEvent) -> None:
        """Read one event: first where the deal stands, then its price, so that a run ends with its own price."""
        if event.action == NOTE:
            self.noted = self.noted or event
            return
        if event.action == "delete":
            self._delete(event.occurred_at)
        elif event.action == "restore":
            self.is_deleted = False
        if event.status_id is not None or event.pipeline_id is not None:
            self.status_id = event.status_id if event.status_id is not None else self.status_id
            self.pipeline_id = event.pipeline_id if event.pipeline_id is not None else self.pipeline_id
        if not self.is_deleted:
            self._stand(event)
        if event.price_given:
            self.price = event.price if event.price is not None and event.price > 0 else None
        if self.open_run is not None:
            self.open_run.price = self.price
        self.name = event.name or self.name
        self.utm = event.utm if event.utm_given else self.utm
        self.fbclid = event.fbclid or self.fbclid
        self.contact_id = event.contact_id if event.contact_id is not None else self.contact_id

    def marks(self) -> tuple[Utm, str | None]:
        """The marks and the click id that fields or links told, else those of the first note that has any."""
        if self.utm.is_empty and self.noted is not None:
            return self.noted.utm, self.fbclid or self.noted.fbclid
        return self.utm, self.fbclid

    def _delete(self, moment: datetime) -> None:
        self.is_deleted = True
        run = self.open_run
        if run is not None:
            run.left_at = moment
            self.interrupted = run

    def _stand(self, event: DealEvent) -> None:
        """Open, continue, resume or end a won run, from where the deal stands after the event."""
        run, interrupted = self.open_run, self.interrupted
        self.interrupted = None
        if self.status_id != WON:
            if run is not None:
                run.left_at = event.occurred_at
            return
        if run is None and interrupted is not None and interrupted.pipeline_id == self.pipeline_id:
            interrupted.left_at = None       # a restored deal was not sold a second time
            run = interrupted
        if run is not None and run.pipeline_id is None:
            run.pipeline_id = self.pipeline_id
        if run is not None and run.pipeline_id != self.pipeline_id:
            run.left_at = event.occurred_at
            run = None
        if run is None:
            run = _Run(self.pipeline_id, event.occurred_at)
            self.runs.append(run)
        run.closed_at = event.closed_at or run.closed_at


def fold_deal(events: Iterable[DealEvent]) -> DealState:
    """The state of one deal from all its events.

    An event without an own time stands at its receipt. The day of a sale is the start of the last unbroken stay in the
    won stage, or the close amoCRM names in it: a later edit of the price does not move it, being won again does.
    Raises ``ValueError`` without events or with events of several deals.
    """
    distinct = {event.key: event for event in sorted(events, key=_order, reverse=True)}
    ordered = sorted(distinct.values(), key=_order)
    if len({event.deal_id for event in ordered}) != 1:
        raise ValueError("one deal has one id, and at least one event")
    fold = _Fold()
    for event in ordered:
        fold.take(event)
    utm, fbclid = fold.marks()
    told = [event for event in ordered if event.action != NOTE] or ordered
    created = [event.created_at for event in told if event.created_at is not None]
    return DealState(
        deal_id=ordered[0].deal_id, pipeline_id=fold.pipeline_id, status_id=fold.status_id, name=fold.name,
        price=fold.price, created_at=min(created) if created else told[0].occurred_at,
        modified_at=told[-1].occurred_at, is_deleted=fold.is_deleted, utm=utm, fbclid=fbclid,
        contact_id=fold.contact_id, won=_last_spans(fold.runs),
    )


def as_won(event: DealEvent, won_stages: Mapping[int, int]) -> DealEvent:
    """The event with amoCRM's own won stage when it names the stage that means a sale in its pipeline."""
    if event.pipeline_id is None or event.status_id is None or won_stages.get(event.pipeline_id) != event.status_id:
        return event
    return replace(event, status_id=WON)


def _order(event: DealEvent) -> tuple[datetime, int, datetime, str]:
    return event.occurred_at, _RANK.get(event.action, 1), event.received_at, event.key


def _last_spans(runs: list[_Run]) -> tuple[WonSpan, ...]:
    last = {run.pipeline_id: run.to_span() for run in runs}
    return tuple(sorted(last.values(), key=lambda span: (span.sold_at, span.pipeline_id or 0)))
