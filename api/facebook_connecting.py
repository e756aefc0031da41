"""What the doors to Facebook share: the application as it is configured, and keeping a connection with its accounts."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response
from structlog import get_logger

from api.problems import problem
from auth.audit import Action, record
from auth.encryption import Cipher
from auth.sign_in import auth_parts
from core.business_time import BusinessCalendar, now
from core.texts import t
from data.ads import link_accounts
from data.engine import Viewer, web_database
from data.facebook_connections import TOKEN_PURPOSE, NewConnection, save_connection
from data.facebook_waits import FacebookWait, keep_refusal, load_waits
from data.freshness import bump
from data.sessions import SignedInUser
from integrations.facebook.client import FacebookClient
from integrations.facebook.errors import ApplicationThrottled, FacebookError, Throttled
from integrations.facebook.sign_in import FacebookSignIn, TokenFacts

CALLBACK_PATH = "/api/traffic-admin/facebook/callback"
_TIMEOUT = (3.0, 10.0)
_PATIENCE = 10.0

log = get_logger()


def facebook_sign_in() -> FacebookSignIn | None:
    """The application at Facebook; ``None`` when nobody has configured one."""
    settings = auth_parts().settings
    if not settings.facebook_app_id or not settings.facebook_app_secret:
        return None
    return FacebookSignIn(settings.facebook_graph_url, settings.facebook_dialog_url, settings.facebook_api_version,
                          settings.facebook_app_id, settings.facebook_app_secret)


def not_configured() -> Response:
    """409: there is no application at Facebook yet."""
    return problem(HTTPStatus.CONFLICT, detail=t("facebook.notice.not_configured"))


def redirect_address() -> str:
    """Where Facebook sends the browser back to: the same text in both steps."""
    return auth_parts().settings.public_url.rstrip("/") + CALLBACK_PATH


def cipher() -> Cipher:
    """Encrypts and decrypts stored tokens."""
    return Cipher(auth_parts().settings.encryption_keys)


def facebook_client(token: str) -> FacebookClient:
    """Facebook as a token sees it, for as long as somebody waits in front of a browser."""
    settings = auth_parts().settings
    return FacebookClient(settings.facebook_graph_url, settings.facebook_api_version, settings.facebook_app_id,
                          settings.facebook_app_secret, token, _TIMEOUT, patience=_PATIENCE)


def keep_connection(user: SignedInUser, token: str, facts: TokenFacts, name: str, declined: Sequence[str]) -> str:
    """Store a connection, then the accounts it reaches; its id.

    When Facebook does not list the accounts just now the connection stands, and a job lists them later.
    """
    kind = "system_user" if facts.kind == "SYSTEM_USER" else "person"
    sealed = cipher().encrypt(TOKEN_PURPOSE, user.id, token)
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        connection_id = save_connection(connection, user.id, NewConnection(
            facts.user_id, sealed, kind, name, facts.scopes, declined, facts.expires_at,
            facts.data_access_expires_at))
        record(connection, Action.FACEBOOK_CONNECTED, user_id=user.id, object_type="facebook_connection",
               object_id=connection_id, after={"kind": kind, "scopes": list(facts.scopes)})
    list_accounts(user, connection_id, token)
    return connection_id


def facebook_wait(user: SignedInUser) -> FacebookWait | None:
    """The wait during which nobody may call Facebook: a call prolongs it."""
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        return next(iter(load_waits(connection, auth_parts().settings.facebook_app_id or "", "")), None)


def in_a_wait(wait: FacebookWait) -> Response:
    """503: Facebook asked everybody to wait, and until when."""
    at = wait.until.astimezone(BusinessCalendar(auth_parts().settings.business_timezone).zone)
    seconds = max(int((wait.until - now()).total_seconds()), 1)
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail=t("facebook.wait_connect", until=f"{at:%H:%M}"),
                   headers={"Retry-After": str(seconds)})


def keep_wait(user: SignedInUser, error: FacebookError) -> None:
    """Remember for every process that Facebook refused a call of this one; other errors are left alone."""
    if not isinstance(error, Throttled):
        return
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        keep_refusal(connection, auth_parts().settings.facebook_app_id or "", "",
                     is_for_all=isinstance(error, ApplicationThrottled), seconds=error.wait_seconds, reason=str(error))


def list_accounts(user: SignedInUser, connection_id: str, token: str) -> bool:
    """Ask Facebook which accounts a connection reaches, and note them; false without an answer or in a pause."""
    if facebook_wait(user) is not None:
        return False
    try:
        accounts = facebook_client(token).fetch_accounts()
    except FacebookError as error:
        log.warning("facebook_accounts_not_listed", connection=connection_id, reason=str(error))
        keep_wait(user, error)
        return False
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        link_accounts(connection, connection_id, user.id, accounts)
        bump(connection)
    return True
