"""Users for admins: found, invited, changed, let in again."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page
from components.attributes import attributes
from components.forms import (
    create_api_button,
    create_api_form,
    create_choice_field,
    create_copy,
    create_page_links,
    create_switch_field,
    create_text_field,
)
from components.frames import create_card
from components.invitation import create_invitation_field
from components.states import create_rows_skeleton
from core.people_records import ListedUser
from core.records import Role
from core.texts import LOCALES, format_moment, t
from core.user_settings import UserSettings

PATH = "/admin/users"
API = "/api/traffic-admin/users"
SETTINGS_API = "/api/traffic-admin/settings"
ROLES = ("targetologist", "analyst", "admin")
Teams = Sequence[tuple[str, str]]


def create_users_page(
    query: Mapping[str, str], teams: Teams, chosen: ListedUser | None, is_own: bool, mail_ready: bool
) -> html.Div:
    """The page; ``query`` are its filters, ``chosen`` the user being changed (``is_own``: the admin who asks).

    ``mail_ready``: this installation can send mail.
    """
    if chosen is None:
        main = _invitation(teams, mail_ready)
    else:
        main = _own_card(chosen) if is_own else _editor(chosen, teams)
    marks = [_marks_place(chosen)] if chosen and not is_own and chosen.role is Role.TARGETOLOGIST else []
    body = [
        main, *marks, dcc.Store(id=ids.USERS_CHANGED), dcc.Store(id=ids.USERS_ANSWER),
        dcc.Store(id=ids.USERS_QUERY, data=dict(query)),
        create_card(t("people.list.title"), [_search(query, teams),
                                             html.Div(create_rows_skeleton(), id=ids.USERS_LIST)]),
    ]
    return create_admin_page("users", html.Div(body, className="stack"))


def _roles() -> list[tuple[str, str]]:
    return [(role, t(f"role.{role}")) for role in ROLES]


def _team_options(teams: Teams) -> list[tuple[str, str]]:
    return [(" ", t("people.no_team")), *teams]


def _invitation(teams: Teams, mail_ready: bool) -> html.Section:
    fields = [
        html.Div([
            create_text_field("email", t("people.email"), kind="email", required=True),
            create_text_field("name", t("people.name"), max_length=200)], className="cols"),
        html.Div([
            create_choice_field("role", t("people.role"), _roles()),
            create_choice_field("team", t("people.team"), _team_options(teams), hint=t("people.team_hint"),
                                kind="null_text")], className="cols"),
        html.Div([
            create_choice_field("locale", t("people.locale"), [(code, t(f"language.{code}")) for code in LOCALES]),
            create_invitation_field(mail_ready)], className="cols"),
    ]
    form = create_api_form(ids.INVITE_FORM, fields, path=API, submit=t("people.invite"), done=t("people.done.invited"),
                           refresh=ids.USERS_CHANGED, answer=ids.USERS_ANSWER, keep=False)
    return create_card(t("people.invite.title"), [form, _link_place()])


def _link_place() -> html.Div:
    return html.Div(id=ids.USERS_LINK, **attributes({"aria-live": "polite"}))


def create_link(link: str | None) -> Any:
    """The link to pass on, or that it went by mail."""
    if link is None:
        return html.P(t("people.mail_sent"), className="hint ok")
    return html.Div([create_copy(link), html.P(t("people.link_once"), className="hint warn")], className="stack")


def _own_card(user: ListedUser) -> html.Section:
    return create_card(user.full_name or user.email, [
        html.P(t("people.own"), className="hint"), _link_place(), _back()])


def _back() -> dcc.Link:
    return dcc.Link(t("people.back"), href=PATH, className="btn lg")


def _editor(user: ListedUser, teams: Teams) -> html.Section:
    """The user's rights; a team in the archive stays choosable for whoever is in it."""
    options = _team_options(teams)
    if user.team_slug and user.team_slug not in dict(options):
        options.append((user.team_slug, user.team_name or user.team_slug))
    fields = [
        create_text_field("name", t("people.name"), user.full_name, max_length=200),
        html.Div([
            create_choice_field("role", t("people.role"), _roles(), user.role.value),
            create_choice_field("team", t("people.team"), options, user.team_slug or " ", hint=t("people.team_hint"),
                                kind="null_text")], className="cols"),
        html.P(t("people.rights_hint"), className="hint"),
    ]
    form = create_api_form(
        ids.USER_FORM, fields, path=f"{API}/{user.id}", method="PATCH", submit=t("people.save"), version=user.version,
        done=t("people.done.changed"), refresh=ids.USERS_CHANGED, go=PATH, secondary=[_back()])
    return create_card(user.full_name or user.email, [form, html.Div(_deeds(user), className="row wrap deeds"),
                                                      _link_place()], unit=user.email)


def _marks_place(user: ListedUser) -> html.Div:
    return html.Div([dcc.Store(id=ids.USER_UTM_WHOSE, data=user.id), dcc.Store(id=ids.USER_UTM_CHANGED),
                     html.Div(id=ids.USER_UTM)])


