"""History out of files: uploaded, mapped, looked at before anything changes, brought in, and taken back."""

from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import Connection

from api.encoding import json_answer
from api.import_shapes import (
    ImportAnswer,
    ImportApplyBody,
    ImportBody,
    ImportPath,
    ImportReadingBody,
    ImportsAnswer,
    describe_import,
    describe_line,
    reading_flaws,
)
from api.openapi import create_api
from api.operations import RunAnswer
from api.problems import problem, problem_answers
from api.rule_shapes import flawed
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.import_fields import guess_mapping, missing_fields
from core.import_files import UnreadableFile, name_lines, open_table
from core.texts import format_moment, t
from data.engine import Viewer, web_database
from data.import_check import INLINE_BYTES, check_file
from data.imports import (
    Import,
    create_import,
    forget_import,
    load_content,
    load_decided_lines,
    load_import,
    load_imports,
    load_later_import,
    save_preview,
    save_reading,
    save_status,
)
from data.run_requests import request_run
from data.sync_runs import RUN_ENDINGS, load_run

imports = create_api("imports", __name__, "/api/traffic-admin/imports")


@imports.get("", summary="Imports", responses={200: ImportsAnswer})
@requires(Permission.IMPORTS_FILE_READ)
def list_imports() -> Response:
    """The newest imports."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"rows": [describe_line(one) for one in load_imports(connection)]})


@imports.get("/<id>", summary="One import", responses={200: ImportAnswer, **problem_answers(404)})
@requires(Permission.IMPORTS_FILE_READ)
def show_import(path: ImportPath) -> Response:
    """How the file is read, what it would do, what it did."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_import(connection, str(path.id))
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(describe_import(found))


@imports.post("", summary="Upload a file", responses={201: ImportAnswer})
@requires(Permission.IMPORTS_FILE_WRITE)
def add_import(body: ImportBody) -> Response:
    """Keep a file as a draft, with the mapping its headers suggest; a small one is checked at once."""
    user = current_user()
    try:
        content = body.to_bytes()
        table = open_table(content)
        table.read_through()
    except UnreadableFile as error:
        return flawed([("text" if body.text else "content", t(error.key, **error.values))])
    except ValueError:
        return flawed([("content", t("imports.file.not_base64"))])
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        import_id = create_import(
            connection, kind=body.kind, file_name=body.file_name.strip() or t("imports.pasted"), content=content,
            digest=sha256(content).hexdigest(), table=table, columns=guess_mapping(body.kind, table.header),
            user_id=user.id)
        record(connection, Action.IMPORT_ADDED, user_id=user.id, object_type="import", object_id=import_id,
               after={"kind": body.kind.value, "file_name": body.file_name, "size": len(content)})
        _check(connection, _held(connection, import_id))
        return json_answer(describe_import(_held(connection, import_id)), HTTPStatus.CREATED)


@imports.patch("/<id>", summary="Change how a file is read", responses={200: ImportAnswer, **problem_answers(404, 409)})
@requires(Permission.IMPORTS_FILE_WRITE)
def change_import(path: ImportPath, body: ImportReadingBody) -> Response:
    """Map columns to fields; the file is looked at again."""
    user, import_id = current_user(), str(path.id)
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        found = load_import(connection, import_id, locked=True)
        refusal = _refusal(found, ("draft", "checking", "checked"), body.version)
        if refusal is not None or found is None:
            return refusal or problem(HTTPStatus.NOT_FOUND)
        flaws = reading_flaws(found, body)
        if flaws:
            return flawed(flaws)
        columns = {name: place for name, place in body.columns.items() if place is not None}
        constants = {name: value.strip() for name, value in body.constants.items() if value and value.strip()}
        save_reading(connection, import_id, columns=columns, constants=constants, month_first=body.month_first,
                     decimal_comma=body.decimal_comma, user_id=user.id)
        record(connection, Action.IMPORT_CHANGED, user_id=user.id, object_type="import", object_id=import_id,
               before={"columns": dict(found.columns), "constants": dict(found.constants)},
               after={"columns": columns, "constants": constants})
        _check(connection, _held(connection, import_id))
        return json_answer(describe_import(_held(connection, import_id)))


@imports.post("/<id>/apply", summary="Bring a file in", responses={202: RunAnswer, **problem_answers(404, 409)})
@requires(Permission.IMPORTS_FILE_WRITE)
def apply_import(path: ImportPath, body: ImportApplyBody) -> Response:
    """Bring in what the preview told; a run that was interrupted goes on when asked again."""
    user, import_id = current_user(), str(path.id)
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        found = load_import(connection, import_id, locked=True)
        if found is not None and found.status == "applying" and (refusal := _still_running(connection, found)):
            return refusal
        refusal = _refusal(found, ("checked", "applying"), body.version)
        if refusal is not None or found is None:
            return refusal or problem(HTTPStatus.NOT_FOUND)
        wrong = (found.preview or {}).get("wrong", 0)
        if wrong and not body.skip_wrong:
            return flawed([("skip_wrong", t("imports.has_wrong_rows", n=wrong))])
        return _start(connection, found, "applying", "import_apply", Action.IMPORT_APPLIED)


