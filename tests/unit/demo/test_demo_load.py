"""The load sends every delivery once, survives a busy intake, and stops at a refusal."""

import io
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demo import load
from demo.load import IntakeSecrets, LoadError, ProgressBar, post_bodies

SECRETS = IntakeSecrets(amocrm="s1", landing="s2")


class _Intake(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.seen = []
        self.connections = set()
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.connections.add(self.client_address)
            status = self.server.answers(len(self.server.seen))
            self.server.seen.append((self.path, self.headers["Content-Type"], body, status))
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *parts):
        """Stay quiet."""


@pytest.fixture
def intake():
    servers = []

    def start(answers=lambda number: 200):
        server = _Intake(answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server, f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_every_delivery_arrives_once_with_its_type_and_address(small_world, intake):
    server, url = intake()
    counts = post_bodies(url, SECRETS, small_world)
    assert sum(counts.answered.values()) == len(small_world.deliveries) == len(server.seen)
    assert counts.repeated == 0
    assert len(server.connections) == load.CONNECTIONS
    meant = Counter(
        (
            "/webhooks/amocrm/s1" if one.path == "amocrm" else f"/webhooks/landing/s2/{one.source}",
            one.content_type,
            one.body,
        )
        for one in small_world.deliveries
    )
    assert Counter((path, kind, body) for path, kind, body, _ in server.seen) == meant


def test_a_busy_intake_is_asked_again(small_world, intake, monkeypatch):
    monkeypatch.setattr(load, "_FIRST_WAIT_SECONDS", 0.001)
    server, url = intake(lambda number: 503 if number in (3, 4, 50) else 200)
    counts = post_bodies(url, SECRETS, small_world)
    assert counts.repeated == 3
    taken = Counter(body for _, _, body, status in server.seen if status == 200)
    assert taken == Counter(one.body for one in small_world.deliveries)


def test_a_refusal_stops_the_load(small_world, intake):
    server, url = intake(lambda number: 404 if number == 10 else 200)
    with pytest.raises(LoadError, match="status 404"):
        post_bodies(url, SECRETS, small_world)
    assert len(server.seen) < 30


def test_nobody_there_is_said(small_world, monkeypatch):
    monkeypatch.setattr(load, "_FIRST_WAIT_SECONDS", 0.0)
    with pytest.raises(LoadError, match="ConnectionRefusedError"):
        post_bodies("http://127.0.0.1:9", SECRETS, small_world)
    with pytest.raises(LoadError, match="not an address"):
        post_bodies("127.0.0.1:9", SECRETS, small_world)


def test_progress_in_a_log_is_one_line_per_tenth():
    stream = io.StringIO()
    bar = ProgressBar("demo", stream)
    for done in range(1, 1001):
        bar(done, 1000)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("demo 100 %  1000/1000")
