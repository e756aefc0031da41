"""Starts the whole product on this machine and watches over it until Ctrl-C.

Without ``DATABASE_URL`` it is the demo: an embedded PostgreSQL under ``var/``, an invented company that arrives through
the real intake, and printed sign-ins. With ``DATABASE_URL`` it is the product on that database.
"""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy.exc import DBAPIError

from core.settings import (
    DEMO_HOST,
    SERVICES_FILE,
    Settings,
    SettingsError,
    StartSettings,
    load_settings,
    load_start_settings,
    read_env_file,
    write_env_file,
)
from data import installation
from data.embedded import EmbeddedServer, EmbeddedServerError, start_embedded
from data.engine import JOBS_LIMITS, Database, DatabaseAway, create_database_engine, is_away
from data.installation import ForeignDatabase
from data.migrate import MigrationError, upgrade
from demo.crm_data import DEMO_TOKEN
from demo.national_bank import PATH as RATES_PATH
from demo.teams import USERS
from demo.telegram_bot import DEMO_TOKEN as BOT_TOKEN
from scripts.bootstrap import ROOT
from scripts.console import Trouble, ending_well, say
from scripts.demo_password import apply_password
from scripts.supervisor import Child, Supervisor

READY_PATIENCE = 90.0
DEFAULT_PROCESSES = "2"
DEMO_SENDER = "Traffic Dashboard <no-reply@demo.local>"
MAIL_PAGE = "MAIL_PAGE_URL"   # no setting: only the greeting names it
EXPECTED = (SettingsError, MigrationError, EmbeddedServerError, ForeignDatabase, DatabaseAway)


def main() -> int:
    """Run until stopped. Answers the exit code; raises Trouble with a sentence for the person."""
    os.chdir(ROOT)
    started = monotonic()
    supervisor = Supervisor()
    supervisor.obey_signals()
    server: EmbeddedServer | None = None
    start = _load_start_settings()
    var_dir = start.var_dir.expanduser().resolve()
    os.environ["VAR_DIR"] = str(var_dir)
    with _only_one(var_dir):
        try:
            if start.database_url is None and start.demo is not False:
                os.environ["DEMO"] = "1"
                server = _start_database(var_dir)
            if os.environ.get("DEMO") or start.demo:
                _publish(var_dir, server)
            settings = load_settings()
            _check_port(settings)
            _migrate(settings, ours=server is not None)
            _start(supervisor, settings)
            if settings.demo:
                _load_demo(supervisor, settings)
            _greet(settings, monotonic() - started)
            supervisor.watch()
        except EXPECTED as error:
            raise Trouble(str(error)) from error
        except KeyboardInterrupt:
            say("Stopping …")
        finally:
            supervisor.stop()
            if server is not None:
                server.stop()
    say("Stopped; the data stays.")
    return 0


def _load_start_settings() -> StartSettings:
    try:
        return load_start_settings()
    except SettingsError as error:
        raise Trouble(str(error)) from error


@contextmanager
def _only_one(var_dir: Path) -> Iterator[None]:
    """Hold ``var_dir`` for this process. Raises: Trouble when it cannot be written or another one holds it."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        lock = (var_dir / "run.lock").open("a")
    except OSError as error:
        raise Trouble(f"The folder {var_dir} cannot be written ({error.strerror}). Name another one: "
                      "VAR_DIR=/path make run") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(f"The product already runs with the data in {var_dir}. Stop it first, or start a second one "
                          "beside it: VAR_DIR=/path PORT=8051 make run") from error
        yield


def _check_port(settings: Settings) -> None:
    """Raises: Trouble when the web server could not listen."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Trouble(f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). Name another "
                          f"one: PORT={settings.port + 1} make run") from error


def _start_database(var_dir: Path) -> EmbeddedServer:
    say("Starting the embedded PostgreSQL …")
    return start_embedded(var_dir)