def create_user_marks(settings: UserSettings) -> html.Section:
    """The UTM source of a targetologist, and whether an admin has locked it."""
    utm = settings.utm
    fields = [
        create_text_field("utm.source", t("people.utm.source"), utm.source, required=True,
                          hint=t(f"people.utm.state.{'locked' if utm.locked else 'open'}")),
        create_switch_field("utm.locked", t("people.utm.locked"), utm.locked)]
    form = create_api_form(
        ids.USER_UTM_FORM, fields, path=f"{SETTINGS_API}?user={settings.user_id}", method="PATCH", primary=False,
        submit=t("people.utm.save"), version=settings.version, done=t("people.utm.done"), refresh=ids.USER_UTM_CHANGED)
    return create_card(t("people.utm.title"), form, unit=t("people.utm.unit"))


def _deeds(user: ListedUser) -> list[Any]:
    """What else can be done for a user."""
    path, who = f"{API}/{user.id}", user.full_name or user.email
    deeds = []
    if user.is_active:
        deeds.append(create_api_button(
            t("people.again" if user.is_invited else "people.reset"), path=f"{path}/link", done=t("people.done.link"),
            answer=ids.USERS_ANSWER))
    if user.is_locked:
        deeds.append(create_api_button(t("people.unlock"), path=f"{path}/unlock", done=t("people.done.unlocked"),
                                       refresh=ids.USERS_CHANGED))
    if user.has_second_factor:
        deeds.append(create_api_button(
            t("people.factor"), path=f"{path}/second-factor", method="DELETE", done=t("people.done.factor"),
            refresh=ids.USERS_CHANGED, confirm=t("people.factor.confirm", who=who)))
    if user.is_active:
        deeds.append(create_api_button(
            t("people.close"), path=path, method="DELETE", done=t("people.done.closed"), refresh=ids.USERS_CHANGED,
            confirm=t("people.close.confirm", who=who), class_name="btn danger", go=PATH))
    else:
        deeds.append(create_api_button(
            t("people.open"), path=path, method="PATCH", body={"is_active": True, "version": user.version},
            done=t("people.done.opened"), refresh=ids.USERS_CHANGED, go=PATH))
    return deeds


def _search(query: Mapping[str, str], teams: Teams) -> html.Form:
    """The filters; the address keeps them."""
    def choice(name: str, options: Sequence[tuple[str, str]]) -> html.Label:
        return html.Label([t(f"people.{name}"), dbc.Select(
            name=name, value=query.get(name, " "), className="input select",
            options=[{"value": code, "label": words} for code, words in [(" ", t("people.any")), *options]])],
            className="field-label")

    states = [("active", t("people.state.active")), ("closed", t("people.state.closed"))]
    return html.Form(
        [html.Label([t("people.search"), dbc.Input(name="search", value=query.get("search", ""), type="search",
                                                   className="input", autocomplete="off")], className="field-label"),
         choice("role", _roles()), choice("team", teams), choice("state", states),
         html.Button(t("people.find"), type="submit", className="btn lg")],
        action=PATH, method="GET", className="search-form", role="search")


def create_user_list(
    users: Sequence[ListedUser], query: Mapping[str, str], following: str | None, zone: ZoneInfo, own_id: str
) -> list[Any]:
    """A page of users."""
    if not users:
        return [html.P(t("people.list.nobody"), className="empty-line")]
    head = html.Thead(html.Tr([html.Th(t(f"people.{name}"), className="l") for name in (
        "who", "role", "team", "seen", "state")] + [html.Th(className="l")]))
    table = html.Table([head, html.Tbody([_row(user, zone, own_id) for user in users])], className="tbl")
    filters = {name: value for name, value in query.items() if name not in ("cursor", "edit")}
    return [html.Div(table, className="scroll", tabIndex=0),
            create_page_links(PATH, filters, following, first="cursor" not in query)]


def _row(user: ListedUser, zone: ZoneInfo, own_id: str) -> html.Tr:
    seen = t("people.never") if user.last_seen_at is None else format_moment(user.last_seen_at.astimezone(zone))
    who = html.Div([html.B(user.full_name or user.email), html.Div(user.email, className="hint")])
    action: Any = html.Span(t("people.you"), className="t3") if user.id == own_id else dcc.Link(
        t("people.change"), href=f"{PATH}?edit={user.id}", className="btn",
        title=t("people.change_who", who=user.full_name or user.email))
    return html.Tr([
        html.Td(who, className="l"), html.Td(t(f"role.{user.role.value}"), className="l"),
        html.Td(user.team_name or "—", className="l"), html.Td(seen, className="l num"),
        html.Td(html.Div(_badges(user), className="row g6 wrap"), className="l"), html.Td(action)])


def _badges(user: ListedUser) -> list[html.Span]:
    if not user.is_active:
        return [html.Span(t("people.state.closed"), className="badge loss")]
    badges = [html.Span(t("people.state.invited"), className="badge line") if user.is_invited
              else html.Span(t("people.state.active"), className="badge good")]
    if user.is_locked:
        badges.append(html.Span(t("people.state.locked"), className="badge weak"))
    if user.has_second_factor:
        badges.append(html.Span(t("people.state.factor"), className="badge ok"))
    return badges
