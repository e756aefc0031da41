"""What a person sets: marks, notifications, the look of the team; an admin may do it for somebody."""

from dataclasses import asdict
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Response
from sqlalchemy import Connection

from api.encoding import json_answer
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from api.user_settings_rules import Refused, change_look, change_notifying, change_utm, forbidden_parts
from api.user_settings_shapes import (
    BotLinkAnswer,
    SettingsQuery,
    TriedAnswer,
    TryChannelBody,
    TryMessageBody,
    UserSettingsAnswer,
    UserSettingsBody,
)
from auth.audit import Action, record
from auth.contact_links import TELEGRAM_SECONDS, ask_for_email, new_bot_code
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.colours import contrast_on_page
from core.records import Role, Team
from core.texts import format_moment, locale, t
from core.user_settings import Notifying, OwnTeam, UserSettings, UtmDefaults
from data.contact_confirmations import end_confirmations, load_waiting
from data.engine import AUTH, Viewer, seen_by, web_database
from data.freshness import bump
from data.installation import load_fact
from data.outbox import EMAIL, TELEGRAM, count_recent_tests, queue_message
from data.people import PeopleError, load_teams, load_user
from data.sessions import SignedInUser
from data.user_settings import (
    load_last_change,
    load_user_settings,
    save_own,
    save_team_look,
)

user_settings_api = create_api("user_settings", __name__, "/api/traffic-admin")

PATH = "/api/traffic-admin/settings"
BOT_FACT = "telegram_bot"
_MOST_TESTS = 5
_NOTIFYING_PARTS = ("email_enabled", "telegram", "telegram_enabled", "frequency", "hour", "quiet_from", "quiet_to")


class Conflict(Exception):
    """Somebody else was quicker; everything of this request is undone. ``thing``: type and id in the audit log."""

    def __init__(self, object_type: str, object_id: str) -> None:
        self.thing = (object_type, object_id)
        super().__init__(object_type)


def _whose(query: SettingsQuery, user: SignedInUser) -> str | None:
    """The id of the person meant; ``None`` when the one who asks may not know."""
    if query.user is None or str(query.user) == user.id:
        return user.id
    return str(query.user) if user.role is Role.ADMIN else None


@user_settings_api.get("/settings", summary="Own settings", responses={200: UserSettingsAnswer, **problem_answers(404)})
@requires(Permission.SETTINGS_OWN_READ)
def show_settings(query: SettingsQuery) -> Response:
    """Everything set, defaults included; `user` for admins."""
    user = current_user()
    whose = _whose(query, user)
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        found = load_user_settings(connection, whose) if whose else None
        return json_answer(_describe(connection, found)) if found else problem(HTTPStatus.NOT_FOUND)


@user_settings_api.patch("/settings", summary="Change settings",
                         responses={200: UserSettingsAnswer, **problem_answers(404, 409)})
@requires(Permission.SETTINGS_OWN_WRITE)
def change_settings(query: SettingsQuery, body: UserSettingsBody) -> Response:
    """Change what is given and nothing else; over an older version nothing is saved, and the answer says who did."""
    user = current_user()
    whose = _whose(query, user)
    barred = forbidden_parts(user.role, body.model_fields_set)
    if barred:
        return problem(HTTPStatus.FORBIDDEN, detail=barred[0].message, errors=barred)
    try:
        with web_database().transaction(Viewer.of(user.scope)) as connection:
            old = load_user_settings(connection, whose) if whose else None
            if old is None:
                return problem(HTTPStatus.NOT_FOUND)
            _save(connection, user, old, body)
            new = load_user_settings(connection, old.user_id)
            return json_answer({**_describe(connection, new or old), "undo": _undo(query, old, new or old, body)})
    except Refused as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=error.problems)
    except Conflict as error:
        return _conflict(user, error)


def _save(connection: Connection, user: SignedInUser, old: UserSettings, body: UserSettingsBody) -> None:
    """Check everything, then save everything. Raises: Refused, Conflict."""
    problems: list[FieldProblem] = []
    utm, notifying, pending, team = old.utm, old.notifying, None, old.team
    try:
        utm = change_utm(old, body.utm, is_admin=user.role is Role.ADMIN) if body.utm else utm
    except Refused as error:
        problems += error.problems
    try:
        notifying, pending = change_notifying(old, body.notifications) if body.notifications else (notifying, None)
    except Refused as error:
        problems += error.problems
    try:
        team = change_look(old.team, body.team, _other_teams(connection, old.team)) if old.team and body.team else team
    except Refused as error:
        problems += error.problems
    if (body.utm or body.notifications) and body.version is None:
        problems.append(FieldProblem(field="version", message=t("settings.version_missing")))
    if body.team and old.team is None:
        problems.append(FieldProblem(field="team", message=t("settings.no_team")))
    if problems:
        raise Refused(problems)
    if body.utm or body.notifications:
        _save_parts(connection, user, old, body, utm, notifying)
    if body.notifications and "email" in body.notifications.model_fields_set:
        _settle_email(connection, user, old, pending)
    if body.team and old.team and team:
        _save_look(connection, user, body.team.version, old.team, team)


