"""Two admins at once: the later one is told who was earlier, and nothing of the later change is kept."""

from http import HTTPStatus

from flask import Response
from sqlalchemy import Connection

from api.problems import problem
from auth.sign_in import auth_parts
from core.business_time import BusinessCalendar
from core.texts import format_moment, t
from data.audit import AuditFilter, load_entries


def other_version(connection: Connection, object_type: str, object_id: str) -> Response:
    """409 naming who changed the object last and when, as the audit log knows it."""
    entries = load_entries(connection, AuditFilter(object_type=object_type, object_id=object_id), limit=1)
    if not entries or entries[0].user_email is None:
        return problem(HTTPStatus.CONFLICT, detail=t("conflict.somebody"))
    calendar = BusinessCalendar(auth_parts().settings.business_timezone)
    moment = entries[0].happened_at.astimezone(calendar.zone)
    return problem(HTTPStatus.CONFLICT, detail=t(
        "conflict.who", who=entries[0].user_email, when=format_moment(moment)))
