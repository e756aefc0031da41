"""The panel beside the list of sales that answers "why this team", and lets an admin decide otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.coverage import method_name
from components.evidence_parts import (
    Looks,
    create_happenings,
    create_ladder,
    create_models,
    create_path,
    create_payments,
    gap_text,
    names_of,
)
from components.forms import create_api_button, create_api_form, create_choice_field, create_hidden_field
from components.frames import create_icon
from components.sales_table import product_name
from components.team_look import create_tile, team_name, team_style
from core.evidence import SaleEvidence
from core.reports import TeamLook
from core.texts import format_day, format_money, format_number, t


@dataclass(frozen=True)
class PanelView:
    """What the panel needs besides the sale. ``teams``: to choose from; empty for who may not assign."""

    looks: Looks
    zone: tzinfo
    teams: Sequence[TeamLook] = ()
    crm_url: str = ""


def create_evidence_panel() -> html.Aside:
    """The panel while nothing is chosen: unseen. ``assets/evidence.js`` moves and closes it."""
    return html.Aside(
        [
            html.Div(
                [
                    html.H2(t("evidence.title"), className="grow"),
                    _head_button("prev", "up", t("evidence.prev"), "K"),
                    _head_button("next", "down", t("evidence.next"), "J"),
                    _head_button("close", "x", t("evidence.close"), "Escape"),
                ],
                className="hd row",
            ),
            html.Div(id=ids.EVIDENCE_BODY, className="evidence-body", **attributes({"aria-live": "polite"})),
            dcc.Store(id=ids.EVIDENCE_CHANGED),
        ],
        id=ids.EVIDENCE_PANEL,
        className="card evidence c4",
        hidden=True,
        tabIndex="-1",
        **attributes({"aria-label": t("evidence.title"), "data-grid": ids.figure_of(ids.ANALYTICS_SALES)}),
    )


def _head_button(deed: str, icon: str, label: str, key: str) -> html.Button:
    return html.Button(create_icon(icon), type="button", className="btn ghost icon", title=f"{label} ({key})",
                       **attributes({"aria-label": label, "aria-keyshortcuts": key, "data-evidence": deed}))


def create_evidence(sale: SaleEvidence, view: PanelView) -> list[Any]:
    """Amount and rate, verdict, ladder of rules, path of the person, other models, what happened, actions."""
    parts = [
        _amount(sale),
        _verdict(sale, view.looks),
        _part(t("evidence.steps"), create_ladder(sale, view.looks)),
        _part(t("evidence.path"), create_path(sale, view.looks, view.zone)),
    ]
    if sale.payments:
        parts.append(_part(t("evidence.payments"), create_payments(sale, view.zone)))
    parts.append(_part(t("evidence.models"), create_models(sale, view.looks, view.zone)))
    if sale.history:
        parts.append(html.Details([html.Summary(t("evidence.history")), create_happenings(sale, view.zone)],
                                  className="part"))
    return [*parts, *_actions(sale, view)]


def create_evidence_gone() -> html.P:
    """The sale is not there any more, or is another team's now."""
    return html.P(t("evidence.gone"), className="part t2")


def _part(title: str, body: Any) -> html.Section:
    return html.Section([html.H3(title), body], className="part")


def _amount(sale: SaleEvidence) -> html.Div:
    known = sale.amount is not None
    amount = format_money(sale.amount, sale.currency) if known else t("evidence.no_amount")
    if sale.rate is None or sale.amount_usd is None:
        rate = t("evidence.no_rate", day=format_day(sale.sale_day)) if known else t("evidence.amount_hint")
    else:
        rate = t("evidence.rate", usd=format_money(sale.amount_usd, "USD"), rate=format_number(sale.rate, 2),
                 day=format_day(sale.sale_day))
    badges = [html.Span(product_name(sale.product), className="badge")]
    if sale.is_reversed:
        badges.append(html.Span(t("sale.reversed"), className="badge loss"))
    return html.Div(
        [
            html.Div([html.Span(amount, className="amount num" + (" gone" if sale.is_reversed else "")),
                      html.Span(badges, className="row g6")], className="row sp"),
            html.Div(rate, className="t3"),
        ],
        className="part",
    )


