"""The attribution manager: the tab the address asks for, the preview of a draft, the run that follows a change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dash import Input, Output, State, callback, ctx, set_props
from sqlalchemy import Connection

from auth.permissions import Permission, requires
from auth.viewer import current_user
from callbacks.list_query import ListQuery
from callbacks.money_queue import show_queue
from callbacks.reading import business_calendar
from components import ids
from components.attribution_page import create_rerun
from components.moved_money import (
    DayMoves,
    MovesView,
    TeamMoves,
    create_moved_money,
    create_preview_failed,
    create_preview_running,
)
from components.rule_lists import BINDING_KINDS, RuleListView, RuleView, create_rule_list
from components.rule_versions import RulesView, VersionView, create_rules_in_force, create_versions
from components.states import shown
from core.reports import UNATTRIBUTED, TeamLook
from core.texts import t
from data.engine import Viewer, web_database
from data.people import load_teams
from data.rule_lists import (
    RuleFilter,
    VersionMoves,
    load_alias,
    load_aliases,
    load_binding,
    load_bindings,
    load_version_list,
)
from data.rules import load_rules
from data.run_log import RunFilter, load_run_page

_ROWS = 50
_OPEN = ("queued", "running")


@callback(Output(ids.RULES_BODY, "children"), Input(ids.RULES_REFRESH, "data"), Input(ids.RULES_QUERY, "data"))
@requires(Permission.ATTRIBUTION_RULES_READ)
def show_attribution(_refresh: Any, given: Mapping[str, str] | None) -> Any:
    """The tab of the address, as it stands now."""
    query = ListQuery(given)
    tab = query.given.get("tab", "queue")

    def draw() -> Any:
        with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
            teams = tuple(TeamLook(one.slug, one.name, one.color, one.emoji)
                          for one in load_teams(connection) if one.is_active)
            if tab == "rules":
                return _rules(connection)
            if tab == "versions":
                return _versions(connection, query)
            version = load_rules(connection).version
            if tab == "queue":
                return show_queue(connection, query, teams, version)
            return create_rule_list(_rule_list(connection, query, tab, teams, version))

    return shown("attribution", draw)


def _rule_list(
    connection: Connection, query: ListQuery, tab: str, teams: tuple[TeamLook, ...], version: int
) -> RuleListView:
    is_binding = tab == "bindings"
    kind = query.one_of("kind", BINDING_KINDS) if is_binding else "token" if tab == "tokens" else "source"
    chosen = RuleFilter(query.text("q"), query.text("team"), kind)
    page = (load_bindings if is_binding else load_aliases)(connection, chosen, _ROWS, query.cursor)
    edit, edited = query.given.get("edit"), None
    if edit and edit != "new":
        edited = (load_binding if is_binding else load_alias)(connection, edit)
    return RuleListView(tab, [_rule(row) for row in page.rows], page.next_cursor, query.given, teams, version,
                        None if edited is None else _rule(edited), bool(edit and edit != "new" and edited is None))


def _rule(row: Mapping[str, Any]) -> RuleView:
    return RuleView(
        str(row["id"]), TeamLook(row["team"], row["team_name"], row["color"], row["emoji"]), row.get("utm_source"),
        row.get("utm_medium"), row.get("campaign_token"), row.get("funnel"), row.get("priority", 0),
        row["valid_from"], row["valid_to"], row.get("note", ""), row.get("kind", ""), row.get("external_id", ""),
        row.get("named"))


def _rules(connection: Connection) -> Any:
    rules = load_rules(connection)
    named = sum(1 for one in rules.aliases if one.utm_source)
    return create_rules_in_force(RulesView(rules.version, rules.look_back_days, {
        "utm_exact": len(rules.teams), "alias": named, "campaign_token": len(rules.aliases) - named,
        "campaign_binding": len(rules.bindings)}))


def _versions(connection: Connection, query: ListQuery) -> Any:
    rows = load_version_list(connection, query.number("cursor", most=2**31 - 1), _ROWS)
    newest = load_rules(connection).version or None
    following = str(rows[-1][0]["version"]) if len(rows) == _ROWS else None
    running = next((moved for _, moved in rows if moved and moved.status in _OPEN), None)
    if running:
        # So that whoever watches the run knows that this list is drawn anew when it ends.
        set_props(ids.RULES_RUN, {"children": create_rerun(running.done, running.total)})
    return create_versions([_version(one, moved) for one, moved in rows], newest, query.given, following)


def _version(one: Mapping[str, Any], moved: VersionMoves | None) -> VersionView:
    return VersionView(
        one["version"], one["note"], one["created_at"].astimezone(business_calendar().zone), one["created_by"],
        one["aliases"], one["bindings"], one["look_back_days"], moved.status if moved else None,
        moved.done if moved else 0, moved.total if moved else 0, moved.sales if moved else 0,
        moved.money if moved else Decimal(0))


@callback(Output(ids.RULES_PANEL, "children"), Input(ids.RULES_MOVED, "data"), Input(ids.RULES_REFRESH, "data"),
          prevent_initial_call=True)
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def show_moved(told: Mapping[str, Any] | None, _refresh: Any) -> Any:
    """What ``assets/rules.js`` was told about a draft; nothing once something was changed."""
    if ctx.triggered_id == ids.RULES_REFRESH or not isinstance(told, Mapping):
        return None
    if told.get("state") == "running":
        return create_preview_running(int(told.get("done") or 0), int(told.get("total") or 0))
    if told.get("state") == "failed":
        return create_preview_failed(str(told.get("detail") or t("state.error.text")))
    return shown("moved money", lambda: create_moved_money(_moves(told["preview"], told.get("change"))))


def _moves(preview: Mapping[str, Any], change: Mapping[str, Any] | None) -> MovesView:
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        looks = {one.slug: TeamLook(one.slug, one.name, one.color, one.emoji) for one in load_teams(connection)}

    def look(slug: str | None) -> TeamLook:
        return looks.get(slug or "", UNATTRIBUTED)

    teams = [TeamMoves(look(one["team"]), one["sales_in"], one["sales_out"], _money(one["amount_in"]),
                       _money(one["amount_out"])) for one in preview["teams"]]
    days = [DayMoves(f"{date.fromisoformat(one['day']):%d.%m.%Y}", look(one["team"]), one["sales"],
                     _money(one["amount"])) for one in preview["days"]]
    totals = preview["totals"]
    return MovesView(totals["sales"], _money(totals["amount"]), totals["without_amount"], teams, days, change)


def _money(value: float | int) -> Decimal:
    return Decimal(str(value))


@callback(
    Output(ids.RULES_RUN, "children"), Input(ids.RULES_TICK, "n_intervals"), State(ids.RULES_RUN, "children"),
    State(ids.RULES_QUERY, "data"))
@requires(Permission.ATTRIBUTION_RULES_READ)
def show_rerun(ticks: Any, drawn: Any, query: Mapping[str, str] | None) -> Any:
    """The run that follows a change, while it goes on; the versions are drawn anew when it has ended."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        newest = load_run_page(connection, RunFilter(kind="attribution"), 1).rows
    run = newest[0].run if newest else None
    if run is not None and run.status in _OPEN:
        return create_rerun(run.progress_done, run.progress_total)
    if drawn and query is not None and query.get("tab") == "versions":
        # Other tabs hold forms and choices that nobody may take away.
        set_props(ids.RULES_REFRESH, {"data": ticks})
    return None
