"""Which sales of one person are payments of one sale: a prepayment and what was paid after it.

Invariant: pure; the order in which deals are given does not matter. The first payment is the sale; what follows it
counts money, not a sale more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

# Whoever pays the rest later than this after the first prepayment is taken to have bought again.
LONGEST_PAYING = timedelta(days=180)


@dataclass(frozen=True)
class PaidDeal:
    """A standing sale of one person and one product; ``amount`` is ``None`` while nobody knows it."""

    deal_id: int
    sold_at: datetime
    amount: Decimal | None


def group_payments(deals: Iterable[PaidDeal], prepayment_limit: Decimal) -> dict[int, int]:
    """The deals that are further payments, each with the deal of its sale.

    An amount up to the limit is a prepayment: it opens a sale, or adds to the open one. The first amount above the
    limit closes it. A deal whose amount is unknown is a sale of its own until the amount comes.
    """
    payment_of: dict[int, int] = {}
    opened: PaidDeal | None = None
    for deal in sorted(deals, key=lambda one: (one.sold_at, one.deal_id)):
        if deal.amount is None:
            continue
        if opened is not None and deal.sold_at - opened.sold_at > LONGEST_PAYING:
            opened = None
        is_prepayment = deal.amount <= prepayment_limit
        if opened is not None:
            payment_of[deal.deal_id] = opened.deal_id
            opened = opened if is_prepayment else None
        elif is_prepayment:
            opened = deal
    return payment_of
