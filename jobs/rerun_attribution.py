"""Attributes everything anew after the rules changed, and computes what a change would move, piece by piece.

Invariant: each piece is one transaction, so the inbox is never kept waiting for long; a piece done again changes
nothing, so a run that was stopped is simply started again.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from sqlalchemy import Connection

from core.records import DateRange
from core.rule_book import RuleBook
from data.ad_campaigns import settle_campaigns
from data.attribution_preview import Move, find_change, preview_moves
from data.attribution_rerun import Moved, attribute_deals, attribute_leads, load_pieces
from data.deals import settle_deals
from data.freshness import bump
from data.identity import join_noted, note_everybody
from data.marks_keys import MarksKeys
from data.rules import load_rules
from data.settling import hold_settling, share_settling
from jobs.context import JobContext

# Some seconds of one transaction each; a deal asks for its person too.
_LEADS_AT_ONCE, _DEALS_AT_ONCE = 100_000, 40_000
# Pieces of leads have rows and days of their own; those of deals may meet on a day of sales.
_SIDE_BY_SIDE = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Rerun:
    """How many campaigns moved, and how many leads and deals were decided otherwise."""

    campaigns: int
    leads: int
    deals: int


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def rerun_attribution(context: JobContext, progress: Progress = _silent, *, persons_too: bool = True) -> Rerun:
    """Bring everything in line with the rules of now; what was assigned by hand stays.

    ``persons_too``: sales found by their person are looked at even when no mark of theirs means anything else now; not
    needed when the look-back is as it was at the last run. ``progress`` is told (steps done, steps in all).
    """
    campaigns = _campaigns(context)
    with context.database.transaction(read_only=True) as connection:
        lead_pieces, deal_pieces = load_pieces(connection, _LEADS_AT_ONCE, _DEALS_AT_ONCE)
    keys, steps = _Keys(), len(lead_pieces) + len(deal_pieces)
    moved, deals = Moved(deals=None if persons_too else frozenset()), 0
    for number, found in enumerate(_attribute_leads(context, keys, lead_pieces), start=1):
        moved += found
        progress(number, steps)
    for number, piece in enumerate(deal_pieces, start=len(lead_pieces) + 1):
        if context.stop.is_set():
            break
        with context.database.transaction() as connection:
            hold_settling(connection)
            changed = attribute_deals(connection, keys.of_now(connection), piece, moved.deals)
            if changed:
                bump(connection)
        deals += changed
        progress(number, steps)
    return Rerun(campaigns, moved.leads, deals)


def _attribute_leads(context: JobContext, keys: "_Keys", pieces: Sequence[DateRange]) -> Iterator[Moved]:
    """What moved in each piece, as they end; after a failure, or the wish to stop, no other begins."""
    def attribute(piece: DateRange) -> Moved | None:
        if context.stop.is_set():
            return None
        with context.database.transaction() as connection:
            share_settling(connection)
            found = attribute_leads(connection, keys.of_now(connection), piece)
            if found.leads:
                bump(connection)
        return found

    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="attribution") as workers:
        begun = [workers.submit(attribute, piece) for piece in pieces]
        try:
            for ended in as_completed(begun):
                if (found := ended.result()) is not None:
                    yield found
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


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


class _Keys:
    """The keys for the rules of now; what was asked before need not be asked again while the rules are the same."""

    def __init__(self) -> None:
        self._known: MarksKeys | None = None

    def of_now(self, connection: Connection) -> MarksKeys:
        rules, known = load_rules(connection), self._known
        if known is None or known.rules != rules:
            known = self._known = MarksKeys(rules)
        return known


def _campaigns(context: JobContext) -> int:
    """Give campaigns to their teams first: leads and deals naming them follow, as all others."""
    with context.database.transaction() as connection:
        hold_settling(connection)
        moved = settle_campaigns(connection, load_rules(connection), context.calendar.today(context.clock()))
        if moved:
            bump(connection)
    return len(moved)


def preview_book(context: JobContext, book: RuleBook, period: DateRange | None, progress: Progress) -> list[Move]:
    """What the book would move, day by day of the period (``None``: of everything)."""
    with context.database.transaction(one_moment=True) as connection:
        rules = load_rules(connection)
        wanted = book.rules(rules)
        return preview_moves(connection, wanted, period, find_change(connection, rules, wanted), progress)
