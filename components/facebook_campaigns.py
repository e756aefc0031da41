"""The campaigns of the settings tab "Facebook": found on the server, shown in pages, chosen one by one or as found.

The form sends what was changed and nothing else; changes wait in ``assets/facebook.js`` while pages are turned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_hidden_field
from components.frames import create_card, create_icon
from components.list_parts import create_list_table, create_nothing
from components.states import create_rows_skeleton
from core.texts import format_number, t, tn

SELECT = "/api/traffic-admin/facebook/campaigns/select"
PAGE = 50
TRACKED, UNTRACKED = "tracked", "untracked"


@dataclass(frozen=True)
class CampaignView:
    """A campaign to choose; one that is not ``is_changeable`` is another team's by now."""

    id: str
    name: str
    account: str
    team: str | None
    is_tracked: bool
    is_changeable: bool = True


@dataclass(frozen=True)
class CampaignsAsked:
    """What is looked for, and which page of it is shown (from 1)."""

    search: str = ""
    account: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True)
class CampaignsView:
    """A page of campaigns; ``total`` and ``tracked`` are of all, ``may_…`` of those found, ``version`` the choice's."""

    rows: tuple[CampaignView, ...]
    asked: CampaignsAsked
    found: int
    may_track: int
    may_untrack: int
    total: int
    tracked: int
    version: int


def create_campaigns_frame(accounts: Sequence[tuple[str, str]]) -> html.Section:
    """The card with its filters, which stay while the list below them is drawn anew; ``accounts``: id and name."""
    states = [(TRACKED, t("facebook.state.tracked")), (UNTRACKED, t("facebook.state.untracked"))]
    filters = html.Div([
        _labelled(t("facebook.find_label"), dbc.Input(
            id=ids.FACEBOOK_CAMPAIGNS_SEARCH, type="search", maxlength=200, autocomplete="off", className="input sm",
            placeholder=t("facebook.search_campaign"), value=""), "long"),
        _labelled(t("facebook.column.account"), _select(ids.FACEBOOK_CAMPAIGNS_ACCOUNT, accounts)),
        _labelled(t("facebook.column.state"), _select(ids.FACEBOOK_CAMPAIGNS_STATE, states)),
        html.Button(t("facebook.find"), type="button", id=ids.FACEBOOK_CAMPAIGNS_FIND, className="btn"),
    ], className="listfilters", role="search", **attributes({"aria-label": t("facebook.campaigns")}))
    body = html.Div([
        dcc.Store(id=ids.FACEBOOK_CAMPAIGNS_ASKED, data={}), html.Div(filters, className="filterbox"),
        html.Div(create_rows_skeleton(4), id=ids.FACEBOOK_CAMPAIGNS, **attributes({"aria-live": "polite"}))])
    return create_card(t("facebook.campaigns"), body, hint=t("facebook.campaigns.hint"), flush=True,
                       class_name="c12 order-2 choices")


def _labelled(label: str, control: Any, class_name: str = "") -> html.Label:
    return html.Label([html.Span(label), control], className=f"field-label {class_name}".strip())


def _select(select_id: str, options: Sequence[tuple[str, str]]) -> dbc.Select:
    choices = [{"value": "", "label": t("list.any")}, *({"value": code, "label": words} for code, words in options)]
    return dbc.Select(id=select_id, options=choices, value="", placeholder=t("list.any"), className="input sm select")


def create_campaign_list(view: CampaignsView) -> list[Any]:
    """A page of the list with what can be done with it."""
    if not view.total:
        again = html.Button(t("facebook.look_again"), type="button", className="btn",
                            **attributes({"data-refresh-now": ids.FACEBOOK_CAMPAIGNS_CHANGED}))
        return [create_nothing(t("facebook.no_campaigns.title"), t("facebook.no_campaigns.text"), again)]
    counts = html.P([t("facebook.chosen", chosen=format_number(view.tracked), all=format_number(view.total)), " · ",
                     tn("facebook.found", view.found)], className="small t2 list-note", role="status")
    if not view.rows:
        return [counts, _form(view, create_nothing(t("facebook.none_found.title"), t("facebook.none_found.text")))]
    columns = [(t(f"facebook.column.{name}"), False) for name in ("campaign", "account", "team")]
    table = create_list_table(t("facebook.campaigns"), columns, [_row(one) for one in view.rows])
    return [counts, _form(view, table), _pages(view)]


