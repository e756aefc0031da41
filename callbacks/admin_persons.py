"""The page of personal data: what was found, its file, and how far an erasure is."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dash import Input, Output, State, callback, ctx, no_update

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.admin_place import RunProgress
from components.persons_page import create_erasing, create_held
from components.states import create_away
from core.business_time import now
from core.phones import normalize_email, normalize_phone
from data.engine import DatabaseAway, Viewer, web_database
from data.sync_runs import load_run

KIND = "person_erasure"


@callback(
    output={"body": Output(ids.PERSONS_BODY, "children"), "quiet": Output(ids.PERSONS_TICK, "disabled")},
    inputs={"held": Input(ids.PERSONS_HELD, "data"), "run": Input(ids.PERSONS_RUN, "data"),
            "_tick": Input(ids.PERSONS_TICK, "n_intervals"), "phone": State(ids.PERSONS_PHONE, "value"),
            "email": State(ids.PERSONS_EMAIL, "value")},
    prevent_initial_call=True,
)
@requires(Permission.PEOPLE_PERSON_READ)
def show_person(held: Any, run: Any, _tick: Any, phone: Any, email: Any) -> dict[str, Any]:
    """What the API told of a person; after that, the erasure that was asked for, until it ends."""
    if ctx.triggered_id == ids.PERSONS_HELD:
        counts = {name: len(rows) for name, rows in _tables(held).items() if isinstance(rows, list)}
        marks = normalize_phone(str(phone or "")), normalize_email(str(email or ""))
        return {"body": create_held(counts, *marks), "quiet": True}
    return _erasing(run)


def _erasing(run: Any) -> dict[str, Any]:
    try:
        run_id = str(UUID(str(run.get("run_id")))) if isinstance(run, Mapping) else None
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            found = load_run(connection, run_id) if run_id else None
    except ValueError:
        found = None
    except DatabaseAway:
        return {"body": create_away(), "quiet": False}
    if found is None or found.kind != KIND:
        return {"body": no_update, "quiet": True}
    progress = RunProgress(found.status, found.progress_done, found.progress_total, " ".join(found.sentences) or None)
    return {"body": create_erasing(progress, found.counts), "quiet": not progress.is_open}


@callback(
    Output(ids.PERSONS_FILE, "data"), Input(ids.PERSONS_DOWNLOAD, "n_clicks"), State(ids.PERSONS_HELD, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PEOPLE_PERSON_READ)
def show_file(clicks: Any, held: Any) -> Any:
    """What was found as a file that programs read, too; its name names nobody."""
    tables = _tables(held)
    if not clicks or not tables:
        return no_update
    content = json.dumps({"tables": tables}, ensure_ascii=False, indent=2)
    return {"content": content, "filename": f"person_{business_calendar().today(now())}.json",
            "type": "application/json"}


def _tables(held: Any) -> Mapping[str, Any]:
    found = held.get("tables") if isinstance(held, Mapping) else None
    return found if isinstance(found, Mapping) else {}
