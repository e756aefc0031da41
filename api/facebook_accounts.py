"""What is read from Facebook: accounts to choose from, figures by day, and whose accounts and campaigns are."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response

from api.encoding import json_answer
from api.facebook_campaigns import unknown_ids
from api.facebook_connecting import cipher, list_accounts
from api.facebook_shapes import (
    AccountAnswer,
    AccountsBody,
    AccountsQuery,
    AccountsSaved,
    AdBindingBody,
    AdBindingsAnswer,
    CampaignDaysAnswer,
    RestatementsAnswer,
    StatsQuery,
)
from api.openapi import create_api
from api.operations import RunAnswer
from api.problems import FieldProblem, problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.metrics import CPC, CPM, CTR, Sums
from core.records import DateRange
from core.sentences import read_or_none
from core.texts import t
from data.ad_history import load_restatements
from data.ads import select_accounts
from data.engine import Viewer, web_database
from data.facebook_choices import (
    AccountChoice,
    hold_choices,
    load_account_choices,
    load_bindings,
    selection_version,
)
from data.facebook_connections import CONNECTED, TOKEN_PURPOSE, load_connections
from data.facebook_days import CampaignDay, load_campaign_days
from data.freshness import bump
from data.people import load_teams
from data.rule_rows import hand_over
from data.run_requests import request_run

facebook_accounts_api = create_api("facebook_accounts", __name__, "/api/traffic-admin/facebook")

_USUAL_DAYS = 30


@facebook_accounts_api.get("/ad-accounts", summary="Ad accounts", responses={200: {
    "content": {"application/json": {"schema": {"type": "array", "items": AccountAnswer.model_json_schema()}}}}})
@requires(Permission.ADS_CONNECTION_READ)
def show_accounts(query: AccountsQuery) -> Response:
    """The accounts the user's connections reach, as they were known last; Facebook is asked when that is not known.

    The `ETag` is the version of what is selected of them.
    """
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        connections = [one for one in load_connections(connection, user.id) if one.state == CONNECTED and one.token]
    for one in connections:
        if one.token and (query.refresh or one.listed_at is None):
            list_accounts(user, one.id, cipher().decrypt(TOKEN_PURPOSE, user.id, one.token))
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        found = load_account_choices(connection, user.id)
    answer = json_answer([_describe_account(one) for one in found])
    answer.set_etag(str(selection_version(found)))
    return answer


def _describe_account(one: AccountChoice) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "currency": one.currency, "timezone": one.timezone,
            "timezone_differs": one.timezone != auth_parts().settings.business_timezone, "status": one.state,
            "selected": one.is_selected, "last_synced_at": one.last_synced_at,
            "history_from": one.history_from, "history_complete": one.is_history_complete,
            "error": read_or_none(one.last_error)}


@facebook_accounts_api.post("/ad-accounts/select", summary="Choose ad accounts",
                            responses={200: AccountsSaved, **problem_answers(409)})
@requires(Permission.ADS_CONNECTION_WRITE)
def choose_accounts(body: AccountsBody) -> Response:
    """Read exactly these of the user's accounts from now on; the history of new ones is read at once.

    With `version` nothing is saved when other accounts are there, or others selected, than it was made from (409).
    """
    user, wanted = current_user(), sorted(set(body.account_ids))
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        hold_choices(connection, user.id)
        before = load_account_choices(connection, user.id)
        if body.version not in (None, selection_version(before)):
            return problem(HTTPStatus.CONFLICT, detail=t("conflict.somebody"))
        known = {one.id for one in before}
        strangers = [f"account_ids.{place}" for place, one in enumerate(body.account_ids) if one not in known]
        if strangers:
            return unknown_ids(strangers)
        selected = select_accounts(connection, user.id, wanted)
        was = sorted(one.id for one in before if one.is_selected)
        record(connection, Action.FACEBOOK_ACCOUNTS_SELECTED, user_id=user.id, object_type="user", object_id=user.id,
               before={"account_ids": was}, after={"account_ids": wanted})
        run_id = request_run(connection, "facebook", {}, user.id) if selected else None
        bump(connection)
        version = selection_version(load_account_choices(connection, user.id))
    undo = {"method": "POST", "path": "/api/traffic-admin/facebook/ad-accounts/select",
            "body": {"account_ids": was, "version": version}}
    return json_answer({"selected": selected, "run_id": run_id, "version": version,
                        "undo": undo if was != wanted else None})


@facebook_accounts_api.get("/campaign-stats", summary="Campaigns by day", responses={200: CampaignDaysAnswer})
@requires(Permission.ADS_STATISTICS_READ)
def show_campaign_days(query: StatsQuery) -> Response:
    """What tracked campaigns cost and brought day by day, as Facebook reports it: the own team's, or all."""
    today = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    last = query.last or today
    first = query.first or min(last, today) - timedelta(days=_USUAL_DAYS - 1)
    if first > last:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail=t("problem.dates"),
                       errors=[FieldProblem(field="to", message=t("problem.dates"))])
    after = None
    if query.cursor:
        day, _, place = query.cursor.partition(":")
        try:
            after = (date.fromisoformat(day), place)
        except ValueError:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[
                FieldProblem(field="cursor", message=t("facebook.unknown_id"))])
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        rows = load_campaign_days(connection, DateRange(first, last), query.limit, after)
    next_cursor = f"{rows[-1].day}:{rows[-1].campaign_id}" if len(rows) == query.limit else None
    return json_answer({"period": {"from": first, "to": last}, "rows": [_describe_day(one) for one in rows],
                        "next_cursor": next_cursor})


