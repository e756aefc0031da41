"""The floor under the figures: the least that a stored webhook and a read report can cost on the same machine and data.

Webhook: a Flask route that commits one INSERT and answers. Report: one statement that sums the same days. Both are
measured in the same run as the product, so that a ratio means the same on any machine.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import requests
from flask import Flask, Response, request
from sqlalchemy import text

from core.business_time import BusinessCalendar, now
from core.filters import Filters
from core.settings import Settings
from data.engine import WEB_LIMITS, Database, Viewer, create_database_engine

ROOT = Path(__file__).resolve().parents[1]
TABLE = "bench_floor"
URL_VARIABLE = "BENCH_DATABASE_URL"
PATIENCE = 60.0
TIMEOUT = 10


def create_server() -> Flask:
    """The route that keeps a body and does nothing else: ``gunicorn "bench.floor:create_server()"``."""
    engine = create_database_engine(os.environ[URL_VARIABLE], WEB_LIMITS)
    server = Flask(__name__)
    statement = text(f"INSERT INTO {TABLE} (body) VALUES (:body)")  # nosec B608 - our own constant

    @server.post("/")
    def keep() -> Response:
        with engine.begin() as connection:
            connection.execute(statement, {"body": request.get_data()})
        return Response("ok", mimetype="text/plain")

    return server


@contextmanager
def running_floor(settings: Settings) -> Iterator[str]:
    """Serve the floor as the product is served, on the product's database: its address."""
    with psycopg.connect(settings.database_owner_url) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (id bigserial PRIMARY KEY, body bytea)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8", "--workers", "2",
               "--keep-alive", "75", "--log-level", "warning", "--bind", f"127.0.0.1:{port}",
               "bench.floor:create_server()"]
    # Not in the root: there lies the product's own configuration of gunicorn.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), URL_VARIABLE: settings.database_owner_url}
    process = subprocess.Popen(command, cwd=ROOT / "bench", env=environment)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the floor did not start")


def floor_milliseconds(address: str, count: int = 400) -> list[float]:
    """Times of single posts to the floor over one connection, in milliseconds, sorted."""
    times = []
    with requests.Session() as session:
        for number in range(count):
            form = {"Name": "Bench", "Phone": f"+7701{number:07}", "tranid": f"1:{number}"}
            started = time.perf_counter()
            answer = session.post(address, data=form, timeout=TIMEOUT)
            times.append((time.perf_counter() - started) * 1000)
            answer.raise_for_status()
    return sorted(times)


_SUMS = text("""
    SELECT stat_date, team_id, sum(spend_kzt), sum(revenue_kzt), sum(leads), sum(registrations), sum(express_sales),
           sum(main_sales)
    FROM traffic_stats WHERE stat_date BETWEEN :first AND :last GROUP BY stat_date, team_id""")


def floor_report_milliseconds(settings: Settings, queries: tuple[str, ...], rounds: int = 5) -> list[float]:
    """Times of one bare statement over the days of each query, in milliseconds, sorted."""
    database = Database.for_web(settings)
    today = BusinessCalendar(settings.business_timezone).today(now())
    times = []
    for query in queries * rounds:
        period = Filters.from_query(query).period(today)
        started = time.perf_counter()
        with database.transaction(Viewer("admin"), read_only=True) as connection:
            connection.execute(_SUMS, {"first": period.first, "last": period.last}).all()
        times.append((time.perf_counter() - started) * 1000)
    database.dispose()
    return sorted(times[len(queries):])
