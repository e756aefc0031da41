"""Speaks to the Telegram Bot API within its limits: one message a second to a chat, thirty a second in all.

Invariant: the token is a part of every address, so no address and no exception of the line ever leaves this module.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import requests

from integrations.outgoing import read_answer
from integrations.telegram.mapping import Updates, cut_text, parse_updates

A_SECOND = 30
CHAT_SECONDS = 1.0
_LONGEST_WAIT = 3600


class TelegramProblem(Exception):
    """A message that was not taken; the text says why and names no secret."""


class ChatRefused(TelegramProblem):
    """This chat takes no message: ``problem`` is blocked, not_found or refused."""

    def __init__(self, problem: str, words: str) -> None:
        self.problem = problem
        super().__init__(words)


class ChatMoved(TelegramProblem):
    """A group became a supergroup: ``new_id`` is its id from now on."""

    def __init__(self, new_id: str) -> None:
        self.new_id = new_id
        super().__init__("the group has a new id")


class TooFast(TelegramProblem):
    """Wait ``seconds`` before the next message."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"asked to wait {seconds} s")


class TelegramAway(TelegramProblem):
    """No answer, or none that can be read: try again later."""


class TokenRefused(TelegramProblem):
    """Telegram does not know this bot: the token is wrong or was taken back."""


class TelegramClient:
    """The bot of a token. Safe for one thread; ``wait`` pauses between messages, ``timeout`` is (connect, read)."""

    def __init__(self, api_url: str, token: str, timeout: tuple[float, float] = (5, 20),
                 wait: Callable[[float], object] = time.sleep) -> None:
        self._address = f"{api_url}/bot{token}/"
        self._timeout = timeout
        self._wait = wait
        self._sent: deque[float] = deque(maxlen=A_SECOND)
        self._chats: dict[str, float] = {}
        self._lock = threading.Lock()

    def fetch_name(self) -> str:
        """The user name of the bot. Raises: TelegramProblem."""
        answer = self._call("getMe", {})
        name = answer.get("username") if isinstance(answer, dict) else None
        if not isinstance(name, str) or not name:
            raise TelegramAway("the bot has no name")
        return name

    def fetch_updates(self, offset: int | None, wait_seconds: int) -> Updates:
        """What people wrote since ``offset``, waiting for it up to ``wait_seconds``. Raises: TelegramProblem."""
        body: dict[str, Any] = {"timeout": wait_seconds, "allowed_updates": ["message"]}
        if offset is not None:
            body["offset"] = offset
        answer = self._call("getUpdates", body, patience=wait_seconds)
        if not isinstance(answer, list):
            raise TelegramAway("the list of updates cannot be read")
        return parse_updates(answer)

    def send(self, chat_id: str, text: str) -> None:
        """Send a plain text. Raises: ChatRefused, ChatMoved, TooFast, TelegramAway, TokenRefused."""
        self._keep_pace(chat_id)
        self._call("sendMessage", {"chat_id": chat_id, "text": cut_text(text),
                                   "link_preview_options": {"is_disabled": True}})

    def _keep_pace(self, chat_id: str) -> None:
        """Wait until both limits allow another message, and count it."""
        with self._lock:
            now = time.monotonic()
            self._chats = {chat: at for chat, at in self._chats.items() if now - at < CHAT_SECONDS}
            ready = self._chats.get(chat_id, now - CHAT_SECONDS) + CHAT_SECONDS
            if len(self._sent) == A_SECOND:
                ready = max(ready, self._sent[0] + 1.0)
            start = max(now, ready)
            self._chats[chat_id] = start
            self._sent.append(start)
        if start > now:
            self._wait(start - now)

    def _call(self, method: str, body: dict[str, Any], patience: int = 0) -> Any:
        connect, read = self._timeout
        try:
            with requests.post(self._address + method, json=body, timeout=(connect, read + patience), stream=True,
                               allow_redirects=False) as response:
                content, status = read_answer(response), response.status_code
        except requests.RequestException as error:
            # The text of the exception holds the address, and the address the token.
            raise TelegramAway(f"no answer from Telegram ({type(error).__name__})") from None
        return _read(status, content)


def _read(status: int, content: bytes) -> Any:
    """The result of a call. Raises: TelegramProblem."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        raise TelegramAway(f"Telegram answered {status} in a form nobody knows")
    if answer["ok"] is True:
        return answer.get("result")
    words = str(answer.get("description") or status)[:200]
    given = answer.get("parameters")
    parameters = given if isinstance(given, dict) else {}
    if isinstance(parameters.get("migrate_to_chat_id"), int):
        raise ChatMoved(str(parameters["migrate_to_chat_id"]))
    if status == 429:
        seconds = parameters.get("retry_after")
        raise TooFast(min(seconds, _LONGEST_WAIT) if isinstance(seconds, int) and seconds > 0 else 5)
    if status in (401, 404):
        raise TokenRefused("Telegram does not know the bot of this token")
    if status == 403:
        raise ChatRefused("blocked", words)
    if status == 400:
        raise ChatRefused("not_found" if "chat not found" in words.lower() else "refused", words)
    raise TelegramAway(f"Telegram answered {status}: {words}")
