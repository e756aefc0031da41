"""Which sales of the demo company have a history worth telling: refunds, late prices, instalments and the rest.

Invariant: every variant occurs at least once per product it fits, as far as there are sales enough.
"""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Protocol

from demo.marks import Mark

# Share of the sales of a product; the rest are plain.
_EXPRESS = {
    "refunded": 0.022, "restored": 0.005, "late_price": 0.06, "unknown_price": 0.018, "edited": 0.02,
    "kept_price": 0.05, "direct": 0.02, "moved": 0.24, "ids_first": 0.08, "touched": 0.05,
}  # fmt: skip
_FLAGMAN = {
    "deleted": 0.012, "refunded": 0.04, "restored": 0.012, "late_price": 0.07, "instalments": 0.15, "edited": 0.03,
    "ids_first": 0.08, "touched": 0.05,
}  # fmt: skip
_CHALLENGE = {"instalments": 0.6, "refunded": 0.05}
_INTENSIVE = {"late_price": 0.1, "edited": 0.05}
_SHARES = {"express": _EXPRESS, "flagman": _FLAGMAN, "challenge": _CHALLENGE, "intensive": _INTENSIVE}


class Saleable(Protocol):
    """A planned deal, as far as its variant depends on it."""

    product: str
    sold_at: datetime | None
    variant: str
    is_second: bool
    mark: Mark


def deal_variants(rng: Random, drafts: Sequence[Saleable]) -> None:
    """Sets ``variant`` of the drafts that are sales."""
    for product, shares in _SHARES.items():
        sales = [draft for draft in drafts if draft.sold_at is not None and draft.product.startswith(product)]
        rng.shuffle(sales)
        total = len(sales)
        if total <= len(shares):
            continue
        for variant, share in shares.items():
            fitting = [draft for draft in sales if _fits(draft, variant)]
            for draft in fitting[: max(1, round(total * share))]:
                draft.variant = variant
                sales.remove(draft)


def _fits(draft: Saleable, variant: str) -> bool:
    """A deleted deal must not be the registration of its person: whether it still counts as one is nobody's rule."""
    return variant != "deleted" or draft.is_second
