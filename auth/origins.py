"""Where a request comes from and where an answer may send the browser: closed to other sites."""

import re
from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")
MAX_NEXT = 2000


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """A path on this site to go to; anything a browser could read as another site becomes ``otherwise``."""
    if address and len(address) <= MAX_NEXT and _OWN_PATH.fullmatch(address):
        return address
    return otherwise


def is_cross_site(request: Request, public_url: str) -> bool:
    """Whether a browser says that another site made it send this request.

    Browsers set these headers themselves and pages cannot change them. A request without any of them was not sent by
    a browser of today, so nobody's cookie was borrowed for it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if source is None:
        return False
    return _origin(source) not in {_origin(public_url), _origin(request.host_url)}


def _origin(address: str) -> tuple[str, str] | None:
    """Scheme and host with port; ``null`` and unreadable addresses have none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return (parts.scheme.lower(), parts.netloc.lower()) if parts.scheme and parts.netloc else None
