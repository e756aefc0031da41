"""One line of JSON per event, for this code and for the libraries alike.

Invariant: no secret and nothing personal is written: fields named like one are hidden, and so are passwords in
addresses and secrets in the addresses of webhooks, wherever in a line they stand.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_HIDDEN = "(hidden)"
_SENSITIVE = re.compile(r"(?i)token|secret|passw|authoriz|cookie|api_?key|phone|e?mail|body")
_IN_TEXT = (
    (re.compile(r"(?<=://)[^/\s:@'\"]*:[^/\s@'\"]+(?=@)"), _HIDDEN),
    (re.compile(r"(/webhooks/(?:amocrm|landing)/)[^/\s?'\"]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)(access_token|client_secret|appsecret_proof|code|refresh_token)=[^&\s'\"]+"), rf"\1={_HIDDEN}"),
    (re.compile(r"(?i)(bearer )[\w.~+/=-]+"), rf"\1{_HIDDEN}"),
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
        event[name] = _HIDDEN if _SENSITIVE.search(name) else clean_text(value) if isinstance(value, str) else value
    return event


def clean_text(written: str) -> str:
    """A text without the secrets that stand in addresses and headers."""
    for pattern, replacement in _IN_TEXT:
        written = pattern.sub(replacement, written)
    return written
