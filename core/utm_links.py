"""Links with marks: base address and template become the finished link, checked before money is spent on it.

Invariant: whose sale it will be is said by ``core/attribution.py`` itself. A macro that Facebook fills in later stands
for an unknown value and decides nothing; a mark in the base address is replaced by that of the template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from core.attribution import Touch, attribute_touch
from core.attribution_rules import Rules
from core.records import Utm

MARKS = ("source", "medium", "campaign", "content", "term", "id")
MACROS = ("campaign.name", "campaign.id", "adset.name", "adset.id", "ad.name", "ad.id", "placement",
          "site_source_name")
DEFAULT_SOURCE, DEFAULT_MEDIUM = "facebook", "cpc"
USUAL_MARKS = {"campaign": "{{campaign.name}}", "content": "{{ad.name}}", "term": "{{adset.name}}", "id": "{{ad.id}}"}
LONGEST_LINK = 2048
LONGEST_MARK = 200
MOST_TEMPLATES = 50
MOST_ADS = 500
_MACRO = re.compile(r"\{\{([^{}]*)\}\}")


@dataclass(frozen=True)
class UtmTemplate:
    """A named set of marks beside source and medium; ``medium`` empty means the person's usual one."""

    name: str
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    id: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whose a sale by these marks will be: ``own``, ``other``, ``nobody`` or ``ambiguous``, and by which step."""

    outcome: str
    method: str | None = None


@dataclass(frozen=True)
class AdRow:
    """A line of a batch: the ad, its ad set and campaign, and a source of its own when it is to have one."""

    ad: str
    adset: str = ""
    campaign: str = ""
    source: str = ""


def base_flaw(base: str) -> str | None:
    """The key of the sentence that refuses a base address; ``None`` when it will do."""
    if not base.strip():
        return "utm.base_empty"
    try:
        parts = urlsplit(base.strip())
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "utm.base_form"
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or any(map(str.isspace, base.strip())):
        return "utm.base_form"
    return "utm.base_macro" if _MACRO.search(base) else None


def mark_flaw(value: str) -> str | None:
    """The key of the sentence that refuses a mark; ``None`` when it will do."""
    if len(value) > LONGEST_MARK:
        return "utm.mark_long"
    if any(name not in MACROS for name in _MACRO.findall(value)) or "{{" in _MACRO.sub("", value):
        return "utm.mark_macro"
    if any(ord(letter) < 32 for letter in value):
        return "utm.mark_letters"
    return None


def source_flaw(value: str) -> str | None:
    """The key of the sentence that refuses a source or a medium."""
    if not value.strip():
        return "utm.source_empty"
    if re.search(r"\s", value.strip()) or "{{" in value or "&" in value or "=" in value:
        return "utm.source_form"
    return mark_flaw(value)


def build_link(base: str, marks: Mapping[str, str]) -> str:
    """The finished link: marks replace those of the base, macros stay readable, the rest is encoded."""
    parts = urlsplit(base.strip())
    ours = {f"utm_{name}" for name in MARKS}
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name.lower() not in ours]
    query = "&".join(filter(None, (urlencode(kept, quote_via=quote), marks_query(marks))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def marks_query(marks: Mapping[str, str]) -> str:
    """The marks alone, as Facebook's field of URL parameters takes them."""
    return "&".join(f"utm_{name}={_encode(marks[name].strip())}" for name in MARKS if marks.get(name, "").strip())


def _encode(value: str) -> str:
    """Percent-encoded but for macros, which Facebook must recognise."""
    pieces, at = [], 0
    for macro in _MACRO.finditer(value):
        pieces += [quote(value[at:macro.start()], safe=""), macro[0]]
        at = macro.end()
    return "".join([*pieces, quote(value[at:], safe="")])


def fill_macros(value: str, known: Mapping[str, str]) -> str:
    """The mark as it arrives: macros replaced by known values, others left standing."""
    return _MACRO.sub(lambda macro: known.get(macro[1], macro[0]), value)


def judge(marks: Mapping[str, str], own_slug: str | None, day: date, rules: Rules) -> Verdict:
    """Whose a lead with these marks will be on a day, seen by the team ``own_slug``."""
    known = {name: value.strip() for name, value in marks.items() if value.strip() and not _MACRO.search(value)}
    found = attribute_touch(Touch(Utm(**known), day), rules)
    if found.reason == "ambiguous":
        return Verdict("ambiguous")
    if found.team_slug is None:
        return Verdict("nobody")
    return Verdict("own" if found.team_slug == own_slug else "other", found.method)


def parse_ads(pasted: str) -> tuple[AdRow, ...]:
    """Ads as they are pasted from a table: ad, ad set, campaign, source in columns split by tab or ``;``."""
    rows = []
    for line in pasted.splitlines()[:MOST_ADS]:
        cells = [cell.strip() for cell in re.split(r"\t|;", line)]
        if any(cells):
            rows.append(AdRow(*(*cells, "", "", "")[:4]))
    return tuple(rows)


def marks_of_ad(template: Mapping[str, str], ad: AdRow) -> dict[str, str]:
    """The marks of one ad: names filled in where they are known, its own source where it has one."""
    names = {"ad.name": ad.ad, "adset.name": ad.adset, "campaign.name": ad.campaign}
    known = {name: value for name, value in names.items() if value}
    filled = {name: fill_macros(value, known) for name, value in template.items()}
    return {**filled, "source": ad.source} if ad.source else filled
