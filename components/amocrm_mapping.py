"""What amoCRM's pipelines and fields mean: a form read from the account, sample deals beside, and what would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any

from dash import html

from components import ids
from components.admin_place import create_nothing, create_notice, create_table
from components.forms import (
    create_api_button,
    create_api_form,
    create_choice_field,
    create_hidden_field,
    create_switch_field,
    create_text_field,
)
from components.frames import create_card
from core.texts import format_number, t

ROOT = "/api/traffic-admin/amocrm"
PRODUCTS = ("express", "flagman", "challenge3d", "intensive1d", "proftest")
TARGETS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id", "fbclid", "page_link",
           "referrer")
WON = 142


@dataclass(frozen=True)
class PipelineView:
    """A pipeline with its stages (id, name) as far as the account told them, and what it means."""

    id: int
    name: str
    stages: tuple[tuple[int, str], ...]
    product: str | None
    counts_as_sale: bool
    won_status_id: int
    list_price: Decimal | None
    prepayment_limit: Decimal | None = None


@dataclass(frozen=True)
class MappingView:
    """The whole mapping: pipelines, the fields to choose from (``kind:value``, words), and what is chosen."""

    pipelines: Sequence[PipelineView]
    choices: Sequence[tuple[str, str]]
    chosen: Mapping[str, tuple[str, ...]]      # target to ``kind:value``, the first asked first
    samples: Sequence[Mapping[str, Any]]       # as the API tells deals
    version: int | None
    problem: str | None


def create_mapping(view: MappingView) -> list[Any]:
    """The form, and sample deals beside it."""
    parts: list[Any] = [create_notice(view.problem, "warn")] if view.problem else []
    return [*parts, _form(view), _samples(view.samples)]


def _form(view: MappingView) -> html.Section:
    rows = [_pipeline(place, one) for place, one in enumerate(view.pipelines)]
    fields: list[Any] = []
    for target in TARGETS:
        chosen = view.chosen.get(target, ())
        fields += [_field(len(fields) + number, target, value, number, view.choices)
                   for number, value in enumerate(chosen or ("",))]
    form = create_api_form(
        ids.AMOCRM_MAPPING_FORM,
        [html.H3(t("amocrm.map.pipelines")), html.P(t("amocrm.map.pipelines_hint"), className="t2"),
         html.P(t("amocrm.map.prepayment_hint"), className="t2"),
         html.Div(rows, className="rows") if rows else create_nothing(t("amocrm.map.no_pipelines")),
         html.H3(t("amocrm.map.fields")), html.P(t("amocrm.map.fields_hint"), className="t2"),
         html.Div(fields, className="field-grid")],
        path=f"{ROOT}/mapping/preview", submit=t("amocrm.map.preview"), answer=ids.AMOCRM_PREVIEW,
        version=view.version)
    return create_card(t("amocrm.map.title"), form, class_name="c8")


def _pipeline(place: int, one: PipelineView) -> html.Div:
    products = [("none", t("amocrm.map.not_counted")), *((name, t(f"product.{name}") if name != "proftest" else
                                                      t("amocrm.map.proftest")) for name in PRODUCTS)]
    stages = {WON: t("amocrm.map.won"), **dict(one.stages)}
    stages.setdefault(one.won_status_id, str(one.won_status_id))
    name = f"pipelines.{place}"
    return html.Div([
        html.Div([create_hidden_field(f"{name}.pipeline_id", one.id),
                  html.B(one.name or t("amocrm.map.unknown_name")), html.Div(str(one.id), className="hint m")]),
        create_choice_field(f"{name}.product", t("amocrm.map.product"), products,
                            one.product or "none", kind="row"),
        create_choice_field(f"{name}.won_status_id", t("amocrm.map.won_stage"),
                            [(str(number), words) for number, words in stages.items()], str(one.won_status_id),
                            kind="number"),
        create_text_field(f"{name}.list_price", t("amocrm.map.price"), _plain(one.list_price), kind="number"),
        create_text_field(f"{name}.prepayment_limit", t("amocrm.map.prepayment"), _plain(one.prepayment_limit),
                          kind="number"),
        create_switch_field(f"{name}.counts_as_sale", t("amocrm.map.counts"), one.counts_as_sale),
    ], className="map-row")


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def _field(place: int, target: str, value: str, position: int, choices: Sequence[tuple[str, str]]) -> html.Div:
    known = {code for code, _ in choices}
    options = [("none", t("amocrm.map.by_default")), *choices]
    if value and value not in known:
        options.append((value, value))
    name = f"fields.{place}"
    return html.Div([
        create_hidden_field(f"{name}.target", target), create_hidden_field(f"{name}.position", position),
        create_choice_field(f"{name}.field", t(f"amocrm.map.target.{target}"), options, value or "none",
                            kind="row_pair")])


def _samples(samples: Sequence[Mapping[str, Any]]) -> html.Section:
    if not samples:
        return create_card(t("amocrm.map.samples"), create_nothing(t("amocrm.map.samples.none")), class_name="c4")
    deals = [html.Div([
        html.Div([html.B(_deal_name(deal)),
                  html.Span(str(deal["deal_id"]), className="hint m") if deal["name"] else None],
                 className="row g6 wrap"),
        html.Dl([part for field in deal["fields"] for part in (
            html.Dt(f"{field['name'] or field['code'] or ''} · {field['id']}"),
            html.Dd(field["value"], className="m"))], className="facts"),
    ], className="sum") for deal in samples]
    return create_card(t("amocrm.map.samples"), html.Div(deals, className="rows"), class_name="c4")


def _deal_name(deal: Mapping[str, Any]) -> str:
    """The name as people typed it: amoCRM's messages carry it escaped for HTML."""
    return unescape(deal["name"] or "") or str(deal["deal_id"])


def create_preview(answer: Mapping[str, Any], names: Mapping[int, str]) -> list[Any]:
    """What the mapping would change, and the button that saves it."""
    rows = [[names.get(one["pipeline_id"]) or str(one["pipeline_id"]), t(f"amocrm.map.change.{one['change']}"),
             format_number(one["deals"]), format_number(one["events"])] for one in answer["changes"]]
    fields = answer["fields"]
    body: list[Any] = []
    if answer["deals_left_out"]:
        body.append(create_notice(t("amocrm.map.skips", deals=format_number(answer["deals_left_out"]),
                                    events=format_number(answer["events_skipped"])), "bad"))
    if rows:
        body.append(create_table([t("amocrm.map.pipeline"), t("amocrm.map.what"), t("amocrm.map.deals"),
                                  t("amocrm.map.events")], rows, t("amocrm.map.preview_title"), figures=2))
    body.append(html.P(t("amocrm.map.fields_say", **{name: format_number(fields[name]) for name in (
        "events", "with_marks_before", "with_marks_after", "changed", "lost")}), className="t2"))
    body += [html.P(f"{_deal_name(deal)}: {_marks(deal['before'])} → {_marks(deal['after'])}",
                    className="m") for deal in fields["deals"]]
    if not rows and not fields["changed"]:
        body.append(html.P(t("amocrm.map.changes_nothing"), className="t2"))
    body.append(html.Div(create_api_button(
        t("amocrm.map.save"), path=f"{ROOT}/mapping", method="PUT", body=answer["mapping"],
        done=t("amocrm.map.saved"), refresh=ids.AMOCRM_REFRESH, class_name="btn lg primary",
        confirm=t("amocrm.map.save.confirm", deals=format_number(answer["deals_left_out"]))), className="row"))
    return [create_card(t("amocrm.map.preview_title"), html.Div(body, className="rows"))]


def _marks(marks: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in marks.items()) or "—"
