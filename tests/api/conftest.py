"""The application on the database of the module that asks, and the people who use it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dash
import pytest
from flask.testing import FlaskClient

from auth.passwords import Passwords
from auth.sign_in import EXTENSION
from core.records import Role, Team
from data.engine import Database, Viewer, set_web_database, web_database
from data.people import create_team, create_user
from tests.application import the_application

PASSWORD = "correct horse battery"
ADMIN = Viewer(Role.ADMIN.value)


@pytest.fixture(scope="module")
def shared_app(shared_web: Database) -> Iterator[dash.Dash]:
    """The application on the database of this module."""
    app = the_application()
    before = web_database()
    set_web_database(shared_web)
    yield app
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


