"""A message of the outbox as the mail that goes over the line.

Invariant: the id of a mail follows from what it is about and to whom, so that a mail sent twice after a crash is shown
once; no header holds a line break.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

PRODUCT = "Traffic Dashboard"


class UnusableAddress(ValueError):
    """A recipient or sender that is no e-mail address."""


@dataclass(frozen=True)
class OutgoingMail:
    """What is to be sent: ``key`` says what it is about, ``written_at`` is aware."""

    key: str
    recipient: str
    subject: str
    body: str
    written_at: datetime


def to_message(mail: OutgoingMail, sender: str) -> EmailMessage:
    """The mail with its headers. Raises: UnusableAddress."""
    name, address = parseaddr(sender)
    message = EmailMessage()
    message["From"] = Address(name or PRODUCT, addr_spec=_plain(address))
    message["To"] = Address(addr_spec=_plain(mail.recipient))
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.written_at)
    digest = hashlib.sha256(f"{mail.key}\0{mail.recipient}".encode("utf-8", "replace")).hexdigest()[:40]
    message["Message-ID"] = f"<{digest}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _plain(address: str) -> str:
    local, _, domain = address.strip().rpartition("@")
    if not local or not domain or any(letter.isspace() or letter in "<>,;" or ord(letter) < 32 for letter in address):
        raise UnusableAddress("no e-mail address")
    return address.strip()
