"""Management commands: said in one line what was done, in one sentence why not."""

from datetime import date

import click
import pytest
from flask import Flask
from sqlalchemy import text

import cli
from auth.encryption import Cipher
from auth.passwords import Passwords
from data.embedded import DatabaseUrls
from data.engine import Database
from data.facebook_connections import TOKEN_PURPOSE
from data.stored_secrets import load_tokens
from tests.api.conftest import ADMIN
from tests.application import make_settings
from tests.factories import (
    make_ad_day,
    make_campaign,
    make_connection,
    make_lead,
    make_rate,
    make_team,
    make_user,
    noon,
)


@pytest.fixture(scope="module")
def server(shared_database: DatabaseUrls) -> Flask:
    """A server that has commands and nothing else."""
    made = Flask("commands")
    cli.add_commands(made, make_settings(
        database_url=shared_database.web_url, database_jobs_url=shared_database.jobs_url,
        database_owner_url=shared_database.owner_url))
    return made


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "Passwords", Passwords.cheap)


def invoke(server: Flask, *arguments: str, given: str | None = None) -> click.testing.Result:
    return server.test_cli_runner().invoke(args=list(arguments), input=given)


CREATE = ("users", "create", "--password-stdin", "--email")


def test_a_user_is_created_and_written_down(server: Flask, shared_web: Database) -> None:
    with shared_web.transaction(ADMIN) as connection:
        make_team(connection, "altai")
    result = invoke(server, *CREATE, "New@Example.com", "--role", "targetologist", "--team", "Altai",
                    given="long enough password\n")
    assert result.exit_code == 0, result.output
    assert result.output == "new@example.com can sign in as targetologist.\n"
    with shared_web.transaction(ADMIN) as connection:
        row = connection.execute(text("SELECT u.password_hash, t.slug FROM traffic_users u JOIN traffic_teams t"
                                      " ON t.id = u.team_id WHERE email = 'new@example.com'")).one()
        actions = connection.execute(text("SELECT action FROM audit_log")).scalars().all()
    assert row.slug == "altai"
    assert Passwords.cheap().is_right("long enough password", row.password_hash)
    assert actions == ["user.created"]


@pytest.mark.parametrize(("arguments", "password", "said"), [
    (("a@b.c", "--role", "targetologist"), "long enough password", "targetologist_without_team"),
    (("a@b.c", "--role", "targetologist", "--team", "nobody"), "long enough password", "There is no team nobody."),
    (("no address", "--role", "admin"), "long enough password", "user_email_invalid"),
    (("a@b.c", "--role", "admin"), "short", "at least 10 characters"),
    (("a@b.c", "--role", "admin"), "", "at least 10 characters"),
    (("a@b.c", "--role", "king"), "long enough password", "king"),
])
def test_a_wrong_user_is_refused_in_a_sentence(
    server: Flask, arguments: tuple[str, ...], password: str, said: str
) -> None:
    result = invoke(server, *CREATE, *arguments, given=password + "\n")
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_the_schema_is_brought_up_to_date(server: Flask) -> None:
    assert invoke(server, "db", "upgrade").output == "The schema is current.\n"


def test_everything_is_attributed_and_calculated_anew(
    server: Flask, shared_jobs: Database
) -> None:
    day = date(2026, 1, 15)
    with shared_jobs.transaction() as connection:
        team = make_team(connection, "sunkar")
        make_rate(connection, day)
        lead_id = make_lead(connection, None, day, utm_source="fb_sunkar", created_at=noon(day))
        make_campaign(connection, None, "555", name="fb_sunkar_test")
        make_ad_day(connection, "555", day)
    result = invoke(server, "attribution", "rerun")
    assert result.exit_code == 0, result.output
    assert result.output == "Moved: 1 campaigns, 1 leads. Deals settled again: 0. Days calculated again: 1.\n"
    with shared_jobs.transaction() as connection:
        found = connection.execute(text("SELECT team_id FROM lead_tracking WHERE lead_id = :id"), {"id": lead_id})
        assert str(found.scalar_one()) == team.id
        spend = connection.execute(text("SELECT sum(spend_usd) FROM traffic_stats WHERE team_id = :id"),
                                   {"id": team.id}).scalar_one()
    assert spend == 10
    assert "calculated again: 1." in invoke(server, "stats", "recalculate").output
    assert "calculated again: 0." in invoke(server, "stats", "recalculate", "--from", "2026-01-16").output
    assert "calculated again: 1." in invoke(server, "stats", "recalculate", "--from", "2026-01-15", "--to",
                                            "2026-01-15").output


def test_stored_tokens_get_the_newest_key(shared_database: DatabaseUrls, shared_jobs: Database) -> None:
    rings = {"old": "old:" + "A" * 43 + "=", "new": "new:" + "B" * 43 + "=,old:" + "A" * 43 + "="}
    old, new = (Cipher.from_ring(ring) for ring in rings.values())
    with shared_jobs.transaction() as connection:
        users = [make_user(connection) for _ in range(3)]
        for user in users:
            make_connection(connection, user, old.encrypt(TOKEN_PURPOSE, user.id, f"token of {user.id}"))
    server = Flask("keys")
    cli.add_commands(server, make_settings(
        database_url=shared_database.web_url, database_jobs_url=shared_database.jobs_url, encryption_keys=rings["new"]))
    assert invoke(server, "keys", "rotate").output == "Encrypted anew: 3 of 3 secrets.\n"
    assert invoke(server, "keys", "rotate").output == "Encrypted anew: 0 of 3 secrets.\n"
    newest = Cipher({"new": new.keys["new"]})
    with shared_jobs.transaction() as connection:
        for _, user_id, token in load_tokens(connection):
            assert newest.decrypt(TOKEN_PURPOSE, user_id, token) == f"token of {user_id}"


def test_the_demo_needs_demo_mode(server: Flask) -> None:
    result = invoke(server, "demo", "load")
    assert result.exit_code == 1
    assert "demo mode only" in result.output


def test_a_database_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Flask("away")
    cli.add_commands(away, make_settings())
    for arguments in (("attribution", "rerun"), ("stats", "recalculate")):
        assert invoke(away, *arguments).output == "Error: The database does not answer.\n"
    assert "does not answer" in invoke(away, *CREATE, "a@b.c", "--role", "admin", given="long enough password\n").output
