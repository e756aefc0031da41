"""What is held of one person, told or erased on that person's request; every look and every erasure is written down."""

from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from api.encoding import json_answer
from api.fields import PlainText
from api.openapi import create_api
from api.operations import RunAnswer
from api.problems import FieldProblem, problem, problem_answers
from api.session import Body
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.phones import normalize_email, normalize_phone
from core.texts import t
from data.engine import Viewer, web_database
from data.persons import SharedMark, load_person
from data.run_requests import request_run

persons = create_api("persons", __name__, "/api/traffic-admin/persons")

ERASURE = "person_erasure"


class PersonBody(Body):
    """Who it is: a phone, an e-mail, or both."""

    phone: PlainText | None = Field(None, max_length=40)
    email: PlainText | None = Field(None, max_length=254)

    @model_validator(mode="after")
    def _somebody(self) -> "PersonBody":
        if self.phone_norm is None and self.email_norm is None:
            raise ValueError(t("problem.person_needed"))
        return self

    @property
    def phone_norm(self) -> str | None:
        """The phone as it is stored."""
        return normalize_phone(self.phone or "")

    @property
    def email_norm(self) -> str | None:
        """The e-mail as it is stored."""
        return normalize_email(self.email or "")


class ErasureBody(PersonBody):
    """Who is erased for good; ``confirm`` is the phone or the e-mail typed once more."""

    confirm: PlainText = Field(min_length=1, max_length=254)

    @field_validator("confirm")
    @classmethod
    def _typed_again(cls, typed: str, info: ValidationInfo) -> str:
        given = {normalize_phone(info.data.get("phone") or ""), normalize_email(info.data.get("email") or "")} - {None}
        if not given & {normalize_phone(typed), normalize_email(typed)}:
            raise ValueError(t("problem.person_confirm"))
        return typed


class HeldAnswer(BaseModel):
    """Rows by table."""

    tables: dict[str, list[dict[str, Any]]]


@persons.post("/export", summary="What is held of a person", responses={200: HeldAnswer})
@requires(Permission.PEOPLE_PERSON_READ)
def export_person(body: PersonBody) -> Response:
    """Every row of whoever has the phone or e-mail, and what shares another phone or e-mail with them.

    The audit log keeps how many rows were shown, not whose.
    """
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        try:
            held = load_person(connection, phone=body.phone_norm, email=body.email_norm)
        except SharedMark:
            return _shared(body)
        record(connection, Action.PERSON_EXPORTED, user_id=user.id, object_type="person",
               after={"rows": {table: len(rows) for table, rows in held.items()}})
    return json_answer({"tables": held})


@persons.post("/erase", summary="Erase a person", responses={202: RunAnswer, **problem_answers(422)})
@requires(Permission.PEOPLE_PERSON_ERASE)
def erase_person(body: ErasureBody) -> Response:
    """Take the person out of leads, contacts, deals, sales and raw bodies; figures and attribution stay.

    A worker does it: watch the run. What the export of the same phone or e-mail shows is what goes.
    """
    user = current_user()
    parameters = {name: value for name, value in (("phone", body.phone_norm), ("email", body.email_norm)) if value}
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        run_id = request_run(connection, ERASURE, parameters, user.id)
        record(connection, Action.PERSON_ERASURE_ASKED, user_id=user.id, object_type="run", object_id=run_id)
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)


def _shared(body: PersonBody) -> Response:
    field = "phone" if body.phone_norm else "email"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[FieldProblem(field=field,
                                                                          message=t("problem.person_shared"))])
