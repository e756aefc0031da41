"""The page of personal data has its words in every language, whatever was found and however an erasure ended."""

import json
import re
from typing import Any

import pytest

from components.admin_place import RunProgress
from components.persons_page import ERASED, create_erasing, create_held, create_persons_frame, table_in_words
from core.texts import LOCALES, locale
from data.queries import read_sql
from tests.unit.components.test_source_pages import words

PHONE, EMAIL = "+77015556677", "aigul@example.com"


@pytest.fixture(params=sorted(LOCALES))
def language(request: pytest.FixtureRequest) -> Any:
    with locale(request.param):
        yield request.param


def button(part: Any) -> dict[str, Any]:
    """What the one button of the API carries."""
    (only,) = [one for one in part._traverse() if getattr(one, "data-api", None)]
    props: dict[str, Any] = only.to_plotly_json()["props"]
    return props


def test_the_frame_asks_who_it_is(language: str) -> None:
    assert words(create_persons_frame())


def test_each_table_that_is_searched_has_its_words(language: str) -> None:
    tables = re.findall(r"SELECT '(\w+)'", read_sql("persons/rows"))
    assert len(tables) >= 10
    assert [name for name in tables if table_in_words(name) == name] == []
    assert "3" in words(create_held(dict.fromkeys(tables, 3), PHONE, None))


@pytest.mark.parametrize(("phone", "email", "word"), [(PHONE, EMAIL, PHONE), (None, EMAIL, EMAIL)],
                         ids=["both", "email"])
def test_an_erasure_names_whom_it_takes_and_asks_for_the_mark(
    language: str, phone: str | None, email: str, word: str
) -> None:
    _, erasure = create_held({"landing_leads": 1}, phone, email)
    asked = button(erasure)
    assert asked["data-confirm-word"] == word
    assert email in asked["data-confirm"]
    given = {name: value for name, value in (("phone", phone), ("email", email)) if value}
    assert json.loads(asked["data-body"]) == {**given, "confirm": word}


def test_nothing_found_offers_no_erasure(language: str) -> None:
    (card,) = create_held({}, None, EMAIL)
    assert words(card)
    assert [one for one in card._traverse() if getattr(one, "data-api", None)] == []


def test_an_erasure_is_told_to_its_end(language: str) -> None:
    for status in ("queued", "running", "failed", "partial"):
        assert words(create_erasing(RunProgress(status, 1, 2, "A reason." if status == "failed" else None), {}))
    assert "7" in words(create_erasing(RunProgress("done", 2, 2), dict.fromkeys(ERASED, 7)))
    assert words(create_erasing(RunProgress("done", 2, 2), dict.fromkeys(ERASED, 0)))