def _other_teams(connection: Connection, own: OwnTeam) -> list[Team]:
    with seen_by(connection, AUTH, Viewer.of(current_user().scope)):
        return [team for team in load_teams(connection) if team.id != own.id]


def _save_look(connection: Connection, user: SignedInUser, version: int, old: OwnTeam, new: OwnTeam) -> None:
    try:
        is_saved = version == old.version and save_team_look(
            connection, old, name=new.name, color=new.color, emoji=new.emoji)
    except PeopleError:
        raise Refused([FieldProblem(field="team.name", message=t("look.name_taken"))]) from None
    if not is_saved:
        raise Conflict("team", old.id)
    looks = [{"name": one.name, "color": one.color, "emoji": one.emoji} for one in (old, new)]
    record(connection, Action.TEAM_LOOK_CHANGED, user_id=user.id, object_type="team", object_id=old.id,
           before=looks[0], after=looks[1])
    bump(connection)


def _save_parts(connection: Connection, user: SignedInUser, old: UserSettings, body: UserSettingsBody,
                utm: UtmDefaults, notifying: Notifying) -> None:
    if body.version != old.version:
        raise Conflict("settings", old.user_id)
    if (utm, notifying) == (old.utm, old.notifying):
        return
    if not save_own(connection, old, utm, notifying):
        raise Conflict("settings", old.user_id)
    before = {**_plain(old.utm), **asdict(old.notifying)}
    after = {**_plain(utm), **asdict(notifying)}
    changed = [name for name in after if before[name] != after[name]]
    record(connection, Action.SETTINGS_CHANGED, user_id=user.id, object_type="settings", object_id=old.user_id,
           before={name: before[name] for name in changed}, after={name: after[name] for name in changed})


def _plain(utm: UtmDefaults) -> dict[str, Any]:
    return {"source": utm.source, "medium": utm.medium, "locked": utm.locked,
            "templates": {one.name: {key: value for key, value in asdict(one).items() if key != "name" and value}
                          for one in utm.templates}}


def _settle_email(connection: Connection, user: SignedInUser, old: UserSettings, pending: str | None) -> None:
    """Ask for the confirmation of a new address, or forget what was asked before. Raises: Refused."""
    if pending is None:
        end_confirmations(connection, old.user_id, EMAIL)
        return
    waiting = load_waiting(connection, old.user_id).get(EMAIL)
    if waiting is not None and waiting.address == pending:
        return
    person = load_user(connection, old.user_id)
    if not ask_for_email(connection, old.user_id, pending, person.locale if person else user.locale):
        raise Refused([FieldProblem(field="notifications.email", message=t("notify.too_often"))])
    record(connection, Action.CONTACT_REQUESTED, user_id=user.id, object_type="user", object_id=old.user_id,
           after={"channel": EMAIL})


def _conflict(user: SignedInUser, error: Conflict) -> Response:
    """409 naming who changed it when; the log is read in an admin's name, for these two words only."""
    with web_database().transaction(Viewer("admin", user.id), read_only=True) as connection:
        found = load_last_change(connection, *error.thing)
    if found is None:
        return problem(HTTPStatus.CONFLICT, detail=t("settings.conflict_unknown"))
    name, moment = found
    zone = BusinessCalendar(auth_parts().settings.business_timezone).zone
    return problem(HTTPStatus.CONFLICT, detail=t(
        "settings.conflict", name=name or t("settings.somebody"), when=format_moment(moment.astimezone(zone))))


def _undo(query: SettingsQuery, old: UserSettings, new: UserSettings, body: UserSettingsBody) -> dict[str, Any] | None:
    """The request that takes the change back; an address that needs a confirmation is not a part of it."""
    back: dict[str, Any] = {}
    if body.utm and new.utm != old.utm:
        back["utm"] = {"source": old.utm.source, "medium": old.utm.medium,
                       "templates": [asdict(one) for one in old.utm.templates]}
        if old.utm.locked != new.utm.locked:
            back["utm"]["locked"] = old.utm.locked
    if body.notifications and new.notifying != old.notifying:
        plain = asdict(old.notifying)
        back["notifications"] = {name: plain[name] for name in _NOTIFYING_PARTS}
    if back:
        back["version"] = new.version
    if body.team and old.team and new.team and old.team.version != new.team.version:
        back["team"] = {"version": new.team.version, "name": old.team.name, "color": old.team.color,
                        "emoji": old.team.emoji}
    path = f"{PATH}?user={query.user}" if query.user else PATH
    return {"method": "PATCH", "path": path, "body": back} if back else None


