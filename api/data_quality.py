"""What an admin looks after: joins of people that look wrong."""


from flask import Response
from pydantic import BaseModel, Field

from api.encoding import json_answer
from api.openapi import create_api
from auth.permissions import Permission, requires
from auth.viewer import current_user
from data.engine import Viewer, web_database
from data.identity import load_suspicious_joins

data_quality = create_api("data_quality", __name__, "/api/traffic-admin")


class JoinsQuery(BaseModel):
    """How many."""

    limit: int = Field(100, ge=1, le=500)


class JoinRow(BaseModel):
    """People who were taken for one, and may be several."""

    why: str = Field(description="phone_of_several_people, email_of_several_people, email_with_several_phones or "
                                 "contact_with_many_phones")
    value: str
    contacts: list[int]
    told: list[str] = Field(description="The names or phones that disagree.")
    sales: int


class JoinsAnswer(BaseModel):
    """Joins that look wrong, the most weighty first."""

    rows: list[JoinRow]


@data_quality.get("/identity/joins", summary="Joins of people that look wrong", responses={200: JoinsAnswer})
@requires(Permission.IDENTITY_JOIN_READ)
def list_joins(query: JoinsQuery) -> Response:
    """Phones and addresses that several people share."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"rows": load_suspicious_joins(connection, query.limit)})
