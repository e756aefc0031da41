"""Exchange rates by day."""

from typing import Any

from dash import register_page

from components import ids
from components.admin_page import create_admin_page
from components.admin_place import create_place
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.rates.title")


def layout(month: Any = None, currency: Any = None, **_query: Any) -> Any:
    """The month and the currency that the address names, else the present one and the dollar."""
    subject = {name: value for name, value in (("month", month), ("currency", currency)) if isinstance(value, str)}
    return create_admin_page("rates", create_place(ids.RATES_BODY, ids.RATES_REFRESH, ids.RATES_SUBJECT, subject,
                                                   ids.RATES_TICK))


register_page(__name__, path="/admin/rates", name="admin_rates", title=title, layout=layout)
