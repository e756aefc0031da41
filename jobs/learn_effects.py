"""Learns how much each team's touches matter, for the data-driven model."""

from data.freshness import bump
from data.removal_effects import learn_effects
from data.rules import load_rules
from jobs.context import JobContext


def learn_removal_effects(context: JobContext) -> int:
    """Learn once from the paths of a year; the number of teams that something was learned of."""
    with context.database.transaction() as connection:
        learned = learn_effects(connection, load_rules(connection).look_back_days, context.clock())
        bump(connection)
    return learned
