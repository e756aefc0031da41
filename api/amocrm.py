"""The amoCRM account of the company: connecting it, what it is made of, what that means here, and its history."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Literal

from flask import Response, redirect, request
from pydantic import BaseModel, Field

from api.encoding import json_answer
from api.openapi import create_api
from api.operations import OptionalWindowBody, RunAnswer, WindowBody, start_run
from api.problems import problem, problem_answers
from auth.audit import Action, record
from auth.encryption import Cipher
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.texts import format_money, format_number, t
from data.amocrm_connection import (
    SharedPace,
    StoredTokens,
    create_state,
    load_connection,
    remove_connection,
    save_connection,
    use_state,
)
from data.amocrm_history import Reconciliation, load_reconciliations
from data.engine import Viewer, web_database
from integrations.amocrm.client import AmocrmClient
from integrations.amocrm.errors import AmocrmError
from integrations.amocrm.oauth import AmocrmAuth, account_address

amocrm = create_api("amocrm", __name__, "/api/traffic-admin/amocrm")

_CALLBACK = "/api/traffic-admin/amocrm/callback"
_TIMEOUT = (3.0, 5.0)       # a person waits


class UrlAnswer(BaseModel):
    """Where to go."""

    url: str


class AmocrmConnectionAnswer(BaseModel):
    """How amoCRM is reached: by the connection of a person, by the long-lived token of the settings, or not."""

    mode: Literal["oauth", "token", "none"]
    address: str | None
    account_id: int | None
    account_name: str | None
    expires_at: datetime | None
    connected_at: datetime | None


class ReconciliationRow(BaseModel):
    """A comparison with amoCRM, healed as far as it could be."""

    checked_at: datetime
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    deals: int
    amount: float
    deals_found: int
    deals_left: int
    amount_left: float
    is_proof: bool
    proof: str
    hook: str
    differences: list[dict[str, Any]]


class ReconciliationsAnswer(BaseModel):
    """The newest comparisons."""

    rows: list[ReconciliationRow]


@amocrm.get("", summary="How amoCRM is reached", responses={200: AmocrmConnectionAnswer})
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_connection() -> Response:
    """The connection, without its tokens."""
    settings = auth_parts().settings
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_connection(connection)
    if found is not None:
        return json_answer({"mode": "oauth", "address": found.base_url, "account_id": found.account_id,
                            "account_name": found.account_name, "expires_at": found.expires_at,
                            "connected_at": found.connected_at})
    has_token = bool(settings.amocrm_account_url and settings.amocrm_access_token)
    return json_answer({"mode": "token" if has_token else "none",
                        "address": settings.amocrm_account_url if has_token else None,
                        "account_id": settings.amocrm_account_id, "account_name": None, "expires_at": None,
                        "connected_at": None})


def _auth() -> AmocrmAuth | None:
    settings = auth_parts().settings
    if not settings.amocrm_client_id or not settings.amocrm_client_secret:
        return None
    return AmocrmAuth(settings.amocrm_client_id, settings.amocrm_client_secret, settings.public_url + _CALLBACK)


@amocrm.post("/oauth-url", summary="Connect amoCRM", responses={200: UrlAnswer, **problem_answers(409)})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def ask_for_url() -> Response:
    """The address at which an administrator of the account agrees; it holds a state that works once."""
    auth, user = _auth(), current_user()
    if auth is None:
        return problem(HTTPStatus.CONFLICT, detail=t("amocrm.no_integration"))
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        state = create_state(connection, user.id)
    return json_answer({"url": auth.dialog_url(auth_parts().settings.amocrm_dialog_url, state)})


@amocrm.get("/callback", summary="Where amoCRM sends the administrator back", responses={302: None})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def receive_code() -> Response:
    """Exchange the code for tokens and keep them encrypted; then back to the settings, which say how it went."""
    outcome = _connect(request.args.get("state", ""), request.args.get("code", ""), request.args.get("referer", ""))
    return redirect(f"/admin/amocrm?notice={outcome}")  # type: ignore[return-value]


def _connect(state: str, code: str, referer: str) -> str:
    auth, user, settings = _auth(), current_user(), auth_parts().settings
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        is_ours = bool(state) and use_state(connection, state, user.id)
    if auth is None or not is_ours or not code:
        return "refused"
    try:
        base_url = settings.amocrm_account_url or account_address(referer)
        tokens = auth.exchange_code(base_url, code)
        account = AmocrmClient(base_url, tokens.access, settings.amocrm_rate_limit, _TIMEOUT).fetch_account()
    except AmocrmError:
        return "failed"
    if settings.amocrm_account_id not in (None, account.id):
        return "other_account"
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        save_connection(connection, Cipher(settings.encryption_keys), base_url, account.id, account.name, tokens,
                        now(), user.id)
        record(connection, Action.AMOCRM_CONNECTED, user_id=user.id, object_type="amocrm", object_id=str(account.id),
               after={"address": base_url, "account_id": account.id})
    return "connected"


@amocrm.post("/disconnect", summary="Forget the connection", responses={204: None})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def disconnect() -> Response:
    """Forget the tokens; a long-lived token of the settings stays in use."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        if remove_connection(connection):
            record(connection, Action.AMOCRM_DISCONNECTED, user_id=user.id, object_type="amocrm")
    return Response(status=HTTPStatus.NO_CONTENT)


