"""Runs that somebody asked for, at a door or by the timetable: taken one after another, reported on to the end.

Invariant: a run that was taken ends as done, partial or failed, also when its job breaks; when the process dies with
it, the next one that takes runs ends it as failed.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import structlog
from sqlalchemy import Connection

from core.records import DateRange
from core.rule_book import RuleBook
from core.sentences import keep
from data.attribution_preview import count_open_runs
from data.attribution_previews import save_preview
from data.audit import save_entry
from data.engine import DatabaseAway
from data.facebook_runs import end_left_accounts
from data.persons import SharedMark
from data.queries import run as run_query
from data.sync_runs import (
    SyncRun,
    create_run,
    fail_abandoned_runs,
    finish_run,
    forget_parameters,
    save_progress,
    take_next_run,
)
from jobs.aggregate_sales import aggregate_sales, settle_all_deals
from jobs.backfill_amocrm import backfill_amocrm
from jobs.backfill_facebook import backfill_facebook
from jobs.context import JobContext
from jobs.erase_person import Erased, erase_person
from jobs.import_files import apply_import, check_import, undo_import
from jobs.measure_attribution import measure_attribution
from jobs.recalculate_stats import recalculate_days
from jobs.reconcile_amocrm import reconcile_amocrm
from jobs.reread_amocrm import reread_amocrm
from jobs.rerun_attribution import preview_book, rerun_attribution
from jobs.run_faults import ABANDONED, KNOWN_FAULTS, STOPPED, RunFault, fault_sentence
from jobs.settle_campaigns import settle_all_campaigns
from jobs.sync_facebook import sync_facebook
from jobs.sync_rates import sync_rates

log = structlog.get_logger()


def ask_for_run(context: JobContext, kind: str, parameters: Mapping[str, Any]) -> str | None:
    """Queue a run, unless the same one waits already; its id."""
    written = json.dumps(dict(parameters))
    with context.database.transaction() as connection:
        waiting = run_query(connection, "sync_runs/open_twin", kind=kind, parameters=written)
        return None if waiting else create_run(connection, kind, parameters)


def end_abandoned_runs(context: JobContext) -> int:
    """End what a dead process left running; for the one process that may take runs, as it begins to."""
    with context.database.transaction() as connection:
        ended = fail_abandoned_runs(connection, tuple(RUNNERS), ABANDONED)
        end_left_accounts(connection, keep("facebook.fault.not_reached"))
    return ended


def run_next(context: JobContext) -> bool:
    """Take the oldest waiting run and bring it to its end; false when none waits.

    Raises: DatabaseAway; the run is ended by whoever takes runs next.
    """
    with context.database.transaction() as connection:
        taken = take_next_run(connection, tuple(RUNNERS))
    if taken is None:
        return False
    log.info("run_started", run=taken.id, kind=taken.kind)
    try:
        RUNNERS[taken.kind](context, taken)
    except DatabaseAway:
        raise
    except Exception as error:
        # A fault of one run must not stop the others; the log has a fault of ours whole.
        if not isinstance(error, KNOWN_FAULTS):
            log.exception("run_broken", run=taken.id, kind=taken.kind)
        _end(context, taken, "failed", {}, fault_sentence(error))
    return True


def _run_facebook(context: JobContext, taken: SyncRun) -> None:
    days = taken.parameters.get("days")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 400):
        raise RunFault(keep("run_fault.number_of_days"))
    sync_facebook(context, _period(taken), taken.id, last_days=days, held_only=taken.parameters.get("held") is True)


def _run_facebook_backfill(context: JobContext, taken: SyncRun) -> None:
    backfill_facebook(context, taken.id)


def _run_stats(context: JobContext, taken: SyncRun) -> None:
    _report(context, taken, "days", recalculate_days(context, _period(taken), _progress(context, taken)))


def _run_sales(context: JobContext, taken: SyncRun) -> None:
    period = _period(taken)
    if period is None:
        raise RunFault(keep("run_fault.days_missing"))
    _report(context, taken, "deals", aggregate_sales(context, period, _progress(context, taken)))


def _run_bindings(context: JobContext, taken: SyncRun) -> None:
    _report(context, taken, "campaigns", settle_all_campaigns(context))


def _run_rates(context: JobContext, taken: SyncRun) -> None:
    _report(context, taken, "days", sync_rates(context))


def _run_attribution(context: JobContext, taken: SyncRun) -> None:
    with context.database.transaction(read_only=True) as connection:
        # What a run that did not reach its end has moved already would not lead this one to the persons it concerns.
        follows_broken = count_open_runs(connection) > 1
    done = rerun_attribution(context, _progress(context, taken),
                             persons_too=follows_broken or bool(taken.parameters.get("persons_too", True)))
    counts = {"campaigns": done.campaigns, "leads": done.leads, "deals": done.deals}
    _end(context, taken, "partial" if context.stop.is_set() else "done", counts,
         *([STOPPED] if context.stop.is_set() else []))


def _run_preview(context: JobContext, taken: SyncRun) -> None:
    book = RuleBook.from_json(taken.parameters["rules"])
    moves = preview_book(context, book, _period(taken), _progress(context, taken))
    with context.database.transaction() as connection:
        save_preview(connection, taken.id, moves)
    _report(context, taken, "sales", sum(move.sales for move in moves))


def _run_measure(context: JobContext, taken: SyncRun) -> None:
    _report(context, taken, "pairs", measure_attribution(context))


def _run_deals(context: JobContext, taken: SyncRun) -> None:
    """Every deal, after the mapping of the account changed; with other fields everything it told is read once more."""
    if taken.parameters.get("reread"):
        done = reread_amocrm(context, _progress(context, taken))
        if done.left or context.stop.is_set():
            reason = STOPPED if context.stop.is_set() else keep("run_fault.amocrm_not_asked", deals=done.left)
            _end(context, taken, "partial", {"bodies": done.bodies, "deals": done.deals}, reason)
            return
    _report(context, taken, "deals", settle_all_deals(context, _progress(context, taken)))


def _run_amocrm_backfill(context: JobContext, taken: SyncRun) -> None:
    period = _period(taken)
    if period is None:
        raise RunFault(keep("run_fault.days_missing"))
    _report(context, taken, "deals", backfill_amocrm(context, period, _progress(context, taken)))


def _run_reconciliation(context: JobContext, taken: SyncRun) -> None:
    done = reconcile_amocrm(context, _period(taken))
    counts = {"deals": done.deals, "found": done.found, "left": done.left}
    left = [] if done.is_proof else [keep("run_fault.amocrm_differs", deals=done.left)]
    _end(context, taken, "done" if done.is_proof else "partial", counts, *left)


def _run_person_erasure(context: JobContext, taken: SyncRun) -> None:
    """Erase the person whom the parameters name; afterwards they name nobody, however it ended."""

    def note(connection: Connection, erased: Erased) -> None:
        save_entry(connection, action="person.erased", user_id=taken.requested_by, object_type="person",
                   after={"rows": vars(erased)})

    try:
        erased = erase_person(context, phone=taken.parameters.get("phone"), email=taken.parameters.get("email"),
                              progress=_progress(context, taken), note=note)
    except SharedMark:
        _end(context, taken, "failed", {}, keep("run_fault.shared_mark"))
    else:
        _end(context, taken, "done", vars(erased))
    finally:
        with context.database.transaction() as connection:
            forget_parameters(connection, taken.id)


def _run_import(
    work: Callable[[JobContext, str, Callable[[int, int], None]], dict[str, int]]
) -> Callable[[JobContext, SyncRun], None]:
    """A runner of one piece of work on an uploaded file."""

    def run(context: JobContext, taken: SyncRun) -> None:
        counts = work(context, str(taken.parameters.get("import")), _progress(context, taken))
        stopped = context.stop.is_set()
        _end(context, taken, "partial" if stopped else "done", counts, *([STOPPED] if stopped else []))

    return run


RUNNERS: Mapping[str, Callable[[JobContext, SyncRun], None]] = {
    "facebook": _run_facebook, "stats": _run_stats, "sales": _run_sales, "rates": _run_rates,
    "bindings": _run_bindings, "facebook_backfill": _run_facebook_backfill,
    "attribution": _run_attribution, "attribution_preview": _run_preview,
    "amocrm_backfill": _run_amocrm_backfill, "amocrm_reconcile": _run_reconciliation, "deals": _run_deals,
    "person_erasure": _run_person_erasure,
    "import_check": _run_import(check_import), "import_apply": _run_import(apply_import),
    "import_undo": _run_import(undo_import),
    "attribution_measure": _run_measure,
}


def _period(taken: SyncRun) -> DateRange | None:
    """The days a run is about, both included; ``None`` when it names none."""
    first, last = taken.parameters.get("from"), taken.parameters.get("to")
    if first is None and last is None:
        return None
    try:
        period = DateRange(date.fromisoformat(str(first)), date.fromisoformat(str(last)))
    except ValueError as error:
        raise RunFault(keep("run_fault.days_unreadable")) from error
    if period.days < 1:
        raise RunFault(keep("run_fault.days_turned"))
    return period


def _progress(context: JobContext, taken: SyncRun) -> Callable[[int, int], None]:
    def note(done: int, total: int) -> None:
        with context.database.transaction() as connection:
            save_progress(connection, taken.id, done, total)

    return note


def _report(context: JobContext, taken: SyncRun, what: str, how_many: int) -> None:
    if context.stop.is_set():
        _end(context, taken, "partial", {what: how_many}, STOPPED)
    else:
        _end(context, taken, "done", {what: how_many})


def _end(context: JobContext, taken: SyncRun, status: str, counts: Mapping[str, int], *errors: str) -> None:
    with context.database.transaction() as connection:
        finish_run(connection, taken.id, status, counts, errors)
    log.info("run_ended", run=taken.id, kind=taken.kind, status=status)
