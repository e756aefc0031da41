"""Users as the API takes and tells them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from api.fields import PlainText
from api.session import Body
from core.people_records import ListedUser
from core.texts import LocaleCode, t

RoleName = Literal["admin", "analyst", "targetologist"]


class InvitationBody(Body):
    """A new user, who sets the password by the link."""

    email: PlainText = Field(min_length=3, max_length=254)
    role: RoleName
    team: PlainText | None = Field(None, max_length=80, description="Slug; a targetologist needs one.")
    name: PlainText = Field("", max_length=200)
    locale: LocaleCode = "ru"
    invitation: Literal["mail", "link"] = Field("link", description="By mail, or as a link in the answer.")


class UserChangeBody(Body):
    """What is to change; what is left out stays."""

    version: int | None = Field(None, description="The version that was read; another one in force: 409.")
    role: RoleName | None = None
    team: PlainText | None = Field(None, max_length=80)
    name: PlainText | None = Field(None, max_length=200)
    is_active: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> "UserChangeBody":
        if not self.model_fields_set - {"version"}:
            raise ValueError(t("field.nothing_to_change"))
        return self


class UserPath(BaseModel):
    """A user by id."""

    id: UUID


class PeopleQuery(BaseModel):
    """Which users."""

    search: PlainText = Field("", max_length=200, description="In addresses and names.")
    role: RoleName | None = None
    team: PlainText | None = Field(None, max_length=80)
    is_active: bool | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: PlainText | None = Field(None, max_length=254, description="`next_cursor` of the answer before.")


class PersonAnswer(BaseModel):
    """A user."""

    id: UUID
    email: str
    name: str
    role: RoleName
    team: str | None
    locale: str
    is_active: bool
    version: int
    created_at: datetime
    last_seen_at: datetime | None
    is_locked: bool = Field(description="Paused after failed sign-ins.")
    is_invited: bool = Field(description="Has not set a password yet.")
    has_second_factor: bool


class PersonSavedAnswer(PersonAnswer):
    """A user as saved, and how to go back."""

    undo: dict[str, Any]


class PeopleAnswer(BaseModel):
    """A page of users."""

    rows: list[PersonAnswer]
    next_cursor: str | None


class LinkAnswer(BaseModel):
    """A link to pass on; it is shown this once and works once. `null`: it went by mail."""

    id: UUID
    link: str | None
    expires_at: AwareDatetime | None


def describe_person(one: ListedUser) -> dict[str, Any]:
    """A user as the API tells it."""
    return {"id": one.id, "email": one.email, "name": one.full_name, "role": one.role.value,
            "team": one.team_slug, "locale": one.locale, "is_active": one.is_active, "version": one.version,
            "created_at": one.created_at, "last_seen_at": one.last_seen_at, "is_locked": one.is_locked,
            "is_invited": one.is_invited, "has_second_factor": one.has_second_factor}
