"""Tells people who want to hear of it that the reading of an own ad account failed: once a day, all accounts at once.

Invariant: a pause that Facebook asked for, or an account that is just being read, is no failure.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from core.sentences import read
from core.texts import format_moment, locale, t
from data.outbox import queue_message
from data.queries import run
from jobs.context import JobContext
from jobs.facebook_messages import SETTINGS_PAGE

_PASSING = frozenset({"facebook.fault.waiting", "facebook.fault.busy"})


def tell_failures(context: JobContext) -> int:
    """Queue the letters of today; how many are new."""
    with context.database.transaction() as connection:
        rows = [row for row in run(connection, "facebook/failed_accounts") if not _is_passing(row["last_error"])]
        return sum(_tell(connection, context, list(own))
                   for _, own in groupby(rows, key=lambda row: row["user_id"]))


def _is_passing(kept: str) -> bool:
    try:
        return json.loads(kept).get("key") in _PASSING if kept.startswith("{") else False
    except ValueError:
        return False


def _tell(connection: Connection, context: JobContext, own: Sequence[Mapping[str, Any]]) -> int:
    person, today = own[0], context.calendar.today(context.clock())
    with locale(person["locale"]):
        lines = [_line(context, row) for row in own]
        link = context.settings.public_url.rstrip("/") + SETTINGS_PAGE
        subject, body = t("facebook.failed.subject"), "\n".join([t("facebook.failed.body"), "", *lines, "", link])
    user_id = str(person["user_id"])
    key = f"facebook_failed:{user_id}:{today}"
    return sum(queue_message(connection, key, user_id, channel, recipient, subject, body)
               for channel, recipient in (("email", person["email"]), ("telegram", person["telegram"])) if recipient)


def _line(context: JobContext, row: Mapping[str, Any]) -> str:
    if row["last_synced_at"] is None:
        return t("facebook.failed_never", name=row["name"], reason=read(row["last_error"]))
    since = format_moment(row["last_synced_at"].astimezone(context.calendar.zone))
    return t("facebook.failed_since", name=row["name"], since=since, reason=read(row["last_error"]))
