"""Teams as the API takes and tells them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.fields import PlainText
from api.session import Body
from core.rule_book import Flaw
from core.texts import LocaleCode, t
from data.teams import ArrangedTeam

Typed = Annotated[PlainText, StringConstraints(strip_whitespace=True, max_length=300)]
TypedMark = Annotated[PlainText, StringConstraints(strip_whitespace=True, to_lower=True, max_length=300)]


class FirstUserBody(Body):
    """The first person of a new team."""

    email: Typed
    name: Typed = ""
    role: Literal["admin", "analyst", "targetologist"] = "targetologist"
    locale: LocaleCode = "ru"


class NewTeamBody(Body):
    """A team, and its first person when one is given: both or neither."""

    name: Typed
    color: Typed | None = Field(None, description="`#RRGGBB`, readable on black. Left out: one no team has.")
    emoji: Typed | None = Field(None, description="One emoji. Left out: one no team has.")
    slug: TypedMark | None = Field(None, description="Left out: made of the name.")
    utm_source: TypedMark | None = Field(None, description="Left out: `fb_<slug>`.")
    utm_medium: TypedMark = "cpc"
    user: FirstUserBody | None = None
    invitation: Literal["mail", "link"] = Field("mail", description="How the first person gets the link.")


class TeamChangeBody(Body):
    """What is to be another one; what is left out stays. The slug never changes."""

    version: int = Field(description="The version that was read; another one in force: 409.")
    name: Typed | None = None
    color: Typed | None = None
    emoji: Typed | None = None
    utm_source: TypedMark | None = None
    utm_medium: TypedMark | None = None
    is_active: bool | None = Field(None, description="`false`: into the archive, `true`: back.")


class TeamVersionQuery(BaseModel):
    """The version that was read."""

    version: int | None = None


class TeamPath(BaseModel):
    """A team by its id."""

    id: UUID


class TeamCheckQuery(BaseModel):
    """A team as far as it is typed."""

    name: Typed = ""
    slug: TypedMark = ""
    utm_source: TypedMark = ""
    utm_medium: TypedMark = "cpc"
    color: Typed = ""
    emoji: Typed = ""
    email: Typed = ""
    id: UUID | None = Field(None, description="The team that is being changed.")


class CheckedField(BaseModel):
    """What stands about one field."""

    field: str
    ok: bool
    message: str


class TeamCheckAnswer(BaseModel):
    """Every field with a sentence, and what the name proposes."""

    slug: str
    utm_source: str
    contrast: float | None
    fields: list[CheckedField]


class ArrangedTeamAnswer(BaseModel):
    """A team with what belongs to it."""

    id: UUID
    slug: str
    name: str
    color: str
    emoji: str
    utm_source: str
    utm_medium: str
    is_active: bool
    archived_at: datetime | None
    merged_into: str | None
    version: int
    aliases: list[str]
    people: list[str]
    sales: int = Field(description="Of the last thirty days.")


class ArrangedTeamsAnswer(BaseModel):
    """All teams."""

    rows: list[ArrangedTeamAnswer]


class NewTeamAnswer(BaseModel):
    """The team; the id of its first person, and the link when it was asked for: it is shown this once."""

    team: ArrangedTeamAnswer
    user_id: UUID | None
    link: str | None
    expires_at: AwareDatetime | None


class TeamSavedAnswer(BaseModel):
    """The team as it stands, and how to go back."""

    team: ArrangedTeamAnswer
    undo: dict[str, Any]


class WhoseBody(Body):
    """A link, UTM marks or one mark, as pasted."""

    text: PlainText = Field(min_length=1, max_length=4000)
    day: date | None = Field(None, description="The day of the touch; today when left out.")


class WhoseStep(BaseModel):
    """What one rule says."""

    method: str
    outcome: str = Field(description="decided, ambiguous, lost (an earlier one had decided) or silent")
    teams: list[str]
    title: str
    message: str


class WhoseAnswer(BaseModel):
    """The team, and why."""

    team: str | None
    name: str | None
    method: str | None
    confidence: str | None
    reason: str | None
    message: str
    marks: dict[str, str | None]
    steps: list[WhoseStep]


def describe_team(one: ArrangedTeam) -> dict[str, Any]:
    """A team as the API tells it."""
    return {"id": one.team.id, "slug": one.team.slug, **one.settings, "archived_at": one.archived_at,
            "merged_into": one.team.merged_into, "version": one.version, "aliases": list(one.aliases),
            "people": list(one.people), "sales": one.sales}


def sentences(flaws: list[Flaw]) -> list[tuple[str, str]]:
    """Field and sentence of each flaw."""
    return [(flaw.field, t(flaw.key, **flaw.values)) for flaw in flaws]
