"""The shell around every page: site bar, top bar with the freshness of the data, languages, place of the page.

Invariant: no link leads nowhere; what a viewer may not open is not offered. The state of the bar (folded or not)
lives in the browser (``assets/shell.js``), never on the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dash
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_confirm_dialog
from components.frames import create_icon
from components.team_look import team_path, team_style
from core.records import Role
from core.reports import TeamLook
from core.texts import LOCALES, current_locale, format_percent, t

# The style sheets are our own and come with the assets; no other is loaded.
EXTERNAL_STYLESHEETS: tuple[str, ...] = ()

TICK_SECONDS = 10


@dataclass(frozen=True)
class Person:
    """The viewer as the shell shows him."""

    name: str
    role: Role
    team_slug: str | None = None


def create_shell(person: Person, teams: Sequence[TeamLook], version: int | None, freshness: Any) -> html.Div:
    """The frame of the application for one viewer; ``freshness`` is what the top bar says at first."""
    return html.Div(
        [
            html.A(t("shell.skip"), href=f"#{ids.SHELL_CONTENT}", className="btn primary skip", target="_self"),
            dcc.Store(id=ids.SHELL_VERSION, data=version),
            dcc.Store(id=ids.SHELL_MIRROR),
            dcc.Store(id=ids.SHELL_PATH),
            dcc.Interval(id=ids.SHELL_TICK, interval=TICK_SECONDS * 1000),
            create_site_bar(person, teams),
            html.Button(
                className="shade", type="button", **attributes({"aria-label": t("shell.close"), "data-menu": "close"})
            ),
            html.Div(
                [
                    create_top_bar(freshness),
                    html.Main(dash.page_container, id=ids.SHELL_CONTENT, className="content", tabIndex=-1),
                ],
                className="main",
            ),
            create_confirm_dialog(),
            html.Div(id=ids.SHELL_TOASTS, className="toasts", role="status", **attributes({"aria-live": "polite"})),
        ],
        className="app",
    )


def create_site_bar(person: Person, teams: Sequence[TeamLook]) -> html.Nav:
    """Sections, teams (for those who see several), the viewer and the way out."""
    links: list[Any] = []
    if person.role is Role.TARGETOLOGIST and person.team_slug:
        links.append(_link(f"/teams/{person.team_slug}", "team", t("shell.my_team")))
    else:
        links.append(_link("/", "grid", t("shell.dashboard")))
    links.append(_link("/analytics", "chart", t("shell.analytics")))
    links.append(_link("/settings", "gear", t("shell.settings")))
    if person.role is Role.ADMIN:
        links.append(_link("/admin", "lock", t("shell.admin")))
        links.append(_link("/admin/teams", "team", t("shell.constructor")))
    team_links: list[Any] = []
    if person.role is not Role.TARGETOLOGIST:
        team_links = create_team_links(teams, {})
    return html.Nav(
        html.Div(
            [
                html.Div(
                    [
                        html.Span(create_icon("logo"), className="logo"),
                        html.B(t("shell.product")),
                        html.Button(
                            create_icon("menu", 18),
                            type="button",
                            className="burger",
                            title=t("shell.fold"),
                            **attributes({"aria-label": t("shell.fold"), "data-menu": "fold", "aria-expanded": "true"}),
                        ),
                    ],
                    className="brand",
                ),
                *links,
                html.Div(team_links, id=ids.SHELL_TEAM_LINKS, className="col"),
                _person(person),
            ],
            className="site-in",
        ),
        className="site",
        id=ids.SHELL_SITE,
        **attributes({"aria-label": t("shell.sections")}),
    )


def _link(path: str, icon: str, text: str) -> dcc.Link:
    return dcc.Link(
        [create_icon(icon, 18), html.Span(text)], href=path, id=ids.navigation(path), className="nav", title=text
    )


def create_team_links(teams: Sequence[TeamLook], roi: Mapping[str, Decimal | int | None]) -> list[Any]:
    """Links to the pages of teams with their ROI of the last 30 days, once it is known."""
    if not teams:
        return []
    return [html.Div(html.Span(t("shell.teams")), className="navh"), *(_team_link(team, roi) for team in teams)]


def _team_link(team: TeamLook, roi: Mapping[str, Decimal | int | None]) -> dcc.Link:
    value = roi.get(team.slug or "")
    tone = "t2" if value is None or 0 <= value < 100 else "pos" if value >= 100 else "neg"
    figure = format_percent(value, signed=True, digits=0) if team.slug in roi else ""
    path = team_path(team) or "/"
    return dcc.Link(
        [
            html.Span(team.emoji or team.name[:1], className="emoji", style=team_style(team)),
            html.Span(team.name, className="cut"),
            html.Span(figure, className=f"num {tone}"),
        ],
        href=path,
        id=ids.navigation(path),
        className="nav tm",
        title=team.name,
    )


def _person(person: Person) -> html.Div:
    initials = "".join(word[0] for word in person.name.split()[:2]).upper() or "?"
    return html.Div(
        [
            dcc.Link(
                [
                    html.Div(initials, className="ava"),
                    html.Div(
                        [
                            html.Div(person.name, className="m cut"),
                            html.Div(t(f"role.{person.role}"), className="micro t3"),
                        ],
                        className="who",
                    ),
                ],
                href="/settings",
                className="user",
                title=person.name,
            ),
            html.Form(
                html.Button(
                    [create_icon("out", 18), html.Span(t("shell.logout"))],
                    type="submit",
                    className="nav",
                    title=t("shell.logout"),
                ),
                method="post",
                action="/logout",
            ),
        ],
        className="userbox",
    )


def create_top_bar(freshness: Any) -> html.Header:
    """Menu button of phones, freshness of the data, language."""
    return html.Header(
        [
            html.Button(
                create_icon("menu", 20),
                type="button",
                className="burger narrow",
                title=t("shell.open"),
                **attributes({"aria-label": t("shell.open"), "data-menu": "open", "aria-expanded": "false"}),
            ),
            html.Div(
                freshness,
                id=ids.SHELL_FRESHNESS,
                className="row g16 small t2 fresh grow",
                **attributes({"aria-label": t("fresh.label")}),
                role="group",
            ),
            create_language_menu(),
        ],
        className="top",
    )


def create_language_menu() -> html.Details:
    """The languages as a form: the choice is kept for the user and the page comes again in it."""
    here = current_locale()
    return html.Details(
        [
            html.Summary(
                [t(f"language.short.{here}"), create_icon("down", 14, "car")],
                className="btn",
                title=t("shell.language"),
            ),
            html.Div(
                create_language_buttons("nav"),
                className="menu right",
                role="group",
                **attributes({"aria-label": t("shell.language")}),
            ),
        ],
        className="pick",
    )


def create_language_buttons(class_name: str) -> html.Form:
    """A button for each language, in its own words."""
    here = current_locale()
    return html.Form(
        [
            html.Button(
                [
                    html.Span(t(f"language.{code}"), lang=code),
                    create_icon("check", 14, "pri end") if code == here else None,
                ],
                type="submit",
                name="locale",
                value=code,
                className=class_name,
                **attributes({"aria-current": "true"} if code == here else {}),
            )
            for code in LOCALES
        ],
        method="post",
        action="/language",
        className="col g4",
    )
