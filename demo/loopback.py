"""A threaded HTTP server on loopback that the stand-ins answer through, with faults on demand.

Invariant: it listens on 127.0.0.1 only, and a fault is used up by exactly one request.
"""

import json
import os
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

ADMIN_PATH = "/__faults__"


@dataclass(frozen=True)
class Request:
    """One request: ``query`` merges the address with a form body; header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def bearer(self) -> str | None:
        """The token of the Authorization header."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


@dataclass(frozen=True)
class Answer:
    """What goes back; ``body`` that is not bytes is sent as JSON, ``None`` sends no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=UTF-8"

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


class Cut(StrEnum):
    """Faults of the line itself; the others are ready answers."""

    RESET = "reset"
    TIMEOUT = "timeout"


Fault = Answer | Cut


@dataclass
class _PlannedFault:
    path_part: str
    fault: Fault
    left: int


class Faults:
    """The faults waiting for requests, first planned first used; safe for threads."""

    def __init__(self) -> None:
        self._planned: list[_PlannedFault] = []
        self._lock = threading.Lock()

    def plan(self, path_part: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` requests whose path contains ``path_part`` meet the fault."""
        with self._lock:
            self._planned.append(_PlannedFault(path_part, fault, times))

    def take(self, path: str) -> Fault | None:
        """The fault this request has to meet, used up by it."""
        with self._lock:
            for planned in self._planned:
                if planned.left > 0 and planned.path_part in path:
                    planned.left -= 1
                    return planned.fault
        return None

    def clear(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self._planned.clear()


class LoopbackServer:
    """Answers requests by a function, in threads, until stopped. ``named_faults`` are those the admin hook accepts.

    ``POST /__faults__`` with ``{"path": part, "fault": name, "times": n}`` plans a fault, ``DELETE`` forgets all:
    the hook for tests that run the product as separate processes.
    """

    def __init__(self, answer: Callable[[Request], Answer], port: int = 0,
                 named_faults: Mapping[str, Fault] | None = None, timeout_seconds: float = 30.0) -> None:
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=10_000)
        self._answer = answer
        self._named_faults = dict(named_faults or {})
        self._stopping = threading.Event()
        self._timeout_seconds = timeout_seconds
        self._server = _ThreadingServer(("127.0.0.1", port), _Handler)
        self._server.owner = self
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its base address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "LoopbackServer":
        """Answer in the background from now on."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True,
                                        name=f"loopback-{self.port}")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "LoopbackServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def respond(self, request: Request) -> Fault:
        """The answer to a request, or the fault planned for it."""
        if request.path == ADMIN_PATH:
            return self._administer(request)
        self.requests.append(request)
        return self.faults.take(request.path) or self._answer(request)

    def wait_out(self) -> None:
        """Keep a request waiting as a dead line would."""
        self._stopping.wait(self._timeout_seconds)

    def _administer(self, request: Request) -> Answer:
        if request.method == "DELETE":
            self.faults.clear()
            return Answer(204)
        try:
            wish = json.loads(request.body)
            fault = self._named_faults[wish["fault"]]
            self.faults.plan(str(wish["path"]), fault, int(wish.get("times", 1)))
        except (ValueError, KeyError, TypeError):
            return Answer(400, {"faults": sorted(self._named_faults)})
        return Answer(201, {"planned": wish["fault"]})


class _ThreadingServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: LoopbackServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away (a test of its own timeout) is no event here; anything else is a fault of ours.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "loopback"
    # Answers are small: waiting to fill a packet costs 40 ms on each of them.
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        owner = cast(_ThreadingServer, self.server).owner
        outcome = owner.respond(self._read())
        if outcome is Cut.RESET:
            self._reset()
        elif outcome is Cut.TIMEOUT:
            owner.wait_out()
            self.close_connection = True
        else:
            self._send(outcome)

    do_GET = do_POST = do_DELETE = do_PATCH = _serve  # noqa: N815 (names given by http.server)

    def _read(self) -> Request:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pairs = parse_qsl(address.query, keep_blank_values=True)
        if "form-urlencoded" in (self.headers.get("Content-Type") or ""):
            pairs += parse_qsl(body.decode(), keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, address.path, dict(pairs), tuple(pairs), headers, body)

    def _send(self, answer: Answer) -> None:
        body = answer.encoded()
        self.send_response(answer.status)
        if body:
            self.send_header("Content-Type", answer.content_type)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        # Linger 0 makes close() send RST, as a dying gateway does.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses of requests may hold tokens."""
