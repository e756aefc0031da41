"""The rules of attribution as one book: what a version keeps, what a change makes of it, what makes a change wrong.

Invariant: pure; a book is compared and stored by its text form, in which rules stand by id, so two books that mean the
same are the same. A change that breaks a rule of the book changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from core.attribution_rules import Alias, Binding, Rules, bare_id, clean
from core.campaign_words import split_words
from core.records import Team

SHORTEST_LOOK_BACK, LONGEST_LOOK_BACK = 1, 730
LONGEST_MARK = 200
KINDS = ("account", "campaign", "ad")


@dataclass(frozen=True)
class BookAlias:
    """An alias as it is kept: the rule, and why somebody wrote it."""

    rule: Alias
    note: str = ""


@dataclass(frozen=True)
class RuleBook:
    """Aliases (tokens included), bindings and the look-back in days; rules in order of their ids."""

    aliases: tuple[BookAlias, ...] = ()
    bindings: tuple[Binding, ...] = ()
    look_back_days: int = 90

    def rules(self, current: Rules) -> Rules:
        """Everything attribution goes by with this book; teams and campaigns are those of now."""
        known = {team.slug for team in current.teams}
        return replace(
            current, aliases=tuple(one.rule for one in self.aliases if one.rule.team_slug in known),
            bindings=tuple(one for one in self.bindings if one.team_slug in known), look_back_days=self.look_back_days)

    def to_json(self) -> dict[str, Any]:
        """The text form of a version."""
        return {"aliases": [{**_plain(one.rule), "note": one.note} for one in _by_id(self.aliases)],
                "bindings": [_plain(one) for one in sorted(self.bindings, key=lambda one: one.id)],
                "look_back_days": self.look_back_days}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "RuleBook":
        """The book of a version; what it does not know is as it was when nobody had changed it."""
        aliases = tuple(BookAlias(Alias(**_known(Alias, one)), str(one.get("note") or ""))
                        for one in kept.get("aliases", ()))
        bindings = tuple(Binding(**_known(Binding, one)) for one in kept.get("bindings", ()))
        return cls(aliases, bindings, int(kept.get("look_back_days", 90)))


@dataclass(frozen=True)
class RuleChange:
    """What to do to a book. A changed rule is given whole, under its id."""

    save_aliases: tuple[BookAlias, ...] = ()
    remove_aliases: tuple[str, ...] = ()
    save_bindings: tuple[Binding, ...] = ()
    remove_bindings: tuple[str, ...] = ()
    look_back_days: int | None = None


@dataclass(frozen=True)
class Flaw:
    """Why a change is refused: the field by its path, the key of the sentence, and what stands in it."""

    field: str
    key: str
    values: Mapping[str, Any]


class FlawedChange(Exception):
    """A change that is refused, with every reason."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("; ".join(f"{one.field}: {one.key}" for one in flaws))
        self.flaws = tuple(flaws)


def change_book(book: RuleBook, change: RuleChange, teams: Iterable[Team]) -> RuleBook:
    """The book after a change. Raises: FlawedChange."""
    by_slug = {team.slug: team for team in teams}
    aliases = {one.rule.id: one for one in book.aliases if one.rule.id not in change.remove_aliases}
    aliases |= {one.rule.id: one for one in change.save_aliases}
    bindings = {one.id: one for one in book.bindings if one.id not in change.remove_bindings}
    bindings |= {one.id: one for one in change.save_bindings}
    flaws = _unknown_rules(book, change)
    flaws += [flaw for number, one in enumerate(change.save_aliases)
             for flaw in _alias_flaws(f"aliases.{number}", one.rule, aliases.values(), by_slug)]
    flaws += [flaw for number, one in enumerate(change.save_bindings)
              for flaw in _binding_flaws(f"bindings.{number}", one, bindings.values(), by_slug)]
    days = book.look_back_days if change.look_back_days is None else change.look_back_days
    if not SHORTEST_LOOK_BACK <= days <= LONGEST_LOOK_BACK:
        flaws.append(Flaw("look_back_days", "rules.look_back", {"least": SHORTEST_LOOK_BACK,
                                                                  "most": LONGEST_LOOK_BACK}))
    if flaws:
        raise FlawedChange(flaws)
    return RuleBook(_by_id(aliases.values()), tuple(sorted(bindings.values(), key=lambda one: one.id)), days)


