"""The profile: who one is, the password, the language, the second factor, where the account is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_copy, create_hidden_field, create_text_field
from components.frames import create_card, create_icon
from components.profile_tokens import TokenView, create_tokens, create_username
from components.shell import create_language_buttons
from core.texts import format_moment, t, tn

AUTH_API = "/api/auth"

# The first that occurs counts: others name themselves after the older ones.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("YaBrowser/", "Yandex"), ("Firefox/", "Firefox"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("python-requests/", "Python"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))


@dataclass(frozen=True)
class Account:
    """The viewer's account as it is shown; ``role`` and ``team`` are already in words."""

    name: str
    email: str
    role: str
    team: str | None


@dataclass(frozen=True)
class SignIn:
    """One place where the account is open; ``seen_at`` is in the zone of the business."""

    id: str
    user_agent: str
    is_program: bool
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class FactorView:
    """How the second factor stands."""

    is_on: bool
    is_required: bool
    codes_left: int


@dataclass(frozen=True)
class Profile:
    """Everything the page shows."""

    account: Account
    factor: FactorView
    sign_ins: Sequence[SignIn]
    tokens: Sequence[TokenView]
    scopes: Sequence[str]


def create_profile_frame(body: Any) -> html.Div:
    """The page; its body is drawn by a callback, again after every change."""
    head = html.Div(html.Div([html.H1(t("profile.title")), html.Div(t("profile.subtitle"), className="sub")]),
                    className="pagehead")
    stores = [dcc.Store(id=name) for name in (ids.PROFILE_REFRESH, ids.FACTOR_SECRET, ids.FACTOR_CODES,
                                              ids.TOKEN_SECRET)]
    return html.Div([head, *stores, html.Div(body, id=ids.PROFILE_BODY)], className="page")


def create_profile(profile: Profile) -> html.Div:
    """All cards."""
    return html.Div(
        [
            create_card(t("profile.account"), _account(profile.account), unit=t("settings.account.unit"),
                        class_name="c4"),
            create_card(t("profile.password"), _password(profile.account), unit=t("profile.password_unit"),
                        class_name="c4"),
            create_card(t("settings.language.title"), create_language_buttons("btn lg choice"),
                        unit=t("settings.language.unit"), class_name="c4"),
            create_card(t("factor.title"), _factor(profile.factor, profile.account.email),
                        unit=t("profile.factor_unit"), class_name="c4"),
            create_card(t("settings.sessions.title"),
                        html.Div(create_sign_in_list(profile.sign_ins), id=ids.PROFILE_SESSIONS),
                        unit=t("settings.sessions.unit"), class_name="c8"),
            create_card(t("token.title"), create_tokens(profile.tokens, profile.scopes, profile.account.email),
                        unit=t("token.unit"), class_name="c12"),
        ],
        className="grid",
    )


def _account(account: Account) -> list[Any]:
    rows = [("email", account.email), ("role", account.role)]
    if account.team:
        rows.append(("team", account.team))
    parts: list[Any] = []
    for key, value in rows:
        parts += [html.Dt(t(f"settings.account.{key}")), html.Dd(value)]
    form = create_api_form(
        ids.PROFILE_NAME_FORM, [create_text_field("name", t("settings.account.name"), account.name, required=True,
                                                  max_length=100, autocomplete="name"),
                                create_hidden_field("was", account.name)],
        path=f"{AUTH_API}/profile", method="PATCH", submit=t("settings.save"), done=t("settings.saved"),
        refresh=ids.PROFILE_REFRESH, primary=False)
    return [html.Dl(parts, className="kv"), form]


def _password(account: Account) -> Any:
    fields = [
        create_username(account.email),
        create_text_field("current_password", t("profile.password_now"), kind="password", required=True,
                          autocomplete="current-password", max_length=200),
        create_text_field("new_password", t("profile.password_new"), "", t("profile.password_hint"), kind="password",
                          required=True, autocomplete="new-password", max_length=200),
    ]
    return create_api_form(ids.PROFILE_PASSWORD_FORM, fields, path=f"{AUTH_API}/password",
                           submit=t("profile.password_save"), done=t("profile.password_saved"),
                           refresh=ids.PROFILE_REFRESH, keep=False, primary=False)


