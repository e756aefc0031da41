"""Aliases, tokens and bindings of the attribution manager: lists to look through and the forms of one rule.

A form changes nothing: it makes a draft, whose moved money is shown before it is applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import dcc, html

from components import ids
from components.forms import (
    create_api_button,
    create_api_form,
    create_choice_field,
    create_hidden_field,
    create_text_field,
)
from components.frames import create_card, create_icon
from components.list_parts import (
    create_cell,
    create_choice,
    create_filters,
    create_list_table,
    create_nothing,
    create_number_cell,
    create_pages,
    create_search,
    list_address,
)
from components.team_look import create_chip
from core.reports import TeamLook
from core.texts import t

PATH = "/admin/attribution"
DRAFTS = "/api/traffic-admin/attribution/drafts"
BINDING_KINDS = ("account", "campaign", "ad")


@dataclass(frozen=True)
class RuleView:
    """An alias, a token or a binding as it is shown; ``kind`` and ``external_id`` are those of bindings."""

    id: str
    team: TeamLook
    source: str | None = None
    medium: str | None = None
    token: str | None = None
    funnel: str | None = None
    priority: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    kind: str = ""
    external_id: str = ""
    named: str | None = None


@dataclass(frozen=True)
class RuleListView:
    """A tab of rules: its page, the filters of the address, what may be chosen, the rule that is edited."""

    tab: str
    rows: Sequence[RuleView]
    next_cursor: str | None
    query: Mapping[str, str]
    teams: Sequence[TeamLook]
    version: int
    edited: RuleView | None = None
    is_gone: bool = False


def create_rule_list(view: RuleListView) -> html.Div:
    """The list, with the form above it when a rule is added or edited."""
    parts: list[Any] = []
    if view.is_gone:
        parts.append(html.Div([create_icon("tri", 18, "warn"), t("attribution.rule_gone")], className="banner c12"))
    elif view.query.get("edit"):
        parts.append(_form_card(view))
    parts.append(_list_card(view))
    return html.Div(parts, className="grid")


def _list_card(view: RuleListView) -> html.Section:
    controls: list[Any] = [
        create_search("q", t("list.search"), view.query.get("q", ""), t(f"attribution.{view.tab}.search")),
        create_choice("team", t("list.team"), [(one.slug or "", one.name) for one in view.teams],
                      view.query.get("team", ""))]
    if view.tab == "bindings":
        controls.append(create_choice("kind", t("attribution.kind"), _kinds(), view.query.get("kind", "")))
    add = dcc.Link(t(f"attribution.{view.tab}.add"), href=list_address(PATH, {"tab": view.tab, "edit": "new"}),
                   className="btn primary")
    return create_card(
        t(f"attribution.{view.tab}.title"),
        html.Div([html.Div(create_filters(PATH, controls, {"tab": view.tab}), className="filterbox"), _table(view)]),
        hint=t(f"attribution.{view.tab}.hint"), actions=[add], flush=True,
        footer=create_pages(PATH, view.query, view.next_cursor))


def _kinds() -> list[tuple[str, str]]:
    return [(kind, t(f"attribution.kind.{kind}")) for kind in BINDING_KINDS]


def _table(view: RuleListView) -> html.Div:
    if not view.rows:
        key = "nothing" if any(view.query.get(name) for name in ("q", "team", "kind")) else f"{view.tab}.empty"
        return create_nothing(t(f"attribution.{key}.title"), t(f"attribution.{key}.text"))
    middle = {"aliases": ("source", "conditions"), "tokens": ("token", "conditions"),
              "bindings": ("bound", "external_id")}[view.tab]
    columns = [(t(f"attribution.column.{name}"), False) for name in (*middle, "team", "period")]
    if view.tab != "bindings":
        columns.append((t("attribution.column.priority"), True))
    columns.append((t("list.actions"), True))
    return create_list_table(t(f"attribution.{view.tab}.title"), columns, [_row(view, one) for one in view.rows])


def _row(view: RuleListView, one: RuleView) -> html.Tr:
    if view.tab == "bindings":
        cells = [create_cell([html.Div(one.named or "—", className="m"),
                              html.Div(t(f"attribution.kind.{one.kind}"), className="micro t3")]),
                 create_cell(html.Span(one.external_id, className="mono"))]
    else:
        what = one.source if view.tab == "aliases" else one.token
        cells = [create_cell([html.Span(what, className="mono b"), html.Div(one.note, className="micro t3")]),
                 create_cell(_conditions(view.tab, one))]
    cells += [create_cell(create_chip(one.team)), create_cell(_period(one), "small t2")]
    if view.tab != "bindings":
        cells.append(create_number_cell(str(one.priority)))
    edit = dcc.Link(t("list.edit"), href=list_address(PATH, view.query, edit=one.id), className="btn")
    which = "binding" if view.tab == "bindings" else "alias"
    remove = create_api_button(t("list.remove"), path=f"{DRAFTS}/removal", body={which: one.id},
                               answer=ids.RULES_DRAFT, class_name="btn ghost")
    cells.append(html.Td(html.Div([edit, remove], className="row g6 end")))
    return html.Tr(cells)


def _conditions(tab: str, one: RuleView) -> html.Div:
    named = [("utm_medium", one.medium), ("funnel", one.funnel)]
    if tab == "aliases":
        named.insert(1, ("campaign", one.token))
    badges = [html.Span(f"{name}: {value}", className="badge line mono") for name, value in named if value]
    return html.Div(badges or html.Span(t("attribution.always"), className="small t3"), className="pieces start")


def _period(one: RuleView) -> str:
    if one.valid_from is None and one.valid_to is None:
        return t("attribution.period.always")
    first = f"{one.valid_from:%d.%m.%Y}" if one.valid_from else "…"
    return f"{first} – {one.valid_to:%d.%m.%Y}" if one.valid_to else f"{first} – …"


def _form_card(view: RuleListView) -> html.Section:
    is_new = view.edited is None
    cancel = dcc.Link(t("form.cancel"), href=list_address(PATH, {"tab": view.tab}), className="btn lg")
    fields = _binding_fields(view) if view.tab == "bindings" else _alias_fields(view)
    if view.edited is not None:
        fields.append(create_hidden_field("id", view.edited.id))
    form = create_api_form(
        ids.RULES_FORM, fields, path=f"{DRAFTS}/{'binding' if view.tab == 'bindings' else 'alias'}",
        submit=t("attribution.preview"), answer=ids.RULES_DRAFT, version=None if is_new else view.version,
        secondary=[cancel])
    return create_card(t(f"attribution.{view.tab}.{'add' if is_new else 'change'}"), form,
                       unit=t("attribution.preview.hint"))


def _alias_fields(view: RuleListView) -> list[Any]:
    one, given = view.edited, view.query
    team = one.team.slug if one else given.get("for_team")
    source = create_text_field("utm_source", "utm_source", one.source if one else given.get("utm_source"),
                               t("attribution.source.hint"), kind="null_text", max_length=200, required=True)
    medium = create_text_field("utm_medium", "utm_medium", one.medium if one else "", kind="null_text", max_length=200)
    token = create_text_field(
        "campaign_token", t("attribution.token"), one.token if one else given.get("campaign_token"),
        t("attribution.token.hint"), kind="null_text", max_length=200, required=view.tab == "tokens")
    common = [
        create_choice_field("team", t("list.team"), [(look.slug or "", look.name) for look in view.teams], team),
        create_text_field("funnel", t("attribution.funnel"), one.funnel if one else "", t("attribution.funnel.hint"),
                          kind="null_text", max_length=200)]
    named = [token] if view.tab == "tokens" else [source, medium, token]
    return [html.Div([common[0], *named, common[1], *_period_fields(one)], className="cols"), _note(one)]


def _binding_fields(view: RuleListView) -> list[Any]:
    one = view.edited
    return [html.Div([
        create_choice_field("team", t("list.team"), [(look.slug or "", look.name) for look in view.teams],
                            one.team.slug if one else None),
        create_choice_field("kind", t("attribution.kind"), _kinds(), one.kind if one else "campaign"),
        create_text_field("external_id", t("attribution.external_id"), one.external_id if one else "",
                          t("attribution.external_id.hint"), required=True, max_length=200),
        *_period_fields(one)[1:]], className="cols"), _note(one)]


def _period_fields(one: RuleView | None) -> list[Any]:
    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    return [
        create_text_field("priority", t("attribution.priority"), str(one.priority if one else 0),
                          t("attribution.priority.hint"), kind="number", required=True),
        create_text_field("valid_from", t("attribution.valid_from"), day(one.valid_from if one else None), kind="date"),
        create_text_field("valid_to", t("attribution.valid_to"), day(one.valid_to if one else None),
                          t("attribution.valid_to.hint"), kind="date")]


def _note(one: RuleView | None) -> html.Div:
    return create_text_field("note", t("attribution.note"), one.note if one else "", t("attribution.note.hint"),
                             max_length=1000)