def _describe(connection: Connection, one: UserSettings) -> dict[str, Any]:
    settings, waiting = auth_parts().settings, load_waiting(connection, one.user_id)
    email, bot = waiting.get(EMAIL), waiting.get(TELEGRAM)
    told = asdict(one.notifying)
    return {
        "user": {"id": one.user_id, "email": one.login, "name": one.name, "role": one.role.value},
        "version": one.version,
        "utm": {"source": one.utm.source, "medium": one.utm.medium, "locked": one.utm.locked,
                "team_source": one.team.utm_source if one.team else None,
                "templates": [asdict(template) for template in one.utm.templates]},
        "notifications": {
            **told, "email": one.notifying.email or one.login, "email_is_login": one.notifying.email is None,
            "email_pending": email.address if email else None,
            "telegram_pending_until": bot.expires_at if bot else None,
            "mail_ready": settings.mail_ready,
            "telegram_ready": bool(settings.telegram_bot_token), "bot": load_fact(connection, BOT_FACT)},
        "team": None if one.team is None else {
            "slug": one.team.slug, "name": one.team.name, "color": one.team.color, "emoji": one.team.emoji,
            "contrast": contrast_on_page(one.team.color), "version": one.team.version},
    }


@user_settings_api.post("/settings/telegram-link", summary="Connect Telegram",
                        responses={200: BotLinkAnswer, **problem_answers(409)})
@requires(Permission.SETTINGS_OWN_WRITE)
def make_bot_link() -> Response:
    """An address that opens the bot; whoever presses Start there gets this user's messages. It works once."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        bot = load_fact(connection, BOT_FACT)
        if not bot or not auth_parts().settings.telegram_bot_token:
            return problem(HTTPStatus.CONFLICT, detail=t("notify.no_bot"))
        code = new_bot_code(connection, user.id)
        if code is None:
            return problem(HTTPStatus.TOO_MANY_REQUESTS, detail=t("notify.too_often"))
        record(connection, Action.CONTACT_REQUESTED, user_id=user.id, object_type="user", object_id=user.id,
               after={"channel": TELEGRAM})
    return json_answer({"link": f"{auth_parts().settings.telegram_link_url}/{bot}?start={code}", "bot": bot,
                        "expires_at": now() + timedelta(seconds=TELEGRAM_SECONDS)})


@user_settings_api.post("/settings/test-message", summary="Try an own channel",
                        responses={202: TriedAnswer})
@requires(Permission.SETTINGS_OWN_WRITE)
def try_own_channel(body: TryMessageBody) -> Response:
    """Send a short message to oneself."""
    return _try(current_user().id, body.channel)


@user_settings_api.post("/notifications/test", summary="Try a channel of anybody",
                        responses={202: TriedAnswer, **problem_answers(404)})
@requires(Permission.NOTIFICATIONS_MESSAGE_TEST)
def try_channel(body: TryChannelBody) -> Response:
    """Send a short message to a person, oneself when nobody is named."""
    return _try(str(body.user) if body.user else current_user().id, body.channel)


def _try(user_id: str, channel: str) -> Response:
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        found, person = load_user_settings(connection, user_id), load_user(connection, user_id)
        if found is None or person is None:
            return problem(HTTPStatus.NOT_FOUND)
        recipient = found.notifying.telegram if channel == TELEGRAM else found.notifying.email or found.login
        if recipient is None:
            missing = FieldProblem(field="channel", message=t("notify.no_chat"))
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[missing])
        if count_recent_tests(connection, user_id) >= _MOST_TESTS:
            return problem(HTTPStatus.TOO_MANY_REQUESTS, detail=t("notify.too_often"))
        message_id = str(uuid4())
        with locale(person.locale):
            queue_message(connection, f"test:{message_id}", user_id, channel, recipient, t("mail.test.subject"),
                          t("mail.test.body", login=found.login), keeps_quiet=False)
        record(connection, Action.MESSAGE_TESTED, user_id=user.id, object_type="user", object_id=user_id,
               after={"channel": channel})
    return json_answer({"id": message_id, "channel": channel, "recipient": recipient}, HTTPStatus.ACCEPTED)
