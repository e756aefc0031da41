"""Every code Facebook is known to refuse with, from its answer to what is stored: sentence, wait, connection, rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from data.engine import Database
from demo.facebook_graph import GraphStandIn
from demo.graph_faults import GRAPH_FAULTS
from demo.loopback import Answer, Fault
from jobs.context import JobContext
from jobs.sync_facebook import sync_facebook
from tests.faults.conftest import make_context
from tests.faults.graph_world import APP_ID, APP_SECRET, make_graph_data
from tests.faults.sync_world import ALL, expected, stored

DATA = make_graph_data(accounts=2, campaigns=1, days=6)
REFUSED, OTHER = DATA.accounts
TRIES = 5
LONG_PAUSE = 900
ONCE = (1, 1)


@dataclass(frozen=True)
class Row:
    """A row of the table: the answer, and what it must come to.

    ``key`` of the sentence at the account; ``scope`` of the wait and its seconds at least; ``problem`` of the
    connection with its ``state``; ``calls`` for the refused question at least and at most.
    """

    code: int
    key: str
    subcode: int | None = None
    status: int = 400
    message: str = "x"
    more: tuple[tuple[str, Any], ...] = ()
    scope: str | None = None
    seconds: int = 0
    problem: str | None = None
    state: str = "connected"
    calls: tuple[int, int] = ONCE

    def __str__(self) -> str:
        return "_".join(map(str, (self.code, *([self.subcode] if self.subcode else []), self.key.split(".")[-1])))

    @property
    def answer(self) -> Answer:
        """What the stand-in says."""
        error = {"message": self.message, "type": "OAuthException", "code": self.code, "fbtrace_id": "ATrace"}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return Answer(self.status, {"error": {**error, **dict(self.more)}})


def limit(code: int, subcode: int | None = None, scope: str = "account", seconds: int = 60) -> Row:
    return Row(code, "facebook.fault.waiting", subcode, scope=scope, seconds=seconds)


def dead(code: int, subcode: int | None, problem: str, state: str = "reconnect", status: int = 400) -> Row:
    return Row(code, "facebook.fault.token", subcode, status, problem=f"facebook.problem.{problem}", state=state)


def passing(code: int, subcode: int | None = None, status: int = 500, **more: Any) -> Row:
    return Row(code, "facebook.fault.away", subcode, status, more=tuple(more.items()), calls=(TRIES, TRIES))


def too_much(code: int, subcode: int | None = None, status: int = 400, **more: Any) -> Row:
    # Fewer days, shorter pages, then reports: the question is put in many ways before the account is given up.
    return Row(code, "facebook.fault.too_much", subcode, status, more=tuple(more.items()), calls=(8, 60))


def refused(code: int, key: str, subcode: int | None = None, status: int = 400, message: str = "x") -> Row:
    return Row(code, f"facebook.fault.{key}", subcode, status, message)


LESS = "Please reduce the amount of data you're asking for, then retry your request"
TABLE = [
    passing(1), passing(1, 99), passing(2, is_transient=True), passing(960, status=400),
    too_much(1, status=500, message=LESS), too_much(1, 99, error_user_msg=LESS), too_much(1, 99, error_user_title=LESS),
    too_much(100, 1487534), too_much(100, 1504018), too_much(2, 1504038),
    Row(1, "facebook.fault.request", 2853001, more=(("is_transient", False),)),
    limit(4, 1504022, "application"), limit(4, 1504039, "application"), limit(4, None, "application"),
    limit(17, 2446079), limit(17), limit(613, 1487742), limit(32),
    *(limit(code) for code in range(80000, 80015)),
    limit(341, None, "application", LONG_PAUSE), limit(613, 1996, "application", LONG_PAUSE),
    dead(190, None, "token_bad", status=401), dead(102, None, "token_bad"), dead(190, 458, "app_removed"),
    dead(190, 459, "checkpoint", "log_in_at_facebook"), dead(190, 464, "unconfirmed", "log_in_at_facebook"),
    dead(190, 460, "password_changed"), dead(190, 463, "expired"), dead(190, 467, "invalidated"),
    refused(190, "permission", message="This must be called while impersonating a user's page"),
    refused(10, "permission"), refused(200, "permission", status=403), refused(294, "permission"),
    refused(299, "permission"), refused(3, "permission"),
    refused(100, "request", message="(#100) Invalid parameter"), refused(100, "missing", 33),
    refused(104, "request"), refused(2500, "request"),
    Row(100, "facebook.fault.away", message="(#100) Cannot include spend in summary param", calls=(TRIES, TRIES)),
    refused(368, "blocked"), refused(2635, "version"), refused(3018, "too_old"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=TRIES, cap=True):
        yield


@pytest.fixture(scope="module")
def stand_in() -> Iterator[GraphStandIn]:
    with GraphStandIn(DATA, APP_ID, APP_SECRET, timeout_seconds=3) as graph:
        yield graph


@pytest.fixture(scope="module")
def worker(stand_in: GraphStandIn, shared_jobs: Database) -> JobContext:
    return make_context(stand_in, shared_jobs, DATA)


@pytest.fixture
def ready(worker: JobContext, stand_in: GraphStandIn) -> Iterator[JobContext]:
    """Everything is read and nothing is wrong; afterwards whoever was refused has connected again."""
    with worker.database.transaction() as connection:
        sealed = connection.execute(text("SELECT token FROM facebook_connections")).scalar_one()
    if not stored(worker):
        assert sync_facebook(worker, ALL) == 2
    yield worker
    stand_in.server.faults.clear()
    with worker.database.transaction() as connection:
        connection.execute(text("DELETE FROM facebook_waits"))
        connection.execute(text("UPDATE facebook_connections SET token = :token, state = 'connected', problem = NULL"),
                           {"token": sealed})


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_code_leads_to_its_action(row: Row, ready: JobContext, stand_in: GraphStandIn) -> None:
    stand_in.fail_next(f"act_{REFUSED.id}/insights", row.answer, times=10_000)
    stand_in.server.requests.clear()
    read = sync_facebook(ready, ALL)
    asked = [one for one in stand_in.server.requests if one.path.endswith(f"act_{REFUSED.id}/insights")
             and one.query.get("level") == "campaign"]
    assert row.calls[0] <= len(asked) <= row.calls[1]
    check_account(ready, row)
    check_waits(ready, row)
    with ready.database.transaction() as connection:
        state, problem = connection.execute(text("SELECT state, problem FROM facebook_connections")).one()
    assert (state, problem) == (row.state, row.problem)
    # A limit of the application and a dead token concern every account, anything else this one only.
    assert read == (0 if row.scope == "application" or row.problem else 1)
    assert stored(ready) == expected(DATA), "what was read before stands, and is never zero"


def check_account(context: JobContext, row: Row) -> None:
    """The account says what is wrong, by its meaning and with what Facebook said."""
    with context.database.transaction() as connection:
        kept = json.loads(connection.execute(text("SELECT last_error FROM ad_accounts WHERE account_id = :id"),
                                             {"id": REFUSED.id}).scalar_one())
    assert kept["key"] == row.key
    subcode = "" if row.subcode is None else f"/{row.subcode}"
    assert f"Facebook {row.code}{subcode}: " in kept["said"] and "[ATrace]" in kept["said"]
    if row.problem:
        assert json.loads(kept["problem"])["key"] == row.problem


def check_waits(context: JobContext, row: Row) -> None:
    with context.database.transaction() as connection:
        found = connection.execute(text(
            "SELECT scope, key, extract(epoch FROM until - noticed_at) FROM facebook_waits")).all()
    if row.scope is None:
        assert found == []
        return
    [(scope, key, seconds)] = found
    assert (scope, key) == (row.scope, APP_ID if row.scope == "application" else REFUSED.id)
    assert row.seconds <= float(seconds) <= row.seconds * 1.2 + 5


GATEWAYS = ["html_500", "html_200", "cut_json", "empty_200", "data_500", "error_text", "reset"]


@pytest.mark.parametrize("name", GATEWAYS)
def test_what_a_gateway_says_is_a_fault_and_never_data(name: str, ready: JobContext, stand_in: GraphStandIn) -> None:
    fault: Fault = GRAPH_FAULTS[name]
    stand_in.fail_next(f"act_{REFUSED.id}/insights", fault, times=10_000)
    assert sync_facebook(ready, ALL) == 1
    with ready.database.transaction() as connection:
        kept = dict(connection.execute(text("SELECT account_id, last_error FROM ad_accounts")).all())
    assert json.loads(kept[REFUSED.id])["key"] == "facebook.fault.away" and kept[OTHER.id] is None
    assert stored(ready) == expected(DATA)
