"""Plans of teams for a week, and the thresholds of verdicts."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page
from components.forms import (
    create_api_button,
    create_api_form,
    create_choice_field,
    create_hidden_field,
    create_text_field,
)
from components.frames import create_card, create_icon
from components.plan_lines import create_plan_table
from components.states import create_waiting_card
from core.metrics import Thresholds
from core.plans import GOALS, WeekOfTeam, plan_lines
from core.records import DateRange
from core.texts import CURRENCY_SIGNS, format_percent, format_period, t

PATH = "/admin/plans"
API = "/api/traffic-admin/plans"


def create_plans_page(week: DateRange) -> html.Div:
    """The page of a week; its content follows."""
    body = [
        dcc.Store(id=ids.PLANS_CHANGED), dcc.Store(id=ids.PLANS_WEEK, data=week.first.isoformat()),
        html.Div(create_waiting_card(), id=ids.PLANS_LIST, className="stack"),
    ]
    return create_admin_page("plans", html.Div(body, className="stack"), actions=_weeks(week))


def _weeks(week: DateRange) -> list[Any]:
    def link(days: int, icon: str, words: str) -> dcc.Link:
        return dcc.Link([create_icon(icon, 14), words] if days < 0 else [words, create_icon(icon, 14)],
                        href=f"{PATH}?week={week.first + timedelta(days=days)}", className="btn")

    copy = create_api_button(
        [create_icon("copy", 14), t("plans.copy")], path="/api/traffic-admin/plan-copies",
        body={"week_start": week.first.isoformat()}, done=t("plans.done.copied"), refresh=ids.PLANS_CHANGED)
    return [link(-7, "left", t("plans.before")), html.B(format_period(week)), link(7, "right", t("plans.after")), copy]


def create_plan_list(
    week: DateRange, teams: Sequence[WeekOfTeam], share: Decimal, thresholds: Thresholds, version: int
) -> list[Any]:
    """Each team with its plan, then the thresholds."""
    if not teams:
        way = dcc.Link(t("plans.make_team"), href="/admin/teams", className="link")
        cards: list[Any] = [html.P([t("plans.no_teams"), " ", way], className="empty-line")]
    else:
        cards = [_team(week.first, one, share) for one in teams]
    return [*cards, create_thresholds_card(thresholds, version)]


def _team(week_start: date, one: WeekOfTeam, share: Decimal) -> html.Section:
    plan = one.plan
    lines = plan_lines(plan.goals if plan else {}, one.sums, share)
    words = t("plans.change") if plan else t("plans.make")
    body = [create_plan_table(lines, one.currency) if plan else html.P(t("plans.none"), className="t2"),
            html.Details([html.Summary(words), _form(week_start, one)], className="more plan-form")]
    actions = [] if plan is None else [create_api_button(
        t("plans.remove"), path=f"{API}/{plan.id}", method="DELETE", done=t("plans.done.removed"),
        refresh=ids.PLANS_CHANGED)]
    return create_card(f"{one.team.emoji or ''} {one.team.name}".strip(), body, actions=actions,
                       unit=t("plans.elapsed", share=format_percent(share * 100, digits=0)))


def _form(week_start: date, one: WeekOfTeam) -> html.Form:
    plan = one.plan
    goals = plan.goals if plan else {}
    figures = [create_text_field(name, t(f"metric.{name}"), _plain(goals.get(name)), kind="number") for name in GOALS]
    currency = create_choice_field("currency", t("plans.currency"), [
        (code, f"{sign} {code}") for code, sign in CURRENCY_SIGNS.items()], one.currency)
    hidden = [] if plan else [create_hidden_field("team", one.team.slug),
                              create_hidden_field("week_start", week_start.isoformat())]
    return create_api_form(
        f"plan-form-{one.team.slug}", [html.Div([*figures, currency], className="cols"), *hidden],
        path=f"{API}/{plan.id}" if plan else API, method="PATCH" if plan else "POST", submit=t("people.save"),
        done=t("plans.done.saved"), refresh=ids.PLANS_CHANGED, version=plan.version if plan else None, primary=False)


def _plain(value: Decimal | None) -> str:
    """A figure as it is typed: without needless digits."""
    return "" if value is None else f"{value.normalize():f}"


def create_thresholds_card(thresholds: Thresholds, version: int) -> html.Section:
    """From which ROAS a team reaches the goal, pays back, or is only weak."""
    fields = [create_text_field(name, t(f"plans.threshold.{name}.label"), _plain(getattr(thresholds, name)),
                                kind="number", required=True, hint=t(f"plans.threshold.{name}.hint"))
              for name in ("goal", "pays_back", "weak")]
    form = create_api_form(
        ids.THRESHOLDS_FORM, [html.Div(fields, className="cols three")], path="/api/traffic-admin/thresholds",
        method="PATCH", submit=t("people.save"), done=t("plans.done.thresholds"), refresh=ids.PLANS_CHANGED,
        version=version)
    return create_card(t("plans.thresholds"), form, unit=t("plans.thresholds.unit"))
