"""Claims: a targetologist says a sale is the own team's and why; an admin accepts or rejects with a sentence."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import Connection

from api.claim_shapes import (
    ClaimBody,
    ClaimPath,
    ClaimsAnswer,
    ClaimSavedAnswer,
    ClaimsQuery,
    DecisionBody,
    describe_claim,
)
from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.people_notes import tell_user
from api.problems import problem, problem_answers
from api.rule_shapes import flawed
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.records import Team
from core.texts import t
from data.assignments import assign_sale, release_sale
from data.claims import (
    ClaimExists,
    HeldClaim,
    close_claim,
    hold_claim,
    load_admins,
    load_claim,
    load_claims,
    load_sales_of_deal,
    reopen_claim,
    save_claim,
)
from data.engine import AUTH, Viewer, web_database
from data.people import OtherVersion, load_teams, load_user, load_users_of_team
from data.run_requests import request_run

claims = create_api("claims", __name__, "/api/traffic-admin/claims")

def _viewer() -> Viewer:
    return Viewer.of(current_user().scope)


@claims.get("", summary="Claims", responses={200: ClaimsAnswer})
@requires(Permission.CLAIMS_SALE_READ)
def list_claims(query: ClaimsQuery) -> Response:
    """The newest first; a targetologist sees those of the own team."""
    at, _, claim_id = (query.cursor or "").partition("_")
    try:
        cursor = (datetime.fromisoformat(at).isoformat(), str(UUID(claim_id))) if query.cursor else None
    except ValueError:
        return flawed([("cursor", t("claims.cursor"))])
    with web_database().transaction(_viewer(), read_only=True) as connection:
        page, following = load_claims(connection, status=query.status, cursor=cursor, limit=query.limit)
    return json_answer({"rows": [describe_claim(one) for one in page], "next_cursor": following})


@claims.post("", summary="Claim a sale", responses={201: ClaimSavedAnswer, **problem_answers(409)})
@requires(Permission.CLAIMS_SALE_MAKE)
def make_claim(body: ClaimBody) -> Response:
    """Whether there is such a sale, and whose it is, is not told: the claim waits for an admin, who is told by mail."""
    user = current_user()
    if user.team_id is None:
        return problem(HTTPStatus.CONFLICT, detail=t("claims.no_team"))
    if not body.reason.strip():
        return flawed([("reason", t("claims.reason"))])
    try:
        with web_database().transaction(AUTH) as connection:
            claim_id = save_claim(connection, body.deal_id, user.team_id, user.id, body.reason)
            record(connection, Action.CLAIM_MADE, user_id=user.id, object_type="claim", object_id=claim_id,
                   after={"deal_id": body.deal_id, "team": user.team_slug, "reason": body.reason.strip()})
            for admin in load_admins(connection):
                tell_user(connection, admin, "claim_made", lambda: t(
                    "people.mail.claim_made.body", who=user.name, team=user.team_name, deal=body.deal_id,
                    reason=body.reason.strip()))
    except ClaimExists:
        return flawed([("deal_id", t("claims.exists"))])
    undo = {"method": "DELETE", "path": f"/api/traffic-admin/claims/{claim_id}"}
    return _saved(claim_id, undo, HTTPStatus.CREATED)


def _saved(claim_id: str, undo: dict[str, Any] | None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    with web_database().transaction(_viewer(), read_only=True) as connection:
        claim = load_claim(connection, claim_id)
    return problem(HTTPStatus.NOT_FOUND) if claim is None else json_answer(
        {**describe_claim(claim), "undo": undo}, status)


@claims.delete("/<id>", summary="Withdraw a claim", responses={200: ClaimSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.CLAIMS_SALE_MAKE)
def withdraw(path: ClaimPath) -> Response:
    """The own claim, as long as nobody has decided."""
    user, claim_id = current_user(), str(path.id)
    with web_database().transaction(_viewer()) as connection:
        seen = load_claim(connection, claim_id)
        if seen is None or seen.user_id != user.id:
            return problem(HTTPStatus.NOT_FOUND)
        held = hold_claim(connection, claim_id) if seen.status == "open" else None
        if held is None:
            return problem(HTTPStatus.CONFLICT, detail=t("claims.decided"))
        close_claim(connection, held, "withdrawn", "", user.id)
        record(connection, Action.CLAIM_WITHDRAWN, user_id=user.id, object_type="claim", object_id=claim_id,
               before={"status": "open"}, after={"status": "withdrawn"})
    return _saved(claim_id, None)


@claims.post("/<id>/decide", summary="Decide about a claim",
             responses={200: ClaimSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.CLAIMS_SALE_DECIDE)
def decide(path: ClaimPath, body: DecisionBody) -> Response:
    """Accepted: the sale is the team's, locked. Whoever claimed is told, and whoever loses the sale."""
    claim_id = str(path.id)
    if body.decision == "reject" and not body.answer.strip():
        return flawed([("answer", t("claims.answer"))])
    with web_database().transaction(_viewer()) as connection:
        claim = hold_claim(connection, claim_id)
        if claim is None:
            return problem(HTTPStatus.NOT_FOUND)
        if claim.status != "open" or claim.version != body.version:
            return other_version(connection, "claim", claim_id)
        before: list[dict[str, Any]] = []
        if body.decision == "accept":
            found = _give(connection, claim)
            if isinstance(found, Response):
                return found
            before = found
        try:
            close_claim(connection, claim, f"{body.decision}ed", body.answer, current_user().id, before)
        except OtherVersion:
            return other_version(connection, "claim", claim_id)
        deed = Action.CLAIM_ACCEPTED if body.decision == "accept" else Action.CLAIM_REJECTED
        record(connection, deed, user_id=current_user().id, object_type="claim", object_id=claim_id,
               before={"status": "open", "sales": before}, after={"deal_id": claim.deal_id, "team": claim.team_slug,
                                                                  "answer": body.answer.strip()})
        _tell(connection, claim, body, before)
    return _saved(claim_id, {"method": "POST", "path": f"/api/traffic-admin/claims/{claim_id}/reopen"})


