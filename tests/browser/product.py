"""A whole product for browser tests: its database with a small demo company, and a web server on a port of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from auth.encryption import Cipher, make_key
from auth.passwords import Passwords
from core.business_time import BusinessCalendar, now
from core.records import DateRange
from core.settings import Settings
from data.embedded import DatabaseUrls
from data.engine import JOBS_ROLE, Database
from demo.facebook_graph import GraphStandIn
from demo.feeds import graph_data_of
from demo.load import IntakeSecrets, post_bodies
from demo.world import World, make_world
from demo_loading import DemoLoading
from jobs.context import JobContext
from jobs.process_inbox import process_inbox
from jobs.recalculate_stats import recalculate_stats
from jobs.requested_runs import run_next
from jobs.sync_facebook import sync_facebook
from tests.conftest import opened

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a password of the tests"
AMOCRM_SECRET = "amocrm-secret-of-the-browser-tests"
LANDING_SECRET = "landing-secret-of-the-browser-tests"
DAYS = 100
LEADS = 1200
EXPRESS_PIPELINE = 10350882
WON = 142
_PATIENCE = 60.0


@dataclass
class Product:
    """What a browser test needs to know: where the product answers, what its world is, how its work is done."""

    url: str
    world: World
    context: JobContext

    def receive_sale(self, deal_id: int, price: int) -> None:
        """amoCRM tells of a won express deal; a worker takes it in."""
        prefix = "leads[status][0]"
        moment = int(time.time())
        body = urlencode(
            {
                "account[id]": self.world.seed_rows().amocrm_account_id,
                f"{prefix}[id]": deal_id,
                f"{prefix}[status_id]": WON,
                f"{prefix}[pipeline_id]": EXPRESS_PIPELINE,
                f"{prefix}[price]": price,
                f"{prefix}[last_modified]": moment,
                f"{prefix}[date_create]": moment,
            }
        )
        request = Request(f"{self.url}/webhooks/amocrm/{AMOCRM_SECRET}", data=body.encode(), method="POST")
        with urlopen(request, timeout=10) as answer:
            assert answer.status == 200
        self.work()

    def sign_in_by_api(self, name: str) -> str:
        """An access token of one of the company's people."""
        body = json.dumps({"email": f"{name}@demo.local", "password": PASSWORD}).encode()
        request = Request(f"{self.url}/api/auth/login", data=body, headers={"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            return str(json.load(answer)["access_token"])

    def asks_who_am_i(self, token: str) -> int:
        """The status of the answer to a program with this token."""
        request = Request(f"{self.url}/api/auth/me", headers={"Authorization": f"Bearer {token}"})
        try:
            with urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except HTTPError as refused:
            return refused.code

    def work(self) -> None:
        """Let a worker take in whatever waits and calculate the days it touched."""
        while process_inbox(self.context):
            pass
        recalculate_stats(self.context)

    def work_off_runs(self) -> int:
        """Let a worker do every run that was asked for, whoever asked; how many there were."""
        done = 0
        while run_next(self.context):
            done += 1
        return done


def make_product_settings(urls: DatabaseUrls, port: int, graph_url: str) -> dict[str, str]:
    """The environment of the web server."""
    return {
        "DATABASE_URL": urls.web_url,
        "DATABASE_JOBS_URL": urls.jobs_url,
        "DATABASE_OWNER_URL": urls.owner_url,
        "SECRET_KEY": "s" * 40,
        "JWT_KEYS": "one:" + "j" * 40,
        "ENCRYPTION_KEYS": f"one:{make_key()}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "AMOCRM_WEBHOOK_SECRET": AMOCRM_SECRET,
        "LANDING_WEBHOOK_SECRET": LANDING_SECRET,
        "FACEBOOK_GRAPH_URL": graph_url,
        "FACEBOOK_DIALOG_URL": graph_url,
        "FACEBOOK_APP_ID": "1000000000000000",
        "FACEBOOK_APP_SECRET": "a-secret-of-the-tests",
        "WEB_CONCURRENCY": "1",
    }


@contextmanager
def running_product(urls: DatabaseUrls, log: Path) -> Iterator[Product]:
    """The product with its company in place, until the block ends."""
    moment = now()
    calendar = BusinessCalendar()
    world = make_world(5, today=calendar.today(moment), now=moment, days=DAYS, leads=LEADS)
    stand_in = GraphStandIn(graph_data_of(world.setting), "1000000000000000", "a-secret-of-the-tests")
    stand_in.start()
    port = _free_port()
    environment = make_product_settings(urls, port, stand_in.url)
    settings = Settings(
        _env_file=None, **{name.lower(): value for name, value in environment.items() if name != "WEB_CONCURRENCY"}
    )
    try:
        with opened(urls.jobs_url, JOBS_ROLE) as database, _web_server(environment, port, log) as address:
            context = JobContext(settings, database, Cipher.from_ring(environment["ENCRYPTION_KEYS"]), calendar)
            product = Product(address, world, context)
            _fill(product, database)
            yield product
    finally:
        stand_in.server.stop()


def _fill(product: Product, database: Database) -> None:
    """The company arrives: seeds, advertising through the Graph client, everything else through the intake."""
    world, context = product.world, product.context
    with database.transaction() as connection:
        DemoLoading(context, Passwords.cheap()).seed(connection, world.seed_rows(), PASSWORD)
    sync_facebook(context, DateRange(world.first_day, world.today))
    post_bodies(product.url, IntakeSecrets(AMOCRM_SECRET, LANDING_SECRET), world)
    product.work()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _web_server(environment: dict[str, str], port: int, log: Path) -> Iterator[str]:
    """The web server as it is served in production, in a process of its own."""
    address = f"http://127.0.0.1:{port}"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "app:create_server()"],
            cwd=ROOT,
            env={**kept, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(server, address, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with urlopen(f"{address}/healthz", timeout=2):
                return
        except (URLError, OSError) as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the web server did not start:\n{log.read_text(errors='replace')}") from error
            time.sleep(0.1)
