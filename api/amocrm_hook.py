"""The subscription of events at amoCRM: how it stands, and making it."""

from http import HTTPStatus
from typing import Literal

from flask import Response
from pydantic import BaseModel

from api.amocrm import account_client
from api.amocrm_mapping import amocrm
from api.encoding import json_answer
from api.problems import problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.texts import t
from data.engine import Viewer, web_database
from integrations.amocrm.errors import AmocrmError
from integrations.amocrm.hooks import read_hook, watch_hook

__all__ = ["amocrm"]


class HookAnswer(BaseModel):
    """How the subscription stands: ``partial`` lacks events, ``disabled`` was switched off by amoCRM."""

    state: Literal["ok", "partial", "disabled", "absent", "subscribed"]


def _destination() -> str:
    settings = auth_parts().settings
    return f"{settings.public_url}/webhooks/amocrm/{settings.amocrm_webhook_secret}"


@amocrm.get("/hook", summary="The subscription of events", responses={200: HookAnswer, **problem_answers(409, 502)})
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_hook() -> Response:
    """Ask amoCRM whether it tells us of its events."""
    return _answer(change=False)


@amocrm.post("/hook", summary="Subscribe to events", responses={200: HookAnswer, **problem_answers(409, 502)})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def subscribe_hook() -> Response:
    """Make the subscription, or make it anew when amoCRM has switched it off."""
    return _answer(change=True)


def _answer(*, change: bool) -> Response:
    client = account_client()
    if client is None:
        return problem(HTTPStatus.CONFLICT, detail=t("amocrm.not_connected"))
    try:
        state = (watch_hook if change else read_hook)(client, _destination())
    except AmocrmError:
        return problem(HTTPStatus.BAD_GATEWAY, detail=t("amocrm.no_answer"))
    if change:
        user = current_user()
        with web_database().transaction(Viewer.of(user.scope)) as connection:
            record(connection, Action.AMOCRM_SUBSCRIBED, user_id=user.id, object_type="amocrm", after={"hook": state})
    return json_answer({"state": state})
