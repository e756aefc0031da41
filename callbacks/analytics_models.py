"""The comparison of attribution models on the analytics page: asked for by its button, forgotten with other filters."""

from typing import Any

from dash import Input, Output, callback, ctx

from auth.permissions import Permission, requires
from callbacks.reading import read_filters, reading
from components import ids
from components.models_card import create_comparison, create_models_hint
from components.states import create_error
from core.touch_models import MODELS
from data.engine import DatabaseAway
from data.reports.context import load_context
from data.reports.models import load_models


@callback(
    Output(ids.ANALYTICS_MODELS, "children"),
    inputs={"clicks": Input(ids.ANALYTICS_MODELS_SHOW, "n_clicks"), "query": Input(ids.QUERY, "data")},
    prevent_initial_call=True,
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_models(clicks: Any, query: Any) -> Any:
    """The models side by side for the filters of the page."""
    if not clicks or ctx.triggered_id != ids.ANALYTICS_MODELS_SHOW:
        return create_models_hint()
    filters = read_filters(query if isinstance(query, str) else None)
    try:
        with reading(filters) as moment:
            context = load_context(moment.connection, filters, moment.calendar, moment.now)
            report = load_models(moment.connection, filters, moment.scope, context, MODELS)
    except DatabaseAway:
        return create_error()
    return create_comparison(report, moment.calendar.zone)
