"""The tab "Facebook" of the settings: who is connected, which accounts and campaigns are read, how the reading goes.

What its buttons do is done by ``assets/facebook.js`` through the API; they carry ``data-facebook``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.facebook_conversions import ConversionsView, create_conversions
from components.facebook_reading import ReadingView, create_reading
from components.facebook_tags import FaultView, TagsView, create_campaign_tags, create_faults
from components.frames import create_card, create_icon
from core.texts import format_moment, has_text, t, tn

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
class AccountView:
    """An ad account to choose; ``state`` is a word of ``core/ad_accounts.py``."""

    id: str
    name: str
    currency: str
    timezone: str
    timezone_differs: bool
    state: str
    is_selected: bool
    synced_at: datetime | None
    error: str | None
    history_from: date | None = None
    is_history_complete: bool = True
    spend: str = "—"      # of 30 days, in words


@dataclass(frozen=True)
class CampaignView:
    """A campaign to choose."""

    id: str
    name: str
    account: str
    team: str | None
    is_tracked: bool


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
    accounts: tuple[AccountView, ...]
    campaigns: tuple[CampaignView, ...]
    reading: ReadingView = field(default_factory=ReadingView)
    changes: tuple[ChangeView, ...] = ()
    faults: tuple[FaultView, ...] = ()
    tags: tuple[TagsView, ...] = ()
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
    ])


def create_facebook_body(view: FacebookView) -> list[Any]:
    """Connections, accounts and campaigns."""
    parts: list[Any] = [_connection(one, view.usage) for one in view.connections] or [_nobody(view.is_configured)]
    if view.accounts:
        parts += [_accounts(view.accounts), create_reading(view.reading)]
    parts.append(_other_ways(view))
    if view.campaigns:
        parts.append(_campaigns(view))
        parts.append(create_faults(view.faults, was_read=view.tags_were_read, class_name="c12 order-2"))
    if view.tags:
        parts.append(create_campaign_tags(view.tags))
    if view.changes:
        parts.append(_changes(view.changes))
    if view.conversions is not None:
        parts.append(create_conversions(view.conversions))
    return parts


def _button(words: str, action: str, look: str = "", value: str = "", disabled: bool = False) -> html.Button:
    return html.Button(words, type="button", className=f"btn {look}".strip(), disabled=disabled,
                       **attributes({"data-facebook": action, "data-value": value}))


def _nobody(is_configured: bool) -> html.Section:
    words = t("facebook.empty") if is_configured else t("facebook.notice.not_configured")
    return create_card(t("facebook.title"), html.P(words, className="t2"),
                       actions=[_button(t("facebook.connect"), "connect", "primary", disabled=not is_configured)],
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
        actions=[_button(t("facebook.reconnect"), "connect"),
                 _button(t("facebook.disconnect"), "disconnect", "ghost", one.id)])


def _other_ways(view: FacebookView) -> html.Section:
    """The second way to connect, and a second person."""
    body = [
        html.P(t("facebook.token.hint"), className="small t2"),
        html.Div([
            html.Label([html.Span(t("facebook.token.place"), className="micro t3"),
                        dcc.Input(type="text", className="input", autoComplete="off",
                                  style={"WebkitTextSecurity": "disc"})],
                       className="token-field", **attributes({"data-facebook-token": "1"})),
            _button(t("facebook.token.use"), "token", disabled=not view.is_configured),
        ], className="row g6", style={"flexWrap": "wrap", "alignItems": "flex-end"}),
    ]
    if view.connections:
        body.append(html.Div(_button(t("facebook.connect_another"), "connect", "ghost"), style={"marginTop": "12px"}))
    return create_card(t("facebook.token.title"), body, class_name="c12 order-5")


def _accounts(accounts: Sequence[AccountView]) -> html.Section:
    chosen = sum(one.is_selected for one in accounts)
    head = html.Tr([html.Th(t(f"facebook.column.{name}"), className="l") for name in (
        "account", "currency", "timezone", "state", "spend", "data")])
    failed = [html.Div([create_icon("warn", 14), html.Span(_failure(one))], className="row g6 neg small")
              for one in accounts if one.is_selected and one.error]
    return create_card(
        t("facebook.accounts"), html.Div(html.Table([html.Thead(head), html.Tbody([_account(one) for one in accounts])],
                                                    className="tbl"), style={"overflowX": "auto"}, tabIndex=0),
        unit=t("facebook.chosen", chosen=chosen, all=len(accounts)), flush=True,
        actions=[_search("account"), _button(t("facebook.all"), "all", "ghost", "account"),
                 _button(t("facebook.none"), "none", "ghost", "account"),
                 _button(t("facebook.save"), "accounts", "primary")],
        footer=html.Div(failed, className="ft") if failed else None, class_name="c12 order-2")


def _failure(one: AccountView) -> str:
    """A failed account is failed since a day, never zero."""
    if one.synced_at is None:
        return t("facebook.failed_never", name=one.name, reason=one.error)
    return t("facebook.failed_since", name=one.name, since=format_moment(one.synced_at), reason=one.error)


def _account(one: AccountView) -> html.Tr:
    differs = html.Span(t("facebook.other_day"), className="badge weak", title=t("facebook.other_day.hint"))
    look, hint = "good" if one.state == "active" else "weak", f"facebook.hint.{one.state}"
    return html.Tr([
        html.Td(_check("account", one.id, one.name, f"act_{one.id}", one.is_selected), className="l"),
        html.Td(one.currency, className="l num"),
        html.Td([one.timezone, " ", differs if one.timezone_differs else None], className="l small t2"),
        html.Td([html.Span(t(f"facebook.account.{one.state}"), className=f"badge {look}"),
                 html.Div(t(hint), className="micro t3 run-error") if has_text(hint) else None], className="l"),
        html.Td(one.spend, className="l num"),
        html.Td([format_moment(one.synced_at), html.Div(_history(one), className="micro t3")], className="l num t2"),
    ], **attributes({"data-search": f"{one.name} act_{one.id}".lower()}))


def _history(one: AccountView) -> str:
    if one.history_from is None:
        return ""
    key = "facebook.history_from" if one.is_history_complete else "facebook.history_grows"
    return t(key, when=f"{one.history_from:%d.%m.%Y}")


def _check(kind: str, value: str, name: str, under: str, is_on: bool) -> html.Div:
    # The box is read by the script when the choice is saved, not at each click.
    words = html.Span([html.Span(name, className="m"), html.Div(under, className="mono micro t3")])
    box = dcc.Checklist([{"label": words, "value": value}], [value] if is_on else [], inputStyle={"marginRight": "8px"},
                        labelStyle={"display": "flex", "alignItems": "center"})
    return html.Div(box, className="boxes pick", **attributes({"data-pick": kind, "data-id": value}))


def _search(kind: str) -> html.Label:
    return html.Label(dcc.Input(type="search", className="input sm", placeholder=t("facebook.search")),
                      title=t("facebook.search"), className="find-field",
                      **attributes({"data-facebook-search": kind}))


def _campaigns(view: FacebookView) -> html.Section:
    rows = [html.Tr([
        html.Td(_check("campaign", one.id, one.name, one.id, one.is_tracked), className="l"),
        html.Td(one.account, className="l small t2"),
        html.Td(one.team or t("facebook.no_team"), className="l small"),
    ], **attributes({"data-search": f"{one.name} {one.id} {one.account}".lower()})) for one in view.campaigns]
    head = html.Tr([html.Th(t(f"facebook.column.{name}"), className="l") for name in ("campaign", "account", "team")])
    tracked = sum(one.is_tracked for one in view.campaigns)
    return create_card(
        t("facebook.campaigns"), html.Div(html.Table([html.Thead(head), html.Tbody(rows)], className="tbl dense"),
                                          style={"overflow": "auto", "maxHeight": "420px"}, tabIndex=0),
        unit=t("facebook.chosen", chosen=tracked, all=len(rows)), hint=t("facebook.campaigns.hint"), flush=True,
        actions=[_search("campaign"), _button(t("facebook.all"), "all", "ghost", "campaign"),
                 _button(t("facebook.none"), "none", "ghost", "campaign"),
                 _button(t("facebook.save"), "campaigns", "primary")], class_name="c12 order-2")


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
