"""The application on the database of the module that asks, and the people who use it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.encryption import Cipher
from auth.passwords import Passwords
from auth.sign_in import EXTENSION, AuthParts
from core.business_time import BusinessCalendar
from core.records import Role, Team
from data.engine import Database, Viewer, set_web_database, web_database
from data.people import create_team, create_user
from demo.facebook_graph import GraphStandIn
from jobs.context import JobContext
from tests.api.facebook_doors import ALL_IDS, DATA, SECOND_TOKEN
from tests.application import the_application
from tests.faults.graph_world import APP_ID, APP_SECRET, TOKEN

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


@pytest.fixture
def graph(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[GraphStandIn]:
    data = replace(DATA, tokens={TOKEN: ALL_IDS, SECOND_TOKEN: ALL_IDS[:2]})
    parts: AuthParts = shared_app.server.extensions[EXTENSION]
    with GraphStandIn(data, APP_ID, APP_SECRET, timeout_seconds=3) as stand_in:
        settings = parts.settings.model_copy(update={
            "facebook_app_id": APP_ID, "facebook_app_secret": APP_SECRET, "facebook_graph_url": stand_in.url,
            "facebook_dialog_url": stand_in.url})
        shared_app.server.extensions[EXTENSION] = replace(parts, settings=settings)
        yield stand_in
    shared_app.server.extensions[EXTENSION] = parts
    with shared_jobs.transaction() as connection:
        for table in ("facebook_connections", "ad_accounts", "ad_statistics", "facebook_waits", "notifications",
                      "campaign_bindings", "facebook_sign_ins"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE ad_campaigns SET locked = false"))
        connection.execute(text("DELETE FROM sync_runs"))
        connection.execute(text("DELETE FROM traffic_stats"))
        connection.execute(text("DELETE FROM ad_campaigns"))


@pytest.fixture
def context(graph: GraphStandIn, shared_app: dash.Dash, shared_jobs: Database) -> JobContext:
    settings = shared_app.server.extensions[EXTENSION].settings
    return JobContext(settings, shared_jobs, Cipher(settings.encryption_keys), BusinessCalendar())
