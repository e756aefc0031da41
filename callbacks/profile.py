"""The profile page: drawn, drawn again after a change, and what is shown once."""

from typing import Any

from dash import Input, Output, callback, ctx, no_update

from auth.permissions import Permission, requires, token_scopes
from auth.sign_in import needs_second_factor
from auth.viewer import current_user
from callbacks.reading import business_calendar
from components import ids
from components.profile_page import (
    Account,
    FactorView,
    Profile,
    SignIn,
    create_enrolment,
    create_profile,
    create_recovery_codes,
)
from components.profile_tokens import TokenView, create_secret
from core.texts import t
from data.api_tokens import load_tokens
from data.engine import AUTH, web_database
from data.second_factors import load_factor
from data.sessions import load_open_sessions


@callback(Output(ids.PROFILE_BODY, "children"), Input(ids.PROFILE_REFRESH, "data"))
@requires(Permission.ACCOUNT_PROFILE_READ)
def show_profile(_changed: Any) -> Any:
    """Everything as it is stored now."""
    user, zone = current_user(), business_calendar().zone
    with web_database().transaction(AUTH, read_only=True) as connection:
        sessions, tokens = load_open_sessions(connection, user.id), load_tokens(connection, user.id)
        factor = load_factor(connection, user.id)
    return create_profile(Profile(
        Account(user.full_name, user.email, t(f"role.{user.role}"), user.team_name),
        FactorView(factor is not None and factor.is_confirmed, needs_second_factor(user.role),
                   factor.codes_left if factor else 0),
        [SignIn(one.id, one.user_agent, one.kind != "browser", one.last_seen_at.astimezone(zone),
                one.id == user.session_id) for one in sessions],
        [TokenView(one.id, one.name, one.beginning, one.scopes, one.expires_at.astimezone(zone),
                   one.last_used_at.astimezone(zone) if one.last_used_at else None) for one in tokens],
        [one.value for one in token_scopes(user.role)]))


@callback(
    Output(ids.FACTOR_STEP, "children"),
    Input(ids.FACTOR_SECRET, "data"), Input(ids.FACTOR_CODES, "data"),
    prevent_initial_call=True,
)
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def show_factor_step(secret: Any, codes: Any) -> Any:
    """The picture for the authenticator, then the recovery codes: what the API has just answered, drawn."""
    if ctx.triggered_id == ids.FACTOR_CODES:
        given = codes.get("recovery_codes") if isinstance(codes, dict) else None
        usable = isinstance(given, list) and all(isinstance(one, str) and len(one) < 100 for one in given)
        return create_recovery_codes(given[:20]) if usable and given else no_update
    made = secret if isinstance(secret, dict) else {}
    key, address = made.get("secret"), made.get("address")
    if not isinstance(key, str) or not isinstance(address, str) or len(address) > 500:
        return no_update
    return create_enrolment(key[:100], address)


@callback(Output(ids.TOKEN_SHOWN, "children"), Input(ids.TOKEN_SECRET, "data"), prevent_initial_call=True)
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def show_secret(answer: Any) -> Any:
    """The secret the API has just answered with."""
    secret = answer.get("token") if isinstance(answer, dict) else None
    return create_secret(secret[:200]) if isinstance(secret, str) else no_update
