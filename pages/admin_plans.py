"""Weekly plans of teams and the thresholds of verdicts."""

from datetime import date
from typing import Any

from dash import register_page

from auth.sign_in import auth_parts
from components.plans_page import create_plans_page
from core.business_time import BusinessCalendar, now
from core.plans import week_of
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.plans.title")


def layout(week: Any = None, **_query: Any) -> Any:
    """The week of any of its days in the address; this one when that cannot be read."""
    try:
        day = date.fromisoformat(str(week))
    except ValueError:
        day = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    return create_plans_page(week_of(day))


register_page(__name__, path="/admin/plans", name="admin_plans", title=title, layout=layout)
