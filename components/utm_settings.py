"""The tab "UTM" of the settings: the builder of links, what came of it, templates, links for many ads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
import segno
from dash import dcc, html

from components import ids
from components.attributes import attributes
from components.forms import create_api_button, create_api_form, create_text_field
from components.frames import create_card, create_icon
from core.texts import format_number, t, tn
from core.user_settings import UserSettings
from core.utm_links import (
    LONGEST_LINK,
    MACROS,
    MARKS,
    USUAL_MARKS,
    AdRow,
    UtmTemplate,
    Verdict,
    build_link,
    marks_query,
)

SETTINGS_API = "/api/traffic-admin/settings"
_OWN_FIELDS = ("campaign", "content", "term", "id")
_LOOKS = {"own": ("good", "check"), "other": ("loss", "x"), "nobody": ("loss", "x"), "ambiguous": ("weak", "tri")}


@dataclass(frozen=True)
class Finished:
    """A finished link and what is to be said of it; ``flaw`` is the key of the sentence that refuses the base."""

    marks: Mapping[str, str]
    base: str
    flaw: str | None
    verdict: Verdict | None
    mark_flaws: tuple[str, ...] = ()


@dataclass(frozen=True)
class FinishedAd:
    """An ad of a batch with its marks and whose sale it will be."""

    ad: AdRow
    marks: Mapping[str, str]
    verdict: Verdict


def create_utm_tab(settings: UserSettings, template: UtmTemplate | None) -> html.Div:
    """The whole tab; ``template`` fills the builder."""
    return html.Div(
        [
            create_card(t("utm.build.title"), _builder(settings, template), unit=t("utm.build.unit"),
                        class_name="c8"),
            create_card(t("utm.ready.title"), html.Div(id=ids.UTM_RESULT, **attributes({"aria-live": "polite"})),
                        unit=t("utm.ready.unit"), class_name="c4"),
            create_card(t("utm.defaults.title"), _defaults(settings), unit=t("utm.defaults.unit"), class_name="c4"),
            create_card(t("utm.batch.title"), _batch(), unit=t("utm.batch.unit"), class_name="c8"),
        ],
        className="grid",
    )


def _builder(settings: UserSettings, template: UtmTemplate | None) -> list[Any]:
    shown = template or UtmTemplate("", **USUAL_MARKS)
    own = settings.team.utm_source if settings.team else None
    locked = settings.utm.locked
    hint: Any = t("utm.locked_hint") if locked else ""
    if own and not locked:
        hint = html.Button(t("utm.source_hint", source=own), id=ids.UTM_TAKE_OWN, type="button", className="link small",
                           title=t("utm.take_own"))
    fields: list[Any] = [
        _plain_field(t("utm.base"), dbc.Input(
            id=ids.UTM_BASE, type="url", value="", className="input", placeholder="https://example.com/course",
            autocomplete="off", debounce=False)),
        html.Div(
            [
                _plain_field("utm_source", dbc.Input(
                    id=ids.UTM_SOURCE, type="text", value=settings.utm.source, readonly=locked, autocomplete="off",
                    className="input lock" if locked else "input"), hint, icon="lock" if locked else ""),
                _mark_field("medium", shown.medium or settings.utm.medium, t("utm.medium_hint")),
                *(_mark_field(name, getattr(shown, name)) for name in _OWN_FIELDS),
            ],
            className="cols",
        ),
        html.P([html.Span(t("utm.macros")), *(html.Code("{{" + name + "}}", className="code") for name in MACROS)],
               className="row g6 wrap small t3"),
        create_text_field("utm.save_template.name", t("utm.template_label"), template.name if template else "",
                          t("utm.template_hint"), max_length=60),
    ]
    form = create_api_form(ids.UTM_FORM, fields, path=SETTINGS_API, method="PATCH", submit=t("utm.template_save"),
                           done=t("utm.template_saved"), refresh=ids.SETTINGS_REFRESH, version=settings.version,
                           primary=False)
    return [_templates(settings, template), form]


def _plain_field(label: str, control: Any, hint: Any = "", icon: str = "") -> html.Div:
    """A field of the builder that is not saved with the template."""
    words = html.Span([create_icon(icon, 14) if icon else None, html.Span(label)], className="row g6")
    return html.Div([html.Label([words, control], className="field-label"),
                     html.Div(hint, className="hint") if hint else None], className="field")


def _mark_field(name: str, value: str, hint: str = "") -> html.Div:
    return create_text_field(f"utm.save_template.{name}", f"utm_{name}", value, hint, control_id=ids.utm_mark(name))


def _templates(settings: UserSettings, chosen: UtmTemplate | None) -> html.Div | html.P:
    """The kept templates: a link fills the builder, a cross removes."""
    if not settings.utm.templates:
        return html.P(t("utm.template_none"), className="t3 small")
    rows = [
        html.Span(
            [
                dcc.Link(one.name, href=f"/settings?tab=utm&template={quote(one.name)}",
                         className="btn on" if chosen and chosen.name == one.name else "btn"),
                create_api_button(
                    create_icon("x", 14), path=SETTINGS_API, method="PATCH", class_name="btn icon",
                    body={"version": settings.version, "utm": {"remove_template": one.name}},
                    done=t("utm.template_removed", name=one.name), refresh=ids.SETTINGS_REFRESH,
                    title=t("utm.template_remove", name=one.name)),
            ],
            className="row",
        )
        for one in settings.utm.templates
    ]
    return html.Div([html.Span(t("utm.templates"), className="t3 small"), *rows], className="row g6 wrap utm-templates")


def _defaults(settings: UserSettings) -> Any:
    utm = settings.utm
    fields = [
        create_text_field("utm.source", t("utm.default_source"), utm.source,
                          t("utm.locked_hint") if utm.locked else t("utm.default_source_hint"), read_only=utm.locked),
        create_text_field("utm.medium", t("utm.default_medium"), utm.medium),
    ]
    return create_api_form(ids.UTM_DEFAULTS, fields, path=SETTINGS_API, method="PATCH", submit=t("settings.save"),
                           done=t("settings.saved"), refresh=ids.SETTINGS_REFRESH, version=settings.version,
                           primary=False)


def _batch() -> list[Any]:
    return [
        html.Label([html.Span(t("utm.batch.label")), dbc.Textarea(
            id=ids.UTM_ADS, rows=5, className="input area", placeholder=t("utm.batch.example"))],
            className="field-label"),
        html.P(t("utm.batch.hint"), className="hint"),
        html.Div(
            [
                html.Button(t("utm.batch.mend"), id=ids.UTM_ADS_MEND, type="button", className="btn"),
                html.Button([create_icon("dl", 14), t("utm.batch.csv")], id=ids.UTM_ADS_CSV, type="button",
                            className="btn"),
            ],
            className="row g6 wrap",
        ),
        html.Div(id=ids.UTM_ADS_RESULT),
        dcc.Download(id=ids.UTM_ADS_FILE),
    ]


def create_finished(one: Finished) -> list[Any]:
    """The finished link with its buttons, the picture for a phone, and what is right or wrong with it."""
    if one.flaw is not None:
        return [html.P(t(one.flaw), className="hint warn" if one.flaw == "utm.base_empty" else "hint bad")]
    link = build_link(one.base, one.marks)
    printed = build_link(one.base, {name: value for name, value in one.marks.items() if "{{" not in value})
    picture = segno.make(printed, error="m").svg_data_uri(scale=4, border=2, dark="black", light="white")
    parts: list[Any] = [
        html.Code(link, className="code utm-link"),
        html.Div([_take(link, t("utm.copy_link"), "btn lg primary grow"),
                  _take(marks_query(one.marks), t("utm.copy_marks"), "btn lg") if marks_query(one.marks) else None],
                 className="row g6 wrap"),
    ]
    parts += [
        html.Div([html.Img(src=picture, alt=t("utm.qr", link=printed), width=132, height=132, className="qr"),
                  html.Div(_checks(one, link), className="utm-checks")], className="row g12 wrap"),
        html.P(t("utm.qr_hint"), className="hint") if printed != link else None,
    ]
    return parts


def _take(value: str, words: str, class_name: str) -> html.Button:
    return html.Button([create_icon("copy", 14), html.Span(words)], type="button", className=class_name,
                       **attributes({"data-take": value, "data-done": t("form.copied")}))


def _checks(one: Finished, link: str) -> list[Any]:
    rows: list[Any] = []
    if one.verdict is not None:
        kind = "ok" if one.verdict.outcome == "own" else "bad"
        why = t(f"utm.method.{one.verdict.method}") if one.verdict.outcome == "own" else t(
            f"utm.outcome.{one.verdict.outcome}.why")
        rows.append(_check(kind, t(f"utm.outcome.{one.verdict.outcome}"), why))
    rows += [_check("bad", t("utm.mark_wrong"), words) for words in one.mark_flaws]
    missing = [f"utm_{name}" for name in MARKS[:5] if not one.marks.get(name, "").strip()]
    length = t("utm.length", length=format_number(len(link)), most=format_number(LONGEST_LINK))
    rows.append(_check("warn", t("utm.marks_missing", names=", ".join(missing)), length) if missing else
                _check("ok" if len(link) <= LONGEST_LINK else "bad", t("utm.marks_complete"), length))
    if any(" " in value.strip() for value in one.marks.values()):
        rows.append(_check("warn", t("utm.space"), t("utm.space_why")))
    return rows


def _check(kind: str, words: str, why: str) -> html.Div:
    icon = {"ok": "check", "warn": "tri", "bad": "x"}[kind]
    return html.Div([html.Div([create_icon(icon, 14), html.Span(words)], className=f"row g6 hint {kind}"),
                     html.Div(why, className="hint")], className="utm-check")


def create_ads(ads: Sequence[FinishedAd], base: str) -> list[Any]:
    """The batch as a table: each ad, where its sale will go, its link to take along."""
    if not ads:
        return [html.P(t("utm.batch.empty"), className="t3 small")]
    lost = sum(1 for one in ads if one.verdict.outcome != "own")
    head = html.Tr([html.Th(t(f"utm.batch.{name}"), className="l") for name in ("ad", "adset", "source", "check")]
                   + [html.Th(html.Span(t("form.copy"), className="sr-only"))])
    return [
        html.P(f"{tn('utm.batch.count', len(ads))} · {tn('utm.batch.lost', lost)}" if lost else
               tn("utm.batch.count", len(ads)), className="small t2"),
        html.Div(html.Table([html.Thead(head), html.Tbody([_ad_row(one, base) for one in ads])], className="tbl dense"),
                 className="scroll", tabIndex=0),
    ]


def _ad_row(one: FinishedAd, base: str) -> html.Tr:
    kind, icon = _LOOKS[one.verdict.outcome]
    words = t(f"utm.badge.{one.verdict.method or one.verdict.outcome}") if one.verdict.outcome == "own" else t(
        f"utm.badge.{one.verdict.outcome}")
    taken = build_link(base, one.marks) if base else marks_query(one.marks)
    button = html.Button(create_icon("copy", 14), type="button", className="btn icon", title=t("form.copy"),
                         **attributes({"data-take": taken, "data-done": t("form.copied"),
                                       "aria-label": t("form.copy")}))
    names = [html.Td(said or "—", className="l mono cut", title=said or None)
             for said in (one.ad.ad, one.ad.adset, one.marks.get("source", ""))]
    return html.Tr([*names,
                    html.Td(html.Span([create_icon(icon, 12), words], className=f"badge {kind}"), className="l"),
                    html.Td(button)])
