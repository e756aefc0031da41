"""Two hundred connections that send a byte a second, and ones that take nothing: the others do not notice."""

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from data.embedded import DatabaseUrls
from tests.application import LANDING_SECRET
from tests.security.processes import Served, served
from web_worker import WHOLE_BODY, WHOLE_HEAD, has_arrived, waits_for_go

SLOW = 200
BEGINNINGS = (
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /",
    b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nem", b"",
    b"POST /login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 500\r\n\r\n",
)


@pytest.fixture(scope="module")
def web(shared_database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(shared_database, tmp_path_factory.mktemp("slow"), servers=1, workers=2) as running:
        yield running


@pytest.fixture
def slow(web: Served) -> Iterator[list[socket.socket]]:
    """They trickle until the block ends."""
    host, _, port = web.addresses[0].removeprefix("http://").partition(":")
    connections = [socket.create_connection((host, int(port)), 10) for _ in range(SLOW)]
    done, trickled = threading.Event(), threading.Event()

    def trickle() -> None:
        for number, one in enumerate(connections):
            one.sendall(BEGINNINGS[number % len(BEGINNINGS)])
        while not done.wait(1):
            for one in connections:
                with suppress(OSError):  # closed for being slow
                    one.send(b"a")
            trickled.set()

    sender = threading.Thread(target=trickle)
    sender.start()
    assert trickled.wait(20)
    yield connections
    done.set()
    sender.join(10)
    for one in connections:
        one.close()


def test_slow_connections_do_not_slow_the_others(web: Served, slow: list[socket.socket]) -> None:
    taken = []
    for number in range(60):
        start = time.perf_counter()
        answer = requests.get(web.addresses[0] + "/healthz", timeout=20) if number % 2 else requests.post(
            f"{web.addresses[0]}/webhooks/landing/{LANDING_SECRET}", data={"phone": f"8701000{number:04d}"}, timeout=20)
        assert answer.status_code == 200
        taken.append(time.perf_counter() - start)
    assert statistics.quantiles(taken, n=20)[-1] < 1, "p95"


def test_whole_requests_are_answered_however_they_arrive(web: Served) -> None:
    host, _, port = web.addresses[0].removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # parts of their own on the wire
        for part in (b"GET /healthz HT", b"TP/1.1\r\nHost: x\r\n", b"\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n",
                     b"\r\n"):
            one.sendall(part)
        said = b""
        while said.count(b"HTTP/1.1 200") < 2:
            said += one.recv(4096)
    large = b"x" * 300_000
    with requests.Session() as kept:
        for headers in ({}, {"Expect": "100-continue"}):
            address = f"{web.addresses[0]}/webhooks/landing/{LANDING_SECRET}"
            for body in (large + repr(headers).encode(), iter([b"phone=8701", repr(headers).encode()])):
                assert kept.post(address, data=body, headers=headers, timeout=20).status_code == 200


@pytest.mark.parametrize(("received", "arrived"), [
    (b"", False), (b"GET / HTTP/1.1\r\n", False), (b"GET / HTTP/1.1\r\n\r\n", True), (b"x" * (WHOLE_HEAD + 1), True),
    (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
    (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", True),
    (b"POST / HTTP/1.1\r\ncontent-length: 999999\r\n\r\n" + b"x" * WHOLE_BODY, True),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
])
def test_when_a_request_has_arrived(received: bytes, arrived: bool) -> None:
    assert has_arrived(received) is arrived


def test_who_waits_to_be_asked_for_the_body() -> None:
    assert waits_for_go(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert not waits_for_go(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n")
