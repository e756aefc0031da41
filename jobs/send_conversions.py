"""Sends the won sales of the teams that want it back to Facebook.

Invariant: an event is noted as sent only after Facebook said so; a process that dies in between sends it once more
with the same id, which Facebook counts once. Nobody calls during a wait.
"""

import structlog
from sqlalchemy import Connection

from core.conversions import is_too_old, person_keys, to_event
from core.sentences import keep
from data.conversions import (
    TOKEN_PURPOSE,
    ConversionSettings,
    DueEvent,
    load_conversion_settings,
    load_due_events,
    note_conversion_problem,
    note_given_up,
    note_sent,
    postpone_events,
    queue_sales,
)
from data.engine import DatabaseAway
from data.leadership import Leadership
from integrations.facebook.conversions import MOST_EVENTS, ConversionsClient
from integrations.facebook.errors import FacebookError
from integrations.facebook.sentences import sentence_of
from jobs.context import JobContext
from jobs.facebook_line import Held, stand_in_line, waiting_for

_AGAIN_AFTER = 120.0
_REVERSED, _MOVED = keep("conversions.reversed"), keep("conversions.moved")

log = structlog.get_logger()


def send_conversions(context: JobContext) -> int:
    """Queue what was won, send what is due; how many events Facebook took."""
    lock = Leadership(context.database, "conversions")
    try:
        if not lock.hold():
            return 0
        with context.database.transaction() as connection:
            # A deal may be won again, and a sale come back to the team it was taken from.
            queue_sales(connection, context.clock(), passing=(_REVERSED, _MOVED))
            arranged = [one for one in load_conversion_settings(connection) if one.is_on]
        return sum(_send_team(context, one) for one in arranged if not context.stop.is_set())
    finally:
        lock.release()


def _send_team(context: JobContext, arranged: ConversionSettings) -> int:
    with context.database.transaction() as connection:
        due = [one for one in load_due_events(connection, arranged.team_id, MOST_EVENTS)
               if not _gave_up(context, connection, one, arranged)]
    if not due or waiting_for(context, arranged.dataset_id) is not None:
        return 0
    reason = None
    try:
        return _send(context, arranged, due)
    except Held as error:
        reason = error.pause.sentence
    except FacebookError as error:
        reason = sentence_of(error)
    except DatabaseAway:
        raise
    except Exception as error:
        # A fault with one team must not keep the sales of the others.
        log.exception("conversions_broken", team=arranged.team)
        reason = keep("facebook.fault.broken", kind=type(error).__name__)
    with context.database.transaction() as connection:
        postpone_events(connection, [one.id for one in due], _AGAIN_AFTER, reason)
        note_conversion_problem(connection, arranged.team_id, reason)
    return 0


def _gave_up(context: JobContext, connection: Connection, one: DueEvent, arranged: ConversionSettings) -> bool:
    """Whether an event is no longer to be sent; then it says why."""
    if one.is_reversed:
        note_given_up(connection, one.id, "refused", _REVERSED)
    elif one.is_moved:
        note_given_up(connection, one.id, "refused", _MOVED)
    elif one.sale.won_at < arranged.since:
        note_given_up(connection, one.id, "refused", keep("conversions.before"))
    elif is_too_old(one.sale.won_at, context.clock()):
        note_given_up(connection, one.id, "expired", keep("conversions.too_old"))
    elif not person_keys(one.sale):
        note_given_up(connection, one.id, "refused", keep("conversions.nobody"))
    else:
        return False
    return True


def _send(context: JobContext, arranged: ConversionSettings, due: list[DueEvent]) -> int:
    settings = context.settings
    token = context.cipher.decrypt(TOKEN_PURPOSE, arranged.team_id, arranged.token)
    client = ConversionsClient(settings.facebook_graph_url, settings.facebook_api_version, settings.facebook_app_id,
                               settings.facebook_app_secret, token, arranged.dataset_id, arranged.test_code,
                               turn=lambda: stand_in_line(context, arranged.dataset_id))
    now = context.clock()
    rows = {one.sale.event_id: one for one in due}
    answers = client.send([to_event(one.sale, now) for one in due])
    with context.database.transaction() as connection:
        for answer in answers:
            row = rows[answer.event_id]
            if answer.refusal is None:
                note_sent(connection, row.id, sorted(person_keys(row.sale)), answer.trace)
            else:
                note_given_up(connection, row.id, "refused", keep("conversions.refused", said=answer.refusal))
        note_conversion_problem(connection, arranged.team_id, None)
    return sum(answer.refusal is None for answer in answers)
