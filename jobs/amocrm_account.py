"""The amoCRM account as a job calls it: by the connection somebody made, else by the long-lived token of the settings.

Invariant: every client made here keeps the pace that all processes share.
"""

from data.amocrm_connection import NotConnected, SharedPace, StoredTokens, load_connection
from integrations.amocrm.client import AmocrmClient
from integrations.amocrm.oauth import AmocrmAuth
from jobs.context import JobContext

CALLBACK_PATH = "/api/traffic-admin/amocrm/callback"


def open_client(context: JobContext) -> AmocrmClient | None:
    """A client of the account; ``None`` when there is neither a connection nor a token."""
    settings = context.settings
    pace = SharedPace(context.database, settings.amocrm_rate_limit)
    with context.database.transaction(read_only=True) as connection:
        connected = load_connection(connection)
    if connected is not None:
        auth = AmocrmAuth(settings.amocrm_client_id or "", settings.amocrm_client_secret or "",
                          settings.public_url + CALLBACK_PATH)
        tokens = StoredTokens(context.database, context.cipher, auth.refresh, context.clock)
        return AmocrmClient(connected.base_url, tokens, pace=pace)
    if not settings.amocrm_account_url or not settings.amocrm_access_token:
        return None
    return AmocrmClient(settings.amocrm_account_url, settings.amocrm_access_token, pace=pace)


def demand_client(context: JobContext) -> AmocrmClient:
    """A client of the account. Raises: NotConnected."""
    client = open_client(context)
    if client is None:
        raise NotConnected("amoCRM is not connected.")
    return client
