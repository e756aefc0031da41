"""The page of data quality: how often attribution is right, what is wrong with the data, and joins that look wrong."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components import ids
from components.forms import create_api_button
from components.frames import create_card
from components.numbers import create_money, create_number
from core.quality import PLACES, QualityLine, QualityReport
from core.rightness import Rightness
from core.texts import format_day, format_moment, format_percent, has_text, t, tn

_OF_TEAMS = "coverage"
_SOURCES = {"amocrm": "/admin/amocrm", "facebook": "/settings?tab=facebook"}


def create_quality(report: QualityReport) -> html.Div:
    """All cards; a card without a figure is absent. The last lines are joins of people, named one by one."""
    cards = [_rightness(report.rightness), _lines(report), _coverage(report.of(_OF_TEAMS)), _joins(report)]
    return html.Div([card for card in cards if card is not None], className="grid")


def create_measure_button() -> html.Button:
    """Ask for a new measure; its progress is a run like any other."""
    return create_api_button(t("quality.measure"), path="/api/traffic-admin/data-quality/measure",
                             done=t("quality.measure_asked"), class_name="btn ghost")


def _rightness(measures: Sequence[Rightness]) -> html.Section | None:
    if not measures:
        return create_card(t("quality.rightness"), html.P(t("quality.rightness_none"), className="t3"))
    head = ["confirmed_by", "pairs", "given", "correct", "precision", "recall"]
    rows = [html.Tr([
        html.Td(t(f"quality.kind.{one.kind}"), className="l"), html.Td(create_number(one.pairs)),
        html.Td(create_number(one.given)), html.Td(create_number(one.correct)),
        html.Td(html.Strong(format_percent(one.precision), className="num")),
        html.Td(html.Strong(format_percent(one.recall), className="num"))]) for one in measures]
    latest = max(one.measured_at for one in measures if one.measured_at is not None)
    return create_card(t("quality.rightness"), _table(head, rows), hint=t("quality.rightness_hint"), flush=True,
                       unit=t("quality.measured_at", time=format_moment(latest)))


def _table(head: Sequence[str], rows: Sequence[html.Tr]) -> html.Div:
    cells = [html.Th(t(f"quality.head.{name}"), scope="col", className="l" if place == 0 else "")
             for place, name in enumerate(head)]
    return html.Div(html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="tbl"),
                    className="scroll-x", tabIndex="0")


def _lines(report: QualityReport) -> html.Section | None:
    lines = [line for kind in PLACES if kind != _OF_TEAMS for line in report.of(kind)]
    if not lines:
        links = [dcc.Link(t(f"quality.connect.{name}"), href=place, className="btn")
                 for name, place in _SOURCES.items()]
        return create_card(t("quality.lines"), [html.P(t("quality.nothing_yet"), className="t3"),
                                                html.Div(links, className="row wrap")])
    rows = [html.Tr([
        html.Td(html.Div([_badge(line), html.Div([html.Div(_name(line)), _link(line)])], className="row g8"),
                className="l"),
        html.Td(create_number(line.how_many)), html.Td(create_number(line.of_all)),
        html.Td(create_money(line.money, "KZT") if line.money is not None else "—")]) for line in lines]
    return create_card(t("quality.lines"), _table(["what", "how_many", "of_all", "money"], rows), flush=True)


def _badge(line: QualityLine) -> html.Span:
    tone = "good" if line.is_good else "weak"
    return html.Span(t(f"quality.{tone}"), className=f"badge {tone}")


def _name(line: QualityLine) -> str:
    if line.kind == "unattributed":
        key = f"quality.reason.{line.name}"
        return t("quality.line.unattributed", reason=t(key) if has_text(key) else str(line.name))
    if line.kind == "reconciliation":
        return t("quality.line.reconciliation", time=format_moment(line.at))
    if line.kind in ("events_in_error", "accounts_stale") and line.at is not None and not line.is_good:
        return t(f"quality.line.{line.kind}_since", time=format_moment(line.at))
    if line.kind == "days_without_rate" and line.at is not None:
        return t("quality.line.days_without_rate_since", day=format_day(line.at.date(), year=True))
    return t(f"quality.line.{line.kind}")


def _link(line: QualityLine) -> Any:
    if line.is_good:
        return None
    return dcc.Link(t(f"quality.next.{line.kind}"), href=line.place, refresh="#" in line.place, className="link")


def _coverage(lines: Sequence[QualityLine]) -> html.Section | None:
    if not lines:
        return None
    rows = [html.Tr([
        html.Td(line.label or line.name, className="l"), html.Td(create_number(line.of_all)),
        html.Td(create_number(line.how_many)),
        html.Td(create_money(line.money, "KZT")),
        html.Td(format_percent(None if line.share is None else 100 - line.share), className="num")])
        for line in lines]
    mend = dcc.Link(t("quality.next.coverage"), href=PLACES[_OF_TEAMS], className="link")
    return create_card(t("quality.coverage"), _table(["team", "sales", "without_marks", "money", "coverage"], rows),
                       hint=t("quality.coverage_hint"), flush=True, footer=html.Div(mend, className="ft"))


def _joins(report: QualityReport) -> html.Section | None:
    if not report.joins:
        return None
    rows = [html.Tr([
        html.Td(t(f"quality.join.{one['why']}"), className="l"), html.Td(str(one["value"]), className="l num"),
        html.Td(_told(one), className="l"), html.Td(create_number(_whole(one["sales"])))]) for one in report.joins]
    return create_card(t("quality.joins"), _table(["why", "point", "told", "sales"], rows), flush=True,
                       hint=t("quality.joins_hint"), anchor=ids.QUALITY_JOINS)


def _told(join: Any) -> str:
    told = [str(one) for one in join["told"]][:4]
    contacts = tn("quality.contacts", len(join["contacts"]))
    return f"{contacts}: {', '.join(told)}" if told else contacts


def _whole(value: object) -> int:
    return int(str(value))


