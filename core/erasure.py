"""Stand-ins for the phones and e-mails of somebody who is erased: rows stay tied to each other, and name nobody.

Invariant: a stand-in is drawn at random, so nothing leads back from it; it reads as a phone or an e-mail of its own, so
whatever is computed from the rows afterwards comes out as before.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.phones import STAND_IN_PREFIX, find_phones, normalize_email

# Attribution looks back ninety days by default; nobody who may still buy is forgotten before that.
SHORTEST_KEEPING = timedelta(days=180)
_DIGITS = 12


@dataclass(frozen=True)
class StandIns:
    """What replaces each phone (E.164) and e-mail (lower case) of one person."""

    phones: Mapping[str, str]
    emails: Mapping[str, str]

    @classmethod
    def draw(cls, phones: Collection[str], emails: Collection[str]) -> "StandIns":
        """Fresh stand-ins; the same person erased twice gets others."""
        return cls(
            {phone: f"+{STAND_IN_PREFIX}{secrets.randbelow(10 ** _DIGITS):0{_DIGITS}d}" for phone in sorted(phones)},
            {email: f"erased-{secrets.token_hex(8)}@erased.invalid" for email in sorted(emails)})

    def phones_in(self, written: str | None) -> str:
        """The stand-ins of the person's phones in a text, in order; nothing else of it, empty without any."""
        return ", ".join(self.phones[phone] for phone in find_phones(written) if phone in self.phones)

    def emails_in(self, written: str | None) -> str:
        """The stand-ins of the person's e-mails in a text, in order; nothing else of it, empty without any."""
        words = (written or "").replace(",", " ").replace(";", " ").replace("/", " ").split()
        found = (normalize_email(word) or "" for word in words)
        return ", ".join(dict.fromkeys(self.emails[email] for email in found if email in self.emails))

    def instead_of(self, written: str | None) -> str:
        """The stand-ins of whatever of the person stands in a text; nothing else of it."""
        return ", ".join(part for part in (self.phones_in(written), self.emails_in(written)) if part)
