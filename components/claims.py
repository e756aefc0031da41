"""Claims of sales: the form with which one is made, and the own ones with what came of them."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from components import ids
from components.forms import (
    create_api_button,
    create_api_form,
    create_area_field,
    create_text_field,
)
from components.frames import create_card
from core.people_records import Claim
from core.texts import format_moment, t

API = "/api/traffic-admin/claims"
_TONES = {"open": "ok", "accepted": "good", "rejected": "loss", "withdrawn": ""}


def _reason() -> html.Div:
    return create_area_field("reason", t("claims.why"), hint=t("claims.why_hint"), rows=3, required=True)


def create_claims_card(claims: Sequence[Claim], zone: ZoneInfo, user_id: str) -> html.Section:
    """The claims of the own team, and the form for another one by the number of its deal."""
    form = create_api_form(
        ids.CLAIM_FORM,
        [create_text_field("deal_id", t("claims.deal"), kind="number", required=True, hint=t("claims.deal_hint")),
         _reason()], path=API, submit=t("claims.send"), done=t("claims.done.made"), refresh=ids.TEAM_CLAIMS_CHANGED,
        keep=False)
    rows = [_own(claim, zone, user_id) for claim in claims]
    listed: Any = html.Div(rows) if rows else html.P(t("claims.none_own"), className="empty-line")
    return create_card(
        t("claims.own"), [listed, html.Details([html.Summary(t("claims.another")), form], className="more plan-form")],
        unit=t("claims.own_unit"), class_name="c5", flush=False)


def _own(claim: Claim, zone: ZoneInfo, user_id: str) -> html.Div:
    when = format_moment(claim.created_at.astimezone(zone))
    parts: list[Any] = [
        html.Div([html.B(t("claims.of_deal", deal=claim.deal_id)), create_claim_state(claim.status),
                  html.Span(when, className="t3 num")], className="row g6 wrap"),
        html.Div(claim.reason, className="why t2")]
    if claim.answer:
        parts.append(html.Div(t("claims.answered", answer=claim.answer), className="why"))
    if claim.status == "open" and claim.user_id == user_id:
        parts.append(html.Div(create_api_button(
            t("claims.withdraw"), path=f"{API}/{claim.id}", method="DELETE", done=t("claims.done.withdrawn"),
            refresh=ids.TEAM_CLAIMS_CHANGED)))
    return html.Div(parts, className="claim")


def create_claim_state(status: str) -> html.Span:
    """What has become of a claim, in a word."""
    return html.Span(t(f"claims.status.{status}"), className=f"badge {_TONES[status]}".strip())
