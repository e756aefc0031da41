"""Attributing everything anew by the rules of now, touching only what changes.

Invariant: afterwards every lead, deal and sale says what settling it alone would say. What changes is found by keys in
the database; only that is settled, by the one code that settles.
"""

from sqlalchemy import Connection

from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from core.records import DateRange
from data.contacts import load_deals_of_leads
from data.leads import settle_leads
from data.marks_keys import MarksKeys
from data.queries import run
from data.settling import as_json


def settle_moved_leads(
    connection: Connection, rules: Rules, days: DateRange, calendar: BusinessCalendar
) -> tuple[frozenset[str], frozenset[int]]:
    """Settle the leads of these days about which the rules say another thing now.

    Answers the leads whose team, campaign or day is new, and the deals these may bring to another team.
    """
    keys = MarksKeys(rules)
    asked = {**keys.parameters, "first_day": days.first, "last_day": days.last}
    answers = keys.lead_answers(row["key"] for row in run(connection, "attribution/lead_keys", **asked))
    stale = [str(row["id"])
             for row in run(connection, "attribution/moved_leads", answers=as_json(answers), **asked)]
    moved = settle_leads(connection, stale, rules, calendar)
    return moved, load_deals_of_leads(connection, moved)


def load_moved_deals(connection: Connection, rules: Rules, days: DateRange, *, persons_too: bool) -> frozenset[int]:
    """The deals made on these days whose own marks mean another thing now; ``persons_too``: all of a person too."""
    keys = MarksKeys(rules)
    asked = {**keys.parameters, "first_day": days.first, "last_day": days.last}
    answers = keys.deal_answers(row["key"] for row in run(connection, "attribution/deal_keys", **asked))
    rows = run(connection, "attribution/moved_deals", answers=as_json(answers), persons_too=persons_too, **asked)
    return frozenset(row["deal_id"] for row in rows)

