"""The UTM tags of a live ad, and what is wrong with them before the first click is lost.

Invariant: pure. An ad that leads to no page of ours is never wrong; a source that attribution gives to the ad's own
team is never wrong. Facebook lets ``url_tags`` replace what the link itself says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from core.attribution import Touch, decide_each
from core.attribution_rules import Rules, clean
from core.records import Team, Utm

TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
REQUIRED = ("utm_source", "utm_medium", "utm_campaign")
MACROS = frozenset({"campaign.id", "campaign.name", "adset.id", "adset.name", "ad.id", "ad.name", "placement",
                    "site_source_name"})
NAMED = ("campaign", "adset", "ad")     # whose names Facebook freezes when the ad is first published
_BY_SOURCE = frozenset({"utm_exact", "alias", "fb_slug"})
_MACRO = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What other systems and tired hands write for a macro: {x}, {{x}, [campaign.name], __CAMPAIGN_NAME__.
_STRANGE = re.compile(r"[{}]|\[[a-z]+[._][a-z]+\]|__[A-Z][A-Z_]*__")
_OWN_PLACES = re.compile(r"(^|\.)(facebook\.com|fb\.com|fb\.me|m\.me|instagram\.com|wa\.me|whatsapp\.com)$")
_NEAR = 2                               # so many wrong, missing or swapped letters are a slip of the hand


class TagFault(StrEnum):
    """What is wrong with a tag."""

    MISSING = "missing"
    FOREIGN = "foreign"
    TYPO = "typo"
    UNKNOWN = "unknown"
    MACRO = "macro"
    FROZEN = "frozen"


@dataclass(frozen=True)
class LiveAd:
    """An ad that runs, with the tags and links of its creative as Facebook tells them."""

    id: str
    account_id: str
    campaign_id: str
    adset_id: str | None
    name: str
    adset_name: str = ""
    effective_status: str | None = None
    creative_id: str | None = None
    url_tags: str | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class TagError:
    """One fault of one tag: what stands there, and what should (``None``: nothing, or nobody can say)."""

    fault: TagFault
    tag: str
    found: str | None
    expected: str | None = None


@dataclass(frozen=True)
class AdNames:
    """The names of an ad and of what it lies in: ``published`` as far back as they are known, ``current`` now."""

    published: Mapping[str, str] = field(default_factory=dict)
    current: Mapping[str, str] = field(default_factory=dict)


def click_tags(link: str, url_tags: str | None) -> dict[str, str]:
    """The UTM tags of a click: the query of the link, replaced and completed by ``url_tags``."""
    try:
        query = urlsplit(link).query
    except ValueError:
        query = link.partition("?")[2].partition("#")[0]
    pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl((url_tags or "").lstrip("?&"), keep_blank_values=True)
    return {name.lower(): value.strip() for name, value in pairs if name.lower() in TAGS}


def tags_of_links(ad: LiveAd) -> tuple[dict[str, str], ...]:
    """The tags of every link that leads to a page of ours; of ``url_tags`` alone when the links are not told."""
    links = [link for link in ad.links if not _is_facebooks_own(link)]
    if not links:
        return (click_tags("", ad.url_tags),) if ad.url_tags and not ad.links else ()
    return tuple(click_tags(link, ad.url_tags) for link in links)


def lint_ad(ad: LiveAd, team: Team | None, rules: Rules, day: date,
            names: AdNames | None = None) -> tuple[TagError, ...]:
    """What is wrong with the tags of an ad whose campaign belongs to ``team`` (``None``: to nobody) on a day.

    Each fault of a tag stands once, however many links of the ad have it.
    """
    found: dict[tuple[TagFault, str], TagError] = {}
    for tags in tags_of_links(ad):
        for error in _lint(tags, team, rules, day, names or AdNames()):
            found.setdefault((error.fault, error.tag), error)
    return tuple(found.values())


def _lint(tags: Mapping[str, str], team: Team | None, rules: Rules, day: date, names: AdNames) -> Iterator[TagError]:
    for tag in TAGS:
        value = tags.get(tag)
        if not value:
            if tag in REQUIRED:
                yield TagError(TagFault.MISSING, tag, None, _expected(tag, team))
        elif is_broken_macro(value):
            yield TagError(TagFault.MACRO, tag, value, _nearest_macro(value))
        elif tag == "utm_source" and not _MACRO.search(value):
            yield from _lint_source(value, tags, team, rules, day)
        else:
            yield from _frozen_names(tag, value, names)


def _lint_source(value: str, tags: Mapping[str, str], team: Team | None, rules: Rules, day: date) -> Iterator[TagError]:
    owner = _owner(tags, rules, day)
    if team is None or owner == team.slug:
        return
    expected = _expected("utm_source", team)
    if owner is not None:
        yield TagError(TagFault.FOREIGN, "utm_source", value, expected)
    elif any(_distance(value.lower(), own) <= _NEAR for own in _own_sources(team)):
        yield TagError(TagFault.TYPO, "utm_source", value, expected)
    else:
        yield TagError(TagFault.UNKNOWN, "utm_source", value, expected)


def _owner(tags: Mapping[str, str], rules: Rules, day: date) -> str | None:
    """The team that attribution gives a source to, by the source alone and the medium beside it."""
    touch = Touch(Utm(source=tags.get("utm_source"), medium=tags.get("utm_medium")), day)
    for method, verdict in decide_each(touch, rules):
        if method in _BY_SOURCE and verdict is not None:
            return verdict.team_slug
    return None


def _own_sources(team: Team) -> set[str]:
    return {own for own in (clean(team.utm_source), f"fb_{team.slug.lower()}") if own}


def _expected(tag: str, team: Team | None) -> str | None:
    if tag == "utm_campaign":
        # An id cannot be frozen by a rename, a name can.
        return "{{campaign.id}}"
    return (team.utm_source or f"fb_{team.slug}") if team is not None and tag == "utm_source" else None


def is_broken_macro(value: str) -> bool:
    """Whether a value holds a macro that Facebook will not replace."""
    if any(name not in MACROS for name in _MACRO.findall(value)):
        return True
    return bool(_STRANGE.search(_MACRO.sub("", value)))


def _nearest_macro(value: str) -> str | None:
    word = re.sub(r"[^a-z]+", ".", value.lower()).strip(".")
    near = min(sorted(MACROS), key=lambda name: _distance(word, name))
    return f"{{{{{near}}}}}" if _distance(word, near) <= _NEAR else None


def _frozen_names(tag: str, value: str, names: AdNames) -> Iterator[TagError]:
    for kind in NAMED:
        before, after = names.published.get(kind), names.current.get(kind)
        if before and after and before != after and f"{kind}.name" in _MACRO.findall(value):
            yield TagError(TagFault.FROZEN, tag, before, f"{{{{{kind}.id}}}}")
            return


def _is_facebooks_own(link: str) -> bool:
    try:
        host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
    except ValueError:
        return False
    return bool(_OWN_PLACES.search(host))


def _distance(one: str, other: str) -> int:
    """How many letters have to be changed, added, dropped or swapped with the next to make one of the other."""
    if abs(len(one) - len(other)) > _NEAR:
        return _NEAR + 1
    before: Sequence[int] = ()
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        earlier, before, row = before, row, [place]
        for at, wanted in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != wanted))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == wanted:
                cost = min(cost, earlier[at - 2] + 1)
            row.append(cost)
    return row[-1]
