"""What the amoCRM account means here: pipelines to products, stages that are sales, fields that carry marks.

Invariant: a mapping is shown with what it would leave out and change before it is saved; two admins who change it at
once cannot overwrite one another.
"""

from collections import Counter
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import Connection

from api.amocrm import account_client, amocrm
from api.amocrm_mapping_shapes import (
    MappingBody,
    MappingPreview,
    MappingSaved,
    PipelineBody,
    SamplesAnswer,
)
from api.encoding import json_answer
from api.problems import problem, problem_answers
from api.rule_shapes import flawed
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.bodies import UnreadableBody, clean_mark
from core.business_time import BusinessCalendar
from core.records import AmocrmEvent
from core.texts import format_moment, t
from data.amocrm_bodies import RawBody, count_events_by_pipeline, load_newest_bodies
from data.engine import Viewer, web_database
from data.mapping_rows import (
    Mapping,
    PipelineRow,
    count_deals_by_pipeline,
    load_last_mapping_change,
    load_mapping,
    mapping_version,
    save_mapping,
)
from data.run_requests import request_run
from integrations.amocrm.errors import AmocrmError
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.mapping import parse_body
from integrations.amocrm.meaning import is_deal_event

__all__ = ["amocrm"]     # the routes of the account with those of its mapping

_BODIES_LOOKED_AT, _SAMPLES = 1000, 5


@amocrm.get("/mapping", summary="What the account means", responses={200: MappingBody})
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_mapping() -> Response:
    """Pipelines to products, fields to marks."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        mapping = load_mapping(connection)
    return json_answer({**_describe_mapping(mapping), "version": mapping_version(mapping)})


@amocrm.post("/mapping/preview", summary="What a mapping would leave out", responses={200: MappingPreview})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def preview_mapping(body: MappingBody) -> Response:
    """How many deals would count no longer, before it is saved; nothing is changed."""
    refusal = _flaws(body)
    if refusal is not None:
        return refusal
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        stored = load_mapping(connection)
        deals, events = count_deals_by_pipeline(connection), count_events_by_pipeline(connection)
        bodies = load_newest_bodies(connection, _BODIES_LOOKED_AT)
    before = {one.pipeline_id: one for one in stored.pipelines}
    after = {one.pipeline_id: one for one in body.pipelines}
    changes = [{"pipeline_id": number, "deals": deals.get(number, 0), "events": count, "change": change}
               for number, count in sorted(events.items())
               if (change := _change(before.get(number), after.get(number)))]
    left_out = [one for one in changes if one["change"] == "left_out"]
    return json_answer({
        "changes": changes, "deals_left_out": sum(one["deals"] for one in left_out),
        "events_skipped": sum(one["events"] for one in left_out),
        "fields": _compare_fields(bodies, FieldMap.of(stored.fields), FieldMap.of(_field_rows(body))),
        "mapping": body.model_dump(exclude_unset=True)})


def _field_rows(body: MappingBody) -> tuple[tuple[str, str, str, int], ...]:
    return tuple((one.target, one.kind, one.value.strip(), one.position) for one in body.fields)


def _compare_fields(bodies: tuple[RawBody, ...], before: FieldMap, after: FieldMap) -> dict[str, Any]:
    """How two readings of the same events differ."""
    counts: Counter[str] = Counter()
    deals: list[dict[str, Any]] = []
    for event in _events_with_fields(bodies):
        old, new = before.marks(event.custom_fields), after.marks(event.custom_fields)
        counts["events"] += 1
        counts["with_marks_before"] += not old.utm.is_empty
        counts["with_marks_after"] += not new.utm.is_empty
        counts["changed"] += old != new
        counts["lost"] += new.utm.is_empty and not old.utm.is_empty
        if old != new and len(deals) < _SAMPLES and all(one["deal_id"] != event.id for one in deals):
            deals.append({"deal_id": event.id, "name": clean_mark(event.name), "before": _told(vars(old.utm)),
                          "after": _told(vars(new.utm))})
    names = ("events", "with_marks_before", "with_marks_after", "changed", "lost")
    return {**{name: counts[name] for name in names}, "deals": deals}


def _told(marks: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in marks.items() if value}


def _events_with_fields(bodies: tuple[RawBody, ...]) -> list[AmocrmEvent]:
    """The events of deals that tell custom fields at all; what cannot be read tells none."""
    found = []
    for one in bodies:
        try:
            events = parse_body(one.body, one.content_type).events
        except UnreadableBody:
            continue
        found += [event for event in events if is_deal_event(event) and event.custom_fields]
    return found


@amocrm.get("/samples", summary="Some deals with their fields", responses={200: SamplesAnswer})
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_samples() -> Response:
    """The newest deals that tell custom fields: of the stored events, else of the account."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        events = _events_with_fields(load_newest_bodies(connection, _BODIES_LOOKED_AT))
    source = "stored"
    client = None if events else account_client()
    if client is not None:
        try:
            events, source = list(client.fetch_newest_leads(_SAMPLES).events), "account"
        except AmocrmError:
            return problem(HTTPStatus.BAD_GATEWAY, detail=t("amocrm.no_answer"))
    newest = {event.id: event for event in reversed(events)}
    return json_answer({"source": source, "rows": [_sample(one) for one in list(newest.values())[::-1][:_SAMPLES]]})


