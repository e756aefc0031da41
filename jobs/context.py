"""What every job is given: the settings, the database, the keys, the calendar, the clock and the wish to stop."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock
from typing import Protocol

from core.business_time import BusinessCalendar, now
from core.settings import Settings
from data.engine import Database


class Cipher(Protocol):
    """Encrypts and decrypts a stored secret, bound to what it is for and whose it is (``auth/encryption.py``)."""

    def encrypt(self, purpose: str, owner_id: str, text: str) -> bytes:
        """The ciphertext of a secret."""

    def decrypt(self, purpose: str, owner_id: str, ciphertext: bytes) -> str:
        """The secret; raises when the ciphertext was made for something or somebody else."""


@dataclass
class FacebookLine:
    """The turn to call Facebook, and how often a call was refused so far (see ``jobs/facebook_line.py``)."""

    turn: AbstractContextManager[bool] = field(default_factory=Lock)
    refusals: int = 0


@dataclass(frozen=True)
class JobContext:
    """The surroundings of a job. ``clock`` answers the present instant, aware; ``stop`` is set when the process ends.

    ``facebook_line`` is where a process queues up for Facebook.

    A job that takes longer than a few seconds looks at ``stop`` between its steps and leaves the rest for later.
    """

    settings: Settings
    database: Database
    cipher: Cipher
    calendar: BusinessCalendar
    clock: Callable[[], datetime] = now
    stop: Event = field(default_factory=Event)
    facebook_line: FacebookLine = field(default_factory=FacebookLine)
