"""The panel of a sale: the row chosen in the list is explained; after an assignment it is explained anew."""

from typing import Any
from uuid import UUID

from dash import Input, Output, callback

from auth.permissions import Permission, holds, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from callbacks.reading import read_filters, reading
from components import ids
from components.evidence_panel import PanelView, create_evidence, create_evidence_gone
from components.states import create_error
from core.reports import FilterChoices
from data.engine import DatabaseAway
from data.reports.choices import load_choices
from data.reports.evidence import load_evidence


@callback(
    output={"body": Output(ids.EVIDENCE_BODY, "children"), "hidden": Output(ids.EVIDENCE_PANEL, "hidden")},
    inputs={
        "rows": Input(ids.figure_of(ids.ANALYTICS_SALES), "selectedRows"),
        "_changed": Input(ids.EVIDENCE_CHANGED, "data"),
    },
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_evidence(rows: Any, _changed: Any) -> dict[str, Any]:
    """Explain the chosen sale; without one there is no panel."""
    sale_id = _chosen(rows)
    if sale_id is None:
        return {"body": None, "hidden": True}
    try:
        with reading(read_filters(None)) as moment:
            sale = load_evidence(moment.connection, sale_id)
            choices = load_choices(moment.connection, moment.scope)
    except DatabaseAway:
        return {"body": create_error(), "hidden": False}
    if sale is None:
        return {"body": create_evidence_gone(), "hidden": False}
    return {"body": create_evidence(sale, _view(choices, moment.calendar.zone)), "hidden": False}


def _chosen(rows: Any) -> str | None:
    """The id of the chosen row, if it is one."""
    row = rows[0] if isinstance(rows, list) and rows else None
    try:
        return str(UUID(str(row["id"]))) if isinstance(row, dict) and "id" in row else None
    except ValueError:
        return None


def _view(choices: FilterChoices, zone: Any) -> PanelView:
    may_assign = holds(current_user().role, Permission.ATTRIBUTION_SALE_ASSIGN)
    looks = {team.slug: team for team in choices.teams if team.slug}
    address = auth_parts().settings.amocrm_account_url
    return PanelView(looks, zone, choices.teams if may_assign else (), str(address).rstrip("/") if address else "")
