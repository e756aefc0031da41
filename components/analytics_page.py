"""The body of the analytics page before its first report: campaigns, UTM marks, coverage and sales."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.ads_below import create_below_card
from components.attributes import attributes
from components.evidence_panel import create_evidence_panel
from components.frames import (
    create_actions,
    create_card,
    create_csv_button,
    create_full_button,
    create_icon,
    create_picture_button,
)
from components.grids import DENSE_ROW, create_grid
from components.models_card import create_models_card
from components.report_page import create_head
from components.sales_table import create_more_button
from components.states import create_rows_skeleton
from core.texts import t

MARKS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CAMPAIGNS_HEIGHT = "560px"


def create_analytics(filter_bar: Any, *, with_models: bool = True) -> html.Div:
    """Every block as its own skeleton; links lead to its parts by ``#campaigns``, ``#utm`` and ``#sales``.

    Models are compared for whoever sees every team: touches of one team alone leave nothing to compare.
    """
    return html.Div(
        [
            dcc.Store(id=ids.PAGE_TEAM),
            dcc.Download(id=ids.ANALYTICS_FILE),
            create_head(t("analytics.title"), ids.ANALYTICS_HEAD, "overview"),
            filter_bar,
            html.Nav(
                [
                    html.A(t(f"analytics.{part}.title"), href=f"#{part}", target="_self")
                    for part in ("campaigns", "utm", "coverage", "sales")
                ],
                className="tabs",
                **attributes({"aria-label": t("analytics.parts")}),
            ),
            html.Div(
                id=ids.ANALYTICS_GAPS, className="banners", role="group", **attributes({"aria-label": t("gap.label")})
            ),
            _campaigns(),
            create_below_card(),
            html.Div([_marks(), _coverage()], className="grid"),
            html.Div(create_models_card(), hidden=not with_models),
            _sales(),
        ],
        className="page",
    )


def _campaigns() -> html.Section:
    return create_card(
        t("analytics.campaigns.title"),
        create_grid(ids.ANALYTICS_CAMPAIGNS, height=CAMPAIGNS_HEIGHT),
        unit="\u00a0",
        hint=t("analytics.campaigns.hint"),
        block=ids.ANALYTICS_CAMPAIGNS,
        flush=True,
        anchor="campaigns",
        actions=[
            create_search(ids.ANALYTICS_CAMPAIGN_SEARCH, t("filters.search_campaign")),
            *create_actions("campaigns", ids.ANALYTICS_CAMPAIGNS),
        ],
    )


def _marks() -> html.Section:
    marks = html.Div(
        dbc.RadioItems(
            id=ids.ANALYTICS_UTM_MARK,
            options=[{"value": mark, "label": html.Span(mark, className="mono")} for mark in MARKS],
            value=MARKS[0],
            className="seg small",
            name=ids.ANALYTICS_UTM_MARK,
        ),
        role="radiogroup",
        className="marks",
        **attributes({"aria-label": t("analytics.utm.mark")}),
    )
    return create_card(
        t("analytics.utm.title"),
        html.Div([marks, create_grid(ids.ANALYTICS_UTM, row_height=DENSE_ROW, height="440px")]),
        unit=t("analytics.utm.unit"),
        hint=t("analytics.utm.hint"),
        flush=True,
        class_name="c8",
        anchor="utm",
        actions=[
            create_search(ids.ANALYTICS_UTM_SEARCH, t("analytics.utm.search")),
            create_csv_button(ids.ANALYTICS_UTM_CSV),
            create_full_button(),
        ],
    )


def _coverage() -> html.Section:
    return create_card(
        t("analytics.coverage.title"),
        html.Div(create_rows_skeleton(8), id=ids.ANALYTICS_COVERAGE),
        unit=t("analytics.coverage.unit"),
        hint=t("analytics.coverage.hint"),
        class_name="c4",
        anchor="coverage",
        actions=[create_csv_button(ids.ANALYTICS_COVERAGE_CSV), create_picture_button("coverage")],
    )


def _sales() -> html.Div:
    """The list, and beside it the panel that explains the chosen sale."""
    return html.Div([_sales_list(), create_evidence_panel()], className="grid explained")


def _sales_list() -> html.Section:
    return create_card(
        t("analytics.sales.title"),
        create_grid(ids.ANALYTICS_SALES, selectable=True),
        unit="\u00a0",
        hint=t("analytics.sales.hint"),
        flush=True,
        block=ids.ANALYTICS_SALES,
        anchor="sales",
        actions=create_actions("sales", ids.ANALYTICS_SALES),
        footer=html.Div(create_more_button(hidden=True), id=ids.ANALYTICS_SALES_SHOWN, className="ft row sp"),
    )


def create_search(field: str, label: str) -> html.Div:
    """A field that narrows a table while one types."""
    return html.Div(
        [
            html.Label(label, htmlFor=field, className="unseen"),
            html.Div(
                [
                    create_icon("search", 14),
                    dbc.Input(id=field, type="search", placeholder=label, autocomplete="off", debounce=150),
                ],
                className="input sm",
            ),
        ],
        className="quick wide",
    )
