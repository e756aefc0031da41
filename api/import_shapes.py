"""The shapes of imports at the API, and imports as it tells them."""

import base64
import binascii
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.fields import PlainText
from core.import_fields import CONSTANT_FIELDS, FIELDS, ImportKind, missing_fields
from core.texts import t
from data.imports import Import, ImportSummary

Status = Literal["draft", "checking", "checked", "applying", "applied", "undoing", "undone"]
_Values = dict[str, Any]


class ImportPath(BaseModel):
    """An import by its id."""

    id: UUID


class ImportBody(BaseModel):
    """A file: as text, or as base64 of its bytes when its letters are not known."""

    model_config = ConfigDict(extra="forbid")

    kind: ImportKind
    file_name: PlainText = Field("", max_length=200)
    text: str | None = Field(None, description="The rows, pasted.")
    content: str | None = Field(None, description="The file in base64; `data:…;base64,` before it is allowed.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "ImportBody":
        if bool(self.text and self.text.strip()) == bool(self.content):
            raise ValueError(t("imports.give_file"))
        return self

    def to_bytes(self) -> bytes:
        """The bytes of the file. Raises: ValueError when the base64 is broken."""
        if self.text:
            return self.text.encode()
        try:
            return base64.b64decode((self.content or "").rpartition(",")[2], validate=True)
        except binascii.Error as error:
            raise ValueError(t("field.not_base64")) from error


class ImportReadingBody(BaseModel):
    """How the file is read: which column is which field, and what holds for every row."""

    model_config = ConfigDict(extra="forbid")

    version: int
    columns: dict[str, int | None] = Field(max_length=60, description="Field to column, from 0; null or -1: none.")
    constants: dict[str, PlainText | None] = Field({}, max_length=20, description="Values for fields without a column.")
    month_first: bool = Field(False, description="03/04/2026 is the 4th of March.")
    decimal_comma: bool = Field(False, description="1,234 is one and a bit.")

    @field_validator("columns")
    @classmethod
    def _places(cls, given: dict[str, int | None]) -> dict[str, int | None]:
        if any(place is not None and place < -1 for place in given.values()):
            raise ValueError(t("imports.no_such_column"))
        return {name: None if place == -1 else place for name, place in given.items()}


class ImportApplyBody(BaseModel):
    """Bring the file in as it was checked."""

    model_config = ConfigDict(extra="forbid")

    version: int
    skip_wrong: bool = Field(False, description="Leave rows with problems out; without it such a file is refused.")


class ImportProblem(BaseModel):
    """What is wrong with a row."""

    line: int
    field: str
    message: str
    value: str


class ImportSampleRow(BaseModel):
    """A row as it was understood, and what it would do."""

    line: int
    verdict: Literal["new", "changed", "unchanged", "known"]
    data: _Values


class ImportPreview(BaseModel):
    """What the file would do; problems are the first 500."""

    rows: int
    new: int
    changed: int
    unchanged: int
    known: int
    wrong: int
    problems: list[ImportProblem]
    sample: list[ImportSampleRow]
    money: dict[str, float]
    first_day: date | None
    last_day: date | None


class ImportAnswer(BaseModel):
    """One import."""

    id: UUID
    kind: ImportKind
    file_name: str
    size: int
    encoding: str
    separator: str
    header: list[str]
    fields: list[str]
    columns: dict[str, int]
    constants: dict[str, str]
    month_first: bool
    decimal_comma: bool
    status: Status
    missing: list[str] = Field(description="Required fields that have neither a column nor a value.")
    preview: ImportPreview | None
    counts: dict[str, int]
    run_id: UUID | None
    version: int
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    created_by: str


class ImportLine(BaseModel):
    """A line of the list."""

    id: UUID
    kind: ImportKind
    file_name: str
    size: int
    status: Status
    counts: dict[str, int]
    run_id: UUID | None
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    created_by: str


class ImportsAnswer(BaseModel):
    """The newest imports."""

    rows: list[ImportLine]


def reading_flaws(found: Import, body: ImportReadingBody) -> list[tuple[str, str]]:
    """(field, sentence) for everything that cannot be."""
    names = {field.name for field in FIELDS[found.kind]}
    flaws = [(f"columns.{name}", t("imports.no_such_field")) for name in body.columns if name not in names]
    places = [place for place in body.columns.values() if place is not None]
    for name, place in body.columns.items():
        if place is not None and place >= len(found.header):
            flaws.append((f"columns.{name}", t("imports.no_such_column")))
        elif place is not None and places.count(place) > 1:
            flaws.append((f"columns.{name}", t("imports.column_twice")))
    flaws += [(f"constants.{name}", t("imports.no_such_field")) for name in body.constants
              if name not in CONSTANT_FIELDS[found.kind]]
    return flaws


def describe_import(found: Import) -> dict[str, Any]:
    """An import as the API tells it."""
    told = {name: getattr(found, name) for name in ImportAnswer.model_fields
            if name not in ("fields", "missing", "preview")}
    return {**told, "header": list(found.header), "fields": [field.name for field in FIELDS[found.kind]],
            "missing": missing_fields(found.kind, found.columns, found.constants),
            "preview": None if found.preview is None else describe_preview(found.preview)}


def describe_preview(preview: Mapping[str, Any]) -> dict[str, Any]:
    """A preview with its sentences in the language of the moment."""
    problems = [{"line": one["line"], "field": one["field"], "value": one["value"],
                 "message": t(one["key"], value=one["value"])} for one in preview["problems"]]
    told = {name: preview[name] for name in ImportPreview.model_fields if name not in ("problems", "money")}
    return {**told, "problems": problems,
            "money": {currency: float(amount) for currency, amount in preview["money"].items()}}


def describe_line(one: ImportSummary) -> dict[str, Any]:
    """A line of the list."""
    return dict(vars(one))
