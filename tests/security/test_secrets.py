"""Secrets stay where they belong: not in a dump, not in a log, not in an answer; weak configuration does not start."""

import json
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import click
import psycopg
import pyotp
import pytest
import requests
from flask import Flask
from psycopg import sql

import cli
from auth.encryption import Cipher, DecryptionError
from auth.passwords import Passwords
from auth.second_factor import PURPOSE, begin_enrolment
from core.records import Role
from data.embedded import DatabaseUrls, EmbeddedServer
from data.engine import AUTH, Database
from data.facebook_connections import TOKEN_PURPOSE
from data.people import create_user
from data.stored_secrets import load_factor_secrets, load_tokens
from tests.api.conftest import ADMIN
from tests.application import AMOCRM_SECRET, LANDING_SECRET, METRICS_TOKEN, make_settings
from tests.factories import make_connection, make_user
from tests.security.processes import PASSWORD, ROOT, Served, browser_of, environment_of, served, tokens_of

MARKER = "EAAplantedmarkerplantedmarker"
# Secrets of other services, as they stand in the environment.
OF_OTHERS = {
    "FACEBOOK_APP_ID": "1000000000000000", "FACEBOOK_APP_SECRET": "planted-secret-of-the-facebook-application",
    "AMOCRM_ACCOUNT_URL": "http://127.0.0.1:9", "AMOCRM_ACCESS_TOKEN": "planted-long-lived-token-of-amocrm",
    "AMOCRM_CLIENT_ID": "planted", "AMOCRM_CLIENT_SECRET": "planted-secret-of-the-amocrm-integration",
    "TELEGRAM_BOT_TOKEN": "1234567890:planted-token-of-the-telegram-bot-x",
    "SMTP_URL": "smtp://planted:planted-password-of-the-mail-server@127.0.0.1:9",
    "REDIS_URL": "redis://:planted-password-of-redis@127.0.0.1:9/0",
    "AMOCRM_WEBHOOK_SECRET_BEFORE": "planted-amocrm-secret-before-this",
}
OLD, NEW = "one:" + "A" * 43 + "=", "new:" + "B" * 43 + "="


@pytest.fixture(scope="module")
def web(shared_database: DatabaseUrls, shared_web: Database, tmp_path_factory: pytest.TempPathFactory
        ) -> Iterator[Served]:
    with shared_web.transaction(ADMIN) as connection:
        create_user(connection, email="planted.person@example.com", password_hash=Passwords.cheap().hash(PASSWORD),
                    role=Role.ADMIN)
    with served(shared_database, tmp_path_factory.mktemp("secrets"), servers=1, LOG_LEVEL="DEBUG",
                **OF_OTHERS) as running:
        yield running


def dump_of(urls: DatabaseUrls) -> str:
    """Every row of every table as a superuser copies them out; bytes are written in hex, as a backup does."""
    with psycopg.connect(urls.admin_url) as connection:
        tables = connection.execute("SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r'"
                                    " AND relnamespace = 'public'::regnamespace").fetchall()
        parts = []
        for (table,) in tables:
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                parts += [bytes(part).decode() for part in copy]
    return "".join(parts)


