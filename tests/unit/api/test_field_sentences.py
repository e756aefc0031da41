"""Whatever is wrong with a field is said in the reader's language, and never with the words of a library."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from api.field_sentences import field_sentence
from api.fields import Day
from api.openapi import StrictBody
from core.texts import LOCALES, has_text, locale, t


class Inner(BaseModel):
    """An object inside."""

    name: str


class Sample(BaseModel):
    """One field of each kind, with each kind of bound."""

    model_config = ConfigDict(extra="forbid")

    needed: str
    text: Annotated[str, Field(min_length=3, max_length=5)] = "abc"
    pattern: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    whole: Annotated[int, Field(ge=1, le=9)] = 1
    amount: Annotated[Decimal, Field(gt=0, lt=10)] = Decimal(1)
    ratio: float = 0.5
    switch: bool = False
    rows: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    places: dict[str, int] = {}
    inner: Inner | None = None
    choice: Literal["day", "week"] = "day"
    id: UUID | None = None
    moment: AwareDatetime | None = None
    time: datetime | None = None
    plain_day: date | None = None
    day: Day | None = None


CASES = {
    "missing": ({}, "needed", "field.missing"),
    "extra": ({"needed": "a", "other": 1}, "other", "field.extra"),
    "text": ({"needed": 7}, "needed", "field.text"),
    "short": ({"needed": "a", "text": "a"}, "text", "field.short"),
    "long": ({"needed": "a", "text": "secret"}, "text", "field.long"),
    "pattern": ({"needed": "a", "pattern": "7"}, "pattern", "field.unlike"),
    "whole": ({"needed": "a", "whole": "7"}, "whole", "field.whole"),
    "fraction": ({"needed": "a", "whole": 1.5}, "whole", "field.whole"),
    "least": ({"needed": "a", "whole": 0}, "whole", "field.least"),
    "most": ({"needed": "a", "whole": 10}, "whole", "field.most"),
    "above": ({"needed": "a", "amount": 0}, "amount", "field.above"),
    "below": ({"needed": "a", "amount": 10}, "amount", "field.below"),
    "number": ({"needed": "a", "ratio": "much"}, "ratio", "field.number"),
    "switch": ({"needed": "a", "switch": 1}, "switch", "field.switch"),
    "list": ({"needed": "a", "rows": "a"}, "rows", "field.list"),
    "few": ({"needed": "a", "rows": []}, "rows", "field.few"),
    "many": ({"needed": "a", "rows": ["a", "b", "c"]}, "rows", "field.many"),
    "object": ({"needed": "a", "places": []}, "places", "field.object"),
    "inner object": ({"needed": "a", "inner": "x"}, "inner", "field.object"),
    "choice": ({"needed": "a", "choice": "year"}, "choice", "field.choice"),
    "id": ({"needed": "a", "id": "x"}, "id", "field.id"),
    "moment without offset": ({"needed": "a", "moment": "2026-03-01T09:00:00"}, "moment", "field.moment"),
    "moment": ({"needed": "a", "time": "soon"}, "time", "field.moment"),
    "plain day": ({"needed": "a", "plain_day": "soon"}, "plain_day", "field.day"),
    "day": ({"needed": "a", "day": "1.3.2026"}, "day", "field.day"),
    "whole body": ([], "", "field.object"),
}


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("case", CASES)
def test_every_flaw_has_its_sentence(case: str, code: str) -> None:
    body, field, key = CASES[case]
    with locale(code):
        told = {".".join(map(str, one["loc"])): field_sentence(one) for one in flaws_of(body)}
        bounds = {"least": 1 if case == "few" else 3, "most": 2 if case == "many" else 5, "choices": "day, week",
                  "bound": {"least": 1, "most": 9, "above": 0, "below": 10}.get(case)}
        assert told[field] == t(key, **bounds)


def test_nothing_that_was_sent_is_said_again() -> None:
    sent = {"needed": ["private"], "text": "private", "whole": "private", "choice": "private", "id": "private"}
    assert not [one for one in flaws_of(sent) if "private" in field_sentence(one)]


def test_a_way_nobody_thought_of_is_still_said_in_the_readers_language() -> None:
    assert has_text("field.unlike")
    assert field_sentence({"type": "of_a_later_release", "msg": "Input should be better"}) == t("field.unlike")


def flaws_of(body: Any) -> list[Any]:
    with pytest.raises(ValidationError) as caught:
        StrictBody(Sample).model_validate(body)
    return list(caught.value.errors(include_url=False, include_input=False))
