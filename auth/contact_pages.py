"""The page behind the link that confirms an e-mail address; looking at it uses nothing up."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response

from auth.contact_links import confirm_address, find_address
from auth.html_pages import render_page

contact_pages = Blueprint("contact_pages", __name__, template_folder="templates")


@contact_pages.get("/confirm-email/<token>")
def show_confirmation(token: str) -> Response:
    """The address, and the button that confirms it."""
    found = find_address(token[:200])
    return _page(found.address if found else None, is_done=False)


@contact_pages.post("/confirm-email/<token>")
def use_confirmation(token: str) -> Response:
    """Confirm it; a second time there is nothing to confirm."""
    found = find_address(token[:200])
    is_done = found is not None and confirm_address(token[:200])
    return _page(found.address if found and is_done else None, is_done=is_done)


def _page(address: str | None, *, is_done: bool) -> Response:
    status = HTTPStatus.OK if address else HTTPStatus.NOT_FOUND
    return make_response(render_page("confirm_email.html", address=address, is_done=is_done), status)
