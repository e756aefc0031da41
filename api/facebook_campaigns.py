"""Which campaigns count: all of them told, and chosen exactly, change by change or as a search finds them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import Connection

from api.encoding import json_answer
from api.facebook_campaign_shapes import CampaignsBody, CampaignsQuery, CampaignsSaved, TrackedCampaignsAnswer
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.records import DateRange
from core.texts import t
from data.engine import Viewer, web_database
from data.facebook_campaigns import (
    CampaignFilter,
    load_campaign_choices,
    load_campaign_page,
    load_campaign_standing,
    load_days_of,
    track_campaigns,
)
from data.facebook_choices import AccountChoice, hold_choices, load_account_choices, track_new_campaigns
from data.run_requests import request_run
from data.sessions import SignedInUser

facebook_campaigns_api = create_api("facebook_campaigns", __name__, "/api/traffic-admin/facebook")
_SELECT = "/api/traffic-admin/facebook/campaigns/select"
_NAMED_PROBLEMS = 20


@facebook_campaigns_api.get("/campaigns", summary="Campaigns", responses={200: TrackedCampaignsAnswer})
@requires(Permission.ADS_CONNECTION_READ)
def show_campaigns(query: CampaignsQuery) -> Response:
    """The campaigns of the user's accounts, as far as they are no other team's."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        accounts = load_account_choices(connection, user.id)
        found = load_campaign_choices(connection, user.id, query.account)
        standing = load_campaign_standing(connection, user.id)
    return json_answer({
        "track_new": all(one.track_new for one in accounts if one.is_selected), "version": standing.version,
        "rows": [{"id": one.id, "name": one.name, "account_id": one.account_id, "account": one.account_name,
                  "objective": one.objective, "status": one.effective_status or one.status,
                  "tracked": one.is_tracked, "team": one.team} for one in found]})


@facebook_campaigns_api.post("/campaigns/select", summary="Choose campaigns",
                             responses={200: CampaignsSaved, **problem_answers(409)})
@requires(Permission.ADS_CONNECTION_WRITE)
def choose_campaigns(body: CampaignsBody) -> Response:
    """Count exactly these, or change some; the statistics of the days concerned are calculated anew.

    With `version` nothing is saved when another choice is in force by now (409). Changes without it change what they
    name and nothing else: a campaign that meanwhile is as wanted is no conflict.
    """
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        hold_choices(connection, user.id)
        if body.version not in (None, load_campaign_standing(connection, user.id).version):
            return problem(HTTPStatus.CONFLICT, detail=t("conflict.somebody"))
        wanted, strangers = _wanted(connection, user.id, body)
        if strangers:
            return unknown_ids(strangers)
        changed = track_campaigns(connection, wanted)
        was_new = _save_track_new(connection, user, body.track_new)
        now_wanted = {one: wanted[one] for one in changed}
        is_kept_new = body.track_new is None or was_new == body.track_new
        if changed or not is_kept_new:
            record(connection, Action.FACEBOOK_CAMPAIGNS_SELECTED, user_id=user.id, object_type="user",
                   object_id=user.id, before=_audited({one: not on for one, on in now_wanted.items()}, was_new),
                   after=_audited(now_wanted, was_new if body.track_new is None else body.track_new))
        days = load_days_of(connection, changed)
        run_id = request_run(connection, "stats", _window(days), user.id) if days else None
        standing = load_campaign_standing(connection, user.id)
    return json_answer({"selected": standing.tracked, "changed": len(changed), "run_id": run_id,
                        "version": standing.version, "undo": _undo(now_wanted) if is_kept_new else None})


def _wanted(connection: Connection, user_id: str, body: CampaignsBody) -> tuple[dict[str, bool], list[str]]:
    """What changes of whom, and the places of those who cannot be chosen: unknown, or another team's."""
    if body.found is not None:
        asked = body.found
        page = load_campaign_page(connection, user_id, CampaignFilter(asked.search, asked.account, asked.tracked))
        return {one.id: asked.wanted for one in page.rows
                if one.is_changeable and one.is_tracked != asked.wanted}, []
    if body.campaign_ids is not None:
        exactly = set(body.campaign_ids)
        rows = {one.id: one for one in load_campaign_choices(connection, user_id)}
        strangers = [f"campaign_ids.{place}" for place, one in enumerate(body.campaign_ids) if one not in rows]
        return {one.id: one.id in exactly for one in rows.values()
                if one.is_changeable and one.is_tracked != (one.id in exactly)}, strangers
    named = {"track": body.track or [], "untrack": body.untrack or []}
    wanted = {one: name == "track" for name, ids in named.items() for one in ids}
    rows = {one.id: one for one in load_campaign_page(connection, user_id, CampaignFilter(ids=tuple(wanted))).rows}
    strangers = [f"{name}.{place}" for name, ids in named.items() for place, one in enumerate(ids)
                 if one not in rows or not rows[one].is_changeable and rows[one].is_tracked != wanted[one]]
    return {one: on for one, on in wanted.items() if one in rows and rows[one].is_tracked != on}, strangers


def unknown_ids(places: list[str]) -> Response:
    """422 at the places of ids that are not there to be chosen."""
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[
        FieldProblem(field=place, message=t("facebook.unknown_id")) for place in places[:_NAMED_PROBLEMS]])


def _save_track_new(connection: Connection, user: SignedInUser, track_new: bool | None) -> bool | None:
    """Save it when it is told; what held before for all accounts, ``None`` when they differed."""
    accounts = load_account_choices(connection, user.id)
    if track_new is not None:
        track_new_campaigns(connection, [one.id for one in accounts], track_new=track_new)
    return _same_track_new(accounts)


def _same_track_new(accounts: tuple[AccountChoice, ...]) -> bool | None:
    kinds = {one.track_new for one in accounts}
    return kinds.pop() if len(kinds) == 1 else None


def _audited(tracked: Mapping[str, bool], track_new: bool | None) -> dict[str, Any]:
    """What of the changed campaigns counts and what does not."""
    return {"tracked": [one for one, on in tracked.items() if on],
            "untracked": [one for one, on in tracked.items() if not on], "track_new": track_new}


def _undo(changed: Mapping[str, bool]) -> dict[str, Any] | None:
    """The request that restores what was changed, and nothing that others chose since."""
    if not changed:
        return None
    return {"method": "POST", "path": _SELECT, "body": {
        "track": [one for one, on in changed.items() if not on],
        "untrack": [one for one, on in changed.items() if on]}}


def _window(days: DateRange) -> Mapping[str, str]:
    return {"from": days.first.isoformat(), "to": days.last.isoformat()}
