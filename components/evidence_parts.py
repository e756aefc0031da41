"""Parts of the panel that explains a sale: the ladder of rules, the path of the person, other models, what happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from dash import html

from components.attributes import attributes
from components.frames import create_icon
from components.sales_table import product_name
from components.team_look import team_name, team_style
from core.evidence import SaleEvidence, Step, TouchEvidence
from core.records import Utm
from core.removal_effects import FEWEST_SALES
from core.reports import UNATTRIBUTED, TeamLook
from core.texts import format_day, format_moment, format_money, format_percent, has_text, t, tn

Looks = Mapping[str, TeamLook]
LADDER = ("manual", "utm_exact", "alias", "fb_slug", "campaign_binding", "campaign_token", "person_match")
_DOT = " · "
_ICONS = {"decided": "check", "lost": "x", "ambiguous": "tri"}


def look_of(slug: str | None, looks: Looks) -> TeamLook:
    """A team as it is seen; one the viewer may not know keeps its slug as its name."""
    if slug is None:
        return UNATTRIBUTED
    return looks.get(slug) or TeamLook(slug, slug, UNATTRIBUTED.color, UNATTRIBUTED.emoji)


def names_of(slugs: Sequence[str], looks: Looks) -> str:
    """Teams by their names."""
    return ", ".join(team_name(look_of(slug, looks)) for slug in slugs)


def gap_text(gap: timedelta) -> str:
    """How long, in the largest fitting unit: days, hours or minutes."""
    minutes = max(0, int(gap.total_seconds())) // 60
    if minutes >= 48 * 60:
        return tn("evidence.days", minutes // (24 * 60))
    return tn("evidence.hours", minutes // 60) if minutes >= 120 else tn("evidence.minutes", minutes)


def create_ladder(sale: SaleEvidence, looks: Looks) -> html.Ol:
    """Every step in its order, the one that decided marked; a step that was not asked says nothing."""
    said = {step.method: step for step in sale.steps}
    steps = [said.get(method, Step(method, "silent")) for method in LADDER]
    return html.Ol([_step(step, sale, looks) for step in steps], className="ladder")


def _step(step: Step, sale: SaleEvidence, looks: Looks) -> html.Li:
    mark = create_icon(_ICONS[step.outcome], 14) if step.outcome in _ICONS else html.Span("–")
    return html.Li(
        [
            html.Span(mark, className="mark", **attributes({"aria-hidden": "true"})),
            html.Span(t(f"evidence.step.{step.method}"), className="grow"),
            html.Span(_step_detail(step, sale, looks), className="detail"),
        ],
        className=f"is-{step.outcome}",
        **attributes({"aria-current": "step"} if step.outcome == "decided" else {}),
    )


def _step_detail(step: Step, sale: SaleEvidence, looks: Looks) -> str:
    teams = names_of(step.teams, looks)
    if step.outcome == "decided":
        touch = next((one for one in sale.touches if one.outcome == "decided"), None)
        is_person = step.method == "person_match" and touch is not None
        return t(f"evidence.tie.{touch.tie}") if is_person and touch else teams or t("team.none")
    if step.outcome in ("lost", "ambiguous"):
        if not teams and step.method == "person_match":
            teams = names_of(list(dict.fromkeys(one.team for one in sale.touches if one.team)), looks)
        return t(f"evidence.outcome.{step.outcome}", teams=teams) if teams else "—"
    if step.near:
        team, unmet = step.near[0]
        what = ", ".join(t(f"evidence.unmet.{name}") for name in unmet)
        return t("evidence.near", team=names_of([team], looks), what=what)
    if step.method == "manual":
        return t("evidence.no")
    return t("evidence.no_marks") if step.method == "utm_exact" and sale.utm.is_empty else "—"


def create_path(sale: SaleEvidence, looks: Looks, zone: tzinfo) -> html.Ol:
    """What is known of the person's way: leads, the deal, the payment, by time."""
    stops = [(touch.at, _lead(touch, looks, zone)) for touch in sale.touches]
    if sale.deal_created_at is not None:
        words = marks_text(sale.utm) or t("evidence.no_marks_short")
        stops.append((sale.deal_created_at, _stop(t("evidence.path.deal"), sale.deal_created_at, words, "", zone)))
    title = t("evidence.path.sale", product=product_name(sale.product))
    stops.append((sale.sold_at, _stop(title, sale.sold_at, str(sale.deal_id), "is-sale", zone)))
    return html.Ol([stop for _, stop in sorted(stops, key=lambda pair: pair[0])], className="path")


