"""The filter bar: plain radios, boxes, dates and buttons; their values are born from the address of the page.

Invariant: the bar holds no state of its own. What is chosen is the query string; ``callbacks/filters.py`` turns the
controls into it and back.
"""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.frames import create_icon
from components.team_look import NO_TEAM, create_chip
from core.business_time import INTERVALS
from core.filters import BASES, CURRENCIES, PRESETS, Filters
from core.records import DateRange
from core.reports import UNATTRIBUTED, FilterChoices
from core.texts import format_number, t

SEARCH_FROM = 8  # so many campaigns that one wants to search


def create_filter_bar(
    filters: Filters,
    choices: FilterChoices,
    period: DateRange,
    *,
    with_teams: bool = True,
    with_steps: bool = True,
) -> html.Section:
    """The bar and the store of the query. ``with_teams`` offers teams, ``with_steps`` the step of the chart."""
    first = [_period(filters), _dates(period)]
    steps = [(interval, t(f"filters.interval.{interval}")) for interval in INTERVALS]
    # Every control is always there, or a callback would wait for one in vain; what a page has no use for is hidden.
    second: list[Any] = [
        html.Div(_teams(filters, choices), hidden=not with_teams),
        _campaigns(filters, choices),
        html.Div(_segments(ids.FILTER_INTERVAL, t("filters.interval"), steps, filters.interval), hidden=not with_steps),
    ]
    second.append(
        _segments(
            ids.FILTER_BASIS,
            t("filters.basis"),
            [(basis, t(f"filters.basis.{basis}")) for basis in BASES],
            filters.basis,
        )
    )
    second.append(_last_buttons())
    return html.Section(
        [
            dcc.Store(id=ids.QUERY, data=filters.to_query()),
            html.Button(
                [create_icon("filter"), t("filters.title")],
                type="button",
                className="btn narrow-flex",
                **attributes({"data-toggle": "filters", "aria-expanded": "false"}),
            ),
            html.Div(first, className="ln first"),
            html.Div(
                _segments(
                    ids.FILTER_CURRENCY,
                    t("filters.currency"),
                    [(currency, t(f"currency.{currency}")) for currency in CURRENCIES],
                    filters.currency,
                ),
                className="money",
            ),
            html.Div(second, className="ln second"),
        ],
        className="card filters",
        **attributes({"aria-label": t("filters.title")}),
    )


def _segments(control: str, label: str, options: Sequence[tuple[str, Any]], value: str | None) -> html.Div:
    return html.Div(
        dbc.RadioItems(
            id=control,
            options=[{"value": code, "label": text} for code, text in options],
            value=value,
            className="seg",
            name=control,
        ),
        role="radiogroup",
        **attributes({"aria-label": label}),
    )


def _period(filters: Filters) -> html.Div:
    presets = [(preset, t(f"filters.preset.{preset}")) for preset in PRESETS]
    return _segments(ids.FILTER_PRESET, t("filters.period"), presets, filters.preset)


def _dates(period: DateRange) -> html.Div:
    return html.Div(
        [
            html.Label(t("filters.from"), htmlFor=ids.FILTER_FROM, className="unseen"),
            dbc.Input(id=ids.FILTER_FROM, type="date", value=period.first.isoformat(), debounce=600, className="day"),
            html.Span("–", className="t3"),
            html.Label(t("filters.to"), htmlFor=ids.FILTER_TO, className="unseen"),
            dbc.Input(id=ids.FILTER_TO, type="date", value=period.last.isoformat(), debounce=600, className="day"),
        ],
        className="dates",
    )


def chosen_text(chosen: Sequence[str], names: dict[str, str]) -> str:
    """How a choice of several is said on its button: all, the one name, or how many."""
    if not chosen:
        return t("filters.all")
    if len(chosen) == 1:
        return names.get(chosen[0], chosen[0])
    return t("filters.chosen", n=format_number(len(chosen)))


def team_names(choices: FilterChoices) -> dict[str, str]:
    """Names of teams by their value in the filters, the rest without a team included."""
    return {**{team.slug: team.name for team in choices.teams if team.slug}, NO_TEAM: t("team.none")}


def _teams(filters: Filters, choices: FilterChoices) -> html.Details:
    options = [{"value": team.slug or NO_TEAM, "label": create_chip(team)} for team in (*choices.teams, UNATTRIBUTED)]
    return _menu(
        t("filters.teams"),
        ids.FILTER_TEAMS_TEXT,
        chosen_text(filters.teams, team_names(choices)),
        [dbc.Checklist(id=ids.FILTER_TEAMS, options=options, value=list(filters.teams), className="boxes")],
    )


def _campaigns(filters: Filters, choices: FilterChoices) -> html.Details:
    names = dict(choices.campaigns)
    options = [
        {"value": campaign, "label": html.Span(name, className="mono small")} for campaign, name in choices.campaigns
    ]
    parts: list[Any] = []
    if len(options) >= SEARCH_FROM:
        parts.append(
            html.Div(
                [
                    html.Label(t("filters.search_campaign"), htmlFor=ids.FILTER_CAMPAIGN_SEARCH, className="unseen"),
                    dbc.Input(
                        id=ids.FILTER_CAMPAIGN_SEARCH,
                        type="search",
                        placeholder=t("filters.search_campaign"),
                        autocomplete="off",
                        className="input sm",
                    ),
                ],
                className="search",
            )
        )
    parts.append(
        dbc.Checklist(
            id=ids.FILTER_CAMPAIGNS,
            options=options,
            value=[one for one in filters.campaigns if one in names],
            className="boxes",
        )
    )
    if not options:
        parts.append(html.Div(t("filters.no_campaigns"), className="none"))
    return _menu(t("filters.campaigns"), ids.FILTER_CAMPAIGNS_TEXT, chosen_text(filters.campaigns, names), parts)


def _menu(name: str, text_id: str, chosen: str, parts: list[Any]) -> html.Details:
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(name, className="t2"),
                    html.Span(chosen, id=text_id, className="cut chosen"),
                    create_icon("down", 14, "car"),
                ],
                className="btn",
            ),
            html.Div(parts, className="menu"),
        ],
        className="pick",
    )


def _last_buttons() -> html.Div:
    return html.Div(
        [
            html.Button(t("filters.reset"), id=ids.FILTER_RESET, type="button", className="btn ghost"),
            html.Button(
                create_icon("link"),
                type="button",
                className="btn ghost icon",
                title=t("filters.copy_link"),
                **attributes(
                    {"aria-label": t("filters.copy_link"), "data-copy": "address", "data-done": t("filters.copied")}
                ),
            ),
        ],
        className="row g4 end",
    )
