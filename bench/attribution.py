"""Attribution at size: everything anew against one hand-written pass, one new sale, and the preview of a change.

The hand-written pass (``bench/keyed_pass.sql``) is one transaction of three updates joined by keys: it gives every
lead, deal and sale of a copy of the same database the same team, with method, rule, reason, campaign and lead, in the
same columns under the same indexes and foreign keys; the product says the same in the rows of its own copy, piece by
piece, and beside it keeps the log of sales and the marks of days. How many rows the two say another team of is one of
the figures. Each starts from rows nothing was decided about and a server with nothing left to write: what the first
leaves to vacuum and to write is done before the second begins.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from sqlalchemy import make_url

from auth.encryption import Cipher, make_key
from bench.company import Size
from bench.effort import measured
from bench.figures import Figure, ratio
from core.attribution_rules import Alias
from core.business_time import BusinessCalendar
from core.records import DealEvent
from data.attribution_preview import find_change, preview_moves
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.embedded import DatabaseUrls
from data.engine import APP_ROLE, JOBS_ROLE, Database, Limits, Viewer
from data.rules import load_rules
from jobs.context import JobContext
from jobs.rerun_attribution import rerun_attribution

_PASS = Path(__file__).with_name("keyed_pass.sql")
_FLOOR = "floor"
# A machine that does other things too must not end a statement of the measurement.
_PATIENT = Limits(pool_size=2, overflow=0, statement_timeout=3_600_000, lock_timeout=60_000,
                  idle_in_transaction_timeout=600_000)
PREVIEW_LIMIT, SALE_LIMIT, FULL_LIMIT = 3.0, 50.0, 1.5


@contextmanager
def opened(url: str, role: str) -> Iterator[Database]:
    """A database with patience, closed at the end."""
    database = Database(url, role, _PATIENT)
    try:
        yield database
    finally:
        database.dispose()


def url_of(url: str, database: str) -> str:
    """The same server's address of another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def full_attribution(urls: DatabaseUrls, size: Size) -> list[Figure]:
    """The product's run and the hand-written pass, each over a copy of the same rows that nothing was decided about."""
    floor_url = url_of(urls.admin_url, _FLOOR)
    with psycopg.connect(url_of(urls.admin_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_FLOOR} TEMPLATE {make_url(urls.admin_url).database} STRATEGY file_copy")
    floor = measured(urls.admin_url, lambda: _hand_written(floor_url))
    _settle_down(floor_url)
    with opened(urls.jobs_url, JOBS_ROLE) as database:
        context = _context(database)
        product = measured(urls.admin_url, lambda: rerun_attribution(context))
        again = measured(urls.admin_url, lambda: rerun_attribution(context, persons_too=False))
    _settle_down(urls.admin_url)
    what = f"{size.leads:,} leads, {size.deals:,} deals, {size.sales:,} sales"
    return [Figure(f"hand-written pass over {what}", floor.clock, None, "s"),
            Figure("everything attributed anew", product.clock, None, "s"),
            ratio("everything anew to the hand-written pass", product.clock, floor.clock, FULL_LIMIT),
            ratio("the same in seconds of processors", product.processors, floor.processors, None),
            Figure("everything once more, nothing to change", again.clock, None, "s"),
            Figure("leads and sales the two say another team of", _differences(urls.admin_url, floor_url), 0, "rows")]


def _hand_written(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(_PASS.read_bytes())


def _settle_down(url: str) -> None:
    """Vacuum and write what is left to, which the server would else do in the time of what is measured next."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _differences(ours: str, theirs: str) -> int:
    """How many leads and sales do not have the same team in both databases."""
    verdicts: list[dict[str, Any]] = []
    for url in (ours, theirs):
        with psycopg.connect(url) as connection:
            verdicts.append(dict(connection.execute(
                "SELECT CAST(lead_id AS text), team_id FROM lead_tracking"
                " UNION ALL SELECT CAST(deal_id AS text), team_id FROM all_sales_tracking").fetchall()))
    return len([row for row, team in verdicts[0].items() if verdicts[1][row] != team])


def previews(urls: DatabaseUrls) -> list[Figure]:
    """Previews of changes as the API computes them, in seconds; the first is the change people make."""
    with opened(urls.web_url, APP_ROLE) as database:
        with database.transaction(Viewer("admin"), read_only=True) as connection:
            rules = load_rules(connection)
        team = rules.teams[0].slug
        source = Alias("00000000-0000-0000-0000-000000000001", team, utm_source="other_5")
        token = Alias("00000000-0000-0000-0000-000000000002", team, campaign_token="word7", priority=1)
        changes = {"a source": replace(rules, aliases=(*rules.aliases, source)),
                   "a word of campaigns": replace(rules, aliases=(*rules.aliases, token)),
                   "40 aliases of a team taken away": replace(rules, aliases=tuple(
                       one for one in rules.aliases if one.team_slug != team or one.utm_source is None)),
                   "a campaign handed on": replace(rules, bindings=rules.bindings[1:])}
        figures = []
        for name, wanted in changes.items():
            with database.transaction(Viewer("admin"), one_moment=True) as connection:
                started = time.perf_counter()
                preview_moves(connection, wanted, None, find_change(connection, rules, wanted))
                seconds = time.perf_counter() - started
            figures.append(Figure(f"preview: {name}", seconds, PREVIEW_LIMIT, "s"))
    return figures


def one_sale(urls: DatabaseUrls, rounds: int = 20) -> list[Figure]:
    """Milliseconds of new sales settled one by one, each in a transaction of its own."""
    calendar, times = BusinessCalendar(), []
    with opened(urls.jobs_url, JOBS_ROLE) as database:
        for number in range(rounds):
            with database.transaction() as connection:
                started = time.perf_counter()
                event = _won(number, calendar)
                save_deal_events(connection, [(None, event)])
                settle_deals(connection, [event.deal_id], load_rules(connection), calendar)
                times.append((time.perf_counter() - started) * 1000)
    return [Figure("one new sale attributed, median", statistics.median(times), SALE_LIMIT, "ms"),
            Figure("one new sale attributed, slowest but one of 20", sorted(times)[-2], None, "ms")]


def _won(number: int, calendar: BusinessCalendar) -> DealEvent:
    moment = calendar.start_of(date(2026, 4, 1 + number))
    return DealEvent(
        key=f"bench-{number}", deal_id=90_000_000 + number, action="status", occurred_at=moment, has_own_time=True,
        received_at=moment, pipeline_id=10350882, status_id=142, created_at=moment, closed_at=moment,
        contact_id=5_000_000 + 7919 * (number + 1) % 1000)


def _context(database: Database) -> JobContext:
    settings: Any = SimpleNamespace()
    return JobContext(settings, database, Cipher.from_ring(f"one:{make_key()}"), BusinessCalendar())
