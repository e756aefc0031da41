"""The team constructor: the form of a team and its first person, how the team will look, whose a link is."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import (
    create_api_form,
    create_choice_field,
    create_copy,
    create_field,
    create_text_field,
)
from components.frames import create_card, create_icon
from components.invitation import create_invitation_field
from components.team_look import create_chip, create_tile, team_style
from components.theme import TEAM_COLOURS, token
from core.reports import TeamLook
from core.team_checks import TeamCheck
from core.team_looks import EMOJI
from core.texts import LOCALES, t
from core.whose import Whose

API = "/api/traffic-admin/teams"
_TYPING = 350  # ms after the last key


def create_constructor(mail_ready: bool) -> html.Section:
    """A new team with its first person; ``mail_ready``: this installation can send mail."""
    fields = [
        html.H3(t("teams.form.team"), className="step"),
        *_look_fields({}),
        html.H3(t("teams.form.user"), className="step"),
        _pair(
            create_text_field("user.name", t("people.name"), max_length=200),
            _typed("user.email", t("people.email"), ids.TEAM_EMAIL, "email", kind="email", required=True)),
        _pair(
            create_choice_field("user.role", t("people.role"), _roles()),
            create_choice_field("user.locale", t("people.locale"), [
                (code, t(f"language.{code}")) for code in LOCALES])),
        create_invitation_field(mail_ready),
    ]
    form = create_api_form(
        ids.TEAM_FORM, fields, path=API, submit=t("teams.form.create"), done=t("teams.done.created"),
        refresh=ids.TEAMS_CHANGED, answer=ids.TEAM_ANSWER)
    place = [dcc.Store(id=ids.TEAM_ANSWER), html.Div(id=ids.TEAM_LINK)]
    return create_card(t("teams.form.title"), [form, *place], class_name="c7")


def create_editor(team_id: str, slug: str, settings: Mapping[str, Any], version: int) -> html.Section:
    """A team that is there, being changed; its address stays."""
    form = create_api_form(
        ids.TEAM_FORM, _look_fields(settings), path=f"{API}/{team_id}", method="PATCH", submit=t("people.save"),
        done=t("teams.done.changed"), refresh=ids.TEAMS_CHANGED, version=version, go="/admin/teams",
        secondary=[dcc.Link(t("form.cancel"), href="/admin/teams", className="btn lg")])
    return create_card(t("teams.form.edit", team=settings["name"]), [
        html.P(t("teams.form.slug_stays", slug=slug), className="hint"), form,
        dcc.Store(id=ids.TEAM_OWN, data=team_id), html.Div(dbc.Input(id=ids.TEAM_SLUG, type="hidden"), hidden=True),
        html.Div(dbc.Input(id=ids.TEAM_EMAIL, type="hidden"), hidden=True),
        *[html.Div(id=ids.team_hint(name), hidden=True) for name in ("slug", "email")]], class_name="c7")


def _look_fields(now: Mapping[str, Any]) -> list[Any]:
    is_new = not now
    name = _typed("name", t("teams.name"), ids.TEAM_NAME, "name", now.get("name", ""), required=True)
    source = _typed("utm_source", "utm_source", ids.TEAM_SOURCE, "utm_source", now.get("utm_source", ""),
                    kind="null_text" if is_new else "text", required=not is_new)
    medium = _typed("utm_medium", "utm_medium", ids.TEAM_MEDIUM, "utm_medium", now.get("utm_medium", "cpc"),
                    required=True)
    slug = [_typed("slug", t("teams.slug"), ids.TEAM_SLUG, "slug", kind="null_text")] if is_new else []
    colours = [(colour, "") for colour in (token(f"t-{one}") for one in TEAM_COLOURS)]
    return [
        *([dcc.Store(id=ids.TEAM_OWN)] if is_new else []),
        _pair(name, *slug) if is_new else name,
        _pair(source, medium),
        _pair(
            html.Div([_typed("color", t("teams.color"), ids.TEAM_COLOUR, "color",
                             now.get("color", token("t-coral")), kind="color", required=True),
                      _swatches("color", colours, t("teams.color"))], className="field"),
            html.Div([_typed("emoji", t("teams.emoji"), ids.TEAM_EMOJI, "emoji", now.get("emoji", EMOJI[0]),
                             required=True),
                      _swatches("emoji", [(one, one) for one in EMOJI], t("teams.emoji"))], className="field")),
    ]


def _pair(*fields: Any) -> html.Div:
    return html.Div(list(fields), className="cols")


def _roles() -> list[tuple[str, str]]:
    return [(role, t(f"role.{role}")) for role in ("targetologist", "analyst", "admin")]


def _typed(
    name: str, label: str, control_id: str, hint: str, value: str = "", *, kind: str = "text", required: bool = False
) -> html.Div:
    """A field that is judged while it is typed."""
    control = dbc.Input(
        id=control_id, type="color" if kind == "color" else "text", value=value, autocomplete="off", className="input",
        inputmode="email" if kind == "email" else None, debounce=_TYPING)
    return create_field(name, label, control, kind=kind, required=required,
                        hint=html.Div([""], id=ids.team_hint(hint), **attributes({"aria-live": "polite"})))


def _swatches(kind: str, values: Sequence[tuple[str, str]], label: str) -> html.Div:
    buttons = [html.Button(words, id=ids.swatch(kind, value), type="button", className=f"swatch {kind}",
                           style={"--c": value} if kind == "color" else None,
                           **attributes({"aria-label": value})) for value, words in values]
    return html.Div(buttons, className="swatches", role="group", **attributes({"aria-label": label}))


def create_checked(ok: bool, message: str) -> html.Span:
    """The sentence under a field."""
    return html.Span([create_icon("check" if ok else "x", 12), html.Span(message)],
                     className=f"hint row g6 {'ok' if ok else 'bad'}")


def create_made(link: str | None) -> html.Div:
    """What came of a new team: the link of its first person, this once, or that it went by mail; and the next one."""
    said: list[Any] = [html.P(t("people.mail_sent"), className="hint ok")] if link is None else [
        create_copy(link), html.P(t("people.link_once"), className="hint warn")]
    return html.Div([*said, html.A(t("teams.another"), href="/admin/teams", className="btn")], className="stack made")


def create_preview_card() -> html.Section:
    """How the team will look; filled as it is typed."""
    return create_card(t("teams.preview.title"), html.Div(id=ids.TEAM_PREVIEW), class_name="c12")


def create_preview(team: TeamLook, check: TeamCheck) -> list[Any]:
    """The team in a card, in the menu and in a table, and what happens next."""
    card = html.Div(
        [html.Div([create_chip(team, "md"), html.Span(t("teams.preview.new"), className="badge line")],
                  className="head"),
         html.Div(t("metric.roi"), className="micro t3"), html.Div("—", className="big num"),
         html.Div(t("teams.preview.later"), className="hint")],
        className="card team look", style=team_style(team))
    places = html.Div(
        [html.Span(t("teams.preview.menu"), className="hint"),
         html.Div([create_tile(team), html.Span(team.name, className="cut")], className="row g6 menu-look"),
         html.Span(t("teams.preview.table"), className="hint"), create_chip(team),
         html.Span(t("teams.preview.chart"), className="hint"),
         html.Span(className="line-look", style=team_style(team))],
        className="places")
    later = [("link", t("teams.next.mark", source=check.utm_source or "—")),
             ("clock", t("teams.next.past")), ("mail", t("teams.next.person"))]
    return [html.Div([card, places], className="looks"),
            html.Ul([html.Li([create_icon(icon, 14), html.Span(words)], className="row g6") for icon, words in later],
                    className="next-steps")]


def create_whose_card() -> html.Section:
    """The test box: a pasted link, and whose it is."""
    box = dbc.Textarea(id=ids.WHOSE_TEXT, rows=3, className="input area", debounce=_TYPING, maxlength=4000,
                       placeholder="https://…?utm_source=fb_…&utm_medium=cpc")
    return create_card(
        t("whose.title"),
        [html.Label([html.Span(t("whose.label"), className="visually-hidden"), box], className="field-label"),
         html.Div(id=ids.WHOSE_FOUND, **attributes({"aria-live": "polite"}))],
        unit=t("whose.unit"), class_name="c12")


def create_whose(found: Whose) -> list[Any]:
    """The verdict and what each rule says."""
    team = found.team
    look = TeamLook(team.slug, team.name, team.color, team.emoji) if team else TeamLook(None, "", None, None)
    head = html.Div(
        [create_tile(look, "md"), html.Div([html.B(team.name if team else t("team.none")),
                                           html.Div(found.message, className="hint")], className="grow"),
         html.Span(found.found.method or found.found.reason, className="badge ok" if team else "badge weak")],
        className="row whose", style=team_style(look))
    steps = [html.Li([create_icon("check" if one.outcome == "decided" else "x", 12),
                      html.Span(one.title, className="grow"), html.Span(one.message(found.names), className="t3")],
                     className=f"row g6 {one.outcome}") for one in found.says]
    return [head, html.Ol(steps, className="rule-steps")]

