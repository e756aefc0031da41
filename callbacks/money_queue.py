"""The tab of money without a team: what waits, in words, with who may have brought it."""

from collections.abc import Sequence
from datetime import datetime

from dash import html
from sqlalchemy import Connection

from callbacks.list_query import ListQuery
from callbacks.reading import business_calendar
from components.queue_page import REASONS, LeadView, MarkRow, QueueRow, QueueView, create_queue
from core.reports import TeamLook
from core.texts import has_text, t, tn
from data.unattributed import (
    Candidate,
    QueuedSale,
    QueueFilter,
    load_likely_leads,
    load_marks,
    load_queue,
    load_reason_totals,
)

_SALES, _MARKS = 25, 50
_NONE = "-"


def show_queue(connection: Connection, query: ListQuery, teams: Sequence[TeamLook], version: int) -> html.Div:
    """Totals by reason, then sales or, with ``by=mark``, the marks they share."""
    totals = [(reason_in_words(one.reason, (), teams), one.sales, one.money) for one in load_reason_totals(connection)]
    if query.given.get("by") == "mark":
        skipped = query.number("cursor", 0, 1_000_000) or 0
        groups = load_marks(connection, _MARKS, skipped)
        rows = [MarkRow(one.source, one.campaign, one.sales, one.money, one.without_amount,
                        f"{one.first_day:%d.%m.%Y} – {one.last_day:%d.%m.%Y}",
                        ", ".join(_short(reason) for reason in one.reasons)) for one in groups]
        following = str(skipped + _MARKS) if len(groups) == _MARKS else None
        return create_queue(QueueView(totals, (), rows, query.given, following, teams, version))
    page = load_queue(connection, _filter(query), _SALES, query.cursor)
    leads = load_likely_leads(connection, [one.id for one in page.rows])
    sales = [_sale(one, leads[one.id], teams) for one in page.rows]
    return create_queue(QueueView(totals, sales, None, query.given, page.next_cursor, teams, version))


def _filter(query: ListQuery) -> QueueFilter:
    source, campaign = query.text("source", 1000), query.text("campaign", 1000)
    return QueueFilter(query.text("q"), query.one_of("reason", REASONS), _mark(source), _mark(campaign),
                       query.day("from"), query.day("to"))


def _mark(value: str | None) -> str | None:
    """A mark of the address; "-" stands for a sale that has none."""
    return "" if value == _NONE else value.lower() if value else None


def _short(reason: str | None) -> str:
    return t(f"reason.{reason}") if has_text(f"reason.{reason}") else t("reason.unknown")


def reason_in_words(reason: str | None, candidates: Sequence[str], teams: Sequence[TeamLook]) -> str:
    """Why a sale has no team, as a sentence; of an ambiguous one with the names of the teams."""
    if reason == "ambiguous" and candidates:
        names = {team.slug: team.name for team in teams}
        return t("queue.reason.ambiguous_of", teams=", ".join(names.get(slug, slug) for slug in candidates))
    return t(f"queue.reason.{reason if reason in REASONS else 'unknown'}")


def _sale(one: QueuedSale, leads: Sequence[Candidate], teams: Sequence[TeamLook]) -> QueueRow:
    sold_at = one.sold_at.astimezone(business_calendar().zone)
    return QueueRow(
        one.id, one.deal_id, t(f"product.{one.product}"), one.amount_kzt, f"{sold_at:%d.%m.%Y}",
        one.marks["utm_source"] or "", one.marks["utm_campaign"] or "", one.marks["utm_medium"] or "",
        reason_in_words(one.reason, one.candidates, teams), tuple(_lead(lead, one.sold_at) for lead in leads))


def _lead(lead: Candidate, sold_at: datetime) -> LeadView:
    team = TeamLook(lead.team, lead.team_name or lead.team, lead.color, lead.emoji) if lead.team else None
    return LeadView(team, lead.signs, _when(sold_at, lead.at), lead.utm_campaign)


def _when(sold_at: datetime, at: datetime) -> str:
    seconds = (sold_at - at).total_seconds()
    hours = round(abs(seconds) / 3600)
    way = "after" if seconds < 0 else "before"
    if hours >= 48:
        return tn(f"queue.days_{way}", round(hours / 24))
    return tn(f"queue.hours_{way}", max(hours, 1))
