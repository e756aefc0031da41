"""Parts of lists to look through: filters whose state is the address, plain tables, progress, words for no rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.attributes import attributes
from components.frames import create_icon
from core.texts import format_number, t

Options = Sequence[tuple[str, str]]


def list_address(path: str, query: Mapping[str, str], **changes: str) -> str:
    """The address of a list with some of its filters changed; '' takes one away, and any change starts it anew."""
    pairs = {**query, **changes}
    told = {name: value for name, value in pairs.items() if value and (name != "cursor" or "cursor" in changes)}
    return f"{path}?{urlencode(told)}" if told else path


def create_filters(path: str, controls: Sequence[Any], kept: Mapping[str, str] | None = None) -> html.Form:
    """Filters as a form of the address itself: works by Enter, can be linked to and gone back from."""
    hidden = [dbc.Input(type="hidden", name=name, value=value) for name, value in (kept or {}).items()]
    back = html.A(t("list.reset"), href=list_address(path, kept or {}), className="btn ghost", target="_self")
    buttons = html.Div([html.Button(t("list.show"), type="submit", className="btn"), back], className="row g6")
    return html.Form([*hidden, *controls, buttons], method="get", action=path, className="listfilters")


def create_search(name: str, label: str, value: str, placeholder: str = "") -> html.Label:
    """Words to look for."""
    box = dbc.Input(type="search", name=name, value=value, placeholder=placeholder, maxlength=200, autocomplete="off",
                    className="input sm")
    return _labelled(label, box, "long")


def create_choice(name: str, label: str, options: Options, value: str) -> html.Label:
    """One of several, or any."""
    choices = [{"value": "", "label": t("list.any")}, *({"value": code, "label": words} for code, words in options)]
    # The control shows its placeholder while nothing is chosen.
    box = dbc.Select(options=choices, value=value, name=name, placeholder=t("list.any"), className="input sm select")
    return _labelled(label, box)


def create_day(name: str, label: str, value: str) -> html.Label:
    """A day."""
    return _labelled(label, dbc.Input(type="date", name=name, value=value, className="input sm"))


def _labelled(label: str, control: Any, class_name: str = "") -> html.Label:
    return html.Label([html.Span(label), control], className=f"field-label {class_name}".strip())


def create_list_table(label: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Any]) -> html.Div:
    """A table of ready rows; a column is (its name, whether it holds numbers)."""
    head = html.Tr([html.Th(words, className="" if is_number else "l", scope="col") for words, is_number in columns])
    table = html.Table([html.Thead(head), html.Tbody(list(rows))], className="tbl dense",
                       **attributes({"aria-label": label}))
    return html.Div(table, className="tablewrap", tabIndex=0, role="group", **attributes({"aria-label": label}))


def create_cell(content: Any, class_name: str = "", label: str = "") -> html.Td:
    """A cell of words; ``label`` names it where a phone shows a row as lines."""
    return html.Td(content, className=f"l {class_name}".strip(), **attributes({"data-label": label} if label else {}))


def create_number_cell(content: Any, class_name: str = "", label: str = "") -> html.Td:
    """A cell of a figure."""
    return html.Td(content, className=f"num {class_name}".strip(),
                   **attributes({"data-label": label} if label else {}))


def create_nothing(title: str, text: str, step: Any = None) -> html.Div:
    """A list without rows: what that means and what to do next."""
    parts = [html.Span(create_icon("inbox", 22), className="emark"), html.B(title), html.P(text)]
    if step is not None:
        parts.append(html.Div(step, className="row"))
    return html.Div(parts, className="empty", role="status")


def create_progress(words: str, done: int, total: int) -> html.Div:
    """How far a run is; a total of 0 is not known yet."""
    percent = round(100 * done / total) if total else 0
    return html.Div(
        [
            html.Div([html.Span(words), html.Span(f"{format_number(percent)}\u00a0%", className="num")],
                     className="row sp small t2"),
            html.Div(html.I(style={"width": f"{percent}%"}), className="bar", role="progressbar",
                     **attributes({"aria-valuenow": str(percent), "aria-valuemin": "0", "aria-valuemax": "100",
                                   "aria-label": words})),
        ])


def create_pages(path: str, query: Mapping[str, str], next_cursor: str | None) -> html.Nav | None:
    """To the beginning and to the next part of a list; ``None`` when all of it is shown."""
    links: list[Any] = []
    if query.get("cursor"):
        links.append(dcc.Link([create_icon("left", 14), t("form.page.first")], href=list_address(path, query),
                              className="btn"))
    if next_cursor:
        links.append(dcc.Link([t("form.page.next"), create_icon("right", 14)],
                              href=list_address(path, query, cursor=next_cursor), className="btn"))
    if not links:
        return None
    return html.Nav(links, className="ft row g6 pages", **attributes({"aria-label": t("form.page.label")}))
