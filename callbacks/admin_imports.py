"""The page of imports: the list or one file, drawn from what is stored, anew while a run works on it."""

from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.admin_place import RunProgress
from components.imports_page import ImportRowView, ImportView, create_gone, create_import, create_imports
from core.import_fields import missing_fields
from data.engine import Viewer, web_database
from data.imports import Import, ImportSummary, load_import, load_imports
from data.sync_runs import SyncRun, load_run

clientside_callback(
    ClientsideFunction("imports", "send"),
    Output(ids.IMPORTS_SAID, "children"),
    Input(ids.IMPORTS_UPLOAD, "contents"),
    State(ids.IMPORTS_UPLOAD, "filename"),
    State(ids.IMPORTS_KIND, "value"),
    prevent_initial_call=True,
)


@callback(
    output={"body": Output(ids.IMPORTS_BODY, "children"), "quiet": Output(ids.IMPORTS_TICK, "disabled")},
    inputs={"_refresh": Input(ids.IMPORTS_REFRESH, "data"), "_tick": Input(ids.IMPORTS_TICK, "n_intervals"),
            "subject": State(ids.IMPORTS_SUBJECT, "data")},
)
@requires(Permission.IMPORTS_FILE_READ)
def show_imports(_refresh: Any, _tick: Any, subject: Any) -> dict[str, Any]:
    """The list, or one import; it ticks while a run works on it."""
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        if not isinstance(subject, str):
            return {"body": create_imports([_line(one) for one in load_imports(connection)]), "quiet": True}
        found = load_import(connection, subject)
        if found is None:
            return {"body": create_gone(), "quiet": True}
        run = None if found.run_id is None else load_run(connection, found.run_id)
    view = _view(found, run)
    return {"body": create_import(view), "quiet": view.run is None or not view.run.is_open}


def _line(one: ImportSummary | Import) -> ImportRowView:
    return ImportRowView(one.id, one.kind, one.file_name, one.status, one.counts,
                         one.created_at.astimezone(business_calendar().zone), one.created_by)


def _view(found: Import, run: SyncRun | None) -> ImportView:
    progress = None if run is None else RunProgress(
        run.status, run.progress_done, run.progress_total, " ".join(run.sentences) or None)
    return ImportView(
        _line(found), found.header, found.encoding, found.separator, found.columns, found.constants, found.month_first,
        found.decimal_comma, tuple(missing_fields(found.kind, found.columns, found.constants)), found.version,
        found.preview, progress, business_calendar().zone)
