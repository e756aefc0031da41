"""What is measured: each function answers figures in the unit its name says."""

import random
import statistics
import time
from urllib.parse import urlencode

import requests

from core.business_time import BusinessCalendar, now
from core.filters import Filters
from core.records import Role, Scope
from core.settings import Settings
from data.engine import Database, Viewer
from data.reports.dashboard import load_dashboard
from demo.amocrm_bodies import ACCOUNT_ID
from demo.stories import PIPELINES, WON

ADMIN = "admin@demo.local"
QUERIES = ("", "preset=last_7_days", "preset=all", "preset=all&interval=week", "preset=all&currency=USD",
           "preset=this_month&team=sunkar", "preset=last_month&basis=lead", "preset=all&team=none")
TIMEOUT = 10


def webhook_milliseconds(base: str, settings: Settings, count: int = 400) -> list[float]:
    """Times of single posts of different landing forms over one connection, in milliseconds, sorted."""
    times = []
    with requests.Session() as session:
        for number in range(count):
            form = {"Name": "Bench", "Phone": f"+7701{number:07}", "tranid": f"1:{random.getrandbits(48)}",
                    "utm_source": "fb_sunkar", "formid": "form1"}
            started = time.perf_counter()
            answer = session.post(f"{base}/webhooks/landing/{settings.landing_webhook_secret}/bench", data=form,
                                  timeout=TIMEOUT)
            times.append((time.perf_counter() - started) * 1000)
            answer.raise_for_status()
    return sorted(times)


def report_costs(settings: Settings, rounds: int = 5) -> tuple[list[float], int]:
    """Milliseconds of one change of filters on the server, sorted, and the most SQL statements one took."""
    database = Database.for_web(settings)
    calendar = BusinessCalendar(settings.business_timezone)
    scope = Scope("00000000-0000-0000-0000-000000000000", Role.ADMIN)
    times, most = [], 0
    for query in QUERIES * rounds:
        filters = Filters.from_query(query)
        with database.recorded_statements() as statements:
            started = time.perf_counter()
            with database.transaction(Viewer.of(scope), read_only=True) as connection:
                load_dashboard(connection, filters, scope, calendar, now())
            times.append((time.perf_counter() - started) * 1000)
        most = max(most, len(statements))
    database.dispose()
    return sorted(times[len(QUERIES):]), most


def sale_visible_seconds(base: str, settings: Settings, patience: float = 60) -> float:
    """Seconds from the webhook of a won deal to its sale in the totals of today. Infinite when it never comes."""
    token = requests.post(f"{base}/api/auth/login", json={"email": ADMIN, "password": settings.demo_password},
                          timeout=TIMEOUT).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    def sales() -> int:
        answer = requests.get(f"{base}/api/analytics/overview?preset=today", headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        return int(answer.json()["totals"]["sales"])

    before = sales()
    moment = int(time.time())
    deal = {"id": 900_000_000 + random.getrandbits(24), "name": "Bench", "status_id": WON, "price": 5000,
            "pipeline_id": PIPELINES["express"].id, "date_create": moment, "last_modified": moment}
    body = urlencode({**{f"leads[status][0][{name}]": value for name, value in deal.items()},
                      "account[id]": ACCOUNT_ID, "account[subdomain]": "demoacademy"})
    started = time.monotonic()
    requests.post(f"{base}/webhooks/amocrm/{settings.amocrm_webhook_secret}", data=body, timeout=TIMEOUT,
                  headers={"Content-Type": "application/x-www-form-urlencoded"}).raise_for_status()
    while time.monotonic() - started < patience:
        if sales() > before:
            return time.monotonic() - started
        time.sleep(0.25)
    return float("inf")


def median(times: list[float]) -> float:
    """The middle one."""
    return statistics.median(times)


def slowest_twentieth(times: list[float]) -> float:
    """The 95th percentile of sorted times."""
    return times[int(len(times) * 0.95)]
