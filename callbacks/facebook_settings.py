"""The tab "Facebook" of the settings: what is stored about the viewer's connections, drawn; its progress, redrawn."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dash import Input, Output, callback
from sqlalchemy import Connection

from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from callbacks.reading import business_calendar
from callbacks.tag_faults import fault_view
from components import ids
from components.facebook_accounts import AccountView, create_accounts
from components.facebook_conversions import ConversionsView, SentView
from components.facebook_reading import ReadingView, create_reading
from components.facebook_runs import RunView, create_history, create_progress
from components.facebook_settings import ChangeView, ConnectionView, FacebookView, create_facebook_body
from core.business_time import now
from core.records import DateRange
from core.sentences import read, read_or_none
from core.texts import format_money, format_percent, t
from data.ad_history import load_restatements
from data.ad_objects import load_tag_errors
from data.conversions import load_conversion_log, load_conversion_settings
from data.engine import Viewer, web_database
from data.facebook_campaigns import CampaignFilter, load_campaign_page, load_campaign_standing
from data.facebook_choices import (
    AccountChoice,
    load_account_choices,
    load_account_spend,
    reading_version,
    reading_wishes,
    selection_version,
)
from data.facebook_connections import CONNECTED, FacebookConnection, load_connections
from data.facebook_runs import AccountsRun, load_account_runs
from data.facebook_waits import APPLICATION, FacebookWait, load_waits
from data.people import load_teams

_EVENTS_SHOWN = 20
_RUNS_SHOWN = 8
_CHANGES_SHOWN = 20


@callback(Output(ids.FACEBOOK_BODY, "children"), Input(ids.FACEBOOK_CHANGED, "data"))
@requires(Permission.ADS_CONNECTION_READ)
def show_facebook(changed: Any) -> Any:
    """Connections and the places of what is chosen; drawn anew when a connection comes or goes."""
    return create_facebook_body(_load())


@callback(Output(ids.FACEBOOK_ACCOUNTS, "children"), Input(ids.FACEBOOK_ACCOUNTS_CHANGED, "data"))
@requires(Permission.ADS_CONNECTION_READ)
def show_accounts(changed: Any) -> Any:
    """The accounts that the viewer's connections reach."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        connections = load_connections(connection, user.id)
        accounts = load_account_choices(connection, user.id)
        spend = load_account_spend(connection, user.id, _spend_period())
    if not connections:
        return None
    return create_accounts([_account(one, spend.get(one.id)) for one in accounts], selection_version(accounts))


@callback(Output(ids.FACEBOOK_READING, "children"), Input(ids.FACEBOOK_READING_CHANGED, "data"))
@requires(Permission.ADS_CONNECTION_READ)
def show_reading(changed: Any) -> Any:
    """How they are read."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        accounts = load_account_choices(connection, user.id)
    if not accounts:
        return None
    return create_reading(ReadingView(**reading_wishes(accounts), version=reading_version(accounts)))


@callback(
    output={"progress": Output(ids.FACEBOOK_PROGRESS, "children"), "history": Output(ids.FACEBOOK_HISTORY, "children")},
    inputs={"ticks": Input(ids.FACEBOOK_TICK, "n_intervals")},
)
@requires(Permission.ADS_CONNECTION_READ)
def show_facebook_runs(ticks: Any) -> Any:
    """How the reading goes on."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        accounts = load_account_choices(connection, user.id)
        runs = tuple(map(_run, load_account_runs(connection, user.id, _RUNS_SHOWN)))
        waits = load_waits(connection, auth_parts().settings.facebook_app_id or "")
    may_start = any(one.is_selected for one in accounts)
    return {"progress": create_progress(runs, _waits(waits, accounts), may_start=may_start),
            "history": create_history(runs)}


def _waits(waits: Sequence[FacebookWait], accounts: Sequence[AccountChoice]) -> list[str]:
    """Waits in words: of everybody, and of the own accounts."""
    names = {one.id: one.name or one.id for one in accounts}
    zone = business_calendar().zone
    said = []
    for wait in waits:
        until = f"{wait.until.astimezone(zone):%H:%M}"
        if wait.scope == APPLICATION:
            said.append(t("facebook.wait_all", until=until))
        elif wait.key in names:
            said.append(t("facebook.wait_account", name=names[wait.key], until=until))
    return said


