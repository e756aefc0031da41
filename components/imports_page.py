"""The page of imports: a file is given, its columns are mapped, what it would do is shown, it is brought in or back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_place import RunProgress, create_nothing, create_notice, create_run_card, create_table
from components.attributes import attributes
from components.forms import (
    create_api_button,
    create_api_form,
    create_area_field,
    create_choice_field,
    create_hidden_field,
    create_switch_field,
    create_text_field,
)
from components.frames import create_card, create_icon
from core.import_fields import CONSTANT_FIELDS, FIELDS, ImportKind
from core.texts import format_day, format_moment, format_money, format_number, t

ROOT = "/api/traffic-admin/imports"
PAGE = "/admin/imports"
_LOOKS = {"applied": "good", "undone": "none", "applying": "ok", "undoing": "ok", "checking": "ok"}
_SEPARATORS = {"\t": "Tab"}
_SAMPLE_FIELDS = {
    ImportKind.LEADS: ("submitted_at", "name", "phone_norm", "email_norm", "utm_source", "utm_campaign"),
    ImportKind.SALES: ("sold_at", "product", "amount", "name", "phone_norm", "utm_source"),
    ImportKind.SPEND: ("day", "channel", "campaign", "spend", "currency", "clicks"),
}
_FIELD_OF = {"phone_norm": "phone", "email_norm": "email"}


@dataclass(frozen=True)
class ImportRowView:
    """A line of the list; times in the zone of the business."""

    id: str
    kind: ImportKind
    file_name: str
    status: str
    counts: Mapping[str, int]
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class ImportView:
    """One import as it is shown."""

    line: ImportRowView
    header: tuple[str, ...]
    encoding: str
    separator: str
    columns: Mapping[str, int]
    constants: Mapping[str, str]
    month_first: bool
    decimal_comma: bool
    missing: tuple[str, ...]
    version: int
    preview: Mapping[str, Any] | None      # as data/import_check.py makes it
    run: RunProgress | None
    zone: tzinfo


def create_imports(rows: Sequence[ImportRowView]) -> list[Any]:
    """A new file, and the files there were."""
    return [_new_file(), _list(rows)]


def _new_file() -> html.Section:
    kinds = [(kind.value, t(f"imports.kind.{kind}")) for kind in ImportKind]
    drop = dcc.Upload(
        html.Div([create_icon("dl"), html.Span(t("imports.new.drop"))], className="row g6 drop", role="button",
                 tabIndex=0), id=ids.IMPORTS_UPLOAD, accept=".csv,.txt,.tsv,text/csv,text/plain",
        max_size=20 * 1024 * 1024, className="upload")
    said = html.P(id=ids.IMPORTS_SAID, className="hint bad", role="alert", **attributes({
        "data-wait": t("imports.new.reading"), "data-large": t("imports.new.too_large")}))
    form = create_api_form(
        ids.IMPORTS_FORM, [
            create_choice_field("kind", t("imports.new.kind"), kinds, control_id=ids.IMPORTS_KIND),
            drop, said, create_area_field("text", t("imports.new.text"), rows=4)],
        path=ROOT, submit=t("imports.new.submit"), go=f"{PAGE}?id={{id}}")
    return create_card(t("imports.new.title"), [html.P(t("imports.new.hint"), className="t2"), form], class_name="c5")


def _list(rows: Sequence[ImportRowView]) -> html.Section:
    if not rows:
        return create_card(t("imports.list.title"), create_nothing(t("imports.list.empty")), class_name="c7")
    table = create_table(
        [t(f"imports.list.{name}") for name in ("file", "kind", "status", "did", "who")],
        [[dcc.Link(one.file_name, href=f"{PAGE}?id={one.id}"), t(f"imports.kind.{one.kind}"), _status(one),
          _counts(one.counts), f"{one.created_by} {format_moment(one.created_at)}"] for one in rows],
        t("imports.list.title"))
    return create_card(t("imports.list.title"), table, class_name="c7", flush=True)


def _status(one: ImportRowView) -> html.Span:
    return html.Span(t(f"imports.status.{one.status}"), className=f"badge {_LOOKS.get(one.status, 'ok')}")


def _counts(counts: Mapping[str, int]) -> str:
    words = {"new": "verdict.new", "changed": "verdict.changed", "removed": "count.removed",
             "restored": "count.restored"}
    return ", ".join(f"{t(f'imports.{words[name]}')} {format_number(counts[name])}"
                     for name in words if counts.get(name))


def create_import(view: ImportView) -> list[Any]:
    """One import: its run, its mapping, what it would do, what is wrong with it."""
    parts: list[Any] = [html.Div(dcc.Link([create_icon("left", 14), t("imports.back")], href=PAGE, className="btn"),
                                 className="c12 row")]
    if view.run is not None:
        parts.append(create_run_card(f"{view.line.file_name} · {t(f'imports.status.{view.line.status}')}", view.run))
    is_open = view.run is not None and view.run.is_open
    if view.missing:
        names = ", ".join(t(f"imports.field.{name}") for name in view.missing)
        parts.append(create_notice(t("imports.map.missing", fields=names), "warn"))
    if view.line.status in ("draft", "checked") and not is_open:
        parts.append(_mapping(view))
    if view.preview is not None:
        parts.append(_preview(view, is_open))
        if view.preview["problems"]:
            parts.append(_problems(view.preview))
        if view.preview["sample"]:
            parts.append(_sample(view))
    elif view.line.status == "draft":
        parts.append(create_card(t("imports.preview.title"), _remove(view), class_name="c5"))
    return parts


def _mapping(view: ImportView) -> html.Section:
    columns = [("-1", t("imports.map.none")),
               *((str(place), f"{place + 1}. {title}") for place, title in enumerate(view.header))]
    fields: list[Any] = [
        create_choice_field(f"columns.{field.name}", t(f"imports.field.{field.name}"), columns,
                            str(view.columns.get(field.name, -1)), kind="number")
        for field in FIELDS[view.line.kind]]
    constants = [
        create_text_field(f"constants.{field.name}", t("imports.map.constant", field=t(f"imports.field.{field.name}")),
                          view.constants.get(field.name), kind="null_text", max_length=100)
        for field in FIELDS[view.line.kind] if field.name in CONSTANT_FIELDS[view.line.kind]]
    form = create_api_form(
        ids.IMPORTS_MAPPING,
        [html.Div(fields, className="field-grid"), html.Div(constants, className="field-grid"),
         create_switch_field("month_first", t("imports.map.month_first"), view.month_first),
         create_switch_field("decimal_comma", t("imports.map.decimal_comma"), view.decimal_comma)],
        path=f"{ROOT}/{view.line.id}", method="PATCH", submit=t("imports.map.save"), version=view.version,
        done=t("imports.map.saved"), refresh=ids.IMPORTS_REFRESH)
    hint = t("imports.map.hint", encoding=view.encoding, separator=_SEPARATORS.get(view.separator, view.separator))
    return create_card(t("imports.map.title"), form, unit=hint, class_name="c7")


def _preview(view: ImportView, is_open: bool) -> html.Section:
    preview = view.preview or {}
    tiles = html.Div(
        [html.Div([html.Div(t(f"imports.verdict.{name}"), className="lab"),
                   html.B(format_number(preview[name]), className="m")], className="sum")
         for name in ("rows", "new", "changed", "unchanged", "known", "wrong")], className="sums")
    facts = []
    if preview["first_day"]:
        first, last = (format_day(date.fromisoformat(preview[name]), year=True) for name in ("first_day", "last_day"))
        facts.append(html.P(t("imports.preview.period", first=first, last=last), className="t2"))
    if preview["money"]:
        money = ", ".join(format_money(Decimal(amount), currency) for currency, amount in preview["money"].items())
        facts.append(html.P(t("imports.preview.money", money=money), className="t2"))
    body: list[Any] = [tiles, *facts]
    if not is_open:
        body += _deeds(view)
    if view.line.counts:
        body.append(html.P(f"{t('imports.done')}: {_counts(view.line.counts)}", className="t2"))
    return create_card(t("imports.preview.title"), body, class_name="c5")


def _deeds(view: ImportView) -> list[Any]:
    path, preview = f"{ROOT}/{view.line.id}", view.preview or {}
    if view.line.status in ("checked", "applying"):
        going_on = view.line.status == "applying"
        skip = ([create_switch_field("skip_wrong", t("imports.apply.skip"), False)] if preview["wrong"]
                else [create_hidden_field("skip_wrong", False)])
        form = create_api_form(
            ids.IMPORTS_APPLY, skip, path=f"{path}/apply", version=view.version, refresh=ids.IMPORTS_REFRESH,
            submit=t("imports.apply.again" if going_on else "imports.apply"), done=t("imports.apply.started"),
            confirm=t("imports.apply.confirm", new=format_number(preview["new"]),
                      changed=format_number(preview["changed"])),
            secondary=[_undo(path)] if going_on else [_remove(view)])
        return [form]
    if view.line.status in ("applied", "undoing"):
        return [html.Div(_undo(path), className="row")]
    return []


def _undo(path: str) -> html.Button:
    return create_api_button(t("imports.undo"), path=f"{path}/undo", done=t("imports.undo.started"),
                             refresh=ids.IMPORTS_REFRESH, confirm=t("imports.undo.confirm"), class_name="btn lg danger")


def _remove(view: ImportView) -> html.Button:
    return create_api_button(t("imports.remove"), path=f"{ROOT}/{view.line.id}", method="DELETE", go=PAGE,
                             done=t("imports.removed"), confirm=t("imports.remove.confirm"), class_name="btn lg")


def _problems(preview: Mapping[str, Any]) -> html.Section:
    problems = preview["problems"][:100]
    rows = [[str(one["line"]), t(f"imports.field.{one['field']}") if one["field"] else "",
             t(one["key"], value=one["value"])] for one in problems]
    table = create_table([t("imports.preview.line"), t("imports.problems.field"), t("imports.problems.what")], rows,
                         t("imports.problems.title"))
    unit = t("imports.problems.some", n=len(rows)) if sum(preview["problem_counts"].values()) > len(rows) else ""
    return create_card(t("imports.problems.title"), table, unit=unit, flush=True)


def _sample(view: ImportView) -> html.Section:
    names = _SAMPLE_FIELDS[view.line.kind]
    rows = [[str(one["line"]), t(f"imports.verdict.{one['verdict']}"),
             *(_cell(one["data"].get(name), view.zone) for name in names)] for one in (view.preview or {})["sample"]]
    heads = [t("imports.preview.line"), t("imports.preview.verdict"),
             *(t(f"imports.field.{_FIELD_OF.get(name, name)}") for name in names)]
    return create_card(t("imports.preview.sample"), create_table(heads, rows, t("imports.preview.sample")), flush=True)


def _cell(value: Any, zone: tzinfo) -> str:
    """A value of a row; times, which are stored in UTC, as the business sees them."""
    if isinstance(value, str) and value.endswith("+00:00"):
        return f"{datetime.fromisoformat(value).astimezone(zone):%d.%m.%Y %H:%M}"
    return "—" if value is None else str(value)


def create_gone() -> list[Any]:
    """An address of an import that is not there."""
    return [create_notice(t("imports.gone"), "bad"),
            html.Div(dcc.Link(t("imports.back"), href=PAGE, className="btn"), className="c12 row")]



