"""How a person's ad accounts are read: how far back, with their ads or not, and who hears of a failure."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from api.encoding import json_answer
from api.facebook_shapes import ReadingAnswer, ReadingBody
from api.openapi import create_api
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from data.engine import Viewer, web_database
from data.facebook_choices import AccountChoice, load_account_choices, save_reading_wishes, track_new_campaigns

facebook_reading_api = create_api("facebook_reading", __name__, "/api/traffic-admin/facebook")


@facebook_reading_api.get("/reading", summary="How accounts are read", responses={200: ReadingAnswer})
@requires(Permission.ADS_CONNECTION_READ)
def show_reading() -> Response:
    """What holds for all of the user's accounts; where they differ, what asks for more."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        return json_answer(_describe(load_account_choices(connection, user.id)))


@facebook_reading_api.post("/reading", summary="Say how accounts are read", responses={200: ReadingAnswer})
@requires(Permission.ADS_CONNECTION_WRITE)
def arrange_reading(body: ReadingBody) -> Response:
    """From the next reading on, for every account the user's connections reach."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        before = load_account_choices(connection, user.id)
        own = [one.id for one in before]
        track_new_campaigns(connection, own, track_new=body.track_new)
        save_reading_wishes(connection, user.id, own, look_back_days=body.look_back_days, reads_ads=body.reads_ads,
                            tells_failure=body.tells_failure)
        now_holds = _describe(load_account_choices(connection, user.id))
        record(connection, Action.FACEBOOK_READING_ARRANGED, user_id=user.id, object_type="user", object_id=user.id,
               before=_describe(before), after=now_holds)
    return json_answer(now_holds)


def _describe(accounts: Sequence[AccountChoice]) -> dict[str, Any]:
    return {"track_new": all(one.track_new for one in accounts),
            "look_back_days": max((one.look_back_days for one in accounts), default=3),
            "reads_ads": any(one.reads_ads for one in accounts) or not accounts,
            "tells_failure": any(one.tells_failure for one in accounts)}
