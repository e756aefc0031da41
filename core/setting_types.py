"""The forms a setting may take: each type checks its value and says what is wrong without repeating it.

Outside demo mode weak secrets are refused; the field ``demo`` must stand before the secrets in the settings class.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_settings import NoDecode

from core.records import Role

SECRET_BYTES = 32
ADDRESS_SECRET_LENGTH = 24
_PLACEHOLDER = re.compile(
    r"(?i)change[-_ ]?me|replace[-_ ]?me|place[-_ ]?holder|insecure|your[-_ ]|xxxxxx|<[^>]+>|example")
_URL_ALPHABET = bytes.maketrans(b"-_", b"+/")


def _address(*schemes: str) -> Callable[[str], str]:
    """A validator: an absolute address with one of ``schemes`` and without a slash at its end."""
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.netloc:
            raise ValueError(f"must be an address that begins with {' or '.join(f'{s}://' for s in schemes)}")
        return value.rstrip("/")
    return check


def _database_address(value: str) -> str:
    """PostgreSQL addresses only; the short scheme of some hosters is written out. A socket address has no host."""
    value = re.sub(r"^postgres://", "postgresql://", value)
    if not re.match(r"^postgresql(\+psycopg)?://", value):
        raise ValueError("must be an address that begins with postgresql://")
    return value


def _placeholder(value: str, info: ValidationInfo) -> None:
    """A secret copied from an example is known to everybody. Raises: ValueError."""
    if _PLACEHOLDER.search(value) and not _is_demo(info):
        raise ValueError("is a placeholder, not a secret")


def _is_demo(info: ValidationInfo) -> bool:
    return bool(info.data.get("demo"))


def _long_secret(value: str, info: ValidationInfo) -> str:
    _placeholder(value, info)
    if len(value.encode()) < SECRET_BYTES and not _is_demo(info):
        raise ValueError(f"is too weak: at least {SECRET_BYTES} bytes")
    return value


def _address_secret(value: str, info: ValidationInfo) -> str:
    """A secret that is a part of an address: letters, digits, ``-`` and ``_`` only."""
    _placeholder(value, info)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ValueError("is a part of an address: letters, digits, - and _ only")
    if len(value) < ADDRESS_SECRET_LENGTH and not _is_demo(info):
        raise ValueError(f"is too weak: at least {ADDRESS_SECRET_LENGTH} characters")
    return value


def _ring(value: Any) -> Any:
    """``id:secret,id:secret`` as a dict, the newest first; anything but text passes through."""
    if not isinstance(value, str):
        return value
    pairs = [item.strip().partition(":") for item in value.split(",") if item.strip()]
    if not pairs or any(not name or not secret for name, _, secret in pairs):
        raise ValueError("must be written as id:secret, several separated by commas, the newest first")
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise ValueError("has the same id twice")
    return {name: secret.encode() for name, _, secret in pairs}


def _encoded_ring(value: Any) -> Any:
    """The same with secrets in base64, of the plain or the URL alphabet."""
    if not isinstance(value, str):
        return value
    try:
        return {name: base64.b64decode(secret.translate(_URL_ALPHABET), validate=True)
                for name, secret in _ring(value).items()}
    except binascii.Error as error:
        raise ValueError("has a key that is not base64") from error


def _signing_keys(keys: dict[str, bytes], info: ValidationInfo) -> dict[str, bytes]:
    for key in keys.values():
        _placeholder(key.decode("utf-8", "replace"), info)
    if any(len(key) < SECRET_BYTES for key in keys.values()) and not _is_demo(info):
        raise ValueError(f"has a key that is too weak: at least {SECRET_BYTES} bytes each")
    return keys


def _encryption_keys(keys: dict[str, bytes]) -> dict[str, bytes]:
    if any(len(key) != SECRET_BYTES for key in keys.values()):
        raise ValueError(f"has a key that is not {SECRET_BYTES} bytes in base64")
    return keys


def _origins(value: Any) -> Any:
    origins = tuple(item.strip() for item in value.split(",") if item.strip()) if isinstance(value, str) else value
    for origin in origins:
        parts = urlsplit(origin)
        if "*" in origin or parts.scheme not in ("http", "https") or not parts.hostname or origin.count("/") != 2:
            raise ValueError("must list exact origins such as https://app.example.com; * and paths are refused")
    return origins


def _roles(value: Any) -> Any:
    if isinstance(value, str):
        value = tuple(item.strip().lower() for item in value.split(",") if item.strip())
    if not set(value) <= set(Role):
        raise ValueError(f"must list roles of {', '.join(Role)}, separated by commas")
    return tuple(Role(role) for role in value)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError("is not a known time zone, for example Asia/Almaty") from error
    return value


DatabaseAddress = Annotated[str, AfterValidator(_database_address)]
WebAddress = Annotated[str, AfterValidator(_address("http", "https"))]
RedisAddress = Annotated[str, AfterValidator(_address("redis", "rediss"))]
MailServer = Annotated[str, AfterValidator(_address("smtp", "smtps"))]
LongSecret = Annotated[str, AfterValidator(_long_secret)]
AddressSecret = Annotated[str, AfterValidator(_address_secret)]
SigningKeys = Annotated[dict[str, bytes], NoDecode, BeforeValidator(_ring), AfterValidator(_signing_keys)]
EncryptionKeys = Annotated[dict[str, bytes], NoDecode, BeforeValidator(_encoded_ring), AfterValidator(_encryption_keys)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]
Roles = Annotated[tuple[Role, ...], NoDecode, BeforeValidator(_roles)]
ZoneName = Annotated[str, AfterValidator(_zone)]
