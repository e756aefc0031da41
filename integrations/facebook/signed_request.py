"""What Facebook itself sends to our callbacks: ``signed_request``, believed only with the application's signature."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

ALGORITHM = "HMAC-SHA256"
_LONGEST = 8192
_SKEW_SECONDS = 300


@dataclass(frozen=True)
class SignedRequest:
    """A person of Facebook (id for this application) and when Facebook said so."""

    user_id: str
    issued_at: datetime


class BadSignature(Exception):
    """It is not Facebook who sent it."""


def read_signed_request(text: str, app_secret: str, now: datetime) -> SignedRequest:
    """The content of a ``signed_request``.

    Raises: BadSignature for a wrong form, signature, algorithm, or a time that has not come yet.
    """
    signature, separator, payload = text.partition(".")
    if not separator or len(text) > _LONGEST:
        raise BadSignature
    expected = hmac.new(app_secret.encode(), payload.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(_decode(signature), expected):
        raise BadSignature
    try:
        content = json.loads(_decode(payload))
    except (ValueError, RecursionError):
        raise BadSignature from None
    if not isinstance(content, dict) or str(content.get("algorithm", "")).upper() != ALGORITHM:
        raise BadSignature
    user_id, issued_at = content.get("user_id"), content.get("issued_at")
    if isinstance(user_id, bool) or not isinstance(user_id, str | int) or not str(user_id):
        raise BadSignature
    if isinstance(issued_at, bool) or not isinstance(issued_at, int) or not (
            0 < issued_at <= now.timestamp() + _SKEW_SECONDS):
        raise BadSignature
    return SignedRequest(str(user_id), datetime.fromtimestamp(issued_at, UTC))


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise BadSignature from None
