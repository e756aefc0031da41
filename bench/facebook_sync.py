"""How long a sync of many ad accounts takes, measured against the time the stand-in needs to serve the same requests.

The stand-in answers from a process of its own, as Facebook would; the floor asks it the same questions again with a
bare client that reads the answers and does nothing with them. Both run on the same machine by turns, twice, and the
faster run of each counts: what disturbs one of them for a moment is no property of it.
"""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import requests
from sqlalchemy import text

from auth.encryption import Cipher, make_key
from core.business_time import BusinessCalendar
from core.records import AdAccount, AdCampaign, AdDay, DateRange, Role
from data.ads import link_accounts, select_accounts
from data.embedded import start_embedded
from data.engine import JOBS_LIMITS, JOBS_ROLE, Database
from data.facebook_connections import TOKEN_PURPOSE, NewConnection, save_connection
from data.migrate import upgrade
from data.people import NO_PASSWORD, create_user
from demo.facebook_graph import GraphStandIn
from demo.graph_data import GraphData
from integrations.facebook.connection import GraphConnection
from jobs.collector import collect_rarely
from jobs.context import JobContext
from jobs.sync_facebook import sync_facebook

ACCOUNTS, CAMPAIGNS, DAYS, FEW_ACCOUNTS = 50, 200, 30, 5
MOST_TIMES, MOST_MEGABYTES = 1.3, 24.0
_TOKEN, _APP_ID, _APP_SECRET = "EAABbenchToken", "1000000000000000", "bench-secret"  # nosec B105 - of the stand-in
_PATIENCE = 120.0
_TURNS = 2

Measured = tuple[str, float, float | None, str]


def measure(accounts: int = ACCOUNTS, campaigns: int = CAMPAIGNS, days: int = DAYS) -> list[Measured]:
    """The figures as (name, value, limit, unit). Raises: RuntimeError when not every row arrived."""
    collect_rarely()    # as every jobs process does
    with _serving(accounts, campaigns, days) as graph_url, _database() as database:
        context = _context(database, graph_url)
        window = DateRange(_today() - timedelta(days=days), _today() - timedelta(days=1))
        _connect(context, accounts, min(FEW_ACCOUNTS, accounts))
        sync_facebook(context, window)
        before = _most_memory()
        _connect(context, accounts, accounts)
        turns = [_sync_and_floor(context, window, accounts * campaigns * days) for _ in range(_TURNS)]
        grown = _most_memory() - before
        again = _seconds(lambda: sync_facebook(context, window))
    synced, served = (min(turn[place] for turn in turns) for place in (0, 1))
    asked = turns[0][2]
    size = f"{accounts} accounts × {campaigns} × {days}"
    return [(f"Facebook, {size}: first sync", synced, None, "s"),
            ("Facebook: the same again, nothing changed", again, None, "s"),
            (f"Facebook: serving {asked} requests (floor)", served, None, "s"),
            ("Facebook: first sync to floor", synced / served, MOST_TIMES, "times"),
            (f"Facebook: memory of {accounts} beside {FEW_ACCOUNTS} accounts", grown, MOST_MEGABYTES, "MB more")]


def _sync_and_floor(context: JobContext, window: DateRange, expected: int) -> tuple[float, float, int]:
    """Seconds of a first sync, seconds of serving what it asked, and how many requests that were."""
    _empty(context)
    asked: list[tuple[str, str, dict[str, Any]]] = []
    with patch.object(GraphConnection, "_send", _recording(asked)):
        synced = _seconds(lambda: sync_facebook(context, window))
    stored = _count(context)
    if stored != expected:
        raise RuntimeError(f"{stored} of {expected} days arrived")
    return synced, _seconds(lambda: _ask(asked)), len(asked)


