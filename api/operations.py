"""Work on request and its progress: synchronisation, recalculation, rates."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.encoding import json_answer
from api.fields import Day, NearDay, PlainText
from api.openapi import create_api
from api.problems import problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar
from core.sentences import read
from core.texts import t
from data.engine import Viewer, web_database
from data.run_log import RunFilter, load_run_page
from data.run_requests import request_run
from data.sync_runs import SyncRun, load_run

operations = create_api("operations", __name__, "/api/traffic-admin")

RunKind = Literal["facebook", "stats", "sales", "amocrm_backfill", "amocrm_reconcile", "rates"]


class WindowBody(BaseModel):
    """Days, both included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "WindowBody":
        if self.first > self.last:
            raise ValueError(t("problem.dates"))
        return self


class OptionalWindowBody(BaseModel):
    """Days, both included; without them the usual window of the job."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "OptionalWindowBody":
        if (self.first is None) != (self.last is None):
            raise ValueError(t("field.both_days"))
        if self.first and self.last and self.first > self.last:
            raise ValueError(t("problem.dates"))
        return self


class RunPath(BaseModel):
    """A run or an event by its id."""

    id: UUID


class RunAnswer(BaseModel):
    """The run that does what was asked for."""

    run_id: UUID


class Progress(BaseModel):
    """Steps done and to do; a total of 0 is not known yet."""

    done: int
    total: int


class RunState(BaseModel):
    """How a run stands."""

    id: UUID
    kind: str
    status: Literal["queued", "running", "done", "partial", "failed"]
    progress: Progress
    counts: dict[str, int]
    errors: list[str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunRow(RunState):
    """How a run stands, and who asked for it (`null`: the timetable)."""

    asked_by: str | None


class RunsAnswer(BaseModel):
    """The newest runs."""

    rows: list[RunRow]
    next_cursor: str | None


class RunsQuery(BaseModel):
    """Which runs; days are those of the business time zone, both included."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    kind: PlainText | None = Field(None, max_length=40, description="facebook, stats, sales, rates, attribution …")
    status: Literal["queued", "running", "done", "partial", "failed"] | None = None
    first: NearDay | None = Field(None, alias="from", description="First day, `YYYY-MM-DD`.")
    last: NearDay | None = Field(None, alias="to", description="Last day, included.")
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=200, description="`next_cursor` of the answer before.")


def start_run(kind: RunKind, body: WindowBody | OptionalWindowBody) -> Response:
    """Queue the work and tell its number; asked again before it began, it is the same one."""
    user = current_user()
    parameters = {} if body.first is None or body.last is None else {
        "from": body.first.isoformat(), "to": body.last.isoformat()}
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        run_id = request_run(connection, kind, parameters, user.id)
        record(connection, Action.RUN_REQUESTED, user_id=user.id, object_type="run", object_id=run_id,
               after={"kind": kind, **parameters})
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)


@operations.post("/facebook/sync-stats", summary="Read the spend again", responses={202: RunAnswer})
@requires(Permission.ADS_SYNC_START)
def sync_spend(body: OptionalWindowBody) -> Response:
    """Read campaigns and daily figures of the selected accounts."""
    return start_run("facebook", body)


@operations.post("/sales/aggregate", summary="Collect the sales again", responses={202: RunAnswer})
@requires(Permission.SALES_AGGREGATE_START)
def aggregate_sales(body: WindowBody) -> Response:
    """Settle the deals of these days once more from what is stored."""
    return start_run("sales", body)


@operations.post("/stats/recalculate", summary="Calculate the statistics again", responses={202: RunAnswer})
@requires(Permission.STATS_RECALCULATE_START)
def recalculate_stats(body: WindowBody) -> Response:
    """Calculate these days once more from their sources."""
    return start_run("stats", body)


@operations.get("/sync-runs", summary="Runs", responses={200: RunsAnswer})
@requires(Permission.OPERATIONS_RUN_READ)
def list_runs(query: RunsQuery) -> Response:
    """The newest runs."""
    since, until = BusinessCalendar(auth_parts().settings.business_timezone).span(query.first, query.last)
    chosen = RunFilter(query.kind, query.status, since, until)
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        page = load_run_page(connection, chosen, query.limit, query.cursor)
    return json_answer({"rows": [{**describe_run(one.run), "asked_by": one.asked_by} for one in page.rows],
                        "next_cursor": page.next_cursor})


@operations.get("/sync-runs/<id>", summary="One run", responses={200: RunState, **problem_answers(404)})
@requires(Permission.OPERATIONS_RUN_WATCH)
def show_run(path: RunPath) -> Response:
    """How a run stands: for admins, and for whoever asked for it."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_run(connection, str(path.id))
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(describe_run(found))


def describe_run(one: SyncRun) -> dict[str, Any]:
    """A run as the API tells it."""
    return {
        "id": one.id, "kind": one.kind, "status": one.status,
        "progress": {"done": one.progress_done, "total": one.progress_total}, "counts": dict(one.counts),
        "errors": [read(error) for error in one.errors], "created_at": one.created_at, "started_at": one.started_at,
        "finished_at": one.finished_at,
    }
