"""Asynchronous reports: ordered, watched until they are complete, ordered again when they fail.

Invariant: a report is read only when it is completed and at 100 percent; one that fails twice is too much data.
"""

from collections.abc import Callable, Mapping
from typing import Any

from integrations.facebook.errors import BadAnswer, ObjectMissing, TooMuchData, Transient

REPORT_FIELDS = "async_status,async_percent_completion,error_code,error_subcode,error_message"
_ORDERS = 2
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 60.0
_GIVE_UP_AFTER = 30 * 60.0      # seconds of waiting for one report
_NEWLY_ORDERED = 30.0           # so long its id may be unknown to Facebook itself
_OVER = frozenset({"Job Failed", "Job Skipped"})


def prepare_report(order: Callable[[], Mapping[str, Any]], look: Callable[[str], Mapping[str, Any]],
                   sleep: Callable[[float], None]) -> str:
    """The id of a completed report. ``order`` orders one, ``look`` tells how one stands.

    Raises: TooMuchData when it failed each time, Transient when it takes too long.
    """
    reason = ""
    for _ in range(_ORDERS):
        run = order().get("report_run_id")
        if isinstance(run, bool) or not isinstance(run, str | int) or not str(run).isdigit():
            raise BadAnswer("Facebook ordered a report without telling its id")
        failed = _wait_for(str(run), look, sleep)
        if failed is None:
            return str(run)
        reason = failed
    raise TooMuchData(f"Facebook could not prepare the report: {reason}")


def _wait_for(run: str, look: Callable[[str], Mapping[str, Any]], sleep: Callable[[float], None]) -> str | None:
    """Why a report failed, ``None`` when it is complete."""
    waited, pause = 0.0, _FIRST_WAIT
    while waited < _GIVE_UP_AFTER:
        sleep(pause)
        waited, pause = waited + pause, min(pause * 2, _LONGEST_WAIT)
        try:
            state = look(run)
        except ObjectMissing:
            if waited > _NEWLY_ORDERED:
                raise
            continue
        status = state.get("async_status")
        if status == "Job Completed" and state.get("async_percent_completion") == 100:
            return None
        if status in _OVER:
            return f"{status} ({state.get('error_code', '?')}/{state.get('error_subcode', '?')})"
    raise Transient("Facebook did not prepare a report in half an hour")
