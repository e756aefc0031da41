"""Forms whose content goes to the JSON API: fields, buttons and what is asked before something is destroyed.

Invariant: a form decides nothing. ``assets/forms.js`` sends it, and shows the sentences of the API at the fields they
are about; so what is refused, and why, is said in one place.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.attributes import attributes
from components.frames import create_icon
from core.texts import t

Options = Sequence[tuple[str, str]]

# Kinds of values the script makes of what is typed: a text, ``null`` when empty, a number, lines as a list. Names with
# numbers (``fields.0.target``) make lists; ``row`` leaves its row of a list out when nothing ("none") is chosen, and
# ``row_pair`` also parts what is chosen (``id:7``) into the row's ``kind`` and ``value``.
_TYPES = {"text": "text", "null_text": "text", "number": "text", "email": "email", "password": "password",
          "date": "date", "url": "url", "color": "color", "search": "search", "time": "time"}


def create_api_form(
    form_id: str,
    fields: Sequence[Any],
    *,
    path: str,
    submit: str,
    method: str = "POST",
    done: str = "",
    refresh: str = "",
    go: str = "",
    answer: str = "",
    version: int | None = None,
    confirm: str = "",
    confirm_word: str = "",
    secondary: Sequence[Any] = (),
    primary: bool = True,
    keep: bool = True,
) -> html.Form:
    """A form that becomes the JSON body of one request.

    ``done`` is said when it worked; ``refresh`` and ``answer`` are ids of stores that get a new number and the answer;
    ``go`` is the address opened then, ``{key}`` standing for a value of the answer. ``confirm`` is asked first, and
    ``confirm_word`` must be typed. Without ``keep`` the fields are emptied when it worked.
    """
    deed = {**_deed(method, path, done, refresh, go, confirm, confirm_word), "data-answer": answer}
    if version is not None:
        deed["data-version"] = str(version)
    if not keep:
        deed["data-empty"] = "1"
    said = html.Div(className="banner bad form-said", role="alert", hidden=True)
    buttons = html.Div(
        [html.Button(submit, type="submit", className="btn lg primary" if primary else "btn lg"), *secondary],
        className="row wrap form-foot")
    return html.Form([*fields, said, buttons], id=form_id, className="form", noValidate=True,
                     **attributes({name: value for name, value in deed.items() if value}))


def create_api_button(
    label: Any,
    *,
    path: str,
    method: str = "POST",
    body: Mapping[str, Any] | None = None,
    done: str = "",
    refresh: str = "",
    go: str = "",
    answer: str = "",
    confirm: str = "",
    confirm_word: str = "",
    class_name: str = "btn",
    title: str = "",
    disabled: bool = False,
) -> html.Button:
    """A button that sends one request; its words are those of ``create_api_form``."""
    deed = {**_deed(method, path, done, refresh, go, confirm, confirm_word), "data-answer": answer,
            "data-body": json.dumps(body or {}, ensure_ascii=False)}
    if title:
        deed["aria-label"] = title
    return html.Button(label, type="button", className=class_name, title=title or None, disabled=disabled,
                       **attributes({name: value for name, value in deed.items() if value}))


def _deed(
    method: str, path: str, done: str, refresh: str, go: str, confirm: str, confirm_word: str
) -> dict[str, str]:
    return {"data-api": path, "data-method": method, "data-done": done, "data-refresh": refresh, "data-go": go,
            "data-confirm": confirm, "data-confirm-word": confirm_word}


def create_field(
    name: str, label: str, control: Any, *, kind: str = "text", hint: Any = "", required: bool = False
) -> html.Div:
    """A labelled control; ``name`` is the key of the body, dots making objects of it (``user.email``)."""
    words: list[Any] = [html.Span(label)]
    if not required and kind in ("null_text",):
        words.append(html.Span(t("form.optional"), className="t3"))
    return html.Div(
        [
            html.Label([html.Span(words, className="row g6"), control], className="field-label"),
            html.Div(hint, className="hint") if hint else None,
            html.P(className="hint bad field-said", hidden=True),
        ],
        className="field",
        **attributes({"data-field": name, "data-kind": kind, **({"data-required": "1"} if required else {})}),
    )


def create_text_field(
    name: str,
    label: str,
    value: str | None = "",
    hint: Any = "",
    *,
    kind: str = "text",
    required: bool = False,
    placeholder: str = "",
    max_length: int | None = None,
    autocomplete: str = "off",
    read_only: bool = False,
    autofocus: bool = False,
    control_id: Any = None,
) -> html.Div:
    """One line; ``control_id`` when a callback listens to it, ``autofocus`` where it takes the place of what was."""
    given: dict[str, Any] = {} if control_id is None else {"id": control_id}
    if autofocus:
        given["autofocus"] = True
    control = dbc.Input(
        type=_TYPES.get(kind, "text"), value=value or "", placeholder=placeholder, maxlength=max_length,
        autocomplete=autocomplete, readonly=read_only, inputmode="decimal" if kind == "number" else None,
        className="input lock" if read_only else "input", **given)
    return create_field(name, label, control, kind=kind, hint=hint, required=required)


def create_area_field(
    name: str, label: str, value: str = "", hint: Any = "", *, kind: str = "text", rows: int = 4,
    placeholder: str = "", required: bool = False, control_id: Any = None,
) -> html.Div:
    """Several lines; with ``kind="lines"`` they become a list."""
    given: dict[str, Any] = {} if control_id is None else {"id": control_id}
    control = dbc.Textarea(value=value, rows=rows, placeholder=placeholder, className="input area", **given)
    return create_field(name, label, control, kind=kind, hint=hint, required=required)


def create_choice_field(
    name: str, label: str, options: Options, value: str | None = None, hint: Any = "", *, kind: str = "text",
    required: bool = False, control_id: Any = None,
) -> html.Div:
    """One of several."""
    given: dict[str, Any] = {} if control_id is None else {"id": control_id}
    control = dbc.Select(options=[{"value": code, "label": words} for code, words in options],
                         value=value if value is not None else (options[0][0] if options else None),
                         className="input select", **given)
    return create_field(name, label, control, kind=kind, hint=hint, required=required)


def create_switch_field(name: str, label: str, on: bool, hint: Any = "") -> html.Div:
    """Yes or no."""
    return create_field(name, label, dbc.Switch(value=on, class_name="switch"), kind="bool", hint=hint, required=True)


def create_boxes_field(name: str, label: str, options: Options, values: Sequence[str], hint: Any = "") -> html.Div:
    """Some of many: a list in the body."""
    boxes = dbc.Checklist(options=[{"value": code, "label": words} for code, words in options], value=list(values))
    return html.Div(
        [
            html.Span(label, className="lab"),
            html.Div(boxes, className="boxes", role="group", **attributes({"aria-label": label})),
            html.Div(hint, className="hint") if hint else None,
            html.P(className="hint bad field-said", hidden=True),
        ],
        className="field", **attributes({"data-field": name, "data-kind": "list"}))


def create_hidden_field(name: str, value: Any) -> html.Div:
    """What the form says without asking; any JSON value."""
    return html.Div(hidden=True, **attributes({"data-field": name, "data-kind": "json",
                                               "data-value": json.dumps(value, ensure_ascii=False)}))


def create_copy(value: str, label: str = "") -> html.Span:
    """A value to take along, with its button."""
    return html.Span(
        [
            html.Code(value, className="code cut"),
            html.Button([create_icon("copy", 14), html.Span(label or t("form.copy"))], type="button",
                        className="btn", **attributes({"data-take": value, "data-done": t("form.copied")})),
        ],
        className="row g6 wrap copy",
    )


def create_page_links(path: str, query: Mapping[str, str], next_cursor: str | None, *, first: bool) -> html.Nav:
    """To the beginning and to the next part of a long list; ``query`` are its filters."""
    def address(extra: Mapping[str, str]) -> str:
        pairs = {name: value for name, value in {**query, **extra}.items() if value}
        return f"{path}?{urlencode(pairs)}" if pairs else path

    links: list[Any] = []
    if not first:
        links.append(dcc.Link([create_icon("left", 14), t("form.page.first")], href=address({}), className="btn"))
    if next_cursor:
        links.append(dcc.Link([t("form.page.next"), create_icon("right", 14)],
                              href=address({"cursor": next_cursor}), className="btn"))
    return html.Nav(links, className="row g6 pages", **attributes({"aria-label": t("form.page.label")}))


def create_confirm_dialog() -> html.Dialog:
    """The question before a deed that cannot be undone; one for the whole application."""
    return html.Dialog(
        [
            html.P(className="dialog-words"),
            html.Label([html.Span(className="dialog-word-label"),
                        dbc.Input(type="text", className="input", autocomplete="off")],
                       className="field dialog-word", hidden=True),
            html.Div(
                [
                    html.Button(t("form.cancel"), type="button", className="btn lg", **attributes({"data-say": "no"})),
                    html.Button(t("form.confirm"), type="button", className="btn lg danger",
                                **attributes({"data-say": "yes"})),
                ],
                className="row form-foot",
            ),
        ],
        className="dialog confirm",
        **attributes({"aria-label": t("form.confirm.title"), "data-type-word": t("form.confirm.word"),
                      "data-undo": t("form.undo"), "data-undone": t("form.undone"), "data-reload": t("form.reload"),
                      "data-away": t("form.away"), "data-required": t("form.required"),
                      "data-number": t("form.number"), "data-signed-out": t("form.signed_out")}),
    )
