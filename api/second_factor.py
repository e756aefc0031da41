"""The second factor of the signed-in user: set up, renewed, turned off; each change asks for the password."""

from http import HTTPStatus

from flask import Response, jsonify
from pydantic import BaseModel, Field

from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from api.session import Body, Password, password_wrong, wait_problem
from auth.account_pages import disable_factor, enable_factor, renew_codes
from auth.permissions import Permission, requires
from auth.second_factor import begin_enrolment
from auth.sign_in import auth_parts, needs_second_factor, recheck_password
from auth.viewer import current_user
from core.texts import t
from data.engine import AUTH, web_database
from data.second_factors import load_factor
from data.sessions import SignedInUser

factors = create_api("second_factor", __name__, "/api/auth/second-factor")


class OwnPasswordBody(Body):
    """The password of now."""

    current_password: Password


class CodeBody(Body):
    """A code of the authenticator."""

    code: str = Field(min_length=6, max_length=40)


class FactorAnswer(BaseModel):
    """How the second factor stands; `required` by the role."""

    enabled: bool
    required: bool
    recovery_codes_left: int


class EnrolmentAnswer(BaseModel):
    """What goes into the authenticator: the secret, and the same as an `otpauth:` address for a QR code."""

    secret: str
    address: str


class RecoveryAnswer(BaseModel):
    """Codes for a lost phone, shown this once; each opens once."""

    recovery_codes: list[str]


def _conflict() -> Response:
    return problem(HTTPStatus.CONFLICT, detail=t("problem.second_factor_state"))


def _check(user: SignedInUser, password: str) -> Response | None:
    """The refusal of a wrong password, ``None`` when it is right."""
    checked = recheck_password(user, password)
    if checked.wait_seconds:
        return wait_problem(checked)
    return None if checked.user else password_wrong()


@factors.get("", summary="Second factor", responses={200: FactorAnswer})
@requires(Permission.ACCOUNT_PROFILE_READ)
def show_factor() -> Response:
    """Whether it is on, and whether the role needs it."""
    user = current_user()
    with web_database().transaction(AUTH, read_only=True) as connection:
        stored = load_factor(connection, user.id)
    return jsonify(enabled=stored is not None and stored.is_confirmed, required=needs_second_factor(user.role),
                   recovery_codes_left=stored.codes_left if stored else 0)


@factors.post("", summary="Begin to set it up", responses={200: EnrolmentAnswer, **problem_answers(409, 429)})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def begin(body: OwnPasswordBody) -> Response:
    """A secret for the authenticator; nothing changes until its first code is confirmed."""
    user = current_user()
    refusal = _check(user, body.current_password)
    if refusal is not None:
        return refusal
    with web_database().transaction(AUTH) as connection:
        enrolment = begin_enrolment(connection, auth_parts().cipher, user.id, user.email)
    return _conflict() if enrolment is None else jsonify(secret=enrolment.secret, address=enrolment.address)


@factors.post("/confirm", summary="Turn it on", responses={200: RecoveryAnswer})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def confirm(body: CodeBody) -> Response:
    """Prove that the authenticator works; everything else that is signed in as this user ends."""
    codes = enable_factor(current_user(), body.code)
    if codes is None:
        wrong = FieldProblem(field="code", message=t("problem.code_wrong"))
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[wrong])
    return jsonify(recovery_codes=list(codes))


@factors.post("/recovery-codes", summary="New recovery codes",
              responses={200: RecoveryAnswer, **problem_answers(409, 429)})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def renew(body: OwnPasswordBody) -> Response:
    """New codes in place of all earlier ones."""
    user = current_user()
    refusal = _check(user, body.current_password)
    if refusal is not None:
        return refusal
    codes = renew_codes(user)
    return _conflict() if codes is None else jsonify(recovery_codes=list(codes))


@factors.post("/disable", summary="Turn it off", responses={204: None, **problem_answers(409, 429)})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def disable(body: OwnPasswordBody) -> Response:
    """Sign in by password alone again, where the role allows it."""
    user = current_user()
    refusal = _check(user, body.current_password)
    if refusal is not None:
        return refusal
    return Response(status=HTTPStatus.NO_CONTENT) if disable_factor(user) else _conflict()
