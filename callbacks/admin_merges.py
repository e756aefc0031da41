"""What a merge of two teams would move: figures at once, then day by day the sales that the two are torn between."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from dash import Input, Output, State, callback, set_props
from sqlalchemy import Connection

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.states import create_away
from components.team_form import create_checked
from components.teams_page import create_merge_deed, create_merge_preview, create_merge_progress
from core.business_time import now
from core.records import DateRange, Team
from core.reports import TeamLook
from core.team_rules import merge_flaw
from core.texts import t
from data.attribution_preview import load_days
from data.engine import DatabaseAway, Viewer, web_database
from data.people import load_teams
from data.team_merge_preview import preview_figures, preview_torn
from data.teams import load_arranged_team

_DAYS_AT_ONCE = 92


@dataclass(frozen=True)
class _Place:
    """How far the looking through has come: the first day not looked at yet, and what was found before it."""

    source: str
    target: str
    following: date | None = None
    sales: int = 0
    amount: Decimal = Decimal(0)

    def to_store(self) -> dict[str, Any]:
        """For the store of the page."""
        return {"source": self.source, "target": self.target, "sales": self.sales, "amount": str(self.amount),
                "following": self.following.isoformat() if self.following else None}


@callback(
    Output(ids.MERGE_PREVIEW, "children"), Output(ids.MERGE_PLACE, "data"),
    Input(ids.MERGE_SOURCE, "value"), Input(ids.MERGE_TARGET, "value"),
)
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_merge(source_id: Any, target_id: Any) -> tuple[Any, Any]:
    """What would move if these two became one, and the start of looking through their sales."""
    chosen = _chosen(source_id, target_id)
    if chosen is None:
        return None, None
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            pair = _pair(connection, chosen)
            if not isinstance(pair, tuple):
                return create_checked(False, pair), None
            shown = create_merge_preview(_look(pair[0]), _look(pair[1]), preview_figures(connection, *pair))
    except DatabaseAway:
        return create_away(), None
    return shown, chosen.to_store()


@callback(
    Output(ids.MERGE_TORN, "children"),
    Input(ids.MERGE_PLACE, "data"), State(ids.MERGE_SOURCE, "value"), State(ids.MERGE_TARGET, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_torn(stored: Any, source_id: Any, target_id: Any) -> Any:
    """The next days; after the last of them the deed itself. Whoever chooses others meanwhile begins anew."""
    chosen = _chosen(source_id, target_id)
    if chosen is None or stored is None:
        return None
    place = _read_place(stored)
    if place is None or (place.source, place.target) != (chosen.source, chosen.target):
        place = chosen
    try:
        # Not read only: the sales looked at are gathered in tables that go with the transaction.
        with web_database().transaction(Viewer.of(current_scope()), one_moment=True) as connection:
            return _look_on(connection, place)
    except DatabaseAway:
        return create_away()


def _look_on(connection: Connection, place: _Place) -> Any:
    pair = _pair(connection, place)
    if not isinstance(pair, tuple):
        return None
    source, target = pair
    known = load_days(connection)
    first = None if known is None else max(known.first, place.following or known.first)
    if known is not None and first is not None and first <= known.last:
        part = DateRange(first, min(known.last, first + timedelta(days=_DAYS_AT_ONCE - 1)))
        torn = preview_torn(connection, source, target, part)
        place = _Place(place.source, place.target, part.last + timedelta(days=1), place.sales + torn.sales,
                       place.amount + torn.amount)
        if part.last < known.last:
            done = (part.last - known.first).days + 1
            # As an output of its own the place would not start the next look.
            set_props(ids.MERGE_PLACE, {"data": place.to_store()})
            return create_merge_progress(done, known.days)
    today = business_calendar().today(now())
    arranged = load_arranged_team(connection, source.id, DateRange(today, today))
    if arranged is None:
        return None
    return create_merge_deed(_look(source), _look(target), source.id, target.id, arranged.version, place.sales,
                             place.amount)


def _chosen(source_id: Any, target_id: Any) -> _Place | None:
    try:
        return _Place(str(UUID(str(source_id))), str(UUID(str(target_id)))) if source_id and target_id else None
    except ValueError:
        return None


def _read_place(stored: Any) -> _Place | None:
    """A place as the page kept it; ``None`` when it is none."""
    try:
        following = stored["following"]
        return _Place(stored["source"], stored["target"], date.fromisoformat(following) if following else None,
                      int(stored["sales"]), Decimal(stored["amount"]))
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return None


def _pair(connection: Connection, chosen: _Place) -> tuple[Team, Team] | str:
    """Both teams, or the sentence why they cannot become one."""
    teams = {team.id: team for team in load_teams(connection)}
    source, target = teams.get(chosen.source), teams.get(chosen.target)
    if source is None:
        return t("teams.merge.unknown")
    flaw = merge_flaw(source, target)
    if flaw is not None:
        return t(flaw.key, **flaw.values)
    return (source, target) if target is not None else t("teams.merge.unknown")


def _look(team: Team) -> TeamLook:
    return TeamLook(team.slug, team.name, team.color, team.emoji)