def _give(connection: Connection, claim: HeldClaim) -> list[dict[str, Any]] | Response:
    """Assign the sales of the deal by hand; how they stood before, or why that cannot be."""
    sale_ids = load_sales_of_deal(connection, claim.deal_id)
    if not sale_ids:
        return problem(HTTPStatus.CONFLICT, detail=t("claims.no_sale", deal=claim.deal_id))
    team = _home(connection, claim)
    before = []
    for sale_id in sale_ids:
        done = assign_sale(connection, sale_id, team, lock=True, user_id=current_user().id)
        if done is not None:
            was = done[0]
            before.append({"sale": sale_id, "team": was["team_slug"], "locked": was["locked"]})
            record(connection, Action.SALE_ASSIGNED, user_id=current_user().id, object_type="sale", object_id=sale_id,
                   before={"team": was["team_slug"], "method": was["attribution_method"], "locked": was["locked"]},
                   after={"team": team.slug, "locked": True, "claim": claim.id})
    return before


def _home(connection: Connection, claim: HeldClaim) -> Team:
    """The team that claims, or the one it was merged into."""
    teams = {team.slug: team for team in load_teams(connection)}
    team = teams[claim.team_slug]
    while team.merged_into is not None:
        team = teams[team.merged_into]
    return team


def _tell(connection: Connection, claim: HeldClaim, body: DecisionBody, before: list[dict[str, Any]]) -> None:
    """Whoever claimed, and the people of the teams that lose a sale."""
    about = f"claim_{body.decision}ed"
    user = load_user(connection, claim.user_id)
    if user is not None and user.is_active:
        tell_user(connection, user, about, lambda: t(
            f"people.mail.{about}.body", deal=claim.deal_id, answer=body.answer.strip()).strip())
    lost = {one["team"] for one in before} - {None, claim.team_slug}
    for team in load_teams(connection):
        for loser in load_users_of_team(connection, team.id) if team.slug in lost else ():
            tell_user(connection, loser, "claim_lost", lambda: t("people.mail.claim_lost.body", deal=claim.deal_id))


@claims.post("/<id>/reopen", summary="Take a decision back",
             responses={200: ClaimSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.CLAIMS_SALE_DECIDE)
def reopen(path: ClaimPath) -> Response:
    """The claim waits again; a sale that was given goes back to where it was, by hand or by the rules."""
    claim_id, user = str(path.id), current_user()
    try:
        with web_database().transaction(_viewer()) as connection:
            claim = hold_claim(connection, claim_id)
            if claim is None:
                return problem(HTTPStatus.NOT_FOUND)
            if claim.status not in ("accepted", "rejected"):
                return other_version(connection, "claim", claim_id)
            teams = {team.slug: team for team in load_teams(connection)}
            for one in claim.before:
                _give_back(connection, one["sale"], teams.get(one["team"]), is_locked=one["locked"])
            reopen_claim(connection, claim)
            record(connection, Action.CLAIM_REOPENED, user_id=user.id, object_type="claim", object_id=claim_id,
                   before={"status": claim.status}, after={"status": "open", "sales": list(claim.before)})
    except ClaimExists:
        return problem(HTTPStatus.CONFLICT, detail=t("claims.exists"))
    return _saved(claim_id, None)


def _give_back(connection: Connection, sale_id: str, team: Team | None, *, is_locked: bool) -> None:
    user = current_user()
    assign_sale(connection, sale_id, team, lock=is_locked, user_id=user.id)
    if not is_locked:
        done = release_sale(connection, sale_id, user.id)
        if done is not None:
            day = done[0]["sale_day"].isoformat()
            request_run(connection, "sales", {"from": day, "to": day}, user.id)
    record(connection, Action.SALE_RELEASED, user_id=user.id, object_type="sale", object_id=sale_id,
           after={"team": team.slug if team else None, "locked": is_locked})