def _publish(var_dir: Path, server: EmbeddedServer | None) -> None:
    """Tell every process of this demo, management commands included, where its services are; what is set wins."""
    graph = f"http://{DEMO_HOST}:{_free_port()}"
    addresses = {"FACEBOOK_GRAPH_URL": graph, "FACEBOOK_DIALOG_URL": graph,
                 "RATES_URL": f"http://{DEMO_HOST}:{_free_port()}{RATES_PATH}",
                 "AMOCRM_ACCOUNT_URL": f"http://{DEMO_HOST}:{_free_port()}", "AMOCRM_ACCESS_TOKEN": DEMO_TOKEN}
    mail, page = _free_port(), _free_port()
    addresses |= {"SMTP_URL": f"smtp://{DEMO_HOST}:{mail}", "MAIL_FROM": DEMO_SENDER,
                  MAIL_PAGE: f"http://{DEMO_HOST}:{page}"}
    if not os.environ.get("TELEGRAM_BOT_TOKEN"):  # a bot of somebody's own is known to Telegram itself only
        bot = f"http://{DEMO_HOST}:{_free_port()}"
        addresses |= {"TELEGRAM_API_URL": bot, "TELEGRAM_LINK_URL": bot, "TELEGRAM_BOT_TOKEN": BOT_TOKEN}
    if server is not None:
        addresses |= {"DATABASE_URL": server.web_url, "DATABASE_JOBS_URL": server.jobs_url,
                      "DATABASE_OWNER_URL": server.owner_url}
    write_env_file(var_dir / SERVICES_FILE, addresses)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((DEMO_HOST, 0))
        return int(probe.getsockname()[1])


def _migrate(settings: Settings, ours: bool) -> None:
    """Bring the database to the newest revision; the demo first makes sure that the database is its own."""
    with _jobs_database(settings) as jobs:
        if not ours and _is_migrated(settings) and settings.demo:
            with jobs.transaction(read_only=True) as connection:
                installation.check_demo(connection)
        say("Bringing the database up to date …")
        upgrade(settings.database_owner_url)
        if settings.demo:
            with jobs.transaction() as connection:
                installation.save_fact(connection, installation.CREATED_BY, installation.DEMO)


def _is_migrated(settings: Settings) -> bool:
    engine = create_database_engine(settings.database_owner_url, JOBS_LIMITS)
    try:
        with engine.connect() as connection:
            return installation.is_migrated(connection)
    except DBAPIError as error:
        if is_away(error):
            raise DatabaseAway("The database of DATABASE_OWNER_URL does not answer.") from error
        raise
    finally:
        engine.dispose()


@contextmanager
def _jobs_database(settings: Settings) -> Iterator[Database]:
    database = Database.for_jobs(settings)
    try:
        yield database
    finally:
        database.dispose()


def _start(supervisor: Supervisor, settings: Settings) -> None:
    """Start web and jobs, and wait until the web answers. Raises: Trouble with the end of the log."""
    def add(name: str, *arguments: str) -> Child:
        return supervisor.add(Child(name, [sys.executable, "-m", *arguments], settings.var_dir / "log" / f"{name}.log",
                                    _child_environment(settings)))

    say("Starting web and jobs …")
    web = add("web", "gunicorn", "app:create_server()")
    add("jobs", "jobs")
    ports = _stand_in_ports(settings) if settings.demo else {}
    if ports:
        add("stand-ins", "scripts.stand_ins", *(word for option, port in ports.items() for word in (option, str(port))))
    deadline = monotonic() + READY_PATIENCE
    # The amoCRM stand-in tells whole deals and takes longer; only the jobs ask it, and they ask again.
    needed = [port for option, port in ports.items() if option != "--amocrm-port"]
    while not (_answers(settings) and all(map(_listens, needed))):
        if not web.is_alive or monotonic() > deadline:
            raise Trouble(f"The web server did not start. The end of {web.log}:\n{web.last_words()}")
        sleep(0.2)


