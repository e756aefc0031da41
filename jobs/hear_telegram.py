"""Hears who starts the bot with a code, and ties the chat to the person who was given that code.

Invariant: one process listens at a time, as the Bot API demands; a code ties one chat, once.
"""

import structlog

from core.one_time_links import hash_token
from core.texts import DEFAULT_LOCALE, LOCALES, locale, t
from data.audit import save_entry
from data.contact_confirmations import is_code_open, load_open_confirmation, use_confirmation
from data.installation import load_fact, save_fact
from data.leadership import Leadership
from data.outbox import TELEGRAM, queue_message
from data.user_settings import connect_telegram
from integrations.telegram.client import TelegramClient, TelegramProblem, TokenRefused
from integrations.telegram.mapping import Start
from jobs.context import JobContext

BOT_FACT = "telegram_bot"
CONNECTED_ACTION = "contact.confirmed"
_LISTEN_SECONDS = 5
_IDLE = 2.0
_PAUSE = 15.0
_PAUSE_WITHOUT_TOKEN = 300.0

log = structlog.get_logger()


class BotListener:
    """The bot as it is listened to."""

    def __init__(self, context: JobContext, client: TelegramClient, listen_seconds: int = _LISTEN_SECONDS) -> None:
        self._context = context
        self._client = client
        self._listen_seconds = listen_seconds
        self._offset: int | None = None
        self._is_known = False

    def listen(self) -> int:
        """Hear once, when somebody holds a code; how many chats were tied. Raises: TelegramProblem, DatabaseAway."""
        if not self._is_known:
            self._keep_name(self._client.fetch_name())
        with self._context.database.transaction(read_only=True) as connection:
            if not is_code_open(connection):
                return 0
        heard = self._client.fetch_updates(self._offset, self._listen_seconds)
        tied = sum(self._tie(start) for start in heard.starts)
        # Telegram forgets what is below the offset of the next call: only what was kept here may be forgotten.
        self._offset = heard.next_offset or self._offset
        return tied

    def _keep_name(self, name: str) -> None:
        with self._context.database.transaction() as connection:
            if load_fact(connection, BOT_FACT) != name:
                save_fact(connection, BOT_FACT, name)
        self._is_known = True

    def _tie(self, start: Start) -> bool:
        with self._context.database.transaction() as connection:
            found = load_open_confirmation(connection, TELEGRAM, hash_token(start.code))
            is_tied = found is not None and use_confirmation(connection, found.id)
            if found is not None and is_tied:
                connect_telegram(connection, found.user_id, start.chat_id)
                save_entry(connection, action=CONNECTED_ACTION, user_id=found.user_id, object_type="user",
                           object_id=found.user_id, after={"channel": TELEGRAM})
            language = found.locale if found else start.language
            with locale(language if language in LOCALES else DEFAULT_LOCALE):
                key = "mail.telegram_connected" if is_tied else "mail.telegram_unknown"
                name = found.login if found else ""
                queue_message(connection, f"telegram_start:{hash_token(start.code).hex()[:32]}",
                              found.user_id if found else None, TELEGRAM, start.chat_id, t(f"{key}.subject"),
                              t(f"{key}.body", login=name), keeps_quiet=False)
        return is_tied


class BotWorker:
    """Listens to the bot in one process at a time."""

    def __init__(self, context: JobContext) -> None:
        settings = context.settings
        self._leadership = Leadership(context.database, "telegram")
        self._listener = BotListener(context, TelegramClient(settings.telegram_api_url,
                                                             settings.telegram_bot_token or "", wait=context.stop.wait))

    def step(self) -> float:
        """Hear once; the seconds until the next time. Raises: DatabaseAway."""
        if not self._leadership.hold():
            return _IDLE
        try:
            return 0.0 if self._listener.listen() else _IDLE
        except TokenRefused as error:
            log.warning("telegram_token_refused", reason=str(error))
            return _PAUSE_WITHOUT_TOKEN
        except TelegramProblem as error:
            log.warning("telegram_not_heard", reason=str(error))
            return _PAUSE

    def close(self) -> None:
        """Let another process listen."""
        self._leadership.release()