def test_planted_secrets_are_in_no_dump_no_log_and_no_answer(
    web: Served, shared_database: DatabaseUrls, shared_web: Database, shared_jobs: Database
) -> None:
    address, cipher = web.addresses[0], Cipher.from_ring(OLD)
    with shared_jobs.transaction() as connection:
        for number in range(5):
            user = make_user(connection)
            make_connection(connection, user, cipher.encrypt(TOKEN_PURPOSE, user.id, f"{MARKER}{number}"))
    browser = browser_of(address, "planted.person@example.com")
    tokens = tokens_of(address, "planted.person@example.com")
    user_id = browser.get(address + "/api/auth/me").json()["id"]
    with shared_web.transaction(AUTH) as connection:
        secret = begin_enrolment(connection, cipher, user_id, "planted.person@example.com").secret
    link = browser.post(f"{address}/api/traffic-admin/users/{user_id}/link").json()["link"].rpartition("/")[2]
    requests.post(address + "/forgot", data={"email": "planted.person@example.com"})
    planted = {
        "password": PASSWORD, "wrong password": "planted-wrong-password", "cookie": browser.cookies["td_session"],
        "device": browser.cookies["td_device"], "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"], "link": link, "second factor": secret, "facebook": MARKER,
        "amocrm": AMOCRM_SECRET, "landing": LANDING_SECRET, "secret key": "s" * 40, "signing key": "j" * 40,
        "encryption key": "A" * 43, "redis": "planted-password-of-redis", "mail": "planted-password-of-the-mail-server",
        **{name: value for name, value in OF_OTHERS.items() if name.endswith(("SECRET", "TOKEN", "BEFORE"))},
        "metrics": METRICS_TOKEN, "database": shared_database.web_url.partition("traffic_web:")[2].partition("@")[0],
        "code": "planted-code-of-somebody", "phone": "+77011234567",
    }
    assert len(planted) > 20
    said = []
    before = OF_OTHERS["AMOCRM_WEBHOOK_SECRET_BEFORE"]
    for path in (f"/reset/{link}", f"/webhooks/amocrm/{AMOCRM_SECRET}", f"/webhooks/landing/{LANDING_SECRET}/x",
                 f"/webhooks/amocrm/{AMOCRM_SECRET}x", f"/api/auth/me?access_token={tokens['access_token']}",
                 f"/webhooks/amocrm/{before}", "/api/traffic-admin/amocrm/structure",
                 "/api/traffic-admin/facebook/status", f"/metrics?token={METRICS_TOKEN}",
                 f"/nothing?password={PASSWORD}&code=planted-code-of-somebody&phone=%2B77011234567"):
        for method in ("GET", "POST", "PUT"):
            answer = requests.request(method, address + path, data=b"\xff{", timeout=20, allow_redirects=False,
                                      headers={"Authorization": f"Bearer {tokens['access_token']}",
                                               "Cookie": f"td_session={browser.cookies['td_session']}"})
            said.append(answer.text)
    requests.post(address + "/login", data={"email": "planted.person@example.com",
                                            "password": "planted-wrong-password"})
    requests.post(address + "/api/auth/login", json={"email": "planted.person@example.com", "password": PASSWORD,
                                                     "code": "planted-code-of-somebody"})
    requests.post(address + "/api/auth/refresh", json={"refresh_token": tokens["refresh_token"] + "x"})
    log, dump, answers = web.written(), dump_of(shared_database), "".join(said)
    assert "planted.person@example.com" in dump, "the dump is whole"
    assert {name for name, value in planted.items() if value in log} == set()
    assert {name for name, value in planted.items() if value in dump or value.encode().hex() in dump} == set()
    assert "planted.person@example.com" not in log
    assert {name for name, value in planted.items() if value in answers} <= {"link"}
    assert pyotp.TOTP(secret).now() not in log


def test_keys_rotate_while_people_sign_in(shared_database: DatabaseUrls, shared_jobs: Database, web: Served) -> None:
    """The second key in front, rotate, then the first may go: nothing is lost, nothing moved is readable."""
    old = Cipher.from_ring(OLD)
    with shared_jobs.transaction() as connection:
        users = [make_user(connection) for _ in range(20)]
        for user in users:
            make_connection(connection, user, old.encrypt(TOKEN_PURPOSE, user.id, f"token {user.id}"))
    server = Flask("keys")
    cli.add_commands(server, make_settings(database_url=shared_database.web_url, encryption_keys=f"{NEW},{OLD}",
                                           database_jobs_url=shared_database.jobs_url))
    result: click.testing.Result = server.test_cli_runner().invoke(args=["keys", "rotate"])
    assert result.exit_code == 0, result.output
    newest = Cipher.from_ring(NEW)
    with shared_jobs.transaction() as connection:
        tokens, factors = load_tokens(connection), load_factor_secrets(connection)
        assert {newest.decrypt(TOKEN_PURPOSE, owner, sealed) for _, owner, sealed in tokens} >= {
            f"token {user.id}" for user in users}
        assert all(newest.decrypt(PURPOSE, owner, sealed) for _, owner, sealed in factors)
    (_, first, sealed), (_, second, _) = tokens[:2]
    for owner, purpose in ((second, TOKEN_PURPOSE), (first, PURPOSE)):
        with pytest.raises(DecryptionError):
            newest.decrypt(purpose, owner, sealed)


