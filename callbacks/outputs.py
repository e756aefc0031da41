"""Groups of outputs: a chart or a grid with the state that stands in its place, as one name of a callback."""

from collections.abc import Sequence
from typing import Any

from dash import Output, Patch, no_update

from components import ids
from components.grids import Row


def chart_outputs(block: str) -> dict[str, Output]:
    """A chart and its state."""
    return {"figure": Output(ids.figure_of(block), "figure"), "state": Output(ids.state_of(block), "children")}


def chart(figure: Any) -> dict[str, Any]:
    """A chart that is shown."""
    return {"figure": figure, "state": None}


def no_chart(state: Any) -> dict[str, Any]:
    """A state in place of a chart."""
    return {"figure": no_update, "state": state}


def grid_outputs(block: str) -> dict[str, Output]:
    """A grid and its state."""
    grid = ids.figure_of(block)
    return {
        "rows": Output(grid, "rowData"),
        "columns": Output(grid, "columnDefs"),
        "options": Output(grid, "dashGridOptions"),
        "state": Output(ids.state_of(block), "children"),
    }


def grid(columns: Sequence[Row], rows: Sequence[Row], below: Sequence[Row] = ()) -> dict[str, Any]:
    """A grid that is shown; ``below`` stay under the others whatever the order."""
    options = Patch()
    options["pinnedBottomRowData"] = list(below)
    return {"rows": list(rows), "columns": list(columns), "options": options, "state": None}


def no_grid(state: Any) -> dict[str, Any]:
    """A state in place of a grid."""
    return {"rows": [], "columns": no_update, "options": no_update, "state": state}