def make_graph(accounts: int, campaigns: int, days: int) -> GraphData:
    """A world in which every campaign delivers every day."""
    made = tuple(AdAccount(f"9{number:014}", f"Account {number}", "USD", "Asia/Almaty", 1)
                 for number in range(accounts))
    named = tuple(AdCampaign(f"1202{number:05}{place:05}", account.id, f"campaign {number} {place}", "OUTCOME_LEADS",
                             "ACTIVE", "ACTIVE") for number, account in enumerate(made) for place in range(campaigns))
    first = _today() - timedelta(days=days)
    rows = tuple(AdDay(one.account_id, "campaign", one.id, one.name, first + timedelta(days=day),
                       Decimal(place % 9000 + day + 1) / 100, "USD", 1000 + day, 20 + day, 900, 15,
                       ({"action_type": "lead", "value": "3"}, {"action_type": "link_click", "value": "15"}))
                 for place, one in enumerate(named) for day in range(days))
    return GraphData(made, named, rows, {_TOKEN: tuple(account.id for account in made)})


def _today() -> date:
    return BusinessCalendar("Asia/Almaty").today(datetime.now(UTC))


@contextmanager
def _serving(accounts: int, campaigns: int, days: int) -> Iterator[str]:
    """The stand-in in a process of its own: its address."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(theirs, accounts, campaigns, days), daemon=True)
    process.start()
    try:
        if not ours.poll(_PATIENCE):
            raise RuntimeError("the stand-in did not start")
        yield str(ours.recv())
    finally:
        process.terminate()
        process.join(10)


def _serve(pipe: Pipe, accounts: int, campaigns: int, days: int) -> None:
    stand_in = GraphStandIn(make_graph(accounts, campaigns, days), _APP_ID, _APP_SECRET)
    stand_in.start()
    pipe.send(stand_in.url)
    while True:
        time.sleep(60)


@contextmanager
def _database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="td-bench-facebook-") as folder:
        Path(folder).chmod(0o755)  # the server of root is another user
        server = start_embedded(Path(folder) / "var")
        upgrade(server.owner_url)
        database = Database(server.jobs_url, JOBS_ROLE, JOBS_LIMITS)
        try:
            yield database
        finally:
            database.dispose()
            server.stop()


def _context(database: Database, graph_url: str) -> JobContext:
    settings: Any = SimpleNamespace(
        facebook_graph_url=graph_url, facebook_api_version="v26.0", facebook_app_id=_APP_ID,
        facebook_app_secret=_APP_SECRET, default_locale="en", public_url="https://traffic.example.com")
    return JobContext(settings, database, Cipher.from_ring(f"k1:{make_key()}"), BusinessCalendar("Asia/Almaty"))


def _connect(context: JobContext, accounts: int, selected: int) -> None:
    """Let somebody reach all accounts and want so many of them."""
    made = make_graph(accounts, 0, 0).accounts
    with context.database.transaction() as connection:
        owner = connection.execute(text("SELECT id::text FROM traffic_users")).scalar_one_or_none()
        if owner is None:
            owner = create_user(connection, email="bench@example.com", role=Role.ADMIN,
                                password_hash=NO_PASSWORD).id
            sealed = context.cipher.encrypt(TOKEN_PURPOSE, owner, _TOKEN)
            connected = save_connection(connection, owner, NewConnection("1", sealed, "system_user", "Bench", ()))
            link_accounts(connection, connected, owner, made)
        select_accounts(connection, owner, [account.id for account in made[:selected]])


def _empty(context: JobContext) -> None:
    with context.database.transaction() as connection:
        connection.execute(text("DELETE FROM ad_statistics"))


def _count(context: JobContext) -> int:
    with context.database.transaction() as connection:
        return int(connection.execute(text("SELECT count(*) FROM ad_statistics")).scalar_one())


def _recording(asked: list[tuple[str, str, dict[str, Any]]]) -> Callable[..., Any]:
    send = GraphConnection._send

    def recorded(self: GraphConnection, method: str, address: str, params: dict[str, Any], *rest: Any) -> Any:
        proof = {"appsecret_proof": self._session.requests.params["appsecret_proof"]}
        asked.append((method, address, {**proof, **params}))
        return send(self, method, address, params, *rest)

    return recorded


def _ask(asked: list[tuple[str, str, dict[str, Any]]]) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {_TOKEN}"
        for method, address, params in asked:
            answer = session.request(method, address, params=params, timeout=60)
            answer.raise_for_status()
            _ = answer.content


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _most_memory() -> float:
    """The most memory this process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
