"""The body of the settings page: who the viewer is, the language, where else the account is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.frames import create_card, create_icon
from components.shell import create_language_buttons
from core.texts import format_moment, t

TABS = ("profile", "facebook")

# The first that occurs counts: others name themselves after the older ones.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/", "Python"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


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

    user_agent: str
    is_program: bool
    seen_at: datetime
    is_this: bool


def device_name(user_agent: str) -> str:
    """The browser and system in words people use; what cannot be recognised is called unknown."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or t("settings.sessions.unknown")


def create_settings(account: Account, sign_ins: Sequence[SignIn], *, with_tabs: bool = False) -> html.Div:
    """Three cards; what can be changed is changed at once."""
    body = html.Div([_account(account), _language(), _sign_ins(sign_ins)], className="grid")
    return create_settings_tab("profile", body, with_tabs=with_tabs)


def create_settings_tab(name: str, body: Any, *, with_tabs: bool = True) -> html.Div:
    """The page with one of its tabs open; each tab has its address."""
    head = html.Div(
        html.Div(
            [
                html.H1(t("settings.title")),
                html.Div(t("settings.subtitle"), className="sub"),
            ]
        ),
        className="pagehead",
    )
    return html.Div([head, _tabs(name) if with_tabs else None, body], className="page")


def _tabs(chosen: str) -> html.Nav:
    links = [
        dcc.Link(
            t(f"settings.tab.{name}"),
            href="/settings" if name == "profile" else f"/settings?tab={name}",
            className="on" if name == chosen else "",
        )
        for name in TABS
    ]
    return html.Nav(links, className="tabs", **attributes({"aria-label": t("settings.title")}))


def _account(account: Account) -> html.Section:
    rows = [("name", account.name), ("email", account.email), ("role", account.role)]
    if account.team:
        rows.append(("team", account.team))
    parts: list[Any] = []
    for key, value in rows:
        parts += [html.Dt(t(f"settings.account.{key}")), html.Dd(value)]
    return create_card(
        t("settings.account.title"), html.Dl(parts, className="kv"), unit=t("settings.account.unit"), class_name="c4"
    )


def _language() -> html.Section:
    return create_card(
        t("settings.language.title"),
        create_language_buttons("btn lg choice"),
        unit=t("settings.language.unit"),
        class_name="c4",
    )


def _sign_ins(sign_ins: Sequence[SignIn]) -> html.Section:
    return create_card(
        t("settings.sessions.title"),
        html.Div(create_sign_in_list(sign_ins), id=ids.SETTINGS_SESSIONS),
        unit=t("settings.sessions.unit"),
        class_name="c4",
    )


def create_sign_in_list(sign_ins: Sequence[SignIn]) -> list[Any]:
    """The places, and the button that ends all others when there are any."""
    parts: list[Any] = [html.Div([_sign_in(one) for one in sign_ins], className="divide")]
    others = any(not one.is_this for one in sign_ins)
    if not others:
        parts.append(html.P(t("settings.sessions.only"), className="t3 small"))
    parts.append(
        html.Button(
            t("settings.sessions.end_others"),
            id=ids.SETTINGS_END_OTHERS,
            type="button",
            className="btn",
            hidden=not others,
            style={"marginTop": "12px"},
        )
    )
    return parts


def _sign_in(one: SignIn) -> html.Div:
    seen = t("settings.sessions.seen", when=format_moment(one.seen_at))
    words = t("settings.sessions.this") if one.is_this else seen
    device = t("settings.sessions.api") if one.is_program else device_name(one.user_agent)
    return html.Div(
        [
            create_icon("lock", 16, "t3"),
            html.Span([html.Div(device, className="cut"), html.Div(words, className="micro t3")], className="grow"),
            html.Span(className="pulse") if one.is_this else None,
        ],
        className="item",
    )
