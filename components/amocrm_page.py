"""The page of amoCRM: how it is reached, what its pipelines and fields mean, its history, the comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_place import RunProgress, create_nothing, create_notice, create_run_card, create_table
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_text_field
from components.frames import create_card
from components.states import create_waiting_card
from core.texts import format_day, format_moment, format_number, t

ROOT = "/api/traffic-admin/amocrm"
NOTICES = {"connected": "inf", "refused": "bad", "failed": "bad", "other_account": "bad"}
_HOOKS = {"ok": "good", "subscribed": "good", "partial": "weak", "disabled": "loss", "absent": "loss", "unknown": "ok"}


@dataclass(frozen=True)
class ConnectionView:
    """How amoCRM is reached: ``mode`` is oauth, token or none; times in the zone of the business."""

    mode: str
    address: str | None
    name: str | None
    account_id: int | None
    connected_at: datetime | None
    expires_at: datetime | None
    may_connect: bool


@dataclass(frozen=True)
class ProofView:
    """A comparison with amoCRM; ``proof`` is its sentence."""

    checked_at: datetime
    first: date
    last: date
    deals: int
    found: int
    left: int
    proof: str
    is_proof: bool
    hook: str
    differences: tuple[str, ...]


@dataclass(frozen=True)
class WorkView:
    """A run on the history of amoCRM; ``kind`` is amocrm_backfill, amocrm_reconcile or deals."""

    kind: str
    run: RunProgress
    started_at: datetime
    counts: Mapping[str, int]


def create_amocrm_frame(notice: str | None) -> html.Div:
    """The page before its content comes: places for the connection, the mapping, and the work."""
    said = [create_notice(t(f"amocrm.page.notice.{notice}"), NOTICES[notice])] if notice in NOTICES else []
    return html.Div([
        dcc.Store(id=ids.AMOCRM_REFRESH, data=0), dcc.Store(id=ids.AMOCRM_RUNS_REFRESH, data=0),
        dcc.Store(id=ids.AMOCRM_MODE), dcc.Store(id=ids.AMOCRM_ACCOUNT), dcc.Store(id=ids.AMOCRM_PREVIEW),
        dcc.Interval(id=ids.AMOCRM_TICK, interval=3000),
        html.Div(said, className="grid"),
        html.Div(create_waiting_card(3), id=ids.AMOCRM_BODY, className="grid"),
        html.Div(create_waiting_card(8), id=ids.AMOCRM_MAPPING, className="grid"),
        html.Div(id=ids.AMOCRM_PREVIEW_BODY, className="grid", **attributes({"aria-live": "polite"})),
        html.Div(id=ids.AMOCRM_RUNS, className="grid"),
    ], className="col rows")


def create_connection(view: ConnectionView, today: date) -> list[Any]:
    """How amoCRM is reached, and what can be loaded and compared."""
    facts = [(t("amocrm.page.address"), view.address), (t("amocrm.page.account"), _account(view)),
             (t("amocrm.page.connected_at"), format_moment(view.connected_at) if view.connected_at else None),
             (t("amocrm.page.expires_at"), format_moment(view.expires_at) if view.expires_at else None)]
    body: list[Any] = [
        html.P(t(f"amocrm.page.mode.{view.mode}"), className="t2"),
        html.Dl([part for name, value in facts if value for part in (html.Dt(name), html.Dd(value, className="m"))],
                className="facts")]
    if not view.may_connect and view.mode == "none":
        body.append(create_notice(t("amocrm.no_integration"), "warn"))
    return [create_card(t("amocrm.page.connection"), [*body, html.Div(_connection_deeds(view), className="row wrap")],
                        class_name="c6"), _history(view, today)]


def _account(view: ConnectionView) -> str | None:
    return None if view.account_id is None else f"{view.name or ''} {view.account_id}".strip()


def _connection_deeds(view: ConnectionView) -> list[Any]:
    deeds: list[Any] = []
    if view.may_connect:
        words = t("amocrm.page.connect_again" if view.mode == "oauth" else "amocrm.page.connect")
        deeds.append(html.Span(create_api_button(words, path=f"{ROOT}/oauth-url", class_name="btn lg primary"),
                               **attributes({"data-opens": "url"})))
    if view.mode == "oauth":
        deeds.append(create_api_button(
            t("amocrm.page.disconnect"), path=f"{ROOT}/disconnect", done=t("amocrm.page.disconnected"),
            refresh=ids.AMOCRM_REFRESH, confirm=t("amocrm.page.disconnect.confirm"), class_name="btn lg danger"))
    if view.mode != "none":
        deeds.append(create_api_button(t("amocrm.page.subscribe"), path=f"{ROOT}/hook", class_name="btn lg",
                                       done=t("amocrm.page.subscribed"), refresh=ids.AMOCRM_REFRESH))
    return deeds


def _history(view: ConnectionView, today: date) -> html.Section:
    if view.mode == "none":
        return create_card(t("amocrm.page.history"), create_nothing(t("amocrm.page.history.none")), class_name="c6")
    first = today.replace(day=1)
    form = create_api_form(
        ids.AMOCRM_BACKFILL, [html.Div([
            create_text_field("from", t("amocrm.page.from"), first.isoformat(), kind="date", required=True),
            create_text_field("to", t("amocrm.page.to"), today.isoformat(), kind="date", required=True)],
            className="field-grid")],
        path=f"{ROOT}/backfill", submit=t("amocrm.page.load"), done=t("amocrm.page.load_started"),
        refresh=ids.AMOCRM_RUNS_REFRESH, primary=False,
        secondary=[create_api_button(t("amocrm.page.reconcile"), path=f"{ROOT}/reconcile", class_name="btn lg",
                                     done=t("amocrm.page.reconcile_started"), refresh=ids.AMOCRM_RUNS_REFRESH)])
    return create_card(t("amocrm.page.history"), [html.P(t("amocrm.page.history.hint"), className="t2"), form],
                       class_name="c6")


def create_work(works: Sequence[WorkView], proofs: Sequence[ProofView]) -> list[Any]:
    """Runs that are under way or ended last, and the comparisons."""
    parts: list[Any] = [create_run_card(
        f"{t(f'amocrm.page.work.{one.kind}')} · {format_moment(one.started_at)}", one.run, "c4") for one in works]
    if not proofs:
        return [*parts, create_card(t("amocrm.page.proofs"), create_nothing(t("amocrm.page.proofs.none")))]
    rows = [[format_moment(one.checked_at), f"{format_day(one.first)} – {format_day(one.last)}",
             html.Div([html.Span(one.proof, className=f"badge {'good' if one.is_proof else 'loss'}"),
                       *[html.Div(line, className="hint") for line in one.differences]]),
             html.Span(t(f"amocrm.page.hook.{one.hook}"), className=f"badge {_HOOKS[one.hook]}"),
             format_number(one.deals), format_number(one.found), format_number(one.left)] for one in proofs]
    table = create_table([t(f"amocrm.page.proofs.{name}") for name in (
        "when", "days", "result", "hook", "deals", "found", "left")], rows, t("amocrm.page.proofs"), figures=3)
    return [*parts, create_card(t("amocrm.page.proofs"), table, unit=t("amocrm.page.proofs.unit"), flush=True)]
