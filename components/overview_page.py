"""The overview of the system: sources, queues, the timetable, versions, room, and the next step of what needs one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dash import dcc, html

from components.admin_place import create_table
from components.frames import create_card, create_icon
from components.numbers import create_number
from core.overview import GROUPS, UNDELIVERED_PLACE, Level, OverviewItem, Undelivered
from core.texts import format_day, format_moment, format_number, has_text, t, tn

_TONES = {Level.GOOD: "good", Level.WEAK: "weak", Level.BAD: "loss"}
_SIZES = ("database", "disk")
_FACTS = ("versions", "storage")  # groups that only tell; nothing in them is well or ill by itself
_MEGABYTE, _GIGABYTE = 1024**2, 1024**3


def create_overview(items: Sequence[OverviewItem], undelivered: Sequence[Undelivered] = ()) -> html.Div:
    """What needs somebody first, then the messages that never arrived, then every group."""
    cards: list[Any] = [_needs(items)]
    if undelivered:
        cards.append(_undelivered(undelivered))
    cards += [_group(group, found) for group in GROUPS if (found := [one for one in items if one.group == group])]
    return html.Div(cards, className="grid")


def _needs(items: Sequence[OverviewItem]) -> html.Section:
    waiting = sorted((one for one in items if one.needs_somebody), key=lambda one: one.level is not Level.BAD)
    if not waiting:
        calm = html.Div([html.Span(create_icon("check", 12), className="well"), html.Span(t("overview.all_well"))],
                        className="row")
        return create_card(t("overview.next"), calm)
    rows = [html.Li([_badge(one), html.Span(_name(one)), _step(one)], className="row wrap") for one in waiting]
    return create_card(t("overview.next"), html.Ul(rows, className="plain stack"),
                       unit=tn("overview.waiting", len(waiting)))


def _badge(item: OverviewItem) -> html.Span:
    return html.Span(t(f"overview.level.{item.level}"), className=f"badge {_TONES[item.level]}")


def _mark(item: OverviewItem) -> html.Span:
    """What is well is quiet, so that what is not stands out; the word is there for readers of screens."""
    if item.needs_somebody:
        return _badge(item)
    return html.Span([create_icon("check", 12), html.Span(t(f"overview.level.{item.level}"), className="unseen")],
                     className="well")


def _step(item: OverviewItem) -> Any:
    words = t(f"overview.step.{item.step}")
    if "#" in item.place:       # a place on this page: the browser goes there, no page is drawn
        return html.A(words, href=item.place, className="link", target="_self")
    return dcc.Link(words, href=item.place, className="link") if item.place else html.Span(words, className="t2")


def _undelivered(messages: Sequence[Undelivered]) -> html.Div:
    rows = [[_addressee(one), t(f"overview.channel.{one.channel}"), one.subject, one.reason,
             html.Span(format_moment(one.tried_at), className="num")] for one in messages]
    heads = [t(f"overview.undelivered.{name}") for name in ("who", "channel", "subject", "reason", "at")]
    card = create_card(t("overview.undelivered"), create_table(heads, rows, t("overview.undelivered"), figures=1),
                       unit=t("overview.undelivered.unit"), flush=True, class_name="")
    return html.Div(card, id=UNDELIVERED_PLACE.partition("#")[2], className="c12")


def _addressee(one: Undelivered) -> Any:
    who = html.Div(one.who or one.recipient) if one.user_id is None else dcc.Link(
        one.who or one.recipient, href=f"/admin/users?edit={one.user_id}", className="link")
    return html.Div([who, html.Div(one.recipient, className="hint")])


def _group(group: str, items: Sequence[OverviewItem]) -> html.Section:
    columns = [name for name, has in (("value", any(one.number is not None or one.text for one in items)),
                                      ("at", any(one.at for one in items))) if has]
    cells = {"value": _value, "at": lambda one: html.Span(format_moment(one.at) if one.at else "—", className="num")}
    has_state = group not in _FACTS
    rows = [html.Tr([
        html.Td(html.Div([_mark(one) if has_state or one.needs_somebody else None, html.Span(_name(one))],
                         className="row"), className="l"),
        *(html.Td(cells[name](one)) for name in columns)]) for one in items]
    head = html.Thead(html.Tr([
        html.Th(t(f"overview.head.{name}"), scope="col", className="l" if name == "what" else "")
        for name in ("what", *columns)]))
    table = html.Table([head, html.Tbody(rows)], className="tbl dense")
    return create_card(t(f"overview.group.{group}"), html.Div(table, className="scroll-x", tabIndex="0"), flush=True,
                       class_name="c12" if group == "schedules" else "c6")


def _name(item: OverviewItem) -> str:
    if item.name is not None:
        key = f"overview.job.{item.name}"
        return t(key) if has_text(key) else item.name
    return t(f"overview.item.{item.key}")


def _value(item: OverviewItem) -> Any:
    if item.key in _SIZES and item.number is not None:
        is_small = item.number < _GIGABYTE
        size = format_number(Decimal(item.number) / (_MEGABYTE if is_small else _GIGABYTE), 0 if is_small else 1)
        return html.Span(t("overview.megabytes" if is_small else "overview.gigabytes", size=size), className="num")
    if item.number is not None:
        return create_number(item.number)
    return html.Span(_written(item.text) if item.text else "—", className="num")


def _written(text: str) -> str:
    """A day as people write it; anything else as it came."""
    try:
        return format_day(date.fromisoformat(text), year=True)
    except ValueError:
        return text

