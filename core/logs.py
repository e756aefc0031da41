"""One line of JSON per event, for this code and for the libraries alike.

Invariant: no secret and nothing personal is written: fields named like one are hidden however deep they stand, and so
are passwords in addresses, secrets in the addresses of webhooks and links, tokens, e-mail addresses and phone numbers
wherever in a line they stand. This is the only filter; whoever writes a line need not think of it.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

_HIDDEN = "(hidden)"
_SENSITIVE = re.compile(r"(?i)token|secret|passw|authoriz|cookie|api_?key|phone|e?mail|body|recipient|full_?name")
_DEEPEST = 20
_IN_TEXT = (
    (re.compile(r"(?<=://)[^/\s:@'\"]*:[^/\s@'\"]+(?=@)"), _HIDDEN),
    (re.compile(r"(/webhooks/(?:amocrm|landing)/)[^/\s?'\"]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)(access_token|client_secret|appsecret_proof|code|refresh_token)=[^&\s'\"]+"), rf"\1={_HIDDEN}"),
    (re.compile(r"(?i)(bearer )[\w.~+/=-]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/(?:invitation|reset|confirm-email)/)[\w-]{16,}"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)((?:cookie|x-api-key|password|td_session|td_device|td_challenge)['\"]?\s*[=:]\s*['\"]?)[^\s'\",;]+"),
     rf"\1{_HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), _HIDDEN),  # a signed token
    (re.compile(r"\btdp_[\w-]{20,}"), _HIDDEN),  # a token a person made for a program
    (re.compile(r"\bEAA[A-Za-z0-9]{20,}"), _HIDDEN),  # a token of Facebook
    (re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}"), _HIDDEN),  # a token of a Telegram bot
    (re.compile(r"(?<![\w.+%-])[\w.+%-]{1,100}(?:@|%40)[\w-]+(?:\.[\w-]+)+"), _HIDDEN),  # an e-mail address
    # A phone: international with a plus, or eleven digits as Kazakhstan writes them. Ids of ads are longer, of deals
    # shorter.
    (re.compile(r"(?<![\w+.:-])(?:\+\d{1,3}|[78])[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?![\w-])"),
     _HIDDEN),
)


def configure_logs(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Write to ``stream`` (standard error) from ``level`` on. Called once, by a starting file."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_secrets,
                    structlog.processors.JSONRenderer(ensure_ascii=False)]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # It tells every look at its timetable.
    logging.getLogger("apscheduler").setLevel(max(logging.WARNING, root.level))


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that keeps secrets and personal data out of a line."""
    for name, value in event.items():
        event[name] = _HIDDEN if _SENSITIVE.search(name) else _clean(value, _DEEPEST)
    return event


def _clean(value: Any, depth: int) -> Any:
    """A value without secrets; what is not plain data is written as its cleaned text."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0:
        return _HIDDEN
    if isinstance(value, Mapping):
        return {clean_text(str(name)): _HIDDEN if _SENSITIVE.search(str(name)) else _clean(one, depth - 1)
                for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one, depth - 1) for one in value]
    return clean_text(str(value))


def clean_text(written: str) -> str:
    """A text without the secrets that stand in addresses and headers."""
    for pattern, replacement in _IN_TEXT:
        written = pattern.sub(replacement, written)
    return written