def account_client() -> AmocrmClient | None:
    """The account as the product is connected to it; it keeps the pace of all processes."""
    settings, viewer, database = auth_parts().settings, Viewer.of(current_user().scope), web_database()
    pace = SharedPace(database, settings.amocrm_rate_limit, viewer=viewer)
    with database.transaction(viewer, read_only=True) as connection:
        found = load_connection(connection)
    auth = _auth()
    if found is not None and auth is not None:
        tokens = StoredTokens(database, Cipher(settings.encryption_keys), auth.refresh, now, viewer)
        return AmocrmClient(found.base_url, tokens, timeout=_TIMEOUT, pace=pace)
    if settings.amocrm_account_url and settings.amocrm_access_token:
        return AmocrmClient(settings.amocrm_account_url, settings.amocrm_access_token, timeout=_TIMEOUT, pace=pace)
    return None


@amocrm.get("/structure", summary="Pipelines, stages and custom fields of the account",
            responses={200: None, **problem_answers(409, 502)})
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_structure() -> Response:
    """What a mapping can be made of, as the account has it now."""
    client = account_client()
    if client is None:
        return problem(HTTPStatus.CONFLICT, detail=t("amocrm.not_connected"))
    try:
        pipelines, fields = client.fetch_pipelines(), client.fetch_custom_fields()
    except AmocrmError:
        return problem(HTTPStatus.BAD_GATEWAY, detail=t("amocrm.no_answer"))
    return json_answer({
        "pipelines": [{"id": one.id, "name": one.name,
                       "stages": [{"id": stage.id, "name": stage.name} for stage in one.stages]} for one in pipelines],
        "fields": [{"id": one.id, "name": one.name, "code": one.code, "kind": one.kind} for one in fields]})


@amocrm.post("/backfill", summary="Load history", responses={202: RunAnswer})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def backfill(body: WindowBody) -> Response:
    """Load the deals made or closed on these days; asked again after a fault, it goes on where it was."""
    return start_run("amocrm_backfill", body)


@amocrm.post("/reconcile", summary="Compare with amoCRM and heal", responses={202: RunAnswer})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def reconcile(body: OptionalWindowBody) -> Response:
    """Compare the deals made or sold on these days (without days: the last 35) and heal what differs."""
    return start_run("amocrm_reconcile", body)


@amocrm.get("/reconciliations", summary="Comparisons with amoCRM", responses={200: ReconciliationsAnswer})
@requires(Permission.AMOCRM_PROOF_READ)
def list_reconciliations() -> Response:
    """The newest comparisons: each a proof that nothing differs, or the list of what does."""
    calendar = BusinessCalendar(auth_parts().settings.business_timezone)
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        rows = load_reconciliations(connection)
    return json_answer({"rows": [_describe_reconciliation(one, calendar) for one in rows]})


def _describe_reconciliation(one: Reconciliation, calendar: BusinessCalendar) -> dict[str, Any]:
    at = one.checked_at.astimezone(calendar.zone)
    return {
        "checked_at": one.checked_at, "from": one.period.first, "to": one.period.last, "deals": one.deals,
        "amount": one.money, "deals_found": one.found, "deals_left": one.left, "amount_left": one.money_left,
        "is_proof": one.is_proof, "hook": one.hook, "differences": [vars(row) for row in one.differences],
        "proof": t("amocrm.proof", deals=format_number(one.left), money=format_money(one.money_left, "KZT"),
                   time=f"{at:%H:%M}"),
    }
