"""The tab "Team" of the settings: name, colour and emoji of the own team, seen while they are chosen."""

from decimal import Decimal
from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_api_form, create_hidden_field, create_text_field
from components.frames import create_card, create_icon
from components.team_look import create_chip, create_tile
from core.colours import READABLE
from core.reports import TeamLook
from core.team_looks import LONGEST_NAME, colour_contrast, colour_flaw, emoji_flaw, name_flaw
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
    flaws = [key for key in (name_flaw(name), colour_flaw(colour), emoji_flaw(emoji))
             if key not in (None, "look.colour_dark")]
    if flaws:
        return [html.P(t(str(key), most=LONGEST_NAME, contrast=""), className="hint bad") for key in flaws]
    team = TeamLook(slug, name.strip(), colour.upper(), emoji.strip())
    contrast = colour_contrast(colour)
    is_fine = contrast >= READABLE
    figure = format_number(Decimal(str(contrast)), 1)
    words = t("look.contrast_good", contrast=figure) if is_fine else t("look.colour_dark", contrast=figure)
    return [
        html.Div([create_tile(team, "xl"), create_chip(team)], className="row g12"),
        html.P([create_icon("check" if is_fine else "x", 14), html.Span(words)],
               className=f"row g6 hint {'ok' if is_fine else 'bad'}"),
    ]
