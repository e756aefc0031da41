"""Passwords: argon2id hashes, and the same work for users who do not exist."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from auth.common_passwords import is_common

MIN_LENGTH = 10
MAX_LENGTH = 200  # a longer one costs hashing time and protects nobody


class PasswordRefused(ValueError):
    """A new password that is not acceptable; ``reason`` is short, long or common, with a text ``password.<reason>``."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class Passwords:
    """Hashes and checks passwords with one set of argon2id parameters."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._nobody = self._hasher.hash("the password of nobody")

    @classmethod
    def cheap(cls) -> "Passwords":
        """The weakest parameters, for tests only: hashing takes no time."""
        return cls(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def hash(self, password: str, *, email: str = "") -> str:
        """The hash of a new password. Raises: PasswordRefused when it is not acceptable for this person."""
        if len(password) < MIN_LENGTH:
            raise PasswordRefused("short", f"A password has at least {MIN_LENGTH} characters.")
        if len(password) <= MAX_LENGTH and is_common(password, email=email):
            raise PasswordRefused("common", "This password is among the first that are guessed.")
        return self.hash_as_given(password)

    def hash_as_given(self, password: str) -> str:
        """The hash of a password that stands already: in the demo's settings, or in use and hashed anew.

        Raises: PasswordRefused when it is too long.
        """
        if len(password) > MAX_LENGTH:
            raise PasswordRefused("long", f"A password has at most {MAX_LENGTH} characters.")
        return self._hasher.hash(_bytes(password))

    def is_right(self, password: str, stored_hash: str | None) -> bool:
        """Whether the password belongs to the hash; an unknown user (``None``) costs the same time."""
        known = stored_hash is not None
        try:
            matches = self._hasher.verify(stored_hash if stored_hash is not None else self._nobody,
                                          _bytes(password[:MAX_LENGTH]))
        except (VerificationError, InvalidHashError, Argon2Error):
            return False
        return matches and known and len(password) <= MAX_LENGTH

    def is_outdated(self, stored_hash: str) -> bool:
        """Whether the hash was made with other parameters and should be made again."""
        return self._hasher.check_needs_rehash(stored_hash)


def _bytes(password: str) -> bytes:
    """The password as it is hashed; a lone surrogate, which JSON can carry, is no reason to fail."""
    return password.encode("utf-8", "surrogatepass")
