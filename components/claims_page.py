"""Claims for admins: who holds which sale to be theirs and why, and the decision."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page, create_tabs
from components.admin_place import create_nothing
from components.claims import API, create_claim_state
from components.coverage import method_name, reason_name
from components.forms import (
    create_api_button,
    create_api_form,
    create_area_field,
    create_hidden_field,
    create_page_links,
)
from components.frames import create_card
from components.states import create_waiting_card
from components.team_look import create_chip
from core.people_records import Claim
from core.texts import format_day, format_moment, format_money, t

PATH = "/admin/claims"
STATES = ("open", "accepted", "rejected", "withdrawn")


def create_claims_page(query: Mapping[str, str]) -> html.Div:
    """The page; ``query`` says which claims."""
    state = query.get("status", "open")
    tabs = create_tabs(t("admin.claims.title"), [
        (one, t(f"claims.tab.{one}"), PATH if one == "open" else f"{PATH}?status={one}") for one in STATES], state)
    body = [tabs, dcc.Store(id=ids.CLAIMS_CHANGED), dcc.Store(id=ids.CLAIMS_QUERY, data=dict(query)),
            html.Div(create_waiting_card(), id=ids.CLAIMS_LIST, className="stack")]
    return create_admin_page("claims", html.Div(body, className="stack"))


def create_claim_list(
    claims: Sequence[Claim], query: Mapping[str, str], following: str | None, zone: ZoneInfo
) -> list[Any]:
    """A page of claims."""
    state = query.get("status", "open")
    if not claims:
        return [create_card(t(f"claims.tab.{state}"), create_nothing(t(f"claims.empty.{state}")))]
    filters = {"status": state} if state != "open" else {}
    return [*[_claim(one, zone) for one in claims],
            create_page_links(PATH, filters, following, first="cursor" not in query)]


def _claim(claim: Claim, zone: ZoneInfo) -> html.Section:
    who = t("claims.by", who=claim.who or "—", when=format_moment(claim.created_at.astimezone(zone)))
    parts: list[Any] = [
        html.Div([create_chip(claim.team, "md"), create_claim_state(claim.status)], className="row g6"),
        html.Blockquote(claim.reason, className="why"), _sales(claim)]
    if claim.answer:
        parts.append(html.P(t("claims.answered", answer=claim.answer), className="why"))
    parts.append(_decision(claim) if claim.status == "open" else _decided(claim, zone))
    return create_card(t("claims.of_deal", deal=claim.deal_id), html.Div(parts, className="stack"), unit=who)


def _sales(claim: Claim) -> Any:
    if not claim.sales:
        return html.P(t("claims.unknown_sale"), className="hint warn")
    head = html.Thead(html.Tr([html.Th(t(f"claims.sale.{name}"), className="" if name == "amount" else "l")
                               for name in ("day", "product", "amount", "team", "why")]))
    rows = [html.Tr([
        html.Td(_day(sale["sale_day"]), className="l num"), html.Td(t(f"product.{sale['product']}"), className="l"),
        html.Td(_money(sale), className="num"), html.Td(sale["team_name"] or t("team.none"), className="l"),
        html.Td(_why(sale), className="l t2")]) for sale in claim.sales]
    return html.Div(html.Table([head, html.Tbody(rows)], className="tbl dense"), className="scroll", tabIndex=0)


def _day(told: date | str) -> str:
    return format_day(date.fromisoformat(told) if isinstance(told, str) else told, year=True)


def _money(sale: Mapping[str, Any]) -> str:
    amount = None if sale["amount"] is None else Decimal(sale["amount"])
    words = format_money(amount, sale["currency"])
    return t("claims.sale.reversed", amount=words) if sale["is_reversed"] else words


def _why(sale: Mapping[str, Any]) -> str:
    """How the sale found its team, or why it found none, in words; between whom it stood."""
    told = method_name(sale["method"]) if sale["method"] else reason_name(sale["reason"]) if sale["reason"] else "—"
    return f"{told}: {', '.join(sale['candidates'])}" if sale["candidates"] else told


def _decision(claim: Claim) -> html.Div:
    path = f"{API}/{claim.id}/decide"
    accept = create_api_button(
        t("claims.accept"), path=path, body={"decision": "accept", "answer": "", "version": claim.version},
        done=t("claims.done.accepted"), refresh=ids.CLAIMS_CHANGED, class_name="btn lg primary",
        confirm=t("claims.accept.confirm", deal=claim.deal_id, team=claim.team.name))
    form = create_api_form(
        f"{ids.CLAIM_FORM}-{claim.id}",
        [create_hidden_field("decision", "reject"),
         create_area_field("answer", t("claims.answer_label"), hint=t("claims.answer_hint"), rows=2, required=True)],
        path=path, submit=t("claims.reject"), done=t("claims.done.rejected"), refresh=ids.CLAIMS_CHANGED,
        version=claim.version, primary=False, secondary=[accept])
    return html.Div(form)


def _decided(claim: Claim, zone: ZoneInfo) -> html.Div:
    when = format_moment(claim.decided_at.astimezone(zone)) if claim.decided_at else "—"
    parts: list[Any] = [html.Span(t("claims.decided_by", who=claim.decided_by or claim.who or "—", when=when),
                                  className="t3")]
    if claim.status != "withdrawn":
        parts.append(create_api_button(
            t("claims.reopen"), path=f"{API}/{claim.id}/reopen", done=t("claims.done.reopened"),
            refresh=ids.CLAIMS_CHANGED, confirm=t("claims.reopen.confirm", deal=claim.deal_id)))
    return html.Div(parts, className="row g6 wrap")
