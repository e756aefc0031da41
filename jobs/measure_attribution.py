"""Measures how often attribution is right on sales whose team is confirmed, and keeps the figures."""

from data.freshness import bump
from data.rightness import measure, save_measures
from data.rules import load_rules
from jobs.context import JobContext


def measure_attribution(context: JobContext) -> int:
    """Measure once; how many confirmed sales there were."""
    with context.database.transaction() as connection:
        found = measure(connection, load_rules(connection), context.calendar)
        save_measures(connection, found)
        bump(connection)
    return sum(one.pairs for one in found)
