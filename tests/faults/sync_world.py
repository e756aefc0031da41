"""What the tests of the sync look at: the rows stored, the truth of the stand-in, failures and runs."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from core.records import DateRange
from core.sentences import read
from core.texts import locale
from data.ads import load_selected_accounts
from data.sync_runs import SyncRun, load_runs
from demo.graph_data import GraphData
from jobs.context import JobContext
from tests.faults.graph_world import TODAY, make_graph_data, truth

DATA = make_graph_data(accounts=4, campaigns=3, days=40)
ALL = DateRange(TODAY - timedelta(days=200), TODAY)
FIRST, SECOND = DATA.accounts[0], DATA.accounts[1]


def stored(context: JobContext) -> dict[tuple[str, str, date], tuple[Any, ...]]:
    with context.database.transaction() as connection:
        rows = connection.execute(text("SELECT account_id, object_id, stat_date, spend, currency, impressions, clicks,"
                                       " reach, inline_link_clicks, name FROM ad_statistics"
                                       " WHERE level = 'campaign'"))
        return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def expected(data: GraphData, window: DateRange = ALL) -> dict[tuple[str, str, date], tuple[Any, ...]]:
    return {(day.account_id, day.object_id, day.day): (
        day.spend, day.currency, day.impressions, day.clicks, day.reach, day.inline_link_clicks, day.name)
        for account in data.accounts for day in truth(data, account.id, window)}


def said(kept: str) -> str:
    """A kept sentence in English."""
    with locale("en"):
        return read(kept)


def failures(context: JobContext) -> dict[str, str | None]:
    with context.database.transaction() as connection:
        return {one.account.id: one.last_error and said(one.last_error) for one in load_selected_accounts(connection)}


def last_run(context: JobContext) -> SyncRun:
    with context.database.transaction() as connection:
        newest = load_runs(connection, "facebook")[0]
    return replace(newest, errors=tuple(map(said, newest.errors)))


def end_waits(context: JobContext) -> None:
    """As if the time Facebook asked for had passed."""
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE facebook_waits SET until = now()"))
