"""To whom a campaign's spend belongs, day by day: rules have periods, so a campaign may be handed on.

Invariant: the periods of a campaign cover all of time in order, without gap or overlap, and neighbours differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.attribution import Attribution, attribute_campaign
from core.attribution_rules import Alias, Binding, CampaignRef, Rules, bare_id
from core.campaign_words import split_words


@dataclass(frozen=True)
class CampaignPeriod:
    """The verdict about a campaign's spend from ``first`` to ``last``, both included."""

    first: date
    last: date
    verdict: Attribution


def campaign_periods(campaign: CampaignRef, rules: Rules) -> tuple[CampaignPeriod, ...]:
    """The verdicts about a campaign over all of time; one period when no rule that concerns it has dates."""
    starts = sorted({date.min, *_turns(campaign, rules)})
    periods: list[CampaignPeriod] = []
    for place, first in enumerate(starts):
        last = starts[place + 1] - timedelta(days=1) if place + 1 < len(starts) else date.max
        verdict = attribute_campaign(campaign, first, rules)
        if periods and periods[-1].verdict == verdict:
            periods[-1] = CampaignPeriod(periods[-1].first, last, verdict)
        else:
            periods.append(CampaignPeriod(first, last, verdict))
    return tuple(periods)


def verdict_on(periods: tuple[CampaignPeriod, ...], day: date) -> Attribution:
    """The verdict of a day."""
    return next(period.verdict for period in periods if period.first <= day <= period.last)


def _turns(campaign: CampaignRef, rules: Rules) -> Iterator[date]:
    """The days on which a rule that concerns the campaign begins, or is over for the first time."""
    for rule in _concerning(campaign, rules):
        if rule.valid_from is not None:
            yield rule.valid_from
        if rule.valid_to is not None and rule.valid_to < date.max:
            yield rule.valid_to + timedelta(days=1)


def _concerning(campaign: CampaignRef, rules: Rules) -> Iterator[Alias | Binding]:
    yield from rules.token_aliases.find(split_words(campaign.name))
    for key in (("campaign", bare_id(campaign.external_id)), ("account", bare_id(campaign.account_id))):
        yield from rules.bindings_by_object.get(key, ())
