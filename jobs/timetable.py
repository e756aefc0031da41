"""When what is done: the timetable as data, in the business zone.

A job stands here with its name, its function, its schedule and for how long a missed time is still made up for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from data.ad_history import load_open_backfills
from data.facebook_waits import load_held_accounts
from jobs.amocrm_account import open_client
from jobs.check_facebook import check_facebook
from jobs.complete_deals import complete_deals
from jobs.context import JobContext
from jobs.erase_person import erase_idle_people
from jobs.housekeeping import keep_house
from jobs.learn_effects import learn_removal_effects
from jobs.requested_runs import ask_for_run
from jobs.send_conversions import send_conversions
from jobs.sync_rates import sync_rates, sync_todays_rate
from jobs.tell_failures import tell_failures

DEEP_SYNC_DAYS = 28      # conversions are attributed to a click for so long
DEEPEST_SYNC_DAYS = 90


@dataclass(frozen=True)
class Every:
    """Again and again, ``seconds`` apart."""

    seconds: int


@dataclass(frozen=True)
class Hourly:
    """At a minute of every hour."""

    minute: int


@dataclass(frozen=True)
class Daily:
    """At a local time of every day."""

    hour: int
    minute: int


@dataclass(frozen=True)
class Job:
    """A line of the timetable. ``grace``: a time missed longer ago is left out; of several missed ones, one is run."""

    name: str
    run: Callable[[JobContext], object]
    schedule: Every | Hourly | Daily
    grace: timedelta
    in_demo: bool = True


def beat(_context: JobContext) -> None:
    """Nothing but the note that the timetable is alive: health checks look at its age."""


def ask_for_recent_spend(context: JobContext) -> str | None:
    """Ask for the last days of every ad account."""
    return ask_for_run(context, "facebook", {})


def ask_for_restated_spend(context: JobContext) -> str | None:
    """Ask for all days that Facebook may still restate, of each account's own calendar."""
    return ask_for_run(context, "facebook", {"days": DEEP_SYNC_DAYS})


def ask_for_long_ago_spend(context: JobContext) -> str | None:
    """Ask, on the first of a month, for the days of its last quarter: what nobody expects to change still may."""
    if context.calendar.today(context.clock()).day != 1:
        return None
    return ask_for_run(context, "facebook", {"days": DEEPEST_SYNC_DAYS})


def ask_for_held_spend(context: JobContext) -> str | None:
    """Ask for the accounts that Facebook made wait as soon as the wait is over, as was promised to whoever looks."""
    with context.database.transaction(read_only=True) as connection:
        is_nobody_held = not load_held_accounts(connection, context.settings.facebook_app_id or "")
    return None if is_nobody_held else ask_for_run(context, "facebook", {"held": True})


def ask_for_history(context: JobContext) -> str | None:
    """Ask for more of the history of accounts that are not known back to the beginning."""
    with context.database.transaction(read_only=True) as connection:
        is_complete = not load_open_backfills(connection)
    return None if is_complete else ask_for_run(context, "facebook_backfill", {})


def ask_for_reconciliation(context: JobContext) -> str | None:
    """Ask for a comparison with amoCRM, when it is connected."""
    return ask_for_run(context, "amocrm_reconcile", {}) if open_client(context) else None


def ask_for_measure(context: JobContext) -> str | None:
    """Ask how often attribution is right on sales whose team is confirmed."""
    return ask_for_run(context, "attribution_measure", {})


JOBS: tuple[Job, ...] = (
    Job("heartbeat", beat, Every(30), timedelta(minutes=1)),
    # A sale has no phone and often no amount until the API is asked, and no person to be attributed by.
    Job("complete_deals", complete_deals, Every(60), timedelta(minutes=10)),
    Job("sync_facebook", ask_for_recent_spend, Hourly(10), timedelta(hours=12)),
    Job("sync_facebook_restated", ask_for_restated_spend, Daily(4, 20), timedelta(hours=20)),
    Job("sync_facebook_long_ago", ask_for_long_ago_spend, Daily(5, 20), timedelta(hours=18)),
    Job("resume_facebook", ask_for_held_spend, Every(60), timedelta(minutes=10)),
    Job("backfill_facebook", ask_for_history, Every(180), timedelta(minutes=30)),
    Job("check_facebook", check_facebook, Hourly(50), timedelta(hours=12)),
    # After the hourly reading, so that a letter tells of the hour's failure and not of the one before.
    Job("tell_failures", tell_failures, Hourly(40), timedelta(minutes=50)),
    Job("send_conversions", send_conversions, Every(60), timedelta(minutes=10)),
    # The rates of the demo are invented like everything in it, and must stay what its truth was computed with.
    Job("sync_rates", sync_rates, Daily(9, 5), timedelta(hours=20), in_demo=False),
    Job("sync_todays_rate", sync_todays_rate, Hourly(35), timedelta(minutes=50), in_demo=False),
    # Before the day begins, so that the morning's reports stand on healed figures.
    Job("reconcile_amocrm", ask_for_reconciliation, Daily(2, 40), timedelta(hours=20), in_demo=False),
    Job("measure_attribution", ask_for_measure, Daily(3, 50), timedelta(hours=20)),
    Job("learn_effects", learn_removal_effects, Daily(3, 40), timedelta(hours=20)),
    Job("housekeeping", keep_house, Daily(3, 30), timedelta(hours=20)),
    Job("erase_idle_people", erase_idle_people, Daily(3, 50), timedelta(hours=20), in_demo=False),
)
