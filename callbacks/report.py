"""The regions that the dashboard and a team's page share: which outputs they are and how one report fills them."""

from collections.abc import Callable
from typing import Any

from dash import Output, html

from callbacks.outputs import chart, chart_outputs, grid, grid_outputs, no_chart, no_grid
from components import ids
from components.axes import series_unit
from components.campaign_bars import campaigns_unit, create_campaign_bars
from components.cards import create_number_cards
from components.funnel import create_funnel
from components.grids import Row
from components.heat import create_heat_map, heat_interval
from components.report_head import create_period_line, create_series_notes
from components.roi_chart import draw_roi_by_day
from components.series_chart import draw_series
from components.states import create_away, create_error, create_gap_banners, shown
from core.reports import DashboardReport
from core.texts import t

Regions = dict[str, Any]


def region_outputs(page: str) -> dict[str, Any]:
    """The named outputs of a page that shows a report."""

    def place(name: str) -> Output:
        return Output(ids.block(page, name), "children")

    return {
        "head": place(ids.HEAD),
        "gaps": place(ids.GAPS),
        "cards": place(ids.CARDS),
        "series": chart_outputs(ids.block(page, ids.SERIES)),
        "series_unit": Output(ids.unit_of(ids.block(page, ids.SERIES)), "children"),
        "series_notes": place(ids.SERIES_NOTES),
        "funnel": place(ids.FUNNEL),
        "bars": place(ids.BARS),
        "bars_unit": Output(ids.unit_of(ids.block(page, ids.BARS)), "children"),
        "days": chart_outputs(ids.block(page, ids.DAYS)),
        "days_title": Output(ids.title_of(ids.block(page, ids.DAYS)), "children"),
        "heat": place(ids.HEAT),
        "heat_title": Output(ids.title_of(ids.block(page, ids.HEAT)), "children"),
        "heat_unit": Output(ids.unit_of(ids.block(page, ids.HEAT)), "children"),
    }


def show_regions(report: DashboardReport, empty: Any, of_team: str = "") -> Regions:
    """All regions of a report; a block without figures is ``empty``, a broken one leaves the others alone."""
    nothing = report.totals.is_zero
    campaigns = shown("bars", lambda: create_campaign_bars(report.campaigns, report.currency))
    heat_step = heat_interval(report.days)
    return {
        "head": create_period_line(report),
        "gaps": create_gap_banners(report.gaps),
        "cards": shown("cards", lambda: create_number_cards(report, of_team)),
        "series": no_chart(empty)
        if nothing
        else _chart("series", lambda: draw_series(report.points, report.currency, report.interval)),
        "series_unit": series_unit(report.points, report.currency, report.interval),
        "series_notes": create_series_notes(report),
        "funnel": empty if nothing else shown("funnel", lambda: create_funnel(report.funnel, report.currency)),
        "bars": campaigns or empty,
        "bars_unit": campaigns_unit(report.campaigns),
        "days": no_chart(empty) if nothing else _chart("days", lambda: draw_roi_by_day(report.points, report.interval)),
        "days_title": t("days.title" if report.interval == "day" else f"days.title.{report.interval}"),
        "heat": empty if nothing else shown("heat", lambda: create_heat_map(report)),
        "heat_title": t("heat.title" if heat_step == "day" else f"heat.title.{heat_step}"),
        "heat_unit": t(f"heat.unit.{report.basis}"),
    }


def _chart(name: str, draw: Callable[[], Any]) -> Regions:
    return shown(name, lambda: chart(draw()), broken=no_chart(create_error()))


def table(name: str, columns: list[Row], make_rows: Callable[[], tuple[list[Row], list[Row]]]) -> Regions:
    """A grid that is shown, or an error in its place."""
    return shown(name, lambda: grid(columns, *make_rows()), broken=no_grid(create_error()))


def away_regions(outputs: dict[str, Any]) -> Regions:
    """Every region while the database does not answer: one block says so, the others wait as they are."""
    regions: Regions = {}
    for name, output in outputs.items():
        if isinstance(output, dict):
            regions[name] = no_grid(create_away()) if "rows" in output else no_chart(create_away())
        elif name in ("cards", "funnel", "bars", "heat", "coverage"):
            regions[name] = html.Div(create_away(), className="card c12") if name == "cards" else create_away()
        else:
            regions[name] = None
    return regions


__all__ = ["away_regions", "grid_outputs", "region_outputs", "show_regions", "table"]
