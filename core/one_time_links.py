"""Addresses that open something once: an invitation, a new password, the confirmation of an e-mail address.

Invariant: a stored message names a link by kind and id only. The token follows from the id by a keyed hash, so that
whoever reads the outbox opens nothing, and only whoever sends the message turns the name into an address.
"""

import base64
import hashlib
import hmac
import re
from typing import Protocol

INVITATION, RESET, CONFIRMATION = "invitation", "reset", "confirmation"
_PATHS = {INVITATION: "/invitation/", RESET: "/reset/", CONFIRMATION: "/confirm-email/"}
_MARK = re.compile(rf"\[\[account-link:({'|'.join(_PATHS)}):([0-9a-f-]{{36}})\]\]")


class LinkSettings(Protocol):
    """The part of the settings a link is made of."""

    @property
    def secret_key(self) -> str:
        """What the keyed hash is made with."""

    @property
    def public_url(self) -> str:
        """Where the product is reached."""


def link_mark(kind: str, link_id: str) -> str:
    """What stands in a stored message in place of the address."""
    return f"[[account-link:{kind}:{link_id}]]"


def link_token(settings: LinkSettings, link_id: str) -> str:
    """The secret end of the address of a link."""
    key = hashlib.sha256(b"account link\0" + settings.secret_key.encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, link_id.encode(), "sha256")).decode().rstrip("=")


def link_address(settings: LinkSettings, kind: str, link_id: str) -> str:
    """The whole address of a link."""
    return settings.public_url + _PATHS[kind] + link_token(settings, link_id)


def fill_links(body: str, settings: LinkSettings) -> str:
    """A message with the addresses in place of the links it names; for whoever sends it, at that moment."""
    return _MARK.sub(lambda mark: link_address(settings, mark[1], mark[2]), body)


def hash_token(token: str) -> bytes:
    """What the database knows of a token. The token is random, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
