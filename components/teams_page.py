"""The list of teams, and two of them becoming one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page, create_tabs
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_hidden_field
from components.frames import create_card, create_icon
from components.list_parts import create_progress
from components.states import create_waiting_card
from components.team_form import API, create_preview_card, create_whose_card
from components.team_look import create_chip
from core.reports import TeamLook
from core.texts import format_money, format_number, t, tn

PATH = "/admin/teams"


def create_teams_page(main: Any, state: str, *, with_preview: bool = True) -> html.Div:
    """The page: a form (``main``), the look of its team and the test box beside it, the list below."""
    beside = [create_preview_card(), create_whose_card()] if with_preview else [create_whose_card()]
    body = [
        html.Div([main, html.Div(beside, className="c5 stack")],
                 className="grid"),
        dcc.Store(id=ids.TEAMS_CHANGED), dcc.Store(id=ids.TEAMS_STATE, data=state),
        html.Div(create_waiting_card(), id=ids.TEAMS_LIST),
    ]
    return create_admin_page("teams", html.Div(body, className="stack"))


def create_team_list(rows: Sequence[Mapping[str, Any]], state: str) -> html.Section:
    """The teams; ``rows`` are told as the API tells them, with ``merged_into_name`` and ``merge_id``."""
    shown = [row for row in rows if row["is_active"] == (state != "archive")]
    active = sum(row["is_active"] for row in rows)
    tabs = create_tabs(t("teams.list.title"), [
        ("active", t("teams.list.active"), PATH), ("archive", t("teams.list.archive"), f"{PATH}?state=archive")],
        "archive" if state == "archive" else "active")
    head = html.Thead(html.Tr([
        html.Th(t(f"teams.list.{name}"), className="" if name == "sales" else "l")
        for name in ("team", "source", "aliases", "people", "sales", "state")] + [html.Th(className="l")]))
    table = html.Div(html.Table([head, html.Tbody([_row(row) for row in shown])], className="tbl"), className="scroll",
                     tabIndex=0)
    empty = html.P(t("teams.list.empty_archive" if state == "archive" else "teams.list.empty"), className="empty-line")
    merge = dcc.Link(t("teams.merge.open"), href=f"{PATH}?merge=1", className="btn")
    return create_card(
        t("teams.list.title"), table if shown else empty, actions=[tabs, merge], flush=True,
        unit=tn("teams.list.count", active, archived=len(rows) - active))


def _row(row: Mapping[str, Any]) -> html.Tr:
    look = TeamLook(row["slug"], row["name"], row["color"], row["emoji"])
    people = row["people"]
    who = "—" if not people else people[0] if len(people) == 1 else t(
        "teams.list.more", name=people[0], more=len(people) - 1)
    aliases: list[Any] = [html.Code(one, className="code") for one in row["aliases"][:3]]
    if len(row["aliases"]) > 3:
        aliases.append(html.Span(f"+{len(row['aliases']) - 3}", className="t3"))
    return html.Tr([
        html.Td(create_chip(look), className="l"), html.Td(html.Code(row["utm_source"]), className="l"),
        html.Td(html.Div(aliases or "—", className="row g6 wrap"), className="l"), html.Td(who, className="l"),
        html.Td(format_number(row["sales"]), className="num"), html.Td(_state(row), className="l"),
        html.Td(_actions(row), className="l")])


def _state(row: Mapping[str, Any]) -> html.Span:
    if row["merged_into"]:
        return html.Span(t("teams.state.merged", team=row["merged_into_name"]), className="badge line")
    if row["is_active"]:
        return html.Span([create_icon("check", 12), t("teams.state.active")], className="badge good")
    return html.Span(t("teams.state.archived"), className="badge")


def _actions(row: Mapping[str, Any]) -> html.Div:
    path, name = f"{API}/{row['id']}", row["name"]
    if row["merge_id"]:
        buttons: list[Any] = [create_api_button(
            t("teams.merge.undo"), path=f"/api/traffic-admin/team-merges/{row['merge_id']}/undo",
            done=t("teams.done.unmerged"), refresh=ids.TEAMS_CHANGED, confirm=t("teams.merge.undo_confirm", team=name))]
    elif row["is_active"]:
        buttons = [
            dcc.Link(t("teams.edit"), href=f"{PATH}?edit={row['id']}", className="btn"),
            create_api_button(t("teams.archive"), path=f"{path}?version={row['version']}", method="DELETE",
                              done=t("teams.done.archived"), refresh=ids.TEAMS_CHANGED,
                              confirm=t("teams.archive.confirm", team=name))]
    else:
        buttons = [create_api_button(t("teams.restore"), path=path, method="PATCH",
                                     body={"version": row["version"], "is_active": True},
                                     done=t("teams.done.restored"), refresh=ids.TEAMS_CHANGED)]
    return html.Div(buttons, className="row g6 end")


def create_merge_card(teams: Sequence[tuple[str, str]], active: Sequence[tuple[str, str]]) -> html.Section:
    """Which team goes into which; what would move is told before anything is done."""
    def choice(control_id: str, label: str, options: Sequence[tuple[str, str]]) -> html.Label:
        return html.Label([label, dbc.Select(
            id=control_id, className="input select", placeholder=t("teams.merge.choose"),
            options=[{"value": code, "label": words} for code, words in options])], className="field-label")

    return create_card(
        t("teams.merge.title"),
        [html.P(t("teams.merge.how"), className="hint"),
         html.Div([choice(ids.MERGE_SOURCE, t("teams.merge.source"), teams),
                   choice(ids.MERGE_TARGET, t("teams.merge.target"), active)], className="cols"),
         html.Div(id=ids.MERGE_PREVIEW, **attributes({"aria-live": "polite"})),
         html.Div(id=ids.MERGE_TORN, **attributes({"aria-live": "polite"})), dcc.Store(id=ids.MERGE_PLACE),
         dcc.Link(t("form.cancel"), href=PATH, className="btn lg")],
        class_name="c7 form-card")


def create_merge_preview(source: TeamLook, target: TeamLook, told: Mapping[str, Any]) -> list[Any]:
    """What would move, by kind and by day."""
    counts = told["counts"]
    kinds = [html.Li(tn(f"teams.merge.count.{name}", counts[name])) for name in (
        "sales", "leads", "campaigns", "users", "aliases", "bindings", "plans") if counts[name]]
    if counts["plans_kept"]:
        kinds.append(html.Li(tn("teams.merge.plans_kept", counts["plans_kept"])))
    return [
        html.H3(t("teams.merge.moves", source=source.name, target=target.name), className="step"),
        html.Ul(kinds or [html.Li(t("teams.merge.nothing"))], className="kinds"), _money(source, target, told),
        html.P(t("teams.merge.totals"), className="hint")]


def create_merge_progress(done: int, total: int) -> html.Div:
    """How many days have been looked through for sales that the two are torn between."""
    return create_progress(t("teams.merge.looking"), done, total)


def create_merge_deed(
    source: TeamLook, target: TeamLook, source_id: str, target_id: str, version: int, sales: int, amount: Decimal
) -> list[Any]:
    """Sales that the two are torn between, and the deed itself."""
    said = t("teams.merge.torn_none") if not sales else tn(
        "teams.merge.torn", sales, amount=format_money(amount, "KZT"))
    form = create_api_form(
        ids.TEAM_FORM, [create_hidden_field("into", target_id)], path=f"{API}/{source_id}/merge",
        submit=t("teams.merge.do"), done=t("teams.done.merged"), refresh=ids.TEAMS_CHANGED, version=version,
        confirm=t("teams.merge.confirm", source=source.name, target=target.name), confirm_word=source.name, go=PATH)
    return [html.P(said, className="hint"), form]


def _money(source: TeamLook, target: TeamLook, told: Mapping[str, Any]) -> html.Div:
    def line(name: Any, one: Mapping[str, Any], class_name: str = "") -> html.Tr:
        cells = [html.Td(words, className="num") for three in ("source", "target", "together") for words in (
            format_number(one[three]["sales"]), _amount(one[three]["revenue"]), _amount(one[three]["spend"]))]
        return html.Tr([html.Td(name, className="l"), *cells], className=class_name)

    teams = html.Tr([html.Th(className="l")] + [html.Th(words, colSpan=3) for words in (
        source.name, target.name, t("teams.merge.together"))])
    names = html.Tr([html.Th(t("teams.merge.day"), className="l")] + [
        html.Th(t(f"metric.{name}")) for _ in range(3) for name in ("sales", "revenue", "spend")])
    days = [line(t("teams.merge.in_all"), told["totals"], "total")] + [
        line(f"{one['day']:%d.%m.%Y}", one) for one in sorted(told["days"], key=lambda one: one["day"], reverse=True)]
    return html.Div(html.Table([html.Thead([teams, names]), html.Tbody(days)], className="tbl dense"),
                    className="scroll short", tabIndex="0")


def _amount(value: Decimal | None) -> str:
    return format_money(value, "KZT", compact=True)
