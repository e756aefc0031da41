"""The bodies of the dashboard and of a team's page before their first report: every block as its own skeleton."""

from typing import Any

from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.charts import create_graph
from components.frames import create_actions, create_block, create_card, create_csv_link, create_icon
from components.grids import DENSE_ROW, ROW, create_grid
from components.heat import create_heat_place
from components.states import create_card_skeletons, create_chart_skeleton, create_rows_skeleton
from components.team_look import create_tile
from components.team_week import create_team_week
from core.reports import TeamLook
from core.texts import t


def create_head(title: str, region: str, export: str, team: TeamLook | None = None) -> html.Div:
    """The title of a page, the line under it (written by its callback) and the export of its totals."""
    words: Any = html.Div([html.H1(title), html.Div("\u00a0", id=region, className="sub")])
    if team is not None:
        words = html.Div([create_tile(team, "xl"), words], className="row g16")
    link = create_csv_link(export, region, [create_icon("dl", 14), t("action.export")])
    return html.Div([words, link], className="pagehead")


def create_series_card(page: str, class_name: str = "c8") -> html.Section:
    """Revenue, spend and ROI over time."""
    return create_card(
        t("series.title"),
        create_block(
            ids.block(page, ids.SERIES),
            create_graph(ids.figure_of(ids.block(page, ids.SERIES)), t("series.title")),
            create_chart_skeleton(336),
        ),
        unit="\u00a0",
        hint=t("series.hint"),
        legend=create_series_legend(),
        class_name=class_name,
        actions=create_actions("timeseries", ids.block(page, ids.SERIES), picture="series"),
        block=ids.block(page, ids.SERIES),
        footer=html.Div(id=ids.block(page, ids.SERIES_NOTES), className="ft"),
    )


def create_series_legend() -> html.Div:
    """What the colours of the time series mean."""
    return html.Div(
        [
            html.Span([html.I(className="key bar-key k-revenue"), t("metric.revenue")]),
            html.Span([html.I(className="key bar-key k-spend"), t("metric.spend")]),
            html.Span([html.I(className="key line k-roi"), f"{t('metric.roi')}, %"]),
        ],
        className="legend",
    )


def create_funnel_card(page: str, class_name: str = "c4") -> html.Section:
    """Leads, registrations and both products."""
    return create_card(
        t("funnel.title"),
        html.Div(create_rows_skeleton(8), id=ids.block(page, ids.FUNNEL)),
        unit=t("funnel.unit"),
        hint=t("funnel.hint"),
        actions=create_actions("funnel", ids.block(page, ids.FUNNEL), picture="funnel", full=False),
        class_name=class_name,
    )


def create_days_card(page: str, class_name: str = "c5") -> html.Section:
    """ROI of each day, week or month."""
    return create_card(
        t("days.title"),
        create_block(
            ids.block(page, ids.DAYS),
            create_graph(ids.figure_of(ids.block(page, ids.DAYS)), t("days.title")),
            create_chart_skeleton(300),
        ),
        unit=t("days.unit"),
        hint=t("days.hint"),
        actions=create_actions("timeseries", ids.block(page, ids.DAYS), picture="roi-by-day", full=False),
        class_name=class_name,
        block=ids.block(page, ids.DAYS),
    )


def create_heat_card(page: str) -> html.Section:
    """ROI of teams by day."""
    return create_card(
        t("heat.title"),
        create_heat_place(ids.block(page, ids.HEAT), t("heat.title"), create_rows_skeleton(6)),
        unit="\u00a0",
        hint=t("heat.hint"),
        actions=create_actions("heatmap", ids.block(page, ids.HEAT), picture="heatmap"),
        block=ids.block(page, ids.HEAT),
    )


def create_bars_card(page: str, class_name: str = "c7") -> html.Section:
    """ROI of campaigns."""
    return create_card(
        t("campaigns.title"),
        html.Div(create_rows_skeleton(10), id=ids.block(page, ids.BARS)),
        unit="\u00a0",
        hint=t("campaigns.hint"),
        actions=create_actions("campaigns", ids.block(page, ids.BARS), picture="roi-by-campaign"),
        class_name=class_name,
        block=ids.block(page, ids.BARS),
    )


def create_report_top(page: str) -> list[Any]:
    """What both pages begin with: gaps, the four numbers, the ratios, what changed."""
    return [
        html.Div(
            id=ids.block(page, ids.GAPS),
            className="banners",
            role="group",
            **attributes({"aria-label": t("gap.label")}),
        ),
        html.Div(
            create_card_skeletons(), id=ids.block(page, ids.CARDS), className="grid", **attributes({"aria-live": "off"})
        ),
    ]


def create_dashboard(filter_bar: Any) -> html.Div:
    """The dashboard of all teams."""
    page = ids.DASHBOARD
    return html.Div(
        [
            dcc.Store(id=ids.PAGE_TEAM),
            create_head(t("dashboard.title"), ids.block(page, ids.HEAD), "overview"),
            filter_bar,
            *create_report_top(page),
            html.Div(id=ids.block(page, ids.NEWS)),
            html.Div([create_series_card(page), create_funnel_card(page)], className="grid"),
            create_card(
                t("teams.title"),
                create_grid(ids.block(page, ids.TEAMS), row_height=ROW),
                unit=t("teams.unit"),
                hint=t("teams.hint"),
                actions=create_actions("teams", ids.block(page, ids.TEAMS)),
                flush=True,
            ),
            html.Div(id=ids.block(page, ids.TEAM_CARDS)),
            html.Div([create_bars_card(page), create_days_card(page)], className="grid"),
            create_heat_card(page),
        ],
        className="page",
    )


def create_team_page(team: TeamLook, filter_bar: Any) -> html.Div:
    """The page of one team: the same blocks for its figures, with all its campaigns."""
    page = ids.TEAM
    return html.Div(
        [
            dcc.Store(id=ids.PAGE_TEAM, data=team.slug),
            create_head(team.name, ids.block(page, ids.HEAD), "overview", team),
            filter_bar,
            *create_report_top(page),
            create_team_week(),
            html.Div([create_series_card(page), create_funnel_card(page)], className="grid"),
            html.Div([create_bars_card(page), create_days_card(page)], className="grid"),
            create_card(
                t("team_page.campaigns.title"),
                create_grid(ids.block(page, ids.CAMPAIGNS), row_height=DENSE_ROW),
                hint=t("analytics.campaigns.hint"),
                actions=create_actions("campaigns", ids.block(page, ids.CAMPAIGNS)),
                flush=True,
                unit="\u00a0",
                block=ids.block(page, ids.CAMPAIGNS),
            ),
            html.Div(id=ids.TEAM_TAG_FAULTS),
            create_heat_card(page),
        ],
        className="page",
    )
