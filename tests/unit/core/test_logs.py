"""Lines of the log: JSON for everybody, secrets for nobody."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from core.logs import clean_text, configure_logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, scheduler = root.handlers[:], root.level, logging.getLogger("apscheduler").level
    stream = io.StringIO()
    configure_logs("INFO", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(scheduler)
    structlog.reset_defaults()


def written(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_own_events_and_those_of_libraries_are_lines_of_json(lines: io.StringIO) -> None:
    structlog.get_logger("jobs.x").info("run_started", kind="тест", count=3)
    logging.getLogger("library").warning("a batch of %d failed", 5)
    one, other = written(lines)
    assert (one["event"], one["kind"], one["count"], one["level"]) == ("run_started", "тест", 3, "info")
    assert (other["event"], other["logger"], other["level"]) == ("a batch of 5 failed", "library", "warning")
    assert one["timestamp"].endswith("Z")
    assert "тест" in lines.getvalue()


def test_what_is_below_the_level_is_left_out(lines: io.StringIO) -> None:
    structlog.get_logger().debug("x")
    logging.getLogger("library").debug("x")
    logging.getLogger("apscheduler.executors").info("x")
    assert written(lines) == []


def test_an_exception_is_one_line_without_secrets(lines: io.StringIO) -> None:
    try:
        raise ValueError("cannot reach postgresql://user:hunter2@host/name")
    except ValueError:
        structlog.get_logger().exception("step_failed")
    (line,) = written(lines)
    assert "ValueError" in line["exception"] and "hunter2" not in line["exception"]


@pytest.mark.parametrize(
    "name", ["token", "access_token", "client_secret", "password", "phone", "email", "Authorization"]
)
def test_fields_named_like_secrets_are_hidden(lines: io.StringIO, name: str) -> None:
    structlog.get_logger().info("event", **{name: "marker-of-a-secret"})
    assert "marker-of-a-secret" not in lines.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "GET /webhooks/amocrm/MARKER?x=1", "POST /webhooks/landing/MARKER/tilda", "https://u:MARKER@host/x",
        "https://graph/x?access_token=MARKER&y=1", "client_secret=MARKER", "Authorization: Bearer MARKER",
        "/callback?state=1&code=MARKER",
    ],
)
def test_secrets_in_texts_are_cut_out(text: str) -> None:
    assert "MARKER" not in clean_text(text)


def test_ordinary_texts_stay() -> None:
    assert clean_text("12 rows of https://host:8050/x?from=2026-01-01") == "12 rows of https://host:8050/x?from=2026-01-01"
