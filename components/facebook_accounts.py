"""The ad accounts of the settings tab "Facebook": a form in which those to be read are marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.attributes import attributes
from components.forms import create_api_form
from components.frames import create_card, create_icon
from components.list_parts import create_nothing
from core.texts import format_moment, has_text, t

SELECT = "/api/traffic-admin/facebook/ad-accounts/select"
_COLUMNS = ("account", "currency", "timezone", "state", "spend", "data")


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


def create_accounts(accounts: Sequence[AccountView], version: int) -> html.Section:
    """The card; ``version`` is that of what is selected."""
    if not accounts:
        nothing = create_nothing(t("facebook.no_accounts.title"), t("facebook.no_accounts.text"))
        return create_card(t("facebook.accounts"), nothing, class_name="c12 order-2")
    head = html.Tr([html.Th(t(f"facebook.column.{name}"), className="l") for name in _COLUMNS])
    table = html.Table([html.Thead(head), html.Tbody([_account(one) for one in accounts])], className="tbl")
    # All boxes are one list of the body, those that a search hides among them.
    field = html.Div([html.Div(table, className="tablewrap", tabIndex=0),
                      html.P(className="hint bad field-said", hidden=True)],
                     **attributes({"data-field": "account_ids", "data-kind": "list"}))
    form = create_api_form(
        ids.FACEBOOK_ACCOUNTS_FORM, [field], path=SELECT, submit=t("facebook.save"), version=version,
        done=t("facebook.accounts_saved"), refresh=ids.FACEBOOK_ACCOUNTS_CHANGED)
    failed = [html.Div([create_icon("warn", 14), html.Span(_failure(one))], className="row g6 neg small")
              for one in accounts if one.is_selected and one.error]
    return create_card(
        t("facebook.accounts"), form, flush=True, class_name="c12 order-2 choices",
        unit=t("facebook.chosen", chosen=sum(one.is_selected for one in accounts), all=len(accounts)),
        actions=[_search(), _pick("facebook.all", "all"), _pick("facebook.none", "none")],
        footer=html.Div(failed, className="ft") if failed else None)


def _search() -> html.Label:
    box = dbc.Input(type="search", className="input sm", placeholder=t("facebook.search"), autocomplete="off")
    return html.Label(box, title=t("facebook.search"), className="find-field",
                      **attributes({"data-facebook-search": "account"}))


def _pick(key: str, which: str) -> html.Button:
    """All or none of the rows that are shown; nothing is saved yet."""
    return html.Button(t(key), type="button", className="btn ghost", **attributes({"data-facebook": which}))


def _failure(one: AccountView) -> str:
    """A failed account is failed since a day, never zero."""
    if one.synced_at is None:
        return t("facebook.failed_never", name=one.name, reason=one.error)
    return t("facebook.failed_since", name=one.name, since=format_moment(one.synced_at), reason=one.error)


def _account(one: AccountView) -> html.Tr:
    differs = html.Span(t("facebook.other_day"), className="badge weak", title=t("facebook.other_day.hint"))
    look, hint = "good" if one.state == "active" else "weak", f"facebook.hint.{one.state}"
    return html.Tr([
        html.Td(_box(one), className="l"),
        html.Td(one.currency, className="l num"),
        html.Td([one.timezone, " ", differs if one.timezone_differs else None], className="l small t2"),
        html.Td([html.Span(t(f"facebook.account.{one.state}"), className=f"badge {look}"),
                 html.Div(t(hint), className="micro t3 run-error") if has_text(hint) else None], className="l"),
        html.Td(one.spend, className="l num"),
        html.Td([format_moment(one.synced_at), html.Div(_history(one), className="micro t3")], className="l num t2"),
    ], **attributes({"data-search": f"{one.name} act_{one.id}".lower()}))


def _box(one: AccountView) -> html.Div:
    words: Any = html.Span([html.Span(one.name, className="m"), html.Div(f"act_{one.id}", className="mono micro t3")])
    return html.Div(dbc.Checklist([{"label": words, "value": one.id}], [one.id] if one.is_selected else []),
                    className="boxes pick")


def _history(one: AccountView) -> str:
    if one.history_from is None:
        return ""
    key = "facebook.history_from" if one.is_history_complete else "facebook.history_grows"
    return t(key, when=f"{one.history_from:%d.%m.%Y}")
