"""The product as it is served: several web processes of gunicorn on one database, and people who talk to them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from data.embedded import DatabaseUrls
from tests.application import AMOCRM_SECRET, LANDING_SECRET, METRICS_TOKEN

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Served:
    """Servers on one database, each a process of its own; ``log`` holds what they all wrote."""

    addresses: tuple[str, ...]
    log: Path

    def everywhere(self, method: str, path: str, **options: object) -> list[int]:
        """The status each process answers the same request with."""
        return [requests.request(method, address + path, timeout=20, allow_redirects=False, **options).status_code
                for address in self.addresses]

    def written(self) -> str:
        """Everything the processes logged so far."""
        return self.log.read_text("utf-8", errors="replace")


def environment_of(urls: DatabaseUrls, port: int, **changes: str) -> dict[str, str]:
    """The environment of a product that is reached at this port."""
    return {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": urls.web_url, "DATABASE_JOBS_URL": urls.jobs_url, "DATABASE_OWNER_URL": urls.owner_url,
        "SECRET_KEY": "s" * 40, "JWT_KEYS": "one:" + "j" * 40, "ENCRYPTION_KEYS": "one:" + "A" * 43 + "=",
        "PUBLIC_URL": "http://127.0.0.1:8050", "METRICS_TOKEN": METRICS_TOKEN, "AMOCRM_WEBHOOK_SECRET": AMOCRM_SECRET,
        "LANDING_WEBHOOK_SECRET": LANDING_SECRET, "PORT": str(port), "API_RATE_FACTOR": "1000", **changes,
    }


@contextmanager
def served(urls: DatabaseUrls, folder: Path, *, servers: int = 2, workers: int = 1, **changes: str) -> Iterator[Served]:
    """Start servers as the README says and wait until they answer; they end with the block."""
    log, children, addresses = folder / "served.log", [], []
    with log.open("ab") as output:
        try:
            for _ in range(servers):
                port = free_port()
                environment = environment_of(urls, port, WEB_CONCURRENCY=str(workers), **changes)
                children.append(subprocess.Popen([sys.executable, "-m", "gunicorn", "app:create_server()"], cwd=ROOT,
                                                 env=environment, stdout=output, stderr=output,
                                                 start_new_session=True))
                addresses.append(f"http://127.0.0.1:{port}")
            for address, child in zip(addresses, children, strict=True):
                _wait(address, child, log)
            yield Served(tuple(addresses), log)
        finally:
            for child in children:  # nothing is left to be answered: no grace, their workers included
                os.killpg(child.pid, signal.SIGKILL)
            for child in children:
                child.wait(20)


def _wait(address: str, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if child.poll() is not None:
            break
        try:
            if requests.get(address + "/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8", errors="replace")[-3000:])


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def browser_of(address: str, email: str, password: str = PASSWORD) -> requests.Session:
    """A browser signed in by the form."""
    session = requests.Session()
    answer = session.post(address + "/login", data={"email": email, "password": password}, allow_redirects=False,
                          timeout=20)
    assert answer.status_code == 303, answer.text[-500:]
    return session


def tokens_of(address: str, email: str, password: str = PASSWORD) -> Mapping[str, str]:
    """A pair of tokens of a program that signed in."""
    answer = requests.post(address + "/api/auth/login", json={"email": email, "password": password}, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def hidden_field(page: str, name: str) -> str:
    """The value of a hidden field of a form."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]
