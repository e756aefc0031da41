"""The shapes of a person's settings: what is told, and what may be sent to change it."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.fields import PlainText
from api.session import Body

Frequency = Literal["daily", "weekly", "monthly"]
Channel = Literal["email", "telegram"]


class SettingsQuery(BaseModel):
    """Whose settings; an admin may name somebody."""

    user: UUID | None = None


class UtmTemplateBody(Body):
    """A named set of marks; macros such as `{{campaign.name}}` are filled in by Facebook."""

    name: PlainText = Field(max_length=1000)
    medium: PlainText = Field("", max_length=1000, description="Empty: the person's usual medium.")
    campaign: PlainText = Field("", max_length=1000)
    content: PlainText = Field("", max_length=1000)
    term: PlainText = Field("", max_length=1000)
    id: PlainText = Field("", max_length=1000)


class UtmBody(Body):
    """What is to change of the marks; what is left out stays."""

    source: PlainText | None = Field(None, max_length=1000)
    medium: PlainText | None = Field(None, max_length=1000)
    locked: bool | None = Field(None, description="Admins only: the person cannot change the source.")
    templates: list[UtmTemplateBody] | None = Field(None, max_length=200, description="All of them.")
    save_template: UtmTemplateBody | None = Field(None, description="Add one, or replace that of the same name.")
    remove_template: PlainText | None = Field(None, max_length=1000)


class NotificationsBody(Body):
    """What is to change of the notifications; hours are full hours of the business day, 0 to 23."""

    email: PlainText | None = Field(None, max_length=1000, description="null: the address of the sign-in.")
    email_enabled: bool | None = None
    telegram: PlainText | None = Field(None, max_length=1000, description="Id of a chat; null disconnects it.")
    telegram_enabled: bool | None = None
    frequency: Frequency | None = None
    hour: int | None = Field(None, ge=0, le=23)
    quiet_from: int | None = Field(None, ge=0, le=23, description="null in both: no quiet hours.")
    quiet_to: int | None = Field(None, ge=0, le=23)


class TeamLookBody(Body):
    """The look of the team, over the version it was read with."""

    version: int = Field(ge=0)
    name: PlainText | None = Field(None, max_length=1000)
    color: PlainText | None = Field(None, max_length=100)
    emoji: PlainText | None = Field(None, max_length=100)


class UserSettingsBody(Body):
    """One or more parts; `version` is that of marks and notifications as they were read."""

    version: int | None = Field(None, ge=0)
    utm: UtmBody | None = None
    notifications: NotificationsBody | None = None
    team: TeamLookBody | None = None


class SettingsUserAnswer(BaseModel):
    """Whose settings they are."""

    id: UUID
    email: str
    name: str
    role: Literal["admin", "analyst", "targetologist"]


class UtmTemplateAnswer(BaseModel):
    """A named set of marks."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    medium: str
    campaign: str
    content: str
    term: str
    id: str


class UtmAnswer(BaseModel):
    """The marks; a locked source is changed by an admin only. `team_source` attributes to the own team."""

    source: str
    medium: str
    locked: bool
    team_source: str | None
    templates: list[UtmTemplateAnswer]


class NotificationsAnswer(BaseModel):
    """Where and when; `email` is where mails go now, `email_pending` waits for its confirmation."""

    email: str
    email_is_login: bool
    email_pending: str | None
    email_enabled: bool
    telegram: str | None
    telegram_enabled: bool
    telegram_problem: Literal["blocked", "not_found"] | None
    telegram_pending_until: AwareDatetime | None
    frequency: Frequency
    hour: int
    quiet_from: int | None
    quiet_to: int | None
    mail_ready: bool
    telegram_ready: bool
    bot: str | None


class TeamLookAnswer(BaseModel):
    """The look; `contrast` is that of the colour on the page, text needs 4.5."""

    slug: str
    name: str
    color: str
    emoji: str
    contrast: float
    version: int


class UndoAnswer(BaseModel):
    """The request that takes a change back."""

    method: str
    path: str
    body: dict[str, object]


class UserSettingsAnswer(BaseModel):
    """Everything a person has set."""

    user: SettingsUserAnswer
    version: int
    utm: UtmAnswer
    notifications: NotificationsAnswer
    team: TeamLookAnswer | None
    undo: UndoAnswer | None = None


class BotLinkAnswer(BaseModel):
    """An address that opens the bot with a code that works once."""

    link: str
    bot: str
    expires_at: AwareDatetime


class TryMessageBody(Body):
    """Which channel to try."""

    channel: Channel = "email"


class TryChannelBody(Body):
    """Which channel of whom to try."""

    channel: Channel = "email"
    user: UUID | None = None


class TriedAnswer(BaseModel):
    """The message that was queued, and where it goes."""

    id: UUID
    channel: Channel
    recipient: str
