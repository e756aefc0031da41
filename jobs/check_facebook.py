"""Looks after the connections to Facebook: how long tokens live, renewing them, warning of their end, new accounts.

Invariant: a renewed token is kept only when it lives longer than the one before; nobody is told the same thing twice.
"""

from datetime import datetime, timedelta
from math import ceil

import structlog

from core.records import AdAccount
from data.ads import AccountToken, link_accounts
from data.engine import DatabaseAway
from data.facebook_connections import (
    TOKEN_PURPOSE,
    FacebookConnection,
    load_live_connections,
    note_check,
    note_problem,
    renew_token,
)
from data.freshness import bump
from integrations.facebook.errors import FacebookError, TokenInvalid
from integrations.facebook.sign_in import FacebookSignIn, TokenFacts
from integrations.facebook.token_problems import problem_of_subcode
from jobs.context import JobContext
from jobs.facebook_line import Held, stand_in_line, waiting_for
from jobs.facebook_messages import tell_ended, tell_ending
from jobs.read_account import connect, note_dead_token

RENEW_WITHIN = timedelta(days=14)
WARN_DAYS = (1, 7, 14)

log = structlog.get_logger()


def check_facebook(context: JobContext) -> int:
    """Look at every working connection; how many were found in order."""
    settings = context.settings
    if not settings.facebook_app_id or not settings.facebook_app_secret:
        return 0
    facebook = FacebookSignIn(settings.facebook_graph_url, settings.facebook_dialog_url, settings.facebook_api_version,
                              settings.facebook_app_id, settings.facebook_app_secret, context.clock)
    with context.database.transaction() as connection:
        connections = load_live_connections(connection)
    fine = 0
    for one in connections:
        if context.stop.is_set():
            break
        if waiting_for(context, "") is None:
            fine += _try(context, facebook, one)
        else:
            _warn_by_what_is_known(context, one)
    return fine


def _try(context: JobContext, facebook: FacebookSignIn, one: FacebookConnection) -> bool:
    try:
        return _check(context, facebook, one)
    except TokenInvalid as error:
        note_dead_token(context, one.id, error, one.token)
        return False
    except Held as error:
        log.info("facebook_connection_not_checked", connection=one.id, reason=str(error))
    except FacebookError as error:
        log.warning("facebook_connection_not_checked", connection=one.id, reason=str(error))
    except DatabaseAway:
        raise
    except Exception:
        # A fault with one connection must not leave the others without their warning.
        log.exception("facebook_connection_broken", connection=one.id)
    _warn_by_what_is_known(context, one)
    return False


def _check(context: JobContext, facebook: FacebookSignIn, one: FacebookConnection) -> bool:
    if one.token is None:
        return False
    token = context.cipher.decrypt(TOKEN_PURPOSE, one.user_id, one.token)
    with stand_in_line(context, ""):
        facts = facebook.fetch_facts(token)
    if not facts.is_valid:
        _note_dead(context, one, facts)
        return False
    ends = facts.expires_at
    if ends is not None and ends - context.clock() <= RENEW_WITHIN:
        ends = _renew(context, facebook, one, token, ends)
    with context.database.transaction() as connection:
        note_check(connection, one.id, {"expires_at": ends, "scopes": list(facts.scopes),
                                        "data_access_expires_at": facts.data_access_expires_at})
    _warn(context, one.id, _first_end(ends, facts.data_access_expires_at))
    kept = _stored(context, one).token or one.token
    accounts = connect(context, AccountToken(one.id, one.user_id, kept)).fetch_accounts()
    _link(context, one, accounts)
    return True


def _stored(context: JobContext, one: FacebookConnection) -> FacebookConnection:
    """The connection as it is stored now: a renewal may just have replaced its token and its end."""
    with context.database.transaction(read_only=True) as connection:
        return next((other for other in load_live_connections(connection) if other.id == one.id), one)


def _note_dead(context: JobContext, one: FacebookConnection, facts: TokenFacts) -> None:
    state, problem = problem_of_subcode(facts.error_subcode)
    with context.database.transaction() as connection:
        if note_problem(connection, one.id, state, problem, one.token):
            tell_ended(connection, context.settings, one.id, problem)
        bump(connection)


def _renew(context: JobContext, facebook: FacebookSignIn, one: FacebookConnection, token: str,
           ends: datetime) -> datetime:
    """Exchange a token that ends soon; the end of the one that is kept."""
    try:
        with stand_in_line(context, ""):
            grant = facebook.fetch_longer_grant(token, is_system_user=one.kind == "system_user")
        with stand_in_line(context, ""):
            facts = facebook.fetch_facts(grant.token)
    except FacebookError as error:
        # A refused exchange says nothing of the token, which was valid a moment ago; its owner must hear of its end.
        log.warning("facebook_token_not_renewed", connection=one.id, reason=str(error))
        return ends
    later = facts.expires_at or (None if facts.is_valid and grant.expires_at is None else grant.expires_at)
    if not facts.is_valid or facts.app_id != context.settings.facebook_app_id or later is None or later <= ends:
        log.info("facebook_token_lives_no_longer", connection=one.id)
        return ends
    sealed = context.cipher.encrypt(TOKEN_PURPOSE, one.user_id, grant.token)
    with context.database.transaction() as connection:
        is_kept = renew_token(connection, one.id, one.token or b"", sealed, later)
        bump(connection)
    log.info("facebook_token_renewed", connection=one.id, kept=is_kept)
    return later


def _warn(context: JobContext, connection_id: str, ends: datetime | None) -> None:
    """Warn 14, 7 and 1 days ahead, each once; of several steps that passed unseen only the nearest end is told."""
    if ends is None:
        return
    left = ends - context.clock()
    step = next((days for days in WARN_DAYS if left <= timedelta(days=days)), None)
    if step is None or left <= timedelta(0):
        return
    with context.database.transaction() as connection:
        tell_ending(connection, context.settings, connection_id, step, ceil(left / timedelta(days=1)),
                    ends.astimezone(context.calendar.zone))


def _warn_by_what_is_known(context: JobContext, one: FacebookConnection) -> None:
    """Facebook could not be asked; the end it told before comes all the same."""
    stored = _stored(context, one)
    _warn(context, one.id, _first_end(stored.expires_at, stored.data_access_expires_at))


def _first_end(*ends: datetime | None) -> datetime | None:
    """What ends first: the token, or the 90 days of data after the last consent, which no exchange prolongs."""
    return min(filter(None, ends), default=None)


def _link(context: JobContext, one: FacebookConnection, accounts: tuple[AdAccount, ...]) -> None:
    with context.database.transaction() as connection:
        if link_accounts(connection, one.id, one.user_id, accounts):
            bump(connection)
