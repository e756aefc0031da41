"""Attributes everything anew after the rules changed, and computes what a change would move, piece by piece.

Invariant: each piece is one transaction, so the inbox is never kept waiting for long; a piece done again changes
nothing, so a run that was stopped is simply started again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.records import DateRange
from core.rule_book import RuleBook
from data.ad_campaigns import load_deals_naming, load_leads_naming, settle_campaigns
from data.attribution_preview import Move, load_days, preview_moves
from data.attribution_rerun import load_moved_deals, settle_moved_leads
from data.contacts import load_deals_of_leads
from data.deals import settle_deals
from data.freshness import bump
from data.identity import join_noted, note_everybody
from data.leads import settle_leads
from data.rules import load_rules
from data.settling import chunks, hold_settling
from jobs.context import JobContext

_DAYS_AT_ONCE = 31
_DEALS_AT_ONCE = 1_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Rerun:
    """How many campaigns and leads moved, and how many deals were settled again."""

    campaigns: int
    leads: int
    deals: int


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def rerun_attribution(context: JobContext, progress: Progress = _silent, *, persons_too: bool = True) -> Rerun:
    """Bring everything in line with the rules of now; what was assigned by hand stays.

    ``persons_too``: sales found by their person are looked at even when no mark of theirs means anything else now; not
    needed when the look-back is as it was at the last run. ``progress`` is told (steps done, steps in all); the number
    of steps grows when the deals are known.
    """
    campaigns, deals = _campaigns(context)
    with context.database.transaction(read_only=True) as connection:
        days = load_days(connection)
    parts = list(_parts(days)) if days else []
    leads = 0
    for number, part in enumerate(parts, start=1):
        if context.stop.is_set():
            return Rerun(campaigns, leads, 0)
        with context.database.transaction() as connection:
            hold_settling(connection)
            rules = load_rules(connection)
            moved, touched = settle_moved_leads(connection, rules, part, context.calendar)
            deals |= touched | load_moved_deals(connection, rules, part, persons_too=persons_too)
            if moved:
                bump(connection)
        leads += len(moved)
        progress(number, 2 * len(parts))
    return Rerun(campaigns, leads, _settle(context, sorted(deals), progress, len(parts)))


def join_everybody(context: JobContext) -> int:
    """Join all people anew and settle the deals of those who are others than before; how many deals that were.

    Needed only when rows came into the database by another way than ours: otherwise people are joined as they come.
    """
    with context.database.transaction() as connection:
        hold_settling(connection)
        note_everybody(connection)
        deals = join_noted(connection)
        settle_deals(connection, deals, load_rules(connection), context.calendar)
        bump(connection)
    return len(deals)


def _campaigns(context: JobContext) -> tuple[int, set[int]]:
    """Give campaigns to their teams first: leads and deals naming them follow."""
    with context.database.transaction() as connection:
        hold_settling(connection)
        rules = load_rules(connection)
        moved = settle_campaigns(connection, rules, context.calendar.today(context.clock()))
        if not moved:
            return 0, set()
        rules = load_rules(connection)
        leads = settle_leads(connection, load_leads_naming(connection, moved), rules, context.calendar)
        deals = set(load_deals_naming(connection, moved) | load_deals_of_leads(connection, leads))
        bump(connection)
    return len(moved), deals


def _settle(context: JobContext, deal_ids: list[int], progress: Progress, steps: int) -> int:
    done, pieces = 0, -(-len(deal_ids) // _DEALS_AT_ONCE)
    for number, chunk in enumerate(chunks(deal_ids, _DEALS_AT_ONCE), start=1):
        if context.stop.is_set():
            break
        with context.database.transaction() as connection:
            settle_deals(connection, chunk, load_rules(connection), context.calendar)
            bump(connection)
        done += len(chunk)
        progress(steps + number, steps + pieces)
    return done


def _parts(days: DateRange) -> Iterator[DateRange]:
    first = days.first
    while first <= days.last:
        last = min(days.last, first + timedelta(days=_DAYS_AT_ONCE - 1))
        yield DateRange(first, last)
        first = last + timedelta(days=1)


def preview_book(context: JobContext, book: RuleBook, period: DateRange | None, progress: Progress) -> list[Move]:
    """What the book would move, day by day of the period (``None``: of everything)."""
    with context.database.transaction(read_only=True) as connection:
        return preview_moves(connection, book.rules(load_rules(connection)), period, progress)
