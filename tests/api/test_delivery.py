"""Mails that other parts queue really arrive, in the reader's language, and do what they say."""

from collections.abc import Iterator

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.token_sessions import open_token_session
from core.records import Role
from data.engine import AUTH, Database
from data.sessions import SignedInUser
from demo.mail_server import MailStandIn
from jobs.send_messages import MessageSender
from tests.api.conftest import ADMIN, PASSWORD, People
from tests.application import PUBLIC_URL, make_settings
from tests.job_context import make_context

NEW = "an entirely new long password"


@pytest.fixture
def mail() -> Iterator[MailStandIn]:
    with MailStandIn() as server:
        yield server


def deliver(jobs: Database, mail: MailStandIn) -> None:
    settings = make_settings(smtp_url=mail.smtp_url, mail_from="no-reply@traffic.example.com")
    MessageSender(make_context(jobs, settings)).send_due()


def test_a_forgotten_password_is_mended_by_the_mail(
    shared_app: dash.Dash, client: FlaskClient, people: People, shared_web: Database, shared_jobs: Database,
    mail: MailStandIn
) -> None:
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET locale = 'kk' WHERE email = 'south@example.com'"))
    assert client.post("/api/auth/forgot", json={"email": "south@example.com"}).status_code == 202
    assert client.post("/api/auth/forgot", json={"email": "stranger@example.com"}).status_code == 202
    deliver(shared_jobs, mail)
    got = mail.wait_for(1)
    assert [one.recipient for one in got] == ["south@example.com"]
    assert any(letter in got[0].subject + got[0].body for letter in "әғқңөұүһі"), "in the reader's language"
    link = next(line for line in got[0].body.splitlines() if line.startswith(PUBLIC_URL))
    assert client.post(link.removeprefix(PUBLIC_URL), data={"new_password": NEW}).status_code == 303
    assert client.post("/api/auth/login", json={"email": "south@example.com", "password": NEW}).status_code == 200


def test_whoever_is_robbed_of_a_token_is_warned(
    shared_app: dash.Dash, client: FlaskClient, people: People, shared_web: Database, shared_jobs: Database,
    mail: MailStandIn
) -> None:
    with shared_web.transaction(ADMIN) as connection:
        user_id = str(connection.execute(text("SELECT id FROM traffic_users WHERE email = 'north@example.com'")
                                         ).scalar_one())
    user = SignedInUser(user_id, "north@example.com", "", Role.TARGETOLOGIST, "ru", people.north.id)
    with shared_app.server.test_request_context():
        stolen = open_token_session(user).refresh_token
    assert client.post("/api/auth/refresh", json={"refresh_token": stolen}).status_code == 200
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("UPDATE refresh_tokens SET used_at = used_at - interval '1 hour'"))
    assert client.post("/api/auth/refresh", json={"refresh_token": stolen}).status_code == 401
    deliver(shared_jobs, mail)
    assert [(one.recipient, one.subject) for one in mail.wait_for(1)] == [
        ("north@example.com", "Чужой вход в Traffic Dashboard?")]
    assert client.post("/api/auth/login", json={"email": "north@example.com", "password": PASSWORD}).status_code == 200
