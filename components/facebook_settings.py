"""The tab "Facebook" of the settings: who is connected, which accounts and campaigns are read, how the reading goes.

Its forms speak to the API; ``assets/facebook.js`` opens Facebook's dialog (``data-facebook``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.facebook_campaigns import create_campaigns_frame
from components.facebook_conversions import ConversionsView, create_conversions
from components.facebook_tags import FaultView, create_faults
from components.forms import create_api_button, create_api_form, create_field
from components.frames import create_card
from core.texts import t, tn

BASE = "/api/traffic-admin/facebook"
TICK_MILLISECONDS = 2000
_WARN_DAYS = 14


@dataclass(frozen=True)
class ConnectionView:
    """A connection as it is shown; times in the zone of the business, ``problem`` already in words."""

    id: str
    name: str
    is_connected: bool
    problem: str | None
    scopes: tuple[str, ...]
    connected_at: datetime
    expires_at: datetime | None
    days_left: int | None


@dataclass(frozen=True)
class ChangeView:
    """What Facebook changed of a campaign's past day; amounts already in words."""

    day: date
    campaign: str
    before: str
    after: str


@dataclass(frozen=True)
class FacebookView:
    """Everything the tab shows."""

    is_configured: bool
    connections: tuple[ConnectionView, ...]
    accounts: tuple[tuple[str, str], ...] = ()      # id and name
    has_campaigns: bool = False
    changes: tuple[ChangeView, ...] = ()
    faults: tuple[FaultView, ...] = ()
    tags_were_read: bool = False
    usage: str | None = None      # of the fullest account, in words
    conversions: ConversionsView | None = None


def create_facebook_frame(notice: str | None, *, is_bad: bool = False) -> html.Div:
    """The tab before its content comes: a sentence about what just happened, and the places to be filled."""
    said = html.Div(
        notice or "", id=ids.FACEBOOK_SAID, className="banner facebook-said" if is_bad else "banner inf facebook-said",
        role="status", hidden=not notice, **attributes({"aria-live": "polite"}))
    # One grid for both callbacks: its cards are put in their places by their classes (order-…).
    return html.Div([
        said,
        html.Div([html.Div(id=ids.FACEBOOK_BODY, className="contents"),
                  html.Div(id=ids.FACEBOOK_PROGRESS, className="c4 order-1"),
                  html.Div(id=ids.FACEBOOK_HISTORY, className="c8 order-3")], className="grid"),
        dcc.Interval(id=ids.FACEBOOK_TICK, interval=TICK_MILLISECONDS),
        *(dcc.Store(id=one) for one in (ids.FACEBOOK_CHANGED, ids.FACEBOOK_ACCOUNTS_CHANGED,
                                        ids.FACEBOOK_READING_CHANGED, ids.FACEBOOK_CAMPAIGNS_CHANGED)),
    ])


def create_facebook_body(view: FacebookView) -> list[Any]:
    """Connections, and the places of the forms, each of which is drawn anew alone: the others keep what is typed."""
    parts: list[Any] = [_connection(one, view.usage) for one in view.connections] or [_nobody(view.is_configured)]
    parts += [html.Div(id=one, className="contents") for one in (ids.FACEBOOK_ACCOUNTS, ids.FACEBOOK_READING)]
    parts.append(_other_ways(view))
    if view.accounts:
        parts.append(create_campaigns_frame(view.accounts))
    if view.has_campaigns:
        parts.append(create_faults(view.faults, was_read=view.tags_were_read, class_name="c12 order-2"))
    if view.accounts:
        parts.append(html.Div(id=ids.FACEBOOK_TAGS, className="contents"))
    if view.changes:
        parts.append(_changes(view.changes))
    if view.conversions is not None:
        parts.append(create_conversions(view.conversions))
    return parts


def _connect(words: str, look: str = "", disabled: bool = False) -> html.Button:
    """Opens Facebook's dialog, which is another address: the script goes there."""
    return html.Button(words, type="button", className=f"btn {look}".strip(), disabled=disabled,
                       **attributes({"data-facebook": "connect"}))