def _load() -> FacebookView:
    user = current_user()
    settings = auth_parts().settings
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        connections = load_connections(connection, user.id)
        accounts = load_account_choices(connection, user.id)
        changes = load_restatements(connection, _CHANGES_SHOWN)
        faults = load_tag_errors(connection)
        about = {one.object_id for one in changes} | {one.campaign_id for one in faults}
        names = {one.id: one.name for one in load_campaign_page(
            connection, user.id, CampaignFilter(ids=tuple(sorted(about)))).rows}
        standing = load_campaign_standing(connection, user.id)
        conversions = _conversions(connection, user.team_id)
    return FacebookView(
        is_configured=bool(settings.facebook_app_id and settings.facebook_app_secret),
        connections=tuple(map(_connection, connections)),
        accounts=tuple((one.id, one.name or one.id) for one in accounts), has_campaigns=bool(standing.campaigns),
        changes=tuple(ChangeView(one.day, names.get(one.object_id, one.object_id),
                                 format_money(one.old_spend, one.currency), format_money(one.new_spend, one.currency))
                      for one in changes),
        faults=tuple(fault_view(one) for one in faults if one.campaign_id in names),
        tags_were_read=any(one.tags_read_at for one in accounts), usage=_usage(accounts), conversions=conversions)


def _spend_period() -> DateRange:
    today = business_calendar().today(now())
    return DateRange(today - timedelta(days=29), today)


def _usage(accounts: Sequence[AccountChoice]) -> str | None:
    """What is used of the fullest own account's allowance, as far as it was told within the hour."""
    fresh = [one.usage_percent for one in accounts if one.usage_percent is not None and one.usage_at is not None
             and now() - one.usage_at < timedelta(hours=1)]
    return format_percent(max(fresh), digits=0) if fresh else None


def _conversions(connection: Connection, team_id: str | None) -> ConversionsView | None:
    """What the own team arranged; whoever has no team arranges nothing here."""
    team = next((one for one in load_teams(connection) if one.id == team_id), None)
    if team is None:
        return None
    one = next(iter(load_conversion_settings(connection, team.slug)), None)
    if one is None:
        return ConversionsView(False, "", "Purchase", "", None, None)
    log = load_conversion_log(connection, team.slug, _EVENTS_SHOWN)
    return ConversionsView(one.is_on, one.dataset_id, one.event_name, one.test_code or "", read_or_none(one.problem),
                           one.version, tuple(SentView(
                               row.deal_id, row.won_at.astimezone(business_calendar().zone),
                               format_money(row.value, row.currency), row.matched_by, row.status,
                               read_or_none(row.reason)) for row in log))


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(business_calendar().zone)


def _connection(one: FacebookConnection) -> ConnectionView:
    left = None if one.expires_at is None else max((one.expires_at - now()).days, 0)
    return ConnectionView(one.id, one.name, one.state == CONNECTED, t(one.problem) if one.problem else None, one.scopes,
                          one.connected_at.astimezone(business_calendar().zone), _local(one.expires_at), left)


def _account(one: AccountChoice, spend: Decimal | None) -> AccountView:
    return AccountView(one.id, one.name, one.currency, one.timezone,
                       one.timezone != auth_parts().settings.business_timezone, one.state, one.is_selected,
                       _local(one.last_synced_at), read_or_none(one.last_error), one.history_from,
                       one.is_history_complete, "—" if one.last_error else format_money(spend, "KZT"))


def _run(one: AccountsRun) -> RunView:
    ended = [account for account in one.accounts if account.status not in ("queued", "running")]
    under_way = next((account for account in one.accounts if account.status == "running"), None)
    seconds = None if one.finished_at is None else int((one.finished_at - one.begun_at).total_seconds())
    return RunView(
        one.id, one.status, one.by, len(ended), len(one.accounts), one.begun_at.astimezone(business_calendar().zone),
        seconds, one.days,
        tuple(f"{account.name}: {read(error)}" for account in one.accounts for error in account.errors),
        under_way.name if under_way else None, under_way.step if under_way else None, one.is_stopping)
