"""What explains a sale or a lead: the steps asked, the rule, the touches of the person, the shares of other models."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.records import Utm
from core.reports import TeamLook


@dataclass(frozen=True)
class Step:
    """What one step of attribution said. ``outcome``: decided, lost (an earlier one had decided), ambiguous, silent.

    ``near`` are aliases of this source that did not fit: (team, the conditions that were not met).
    """

    method: str
    outcome: str
    teams: tuple[str, ...] = ()
    rule: str | None = None
    near: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class TouchEvidence:
    """A lead of the person. ``outcome``: decided, not_asked, later_one, after_sale, too_old, no_team, weak_tie.

    ``gap`` is the time from the touch to the sale.
    """

    lead_id: str
    at: datetime
    day: date
    form: str
    utm: Utm
    tie: str
    team: str | None
    method: str | None
    reason: str | None
    gap: timedelta
    outcome: str


@dataclass(frozen=True)
class RuleEvidence:
    """The rule that decided: its ``id`` and ``kind``, the version in force and since which it stands as it is.

    ``since`` is ``None`` when it stands since before versions were kept; ``says`` is the rule in words of its columns.
    """

    id: str
    kind: str
    version: int
    since: int | None
    says: Mapping[str, Any]


@dataclass(frozen=True)
class HistoryEntry:
    """Something that happened to the sale."""

    at: datetime
    action: str
    team: str | None
    user: str | None


@dataclass(frozen=True)
class Payment:
    """A payment of the sale: a deal of its own; ``is_sale`` for the one that makes the sale."""

    sale_id: str
    deal_id: int
    amount: Decimal | None
    currency: str
    paid_at: datetime
    is_sale: bool
    is_reversed: bool


@dataclass(frozen=True)
class SaleEvidence:
    """Everything that explains a sale. ``gap`` runs from the deciding touch, else from the deal's making.

    ``payments`` are all of the sale it makes or belongs to, when there are several; ``models`` share it otherwise.
    ``learned_at``: what the data-driven model knows of its teams is of then; ``None``: it shares evenly.
    """

    id: str
    deal_id: int
    product: str
    amount: Decimal | None
    currency: str
    amount_usd: Decimal | None
    rate: Decimal | None
    sold_at: datetime
    sale_day: date
    team: TeamLook
    method: str | None
    confidence: str | None
    reason: str | None
    candidates: tuple[str, ...]
    locked: bool
    is_reversed: bool
    campaign: str | None
    utm: Utm
    deal_created_at: datetime | None
    gap: timedelta | None
    rule: RuleEvidence | None
    version: int
    steps: tuple[Step, ...]
    touches: tuple[TouchEvidence, ...]
    history: tuple[HistoryEntry, ...]
    payments: tuple[Payment, ...]
    models: Mapping[str, Mapping[str | None, Decimal]]
    learned_at: datetime | None


@dataclass(frozen=True)
class LeadSale:
    """A sale of the person; ``is_brought`` when this lead explains it, ``gap`` from the lead to the sale."""

    id: str
    deal_id: int
    product: str
    amount: Decimal | None
    currency: str
    sold_at: datetime
    is_reversed: bool
    is_brought: bool
    team: str | None
    gap: timedelta


@dataclass(frozen=True)
class LeadEvidence:
    """Everything that explains a lead. A ``gap`` of a touch runs from the touch to this lead."""

    id: str
    at: datetime
    day: date
    form: str
    funnel: str | None
    deal_id: int | None
    team: TeamLook
    method: str | None
    confidence: str | None
    reason: str | None
    candidates: tuple[str, ...]
    locked: bool
    campaign: str | None
    utm: Utm
    rule: RuleEvidence | None
    version: int
    steps: tuple[Step, ...]
    touches: tuple[TouchEvidence, ...]
    sales: tuple[LeadSale, ...]