def _nobody(is_configured: bool) -> html.Section:
    words = t("facebook.empty") if is_configured else t("facebook.notice.not_configured")
    return create_card(t("facebook.title"), html.P(words, className="t2"),
                       actions=[_connect(t("facebook.connect"), "primary", disabled=not is_configured)],
                       class_name="c8")


def _connection(one: ConnectionView, usage: str | None) -> html.Section:
    mark = html.Span(t("facebook.state.works" if one.is_connected else "facebook.state.ended"),
                     className=f"badge {'good' if one.is_connected else 'loss'}")
    left = t("facebook.never_ends") if one.days_left is None else tn("facebook.days", one.days_left)
    is_late = one.days_left is not None and one.days_left <= _WARN_DAYS
    rows: list[Any] = [
        html.Dt(t("facebook.access")),
        html.Dd([html.Span(left, className="badge weak" if is_late else "num b"),
                 html.Div(t("facebook.until", when=_day(one.expires_at)), className="small t3")
                 if one.expires_at else None]),
        html.Dt(t("facebook.rights")),
        html.Dd(html.Div([html.Span(scope, className="badge line mono") for scope in one.scopes], className="pieces")),
    ]
    if usage and one.is_connected:
        rows += [html.Dt(t("facebook.quota")), html.Dd(t("facebook.quota_of", percent=usage), className="num")]
    body: list[Any] = [html.Dl(rows, className="kv")]
    if one.problem:
        body.insert(0, html.P(one.problem, className="neg"))
    return create_card(
        one.name or t("facebook.title"), body, unit=t("facebook.connected_at", when=_day(one.connected_at)),
        legend=mark, class_name="c8",
        actions=[_connect(t("facebook.reconnect")), create_api_button(
            t("facebook.disconnect"), path=f"{BASE}/disconnect", body={"connection_id": one.id}, class_name="btn ghost",
            confirm=t("facebook.disconnect.confirm", name=one.name or t("facebook.title")),
            done=t("facebook.disconnected"), refresh=ids.FACEBOOK_CHANGED)])


def _other_ways(view: FacebookView) -> html.Section:
    """The second way to connect, and a second person."""
    if view.is_configured:
        # A password's field would ask for a user's name, and be offered to the browser's list of passwords.
        secret = dbc.Input(type="text", className="input", autocomplete="off",
                           style={"WebkitTextSecurity": "disc"})
        body: list[Any] = [create_api_form(
            ids.FACEBOOK_TOKEN_FORM, [create_field("token", t("facebook.token.place"), secret,
                                                   hint=t("facebook.token.hint"), required=True)],
            path=f"{BASE}/token", submit=t("facebook.token.use"), done=t("facebook.token.done"),
            refresh=ids.FACEBOOK_CHANGED, primary=False, keep=False)]
    else:
        body = [html.P(t("facebook.notice.not_configured"), className="small t2")]
    if view.connections:
        body.append(html.Div(_connect(t("facebook.connect_another"), "ghost"), className="other-person"))
    return create_card(t("facebook.token.title"), body, class_name="c12 order-5")


def _changes(changes: Sequence[ChangeView]) -> html.Section:
    columns = ("day", "campaign", "before", "after")
    head = html.Tr([html.Th(t(f"facebook.column.{name}"), className="l") for name in columns])
    rows = [html.Tr([html.Td(f"{one.day:%d.%m.%Y}", className="l num t2"), html.Td(one.campaign, className="l"),
                     html.Td(one.before, className="l num t2"), html.Td(one.after, className="l num")])
            for one in changes]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="tbl dense")
    return create_card(t("facebook.changes"), html.Div(table, style={"overflowX": "auto"}, tabIndex=0),
                       unit=t("facebook.changes.unit"), flush=True, class_name="c12 order-4")


def _day(moment: datetime | None) -> str:
    return "—" if moment is None else f"{moment:%d.%m.%Y}"
