"""The second factor: codes of an authenticator application (TOTP), and recovery codes for a lost phone.

Invariant: a code opens once. The secret is stored encrypted, bound to its user; of recovery codes only hashes are kept.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from sqlalchemy import Connection

from auth.encryption import Cipher
from data.second_factors import (
    begin_factor,
    confirm_factor,
    load_factor,
    replace_recovery_codes,
    take_step,
    use_recovery_code,
)

PURPOSE = "second factor"
ISSUER = "Traffic Dashboard"
STEP_SECONDS = 30
DRIFT_STEPS = 1  # a phone's clock may be half a minute off
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look alike
_GROUPS, _GROUP_LENGTH = 4, 5  # twenty letters: 99 bits, so a fast hash is enough


@dataclass(frozen=True)
class Enrolment:
    """What a person puts into the authenticator: the secret, and the same as an address for a QR code."""

    secret: str
    address: str

    @property
    def picture(self) -> str:
        """The address as a QR code, an inline SVG image (``data:`` address)."""
        return str(segno.make(self.address, error="m").svg_data_uri(scale=5, border=3, dark="black", light="white"))


def begin_enrolment(connection: Connection, cipher: Cipher, user_id: str, email: str) -> Enrolment | None:
    """Make a new secret for the user; ``None`` when a factor is in use already."""
    secret = pyotp.random_base32(32)
    if not begin_factor(connection, user_id, cipher.encrypt(PURPOSE, user_id, secret)):
        return None
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def pending_enrolment(connection: Connection, cipher: Cipher, user_id: str, email: str) -> Enrolment | None:
    """The secret that is being set up, a new one when there is none; ``None`` when a factor is in use already."""
    stored = load_factor(connection, user_id)
    if stored is None or stored.is_confirmed:
        return None if stored else begin_enrolment(connection, cipher, user_id, email)
    secret = cipher.decrypt(PURPOSE, user_id, stored.secret)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def finish_enrolment(
    connection: Connection, cipher: Cipher, user_id: str, code: str, moment: datetime
) -> tuple[str, ...] | None:
    """Put the secret to use when the code is right: the recovery codes, shown this once. ``None``: wrong code."""
    stored = load_factor(connection, user_id)
    if stored is None or stored.is_confirmed:
        return None
    step = matching_step(cipher.decrypt(PURPOSE, user_id, stored.secret), code, moment)
    if step is None or not confirm_factor(connection, user_id, step):
        return None
    return renew_recovery_codes(connection, user_id)


def renew_recovery_codes(connection: Connection, user_id: str) -> tuple[str, ...]:
    """New recovery codes in place of the old ones, to be shown once."""
    codes = tuple("-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
                  for _ in range(RECOVERY_CODES))
    replace_recovery_codes(connection, user_id, [_hash_code(user_id, code) for code in codes])
    return codes


def accept_code(connection: Connection, cipher: Cipher, user_id: str, code: str, moment: datetime) -> str | None:
    """Use up a code: ``totp`` or ``recovery`` says what it was, ``None`` that it opens nothing."""
    stored = load_factor(connection, user_id)
    if stored is None or not stored.is_confirmed:
        return None
    step = matching_step(cipher.decrypt(PURPOSE, user_id, stored.secret), code, moment)
    if step is not None:
        return "totp" if take_step(connection, user_id, step) else None
    return "recovery" if use_recovery_code(connection, user_id, _hash_code(user_id, code)) else None


def matching_step(secret: str, code: str, moment: datetime) -> int | None:
    """The time step whose code this is, now or a step to either side; every step is compared, in constant time."""
    typed = "".join(code.split())
    now = int(moment.timestamp()) // STEP_SECONDS
    generator, found = pyotp.TOTP(secret), None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), typed.encode("utf-8", "surrogatepass")):
            found = step
    return found


def _hash_code(user_id: str, code: str) -> bytes:
    plain = "".join(letter for letter in code.lower() if letter in _ALPHABET)
    return hashlib.sha256(f"recovery\0{user_id}\0{plain}".encode()).digest()
