"""How a team is seen: its emoji in a tinted tile and its name, everywhere the same; the rest without a team is grey."""

from typing import Any
from urllib.parse import quote

from dash import html

from components.attributes import attributes
from components.frames import create_icon
from components.theme import team_colour
from core.metrics import Verdict
from core.reports import TeamLook
from core.texts import t

NO_TEAM = "none"
_VERDICTS = {
    Verdict.GOAL: ("good", "check"),
    Verdict.PAYS_BACK: ("ok", "up"),
    Verdict.WEAK: ("weak", "tri"),
    Verdict.LOSS: ("loss", "x"),
    Verdict.NO_SPEND: ("", ""),
}


def team_name(team: TeamLook) -> str:
    """The name of a team; the rest without one is named by the catalogue."""
    return team.name if team.slug is not None else t("team.none")


def team_path(team: TeamLook) -> str | None:
    """The page of a team; the rest without one has none."""
    return None if team.slug is None else f"/teams/{quote(team.slug)}"


def team_style(team: TeamLook) -> dict[str, str]:
    """The team's colour for the style sheet."""
    return {"--c": team_colour(team.color)}


def create_tile(team: TeamLook, size: str = "") -> html.Span:
    """The emoji of a team in its tile; ``size`` is empty, ``md`` or ``xl``."""
    if team.slug is None:
        return html.Span("?", className=f"tile none {size}".strip(), **attributes({"aria-hidden": "true"}))
    return html.Span(
        team.emoji or team.name[:1],
        className=f"tile emoji {size}".strip(),
        style=team_style(team),
        **attributes({"aria-hidden": "true"}),
    )


def create_chip(team: TeamLook, size: str = "") -> html.Span:
    """Tile and name."""
    tone = "chip t2" if team.slug is None else "chip"
    return html.Span([create_tile(team, size), html.Span(team_name(team), className="cut")], className=tone)


def create_verdict(verdict: Verdict) -> html.Span:
    """What the figures of a team amount to: icon, word and tint."""
    kind, icon = _VERDICTS[verdict]
    parts: list[Any] = [create_icon(icon, 12)] if icon else []
    return html.Span([*parts, t(f"verdict.{verdict}")], className=f"badge {kind}".strip())


def team_cell(team: TeamLook) -> dict[str, Any]:
    """A team as the grids' cells need it (``assets/dashAgGridComponentFunctions.js``)."""
    return {
        "name": team_name(team),
        "emoji": team.emoji or ("?" if team.slug is None else team.name[:1]),
        "color": team_colour(team.color),
        "none": team.slug is None,
        "href": team_path(team),
    }
