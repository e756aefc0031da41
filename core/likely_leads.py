"""Which leads most likely brought a sale that no rule gives to a team: a guess for a person to judge, never a rule.

Invariant: pure; the order depends on the leads and the sale alone, never on the order they were found in. A lead of the
same person outweighs one of the same campaign, and that one a lead that merely came shortly before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.campaign_words import split_words

HOW_MANY = 3
# Points of each sign; the ties of a person outweigh everything else together.
_TIES = {"contact": 100, "phone": 90, "email": 80}
_WORDS, _NEAR = 40, 20
_NO_TEAM = 15          # a lead without a team explains, but gives nothing
_AFTER = 60            # a lead from after the sale cannot have brought it
_FAR = timedelta(days=90)


@dataclass(frozen=True)
class LeadSign:
    """One reason to think of a lead: ``tie`` is contact, phone or email for the same person, ``None`` for none."""

    lead_id: str
    at: datetime
    tie: str | None = None
    campaign: str | None = None
    team: str | None = None


@dataclass(frozen=True)
class LikelyLead:
    """A lead with its points and what speaks for it (contact, phone, email, words, near) or against it (after)."""

    lead_id: str
    points: int
    signs: tuple[str, ...]


def rank_leads(
    sold_at: datetime, campaign: str | None, signs: Iterable[LeadSign], how_many: int = HOW_MANY
) -> tuple[LikelyLead, ...]:
    """The most likely leads of a sale, the likeliest first; the nearer one of two that are equally likely."""
    by_lead: dict[str, list[LeadSign]] = {}
    for sign in signs:
        by_lead.setdefault(sign.lead_id, []).append(sign)
    weighed = [(_weigh(sold_at, campaign, of_lead), of_lead[0]) for of_lead in by_lead.values()]
    told = [pair for pair in weighed if pair[0].points > 0]
    told.sort(key=lambda pair: (-pair[0].points, abs(sold_at - pair[1].at), pair[0].lead_id))
    return tuple(likely for likely, _ in told[:how_many])


def _weigh(sold_at: datetime, campaign: str | None, of_lead: list[LeadSign]) -> LikelyLead:
    lead = of_lead[0]
    ties = sorted({sign.tie for sign in of_lead if sign.tie}, key=lambda tie: -_TIES[tie])
    points, said = (_TIES[ties[0]], list(ties)) if ties else (0, [])
    shared = _shared_words(campaign, lead.campaign)
    if shared > 0:
        points += round(_WORDS * shared)
        said.append("words")
    gap = sold_at - lead.at
    if gap < timedelta(0):
        points -= _AFTER
        said.append("after")
    elif gap < _FAR:
        points += round(_NEAR * (1 - gap / _FAR))
        said.append("near")
    if lead.team is None:
        points -= _NO_TEAM
    return LikelyLead(lead.lead_id, points, tuple(said))


def _shared_words(one: str | None, other: str | None) -> float:
    """The share of words two campaign names have in common, 0 to 1."""
    mine, theirs = set(split_words(one)), set(split_words(other))
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0
