"""Bodies are read as the description says, nothing looser."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from pydantic import BaseModel, ValidationError

from api.openapi import StrictBody


class Sample(BaseModel):
    """One field of each kind that bodies have."""

    switch: bool = False
    number: int = 0
    text: str = ""
    day: date | None = None
    id: UUID | None = None
    amount: Decimal | None = None


@pytest.mark.parametrize("body", [
    {"switch": 0}, {"switch": "true"}, {"number": "1"}, {"number": 1.5}, {"number": True}, {"text": 1},
    {"day": 1700000000}, {"id": 7}, [], None, "text", '{"switch": true}',
])
def test_a_looser_value_is_refused(body: object) -> None:
    with pytest.raises(ValidationError):
        StrictBody(Sample).model_validate(body)
    with pytest.raises(ValidationError):
        StrictBody(Sample).model_validate_json(body)


def test_a_body_that_was_not_sent_is_one_without_fields() -> None:
    with Flask(__name__).test_request_context(method="POST"):
        assert StrictBody(Sample).model_validate(None) == Sample()
    with (Flask(__name__).test_request_context(method="POST", data=b"null"), pytest.raises(ValidationError)):
        StrictBody(Sample).model_validate(None)


def test_what_the_description_says_is_taken() -> None:
    body = {"switch": True, "number": 3, "text": "ü", "day": "2026-01-31", "amount": 450.25,
            "id": "3f0c1d8e-0000-4000-8000-000000000000"}
    read = StrictBody(Sample).model_validate(body)
    assert read.model_dump() == {**body, "day": date(2026, 1, 31), "id": UUID(body["id"]), "amount": Decimal("450.25")}
