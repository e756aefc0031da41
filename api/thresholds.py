"""The thresholds by which every verdict is read."""

from decimal import Decimal
from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.problems import problem_answers
from api.rule_shapes import flawed
from api.session import Body
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.metrics import Thresholds
from core.texts import t
from data.engine import Viewer, web_database
from data.freshness import bump
from data.people import OtherVersion
from data.plans import load_thresholds, save_thresholds

thresholds_api = create_api("thresholds", __name__, "/api/traffic-admin")


class ThresholdsBody(Body):
    """ROAS from which money reaches the goal, pays back, or is only weak; below it is a loss."""

    version: int
    goal: Decimal = Field(gt=0, lt=1000, decimal_places=4)
    pays_back: Decimal = Field(gt=0, lt=1000, decimal_places=4)
    weak: Decimal = Field(gt=0, lt=1000, decimal_places=4)


class ThresholdsAnswer(BaseModel):
    """The thresholds in force."""

    goal: float
    pays_back: float
    weak: float
    version: int
    undo: dict[str, Any] | None


def _viewer() -> Viewer:
    return Viewer.of(current_user().scope)


@thresholds_api.get("/thresholds", summary="Thresholds of verdicts", responses={200: ThresholdsAnswer})
@requires(Permission.PLANS_WEEK_READ)
def show_thresholds() -> Response:
    """By which every verdict is read."""
    with web_database().transaction(_viewer(), read_only=True) as connection:
        thresholds, version = load_thresholds(connection)
    return json_answer({**vars(thresholds), "version": version, "undo": None})


@thresholds_api.patch("/thresholds", summary="Change the thresholds",
                      responses={200: ThresholdsAnswer, **problem_answers(409)})
@requires(Permission.PLANS_THRESHOLD_WRITE)
def change_thresholds(body: ThresholdsBody) -> Response:
    """Every verdict on every screen is read anew."""
    found = []
    if body.pays_back >= body.goal:
        found.append(("pays_back", t("plans.threshold.pays_back")))
    if body.weak >= body.pays_back:
        found.append(("weak", t("plans.threshold.weak")))
    if found:
        return flawed(found)
    wanted = Thresholds(body.goal, body.pays_back, body.weak)
    with web_database().transaction(_viewer()) as connection:
        before, _ = load_thresholds(connection)
        try:
            version = save_thresholds(connection, wanted, body.version)
        except OtherVersion:
            return other_version(connection, "thresholds", "verdicts")
        record(connection, Action.THRESHOLDS_CHANGED, user_id=current_user().id, object_type="thresholds",
               object_id="verdicts", before={name: str(value) for name, value in vars(before).items()},
               after={name: str(value) for name, value in vars(wanted).items()})
        bump(connection)
    undo = {"method": "PATCH", "path": "/api/traffic-admin/thresholds", "body": {**vars(before), "version": version}}
    return json_answer({**vars(wanted), "version": version, "undo": undo})
