"""Sends the demo world's requests to a running intake, over a few connections that stay open.

Invariant: a delivery counts only when it was answered 200; 503 and broken connections are tried again, anything else
stops the load. Requests start in the order of their time.
"""

import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TextIO
from urllib.parse import urlsplit

from demo.deliveries import Delivery
from demo.world import World

CONNECTIONS = 4
_ATTEMPTS = 8
_FIRST_WAIT_SECONDS = 0.2
_TIMEOUT_SECONDS = 30.0
_USER_AGENTS = {"amocrm": "amoCRM-Webhooks/3.0", "landing": "Demo-Landing/1.0"}

Progress = Callable[[int, int], None]


class LoadError(RuntimeError):
    """The intake refused a delivery, or could not be reached for long."""


@dataclass(frozen=True)
class IntakeSecrets:
    """The secret parts of the two webhook addresses."""

    amocrm: str
    landing: str


@dataclass
class LoadCounts:
    """How many deliveries were answered, by path, how many attempts were repeated, and how long it took."""

    answered: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    seconds: float = 0.0


def post_bodies(
    base_url: str, secrets: IntakeSecrets, world: World, progress: Progress | None = None,
    connections: int = CONNECTIONS,
) -> LoadCounts:
    """Posts every delivery of a world and returns the counts. Raises ``LoadError``."""
    return _Load(base_url, secrets, world.deliveries, progress).run(connections)


class _Load:
    """One load: threads take the next delivery from a shared place."""

    def __init__(
        self, base_url: str, secrets: IntakeSecrets, deliveries: Sequence[Delivery], progress: Progress | None
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LoadError(f"not an address of a web server: {base_url!r}")
        self._connection_kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._secrets = secrets
        self._deliveries = deliveries
        self._progress = progress
        self._next = 0
        self._lock = threading.Lock()
        self._counts = LoadCounts()
        self._is_over = False

    def run(self, connections: int) -> LoadCounts:
        started = time.monotonic()
        with ThreadPoolExecutor(connections, thread_name_prefix="load") as pool:
            try:
                for work in [pool.submit(self._work) for _ in range(connections)]:
                    work.result()
            finally:
                self._is_over = True
        self._counts.seconds = time.monotonic() - started
        return self._counts

    def _work(self) -> None:
        """Takes deliveries until none is left or one failed, here or in another thread."""
        connection = self._connection_kind(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        try:
            while (delivery := self._take()) is not None:
                self._send(connection, delivery)
                self._done(delivery)
        finally:
            self._is_over = True
            connection.close()

    def _take(self) -> Delivery | None:
        with self._lock:
            if self._is_over or self._next >= len(self._deliveries):
                return None
            self._next += 1
            return self._deliveries[self._next - 1]

    def _done(self, delivery: Delivery) -> None:
        with self._lock:
            self._counts.answered[delivery.path] += 1
            done = sum(self._counts.answered.values())
            if self._progress is not None:
                self._progress(done, len(self._deliveries))

    def _send(self, connection: http.client.HTTPConnection, delivery: Delivery) -> None:
        wait = _FIRST_WAIT_SECONDS
        said = "no answer"
        for attempt in range(_ATTEMPTS):
            if attempt:
                with self._lock:
                    self._counts.repeated += 1
                time.sleep(wait)
                wait *= 2
            try:
                status = self._post(connection, delivery)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                said = type(error).__name__
                continue
            if status == 200:
                return
            said = f"status {status}"
            if status != 503:
                break
        raise LoadError(f"the intake of {delivery.path} at {self._host} did not take a delivery: {said}")

    def _post(self, connection: http.client.HTTPConnection, delivery: Delivery) -> int:
        headers = {"Content-Type": delivery.content_type, "User-Agent": _USER_AGENTS[delivery.path]}
        connection.request("POST", self._path(delivery), delivery.body, headers)
        response = connection.getresponse()
        response.read()
        return response.status

    def _path(self, delivery: Delivery) -> str:
        if delivery.path == "amocrm":
            return f"{self._prefix}/webhooks/amocrm/{self._secrets.amocrm}"
        source = f"/{delivery.source}" if delivery.source else ""
        return f"{self._prefix}/webhooks/landing/{self._secrets.landing}{source}"


class ProgressBar:
    """A line on a terminal that grows; elsewhere one line per tenth, so that a log stays short."""

    WIDTH = 32

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self._title = title
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._shown = -1
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Shows ``done`` of ``total``."""
        step = done * (100 if self._is_terminal else 10) // total if total else 0
        if step == self._shown:
            return
        self._shown = step
        percent = done * 100 // total if total else 100
        rate = done / max(time.monotonic() - self._started, 0.001)
        text = f"{self._title} {percent:3d} %  {done}/{total}  {rate:.0f}/s"
        if self._is_terminal:
            filled = percent * self.WIDTH // 100
            bar = "█" * filled + "░" * (self.WIDTH - filled)
            self._stream.write(f"\r{bar} {text}" + ("\n" if done >= total else ""))
        else:
            self._stream.write(text + "\n")
        self._stream.flush()
