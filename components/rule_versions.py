"""The rules in force as a whole: in which order they are asked, the look-back, and their versions with the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from dash import dcc, html

from components import ids
from components.forms import create_api_button, create_api_form, create_text_field
from components.frames import create_card
from components.list_parts import (
    create_cell,
    create_list_table,
    create_nothing,
    create_number_cell,
    create_pages,
    create_progress,
)
from components.rule_lists import DRAFTS, PATH
from core.texts import format_moment, format_money, format_number, t, tn

VERSIONS = "/api/traffic-admin/attribution/versions"
# As they are asked; what stands first wins.
STEPS = ("manual", "utm_exact", "alias", "fb_slug", "campaign_binding", "campaign_token", "person_match")


@dataclass(frozen=True)
class VersionView:
    """A version; ``status`` of its run (``None``: it had none), ``sales`` and ``money`` (KZT) are what it moved."""

    version: int
    note: str
    at: datetime
    author: str | None
    aliases: int
    bindings: int
    look_back_days: int | None
    status: str | None
    done: int
    total: int
    sales: int
    money: Decimal


@dataclass(frozen=True)
class RulesView:
    """The rules in force: version, look-back in days, how many rules each step has (``None``: not counted)."""

    version: int
    look_back_days: int
    counts: Mapping[str, int]


def create_rules_in_force(view: RulesView) -> html.Div:
    """The steps in their order and the look-back."""
    links = {"alias": "aliases", "campaign_binding": "bindings", "campaign_token": "tokens"}
    steps = []
    for number, step in enumerate(STEPS, start=1):
        counted = view.counts.get(step)
        words = tn("attribution.rules", counted) if counted is not None else ""
        side = dcc.Link(words, href=f"{PATH}?tab={links[step]}", className="link") if step in links else words
        steps.append(html.Li([
            html.Span(str(number), className="num t3"),
            html.Span([html.B(t(f"attribution.step.{step}")),
                       html.Div(t(f"attribution.step.{step}.text"), className="small t2")], className="grow"),
            html.Span(side, className="small t2")], className="item"))
    order = create_card(
        t("attribution.order"), html.Ol(steps, className="divide steps"), class_name="c8",
        unit=t("attribution.version", number=view.version) if view.version else t("attribution.version.none"))
    form = create_api_form(ids.RULES_FORM, [
        create_text_field("look_back_days", t("attribution.look_back"), str(view.look_back_days),
                          t("attribution.look_back.hint"), kind="number", required=True),
        create_text_field("note", t("attribution.note"), "", t("attribution.note.hint"), max_length=1000),
    ], path=f"{DRAFTS}/look-back", submit=t("attribution.preview"), answer=ids.RULES_DRAFT)
    back = create_card(t("attribution.look_back.title"), form, unit=t("attribution.preview.hint"), class_name="c4")
    return html.Div([order, back], className="grid")


def create_versions(
    rows: Sequence[VersionView], newest: int | None, query: Mapping[str, str], following: str | None
) -> html.Section:
    """Every version with who made it, why, and what it moved; any but the ``newest`` can be restored."""
    if not rows:
        return create_card(t("attribution.versions.title"), create_nothing(
            t("attribution.versions.empty.title"), t("attribution.versions.empty.text")))
    columns = [(t(f"attribution.versions.{name}"), name == "moved") for name in ("number", "what", "holds", "moved")]
    columns.append((t("list.actions"), True))
    table = create_list_table(t("attribution.versions.title"), columns, [_row(one, newest) for one in rows])
    return create_card(t("attribution.versions.title"), table, hint=t("attribution.versions.hint"), flush=True,
                       footer=create_pages(PATH, query, following))


def _row(one: VersionView, newest: int | None) -> html.Tr:
    mark = html.Span(t("attribution.versions.now"), className="badge good") if one.version == newest else None
    who = one.author or t("attribution.versions.found")
    holds = [tn("attribution.aliases.count", one.aliases), tn("attribution.bindings.count", one.bindings)]
    if one.look_back_days is not None:
        holds.append(tn("attribution.look_back.days", one.look_back_days))
    revert = None if one.version == newest else create_api_button(
        t("attribution.revert"), path=f"{VERSIONS}/{one.version}/revert", refresh=ids.RULES_REFRESH,
        done=t("attribution.reverted", version=one.version),
        confirm=t("attribution.revert.confirm", version=one.version))
    return html.Tr([
        create_cell([html.Span(str(one.version), className="num b"), " ", mark]),
        create_cell([html.Div(one.note or t("attribution.versions.no_note"), className="" if one.note else "t3"),
                     html.Div([format_moment(one.at), " · ", who], className="micro t3")]),
        create_cell(", ".join(holds), "small t2"),
        create_number_cell(_moved(one)),
        html.Td(revert)])


def _moved(one: VersionView) -> Any:
    if one.status is None:
        return html.Span("—", className="t3")
    if one.status in ("queued", "running"):
        return create_progress(t("attribution.versions.running"), one.done, one.total)
    moved: list[Any] = [html.Div(tn("attribution.sales", one.sales)),
             html.Div(format_money(one.money, "KZT"), className="micro t3")]
    if one.status != "done":
        moved.append(html.Span(t(f"runs.status.{one.status}"), className="badge loss"))
    return moved if one.sales or one.status != "done" else html.Span(format_number(0), className="t3")
