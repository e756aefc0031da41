"""The one factory of graphs.

Invariant: a figure never sends anything anywhere and has no toolbar of Plotly; pictures are saved by the card's own
button (``assets/picture.js``).
"""

from typing import Any

from dash import dcc, html

from components.attributes import attributes
from components.theme import plotly_template

Figure = dict[str, Any]


def create_graph(graph_id: str, label: str) -> html.Div:
    """The only maker of graphs: no foreign servers, no logo, no toolbar; it is as large as its place."""
    graph = dcc.Graph(
        id=graph_id,
        figure=empty_figure(),
        responsive=True,
        style={"height": "100%"},
        config={
            "displayModeBar": False,
            "displaylogo": False,
            "showSendToCloud": False,
            "plotlyServerURL": "",
            "responsive": True,
            "scrollZoom": False,
            "doubleClick": False,
            "showTips": False,
        },
    )
    return html.Div(graph, className="plot", role="img", **attributes({"aria-label": label}))


def empty_figure() -> Figure:
    """A figure with nothing in it, for the time before the first report."""
    return {
        "data": [],
        "layout": {"template": plotly_template(), "xaxis": {"visible": False}, "yaxis": {"visible": False}},
    }
