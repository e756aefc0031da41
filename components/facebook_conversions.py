"""The card that sends a team's won sales back to Facebook, and what was sent so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html

from components.forms import create_api_form, create_switch_field, create_text_field
from components.frames import create_card
from core.texts import format_moment, t

FORM = "facebook-conversions"
PATH = "/api/traffic-admin/facebook/conversions"
_LOOKS = {"queued": "ok", "sent": "good", "refused": "loss", "expired": "weak"}


@dataclass(frozen=True)
class SentView:
    """An event of the log; ``value`` and ``reason`` already in words."""

    deal_id: int
    won_at: datetime
    value: str
    matched_by: tuple[str, ...]
    status: str
    reason: str | None


@dataclass(frozen=True)
class ConversionsView:
    """What a team arranged (``version`` ``None``: nothing yet) and the newest events."""

    is_on: bool
    dataset_id: str
    event_name: str
    test_code: str
    problem: str | None
    version: int | None
    log: tuple[SentView, ...] = ()


def create_conversions(view: ConversionsView) -> html.Section:
    """The form, why nothing is sent when that is so, and the log."""
    fields = [
        create_switch_field("is_on", t("conversions.on"), view.is_on, t("conversions.on.hint")),
        create_text_field("dataset_id", t("conversions.dataset"), view.dataset_id, t("conversions.dataset.hint"),
                          required=True, max_length=30),
        create_text_field("token", t("conversions.token"), "", t("conversions.token.hint"), kind="password",
                          required=view.version is None, max_length=1000),
        create_text_field("event_name", t("conversions.event"), view.event_name, required=True, max_length=50),
        create_text_field("test_code", t("conversions.test"), view.test_code, t("conversions.test.hint"),
                          kind="null_text", max_length=50),
    ]
    form = create_api_form(FORM, fields, path=PATH, submit=t("conversions.save"), done=t("conversions.saved"),
                           go="/settings?tab=facebook", version=view.version, primary=False)
    body: list[Any] = [html.P(t("conversions.hint"), className="small t2")]
    if view.problem:
        body.append(html.P(view.problem, className="small neg", role="status"))
    body.append(form)
    body += [html.H3(t("conversions.log"), className="small m"), *_log(view.log)] if view.version is not None else []
    return create_card(t("conversions.title"), body, class_name="c12 order-4 conversions")


def _log(rows: Sequence[SentView]) -> list[Any]:
    if not rows:
        return [html.P(t("conversions.empty"), className="t3 small")]
    columns = ("deal", "when", "value", "matched", "status")
    head = html.Tr([html.Th(t(f"conversions.column.{name}"), className="l") for name in columns])
    lines = [html.Tr([
        html.Td(str(one.deal_id), className="l num"), html.Td(format_moment(one.won_at), className="l num t2"),
        html.Td(one.value, className="l num"), html.Td(", ".join(one.matched_by) or "—", className="l mono micro"),
        html.Td([html.Span(t(f"conversions.status.{one.status}"), className=f"badge {_LOOKS[one.status]}"),
                 html.Div(one.reason, className="micro neg run-error") if one.reason else None], className="l"),
    ]) for one in rows]
    table = html.Table([html.Thead(head), html.Tbody(lines)], className="tbl dense")
    return [html.Div(table, style={"overflow": "auto", "maxHeight": "320px"}, tabIndex=0)]
