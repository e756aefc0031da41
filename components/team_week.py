"""The plan of a team's week on its page."""

from decimal import Decimal
from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.frames import create_icon
from components.plan_lines import create_plan_table
from core.plans import WeekOfTeam, plan_lines
from core.records import DateRange
from core.texts import format_percent, format_period, t


def create_team_week() -> html.Div:
    """The frame of the plan with the ways to other weeks, and the place of the own claims."""
    def button(control_id: str, icon: str, words: str) -> html.Button:
        return html.Button(create_icon(icon, 14), id=control_id, type="button", className="btn icon", title=words,
                           **attributes({"aria-label": words}))

    head = html.Div(
        [html.Div(html.H2(t("plans.week")), className="grow"),
         html.Div([button(ids.TEAM_WEEK_BACK, "left", t("plans.before")),
                   button(ids.TEAM_WEEK_ON, "right", t("plans.after"))], className="act")], className="hd")
    plan = html.Section([head, html.Div(id=ids.TEAM_WEEK)], className="card fill c7",
                        **attributes({"aria-label": t("plans.week")}))
    return html.Div([plan, html.Div(id=ids.TEAM_CLAIMS, className="c5 claims-place"),
                     dcc.Store(id=ids.TEAM_CLAIMS_CHANGED)], className="grid")


def create_week_card(week: DateRange, one: WeekOfTeam | None, share: Decimal, *, may_plan: bool) -> list[Any]:
    """The figures of the week against its plan."""
    unit = html.Div(t("plans.unit", week=format_period(week), share=format_percent(share * 100, digits=0)),
                    className="unit plan-unit")
    if one is None or one.plan is None:
        words: list[Any] = [t("plans.none")]
        if may_plan:
            words += [" ", dcc.Link(t("plans.make"), href=f"/admin/plans?week={week.first}", className="link")]
        return [unit, html.P(words, className="empty-line")]
    return [unit, create_plan_table(plan_lines(one.plan.goals, one.sums, share), one.currency)]
