"""What stands where figures cannot: a skeleton while they come, one sentence and a next step when there are none."""

import logging
from collections.abc import Callable
from typing import Any

from dash import dcc, html

from components.attributes import attributes
from components.frames import create_icon
from core.reports import Gaps
from core.texts import t, tn

LOG = logging.getLogger(__name__)

# Where the sources of figures are connected, by who is to do it.
_CONNECTING = {"all": "/admin", "facebook": "/settings?tab=facebook"}
_BAR_HEIGHTS = (38, 52, 44, 70, 61, 48, 82, 66, 90, 58, 73, 95)


def _bone(width: str, height: str) -> html.Div:
    return html.Div(className="sk", style={"width": width, "height": height})


def _waiting(parts: Any, class_name: str = "") -> html.Div:
    return html.Div(
        [html.Span(t("state.loading"), className="unseen"), *parts],
        className=class_name,
        **attributes({"aria-busy": "true"}),
    )


def create_card_skeletons(count: int = 4) -> list[html.Div]:
    """Boxes of number cards."""
    bones = [("88px", "12px"), ("196px", "28px"), ("132px", "12px")]
    return [
        html.Div(_waiting([_bone(*bone) for bone in bones], "col g12"), className="card kpi c3 h6")
        for _ in range(count)
    ]


def create_chart_skeleton(height: int = 240) -> html.Div:
    """Bars of a chart that is on its way."""
    bars = [html.Div(className="sk", style={"height": f"{share}%"}) for share in _BAR_HEIGHTS]
    return html.Div(_waiting(bars, "sk-bars"), style={"height": f"{height}px"})


def create_rows_skeleton(rows: int = 6) -> html.Div:
    """Lines of a table that is on its way."""
    return _waiting([_bone("100%", "20px") for _ in range(rows)], "sk-rows")


def create_waiting_card(rows: int = 5) -> html.Section:
    """A block whose content is on its way, where the place keeps its shape until then."""
    return html.Section(html.Div(create_rows_skeleton(rows), className="waits"), className="card c12")


def create_empty(period_chosen: bool = True, connects: str = "nobody") -> html.Div:
    """No figures: with other filters there may be some; or nothing has ever arrived.

    ``connects`` says what this viewer can do about the latter: ``all`` sources, ``facebook``, or ``nobody``: ask.
    """
    if not period_chosen:
        place = _CONNECTING.get(connects)
        way = dcc.Link(t(f"state.nothing.{connects}"), href=place, className="btn") if place else None
        said = t("state.nothing.text") if place else f"{t('state.nothing.text')} {t('state.nothing.ask')}"
        return _message("inbox", t("state.nothing.title"), said, way)
    step = html.A(t("state.empty.action"), href="?preset=last_30_days", className="btn", target="_self")
    return _message("inbox", t("state.empty.title"), t("state.empty.text"), step)


def create_error() -> html.Div:
    """A block that failed; its neighbours stand."""
    return _message("tri", t("state.error.title"), t("state.error.text"), create_retry(), bad=True)


def create_away() -> html.Div:
    """The database does not answer; it says itself that nothing is lost."""
    return _message("tri", t("state.away.title"), t("state.away.text"), create_retry(), bad=True)


def create_away_page() -> html.Div:
    """A whole page while the database does not answer."""
    whole = _message("tri", t("state.away.title"), t("state.away.text"), create_retry(), bad=True, is_page=True)
    return html.Div(html.Div(whole, className="card"), className="page")


def create_not_here() -> html.Div:
    """A team that does not exist or is not the viewer's: the same words for both."""
    step = html.A(t("page.not_found.action"), href="/", className="btn primary", target="_self")
    return _message("inbox", t("state.not_yours.title"), t("state.not_yours.text"), step, is_page=True)


def create_not_found() -> html.Div:
    """An address without a page."""
    step = html.A(t("page.not_found.action"), href="/", className="btn primary", target="_self")
    return _message("search", t("page.not_found.title"), t("page.not_found.text"), step, is_page=True)


def create_retry() -> html.Button:
    """Loads the page again with its filters."""
    return html.Button(
        [create_icon("sync", 14), t("state.retry")],
        type="button",
        className="btn",
        **attributes({"data-reload": "page"}),
    )


def _message(icon: str, title: str, text: str, step: Any = None, bad: bool = False, is_page: bool = False) -> html.Div:
    parts: list[Any] = [
        html.Span(create_icon(icon, 22), className="emark bad" if bad else "emark"),
        html.H1(title) if is_page else html.B(title),
        html.P(text),
    ]
    if step is not None:
        parts.append(html.Div(step, className="row"))
    return html.Div(parts, className="empty whole" if is_page else "empty", role="alert" if bad else "status")


def shown(name: str, draw: Callable[[], Any], broken: Any = None) -> Any:
    """What ``draw`` makes; when it fails, an error in its place (or ``broken``) and a record in the log.

    One broken block must not take the page with it.
    """
    try:
        return draw()
    except Exception:
        LOG.exception("block %s could not be drawn", name)
        return create_error() if broken is None else broken


def create_gap_banners(gaps: Gaps) -> list[html.Div]:
    """What the figures lack, one sentence each."""
    lines: list[tuple[str, str]] = []
    if gaps.failed_accounts:
        lines.append((" bad", t("gap.failed_accounts", names=", ".join(gaps.failed_accounts))))
    if gaps.days_without_rate:
        lines.append((" bad", tn("gap.days_without_rate", gaps.days_without_rate)))
    if gaps.sales_without_amount:
        lines.append(("", tn("gap.without_amount", gaps.sales_without_amount)))
    if gaps.sales_without_lead:
        lines.append((" inf", tn("gap.without_lead", gaps.sales_without_lead)))
    icons = {" bad": ("tri", "neg"), "": ("tri", "warn"), " inf": ("info", "info")}
    return [
        html.Div(
            [create_icon(icons[kind][0], 18, icons[kind][1]), html.Span(text, className="grow")],
            className=f"banner{kind}",
        )
        for kind, text in lines
    ]
