"""The state of the installation for programs: what the first page of the admin panel shows."""

from datetime import datetime

from flask import Response
from pydantic import BaseModel, Field

from api.encoding import json_answer
from api.openapi import create_api
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.texts import t
from data.engine import Viewer, web_database
from data.reports.overview import load_overview

overview = create_api("overview", __name__, "/api/traffic-admin")


class InstallationRow(BaseModel):
    """How one thing is."""

    group: str = Field(description="sources, queues, schedules, versions or storage")
    key: str
    name: str | None = Field(description="Which one of several: the job of a line of the timetable.")
    level: str = Field(description="good, weak or bad")
    number: int | None = Field(description="How many; bytes of the database and of free room on the disk.")
    text: str | None
    at: datetime | None
    next_step: str | None
    place: str | None = Field(description="The address of the page where the next step is done.")


class InstallationAnswer(BaseModel):
    """The state of the installation."""

    items: list[InstallationRow]


@overview.get("/overview", summary="State of the installation", responses={200: InstallationAnswer})
@requires(Permission.ADMIN_PAGE_READ)
def show_overview() -> Response:
    """Sources, queues, the timetable, versions and room; with the next step of what is not well."""
    settings = auth_parts().settings
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        items = load_overview(connection, BusinessCalendar(settings.business_timezone), now(), settings.var_dir)
    return json_answer({"items": [{
        "group": one.group, "key": one.key, "name": one.name, "level": one.level, "number": one.number,
        "text": one.text, "at": one.at, "next_step": t(f"overview.step.{one.step}") if one.step else None,
        "place": one.place or None} for one in items]})