def _verdict(sale: SaleEvidence, looks: Looks) -> html.Div:
    badges = [html.Span(method_name(sale.method), className="badge ok")] if sale.method else []
    if sale.confidence:
        badges.append(html.Span(t(f"confidence.{sale.confidence}"), className="badge"))
    badges.append(html.Span(t("evidence.version", version=sale.version), className="badge"))
    if sale.locked:
        badges.append(html.Span([create_icon("lock", 14), t("evidence.locked")], className="badge weak"))
    rule = _rule_text(sale)
    return html.Div(
        [
            html.Div(
                [create_tile(sale.team, "md"),
                 html.Div([html.Strong(team_name(sale.team)), html.P(_verdict_text(sale, looks))], className="grow")],
                className="verdict row",
                style=team_style(sale.team) if sale.team.slug else {},
            ),
            html.Div(badges, className="row wrap g6"),
            html.P(rule, className="t3") if rule else None,
        ],
        className="part",
    )


def _verdict_text(sale: SaleEvidence, looks: Looks) -> str:
    if sale.method == "person_match" and sale.gap is not None:
        return t("evidence.verdict.person_match", gap=gap_text(sale.gap))
    if sale.method:
        return t(f"evidence.verdict.{sale.method}")
    return t(f"evidence.none.{sale.reason or 'no_utm'}", teams=names_of(sale.candidates, looks))


def _rule_text(sale: SaleEvidence) -> str:
    """The rule by what it asks for, and since which version it stands."""
    if sale.rule is None or sale.rule.kind == "lead":
        return ""
    says = ", ".join(f"{name}={value}" for name, value in sale.rule.says.items()
                     if name in ("utm_source", "utm_medium", "funnel", "campaign_token", "external_id", "team", "slug",
                                 "campaign"))
    if not says:
        return ""
    since = t("evidence.since", version=sale.rule.since) if sale.rule.since else ""
    return " · ".join(part for part in (t("evidence.rule", says=says), since) if part)


def _actions(sale: SaleEvidence, view: PanelView) -> list[Any]:
    found: list[Any] = []
    if view.teams:
        path = f"/api/traffic-admin/sales/{sale.id}/assign"
        options = [(str(team.slug), f"{team.emoji or ''} {team.name}".strip()) for team in view.teams]
        seen = {"team": sale.team.slug, "locked": sale.locked}
        nobody = create_api_button(
            t("evidence.assign.nobody"), path=path, body={"team": None, "seen": seen}, done=t("evidence.assign.done"),
            refresh=ids.EVIDENCE_CHANGED, class_name="btn lg")
        found.append(create_api_form(
            ids.EVIDENCE_ASSIGN,
            [create_choice_field("team", t("evidence.assign.team"), options, sale.team.slug or options[0][0],
                                 t("evidence.assign.hint"), required=True), create_hidden_field("seen", seen)],
            path=path, submit=t("evidence.assign.submit"), done=t("evidence.assign.done"),
            refresh=ids.EVIDENCE_CHANGED, primary=False, secondary=[nobody]))
        if sale.locked:
            found.append(create_api_button(
                t("evidence.release"), path=path, body={"seen": seen}, done=t("evidence.release.done"),
                refresh=ids.EVIDENCE_CHANGED, confirm=t("evidence.release.confirm"), class_name="btn lg"))
    if view.crm_url:
        found.append(html.A([create_icon("link", 14), t("evidence.crm")], className="btn lg", target="_blank",
                            rel="noopener noreferrer", href=f"{view.crm_url}/leads/detail/{sale.deal_id}"))
    return [html.Div(found, className="part actions")] if found else []