def _row(one: CampaignView) -> html.Tr:
    box = dbc.Checkbox(value=one.is_tracked, class_name="boxes one", input_class_name="",
                       disabled=not one.is_changeable)
    words = html.Span([html.Span(one.name, className="m"), html.Span(one.id, className="mono micro t3")],
                      className="col")
    team: Any = one.team or t("facebook.no_team")
    if not one.is_changeable:
        team = html.Span(one.team, className="badge line", title=t("facebook.other_team"))
    return html.Tr([
        html.Td(html.Label([box, words], className="row g6 pick"), className="l"),
        html.Td(one.account, className="l small t2"), html.Td(team, className="l small"),
    ], **attributes({"data-campaign": one.id, "data-on": "1" if one.is_tracked else "0"}))


def _form(view: CampaignsView, table: Any) -> html.Form:
    """Changes wait here, also those of other pages, until they are saved or dropped."""
    waiting = html.Span([
        html.Span([t("facebook.unsaved"), " ", html.B("0", className="num", **attributes({"data-waiting": "count"}))]),
        html.Button(t("facebook.drop"), type="button", className="btn ghost", **attributes({"data-facebook": "drop"}))],
        className="row g6 small warn-text", hidden=True, **attributes({"data-waiting": "line"}))
    return create_api_form(
        ids.FACEBOOK_CAMPAIGNS_FORM, [create_hidden_field("track", []), create_hidden_field("untrack", []), table],
        path=SELECT, submit=t("facebook.save"), done=t("facebook.campaigns_saved"),
        refresh=ids.FACEBOOK_CAMPAIGNS_CHANGED, secondary=[waiting, html.Span(className="grow"), *_all_found(view)])


def _all_found(view: CampaignsView) -> list[html.Button]:
    """All that were found, also beyond the page: then it is asked first. Refused when another choice is in force."""
    asked = view.asked
    found: dict[str, Any] = {"search": asked.search or None, "account": asked.account or None,
                             "tracked": {TRACKED: True, UNTRACKED: False}.get(asked.state)}
    buttons = []
    for wanted, count, key in ((True, view.may_track, "facebook.track_found"),
                               (False, view.may_untrack, "facebook.untrack_found")):
        if count:
            buttons.append(create_api_button(
                t(key, n=format_number(count)), path=SELECT, done=t("facebook.campaigns_saved"), class_name="btn ghost",
                body={"found": {**found, "wanted": wanted}, "version": view.version},
                refresh=ids.FACEBOOK_CAMPAIGNS_CHANGED,
                confirm=t(f"{key}.confirm", n=format_number(count)) if view.found > PAGE else ""))
    return buttons


def _pages(view: CampaignsView) -> html.Nav | None:
    page, last = view.asked.page, -(-view.found // PAGE)
    if last <= 1:
        return None
    first = (page - 1) * PAGE + 1
    where = t("facebook.page", first=format_number(first), last=format_number(first + len(view.rows) - 1),
              all=format_number(view.found))
    return html.Nav([
        _turn(page - 1, [create_icon("left", 14), t("facebook.page.before")], page > 1),
        html.Span(where, className="small t2 num"),
        _turn(page + 1, [t("form.page.next"), create_icon("right", 14)], page < last),
    ], className="ft row g6 wrap pages", **attributes({"aria-label": t("form.page.label")}))


def _turn(page: int, words: list[Any], is_there: bool) -> html.Button:
    return html.Button(words, type="button", id=ids.facebook_campaign_page(page), className="btn",
                       disabled=not is_there)
