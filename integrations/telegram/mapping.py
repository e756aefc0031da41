"""What the Bot API answers and tells, read into records.

Invariant: of an update only a start with a code means anything; whatever else people write to the bot is passed over.
"""

from dataclasses import dataclass
from typing import Any

START = "/start"
LONGEST_TEXT = 4096


@dataclass(frozen=True)
class Start:
    """Somebody started the bot with the code of a link: in which chat, and in which language the app speaks."""

    chat_id: str
    code: str
    language: str


@dataclass(frozen=True)
class Updates:
    """What was heard, and the offset that tells Telegram it was."""

    starts: tuple[Start, ...]
    next_offset: int | None


def parse_updates(rows: list[Any]) -> Updates:
    """The starts among updates; ``next_offset`` is ``None`` when there was nothing."""
    starts, last = [], None
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("update_id"), int):
            continue
        last = max(row["update_id"], last if last is not None else row["update_id"])
        start = _to_start(row.get("message"))
        if start is not None:
            starts.append(start)
    return Updates(tuple(starts), None if last is None else last + 1)


def _to_start(message: Any) -> Start | None:
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return None
    chat, sender = message.get("chat"), message.get("from")
    command, _, code = message["text"].strip().partition(" ")
    if command.partition("@")[0] != START or not code.strip() or not isinstance(chat, dict) or "id" not in chat:
        return None
    language = sender.get("language_code") if isinstance(sender, dict) else None
    return Start(str(chat["id"]), code.strip()[:64], str(language or "")[:2])


def cut_text(text: str) -> str:
    """A text of the length the Bot API takes, which it counts in UTF-16 units."""
    if len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        return text
    short = text.encode("utf-16-le")[:(LONGEST_TEXT - 1) * 2].decode("utf-16-le", "ignore")
    return short + "…"
