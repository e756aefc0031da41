"""The tab "Facebook" of the settings: what is stored about the viewer's connections, drawn; its progress, redrawn."""

from datetime import datetime
from typing import Any

from dash import Input, Output, callback

from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from callbacks.reading import business_calendar
from components import ids
from components.facebook_settings import (
    AccountView,
    CampaignView,
    ChangeView,
    ConnectionView,
    FacebookView,
    RunView,
    create_facebook_body,
    create_history,
    create_progress,
)
from core.business_time import now
from core.texts import format_money, t
from data.ad_history import load_restatements
from data.engine import Viewer, web_database
from data.facebook_choices import AccountChoice, load_account_choices, load_campaign_choices
from data.facebook_connections import CONNECTED, FacebookConnection, load_connections
from data.sync_runs import SyncRun, load_runs

_RUNS_SHOWN = 8
_CHANGES_SHOWN = 20


@callback(Output(ids.FACEBOOK_BODY, "children"), Input(ids.FACEBOOK_BODY, "id"))
@requires(Permission.ADS_CONNECTION_READ)
def show_facebook(_place: Any) -> Any:
    """Connections, accounts and campaigns; drawn once, so that a choice under way is not lost."""
    return create_facebook_body(_load(with_campaigns=True))


@callback(
    output={"progress": Output(ids.FACEBOOK_PROGRESS, "children"), "history": Output(ids.FACEBOOK_HISTORY, "children")},
    inputs={"ticks": Input(ids.FACEBOOK_TICK, "n_intervals")},
)
@requires(Permission.ADS_CONNECTION_READ)
def show_facebook_runs(ticks: Any) -> Any:
    """How the reading goes on."""
    view = _load(with_campaigns=False)
    return {"progress": create_progress(view), "history": create_history(view.runs)}


def _load(*, with_campaigns: bool) -> FacebookView:
    user = current_user()
    settings = auth_parts().settings
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        connections = load_connections(connection, user.id)
        accounts = load_account_choices(connection, user.id)
        campaigns = load_campaign_choices(connection, user.id) if with_campaigns else ()
        runs = load_runs(connection, "facebook", _RUNS_SHOWN)
        changes = load_restatements(connection, _CHANGES_SHOWN) if with_campaigns else ()
    names = {one.id: one.name for one in campaigns}
    return FacebookView(
        is_configured=bool(settings.facebook_app_id and settings.facebook_app_secret),
        connections=tuple(map(_connection, connections)), accounts=tuple(map(_account, accounts)),
        campaigns=tuple(CampaignView(one.id, one.name, one.account_name, one.team, one.is_tracked)
                        for one in campaigns),
        track_new=all(one.track_new for one in accounts), runs=tuple(map(_run, runs)),
        changes=tuple(ChangeView(one.day, names.get(one.object_id, one.object_id),
                                 format_money(one.old_spend, one.currency), format_money(one.new_spend, one.currency))
                      for one in changes))


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(business_calendar().zone)


def _connection(one: FacebookConnection) -> ConnectionView:
    left = None if one.expires_at is None else max((one.expires_at - now()).days, 0)
    return ConnectionView(one.id, one.name, one.state == CONNECTED, t(one.problem) if one.problem else None, one.scopes,
                          one.connected_at.astimezone(business_calendar().zone), _local(one.expires_at), left)


def _account(one: AccountChoice) -> AccountView:
    return AccountView(one.id, one.name, one.currency, one.timezone,
                       one.timezone != auth_parts().settings.business_timezone, one.state, one.is_selected,
                       _local(one.last_synced_at), one.last_error, one.history_from, one.is_history_complete)


def _run(one: SyncRun) -> RunView:
    begun = one.started_at or one.created_at
    seconds = None if one.finished_at is None else int((one.finished_at - begun).total_seconds())
    return RunView(one.status, one.progress_done, one.progress_total, begun.astimezone(business_calendar().zone),
                   seconds, one.errors)
