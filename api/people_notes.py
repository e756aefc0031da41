"""Letters to people whose rights an admin changed: what is different now, in their own language."""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Connection

from core.records import Role, Team
from core.texts import locale, t
from data.notices import queue_mail
from data.people import User, load_users_of_team


def tell_user(connection: Connection, user: User, about: str, words: Callable[[], str]) -> None:
    """Queue a letter about ``about`` (``people.mail.<about>.subject``); ``words`` writes the body in their language."""
    with locale(user.locale):
        queue_mail(connection, key=f"{about}:{user.id}:{uuid4()}", user_id=user.id, recipient=user.email,
                   subject=t(f"people.mail.{about}.subject"), body=words())


def tell_moved_people(connection: Connection, source: Team, target: Team) -> int:
    """Tell the people of a team that it became another one; how many were told."""
    users = load_users_of_team(connection, source.id)
    for user in users:
        tell_user(connection, user, "team_merged", lambda: t(
            "people.mail.team_merged.body", source=source.name, target=target.name))
    return len(users)


def tell_changed_user(connection: Connection, before: User, after: User, team_name: str | None) -> None:
    """Tell a user of a new role, team or access; signing in anew is part of it."""
    if before.is_active and not after.is_active:
        tell_user(connection, after, "closed", lambda: t("people.mail.closed.body"))
    elif after.is_active and not before.is_active:
        tell_user(connection, after, "opened", lambda: t("people.mail.opened.body"))
    elif after.is_active:
        tell_user(connection, after, "rights", lambda: _rights(after, team_name))


def _rights(user: User, team_name: str | None) -> str:
    role = t(f"role.{user.role.value}")
    if user.role is Role.TARGETOLOGIST and team_name:
        return t("people.mail.rights.body_team", role=role, team=team_name)
    return t("people.mail.rights.body", role=role)
