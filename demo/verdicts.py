"""Whose every deal of the demo company is, out of what the generator knows of its marks and its person.

The rules: the deal's own marks decide when they mean a team; two teams in them end the search (``ambiguous``). Else
the last attributed visit of the same person before the moment in question and at most 90 days old decides, e-mails
being asked only when the phone finds none; who is the same person is known from everything ever told; its campaign is
the deal's. Else nobody's: ``unknown_source`` when there are marks, ``no_person`` when there is a person, ``no_utm``
when there is neither. The moment is the sale, for a registration the creation of the deal.
The visit that brought a deal is the one that decided, else the person's last one before the moment, however old.
Invariant: no product code is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from demo.deals import LOOK_BACK, Deal
from demo.visits import Visit


@dataclass(frozen=True)
class DealVerdict:
    """A deal's team with its method, or the reason why there is none; ``campaign`` is the platform's id.

    ``visit`` is the visit that brought the deal, ``None`` when there was none.
    """

    team: str | None
    method: str | None
    confidence: str | None
    reason: str | None
    candidates: tuple[str, ...]
    campaign: str | None
    visit: Visit | None = None


def deal_verdict(deal: Deal, moment: datetime) -> DealVerdict:
    """Whose a deal is when asked about ``moment``."""
    mark, own = deal.mark, deal.mark.verdict
    has_marks = not mark.utm.is_empty
    campaign = mark.deal_campaign
    before = [visit for visit in deal.visits if visit.at < moment]
    brought = _last(deal, before)
    last = brought[0] if brought else None
    if has_marks and (own.team is not None or own.reason == "ambiguous"):
        return DealVerdict(own.team, own.method, own.confidence, own.reason, own.candidates, campaign, last)
    usable = [visit for visit in before if visit.mark.verdict.team is not None and visit.at >= moment - LOOK_BACK]
    found = _last(deal, usable)
    if found is not None:
        visit, confidence = found
        team = visit.mark.verdict.team
        return DealVerdict(team, "person_match", confidence, None, (), visit.mark.campaign or campaign, visit)
    reason = "unknown_source" if has_marks else "no_person" if deal.contact is not None else "no_utm"
    return DealVerdict(None, None, None, reason, (), campaign, last)


def _last(deal: Deal, visits: Sequence[Visit]) -> tuple[Visit, str] | None:
    """The last of these visits that the deal's card finds, with the confidence of the match.

    A phone on both is a sure sign. An e-mail is a weak one, whether the card carries it or only another visit or card
    tells whose it is.
    """
    card = deal.contact
    if card is None:
        return None
    is_chained = card.is_chained(deal.visits)
    sure = [visit for visit in visits if card.phone is not None and visit.has_phone]
    weak = [visit for visit in visits
            if (visit.has_email and (card.email is not None or is_chained))
            or (visit.has_phone and card.email is not None and is_chained)]
    if sure:
        return max(sure, key=lambda visit: visit.at), "medium"
    return (max(weak, key=lambda visit: visit.at), "low") if weak else None
