"""The page of landing sources: who sends leads, the address of each, where things stand in its bodies, and a try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_place import create_nothing, create_notice, create_table
from components.attributes import attributes
from components.forms import (
    create_api_button,
    create_api_form,
    create_area_field,
    create_copy,
    create_hidden_field,
    create_text_field,
)
from components.frames import create_card, create_icon
from core.texts import format_moment, format_number, t

ROOT = "/api/traffic-admin/landing-sources"
READINGS = "/api/traffic-admin/landing-readings"
PAGE = "/admin/landing"
USUAL = ("phone", "email", "name", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term",
         "submission_id", "link", "amocrm_lead_id")
RARE = ("utm_id", "fbclid", "client_id", "funnel", "form_name", "form_id", "submitted_at", "first_name", "last_name",
        "order_id", "order_amount", "cookies")


@dataclass(frozen=True)
class SourceView:
    """A source; ``id`` and ``name`` are ``None`` when it only sent something. Counts are of thirty days."""

    id: str | None
    slug: str
    name: str | None
    address: str
    mapping: Mapping[str, tuple[str, ...]]
    version: int | None
    last_at: datetime | None
    received: int
    processed: int
    skipped: int
    failed: int


def create_sources(rows: Sequence[SourceView], script: str) -> list[Any]:
    """The list, and the script for the pages."""
    new = dcc.Link([create_icon("plus", 14), t("landing.new")], href=f"{PAGE}?new=", className="btn primary")
    if not rows:
        body: Any = create_nothing(t("landing.list.empty"))
    else:
        body = create_table(
            [t(f"landing.list.{name}") for name in ("name", "last", "received", "processed", "skipped", "failed")],
            [[_name(one), format_moment(one.last_at), *(format_number(value) for value in (
                one.received, one.processed, one.skipped, one.failed))] for one in rows],
            t("landing.list.title"), figures=4)
    return [create_card(t("landing.list.title"), body, unit=t("landing.list.unit"), actions=[new], class_name="c8",
                        flush=bool(rows)), _script(script, "c4")]


def _name(one: SourceView) -> html.Div:
    slug = one.slug or t("landing.no_slug")
    if one.name is None:
        give = dcc.Link(t("landing.give_name"), href=f"{PAGE}?new={one.slug}", className="link") if one.slug else None
        return html.Div([html.Span(slug, className="code"), html.Span(t("landing.unnamed"), className="badge weak"),
                         give],
                        className="row g6 wrap")
    name = dcc.Link(one.name, href=f"{PAGE}?id={one.id}", className="link")
    return html.Div([name, html.Span(slug, className="code")], className="row g6 wrap")


def _script(script: str, class_name: str) -> html.Section:
    return create_card(t("landing.script.title"), [html.P(t("landing.script.hint"), className="t2"),
                                                   create_copy(script)], class_name=class_name)


def create_source(view: SourceView | None, slug: str, script: str) -> list[Any]:
    """One source, or a new one with a proposed name in its address."""
    back = html.Div(dcc.Link([create_icon("left", 14), t("landing.back")], href=PAGE, className="btn"),
                    className="c12 row")
    side: list[Any] = []
    if view is not None:
        side.append(create_card(t("landing.address.title"), [html.P(t("landing.address.hint"), className="t2"),
                                                             create_copy(view.address)]))
    side += [_script(script, ""), _test(view, slug)]
    return [back, _form(view, slug), html.Div(side, className="c5 col")]


def _form(view: SourceView | None, slug: str) -> html.Section:
    mapping = view.mapping if view is not None else {}
    title = t("landing.form.edit", name=view.name) if view is not None else t("landing.form.new")
    fields: list[Any] = [
        create_text_field("name", t("landing.form.name"), view.name if view else "", required=True, max_length=100),
        create_text_field("slug", t("landing.form.slug"), view.slug if view else slug, t("landing.form.slug_hint"),
                          required=True, max_length=64),
        html.H3(t("landing.form.mapping")), html.P(t("landing.form.mapping_hint"), className="t2"),
        html.Div([_path(meaning, mapping) for meaning in USUAL], className="field-grid"),
        html.Details([html.Summary(t("landing.form.more")),
                      html.Div([_path(meaning, mapping) for meaning in RARE], className="field-grid")],
                     open=any(meaning in mapping for meaning in RARE)),
    ]
    secondary = [] if view is None else [create_api_button(
        t("landing.remove"), path=f"{ROOT}/{view.id}", method="DELETE", go=PAGE, done=t("landing.removed"),
        confirm=t("landing.remove.confirm"), class_name="btn lg danger")]
    form = create_api_form(
        ids.LANDING_FORM, fields, path=ROOT if view is None else f"{ROOT}/{view.id}",
        method="POST" if view is None else "PATCH", submit=t("landing.form.save"), done=t("landing.saved"),
        go=f"{PAGE}?id={{id}}" if view is None else "", refresh=ids.LANDING_REFRESH if view is not None else "",
        version=None if view is None else view.version, secondary=secondary)
    return create_card(title, form, class_name="c7")


def _path(meaning: str, mapping: Mapping[str, tuple[str, ...]]) -> html.Div:
    return create_area_field(f"mapping.{meaning}", t(f"landing.meaning.{meaning}"),
                             "\n".join(mapping.get(meaning, ())), kind="lines", rows=1)


def _test(view: SourceView | None, slug: str) -> html.Section:
    """The try takes the paths that are typed, saved or not (``assets/landing_page.js``)."""
    form = html.Div(create_api_form(
        ids.LANDING_TEST, [
            create_hidden_field("slug", view.slug if view else slug), create_hidden_field("mapping", {}),
            create_area_field("body", t("landing.test.body"), rows=4)],
        path=READINGS, submit=t("landing.test.run"), answer=ids.LANDING_ANSWER, primary=False),
        **attributes({"data-takes-mapping": ids.LANDING_FORM}))
    return create_card(t("landing.test.title"), [
        form, dcc.Store(id=ids.LANDING_ANSWER),
        html.Div(id=ids.LANDING_READINGS, className="col", **attributes({"aria-live": "polite"}))])


@dataclass(frozen=True)
class ReadingView:
    """What was read in one body."""

    received_at: datetime | None
    outcome: str
    fields: Mapping[str, str]
    paths: tuple[str, ...]


def create_readings(readings: Sequence[ReadingView]) -> list[Any]:
    """What a mapping reads, body by body."""
    if not readings:
        return [create_notice(t("landing.test.none"), "warn")]
    return [html.Div([
        html.Div([html.B(format_moment(one.received_at) if one.received_at else t("landing.test.pasted")),
                  html.Span(one.outcome, className="t2")], className="row g6 wrap"),
        html.Dl([part for name, value in one.fields.items() for part in (
            html.Dt(t(f"landing.meaning.{name}")), html.Dd(value, className="m"))], className="facts"),
        html.P(t("landing.test.paths", paths=", ".join(one.paths)), className="hint") if one.paths else None,
    ], className="sum") for one in readings]
