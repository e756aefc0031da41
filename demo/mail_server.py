"""A stand-in for a mail server on loopback, and the page on which the mails it got are read.

Invariant: nothing leaves this machine. A recipient whose address begins with ``nobody`` is refused for good, one that
begins with ``later`` for now; faults are planned like those of the other stand-ins.
"""

import html
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from demo.loopback import Answer, LoopbackServer, Request

MOST_MAILS = 500
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>Mails</title></head><body><h1>Mails ({count})</h1>{rows}</body></html>"""
_ROW = "<article><h2>{subject}</h2><p>{sent} · to {recipient}</p><pre>{body}</pre></article><hr>"
_EMPTY = "<p>No mail yet. Ask for a new password, or send a test message in the settings.</p>"


@dataclass(frozen=True)
class ReceivedMail:
    """A mail as it arrived: where the envelope sent it, and what its headers say."""

    recipient: str
    sender: str
    subject: str
    body: str
    message_id: str
    received_at: datetime


class MailStandIn:
    """The server and its page. ``accounts`` (user → password) makes it ask for a sign-in; ``tls`` is an SSL context.

    ``answer_with`` is asked about each mail before it is kept: an SMTP answer refuses it.
    """

    def __init__(self, smtp_port: int = 0, page_port: int = 0, accounts: dict[str, str] | None = None,
                 tls: Any = None) -> None:
        self.mails: deque[ReceivedMail] = deque(maxlen=MOST_MAILS)
        self.connections = 0
        self.answer_with: Callable[[ReceivedMail], str | None] = lambda _mail: None
        self._arrived = threading.Condition()
        self._accounts = accounts
        secure: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
        if accounts is not None:
            secure |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": tls is not None}
        self._controller = Controller(self, hostname="127.0.0.1", port=smtp_port or _free_port(), **secure)
        self.page = LoopbackServer(self._answer, page_port)

    @property
    def smtp_url(self) -> str:
        """Address for ``SMTP_URL``, without a sign-in."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    def start(self) -> "MailStandIn":
        """Take mails from now on."""
        self._controller.start()
        self.page.start()
        return self

    def stop(self) -> None:
        """Take no more."""
        self.page.stop()
        self._controller.stop()

    def __enter__(self) -> "MailStandIn":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, count: int, seconds: float = 10.0) -> list[ReceivedMail]:
        """The mails once there are ``count`` of them. Raises: TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.mails) >= count, seconds):
                raise TimeoutError(f"{len(self.mails)} of {count} mails came")
        return list(self.mails)

    async def handle_EHLO(  # noqa: N802 - a name aiosmtpd gives
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count who says hello."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - a name aiosmtpd gives
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it as real servers do."""
        if address.startswith("nobody"):
            return "550 5.1.1 No such user here"
        if address.startswith("later"):
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - a name aiosmtpd gives
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        mail = _to_mail(envelope)
        refusal = self.answer_with(mail)
        if refusal is not None:
            return refusal
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        return "250 Message accepted"

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str,
                      given: Any) -> AuthResult:
        if not isinstance(given, LoginPassword) or self._accounts is None:
            return AuthResult(success=False, handled=False)
        known = self._accounts.get(given.login.decode())
        return AuthResult(success=known is not None and known == given.password.decode(), handled=False)

    def _answer(self, request: Request) -> Answer:
        if request.path == "/mails.json":
            return Answer(200, [{"recipient": one.recipient, "subject": one.subject, "body": one.body,
                                 "message_id": one.message_id} for one in self.mails])
        rows = "".join(_ROW.format(subject=html.escape(one.subject), recipient=html.escape(one.recipient),
                                   body=_linked(one.body), sent=f"{one.received_at:%H:%M:%S}")
                       for one in reversed(self.mails))
        page = _PAGE.format(count=len(self.mails), rows=rows or _EMPTY)
        return Answer(200, page.encode(), content_type="text/html; charset=utf-8")


def _to_mail(envelope: Envelope) -> ReceivedMail:
    content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
    message = message_from_bytes(content, policy=default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the policy makes messages of this kind")
    body = message.get_body(("plain",))
    return ReceivedMail(", ".join(envelope.rcpt_tos), envelope.mail_from or "", str(message["Subject"] or ""),
                        body.get_content() if body else "", str(message["Message-ID"] or ""), datetime.now(UTC))


def _linked(body: str) -> str:
    """The text of a mail with its addresses as links."""
    return "\n".join(f'<a href="{html.escape(line)}">{html.escape(line)}</a>' if line.startswith("http")
                     else html.escape(line) for line in body.splitlines())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
