"""One application for the run, on the database of the module that asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dash
import pytest
from flask.testing import FlaskClient

from app import create_app
from auth.passwords import Passwords
from auth.sign_in import EXTENSION, AuthParts
from auth.tokens import TokenIssuer
from core.records import Role, Team
from core.settings import Settings
from data.engine import Database, Viewer, set_web_database, web_database
from data.people import create_team, create_user

AMOCRM_SECRET = "amocrm-secret-of-the-tests"
LANDING_SECRET = "landing-secret-of-the-tests"
PASSWORD = "correct horse battery"
ADMIN = Viewer(Role.ADMIN.value)


def make_settings(**changes: object) -> Settings:
    """Settings of a product that is reached over https, with nothing from the environment."""
    values: dict[str, object] = {
        "database_url": "postgresql://nobody@127.0.0.1:1/nothing",
        "secret_key": "s" * 40, "jwt_keys": "one:" + "j" * 40,
        "encryption_keys": "one:" + "A" * 43 + "=",
        "public_url": "https://traffic.example.com",
        "amocrm_webhook_secret": AMOCRM_SECRET, "landing_webhook_secret": LANDING_SECRET,
        "metrics_token": "metrics-token-of-the-tests", "cors_origins": "https://partner.example.com",
    }
    return Settings(_env_file=None, **{**values, **changes})


@pytest.fixture(scope="session")
def application() -> dash.Dash:
    """The application; a second one in a process would have no callbacks."""
    app = create_app(make_settings())
    parts: AuthParts = app.server.extensions[EXTENSION]
    app.server.extensions[EXTENSION] = AuthParts(parts.settings, Passwords.cheap(), TokenIssuer(parts.settings))
    return app


@pytest.fixture(scope="module")
def shared_app(application: dash.Dash, shared_web: Database) -> Iterator[dash.Dash]:
    """The application on the database of this module."""
    before = web_database()
    set_web_database(shared_web)
    yield application
    set_web_database(before)


@dataclass(frozen=True)
class People:
    """Who uses the product in the tests: one user per role, two teams."""

    north: Team
    south: Team
    emails: dict[str, str]


@pytest.fixture(scope="module")
def people(shared_web: Database, shared_app: dash.Dash) -> People:
    """Two teams, an admin, an analyst, and a targetologist of each team."""
    passwords: Passwords = shared_app.server.extensions[EXTENSION].passwords
    with shared_web.transaction(ADMIN) as connection:
        north, south = (
            create_team(connection, name=name, slug=slug, color="#A78BFA", emoji="🟣", utm_source=f"fb_{slug}")
            for name, slug in (("North marker", "north"), ("South marker", "south")))
        for name, role, team in (("admin", Role.ADMIN, None), ("analyst", Role.ANALYST, None),
                                 ("north", Role.TARGETOLOGIST, north), ("south", Role.TARGETOLOGIST, south)):
            create_user(connection, email=f"{name}@example.com", password_hash=passwords.hash(PASSWORD), role=role,
                        team_id=team.id if team else None, full_name=name.title())
    return People(north, south, {name: f"{name}@example.com" for name in ("admin", "analyst", "north", "south")})


@pytest.fixture
def client(shared_app: dash.Dash) -> FlaskClient:
    """A browser that is not signed in, over https."""
    return shared_app.server.test_client()


@pytest.fixture
def signed_in(shared_app: dash.Dash, people: People) -> Callable[[str], FlaskClient]:
    """A function: a new browser, signed in as ``admin``, ``analyst``, ``north`` or ``south``."""

    def sign_in(name: str) -> FlaskClient:
        browser = shared_app.server.test_client()
        answer = browser.post("/login", data={"email": people.emails[name], "password": PASSWORD},
                              base_url="https://localhost")
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return browser

    return sign_in


@pytest.fixture
def bearer(client: FlaskClient, people: People) -> Callable[[str], dict[str, str]]:
    """A function: the header of a program signed in as one of the people."""

    def sign_in(name: str) -> dict[str, str]:
        answer = client.post("/api/auth/login", json={"email": people.emails[name], "password": PASSWORD})
        assert answer.status_code == 200, answer.get_json()
        return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    return sign_in


