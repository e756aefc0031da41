"""Sends what waits in the outbox: mails by SMTP, Telegram messages by the bot.

Invariant: a message is borrowed, handed over, and its outcome written down, one by one; a channel that is down keeps
its messages, a message that nobody can take is dead with a reason, and neither holds up the others.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from core.one_time_links import fill_links
from core.sentences import keep
from data.leadership import Leadership
from data.outbox import (
    EMAIL,
    MOST_ATTEMPTS,
    OLDEST,
    TELEGRAM,
    OutboxMessage,
    give_back,
    mark_dead,
    mark_failed,
    mark_sent,
    move_recipient,
    take_due,
)
from data.user_settings import move_telegram_chat, note_telegram_problem
from integrations.mail.client import MailClient, MailProblem, MailRefused, MailServerAway
from integrations.mail.mapping import OutgoingMail
from integrations.telegram.client import (
    ChatMoved,
    ChatRefused,
    TelegramAway,
    TelegramClient,
    TelegramProblem,
    TokenRefused,
    TooFast,
)
from jobs.context import JobContext

BATCH = 20
LEASE_SECONDS = 300
_LEASE_MARGIN = 120.0    # seconds before the end of a lease in which nothing new is begun
_IDLE = 1.0
_LOOK_EVERY = 2.0
_PAUSE_WHEN_AWAY = 15.0  # seconds a channel that is down is left alone

log = structlog.get_logger()


class MessageSender:
    """Both channels as far as the settings name them; a channel without settings keeps its messages for later."""

    def __init__(self, context: JobContext, mail: MailClient | None = None,
                 telegram: TelegramClient | None = None) -> None:
        settings = context.settings
        self._context = context
        self._mail, self._telegram = mail, telegram
        if mail is None and settings.smtp_url and settings.mail_from:
            self._mail = MailClient(settings.smtp_url, settings.mail_from)
        if telegram is None and settings.telegram_bot_token:
            self._telegram = TelegramClient(settings.telegram_api_url, settings.telegram_bot_token,
                                            wait=context.stop.wait)
        self._paused: dict[str, float] = {}

    def send_due(self) -> int:
        """Send one batch of each channel; how many messages were settled. Raises: DatabaseAway."""
        settled = 0
        if self._mail is not None and self._is_open(EMAIL):
            try:
                settled += self._send_batch(EMAIL, self._send_mail)
            finally:
                self._mail.close()
        if self._telegram is not None and self._is_open(TELEGRAM):
            settled += self._send_batch(TELEGRAM, self._send_telegram)
        return settled

    def _is_open(self, channel: str) -> bool:
        return time.monotonic() >= self._paused.get(channel, 0.0)

    def _pause(self, channel: str, seconds: float) -> None:
        self._paused[channel] = time.monotonic() + seconds

    def _send_batch(self, channel: str, send: Callable[[OutboxMessage], bool]) -> int:
        local = self._context.clock().astimezone(self._context.calendar.zone)
        began, settled = time.monotonic(), 0
        with self._context.database.transaction() as connection:
            messages = take_due(connection, channel, BATCH, LEASE_SECONDS, local.hour)
        for place, message in enumerate(messages):
            is_late = time.monotonic() - began > LEASE_SECONDS - _LEASE_MARGIN
            if is_late or self._context.stop.is_set() or not self._is_open(channel):
                with self._context.database.transaction() as connection:
                    give_back(connection, messages[place:])
                break
            settled += self._settle(message, send)
        return settled

    def _settle(self, message: OutboxMessage, send: Callable[[OutboxMessage], bool]) -> bool:
        """Send a message unless it is stale; whether it waits no more."""
        if self._context.clock() - message.created_at > OLDEST:
            return self._bury(message, keep("run_fault.message_expired"))
        if not message.is_for_active:
            return self._bury(message, keep("run_fault.message_inactive"))
        return send(message)

    def _send_mail(self, message: OutboxMessage) -> bool:
        if self._mail is None:
            raise RuntimeError("no mail server is set up")
        body = fill_links(message.body, self._context.settings)
        mail = OutgoingMail(message.key, message.recipient, message.subject, body, message.created_at)
        try:
            self._mail.send(mail)
        except MailRefused as error:
            return self._bury(message, str(error))
        except MailServerAway as error:
            self._pause(EMAIL, _PAUSE_WHEN_AWAY)
            log.warning("mail_server_away", reason=str(error))
            return self._wait(message, str(error), is_ours=False)
        except MailProblem as error:
            return self._wait(message, str(error))
        return self._done(message)

    def _send_telegram(self, message: OutboxMessage) -> bool:
        if self._telegram is None:
            raise RuntimeError("no bot is set up")
        body = fill_links(message.body, self._context.settings)
        try:
            self._telegram.send(message.recipient, f"{message.subject}\n\n{body}".strip())
        except TelegramProblem as error:
            return self._after_refusal(message, error)
        return self._done(message)

    def _after_refusal(self, message: OutboxMessage, error: TelegramProblem) -> bool:
        """What becomes of a message Telegram did not take; whether it waits no more."""
        if isinstance(error, ChatRefused):
            with self._context.database.transaction() as connection:
                if error.problem != "refused":
                    note_telegram_problem(connection, message.recipient, error.problem)
                mark_dead(connection, message, str(error))
            return True
        if isinstance(error, ChatMoved):
            with self._context.database.transaction() as connection:
                mark_failed(connection, message, str(error), timedelta(seconds=1))
                move_recipient(connection, message.recipient, error.new_id)
                move_telegram_chat(connection, message.recipient, error.new_id)
            return False
        if isinstance(error, TooFast):
            self._pause(TELEGRAM, error.seconds)
            with self._context.database.transaction() as connection:
                mark_failed(connection, message, str(error), timedelta(seconds=error.seconds))
            return False
        if isinstance(error, TokenRefused | TelegramAway):
            self._pause(TELEGRAM, _PAUSE_WHEN_AWAY)
            log.warning("telegram_away", reason=str(error))
        return self._wait(message, str(error), is_ours=False)

    def _done(self, message: OutboxMessage) -> bool:
        with self._context.database.transaction() as connection:
            if not mark_sent(connection, message):
                log.warning("message_sent_late", message=message.id)
        return True

    def _bury(self, message: OutboxMessage, reason: str) -> bool:
        with self._context.database.transaction() as connection:
            mark_dead(connection, message, reason)
        log.warning("message_dead", message=message.id, reason=reason)
        return True

    def _wait(self, message: OutboxMessage, reason: str, *, is_ours: bool = True) -> bool:
        """Another attempt later; the attempts of a channel that is down do not count against its messages."""
        if is_ours and message.attempts >= MOST_ATTEMPTS:
            return self._bury(message, reason)
        with self._context.database.transaction() as connection:
            mark_failed(connection, message, reason)
        return False


class OutboxWorker:
    """Empties the outbox, in one process at a time: the limits of the Bot API hold for all of them together."""

    def __init__(self, context: JobContext) -> None:
        self._leadership = Leadership(context.database, "outbox")
        self._sender = MessageSender(context)

    def step(self) -> float:
        """Send what is due; the seconds until the next look. Raises: DatabaseAway."""
        if not self._leadership.hold():
            return _LOOK_EVERY
        return 0.0 if self._sender.send_due() else _IDLE

    def close(self) -> None:
        """Let another process send."""
        self._leadership.release()
