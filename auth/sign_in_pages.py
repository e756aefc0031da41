"""The addresses of people: sign-in page, sign-out, choice of language. Plain forms, no script."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, redirect, request

from auth.audit import Action, record
from auth.cookies import (
    clear_session_cookie,
    read_session_key,
    set_device_cookie,
    set_locale_cookie,
    set_session_cookie,
)
from auth.guard import LOGIN_PATH
from auth.html_pages import render_page
from auth.origins import safe_next
from auth.second_factor import Enrolment
from auth.sign_in import SignIn, auth_parts, close_session, open_session, sign_in
from auth.viewer import signed_in_user
from core.texts import LOCALES, set_locale, t, tn
from data.engine import AUTH, web_database
from data.sessions import SignedInUser
from data.sign_ins import save_locale

WARN_FROM = 3  # attempts left at which the page begins to count them

pages = Blueprint("sign_in_pages", __name__, template_folder="templates")


@pages.get(LOGIN_PATH)
def show_login() -> Response:
    """The sign-in form; somebody who is signed in already goes on."""
    user = signed_in_user()
    if user is not None:
        return go(safe_next(request.args.get("next"), start_page(user)))
    return _form(HTTPStatus.OK)


@pages.post(LOGIN_PATH)
def log_in() -> Response:
    """Check the form; open a new session (never the one the browser brought) and go where the person wanted."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    outcome = sign_in(email, password)
    if outcome.challenge is not None:
        return show_code_form(outcome.challenge, safe_next(request.form.get("next"), ""),
                              remember=request.form.get("remember") == "on", enrolment=outcome.enrolment)
    if outcome.user is None:
        status = HTTPStatus.TOO_MANY_REQUESTS if outcome.wait_seconds else HTTPStatus.UNAUTHORIZED
        answer = _form(status, email=email, error=_explain(outcome))
        if outcome.wait_seconds:
            answer.headers["Retry-After"] = str(outcome.wait_seconds)
        return answer
    return finish(outcome, safe_next(request.form.get("next"), ""), remember=request.form.get("remember") == "on")


def finish(outcome: SignIn, wanted: str, *, remember: bool) -> Response:
    """Open the session of whoever signed in, end the one the browser brought, and go on; codes are shown first."""
    user = outcome.user
    if user is None:
        raise ValueError("nobody signed in")
    settings, before = auth_parts().settings, read_session_key(request)
    if before is not None:
        close_session(before)
    key = open_session(user, remember=remember, user_agent=request.headers.get("User-Agent", ""))
    onwards = wanted or start_page(user)
    answer = go(onwards) if not outcome.recovery_codes else make_response(
        render_page("recovery_codes.html", codes=outcome.recovery_codes, next=onwards))
    set_session_cookie(answer, key, settings)
    set_device_cookie(answer, g.device_key, settings)
    return answer


def show_code_form(
    challenge: str, wanted: str, *, remember: bool, enrolment: Enrolment | None = None, error: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The form that asks for a code, with the secret to set up when that is still to be done."""
    return make_response(render_page("login_code.html", challenge=challenge, next=wanted, remember=remember,
                                     enrolment=enrolment, error=error), status)


@pages.post("/logout")
def log_out() -> Response:
    """End the session on the server; the cookie is worth nothing afterwards."""
    key = read_session_key(request)
    if key is not None:
        close_session(key)
    answer = go(LOGIN_PATH)
    clear_session_cookie(answer, auth_parts().settings)
    return answer


@pages.post("/language")
def choose_language() -> Response:
    """Keep the language for the user, or for this device before signing in, and stay where the person was."""
    code = request.form.get("locale", "")
    answer = go(safe_next(request.form.get("next"), _came_from()))
    if code not in LOCALES:
        return answer
    user = signed_in_user()
    if user is not None and user.locale != code:
        with web_database().transaction(AUTH) as connection:
            save_locale(connection, user.id, code)
            record(connection, Action.LANGUAGE_CHANGED, user_id=user.id, object_type="user", object_id=user.id,
                   before={"locale": user.locale}, after={"locale": code})
    set_locale(code)
    set_locale_cookie(answer, code, auth_parts().settings)
    return answer


def start_page(user: SignedInUser) -> str:
    """Where a person begins: the own team's page, for those who have only one team."""
    return "/" if user.scope.sees_all_teams or user.team_slug is None else f"/teams/{user.team_slug}"


def go(path: str) -> Response:
    """To a path of this site."""
    return make_response(redirect(path, HTTPStatus.SEE_OTHER))


def _came_from() -> str:
    """The path of our own page that sent the form; the gate has refused other sites already."""
    referrer = request.headers.get("Referer", "")
    own = request.host_url
    return "/" + referrer.removeprefix(own) if referrer.startswith(own) else "/"


def _form(status: HTTPStatus, *, email: str = "", error: str | None = None) -> Response:
    wanted = safe_next(request.values.get("next"), "")
    here = LOGIN_PATH + ("?" + urlencode({"next": wanted}) if wanted else "")
    return make_response(
        render_page("login.html", locales=LOCALES, email=email, error=error, next=wanted, here=here), status)


def _explain(outcome: SignIn) -> str:
    if outcome.wait_seconds:
        return explain_wait(outcome.wait_seconds)
    if outcome.attempts_left == 0:
        return t("login.wrong") + " " + t("login.pause_now")
    if outcome.attempts_left <= WARN_FROM:
        return t("login.wrong") + " " + tn("login.attempts_left", outcome.attempts_left)
    return t("login.wrong")


def explain_wait(seconds: int) -> str:
    """How long a pause lasts, in words."""
    return tn("login.wait_minutes", -(-seconds // 60)) if seconds > 90 else tn("login.wait_seconds", seconds)
