"""Pages about an account, made on the server: the code at sign-in, the second factor, forgotten passwords, links."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, request

from auth.account_links import find_link, request_reset, set_password
from auth.audit import Action, record
from auth.html_pages import render_page
from auth.origins import safe_next
from auth.passwords import PasswordRefused
from auth.permissions import Permission, requires
from auth.second_factor import Enrolment, begin_enrolment, finish_enrolment, pending_enrolment, renew_recovery_codes
from auth.sign_in import (
    SignIn,
    answer_challenge,
    auth_parts,
    challenged_user,
    needs_second_factor,
    recheck_password,
)
from auth.sign_in_pages import explain_wait, finish, go, show_code_form
from auth.viewer import current_user
from core.business_time import now
from core.one_time_links import INVITATION, RESET
from core.texts import t
from data.engine import AUTH, web_database
from data.second_factors import load_factor, remove_factor
from data.sessions import SignedInUser, end_sessions

pages = Blueprint("account_pages", __name__, template_folder="templates")


@pages.post("/login/code")
def answer_code() -> Response:
    """The second step of a sign-in."""
    token = request.form.get("challenge", "")[:100]
    wanted, remember = safe_next(request.form.get("next"), ""), request.form.get("remember") == "on"
    outcome = answer_challenge(token, request.form.get("code", "")[:100])
    if outcome.user is not None:
        return finish(outcome, wanted, remember=remember)
    if outcome.is_over:
        return go("/login")
    return show_code_form(token, wanted, remember=remember, enrolment=enrolment_of(token), error=t("factor.wrong"),
                          status=HTTPStatus.UNAUTHORIZED)


def enrolment_of(token: str) -> Enrolment | None:
    """What the user of a half-finished sign-in has to set up, ``None`` when the factor is in use."""
    user = challenged_user(token)
    if user is None:
        return None
    with web_database().transaction(AUTH) as connection:
        return pending_enrolment(connection, auth_parts().cipher, user.id, user.email)


@pages.get("/second-factor")
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def show_second_factor() -> Response:
    """Whether the factor is on, and the form that changes it."""
    return _factor_page(current_user())


@pages.post("/second-factor")
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def change_second_factor() -> Response:
    """Begin to set it up, turn it off, or make new recovery codes; each asks for the password."""
    user, deed = current_user(), request.form.get("deed", "")
    checked = recheck_password(user, request.form.get("current_password", ""))
    if checked.user is None:
        return _refused(user, checked)
    if deed == "enable":
        with web_database().transaction(AUTH) as connection:
            enrolment = begin_enrolment(connection, auth_parts().cipher, user.id, user.email)
        return _factor_page(user, enrolment=enrolment)
    if deed == "disable":
        disable_factor(user)
        return go("/second-factor")
    codes = renew_codes(user) if deed == "codes" else None
    return _factor_page(user) if codes is None else _codes_page(codes, "/second-factor")


@pages.post("/second-factor/confirm")
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def confirm_second_factor() -> Response:
    """Put the new factor to use with its first code."""
    user = current_user()
    codes = enable_factor(user, request.form.get("code", "")[:100])
    if codes is not None:
        return _codes_page(codes, "/profile")
    with web_database().transaction(AUTH) as connection:
        enrolment = pending_enrolment(connection, auth_parts().cipher, user.id, user.email)
    return _factor_page(user, enrolment=enrolment, error=t("factor.wrong"), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def enable_factor(user: SignedInUser, code: str) -> tuple[str, ...] | None:
    """Put the factor that is being set up to use: its recovery codes, or ``None`` when the code is wrong.

    Everything else that is signed in as this user ends.
    """
    with web_database().transaction(AUTH) as connection:
        codes = finish_enrolment(connection, auth_parts().cipher, user.id, code, now())
        if codes is not None:
            end_sessions(connection, user.id, except_for=user.session_id)
            record(connection, Action.SECOND_FACTOR_ENABLED, user_id=user.id, object_type="user", object_id=user.id)
    return codes


def disable_factor(user: SignedInUser) -> bool:
    """Turn the factor off; ``False`` when it is not on or the role needs it."""
    if needs_second_factor(user.role):
        return False
    with web_database().transaction(AUTH) as connection:
        removed = remove_factor(connection, user.id)
        if removed:
            record(connection, Action.SECOND_FACTOR_DISABLED, user_id=user.id, object_type="user", object_id=user.id)
    return removed


def renew_codes(user: SignedInUser) -> tuple[str, ...] | None:
    """New recovery codes in place of the old; ``None`` when the factor is not on."""
    with web_database().transaction(AUTH) as connection:
        stored = load_factor(connection, user.id)
        if stored is None or not stored.is_confirmed:
            return None
        codes = renew_recovery_codes(connection, user.id)
        record(connection, Action.RECOVERY_CODES_RENEWED, user_id=user.id, object_type="user", object_id=user.id)
    return codes


def _refused(user: SignedInUser, checked: SignIn) -> Response:
    if checked.wait_seconds:
        answer = _factor_page(user, error=explain_wait(checked.wait_seconds), status=HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(checked.wait_seconds)
        return answer
    return _factor_page(user, error=t("problem.password_wrong"), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _factor_page(
    user: SignedInUser, *, enrolment: Enrolment | None = None, error: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    with web_database().transaction(AUTH, read_only=True) as connection:
        stored = load_factor(connection, user.id)
    enabled = stored is not None and stored.is_confirmed
    return make_response(render_page(
        "second_factor.html", enabled=enabled, codes_left=stored.codes_left if stored else 0, enrolment=enrolment,
        required=needs_second_factor(user.role), error=error), status)


def _codes_page(codes: tuple[str, ...], onwards: str) -> Response:
    return make_response(render_page("recovery_codes.html", codes=codes, next=onwards))


@pages.get("/forgot")
def show_forgot() -> Response:
    """The form for a forgotten password."""
    return make_response(render_page("forgot.html", sent=False))


@pages.post("/forgot")
def forgot() -> Response:
    """Queue the mail; the answer is the same whoever asks."""
    request_reset(request.form.get("email", ""))
    return make_response(render_page("forgot.html", sent=True))


@pages.get("/reset/<token>")
def show_reset(token: str) -> Response:
    """The form behind a reset link."""
    return _password_page(RESET, token)


@pages.post("/reset/<token>")
def use_reset(token: str) -> Response:
    """Set the new password and go to the sign-in."""
    return _set_password(RESET, token)


@pages.get("/invitation/<token>")
def show_invitation(token: str) -> Response:
    """The form behind an invitation."""
    return _password_page(INVITATION, token)


@pages.post("/invitation/<token>")
def use_invitation(token: str) -> Response:
    """Set the first password and go to the sign-in."""
    return _set_password(INVITATION, token)


def _set_password(kind: str, token: str) -> Response:
    try:
        if set_password(kind, token, request.form.get("new_password", "")):
            return go("/login")
    except PasswordRefused as error:
        return _password_page(kind, token, error=t(f"password.{error.reason}"), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _password_page(kind, token)


def _password_page(kind: str, token: str, *, error: str | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    email = find_link(kind, token[:200])
    if email is None:
        status = HTTPStatus.NOT_FOUND
    return make_response(render_page("new_password.html", email=email, error=error), status)
