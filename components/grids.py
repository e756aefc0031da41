"""Tables drawn by AG Grid: columns from metrics, cells already written in the viewer's language.

Invariant: a row carries the figure (for sorting) and its text (for the eye); the text is made here, in Python, so a
table says what cards, hovers and CSV say. Ratios of a total row are computed from its sums.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dash_ag_grid as dag

from components import ids
from components.frames import create_block
from components.numbers import format_bare
from components.ramps import diverging, ink, roi_colour, spread_place
from components.states import create_rows_skeleton
from core import metrics
from core.metrics import Direction, Metric, Sums, Unit
from core.texts import CURRENCY_SIGNS, NO_BREAK, format_number, t

Row = dict[str, Any]
HEAT_STRENGTH = 0.62
ROW = 44
DENSE_ROW = 38
LEAST_WIDTH = 0.8  # of a column's width; what does not fit scrolls
_ROI_HEAT = "roi"
# From which amount, divided by what, called how, with how many digits.
_SHORT = ((100_000, 1_000_000, "unit.million", 2), (1000, 1000, "unit.thousand", 0))


@dataclass(frozen=True)
class MetricColumn:
    """A metric as a column: ``heat`` tints the cell, ``phone`` keeps the column on narrow screens."""

    metric: Metric
    heat: bool = False
    strong: bool = False
    phone: bool = False
    width: int = 96
    digits: int | None = None
    short: str = ""


def metric_heading(column: MetricColumn, currency: str) -> str:
    """The name of a column, with the currency when it holds amounts."""
    name = t(column.short) if column.short else t(f"metric.{column.metric.name}")
    return f"{name}, {CURRENCY_SIGNS.get(currency, currency)}" if column.metric.unit is Unit.MONEY else name


def metric_columns(columns: Sequence[MetricColumn], currency: str, sort: str = "") -> list[Row]:
    """Definitions of metric columns; ``sort`` names the one that sorts at first, the greatest on top."""
    definitions: list[Row] = []
    for column in columns:
        definition: Row = {
            "field": column.metric.name,
            "headerName": metric_heading(column, currency),
            "headerTooltip": t(f"metric.{column.metric.name}.hint"),
            "type": "rightAligned",
            "width": column.width,
            "minWidth": 48,
            "sortingOrder": ["desc", "asc"],
            "comparator": {"function": "unknownLast"},
            "valueFormatter": {"function": "writtenText(params)"},
            "context": {"phone": column.phone, "least": LEAST_WIDTH},
        }
        if column.heat:
            definition["cellRenderer"] = "HeatCell"
        if column.strong:
            definition["cellClass"] = "strong ag-right-aligned-cell"
        if column.metric.name == sort:
            definition["initialSort"] = "desc"
        definitions.append(definition)
    return definitions


def metric_cells(columns: Sequence[MetricColumn], sums: Sums, currency: str) -> Row:
    """The figures of a row and how they are written."""
    cells: Row = {}
    for column in columns:
        value = column.metric.value(sums)
        cells[column.metric.name] = None if value is None else float(value)
        cells[f"{column.metric.name}__text"] = format_bare(column.metric, sums, currency, column.digits)
        if column.phone and column.metric.unit is Unit.MONEY and value is not None:
            cells[f"{column.metric.name}__short"] = short_amount(value)
    return cells


def add_heat(rows: Sequence[Row], columns: Sequence[MetricColumn], sums: Sequence[Sums]) -> None:
    """Tint the cells of heat columns: ROI by its own scale, other metrics by their place among the rows."""
    for column in columns:
        if not column.heat:
            continue
        known = [Decimal(value) for one in sums if (value := column.metric.value(one)) is not None]
        for row, one in zip(rows, sums, strict=True):
            value = column.metric.value(one)
            if value is None:
                continue
            fill = _fill(column.metric, Decimal(value), known)
            row[f"{column.metric.name}__fill"], row[f"{column.metric.name}__ink"] = fill, ink(fill)


def _fill(metric: Metric, value: Decimal, known: list[Decimal]) -> str:
    if metric.name == _ROI_HEAT:
        return roi_colour(value, HEAT_STRENGTH)
    return diverging(spread_place(value, known, metric.direction is Direction.DOWN_IS_GOOD) * HEAT_STRENGTH)


def short_amount(value: Decimal | int) -> str:
    """An amount for narrow screens: millions with two digits, or whole thousands; the heading names the currency."""
    amount = Decimal(value)
    for least, divisor, scale, digits in _SHORT:
        if abs(amount) >= least:
            shown = digits if abs(amount) < 10 * divisor else min(digits, 1)
            return f"{format_number(amount / divisor, shown)}{NO_BREAK}{t(scale)}"
    return format_number(amount)


def products_text(sums: Sums) -> Row:
    """Sales of a row by product, sorted by all of them: ``846 + 63``."""
    parts = [metrics.EXPRESS_SALES, metrics.MAIN_SALES] + ([metrics.OTHER_SALES] if sums.other_sales else [])
    return {"sales__text": " + ".join(format_bare(part, sums, "") for part in parts)}


def text_column(
    field: str, heading: str, width: int, *, phone: bool = False, least: float = LEAST_WIDTH, **options: Any
) -> Row:
    """A column of words. ``least`` of the first column is how far a table's columns may shrink before it scrolls."""
    return {
        "field": field,
        "headerName": heading,
        "width": width,
        "minWidth": 48,
        "sortable": False,
        "context": {"phone": phone, "least": least},
        **options,
    }


def create_grid(
    block: str,
    *,
    row_height: int = DENSE_ROW,
    height: str = "",
    row_rules: Row | None = None,
    selectable: bool = False,
) -> Any:
    """A table that is filled by a callback; without ``height`` it is as high as its rows.

    In a ``selectable`` one a row is chosen by a click or by the space bar.
    """
    chosen = {"rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True}}
    grid = dag.AgGrid(
        id=ids.figure_of(block),
        rowData=[],
        columnDefs=[],
        getRowId="params.data.id",
        defaultColDef={"resizable": True, "suppressMovable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={
            "theme": {"function": "dashboardTheme(themeQuartz, agGrid)"},
            **(chosen if selectable else {}),
            "rowHeight": row_height,
            "headerHeight": 34,
            "domLayout": "normal" if height else "autoHeight",
            "suppressCellFocus": False,
            "suppressDragLeaveHidesColumns": True,
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
            "animateRows": False,
            "tooltipShowDelay": 400,
            "suppressNoRowsOverlay": True,
            "postSortRows": {"function": "fitSoon(params)"},
            "localeText": {"ariaLabelColumnFilter": "", "noRowsToShow": t("state.empty.title")},
            "rowClassRules": row_rules or {"row-none": {"function": "Boolean(params.data && params.data.none)"}},
        },
        eventListeners={
            "gridSizeChanged": ["fitToWidth(params)"],
            "newColumnsLoaded": ["fitToWidth(params)"],
        },
        style={"height": height} if height else {"height": None},
        className="grid-theme",
    )
    return create_block(block, grid, create_rows_skeleton(), "grid-box")


def pinned_total(count: int, write: Callable[[], Row]) -> list[Row]:
    """The total under a table, only when there is more than one row to add up."""
    return [write()] if count > 1 else []
