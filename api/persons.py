"""What is held of one person, on that person's request; every look is written down."""

from typing import Any

from flask import Response
from pydantic import BaseModel, Field, model_validator

from api.encoding import json_answer
from api.fields import PlainText
from api.openapi import create_api
from api.session import Body
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.phones import normalize_email, normalize_phone
from data.engine import Viewer, web_database
from data.persons import load_person

persons = create_api("persons", __name__, "/api/traffic-admin/persons")


class PersonBody(Body):
    """Who it is: a phone, an e-mail, or both."""

    phone: PlainText | None = Field(None, max_length=40)
    email: PlainText | None = Field(None, max_length=254)

    @model_validator(mode="after")
    def _somebody(self) -> "PersonBody":
        if not normalize_phone(self.phone or "") and not normalize_email(self.email or ""):
            raise ValueError("a phone or an e-mail is needed")
        return self


class HeldAnswer(BaseModel):
    """Rows by table."""

    tables: dict[str, list[dict[str, Any]]]


@persons.post("/export", summary="What is held of a person", responses={200: HeldAnswer})
@requires(Permission.PEOPLE_PERSON_READ)
def export_person(body: PersonBody) -> Response:
    """Every row with the person's phone or e-mail. The audit log keeps how many rows were shown, not whose."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        held = load_person(connection, phone=normalize_phone(body.phone or ""), email=normalize_email(body.email or ""))
        record(connection, Action.PERSON_EXPORTED, user_id=user.id, object_type="person",
               after={"rows": {table: len(rows) for table, rows in held.items()}})
    return json_answer({"tables": held})