def _factor(factor: FactorView, email: str) -> list[Any]:
    password = create_text_field("current_password", t("factor.password"), kind="password", required=True,
                                 autocomplete="current-password", max_length=200)
    path = f"{AUTH_API}/second-factor"
    if not factor.is_on:
        form = create_api_form(ids.FACTOR_FORM, [create_username(email), password], path=path,
                               submit=t("factor.enable"), answer=ids.FACTOR_SECRET, keep=False)
        return [html.P(t("factor.is_off"), className="t2"), form, _step()]
    left = f"{t('factor.is_on')} {tn('factor.codes_left', factor.codes_left)}"
    said = html.P([create_icon("check", 14), html.Span(left)], className="row g6")
    renew = create_api_form(ids.FACTOR_CODES_FORM, [create_username(email), password], path=f"{path}/recovery-codes",
                            submit=t("factor.renew"), answer=ids.FACTOR_CODES, confirm=t("profile.renew_confirm"),
                            keep=False, primary=False)
    if factor.is_required:
        return [said, html.P(t("profile.factor_required"), className="hint"), renew, _step()]
    own = create_text_field("current_password", t("factor.password"), kind="password", required=True,
                            autocomplete="current-password", max_length=200)
    disable = create_api_form(ids.FACTOR_FORM, [create_username(email), own], path=f"{path}/disable",
                              submit=t("factor.disable"), done=t("profile.factor_off"), refresh=ids.PROFILE_REFRESH,
                              confirm=t("profile.factor_confirm"), primary=False)
    return [said, renew, _step(), html.Details([html.Summary(t("factor.disable")), disable])]


def _step() -> html.Div:
    return html.Div(id=ids.FACTOR_STEP, **attributes({"aria-live": "polite"}))


def create_enrolment(secret: str, address: str) -> list[Any]:
    """What goes into the authenticator, and the code that proves it."""
    picture = segno.make(address, error="m").svg_data_uri(scale=4, border=3, dark="black", light="white")
    form = create_api_form(
        ids.FACTOR_CODE_FORM,
        [create_text_field("code", t("factor.code"), required=True, autocomplete="one-time-code", max_length=40,
                           autofocus=True)],
        path=f"{AUTH_API}/second-factor/confirm", submit=t("factor.enable"), answer=ids.FACTOR_CODES)
    return [
        html.P(t("factor.enrol_lead"), className="t2"),
        html.Img(src=picture, alt=t("factor.picture"), width=200, height=200, className="qr"),
        html.P(t("factor.secret"), className="small t2"),
        create_copy(secret),
        form,
    ]


def create_recovery_codes(codes: Sequence[str]) -> list[Any]:
    """The codes, this once; only then is the page drawn anew."""
    done = html.Button(t("profile.codes_kept"), type="button", className="btn primary",
                       **attributes({"data-refresh-now": ids.PROFILE_REFRESH}))
    return [
        html.Div(t("profile.codes_lead"), className="banner warn", role="status"),
        html.Ul([html.Li(html.Code(one)) for one in codes], className="codes mono"),
        html.Div([create_copy("\n".join(codes), t("profile.codes_copy")), done], className="row g6 wrap codes-foot"),
    ]


def device_name(user_agent: str) -> str:
    """The browser and system in words people use; what cannot be recognised is called unknown."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or t("settings.sessions.unknown")


def create_sign_in_list(sign_ins: Sequence[SignIn]) -> list[Any]:
    """The places, each with its end, and the button that ends all others when there are any."""
    parts: list[Any] = [html.Div([_sign_in(one) for one in sign_ins], className="divide")]
    if all(one.is_this for one in sign_ins):
        return [*parts, html.P(t("settings.sessions.only"), className="t3 small")]
    everywhere = create_api_button(
        t("settings.sessions.end_others"), path=f"{AUTH_API}/sessions", method="DELETE",
        done=t("settings.sessions.ended"), refresh=ids.PROFILE_REFRESH, confirm=t("settings.sessions.end_confirm"))
    return [*parts, html.Div(everywhere, className="row wrap sessions-foot")]


def _sign_in(one: SignIn) -> html.Div:
    seen = t("settings.sessions.seen", when=format_moment(one.seen_at))
    words = t("settings.sessions.this") if one.is_this else seen
    device = t("settings.sessions.api") if one.is_program else device_name(one.user_agent)
    end = None if one.is_this else create_api_button(
        t("settings.sessions.end"), path=f"{AUTH_API}/sessions/{one.id}", method="DELETE",
        done=t("settings.sessions.ended"), refresh=ids.PROFILE_REFRESH, title=f"{t('settings.sessions.end')}: {device}")
    return html.Div(
        [
            create_icon("lock", 16, "t3"),
            html.Span([html.Div(device, className="cut"), html.Div(words, className="micro t3")], className="grow"),
            html.Span(className="pulse") if one.is_this else end,
        ],
        className="item",
    )