def _describe_day(one: CampaignDay) -> dict[str, Any]:
    sums = Sums(spend=one.spend, impressions=one.impressions, clicks=one.clicks)
    return {
        "date": one.day, "campaign_id": one.campaign_id, "campaign": one.campaign, "account_id": one.account_id,
        "account": one.account, "timezone": one.timezone, "team": one.team, "currency": one.currency,
        "spend": one.spend, "spend_usd": one.spend_usd, "spend_kzt": one.spend_kzt, "impressions": one.impressions,
        "clicks": one.clicks, "reach": one.reach, "inline_link_clicks": one.inline_link_clicks,
        **{metric.name: metric.value(sums) for metric in (CTR, CPC, CPM)},
    }


@facebook_accounts_api.get("/restatements", summary="What Facebook changed of the past",
                           responses={200: RestatementsAnswer})
@requires(Permission.ADS_CONNECTION_READ)
def show_restatements() -> Response:
    """The newest changes of days that had been read when they were over; null: there was, or is, no row."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_restatements(connection, 200)
    return json_answer({"rows": [{
        "account_id": one.account_id, "campaign_id": one.object_id, "date": one.day, "currency": one.currency,
        "old_spend": one.old_spend, "new_spend": one.new_spend, "noticed_at": one.noticed_at} for one in found]})


@facebook_accounts_api.get("/bindings", summary="Whose accounts and campaigns are", responses={200: AdBindingsAnswer})
@requires(Permission.ADS_BINDING_WRITE)
def show_bindings() -> Response:
    """Every binding with its days, past ones included."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"rows": load_bindings(connection)})


@facebook_accounts_api.post("/bindings", summary="Hand an account or a campaign to a team",
                            responses={202: RunAnswer, **problem_answers(404)})
@requires(Permission.ADS_BINDING_WRITE)
def bind(body: AdBindingBody) -> Response:
    """From a day on its spend belongs to another team; a run attributes and calculates anew what that moves."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        team = next((one for one in load_teams(connection) if one.slug == body.team), None)
        if body.team is not None and team is None:
            return problem(HTTPStatus.NOT_FOUND)
        hand_over(connection, team.id if team else None, body.kind, body.external_id, body.since)
        record(connection, Action.BINDING_ADDED if team else Action.BINDING_ENDED, user_id=user.id,
               object_type=body.kind, object_id=body.external_id,
               after={"team": body.team, "from": body.since.isoformat() if body.since else None})
        run_id = request_run(connection, "bindings", {}, user.id)
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)
