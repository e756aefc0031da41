"""Speaks SMTP: one connection for a batch, TLS before any word of a mail, an answer understood or an exception.

Invariant: a password never goes over a line without TLS except on this machine itself, and stands in no exception.
"""

import smtplib
import ssl
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from integrations.mail.mapping import OutgoingMail, UnusableAddress, to_message

_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PERMANENT = 500


class MailProblem(Exception):
    """A mail that was not taken; the text says why and names no secret."""


class MailRefused(MailProblem):
    """The server will never take this mail."""


class MailDelayed(MailProblem):
    """The server may take this mail later."""


class MailServerAway(MailProblem):
    """No mail can be handed over now: no connection, no TLS, a sign-in that fails, a sender that is refused."""


class MailClient:
    """A mail server behind an address; used as a ``with`` block around a batch.

    ``smtp_url``: ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…`` (TLS at once); ``?tls=off`` allows a
    relay without TLS, which then gets no password. ``timeout`` bounds each step, in seconds.
    """

    def __init__(self, smtp_url: str, sender: str, timeout: float = 10.0, trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(smtp_url)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "")
        self._needs_tls = self._host not in _LOOPBACK and parse_qs(parts.query).get("tls") != ["off"]
        self._sender = sender
        self._timeout = timeout
        self._trust = trust or ssl.create_default_context()
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> "MailClient":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None,
                 _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye, if anybody is there to hear it."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def send(self, mail: OutgoingMail) -> None:
        """Hand a mail over; it is the server's from then on. Raises: MailRefused, MailDelayed, MailServerAway."""
        try:
            message = to_message(mail, self._sender)
        except UnusableAddress as error:
            raise MailRefused(str(error)) from None
        server = self._connected()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _by_code(code, words) from None
        except smtplib.SMTPSenderRefused as error:
            raise MailServerAway(f"sender refused: {_say(error.smtp_code, error.smtp_error)}") from None
        except smtplib.SMTPDataError as error:
            raise _by_code(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise MailRefused("the server does not take such an address") from None
        except (smtplib.SMTPException, OSError) as error:
            self._server = None
            server.close()
            raise MailServerAway(f"the line broke ({type(error).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        server: smtplib.SMTP | None = None
        try:
            if self._scheme == "smtps":
                server = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._trust)
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
            server.ehlo_or_helo_if_needed()
            is_safe = self._scheme == "smtps"
            if not is_safe and server.has_extn("starttls"):
                server.starttls(context=self._trust)
                server.ehlo()
                is_safe = True
            if not is_safe and self._needs_tls:
                raise MailServerAway("the server offers no TLS")
            if self._user is not None:
                if not is_safe and self._host not in _LOOPBACK:
                    raise MailServerAway("no TLS, so no password is sent")
                server.login(self._user, self._password)
            return server
        except MailServerAway:
            if server is not None:
                server.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
            raise MailServerAway(f"no connection to the mail server ({type(error).__name__}{code})") from None


def _by_code(code: int, words: bytes | str) -> MailProblem:
    return MailRefused(_say(code, words)) if code >= _PERMANENT else MailDelayed(_say(code, words))


def _say(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(said.split())}"[:200]
