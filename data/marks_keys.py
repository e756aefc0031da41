"""Attribution by keys: each question that rules can be asked once, its answer joined to every row that asks it.

Invariant: two rows with one key get the same answer from ``core.attribution`` for as long as the rules are the same;
the key holds all that rules look at, and days only as far as rules begin or end on them (``marks_key`` in SQL).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from core.attribution import Attribution, Touch, attribute_touch, decide_by_marks, match_campaign
from core.attribution_rules import Rules, bare_id
from core.records import Utm
from data.settling import TeamNames

_PART = "\x1f"
_SOMETHING = "?"    # a mark of which only its presence matters


@dataclass(frozen=True)
class MarksKeys:
    """Keys of touches for these rules, and what the rules answer them."""

    rules: Rules

    @cached_property
    def names(self) -> TeamNames:
        """The teams of the rules."""
        return TeamNames(self.rules)

    @cached_property
    def starts(self) -> list[date]:
        """The days on which a rule begins, or has just ended, in order."""
        spans = [(rule.valid_from, rule.valid_to) for rule in self.rules.aliases]
        spans += [(rule.valid_from, rule.valid_to) for rule in self.rules.bindings]
        return sorted({first for first, _ in spans if first}
                      | {last + timedelta(days=1) for _, last in spans if last and last < date.max})

    @property
    def parameters(self) -> dict[str, Any]:
        """What the SQL function ``marks_key`` needs of the rules."""
        known = set(self.rules.campaigns_by_external_id)
        known |= {bare_id(binding.external_id) for binding in self.rules.bindings}
        return {"known": sorted(known), "starts": self.starts}

    def touch(self, key: str) -> Touch:
        """A touch that stands for all those of a key."""
        source, medium, campaign, content, number, is_marked, funnel, span = key.split(_PART)
        only = _SOMETHING if is_marked and not any((source, medium, campaign, content, number)) else None
        utm = Utm(source or None, medium or None, campaign or None, content or None, only, number or None)
        place = int(span)
        day = self.starts[place - 1] if place else (self.starts[0] - timedelta(days=1) if self.starts else date.max)
        return Touch(utm, day, funnel or None)

    def lead_answers(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """What is decided about leads with these keys, as rows; each is asked once, however often it comes."""
        return [self._of_leads.get(key) or self._of_leads.setdefault(
            key, {"key": key, **self._row(attribute_touch(self.touch(key), self.rules))}) for key in keys]

    @cached_property
    def _of_leads(self) -> dict[str, dict[str, Any]]:
        return {}

    def deal_answers(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """What own marks decide about deals with these keys; ``decided`` is false where the person is asked."""
        answers = []
        for key in keys:
            touch = self.touch(key)
            found = decide_by_marks(touch, self.rules)
            named = match_campaign(touch.utm, self.rules) if found is None else None
            left = Attribution(None, campaign_id=named.id if named else None)
            answers.append({"key": key, "decided": found is not None, **self._row(found or left)})
        return answers

    def _row(self, found: Attribution) -> dict[str, Any]:
        return {"team_id": self.names.id_of(found.team_slug), "method": found.method, "confidence": found.confidence,
                "rule_id": found.rule_id, "reason": found.reason, "candidates": list(found.candidates),
                "campaign_id": found.campaign_id}
