"""Compares amoCRM with us, deal by deal, heals what differs, and keeps the proof or the list of what is left.

Invariant: what is healed is one more telling of its deal, never a number put right by hand; a deal that amoCRM does not
know any more is deleted. A comparison that could not be made whole is no comparison: it raises.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import structlog

from core.business_time import each_day
from core.deals import WON
from core.records import AmocrmBody, AmocrmEvent, DateRange, DealEvent
from data.amocrm_history import (
    ComparedDeal,
    Difference,
    Reconciliation,
    load_deals_to_compare,
    save_reconciliation,
)
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.freshness import bump
from data.mapping_rows import load_mapping, load_won_stages
from data.rules import load_rules
from data.settled_rows import known_amount
from data.settling import chunks, hold_settling
from integrations.amocrm.client import AmocrmClient
from integrations.amocrm.hooks import watch_hook
from jobs.amocrm_account import demand_client
from jobs.amocrm_reading import fetch_deals_of_day, fetch_people
from jobs.complete_deals import check_account, save_answers
from jobs.context import JobContext

USUAL_DAYS = 35
_DEALS_AT_ONCE = 500

log = structlog.get_logger()
Deals = Mapping[int, ComparedDeal]


def reconcile_amocrm(context: JobContext, period: DateRange | None = None) -> Reconciliation:
    """Compare and heal the deals made or sold in a period (``None``: the last 35 days).

    Raises: NotConnected, WrongAccount, AmocrmError.
    """
    client = demand_client(context)
    check_account(client, context)
    today = context.calendar.today(context.clock())
    period = period or DateRange(today - timedelta(days=USUAL_DAYS - 1), today)
    asked_at = context.clock()
    with context.database.transaction(read_only=True) as connection:
        mapped, won_stages = load_mapping(connection).pipelines, load_won_stages(connection)
    pipelines = {one.pipeline_id for one in mapped}
    selling = {one.pipeline_id for one in mapped if one.counts_as_sale}
    told: dict[int, AmocrmEvent] = {}
    for day in each_day(period):
        for event in fetch_deals_of_day(client, day, context.calendar).events:
            if event.id is not None and event.pipeline_id in pipelines:
                told[event.id] = event
    ours = _load(context, period, told)
    theirs = _their_deals(context, told, selling, won_stages, ours)
    differing = _differing(theirs, ours)
    if differing:
        _heal(context, client, differing, told, asked_at)
        # What is only ours was asked for by its id: it may well stand elsewhere in amoCRM.
        ours = _load(context, period, told)
        theirs = _their_deals(context, {number: event for number, event in told.items()
                                        if event.pipeline_id in pipelines}, selling, won_stages, ours)
    left = _differing(theirs, ours)
    done = _proof(context, period, theirs, ours, len(differing), left, _watch_hook(context, client))
    with context.database.transaction() as connection:
        save_reconciliation(connection, done)
    log.info("amocrm_reconciled", deals=done.deals, found=done.found, left=done.left, hook=done.hook)
    return done


def _load(context: JobContext, period: DateRange, told: Iterable[int]) -> dict[int, ComparedDeal]:
    with context.database.transaction(read_only=True) as connection:
        return load_deals_to_compare(connection, period, told)


def _their_deals(
    context: JobContext, told: Mapping[int, AmocrmEvent], selling: Set[int], won_stages: Mapping[int, int], ours: Deals
) -> dict[int, ComparedDeal]:
    """The deals as amoCRM has them, by the stages that mean a sale to us.

    A stage of our own choice has no close in amoCRM: the day of such a sale is known only to us.
    """
    found = {}
    for number, event in told.items():
        is_won = event.pipeline_id is not None and won_stages.get(event.pipeline_id) == event.status_id
        deal = _compared(replace(event, status_id=WON) if is_won else event, context, selling)
        if is_won and event.closed_at is None and number in ours:
            deal = replace(deal, day=ours[number].day)
        found[number] = deal
    return found


def _compared(event: AmocrmEvent, context: JobContext, selling: Set[int]) -> ComparedDeal:
    """As amoCRM tells it: a sale by its close, any other deal, also one won where nothing is sold, by its making."""
    is_sale = event.status_id == WON and event.pipeline_id in selling
    moment = event.closed_at if is_sale and event.closed_at else event.created_at
    if event.id is None or moment is None:
        raise ValueError("amoCRM told of a deal without its id or time")
    return ComparedDeal(event.id, event.pipeline_id, event.status_id, known_amount(event.price),
                        context.calendar.day_of(moment))


def _differing(theirs: Deals, ours: Deals) -> set[int]:
    return {number for number in theirs.keys() | ours.keys() if theirs.get(number) != ours.get(number)}


def _heal(
    context: JobContext, client: AmocrmClient, differing: set[int], told: dict[int, AmocrmEvent], asked_at: datetime
) -> None:
    """Tell the differing deals anew, and those amoCRM no longer knows as deleted; ``told`` learns the former."""
    for number, event in _ask_for(client, differing - told.keys()).items():
        told[number] = event
    for chunk in chunks(sorted(differing), _DEALS_AT_ONCE):
        deals = AmocrmBody(None, None, tuple(told[number] for number in chunk if number in told))
        people = fetch_people(client, deals)
        gone = [number for number in chunk if number not in told]
        with context.database.transaction() as connection:
            save_answers(connection, context, deals, people)
            if gone:
                hold_settling(connection)
                save_deal_events(connection, [(None, _deletion(number, asked_at)) for number in gone])
                settle_deals(connection, gone, load_rules(connection), context.calendar)
                bump(connection)


def _ask_for(client: AmocrmClient, ids: set[int]) -> dict[int, AmocrmEvent]:
    return {event.id: event for event in client.fetch_leads_by_ids(sorted(ids)).events if event.id is not None}


def _deletion(deal_id: int, moment: datetime) -> DealEvent:
    return DealEvent(key=f"gone:{deal_id}:t{int(moment.timestamp())}", deal_id=deal_id, action="delete",
                     occurred_at=moment, has_own_time=False, received_at=moment)


def _proof(
    context: JobContext, period: DateRange, theirs: Deals, ours: Deals, found: int, left: set[int], hook: str
) -> Reconciliation:
    differences = _by_slice({number: theirs[number] for number in left if number in theirs},
                            {number: ours[number] for number in left if number in ours})
    won = [deal for deal in theirs.values() if deal.status_id == WON]
    return Reconciliation(
        checked_at=context.clock(), period=period, deals=len(won), money=_money(won), found=found, left=len(left),
        money_left=sum((abs(one.their_money - one.our_money) for one in differences), Decimal(0)),
        differences=differences, hook=hook)


def _by_slice(theirs: Deals, ours: Deals) -> tuple[Difference, ...]:
    """Differences by pipeline, stage and day."""
    slices: dict[tuple[int | None, int | None, date], tuple[list[ComparedDeal], list[ComparedDeal]]] = defaultdict(
        lambda: ([], []))
    for place, deals in enumerate((theirs, ours)):
        for deal in deals.values():
            slices[deal.pipeline_id, deal.status_id, deal.day][place].append(deal)
    return tuple(Difference(*key, len(mine), len(yours), _money(mine), _money(yours))
                 for key, (mine, yours) in sorted(slices.items(), key=lambda item: tuple(map(str, item[0]))))


def _money(deals: Iterable[ComparedDeal]) -> Decimal:
    return sum((deal.money for deal in deals if deal.money is not None), Decimal(0))


def _watch_hook(context: JobContext, client: AmocrmClient) -> str:
    """Whether events are sent to us; an absent or disabled subscription is made anew."""
    settings = context.settings
    if settings.demo:
        return "unknown"
    return watch_hook(client, f"{settings.public_url}/webhooks/amocrm/{settings.amocrm_webhook_secret}")