@imports.post("/<id>/undo", summary="Take an import back", responses={202: RunAnswer, **problem_answers(404, 409)})
@requires(Permission.IMPORTS_FILE_WRITE)
def undo_import(path: ImportPath) -> Response:
    """Remove exactly what the file added and restore what it changed.

    Refused as long as a later import changed the same rows, or somebody decided about its sales by hand or by a claim.
    """
    import_id = str(path.id)
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        found = load_import(connection, import_id, locked=True)
        if found is not None and (refusal := _still_running(connection, found)):
            return refusal
        refusal = _refusal(found, ("applying", "applied", "undoing"), None)
        if refusal is not None or found is None:
            return refusal or problem(HTTPStatus.NOT_FOUND)
        later = load_later_import(connection, import_id)
        if later is not None:
            return problem(HTTPStatus.CONFLICT, detail=t("imports.undo_later_first", file=later.file_name,
                                                         time=format_moment(later.created_at.astimezone(_calendar().zone))))
        decided = load_decided_lines(connection, import_id)
        if decided:
            return problem(HTTPStatus.CONFLICT, detail=t("imports.undo_decided", lines=name_lines(decided)))
        return _start(connection, found, "undoing", "import_undo", Action.IMPORT_UNDONE)


@imports.delete("/<id>", summary="Throw a draft away", responses={204: None, **problem_answers(404, 409)})
@requires(Permission.IMPORTS_FILE_WRITE)
def remove_import(path: ImportPath) -> Response:
    """Forget a file that was not brought in."""
    user, import_id = current_user(), str(path.id)
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        found = load_import(connection, import_id, locked=True)
        refusal = _refusal(found, ("draft", "checking", "checked"), None)
        if refusal is not None or found is None:
            return refusal or problem(HTTPStatus.NOT_FOUND)
        forget_import(connection, import_id)
        record(connection, Action.IMPORT_REMOVED, user_id=user.id, object_type="import", object_id=import_id,
               before={"kind": found.kind.value, "file_name": found.file_name})
    return Response(status=HTTPStatus.NO_CONTENT)


def _held(connection: Connection, import_id: str) -> Import:
    found = load_import(connection, import_id)
    if found is None:
        raise LookupError(f"no import {import_id}")
    return found


def _check(connection: Connection, found: Import) -> None:
    """Look at a small file now, at a large one in a run; a draft without its required fields waits for them."""
    if missing_fields(found.kind, found.columns, found.constants):
        return
    if found.size > INLINE_BYTES:
        run_id = request_run(connection, "import_check", {"import": found.id, "version": found.version},
                             current_user().id)
        save_status(connection, found.id, "checking", run_id=run_id)
        return
    calendar = _calendar()
    save_preview(connection, found.id, check_file(
        connection, found, load_content(connection, found.id) or b"", calendar, calendar.today(now())))


def _calendar() -> BusinessCalendar:
    return BusinessCalendar(auth_parts().settings.business_timezone)


def _start(connection: Connection, found: Import, status: str, kind: str, action: Action) -> Response:
    user = current_user()
    parameters: dict[str, Any] = {"import": found.id, "version": found.version}
    run_id = request_run(connection, kind, parameters, user.id)
    save_status(connection, found.id, status, run_id=run_id, user_id=user.id)
    record(connection, action, user_id=user.id, object_type="import", object_id=found.id,
           after={"kind": found.kind.value, "file_name": found.file_name,
                  **{name: (found.preview or {}).get(name) for name in ("new", "changed", "wrong")}})
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)


def _still_running(connection: Connection, found: Import) -> Response | None:
    """409 while a run works on it."""
    run = None if found.run_id is None else load_run(connection, found.run_id)
    if run is None or run.status in RUN_ENDINGS:
        return None
    return problem(HTTPStatus.CONFLICT, detail=t("imports.still_running"))


def _refusal(found: Import | None, statuses: tuple[str, ...], version: int | None) -> Response | None:
    """404, or 409 when it is past that or somebody else changed it."""
    if found is None:
        return problem(HTTPStatus.NOT_FOUND)
    if version is not None and version != found.version:
        return problem(HTTPStatus.CONFLICT, detail=t("imports.changed_by_other", who=found.updated_by,
                                                     time=format_moment(found.updated_at.astimezone(_calendar().zone))))
    if found.status not in statuses:
        return problem(HTTPStatus.CONFLICT, detail=t(f"imports.is_{found.status}"))
    return None
