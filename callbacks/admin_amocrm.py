"""The page of amoCRM: the connection, the mapping with its preview, and the work on the history."""

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback

from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.admin_place import RunProgress
from components.amocrm_mapping import MappingView, PipelineView, create_mapping, create_preview
from components.amocrm_page import ConnectionView, ProofView, WorkView, create_connection, create_work
from core.business_time import now
from core.texts import format_day, format_money, format_number, t
from data.amocrm_bodies import count_events_by_pipeline
from data.amocrm_connection import load_connection
from data.amocrm_history import Difference, Reconciliation, load_reconciliations
from data.engine import Viewer, web_database
from data.mapping_rows import load_mapping, mapping_version
from data.sync_runs import SyncRun, load_runs

_WORK = ("amocrm_backfill", "amocrm_reconcile", "deals")
_PROOFS, _DIFFERENCES = 10, 5

clientside_callback(
    ClientsideFunction("amocrm", "load"),
    Output(ids.AMOCRM_ACCOUNT, "data"),
    Input(ids.AMOCRM_MODE, "data"),
    prevent_initial_call=True,
)


@callback(output={"body": Output(ids.AMOCRM_BODY, "children"), "mode": Output(ids.AMOCRM_MODE, "data")},
          inputs={"_refresh": Input(ids.AMOCRM_REFRESH, "data")})
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_connection(_refresh: Any) -> dict[str, Any]:
    """How amoCRM is reached, without its tokens; only then its account is asked what it is made of."""
    settings, zone = auth_parts().settings, business_calendar().zone
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        found = load_connection(connection)
    may_connect = bool(settings.amocrm_client_id and settings.amocrm_client_secret)
    if found is not None:
        view = ConnectionView("oauth", found.base_url, found.account_name, found.account_id,
                              found.connected_at.astimezone(zone), found.expires_at.astimezone(zone), may_connect)
    else:
        has_token = bool(settings.amocrm_account_url and settings.amocrm_access_token)
        view = ConnectionView("token" if has_token else "none", settings.amocrm_account_url if has_token else None,
                              None, settings.amocrm_account_id, None, None, may_connect)
    return {"body": create_connection(view, business_calendar().today(now())), "mode": view.mode}


@callback(
    output={"mapping": Output(ids.AMOCRM_MAPPING, "children"),
            "preview": Output(ids.AMOCRM_PREVIEW_BODY, "children", allow_duplicate=True)},
    inputs={"account": Input(ids.AMOCRM_ACCOUNT, "data")},
    prevent_initial_call=True,
)
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_mapping(account: Any) -> Any:
    """The mapping in force over what the account is made of; a preview of an older one goes."""
    told: Mapping[str, Any] = account or {}
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        mapping, events = load_mapping(connection), count_events_by_pipeline(connection)
    named = {one["id"]: one for one in told.get("pipelines", [])}
    mapped = {one.pipeline_id: one for one in mapping.pipelines}
    pipelines = []
    for number in [*named, *sorted((mapped.keys() | events.keys()) - named.keys())]:
        row, account_row = mapped.get(number), named.get(number, {})
        pipelines.append(PipelineView(
            number, account_row.get("name", ""),
            tuple((stage["id"], stage["name"]) for stage in account_row.get("stages", [])),
            row.product if row else None, row.counts_as_sale if row else True, row.won_status_id if row else 142,
            row.list_price if row else None, row.prepayment_limit if row else None))
    chosen: dict[str, tuple[str, ...]] = {}
    for target, kind, value, _ in sorted(mapping.fields, key=lambda one: one[3]):
        chosen[target] = (*chosen.get(target, ()), f"{kind}:{value}")
    choices = [(f"id:{one['id']}", f"{one['name']} · {one['id']}") for one in told.get("fields", [])]
    view = MappingView(pipelines, choices, chosen, told.get("samples", []), mapping_version(mapping),
                       told.get("problem"))
    return {"mapping": create_mapping(view), "preview": []}


@callback(
    Output(ids.AMOCRM_PREVIEW_BODY, "children"),
    Input(ids.AMOCRM_PREVIEW, "data"),
    State(ids.AMOCRM_ACCOUNT, "data"),
    prevent_initial_call=True,
)
@requires(Permission.AMOCRM_ACCOUNT_WRITE)
def show_preview(answer: Any, account: Any) -> Any:
    """What the API found that a mapping would change."""
    if not answer:
        return []
    return create_preview(answer, {one["id"]: one["name"] for one in (account or {}).get("pipelines", [])})


@callback(
    Output(ids.AMOCRM_RUNS, "children"),
    Input(ids.AMOCRM_TICK, "n_intervals"),
    Input(ids.AMOCRM_RUNS_REFRESH, "data"),
)
@requires(Permission.AMOCRM_ACCOUNT_READ)
def show_work(_tick: Any, _refresh: Any) -> Any:
    """The last run of each kind, and the comparisons."""
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        runs = [one for kind in _WORK for one in load_runs(connection, kind, 1)]
        proofs = load_reconciliations(connection, _PROOFS)
    return create_work([_work(one) for one in runs], [_proof(one) for one in proofs])


def _work(one: SyncRun) -> WorkView:
    progress = RunProgress(one.status, one.progress_done, one.progress_total, " ".join(one.sentences) or None)
    return WorkView(one.kind, progress, (one.started_at or one.created_at).astimezone(business_calendar().zone),
                    one.counts)


def _proof(one: Reconciliation) -> ProofView:
    at = one.checked_at.astimezone(business_calendar().zone)
    sentence = t("amocrm.proof", deals=format_number(one.left), money=format_money(one.money_left, "KZT"),
                 time=f"{at:%H:%M}")
    return ProofView(at, one.period.first, one.period.last, one.deals, one.found, one.left, sentence, one.is_proof,
                     one.hook, tuple(_difference(row) for row in one.differences[:_DIFFERENCES]))


def _difference(one: Difference) -> str:
    return t("amocrm.page.proofs.difference", pipeline=one.pipeline_id, status=one.status_id, day=format_day(one.day),
             theirs=format_number(one.their_deals), ours=format_number(one.our_deals),
             their_money=format_money(one.their_money, "KZT"), our_money=format_money(one.our_money, "KZT"))
