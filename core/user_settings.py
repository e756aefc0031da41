"""What one person has set, as it crosses the house: marks, notifications, the look of the team."""

from dataclasses import dataclass

from core.records import Role
from core.utm_links import UtmTemplate


@dataclass(frozen=True)
class UtmDefaults:
    """Source, medium and templates; a locked source is an admin's."""

    source: str
    medium: str
    locked: bool
    templates: tuple[UtmTemplate, ...] = ()


@dataclass(frozen=True)
class Notifying:
    """Where and when a person is told things. ``email`` ``None``: the address of the sign-in. Hours are local, 0–23."""

    email: str | None
    email_enabled: bool
    telegram: str | None
    telegram_enabled: bool
    telegram_problem: str | None
    frequency: str
    hour: int
    quiet_from: int | None
    quiet_to: int | None


@dataclass(frozen=True)
class OwnTeam:
    """The team of a person as its settings show it."""

    id: str
    slug: str
    name: str
    color: str
    emoji: str
    utm_source: str
    version: int


@dataclass(frozen=True)
class UserSettings:
    """Everything one person has set."""

    user_id: str
    login: str
    name: str
    role: Role
    version: int
    utm: UtmDefaults
    notifying: Notifying
    team: OwnTeam | None
