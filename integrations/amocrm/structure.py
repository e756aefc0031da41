"""What an amoCRM account is made of: pipelines with stages, custom fields, webhooks, read into records."""

from dataclasses import dataclass
from typing import Any

from core.bodies import as_text, members
from core.wire_values import read_id
from integrations.amocrm.errors import BadAnswer


@dataclass(frozen=True)
class CrmStage:
    """A stage of a pipeline; 142 is won and 143 lost in each of them."""

    id: int
    name: str


@dataclass(frozen=True)
class CrmPipeline:
    """A pipeline of deals."""

    id: int
    name: str
    stages: tuple[CrmStage, ...]


@dataclass(frozen=True)
class CrmField:
    """A custom field of deals."""

    id: int
    name: str
    code: str | None
    kind: str


@dataclass(frozen=True)
class CrmHook:
    """A subscription of events; a disabled one sends nothing until somebody switches it on."""

    destination: str
    settings: tuple[str, ...]
    disabled: bool


def to_pipeline(row: Any) -> CrmPipeline:
    """A pipeline of the API. Raises BadAnswer without an id."""
    embedded = row.get("_embedded")
    stages = members(embedded.get("statuses")) if isinstance(embedded, dict) else []
    return CrmPipeline(_id(row, "pipeline"), as_text(row.get("name")) or "", tuple(
        CrmStage(_id(stage, "stage"), as_text(stage.get("name")) or "") for stage in stages if isinstance(stage, dict)))


def to_field(row: Any) -> CrmField:
    """A custom field of the API. Raises BadAnswer without an id."""
    return CrmField(_id(row, "field"), as_text(row.get("name")) or "", as_text(row.get("code")) or None,
                    as_text(row.get("type")) or "")


def to_hook(row: Any) -> CrmHook:
    """A webhook of the API."""
    return CrmHook(as_text(row.get("destination")) or "", tuple(
        text for one in members(row.get("settings")) if (text := as_text(one))), bool(row.get("disabled")))


def _id(row: Any, what: str) -> int:
    number = read_id(row.get("id"))
    if number is None:
        raise BadAnswer(f"amoCRM answered a {what} without its id")
    return number
