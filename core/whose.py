"""Which team marks belong to and why, in words: the real rules asked one by one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.attribution import Attribution, Touch, attribute_touch, decide_each
from core.attribution_rules import Rules
from core.records import Team, Utm
from core.texts import t


@dataclass(frozen=True)
class RuleSays:
    """What one rule says of the marks: ``outcome`` is decided, ambiguous, lost or silent."""

    method: str
    outcome: str
    teams: tuple[str, ...]

    @property
    def title(self) -> str:
        """The rule in words."""
        return t(f"whose.rule.{self.method}")

    def message(self, names: dict[str, str]) -> str:
        """What it says in words."""
        return t(f"whose.outcome.{self.outcome}", teams=", ".join(names.get(slug, slug) for slug in self.teams))


@dataclass(frozen=True)
class Whose:
    """The verdict, the marks it is about, and what each rule says."""

    marks: Utm
    found: Attribution
    team: Team | None
    says: tuple[RuleSays, ...]
    names: dict[str, str]

    @property
    def message(self) -> str:
        """The verdict in words."""
        if self.team is not None:
            return t(f"whose.why.{self.found.method}", source=self.marks.source or "—",
                     campaign=self.marks.campaign or "—")
        return t(f"whose.reason.{self.found.reason}",
                 teams=", ".join(self.names.get(slug, slug) for slug in self.found.candidates))

    def to_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"team": self.found.team_slug, "name": self.team.name if self.team else None,
                "method": self.found.method, "confidence": self.found.confidence, "reason": self.found.reason,
                "message": self.message,
                "marks": {f"utm_{name}": value for name, value in vars(self.marks).items()},
                "steps": [{"method": one.method, "outcome": one.outcome, "teams": list(one.teams), "title": one.title,
                           "message": one.message(self.names)} for one in self.says]}


def explain(marks: Utm, day: date, rules: Rules) -> Whose:
    """Ask every rule about marks of a day."""
    touch = Touch(marks, day)
    found = attribute_touch(touch, rules)
    says: list[RuleSays] = []
    is_over = False
    for method, answer in decide_each(touch, rules):
        if answer is None:
            says.append(RuleSays(method, "silent", ()))
            continue
        teams = (answer.team_slug,) if answer.team_slug else answer.candidates
        outcome = "lost" if is_over else ("decided" if answer.team_slug else "ambiguous")
        says.append(RuleSays(method, outcome, teams))
        is_over = True
    names = {team.slug: team.name for team in rules.teams}
    return Whose(marks, found, next((team for team in rules.teams if team.slug == found.team_slug), None),
                 tuple(says), names)
