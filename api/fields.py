"""Fields that several bodies and queries share, each with the sentence that refuses what does not fit."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from core.texts import t

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


def _only_iso(value: Any) -> Any:
    """A day of a text YYYY-MM-DD. Made here, since bodies are read strictly, where a text is no day."""
    try:
        if isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
            return date.fromisoformat(value)
    except ValueError:
        pass  # the sentence below says it
    raise ValueError(t("field.day"))


def _storable(value: str) -> str:
    """What PostgreSQL can keep as text: no NUL, no half of a pair of surrogates."""
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(t("problem.letters"))
    return value


Day = Annotated[date, BeforeValidator(_only_iso)]
NearDay = Annotated[date, BeforeValidator(_only_iso), Field(ge=FIRST_DAY, le=LAST_DAY)]
PlainText = Annotated[str, AfterValidator(_storable)]
