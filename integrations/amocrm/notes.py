"""Reads the marks that quiz builders write as text into a note of a deal; a note says nothing else about its deal.

Invariant: only what is plainly marked counts: lines named ``utm_…``, lines below a heading of UTM marks, the marks of a
link. What people write to each other is never taken for a source.
"""

import re
from html import unescape

from core.records import Utm
from core.wire_values import link_marks, utm_from_link
from integrations.amocrm.fields import Marks

_MARKS = ("source", "medium", "campaign", "content", "term", "id")
_LONGEST = 20_000           # characters; the marks of a quiz stand in far less
_HEADING = re.compile(r"\W*utm\b[\w\s-]{0,20}:?\s*", re.IGNORECASE)
_NAMED = re.compile(r"\s*(utm_)?(source|medium|campaign|content|term|id)\s*[:=]\s*(.*\S)\s*", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


def read_note_marks(text: str | None) -> Marks:
    """The marks of a note: of its lines, else of the first link that has any; the click id of a link beside either."""
    shortened = unescape((text or "")[:_LONGEST])
    utm, links = _of_lines(shortened), _LINK.findall(shortened)
    if utm.is_empty:
        utm = next((found for found in map(utm_from_link, links) if not found.is_empty), utm)
    fbclid = next((found for link in links if (found := link_marks(link).get("fbclid"))), None)
    return Marks(utm, fbclid if not utm.is_empty else None)


def bare_note(text: str | None) -> str:
    """A note with nothing but its UTM marks, read again as the same; empty without any."""
    marks = vars(read_note_marks(text).utm)
    return "\n".join(f"utm_{name}: {mark}" for name, mark in marks.items() if mark)


def _of_lines(text: str) -> Utm:
    """Of a mark told twice the first one; a heading holds for the lines below it until another kind of line."""
    found: dict[str, str] = {}
    below_heading = False
    for line in text.splitlines():
        named = _NAMED.fullmatch(line)
        if named and (named[1] or below_heading):
            found.setdefault(named[2].lower(), named[3])
        elif line.strip():
            below_heading = _HEADING.fullmatch(line) is not None
    return Utm(**{mark: found.get(mark) for mark in _MARKS})
