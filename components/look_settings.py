"""The tab "Team" of the settings: name, colour and emoji of the own team, seen while they are chosen."""

from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_api_form, create_hidden_field, create_text_field
from components.frames import create_card, create_icon
from components.team_look import create_chip, create_tile
from core.colours import contrast_on_page
from core.reports import TeamLook
from core.team_names import LONGEST_NAME
from core.team_rules import look_flaws
from core.texts import format_number, t
from core.user_settings import UserSettings

SETTINGS_API = "/api/traffic-admin/settings"


def create_look_tab(settings: UserSettings, *, may_construct: bool) -> html.Div:
    """The whole tab; whoever has no team is told where teams are made."""
    team = settings.team
    if team is None:
        way = dcc.Link(t("look.to_teams"), href="/admin/teams", className="btn") if may_construct else None
        return html.Div(create_card(t("look.title"), [html.P(t("look.no_team")), way], class_name="c12"),
                        className="grid")
    fields = [
        create_text_field("team.name", t("look.name"), team.name, t("look.name_hint"), required=True,
                          max_length=LONGEST_NAME, control_id=ids.LOOK_NAME),
        html.Div([
            create_text_field("team.color", t("look.colour"), team.color.lower(), t("look.colour_hint"), kind="color",
                              required=True, control_id=ids.LOOK_COLOUR),
            create_text_field("team.emoji", t("look.emoji"), team.emoji, t("look.emoji_hint"), required=True,
                              control_id=ids.LOOK_EMOJI),
        ], className="cols"),
        create_hidden_field("team.version", team.version),
    ]
    form = create_api_form(ids.LOOK_FORM, fields, path=SETTINGS_API, method="PATCH", submit=t("settings.save"),
                           done=t("look.saved"), refresh=ids.SETTINGS_REFRESH)
    preview = html.Div(create_preview(team.name, team.color, team.emoji, team.slug), id=ids.LOOK_PREVIEW,
                       **attributes({"aria-live": "polite"}))
    return html.Div(
        [
            create_card(t("look.title"), form, unit=t("look.unit"), class_name="c8"),
            create_card(t("look.preview"), preview, unit=t("look.preview_unit"), class_name="c4"),
        ],
        className="grid",
    )


def create_preview(name: str, colour: str, emoji: str, slug: str) -> list[Any]:
    """How the team will look, and whether its colour can be read; what is refused says why."""
    flaws = look_flaws(name.strip(), colour, emoji.strip(), ())
    if flaws:
        return [html.P([create_icon("x", 14), html.Span(t(flaw.key, **flaw.values))], className="row g6 hint bad")
                for flaw in flaws]
    team = TeamLook(slug, name.strip(), colour.upper(), emoji.strip())
    words = t("look.contrast_good", contrast=format_number(contrast_on_page(colour), 1))
    return [
        html.Div([create_tile(team, "xl"), create_chip(team)], className="row g12"),
        html.P([create_icon("check", 14), html.Span(words)], className="row g6 hint ok"),
    ]
