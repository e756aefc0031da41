"""The sales funnel: bars on one linear scale from the first stage, between them the conversion of each step."""

from collections.abc import Sequence

from dash import html

from components.attributes import attributes
from components.frames import create_icon
from components.numbers import compact_money, create_change, create_number, create_written
from core.metrics import Direction, conversion, ratio
from core.reports import FunnelStage
from core.texts import Written, format_percent, t


def create_funnel(stages: Sequence[FunnelStage], currency: str) -> html.Div:
    """Stages in their order. A share above 100 % is shown as it is, its bar ends at the edge."""
    first = stages[0].count if stages else 0
    widest = max((stage.count for stage in stages), default=0)
    parts: list[html.Div] = []
    for number, stage in enumerate(stages):
        if number:
            parts.append(_step(stages[number - 1], stage))
        parts.append(_stage(stage, max(first, widest), currency, is_first=number == 0))
    return html.Div(parts, className="fun", role="list")


def _stage(stage: FunnelStage, widest: int, currency: str, *, is_first: bool) -> html.Div:
    share = ratio(stage.count * 100, widest) or 0
    notes = [t("funnel.first")] if is_first else [t("funnel.of_leads", share=format_percent(stage.total_rate))]
    if stage.money is not None:
        notes.insert(0, compact_money(stage.money, currency))
    return html.Div(
        [
            html.Div(
                [
                    html.Span(
                        [
                            html.Div(t(f"funnel.{stage.stage}"), className="m"),
                            html.Div(" · ".join(notes), className="micro t3"),
                        ]
                    ),
                    html.Span(create_number(stage.count, class_name="v"), **attributes({"data-stage": stage.stage})),
                ],
                className="line",
            ),
            html.Div(
                html.I(style={"width": f"{share:.1f}%"}, className="" if stage.count else "nothing"), className="tr"
            ),
        ],
        className="stage",
        role="listitem",
    )


def _step(before: FunnelStage, stage: FunnelStage) -> html.Div:
    former = conversion(stage.previous_count, before.previous_count)
    moved = None if stage.step_rate is None or former is None else stage.step_rate - former
    return html.Div(
        [
            create_icon("down2", 14),
            create_written(Written(format_percent(stage.step_rate))),
            create_change(moved, Direction.UP_IS_GOOD, in_points=True),
        ],
        className="step",
    )


def create_funnel_footer(stages: Sequence[FunnelStage]) -> html.Div | None:
    """The whole way in one figure."""
    if not stages:
        return None
    return html.Div(t("funnel.overall", share=format_percent(stages[-1].total_rate)), className="ft")