def _lead(touch: TouchEvidence, looks: Looks, zone: tzinfo) -> html.Li:
    words = marks_text(touch.utm) or t("evidence.no_marks_short")
    verdict = _DOT.join([t(f"evidence.touch.{touch.outcome}"), t(f"evidence.tie.{touch.tie}")])
    style = team_style(look_of(touch.team, looks))
    return _stop(t("evidence.path.lead", form=touch.form), touch.at, words, f"is-{touch.outcome}", zone, verdict, style)


def _stop(
    title: str, moment: datetime, words: str, tone: str, zone: tzinfo, verdict: str = "",
    style: dict[str, str] | None = None,
) -> html.Li:
    return html.Li(
        [
            html.Div([html.Span(title, className="cut"),
                      html.Time(format_moment(moment.astimezone(zone)), dateTime=moment.isoformat(),
                                className="num t3")], className="row sp"),
            html.Div(words, className="mono t2 cut", title=words),
            html.Div(verdict, className="t3") if verdict else None,
        ],
        className=tone or None,
        style=style,
    )


def marks_text(utm: Utm) -> str:
    """Source and campaign, as far as they are there."""
    return _DOT.join(mark for mark in (utm.source, utm.medium, utm.campaign) if mark)


def create_models(sale: SaleEvidence, looks: Looks, zone: tzinfo) -> html.Div:
    """How each model shares the sale: a bar and its parts in words, and what the data-driven one knows."""
    models = sale.models
    slugs = list(dict.fromkeys(slug for shares in models.values() for slug in shares))
    legend = [html.Span([html.Span(className="dot", style=team_style(look_of(slug, looks))),
                         team_name(look_of(slug, looks))], className="row g6") for slug in slugs]
    return html.Div([*(_model(model, shares, looks) for model, shares in models.items()),
                     html.Div(legend, className="row wrap t2 legend"),
                     html.P(data_driven_note(sale.learned_at, zone), className="t3")], className="models")


def data_driven_note(learned_at: datetime | None, zone: tzinfo) -> str:
    """What the data-driven model shares by: what it learned and when, or that it knows too little."""
    if learned_at is None:
        return t("evidence.data_driven.even", n=FEWEST_SALES)
    return t("evidence.data_driven.learned", day=format_day(learned_at.astimezone(zone).date(), year=True))


def _model(model: str, shares: Mapping[str | None, Decimal], looks: Looks) -> html.Div:
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    words = " / ".join(format_percent(share * 100, digits=0) for _, share in ordered)
    told = ", ".join(f"{team_name(look_of(slug, looks))} {format_percent(share * 100, digits=0)}"
                     for slug, share in ordered)
    parts = [html.Span(style={**team_style(look_of(slug, looks)), "width": f"{share * 100}%"})
             for slug, share in ordered]
    return html.Div(
        [
            html.Span(t(f"evidence.model.{model}"), className="grow cut"),
            html.Span(parts, className="shares", role="img", **attributes({"aria-label": told})),
            html.Span(words, className="num"),
        ],
        className="row",
    )


def create_payments(sale: SaleEvidence, zone: tzinfo) -> html.Ul:
    """The payments of one sale, the first of which makes it."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(t("evidence.payment.first" if paid.is_sale else "evidence.payment.further"),
                              className="grow"),
                    html.Span(format_day(paid.paid_at.astimezone(zone).date()), className="num t3"),
                    html.Span(t("evidence.no_amount") if paid.amount is None
                              else format_money(paid.amount, paid.currency), className="num"),
                ],
                className="row",
            )
            for paid in sale.payments
        ],
        className="plain",
    )


def create_happenings(sale: SaleEvidence, zone: tzinfo) -> html.Ul:
    """What was logged of the sale, the newest first."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(_DOT.join(part for part in (_action(entry.action), entry.team, entry.user) if part),
                              className="grow"),
                    html.Span(format_moment(entry.at.astimezone(zone)), className="num t3"),
                ],
                className="row",
            )
            for entry in reversed(sale.history)
        ],
        className="plain",
    )


def _action(action: str) -> str:
    return t(f"evidence.action.{action}") if has_text(f"evidence.action.{action}") else action