def _sample(event: AmocrmEvent) -> dict[str, Any]:
    fields = [{"id": one.id, "name": one.name, "code": one.code, "value": (clean_mark(one.values[0]) or "")[:200]}
              for one in event.custom_fields if one.values]
    return {"deal_id": event.id, "name": clean_mark(event.name), "pipeline_id": event.pipeline_id,
            "status_id": event.status_id, "fields": fields}


def _change(before: PipelineRow | None, after: PipelineBody | None) -> str | None:
    if before is None or after is None:
        return "left_out" if before else "taken_in" if after else None
    if before.counts_as_sale != after.counts_as_sale:
        return "sales" if after.counts_as_sale else "no_sales"
    if before.product != after.product:
        return "product"
    if before.won_status_id != after.won_status_id:
        return "won_stage"
    return "prepayment" if before.prepayment_limit != _pipeline_row(after, before).prepayment_limit else None


def _pipeline_row(body: PipelineBody, stored: PipelineRow | None) -> PipelineRow:
    keeps = "prepayment_limit" not in body.model_fields_set and stored is not None
    limit = stored.prepayment_limit if keeps and stored else _decimal(body.prepayment_limit)
    return PipelineRow(body.pipeline_id, body.product, body.counts_as_sale, _decimal(body.list_price),
                       body.won_status_id, limit)


def _decimal(amount: float | None) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))


@amocrm.put("/mapping", summary="Change what the account means",
            responses={202: MappingSaved, **problem_answers(409)})
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def change_mapping(body: MappingBody) -> Response:
    """Put a mapping in the place of the present one; a run settles every deal by it.

    With other fields everything amoCRM told is read once more.
    """
    refusal = _flaws(body)
    if refusal is not None:
        return refusal
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        stored = load_mapping(connection, locked=True)
        if body.version is not None and body.version != mapping_version(stored):
            return problem(HTTPStatus.CONFLICT, detail=_conflict(connection))
        before = _describe_mapping(stored)
        known = {one.pipeline_id: one for one in stored.pipelines}
        pipelines = tuple(_pipeline_row(one, known.get(one.pipeline_id)) for one in body.pipelines)
        save_mapping(connection, Mapping(pipelines, _field_rows(body)))
        after = _describe_mapping(load_mapping(connection))
        parameters = {"reread": True} if before["fields"] != after["fields"] else {}
        run_id = request_run(connection, "deals", parameters, user.id)
        record(connection, Action.AMOCRM_MAPPED, user_id=user.id, object_type="amocrm",
               before=_plain(before), after=_plain(after))
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)


def _conflict(connection: Connection) -> str:
    change = load_last_mapping_change(connection)
    if change is None:
        return t("amocrm.mapping_changed")
    zone = BusinessCalendar(auth_parts().settings.business_timezone).zone
    return t("amocrm.mapping_changed_by", who=change.who, time=format_moment(change.at.astimezone(zone)))


def _flaws(body: MappingBody) -> Response | None:
    numbers = [one.pipeline_id for one in body.pipelines]
    fields = [(one.target, one.kind, one.value.strip().lower()) for one in body.fields]
    found = [(f"pipelines.{place}.pipeline_id", t("amocrm.pipeline_twice")) for place, number in enumerate(numbers)
             if number in numbers[:place]]
    found += [(f"fields.{place}.value", t("amocrm.field_twice")) for place, field in enumerate(fields)
              if field in fields[:place]]
    found += [(f"fields.{place}.value", t("amocrm.field_id")) for place, one in enumerate(body.fields)
              if one.kind == "id" and not one.value.strip().isdigit()]
    found += [(f"pipelines.{place}.counts_as_sale", t("amocrm.proftest_sells_nothing"))
              for place, one in enumerate(body.pipelines) if one.product == "proftest" and one.counts_as_sale]
    return flawed(found) if found else None


def _describe_mapping(mapping: Mapping) -> dict[str, Any]:
    return {"pipelines": [vars(one) for one in mapping.pipelines],
            "fields": [dict(zip(("target", "kind", "value", "position"), one, strict=True)) for one in mapping.fields]}


def _plain(described: dict[str, Any]) -> dict[str, Any]:
    """For the audit log: amounts as text."""
    return {**described, "pipelines": [
        {**one, **{name: str(one[name]) for name in ("list_price", "prepayment_limit") if one[name] is not None}}
        for one in described["pipelines"]]}
