"""How a person's ad accounts are read: how far back, with their ads or not, and who hears of a failure."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response

from api.encoding import json_answer
from api.facebook_shapes import ReadingAnswer, ReadingBody, ReadingSaved
from api.openapi import create_api
from api.problems import problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.texts import t
from data.engine import Viewer, web_database
from data.facebook_choices import (
    AccountChoice,
    hold_choices,
    load_account_choices,
    reading_version,
    reading_wishes,
    save_reading_wishes,
    track_new_campaigns,
)

facebook_reading_api = create_api("facebook_reading", __name__, "/api/traffic-admin/facebook")


@facebook_reading_api.get("/reading", summary="How accounts are read", responses={200: ReadingAnswer})
@requires(Permission.ADS_CONNECTION_READ)
def show_reading() -> Response:
    """What holds for all of the user's accounts; where they differ, what asks for more."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        return json_answer(_describe(load_account_choices(connection, user.id)))


@facebook_reading_api.post("/reading", summary="Say how accounts are read",
                           responses={200: ReadingSaved, **problem_answers(409)})
@requires(Permission.ADS_CONNECTION_WRITE)
def arrange_reading(body: ReadingBody) -> Response:
    """From the next reading on, for every account the user's connections reach.

    With `version` nothing is saved when they are read in another way by now (409): others may reach them too.
    """
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        hold_choices(connection, user.id)
        before = load_account_choices(connection, user.id)
        if body.version not in (None, reading_version(before)):
            return problem(HTTPStatus.CONFLICT, detail=t("conflict.somebody"))
        own = [one.id for one in before]
        track_new_campaigns(connection, own, track_new=body.track_new)
        save_reading_wishes(connection, user.id, own, look_back_days=body.look_back_days, reads_ads=body.reads_ads,
                            tells_failure=body.tells_failure)
        after = load_account_choices(connection, user.id)
        record(connection, Action.FACEBOOK_READING_ARRANGED, user_id=user.id, object_type="user", object_id=user.id,
               before=reading_wishes(before), after=reading_wishes(after))
    return json_answer({**_describe(after), "undo": _undo(before, after)})


def _undo(before: Sequence[AccountChoice], after: Sequence[AccountChoice]) -> dict[str, Any] | None:
    """The request that restores what was; ``None`` when nothing changed, or the accounts were not read alike."""
    if len({(one.track_new, one.look_back_days, one.reads_ads, one.tells_failure) for one in before}) != 1 or (
            reading_version(before) == reading_version(after)):
        return None
    return {"method": "POST", "path": "/api/traffic-admin/facebook/reading",
            "body": {**reading_wishes(before), "version": reading_version(after)}}


def _describe(accounts: Sequence[AccountChoice]) -> dict[str, Any]:
    return {**reading_wishes(accounts), "version": reading_version(accounts)}
