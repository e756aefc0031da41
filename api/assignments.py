"""Sales given to a team by hand, and given back to the rules."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.problems import problem, problem_answers
from api.rule_shapes import Mark, flawed
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.texts import t
from data.assignments import assign_sale, hold_sale, release_sale
from data.engine import Viewer, web_database
from data.people import load_teams
from data.run_requests import request_run

assignments = create_api("assignments", __name__, "/api/traffic-admin")


class SalePath(BaseModel):
    """A sale by its id."""

    id: UUID


class SeenSale(BaseModel):
    """Whose a sale was, and whether by hand."""

    model_config = ConfigDict(extra="forbid")

    team: Mark | None
    locked: bool


class AssignBody(BaseModel):
    """A team by its slug, or `null` for nobody; without `team` the sale is given back to the rules."""

    model_config = ConfigDict(extra="forbid")

    team: Mark | None = None
    lock: bool = Field(True, description="Locked, it survives every run of the rules.")
    seen: SeenSale | None = Field(None, description="How the sale stood when it was read: refused (409) when it does"
                                                    " not stand so any more.")


class AssignedAnswer(BaseModel):
    """The sale as it stands now; `run_id` when the rules have yet to be asked."""

    id: UUID
    deal_id: int
    team: str | None
    method: str | None
    locked: bool
    run_id: UUID | None
    undo: dict[str, Any]


@assignments.post("/sales/<id>/assign", summary="Assign a sale by hand",
                  responses={200: AssignedAnswer, **problem_answers(404, 409)})
@requires(Permission.ATTRIBUTION_SALE_ASSIGN)
def assign(path: SalePath, body: AssignBody) -> Response:
    """Give a sale to a team or to nobody, whatever the rules say; or give it back to them."""
    if "team" not in body.model_fields_set:
        return _release(str(path.id), body.seen)
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        if _stands_otherwise(connection, str(path.id), body.seen):
            return other_version(connection, "sale", str(path.id))
        team = next((one for one in load_teams(connection) if one.slug == body.team), None)
        if body.team is not None and team is None:
            return flawed([("team", t("rules.team_unknown", team=body.team))])
        done = assign_sale(connection, str(path.id), team, lock=body.lock, user_id=user.id)
        if done is None:
            return problem(HTTPStatus.NOT_FOUND)
        before, after = done
        record(connection, Action.SALE_ASSIGNED, user_id=user.id, object_type="sale", object_id=str(path.id),
               before={"team": before["team_slug"], "method": before["attribution_method"], "locked": before["locked"]},
               after={"team": after["team_slug"], "locked": after["locked"]})
    return json_answer({"id": str(path.id), "deal_id": after["deal_id"], "team": after["team_slug"],
                        "method": after["attribution_method"], "locked": after["locked"], "run_id": None,
                        "undo": _back(before)})


def _stands_otherwise(connection: Connection, sale_id: str, seen: SeenSale | None) -> bool:
    """Whether somebody was quicker; nobody else assigns or settles until the transaction ends."""
    sale = hold_sale(connection, sale_id) if seen is not None else None
    return sale is not None and seen is not None and (sale["team_slug"], sale["locked"]) != (seen.team, seen.locked)


def _back(before: Mapping[str, Any]) -> dict[str, Any]:
    """The request that takes a decision back: what was decided by hand again, everything else by the rules."""
    body = {"team": before["team_slug"], "lock": True} if before["locked"] else {}
    return {"method": "POST", "path": f"/api/traffic-admin/sales/{before['id']}/assign", "body": body}


def _release(sale_id: str, seen: SeenSale | None) -> Response:
    """Unlock a sale and ask for its day to be settled by the rules."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        if _stands_otherwise(connection, sale_id, seen):
            return other_version(connection, "sale", sale_id)
        done = release_sale(connection, sale_id, user.id)
        if done is None:
            return problem(HTTPStatus.NOT_FOUND)
        sale, was_locked = done
        day = sale["sale_day"].isoformat()
        run_id = request_run(connection, "sales", {"from": day, "to": day}, user.id)
        record(connection, Action.SALE_RELEASED, user_id=user.id, object_type="sale", object_id=sale_id,
               before={"team": sale["team_slug"], "locked": was_locked}, after={"locked": False})
    return json_answer({"id": sale_id, "deal_id": sale["deal_id"], "team": sale["team_slug"],
                        "method": sale["attribution_method"], "locked": False, "run_id": run_id,
                        "undo": _back({**sale, "locked": was_locked})})
