"""A stand-in for the Telegram Bot API on loopback, with its documented limits, and a page on which chats are read.

Limits: one message a second to a chat, thirty a second in all, 429 with ``retry_after`` above them; one listener at a
time (409); a chat is written to only after somebody there pressed Start (400), and not once it blocked the bot (403).
"""

import html
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from demo.loopback import Answer, Cut, Fault, LoopbackServer, Request

BOT_NAME = "traffic_demo_bot"
DEMO_TOKEN = "100000:demo-token-of-the-stand-in-of-telegram"  # nosec B105 - opens nothing but this stand-in
A_SECOND = 30
# Telegram forgives a short burst: a fifth of a second lets a message that was paced by another clock through.
CHAT_SECONDS = 0.8
LONGEST_TEXT = 4096
FIRST_CHAT = 700_000_001


def _refusal(code: int, words: str, **parameters: Any) -> Answer:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    return Answer(code, {**body, "parameters": parameters} if parameters else body)


TELEGRAM_FAULTS: dict[str, Fault] = {
    "too_many": _refusal(429, "Too Many Requests: retry after 1", retry_after=1),
    "blocked": _refusal(403, "Forbidden: bot was blocked by the user"),
    "server": _refusal(500, "Internal Server Error"),
    "moved": _refusal(400, "Bad Request: group chat was upgraded to a supergroup chat",
                      migrate_to_chat_id=-1001234567890),
    "html": Answer(502, b"<html>Bad Gateway</html>", content_type="text/html"),
    "reset": Cut.RESET,
    "timeout": Cut.TIMEOUT,
}


@dataclass
class Chat:
    """A chat of the bot: what it got, and whether it may be written to."""

    id: int
    texts: list[str] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    is_blocked: bool = False


class TelegramStandIn:
    """The Bot API as a running server; ``press_start`` plays the person at the other end."""

    def __init__(self, port: int = 0, token: str = DEMO_TOKEN, timeout_seconds: float = 30.0) -> None:
        self.chats: dict[int, Chat] = {}
        self.refused = 0
        self._token = token
        self._updates: list[dict[str, Any]] = []
        self._next_update = 1
        self._recent: deque[float] = deque()
        self._listeners = 0
        self._news = threading.Condition()
        self._stopping = False
        self.server = LoopbackServer(self._answer, port, TELEGRAM_FAULTS, timeout_seconds)

    @property
    def url(self) -> str:
        """Base address for ``TELEGRAM_API_URL`` and ``TELEGRAM_LINK_URL``."""
        return self.server.url

    def start(self) -> "TelegramStandIn":
        """Answer from now on."""
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        with self._news:
            self._stopping = True
            self._news.notify_all()
        self.server.stop()

    def __enter__(self) -> "TelegramStandIn":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def open_chat(self, chat_id: int) -> Chat:
        """A chat in which somebody pressed Start."""
        with self._news:
            return self.chats.setdefault(chat_id, Chat(chat_id))

    def press_start(self, code: str, chat_id: int = FIRST_CHAT, language: str = "ru") -> None:
        """Somebody opens the bot by a link and presses Start."""
        self.open_chat(chat_id).is_blocked = False
        with self._news:
            self._updates.append({"update_id": self._next_update, "message": {
                "message_id": self._next_update, "date": int(time.time()), "text": f"/start {code}".strip(),
                "chat": {"id": chat_id, "type": "private"},
                "from": {"id": chat_id, "is_bot": False, "language_code": language}}})
            self._next_update += 1
            self._news.notify_all()

    def fail_next(self, method: str, fault: str | Fault, times: int = 1) -> None:
        """Let the next ``times`` calls of a method meet a fault of ``TELEGRAM_FAULTS``."""
        self.server.faults.plan(f"/{method}", TELEGRAM_FAULTS[fault] if isinstance(fault, str) else fault, times)

    def _answer(self, request: Request) -> Answer:
        beginning, _, method = request.path.lstrip("/").partition("/")
        if beginning == BOT_NAME and request.method == "GET":
            self.press_start(request.query.get("start", ""))
            return _page("Started. Go back to the settings: the chat is connected within seconds.")
        if not beginning.startswith("bot"):
            return self._show_chats()
        if beginning != f"bot{self._token}":
            return _refusal(401, "Unauthorized")
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            return _refusal(400, "Bad Request: can't parse JSON object")
        methods = {"getMe": lambda: Answer(200, {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Bot",
                                                                       "username": BOT_NAME}}),
                   "getUpdates": lambda: self._get_updates(body), "sendMessage": lambda: self._send(body)}
        return methods[method]() if method in methods else _refusal(404, "Not Found")

    def _get_updates(self, body: dict[str, Any]) -> Answer:
        offset, deadline = int(body.get("offset") or 0), time.monotonic() + int(body.get("timeout") or 0)
        with self._news:
            if self._listeners:
                return _refusal(409, "Conflict: terminated by other getUpdates request")
            self._listeners += 1
            try:
                self._updates = [one for one in self._updates if one["update_id"] >= offset]
                while not self._updates and not self._stopping and time.monotonic() < deadline:
                    self._news.wait(deadline - time.monotonic())
                return Answer(200, {"ok": True, "result": self._updates[:100]})
            finally:
                self._listeners -= 1

    def _send(self, body: dict[str, Any]) -> Answer:
        text, now = str(body.get("text") or ""), time.monotonic()
        with self._news:
            try:
                chat = self.chats.get(int(body.get("chat_id") or 0))
            except ValueError:
                chat = None
            if not text or len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
                return _refusal(400, "Bad Request: message is too long" if text else
                                "Bad Request: message text is empty")
            if chat is None:
                return _refusal(400, "Bad Request: chat not found")
            if chat.is_blocked:
                return _refusal(403, "Forbidden: bot was blocked by the user")
            while self._recent and now - self._recent[0] > 1.0:
                self._recent.popleft()
            is_fast = chat.sent_at and now - chat.sent_at[-1] < CHAT_SECONDS
            if is_fast or len(self._recent) >= A_SECOND:
                self.refused += 1
                return _refusal(429, "Too Many Requests: retry after 1", retry_after=1)
            self._recent.append(now)
            chat.texts.append(text)
            chat.sent_at.append(now)
            self._news.notify_all()
        return Answer(200, {"ok": True, "result": {"message_id": len(chat.texts), "text": text,
                                                   "chat": {"id": chat.id}, "date": int(time.time())}})

    def _show_chats(self) -> Answer:
        with self._news:
            said = "".join(f"<h2>Chat {chat.id}</h2>" + "".join(f"<pre>{html.escape(one)}</pre>" for one in chat.texts)
                           for chat in self.chats.values())
        return _page(said or "No chat yet. Connect Telegram in the settings.")


def _page(content: str) -> Answer:
    page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Telegram</title><body>{content}</body></html>'
    return Answer(200, page.encode(), content_type="text/html; charset=utf-8")
