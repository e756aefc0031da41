"""Where a visitor came from, out of the three places that tell it: own fields, Tilda's cookie, the page link.

Invariant: the marks of one lead come from one place, never mixed from two visits; of the cookie string nothing is read
but ``TILDAUTM``, ``_fbc`` and ``_fbp``.
"""

from dataclasses import dataclass
from urllib.parse import unquote

from core.bodies import clean_mark
from core.records import Utm
from core.wire_values import link_marks, utm_from_link
from integrations.landing.flat import FlatBody

_MARKS = ("source", "medium", "campaign", "content", "term", "id")


@dataclass(frozen=True)
class Touch:
    """The marks and click ids of one submission."""

    utm: Utm
    fbclid: str | None
    fbc: str | None
    fbp: str | None


def read_touch(body: FlatBody) -> Touch:
    """Own fields win over the cookie, the cookie over the page link."""
    own = _own_marks(body)
    cookies = _cookies(body.take("cookies"))
    link = body.take("link")
    utm = own
    if utm.is_empty:
        utm = _tilda_marks(cookies.get("TILDAUTM", ""))
    if utm.is_empty and link:
        utm = utm_from_link(link)
    return Touch(
        utm=utm,
        fbclid=body.take("fbclid") or (link_marks(link).get("fbclid") if link else None),
        fbc=body.take("fbc") or cookies.get("_fbc"),
        fbp=body.take("fbp") or cookies.get("_fbp"),
    )


def _own_marks(body: FlatBody) -> Utm:
    """``utm_source`` anywhere, ``source`` inside a block named ``utm``, or one text ``utm`` like a query."""
    found: dict[str, str | None] = {mark: clean_mark(body.take(f"utm_{mark}")) for mark in _MARKS}
    for dotted, _, text in body.fields:
        if dotted in body.mapped:
            continue
        *blocks, last = dotted.split(".")
        if last == "utm" and "=" in text:
            body.used.add(dotted)
            marks = link_marks("?" + text.lstrip("?"))
            for mark in _MARKS:
                found[mark] = found.get(mark) or marks.get(f"utm_{mark}")
            continue
        mark = last.removeprefix("utm_")
        if mark in _MARKS and (last != mark or (blocks and blocks[-1] == "utm")):
            body.used.add(dotted)
            found[mark] = found.get(mark) or clean_mark(text)
    return Utm(**found)


def _cookies(text: str | None) -> dict[str, str]:
    """The three cookies that may be read; every other one is dropped here."""
    wanted: dict[str, str] = {}
    for part in (text or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name in ("TILDAUTM", "_fbc", "_fbp") and value:
            wanted.setdefault(name, unquote(value).replace("\x00", ""))
    return wanted


def _tilda_marks(text: str) -> Utm:
    """``utm_source=a|||utm_medium=b|||``; some builders escape it (``|||amp;``) and leave the page's ``#anchor``."""
    found: dict[str, str | None] = {}
    for pair in (clean_mark(text) or "").split("|||"):
        name, _, value = pair.removeprefix("amp;").partition("=")
        mark = name.strip().lower().removeprefix("utm_")
        if mark in _MARKS and name.strip().lower().startswith("utm_"):
            found.setdefault(mark, clean_mark(value.partition("#")[0]))
    return Utm(**found)
