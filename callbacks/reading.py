"""What every callback of figures begins with: filters of the address, whose eyes look, one moment of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from dash import html
from sqlalchemy import Connection

from auth.permissions import Permission, may
from auth.sign_in import auth_parts
from auth.viewer import current_scope, current_user
from components.states import create_empty
from core.business_time import BusinessCalendar, now
from core.filters import Filters
from core.records import Scope
from data.engine import Viewer, web_database


@dataclass(frozen=True)
class Reading:
    """The arguments of a report."""

    connection: Connection
    filters: Filters
    scope: Scope
    calendar: BusinessCalendar
    now: datetime


def business_calendar() -> BusinessCalendar:
    """The days of the business."""
    return BusinessCalendar(auth_parts().settings.business_timezone)


def read_filters(query: str | None, team: str | None = None) -> Filters:
    """The filters of a query; on a team's page its team stands in place of any choice."""
    filters = Filters.from_query(query, auth_parts().settings.default_currency)
    return filters if team is None else replace(filters, teams=(team,))


def create_no_figures(is_empty: bool) -> html.Div:
    """What stands where figures cannot; when nothing has ever arrived, with what this viewer can do about it."""
    user = current_user()
    connects = ("all" if may(user, Permission.ADMIN_PAGE_READ)
                else "facebook" if may(user, Permission.ADS_CONNECTION_WRITE) else "nobody")
    return create_empty(period_chosen=not is_empty, connects=connects)


@contextmanager
def reading(filters: Filters) -> Iterator[Reading]:
    """One read-only transaction of the viewer. Raises ``DatabaseAway``."""
    scope = current_scope()
    with web_database().transaction(Viewer.of(scope), read_only=True) as connection:
        yield Reading(connection, filters, scope, business_calendar(), now())