def _stand_in_ports(settings: Settings) -> dict[str, int]:
    """Ports for the stand-ins whose published address is in force; an address that somebody set leads elsewhere."""
    published = read_env_file(settings.var_dir / SERVICES_FILE)
    addresses = {"--graph-port": ("FACEBOOK_GRAPH_URL", settings.facebook_graph_url),
                 "--rates-port": ("RATES_URL", settings.rates_url),
                 "--amocrm-port": ("AMOCRM_ACCOUNT_URL", settings.amocrm_account_url or ""),
                 "--mail-port": ("SMTP_URL", settings.smtp_url or ""),
                 "--telegram-port": ("TELEGRAM_API_URL", settings.telegram_api_url)}
    ports = {option: urlsplit(address).port or 0 for option, (name, address) in addresses.items()
             if address == published.get(name)}
    if "--mail-port" in ports:
        ports["--mail-page-port"] = urlsplit(published[MAIL_PAGE]).port or 0
    return ports


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((DEMO_HOST, port)) == 0


def _child_environment(settings: Settings) -> dict[str, str]:
    """What every process of the product gets; it reads the rest of its settings as this process did."""
    environment = {"WEB_CONCURRENCY": DEFAULT_PROCESSES, **os.environ, "PYTHONUNBUFFERED": "1",
                   "VAR_DIR": str(settings.var_dir)}
    return {**environment, "DEMO": "1"} if settings.demo else environment


def _load_demo(supervisor: Supervisor, settings: Settings) -> None:
    """Send the invented company through the intake, unless an earlier start finished that. Raises: Trouble."""
    with _jobs_database(settings) as jobs:
        with jobs.transaction(read_only=True) as connection:
            is_loaded = installation.load_fact(connection, installation.DEMO_LOADED) is not None
        if not is_loaded:
            _run_to_end(supervisor, [sys.executable, "-m", "flask", "--app", "app", "demo", "load"],
                        _child_environment(settings))
            with jobs.transaction() as connection:
                installation.save_fact(connection, installation.DEMO_LOADED, datetime.now(UTC).isoformat())
        apply_password(jobs, settings.demo_password or "")


def _run_to_end(supervisor: Supervisor, command: list[str], environment: dict[str, str]) -> None:
    """Run a command that shows its own progress, the children alive meanwhile. Raises: Trouble when it fails."""
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        supervisor.watch(until=lambda: process.poll() is not None)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        raise Trouble("The demo company was not loaded completely; the next start goes on with it.")


def _greet(settings: Settings, seconds: float) -> None:
    """Say where the product is and, in demo mode, how to sign in."""
    say(f"\nReady after {seconds:.0f} s: {_local_address(settings)}")
    if settings.demo:
        say("Sign in as:")
        for user in USERS:
            say(f"  {user.email:<22} {user.role.value:<14} {user.team_slug or ''}")
        say(f"Password: {settings.demo_password}")
        published = read_env_file(settings.var_dir / SERVICES_FILE)
        if settings.smtp_url == published.get("SMTP_URL"):
            say(f"Mails it sends are read at {published[MAIL_PAGE]}")
        if settings.telegram_api_url == published.get("TELEGRAM_API_URL"):
            say(f"Telegram messages are read at {settings.telegram_api_url}")
    say(f"Logs: {settings.var_dir / 'log'}   Stop: Ctrl-C")


def _answers(settings: Settings) -> bool:
    try:
        with urlopen(f"{_local_address(settings)}/healthz", timeout=5) as answer:  # nosec B310 - http to ourselves
            return bool(answer.status == 200)
    except OSError:
        return False


def _local_address(settings: Settings) -> str:
    """An address of the web server that works on this machine, also when it listens on all interfaces."""
    host = {"0.0.0.0": DEMO_HOST, "::": "[::1]"}.get(settings.host, settings.host)  # nosec B104 - binds nothing
    return f"http://{host}:{settings.port}"


if __name__ == "__main__":
    ending_well(main)
