"""Health for machines: the process, what it depends on, and counters for Prometheus."""

import hmac
import ipaddress
import time
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from werkzeug.exceptions import NotFound

from auth.sign_in import auth_parts
from core.business_time import now
from data.engine import SYSTEM, DatabaseAway, web_database
from data.health import load_health

health = Blueprint("health", __name__)

REQUESTS = Counter("traffic_requests_total", "Answers by endpoint and status.", ("endpoint", "status"))
SECONDS = Histogram("traffic_request_seconds", "Time to answer by endpoint.", ("endpoint",),
                    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10))


@health.get("/healthz")
def show_health() -> Response:
    """The process answers."""
    return Response("ok", mimetype="text/plain")


@health.get("/readyz")
def show_readiness() -> tuple[Response, int]:
    """The process can work: database there, schema current; the age of the timetable is told, not judged."""
    try:
        with web_database().transaction(SYSTEM, read_only=True) as connection:
            found = load_health(connection)
    except DatabaseAway:
        return jsonify(status="unavailable", database="away"), HTTPStatus.SERVICE_UNAVAILABLE
    last = found.last_job_at
    answer: dict[str, Any] = {
        "status": "ready" if found.is_migrated else "unavailable",
        "database": "ok",
        "migrations": "current" if found.is_migrated else "behind",
        "scheduler_age_seconds": None if last is None else int((now() - last).total_seconds()),
        "data_version": found.data_version,
    }
    return jsonify(answer), HTTPStatus.OK if found.is_migrated else HTTPStatus.SERVICE_UNAVAILABLE


@health.get("/metrics")
def show_metrics() -> Response:
    """Counters of this process: for the holder of METRICS_TOKEN, or without one for this machine alone."""
    token = auth_parts().settings.metrics_token
    if not (_is_holder(token) if token else _is_this_machine()):
        raise NotFound
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _is_holder(token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode())


def _is_this_machine() -> bool:
    """Straight from this machine; a request that a proxy passed on came from somewhere else."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def count_requests(server: Flask) -> None:
    """Count and time every answer by its endpoint; addresses, which may hold secrets, are never labels."""
    def start() -> None:
        g.started = time.perf_counter()

    @server.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "unmatched"
        REQUESTS.labels(endpoint, str(response.status_code)).inc()
        if "started" in g:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.started)
        return response

    server.before_request_funcs.setdefault(None, []).insert(0, start)
