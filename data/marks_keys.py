"""Attribution by keys: each question that rules can be asked once, its answer joined to every row that asks it.

Invariant: two rows with one key get the same answer from ``core.attribution`` for as long as the rules are the same;
the key holds all that rules look at, and days only as far as rules begin or end on them (``marks_key`` in SQL).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import Any

from core.attribution import Attribution, Touch, attribute_touch, decide_by_marks, match_campaign
from core.attribution_rules import Rules, bare_id
from core.records import Utm
from data.settling import TeamNames, as_json

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

    def lead_answers(self, keys: Iterable[str]) -> "Answers":
        """What is decided about leads with these keys; each is asked once, however often it comes."""
        return self._of_leads.to(keys)

    def deal_answers(self, keys: Iterable[str]) -> "Answers":
        """What own marks decide about deals with these keys; ``decided`` is false where the person is asked."""
        return self._of_deals.to(keys)

    @cached_property
    def _of_leads(self) -> "_Asked":
        return _Asked(lambda key: self._row(attribute_touch(self.touch(key), self.rules)))

    @cached_property
    def _of_deals(self) -> "_Asked":
        return _Asked(self._deal_row)

    def _deal_row(self, key: str) -> dict[str, Any]:
        touch = self.touch(key)
        found = decide_by_marks(touch, self.rules)
        named = match_campaign(touch.utm, self.rules) if found is None else None
        left = Attribution(None, campaign_id=named.id if named else None)
        return {**self._row(found or left), "decided": found is not None}

    def _row(self, found: Attribution) -> dict[str, Any]:
        return {"team_id": self.names.id_of(found.team_slug), "method": found.method, "confidence": found.confidence,
                "rule_id": found.rule_id, "reason": found.reason, "candidates": list(found.candidates),
                "campaign_id": found.campaign_id, "decided": True}


@dataclass(frozen=True)
class Answers:
    """Answers to many keys, of which few differ: each once as a row with its ``number``, and the number of each key."""

    keys: list[str]
    numbers: list[int]
    rows: dict[int, dict[str, Any]]

    @property
    def parameters(self) -> dict[str, Any]:
        """What SQL needs to join them: rows for ``jsonb_to_recordset``, and two lists of one length for ``unnest``."""
        return {"answers": as_json([{"number": number, **row} for number, row in self.rows.items()]),
                "answer_keys": self.keys, "answer_numbers": self.numbers}

    def of_keys(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each key with its answer."""
        return zip(self.keys, (self.rows[number] for number in self.numbers), strict=True)


class _Asked:
    """The answers that were given so far; several threads may ask."""

    def __init__(self, ask: Callable[[str], dict[str, Any]]) -> None:
        self._ask = ask
        self._rows: list[dict[str, Any]] = []
        self._number_of_row: dict[tuple[Any, ...], int] = {}
        self._number_of_key: dict[str, int] = {}
        self._lock = Lock()

    def to(self, keys: Iterable[str]) -> Answers:
        asked = list(keys)
        with self._lock:
            numbers = [self._number(key) for key in asked]
        return Answers(asked, numbers, {number: self._rows[number] for number in set(numbers)})

    def _number(self, key: str) -> int:
        known = self._number_of_key.get(key)
        if known is not None:
            return known
        row = self._ask(key)
        number = self._number_of_row.setdefault(tuple(map(str, row.values())), len(self._rows))
        if number == len(self._rows):
            self._rows.append(row)
        return self._number_of_key.setdefault(key, number)
