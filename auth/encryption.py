"""Secrets at rest: AES-GCM with a ring of keys, every ciphertext bound to its purpose and its owner.

Invariant: a ciphertext decrypts only for the purpose and the owner it was made for; moved to another row or column it
fails as if it were forged. The first key of the ring encrypts, all of them decrypt.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyRingError(ValueError):
    """The text of the key ring cannot be used; the message names the place, never a key."""


class DecryptionError(Exception):
    """The ciphertext is not ours, was altered, belongs to another owner or purpose, or its key left the ring."""


@dataclass(frozen=True)
class Cipher:
    """Encrypts and decrypts short texts (tokens). ``keys`` maps key ids to 32 bytes, the newest first."""

    keys: dict[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise KeyRingError("the key ring is empty")
        for key_id, key in self.keys.items():
            if not key_id or len(key_id.encode()) > 255:
                raise KeyRingError("a key id must have 1 to 255 bytes")
            if len(key) != _KEY_BYTES:
                raise KeyRingError(f"key {key_id!r} must have {_KEY_BYTES} bytes")

    @classmethod
    def from_ring(cls, ring: str) -> "Cipher":
        """Read ``id:base64key,…``, newest first. Raises KeyRingError."""
        keys: dict[str, bytes] = {}
        for position, entry in enumerate((part.strip() for part in ring.split(",") if part.strip()), start=1):
            key_id, separator, encoded = entry.partition(":")
            if not separator:
                raise KeyRingError(f"entry {position} of the key ring is not id:base64key")
            if key_id in keys:
                raise KeyRingError(f"key {key_id!r} stands twice in the ring")
            keys[key_id] = _decode_key(key_id, encoded)
        return cls(keys)

    @property
    def newest_key_id(self) -> str:
        """The id of the key that encrypts."""
        return next(iter(self.keys))

    def encrypt(self, purpose: str, owner_id: str, text: str) -> bytes:
        """Encrypt ``text`` for this purpose and owner with the newest key."""
        header = _header(self.newest_key_id)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.newest_key_id]).encrypt(
            nonce, text.encode(), _associated_data(header, purpose, owner_id))
        return header + nonce + sealed

    def decrypt(self, purpose: str, owner_id: str, ciphertext: bytes) -> str:
        """The text that was encrypted for this purpose and owner. Raises DecryptionError."""
        key_id = key_id_of(ciphertext)
        key = self.keys.get(key_id)
        if key is None:
            raise DecryptionError(f"the key {key_id!r} is not in the ring")
        header = _header(key_id)
        body = bytes(ciphertext)[len(header):]
        try:
            text = AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:],
                                       _associated_data(header, purpose, owner_id))
        except (InvalidTag, ValueError) as error:
            raise DecryptionError("the ciphertext was altered or belongs to another owner or purpose") from error
        return text.decode()

    def rotate(self, purpose: str, owner_id: str, ciphertext: bytes) -> bytes | None:
        """The same text under the newest key, ``None`` when it already is. Raises DecryptionError."""
        if key_id_of(ciphertext) == self.newest_key_id:
            return None
        return self.encrypt(purpose, owner_id, self.decrypt(purpose, owner_id, ciphertext))


def key_id_of(ciphertext: bytes) -> str:
    """The id of the key a ciphertext was made with. Raises DecryptionError."""
    raw = bytes(ciphertext)
    if raw[:1] != _FORMAT or len(raw) < 2 or len(raw) < 2 + raw[1] + _NONCE_BYTES:
        raise DecryptionError("this is not a ciphertext of this application")
    try:
        return raw[2:2 + raw[1]].decode()
    except UnicodeDecodeError as error:
        raise DecryptionError("this is not a ciphertext of this application") from error


def make_key() -> str:
    """A new random key as base64, for a key ring."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _decode_key(key_id: str, encoded: str) -> bytes:
    # Rings written by hand use either alphabet of base64.
    standard = encoded.strip().replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        pass
    # Raised outside the handler: the decoder's own message could quote the key.
    raise KeyRingError(f"key {key_id!r} is not base64")


def _header(key_id: str) -> bytes:
    encoded = key_id.encode()
    return _FORMAT + bytes([len(encoded)]) + encoded


def _associated_data(header: bytes, purpose: str, owner_id: str) -> bytes:
    # Lengths in front keep ("ab", "c") and ("a", "bc") apart.
    parts = [purpose.encode(), owner_id.encode()]
    return header + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
