"""What a change of the rules can reach: the marks whose answer it may alter, so that all others need not be asked.

Invariant: marks that are not reached get the same team from both rules, on every day. More may be reached than moves.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.attribution_rules import Binding, Rules, bare_id, clean
from core.campaign_words import split_words
from core.records import Utm


@dataclass(frozen=True)
class Reach:
    """Sources, ids of the platform and words of campaign names, in lower case and without blanks around them."""

    sources: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """True when nothing can move."""
        return not (self.sources or self.ids or self.words)

    def covers(self, utm: Utm) -> bool:
        """True when the answer to these marks may be another one."""
        named = {bare_id(mark) for mark in (utm.id, utm.campaign, utm.content) if mark}
        campaign = (utm.campaign or "").lower()
        return clean(utm.source) in self.sources or bool(named & self.ids) or any(
            word in campaign for word in self.words)


def find_reach(before: Rules, after: Rules) -> Reach | None:
    """What the change between two rules can reach; ``None`` when it is no matter of marks: everything has to be asked.

    ``before`` has the campaigns with the teams they have now.
    """
    if before.teams != after.teams or before.look_back_days != after.look_back_days:
        return None
    aliases = set(before.aliases) ^ set(after.aliases)
    sources = {source for alias in aliases if (source := clean(alias.utm_source))}
    words = {token[0] for alias in aliases if not clean(alias.utm_source)
             and (token := split_words(alias.campaign_token))}
    ids = _ids(set(before.bindings) ^ set(after.bindings), before, after)
    return Reach(frozenset(sources), frozenset(ids), frozenset(words))


def _ids(bindings: Iterable[Binding], before: Rules, after: Rules) -> Iterable[str]:
    """Objects bound otherwise, and the campaigns that have another team or may have one."""
    changed = set(bindings)
    accounts = {bare_id(one.external_id) for one in changed if one.kind == "account"}
    yield from (bare_id(one.external_id) for one in changed if one.kind != "account")
    former = {one.external_id: one for one in before.campaigns}
    for campaign in after.campaigns:
        is_same = former.get(campaign.external_id) == campaign
        if campaign.is_split or not is_same or bare_id(campaign.account_id) in accounts:
            yield bare_id(campaign.external_id)


