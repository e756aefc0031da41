"""The demo keeps to databases it created."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from auth.passwords import Passwords
from core.records import Role
from core.settings import Settings, demo_settings
from data import installation
from data.embedded import DatabaseUrls, EmbeddedServer
from data.engine import Database, DatabaseAway
from data.installation import ForeignDatabase
from data.people import create_user
from data.sign_ins import save_password_hash
from scripts import serve
from scripts.demo_password import apply_password
from tests.conftest import create_database, drop_database


@pytest.fixture
def empty_database(pg_server: EmbeddedServer) -> Iterator[DatabaseUrls]:
    name = f"empty_{uuid.uuid4().hex[:12]}"
    yield create_database(pg_server, name)
    drop_database(pg_server, name)


def settings_for(urls: DatabaseUrls, folder: Path) -> Settings:
    return demo_settings(folder, database_url=urls.web_url, database_jobs_url=urls.jobs_url,
                         database_owner_url=urls.owner_url)


def fact(settings: Settings, key: str) -> str | None:
    database = Database.for_jobs(settings)
    with database.transaction(read_only=True) as connection:
        value = installation.load_fact(connection, key)
    database.dispose()
    return value


def test_facts_are_kept_and_replaced(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        assert installation.load_fact(connection, "colour") is None
        installation.save_fact(connection, "colour", "green")
        installation.save_fact(connection, "colour", "blue")
        assert installation.load_fact(connection, "colour") == "blue"


def test_the_demo_takes_an_empty_database_and_knows_it_again(empty_database: DatabaseUrls, tmp_path: Path) -> None:
    settings = settings_for(empty_database, tmp_path)
    serve._migrate(settings, ours=False)
    assert fact(settings, installation.CREATED_BY) == installation.DEMO
    serve._migrate(settings, ours=False)


def test_the_demo_refuses_a_database_of_the_product(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    settings = settings_for(database_urls, tmp_path)
    with pytest.raises(ForeignDatabase, match="not created by the demo"):
        serve._migrate(settings, ours=False)
    assert fact(settings, installation.CREATED_BY) is None


def test_the_demo_refuses_a_database_with_tables_of_somebody_else(
    empty_database: DatabaseUrls, tmp_path: Path
) -> None:
    with psycopg.connect(empty_database.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs (id integer)")
    with pytest.raises(ForeignDatabase, match="another program"):
        serve._migrate(settings_for(empty_database, tmp_path), ours=False)
    with psycopg.connect(empty_database.owner_url, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert found == [("theirs",)]


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path, database_url="postgresql://nobody@127.0.0.1:1/x")
    with pytest.raises(DatabaseAway, match="does not answer"):
        serve._migrate(settings, ours=False)


def test_the_product_itself_leaves_no_mark_of_the_demo(empty_database: DatabaseUrls, tmp_path: Path) -> None:
    settings = settings_for(empty_database, tmp_path).model_copy(update={"demo": False})
    serve._migrate(settings, ours=False)
    assert fact(settings, installation.CREATED_BY) is None


def test_a_new_demo_password_counts_and_an_own_one_stays(db_jobs: Database) -> None:
    passwords = Passwords.cheap()

    def is_right(password: str) -> bool:
        with db_jobs.transaction(read_only=True) as connection:
            stored = connection.execute(text("SELECT password_hash FROM traffic_users")).scalar_one()
        return passwords.is_right(password, stored)

    with db_jobs.transaction() as connection:
        user = create_user(connection, email="admin@demo.local", password_hash=passwords.hash("first-password"),
                           role=Role.ADMIN, full_name="Admin", team_id=None)
    assert apply_password(db_jobs, "first-password", passwords)
    assert not apply_password(db_jobs, "first-password", passwords)
    with db_jobs.transaction() as connection:
        save_password_hash(connection, user.id, passwords.hash("own-password"))
    assert not apply_password(db_jobs, "first-password", passwords)
    assert is_right("own-password")
    assert apply_password(db_jobs, "second-password", passwords)
    assert is_right("second-password")