@pytest.fixture
def mighty_url(pg_server: EmbeddedServer, shared_database: DatabaseUrls) -> Iterator[str]:
    """A login that steps around row level security."""
    name = f"mighty_{uuid4().hex[:8]}"  # roles belong to the server, which all workers of a run share
    with psycopg.connect(shared_database.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS PASSWORD 'hunter2hunter2'").format(
            sql.Identifier(name)))
        connection.execute(sql.SQL("GRANT traffic_app TO {}").format(sql.Identifier(name)))
    before, _, after = shared_database.web_url.partition("traffic_web:")
    yield f"{before}{name}:hunter2hunter2@{after.partition('@')[2]}"
    with psycopg.connect(shared_database.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


WEAK = {
    "SECRET_KEY": "hunter2", "JWT_KEYS": "one:hunter2", "ENCRYPTION_KEYS": "one:hunter2", "CORS_ORIGINS": "*",
    "FLASK_DEBUG": "1", "AMOCRM_WEBHOOK_SECRET": "changeme-hunter2-changeme-hunter2", "DATABASE_URL": "mighty",
    "PUBLIC_URL": "hunter2", "LANDING_WEBHOOK_SECRET": None,
}


# Each environment in turn, in one process: importing the product takes longer than refusing it.
TRY = """
import json, os, sys
import app
for name, environment in json.load(sys.stdin).items():
    os.environ.clear()
    os.environ.update(environment)
    try:
        app.create_server()
        print(json.dumps([name, "", "started"]))
    except Exception as error:
        print(json.dumps([name, type(error).__name__, str(error)]))
"""


def weak_environment(urls: DatabaseUrls, name: str, mighty_url: str) -> dict[str, str]:
    environment = environment_of(urls, 1)
    environment.pop(name, None)
    if WEAK[name] is not None:
        environment[name] = mighty_url if WEAK[name] == "mighty" else WEAK[name]
    return environment


def test_a_weak_configuration_does_not_start(shared_database: DatabaseUrls, mighty_url: str) -> None:
    weak = {name: weak_environment(shared_database, name, mighty_url) for name in WEAK}
    tried = subprocess.run([sys.executable, "-c", TRY], cwd=ROOT, input=json.dumps(weak), env=environment_of(
        shared_database, 1), capture_output=True, text=True, timeout=120)
    told = {name: (kind, message) for name, kind, message in map(json.loads, tried.stdout.splitlines())}
    assert set(told) == set(WEAK), tried.stderr[-2000:]
    for name, (kind, message) in told.items():
        assert kind == "SettingsError", (name, message)
        assert f"{name}: " in message
        assert "hunter2" not in message


def test_a_server_with_a_weak_configuration_ends(shared_database: DatabaseUrls, mighty_url: str) -> None:
    result = subprocess.run([sys.executable, "-m", "gunicorn", "app:create_server()"], cwd=ROOT, capture_output=True,
                            text=True, env=weak_environment(shared_database, "SECRET_KEY", mighty_url), timeout=60)
    assert result.returncode != 0
    assert "SECRET_KEY: " in result.stderr and "hunter2" not in result.stderr
