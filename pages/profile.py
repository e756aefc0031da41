"""The profile: who the viewer is and everything by which the account is opened."""

from typing import Any

from dash import html, register_page

from components.attributes import attributes
from components.frames import create_card
from components.profile_page import create_profile_frame
from components.states import create_rows_skeleton
from core.texts import t
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("profile.title")


def layout(**_query: Any) -> Any:
    """The frame; a callback fills it with what is stored now."""
    return create_profile_frame(html.Div(create_card(t("profile.account"), create_rows_skeleton(4)), className="grid",
                                         **attributes({"aria-busy": "true"})))


register_page(__name__, path="/profile", name="profile", title=title, layout=layout)
