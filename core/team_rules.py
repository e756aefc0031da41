"""What a team may be called and look like, and by which marks it may be known.

Invariant: no two teams look alike in a list or in an address, and no mark that already counts for one team becomes
another's by a new name.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.attribution import Touch, decide_by_marks
from core.attribution_rules import Rules
from core.colours import READABLE, contrast_on_page, is_colour
from core.emoji import is_one_emoji
from core.records import Team, Utm
from core.rule_book import Flaw
from core.team_names import (
    LONGEST_NAME,
    LONGEST_SLUG,
    RESERVED,
    SLUG,
    SOURCE_PREFIX,
    foreign_letters,
    propose_slug,
    skeleton,
)

LONGEST_MARK = 100


@dataclass(frozen=True)
class TeamDraft:
    """A team as somebody typed it; ``slug`` is ``None`` when it is not to be asked about (it never changes)."""

    name: str
    color: str
    emoji: str
    utm_source: str
    utm_medium: str = "cpc"
    slug: str | None = None


def team_flaws(draft: TeamDraft, rules: Rules, day: date, own: Team | None = None) -> list[Flaw]:
    """Everything that stands against a new team, or against the change of ``own``; ``day`` is today."""
    others = [team for team in rules.teams if own is None or team.id != own.id]
    found = [_source_flaw(draft.utm_source, others, rules, day, own), _medium_flaw(draft.utm_medium)]
    if draft.slug is not None:
        found.insert(0, _slug_flaw(draft.slug, others, rules, day))
    return [*look_flaws(draft.name, draft.color, draft.emoji, others), *(flaw for flaw in found if flaw is not None)]


def look_flaws(name: str, color: str, emoji: str, others: Iterable[Team]) -> list[Flaw]:
    """What stands against a name, colour and emoji beside those of the other teams."""
    found = (_name_flaw(name, others), _colour_flaw(color), _emoji_flaw(emoji))
    return [flaw for flaw in found if flaw is not None]


def merge_flaw(source: Team, target: Team | None) -> Flaw | None:
    """Why one team cannot be taken in by another; ``None`` when it can."""
    if target is None:
        return Flaw("into", "teams.merge.unknown", {})
    if source.id == target.id:
        return Flaw("into", "teams.merge.same", {})
    if source.merged_into is not None:
        return Flaw("into", "teams.merge.again", {"team": source.name})
    return None if target.is_active else Flaw("into", "teams.merge.archived", {"team": target.name})


def _name_flaw(name: str, others: Iterable[Team]) -> Flaw | None:
    if not name.strip():
        return Flaw("name", "teams.name.empty", {})
    if len(name.strip()) > LONGEST_NAME:
        return Flaw("name", "teams.name.long", {"most": LONGEST_NAME})
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        return Flaw("name", "teams.name.hidden", {})
    looks = skeleton(name)
    if not looks:
        return Flaw("name", "teams.name.no_letters", {})
    twin = next((team for team in others if skeleton(team.name) == looks), None)
    return Flaw("name", "teams.name.taken" if twin.is_active else "teams.name.archived",
                {"team": twin.name}) if twin else None


def _slug_flaw(slug: str, others: Iterable[Team], rules: Rules, day: date) -> Flaw | None:
    if not slug:
        return Flaw("slug", "teams.slug.empty", {})
    foreign = foreign_letters(slug)
    if foreign:
        return Flaw("slug", "teams.slug.foreign", {"letters": foreign, "proposal": propose_slug(slug) or "—"})
    if len(slug) > LONGEST_SLUG:
        return Flaw("slug", "teams.slug.long", {"most": LONGEST_SLUG})
    if SLUG.fullmatch(slug) is None or slug in RESERVED:
        return Flaw("slug", "teams.slug.form", {})
    twin = next((team for team in others if skeleton(team.slug) == skeleton(slug)), None)
    if twin is not None:
        return Flaw("slug", "teams.slug.taken", {"team": twin.name, "slug": twin.slug})
    return _counted("slug", SOURCE_PREFIX + slug, others, rules, day)


def _source_flaw(source: str, others: Iterable[Team], rules: Rules, day: date, own: Team | None) -> Flaw | None:
    if not source:
        return Flaw("utm_source", "teams.source.empty", {})
    if len(source) > LONGEST_MARK:
        return Flaw("utm_source", "teams.mark.long", {"most": LONGEST_MARK})
    if any(letter.isspace() or letter in "&?#=%+" for letter in source):
        return Flaw("utm_source", "teams.source.form", {})
    foreign = foreign_letters(source)
    if foreign:
        return Flaw("utm_source", "teams.source.foreign", {"letters": foreign})
    twin = next((team for team in others if skeleton(team.utm_source) == skeleton(source)), None)
    if twin is not None:
        return Flaw("utm_source", "teams.source.taken", {"team": twin.name, "source": twin.utm_source})
    return _counted("utm_source", source, others, rules, day)


def _counted(field: str, source: str, others: Iterable[Team], rules: Rules, day: date) -> Flaw | None:
    """The real rules are asked: a mark they give to another team is not free."""
    found = decide_by_marks(Touch(Utm(source=source), day), rules)
    if found is None:
        return None
    names = {team.slug: team.name for team in others}
    slugs = (found.team_slug,) if found.team_slug else found.candidates
    owners = [names[slug] for slug in slugs if slug in names]
    return Flaw(field, "teams.source.counted", {"source": source, "team": ", ".join(owners)}) if owners else None


def _medium_flaw(medium: str) -> Flaw | None:
    if not medium:
        return Flaw("utm_medium", "teams.medium.empty", {})
    if len(medium) > LONGEST_MARK:
        return Flaw("utm_medium", "teams.mark.long", {"most": LONGEST_MARK})
    spoils = any(letter.isspace() or letter in "&?#=%+" for letter in medium)
    return Flaw("utm_medium", "teams.source.form", {}) if spoils else None


def _colour_flaw(colour: str) -> Flaw | None:
    if not is_colour(colour):
        return Flaw("color", "teams.color.form", {})
    contrast = contrast_on_page(colour)
    return Flaw("color", "teams.color.dark", {"contrast": contrast, "least": READABLE}) if contrast < READABLE else None


def _emoji_flaw(emoji: str) -> Flaw | None:
    if not emoji:
        return Flaw("emoji", "teams.emoji.empty", {})
    return None if is_one_emoji(emoji) else Flaw("emoji", "teams.emoji.one", {})
