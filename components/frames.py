"""The frame of a block: card with title, unit, definition and actions; the same on every page."""

from collections.abc import Sequence
from typing import Any

from dash import html

from components import ids
from components.attributes import attributes
from core.texts import t

CSV_BASE = "/api/analytics/"


def create_icon(name: str, size: int = 16, class_name: str = "") -> html.Span:
    """A line icon in the colour of the text around it; the word beside it or the label of its button says the same."""
    extra = "" if size == 16 else f" s{size}"
    return html.Span(className=f"ic ic-{name}{extra} {class_name}".strip(), **attributes({"aria-hidden": "true"}))


def create_definition(text: str) -> html.Button:
    """The "i" beside a name: its definition, by pointer and by keyboard."""
    return html.Button(
        [create_icon("info", 14), html.Span(text, role="tooltip")],
        className="def",
        type="button",
        **attributes({"aria-label": text}),
    )


def create_card(
    title: str,
    body: Any,
    *,
    unit: str = "",
    hint: str = "",
    actions: Sequence[Any] = (),
    legend: Any = None,
    footer: Any = None,
    class_name: str = "c12",
    block: str = "",
    flush: bool = False,
    anchor: str = "",
) -> html.Section:
    """A block of a page. With ``block`` its title and unit have ids, so that a callback may rewrite them.

    ``flush`` lets a table touch the edges of the card; ``anchor`` makes it a place a link can point to.
    """
    heading: list[Any] = [html.H2(title, **_id(ids.title_of(block) if block else ""))]
    if hint:
        heading.append(create_definition(hint))
    head: list[Any] = [
        html.Div(
            [
                html.Div(heading, className="row g6"),
                html.Div(unit, className="unit", **_id(ids.unit_of(block) if block else "")),
            ],
            className="grow",
        )
    ]
    if legend is not None:
        head.append(legend)
    if actions:
        head.append(html.Div(list(actions), className="act"))
    parts = [html.Div(head, className="hd"), body if flush else html.Div(body, className="bd")]
    if footer is not None:
        parts.append(footer)
    return html.Section(parts, className=f"card fill {class_name}", **attributes({"aria-label": title}), **_id(anchor))


def _id(value: str) -> dict[str, Any]:
    return {"id": value} if value else {}


def create_csv_link(endpoint: str, place: str, words: Any = None) -> html.A:
    """The download of the figures of a block; its address follows the filters (``assets/address.js``)."""
    return html.A(
        create_icon("dl") if words is None else words,
        href=f"{CSV_BASE}{endpoint}?format=csv",
        id=ids.csv_link(endpoint, place),
        download="",
        target="_self",
        title=t("action.csv"),
        className="btn ghost icon" if words is None else "btn",
        **attributes({"aria-label": t("action.csv")}),
    )


def create_csv_button(button: str) -> html.Button:
    """The download of a table that has no address of its own; a callback makes the file."""
    return html.Button(
        create_icon("dl"),
        id=button,
        type="button",
        className="btn ghost icon",
        title=t("action.csv"),
        **attributes({"aria-label": t("action.csv")}),
    )


def create_picture_button(name: str) -> html.Button:
    """Saves the card's figure as a PNG; ``name`` becomes the file's name. The work is done in ``assets/actions.js``."""
    return html.Button(
        create_icon("png"),
        type="button",
        className="btn ghost icon wide",
        title=t("action.png"),
        **attributes({"aria-label": t("action.png"), "data-picture": name}),
    )


def create_full_button() -> html.Button:
    """Shows the card on the whole screen and back."""
    return html.Button(
        create_icon("expand"),
        type="button",
        className="btn ghost icon wide",
        title=t("action.full"),
        **attributes({"aria-label": t("action.full"), "data-full": "card"}),
    )


def create_actions(endpoint: str, block: str, *, picture: str = "", full: bool = True) -> list[Any]:
    """What can be done with a block: CSV always, a picture of a chart, the whole screen."""
    actions: list[Any] = [create_csv_link(endpoint, block)]
    if picture:
        actions.append(create_picture_button(picture))
    if full:
        actions.append(create_full_button())
    return actions


def create_block(block: str, figure: Any, skeleton: Any, class_name: str = "") -> html.Div:
    """A place for a chart or grid that is updated in place: its state stands there until there are figures."""
    return html.Div(
        [
            html.Div(skeleton, id=ids.state_of(block), className="state"),
            html.Div(figure, className=f"figure {class_name}".strip()),
        ],
        className="block",
    )
