"""Rules of attribution as the API takes and tells them, and refusals as sentences."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.problems import FieldProblem, problem
from core.attribution_rules import Alias, Binding
from core.rule_book import BookAlias, FlawedChange, RuleBook, RuleChange
from core.texts import t

Mark = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=1000)]
MOST_RULES = 500  # in one change; more of them are several changes
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


VERSION = "Of the rules as they were read: refused (409) when this one has been changed since."


class AliasBody(BaseModel):
    """Another name of a team. Every condition it names must hold; without a source it is a token of campaign names."""

    model_config = ConfigDict(extra="forbid")

    team: Mark = Field(min_length=1, description="Slug of the team.")
    utm_source: Mark | None = None
    utm_medium: Mark | None = None
    campaign_token: Mark | None = Field(None, description="Whole, consecutive words of a campaign name.")
    funnel: Mark | None = None
    priority: int = Field(0, ge=-1000, le=1000, strict=True,
                          description="The greater wins among equally specific aliases.")
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="Included.")
    note: Words = ""


class AliasPatch(AliasBody):
    """What is to be another one; what is left out stays."""

    team: Mark = ""
    version: int | None = Field(None, description=VERSION)


class AliasChange(AliasBody):
    """A new alias, or with an ``id`` the whole of a changed one."""

    id: UUID | None = None


class AliasAnswer(AliasBody):
    """An alias."""

    id: UUID


class BindingBody(BaseModel):
    """An ad account, a campaign or an ad of Facebook that belongs to a team."""

    model_config = ConfigDict(extra="forbid")

    team: Mark = Field(min_length=1, description="Slug of the team.")
    kind: Literal["account", "campaign", "ad"]
    external_id: Words = Field(
        min_length=1, description="Its id on the platform; `act_` may stand before that of an account.")
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="Included.")


class BindingPatch(BindingBody):
    """What is to be another one; what is left out stays."""

    team: Mark = ""
    kind: Literal["account", "campaign", "ad"] = "campaign"
    external_id: Words = ""
    version: int | None = Field(None, description=VERSION)


class BindingChange(BindingBody):
    """A new binding, or with an ``id`` the whole of a changed one."""

    id: UUID | None = None


class BindingAnswer(BindingBody):
    """A binding."""

    id: UUID


class ChangeBody(BaseModel):
    """A change of the rules, all of it at once or nothing."""

    model_config = ConfigDict(extra="forbid")

    aliases: list[AliasChange] = Field([], max_length=MOST_RULES)
    remove_aliases: list[UUID] = Field([], max_length=MOST_RULES)
    bindings: list[BindingChange] = Field([], max_length=MOST_RULES)
    remove_bindings: list[UUID] = Field([], max_length=MOST_RULES)
    look_back_days: int | None = Field(None, description="How old a lead may be to explain a sale of its person.")
    note: Words = Field("", description="Why.")
    version: int | None = Field(None, description="Refuse (409) when the rules are no longer of this version.")


class AppliedAnswer(BaseModel):
    """The version in force, and the run that brings everything in line with it (none: nothing changed)."""

    version: int
    run_id: UUID | None


class RemovedAnswer(AppliedAnswer):
    """The version in force, and the request that puts the removed rule back."""

    undo: dict[str, Any]


class AliasSaved(AppliedAnswer):
    """A saved alias with the version it is part of."""

    alias: AliasAnswer


class BindingSaved(AppliedAnswer):
    """A saved binding with the version it is part of."""

    binding: BindingAnswer


class AliasesAnswer(BaseModel):
    """A page of aliases."""

    rows: list[AliasAnswer]
    next_cursor: str | None


class BindingsAnswer(BaseModel):
    """A page of bindings."""

    rows: list[BindingAnswer]
    next_cursor: str | None


class VersionRow(BaseModel):
    """A kept version of the rules."""

    version: int
    note: str
    created_at: datetime
    created_by: str | None = Field(description="E-mail of whoever made it; `null`: found as it was.")
    aliases: int
    bindings: int
    look_back_days: int | None


class VersionsAnswer(BaseModel):
    """The newest versions; the first is in force."""

    rows: list[VersionRow]
    next_cursor: int | None


def to_alias(body: AliasBody, rule_id: str | None = None) -> BookAlias:
    """The alias of a body, under a new id when none is given."""
    return BookAlias(Alias(
        id=rule_id or str(uuid4()), team_slug=body.team, utm_source=body.utm_source or None,
        utm_medium=body.utm_medium or None, campaign_token=body.campaign_token or None, funnel=body.funnel or None,
        priority=body.priority, valid_from=body.valid_from, valid_to=body.valid_to), body.note)


def to_binding(body: BindingBody, rule_id: str | None = None) -> Binding:
    """The binding of a body, under a new id when none is given. The ``act_`` of accounts is dropped."""
    return Binding(rule_id or str(uuid4()), body.team, body.kind, body.external_id.strip().removeprefix("act_"),
                   body.valid_from, body.valid_to)


def to_change(body: ChangeBody) -> RuleChange:
    """The change a body asks for."""
    return RuleChange(
        save_aliases=tuple(to_alias(one, str(one.id) if one.id else None) for one in body.aliases),
        remove_aliases=tuple(map(str, body.remove_aliases)),
        save_bindings=tuple(to_binding(one, str(one.id) if one.id else None) for one in body.bindings),
        remove_bindings=tuple(map(str, body.remove_bindings)), look_back_days=body.look_back_days)


def describe_alias(one: BookAlias) -> dict[str, Any]:
    """An alias as the API tells it."""
    rule = one.rule
    return {"id": rule.id, "team": rule.team_slug, "utm_source": rule.utm_source, "utm_medium": rule.utm_medium,
            "campaign_token": rule.campaign_token, "funnel": rule.funnel, "priority": rule.priority,
            "valid_from": rule.valid_from, "valid_to": rule.valid_to, "note": one.note}


def describe_binding(one: Binding) -> dict[str, Any]:
    """A binding as the API tells it."""
    return {"id": one.id, "team": one.team_slug, "kind": one.kind, "external_id": one.external_id,
            "valid_from": one.valid_from, "valid_to": one.valid_to}


def describe_book(book: RuleBook) -> dict[str, Any]:
    """A book as the audit log keeps it."""
    return book.to_json()


def refused(error: FlawedChange, strip: str = "") -> Response:
    """422 with a sentence per reason; ``strip`` is the part of the paths that the caller did not write."""
    return flawed([(one.field.removeprefix(strip), t(one.key, **one.values)) for one in error.flaws])


def flawed(problems: Sequence[tuple[str, str]]) -> Response:
    """422 with (field, sentence)."""
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY,
                   errors=[FieldProblem(field=field, message=message) for field, message in problems])
