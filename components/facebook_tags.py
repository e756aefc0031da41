"""What is wrong with the tags of live ads, with the money spent under them, and the tags campaigns carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from components.frames import create_card, create_icon
from core.texts import t, tn

_GRAVE = frozenset({"missing", "foreign"})
_SHOWN = 20


@dataclass(frozen=True)
class FaultView:
    """A fault of an ad's tag; ``spend`` already in words, ``link`` leads to the ad in Ads Manager."""

    fault: str
    tag: str
    found: str | None
    expected: str | None
    ad: str
    campaign: str
    spend: str
    link: str


@dataclass(frozen=True)
class TagsView:
    """The tags that so many live ads of a campaign carry."""

    campaign: str
    tags: str
    ads: int


def create_faults(faults: Sequence[FaultView], *, was_read: bool, class_name: str = "c12") -> html.Section:
    """The card of faults, the dearest first; ``was_read`` tells an empty one from one that is not known yet."""
    body: list[Any] = [_fault(one) for one in faults[:_SHOWN]]
    if not faults:
        body = [html.P(t("tags.none" if was_read else "tags.unread"), className="t3 small below-note")]
    return create_card(t("tags.title"), html.Div(body), unit=tn("tags.problems", len(faults)), hint=t("tags.hint"),
                       flush=True, class_name=class_name)


def _fault(one: FaultView) -> html.Div:
    look = "neg" if one.fault in _GRAVE else "warn-text"
    about = [html.Div(t(f"tags.fault.{one.fault}", tag=one.tag, found=one.found or "—"), className="m"),
             html.Div(t("tags.where", campaign=one.campaign, ad=one.ad), className="mono micro t3")]
    if one.expected:
        about.append(html.Div(t("tags.should", expected=one.expected), className="micro t2"))
    about.append(html.Div(t("tags.spent", spend=one.spend), className="small t2"))
    mend = html.A(t("tags.mend"), href=one.link, target="_blank", rel="noreferrer", className="btn")
    return html.Div([html.Span(create_icon("warn", 16), className=look), html.Div(about), mend],
                    className="fault-line")


def create_campaign_tags(rows: Sequence[TagsView]) -> html.Section:
    """Which URL parameters the live ads of each campaign carry."""
    head = html.Tr([html.Th(t(key), className="l") for key in ("facebook.column.campaign", "tags.column.tags")])
    lines = [html.Tr([html.Td([one.campaign, html.Div(tn("tags.ads", one.ads), className="micro t3")], className="l"),
                      html.Td(html.Span(one.tags, className="mono micro below-tags"), className="l")])
             for one in rows]
    table = html.Table([html.Thead(head), html.Tbody(lines)], className="tbl dense")
    place = html.Div(table, style={"overflow": "auto", "maxHeight": "360px"}, tabIndex=0)
    return create_card(t("tags.campaigns"), place, flush=True, class_name="c12 order-4")
