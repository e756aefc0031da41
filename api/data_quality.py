"""What an admin looks after: joins of people that look wrong, and the quality of the data."""

from datetime import datetime
from http import HTTPStatus

from flask import Response
from pydantic import BaseModel, Field

from api.encoding import json_answer
from api.openapi import create_api
from api.operations import RunAnswer
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from data.engine import Viewer, web_database
from data.identity import load_suspicious_joins
from data.reports.quality import load_quality
from data.run_requests import request_run

data_quality = create_api("data_quality", __name__, "/api/traffic-admin")


class JoinsQuery(BaseModel):
    """How many."""

    limit: int = Field(100, ge=1, le=500)


class JoinRow(BaseModel):
    """People who were taken for one, and may be several."""

    why: str = Field(description="phone_of_several_people, email_of_several_people, chain_of_several_people, "
                                 "email_with_several_phones, contact_with_many_phones, or shared_by_too_many: such a "
                                 "phone or address joins nobody")
    value: str
    contacts: list[int]
    told: list[str] = Field(description="The names or phones that disagree.")
    sales: int


class JoinsAnswer(BaseModel):
    """Joins that look wrong, the most weighty first."""

    rows: list[JoinRow]


class RightnessRow(BaseModel):
    """How often attribution is right on sales whose team is confirmed; ratios in percent."""

    kind: str = Field(description="manual: an admin said the team, the rules are asked; marks: the deal's own marks "
                                  "say it, the match by person is asked")
    pairs: int
    given: int
    correct: int
    precision: float | None
    recall: float | None
    measured_at: datetime


class QualityRow(BaseModel):
    """Something that is wrong; a line of which nothing is known is absent."""

    kind: str
    name: str | None = Field(description="The reason, or the team by its slug.")
    how_many: int
    of_all: int | None
    share: float | None = Field(description="Percent.")
    amount: float | None = Field(description="KZT.")
    at: datetime | None
    place: str = Field(description="The address of the page on which it is mended.")


class QualityAnswer(BaseModel):
    """The state of the data."""

    rightness: list[RightnessRow]
    lines: list[QualityRow]
    joins: list[JoinRow]


@data_quality.get("/identity/joins", summary="Joins of people that look wrong", responses={200: JoinsAnswer})
@requires(Permission.IDENTITY_JOIN_READ)
def list_joins(query: JoinsQuery) -> Response:
    """Phones and addresses that several people share."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"rows": load_suspicious_joins(connection, query.limit)})


@data_quality.get("/data-quality", summary="Quality of the data", responses={200: QualityAnswer})
@requires(Permission.ADMIN_PAGE_READ)
def show_quality() -> Response:
    """What is wrong, what it is worth, where it is mended; and how often attribution is right."""
    calendar = BusinessCalendar(auth_parts().settings.business_timezone)
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        report = load_quality(connection, calendar, now())
    return json_answer({
        "rightness": [{"kind": one.kind, "pairs": one.pairs, "given": one.given, "correct": one.correct,
                       "precision": one.precision, "recall": one.recall, "measured_at": one.measured_at}
                      for one in report.rightness],
        "lines": [{"kind": one.kind, "name": one.name, "how_many": one.how_many, "of_all": one.of_all,
                   "share": one.share, "amount": one.money, "at": one.at, "place": one.place}
                  for one in report.lines],
        "joins": list(report.joins)})


@data_quality.post("/data-quality/measure", summary="Measure attribution anew", responses={202: RunAnswer})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def ask_for_measure() -> Response:
    """Ask confirmed sales anew how often attribution is right."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        run_id = request_run(connection, "attribution_measure", {}, user.id)
        record(connection, Action.RUN_REQUESTED, user_id=user.id, object_type="run", object_id=run_id,
               after={"kind": "attribution_measure"})
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)
