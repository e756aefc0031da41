"""Whether a login may do more than a web process or a worker should ever be able to."""

import psycopg
from sqlalchemy import make_url

_TIMEOUT = 3  # seconds
_QUESTION = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"


def is_mighty(url: str) -> bool | None:
    """Whether the login of an address steps around row level security; ``None`` when the server does not answer."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, connect_timeout=_TIMEOUT) as connection:
            row = connection.execute(_QUESTION).fetchone()
    except psycopg.OperationalError:
        return None
    return bool(row and row[0])


def find_mighty_logins(addresses: dict[str, str]) -> list[str]:
    """One sentence for each setting whose login is a superuser or has BYPASSRLS; the address is not repeated."""
    return [f"{name}: the login is a superuser or may step around row security; give it an ordinary one"
            for name, url in addresses.items() if url and is_mighty(url)]
