"""What a page with filters needs when it opens: the viewer's choices and the filters of its address."""

from dataclasses import dataclass
from typing import Any

from auth.sign_in import auth_parts
from auth.viewer import current_scope
from core.business_time import BusinessCalendar, now
from core.filters import Filters
from core.records import DateRange, Scope
from core.reports import FilterChoices
from core.texts import t
from data.engine import Viewer, web_database
from data.reports.choices import load_choices


@dataclass(frozen=True)
class Opening:
    """The filters of an address, their days, and what the viewer may choose from."""

    scope: Scope
    filters: Filters
    period: DateRange
    choices: FilterChoices


def open_page(query: dict[str, Any]) -> Opening:
    """Read the address; unknown keys and bad values are ignored. Raises ``DatabaseAway``."""
    settings = auth_parts().settings
    scope = current_scope()
    filters = Filters.from_query(query, settings.default_currency)
    with web_database().transaction(Viewer.of(scope), read_only=True) as connection:
        choices = load_choices(connection, scope)
    today = BusinessCalendar(settings.business_timezone).today(now())
    return Opening(scope, filters, filters.period(today, choices.first_day), choices)


def page_title(key: str) -> str:
    """The title of a browser tab."""
    return f"{t(key)} · {t('shell.product')}"