def _unknown_rules(book: RuleBook, change: RuleChange) -> list[Flaw]:
    """What is to be removed must be there."""
    known_aliases, known_bindings = {one.rule.id for one in book.aliases}, {one.id for one in book.bindings}
    lists = (("remove_aliases", change.remove_aliases, known_aliases),
             ("remove_bindings", change.remove_bindings, known_bindings))
    return [Flaw(f"{name}.{number}", "rules.unknown", {}) for name, ids, known in lists
            for number, one in enumerate(ids) if one not in known]


def _alias_flaws(place: str, alias: Alias, others: Iterable[BookAlias], teams: Mapping[str, Team]) -> list[Flaw]:
    flaws = _common_flaws(place, alias, teams)
    if not clean(alias.utm_source) and not clean(alias.campaign_token):
        flaws.append(Flaw(f"{place}.utm_source", "rules.alias_names_nothing", {}))
    if alias.campaign_token and not split_words(alias.campaign_token):
        flaws.append(Flaw(f"{place}.campaign_token", "rules.token_without_words", {"token": alias.campaign_token}))
    for name in ("utm_source", "utm_medium", "campaign_token", "funnel"):
        if len(getattr(alias, name) or "") > LONGEST_MARK:
            flaws.append(Flaw(f"{place}.{name}", "rules.too_long", {"most": LONGEST_MARK}))
    owner = next((team for team in teams.values() if clean(team.utm_source) == clean(alias.utm_source)), None)
    if owner is not None and clean(alias.utm_source):
        flaws.append(Flaw(f"{place}.utm_source", "rules.source_of_team", {"source": alias.utm_source,
                                                                          "team": owner.name}))
    for other in others:
        rule = other.rule
        if rule.id != alias.id and _same_conditions(rule, alias) and rule.team_slug in teams:
            key = "rules.alias_repeated" if rule.team_slug == alias.team_slug else "rules.alias_taken"
            flaws.append(Flaw(f"{place}.utm_source" if alias.utm_source else f"{place}.campaign_token", key,
                              {"team": teams[rule.team_slug].name}))
            break
    return flaws


def _same_conditions(one: Alias, other: Alias) -> bool:
    """True when no touch could tell the two apart on some day."""
    def conditions(alias: Alias) -> tuple[Any, ...]:
        return (clean(alias.utm_source), clean(alias.utm_medium), clean(alias.funnel),
                split_words(alias.campaign_token), alias.specificity, alias.priority if alias.utm_source else 0)

    return conditions(one) == conditions(other) and _overlap(one, other)


def _binding_flaws(place: str, binding: Binding, others: Iterable[Binding], teams: Mapping[str, Team]) -> list[Flaw]:
    flaws = _common_flaws(place, binding, teams)
    if binding.kind not in KINDS:
        flaws.append(Flaw(f"{place}.kind", "rules.binding_kind", {}))
    if not (bare_id(binding.external_id).isascii() and bare_id(binding.external_id).isdigit()):
        flaws.append(Flaw(f"{place}.external_id", "rules.binding_id", {}))
    for other in others:
        same = (other.kind, bare_id(other.external_id)) == (binding.kind, bare_id(binding.external_id))
        if other.id != binding.id and same and _overlap(other, binding) and other.team_slug in teams:
            key = "rules.binding_repeated" if other.team_slug == binding.team_slug else "rules.binding_taken"
            flaws.append(Flaw(f"{place}.external_id", key, {"team": teams[other.team_slug].name}))
            break
    return flaws


def _common_flaws(place: str, rule: Alias | Binding, teams: Mapping[str, Team]) -> list[Flaw]:
    flaws = []
    if rule.team_slug not in teams:
        flaws.append(Flaw(f"{place}.team", "rules.team_unknown", {"team": rule.team_slug}))
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        flaws.append(Flaw(f"{place}.valid_to", "rules.period", {}))
    return flaws


def _overlap(one: Alias | Binding, other: Alias | Binding) -> bool:
    return ((one.valid_from or date.min) <= (other.valid_to or date.max)
            and (other.valid_from or date.min) <= (one.valid_to or date.max))


def _by_id(aliases: Iterable[BookAlias]) -> tuple[BookAlias, ...]:
    return tuple(sorted(aliases, key=lambda one: one.rule.id))


def _plain(rule: Alias | Binding) -> dict[str, Any]:
    return {one.name: value.isoformat() if isinstance(value := getattr(rule, one.name), date) else value
            for one in fields(rule)}


def _known(kind: type[Alias] | type[Binding], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored rule, days read."""
    names = {one.name for one in fields(kind)}
    return {name: date.fromisoformat(value) if name in ("valid_from", "valid_to") and value else value
            for name, value in kept.items() if name in names}
