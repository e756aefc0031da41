"""The marks in a text that a person pasted: a link, a part of one, or a bare ``utm_source``."""

from urllib.parse import parse_qs, urlsplit

from core.records import Utm
from core.wire_values import utm_from_link

# Where Facebook and Instagram send a click through; the page itself stands in ``u``.
_PASSED_THROUGH = ("l.facebook.com", "lm.facebook.com", "l.instagram.com")


def read_marks(text: str) -> Utm:
    """The marks of a link or of ``utm_source=…&utm_medium=…`` (also one a line); one bare word is a source.

    A link copied from a post leads through Facebook first: its marks are those of the page behind.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    joined = _page_behind("&".join(line.strip("&;,") for line in lines))
    if "?" in joined:
        return utm_from_link(joined)
    if "=" in joined:
        return utm_from_link(f"?{joined.lstrip('#')}")
    return Utm(source=joined or None) if "://" not in joined else Utm()


def _page_behind(link: str) -> str:
    try:
        parts = urlsplit(link)
        if parts.hostname in _PASSED_THROUGH:
            return parse_qs(parts.query).get("u", [link])[0]
    except ValueError:    # a broken address, such as half of one in brackets
        return link
    return link
