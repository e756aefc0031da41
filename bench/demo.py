"""The product with the demo company: starts, answers, and how often it is right about what is known."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg

from bench.doors import intake
from bench.figures import Figure
from bench.floor import floor_milliseconds, floor_report_milliseconds, running_floor
from bench.measures import (
    QUERIES,
    median,
    report_costs,
    sale_visible_seconds,
    slowest_twentieth,
    webhook_milliseconds,
)
from bench.product import running_product
from core.business_time import BusinessCalendar, now
from core.settings import Settings, demo_settings
from demo.world import make_world

PRECISION, RECALL = 99.5, 95.0


def demo_figures(var_dir: Path, forms: int) -> Iterator[Figure]:
    """Start a product, measure it, start it again; ``forms`` is how many each round of the intake takes.

    Raises: StartFailed.
    """
    moment = now().replace(microsecond=0)
    with running_product(var_dir, moment) as (base, seconds):
        settings = demo_settings(var_dir)
        yield Figure("first start to the first usable page", seconds, 180, "s")
        yield from _rightness(settings, moment)
        with running_floor(settings) as floor:
            yield from _webhook(base, floor, settings)
            yield from intake(f"{base}/webhooks/landing/{settings.landing_webhook_secret}/bench", floor, forms)
        yield Figure("sale in the totals after its webhook", sale_visible_seconds(base, settings), 30, "s")
        yield from _reports(settings)
    with running_product(var_dir, moment) as (_base, seconds):
        yield Figure("second start", seconds, 10, "s")


def _webhook(base: str, floor: str, settings: Settings) -> Iterator[Figure]:
    # The floor before and after the product: what else the machine does meets both.
    bare = floor_milliseconds(floor, 200)
    posts = webhook_milliseconds(base, settings)
    bare = sorted(bare + floor_milliseconds(floor, 200))
    yield Figure("webhook answered, median", median(posts), 50, "ms")
    yield Figure("webhook answered, 95 of 100", slowest_twentieth(posts), None, "ms")
    yield Figure("route with one INSERT (floor), median", median(bare), None, "ms")
    yield Figure("webhook to floor", median(posts) / median(bare), None, "times")


def _reports(settings: Settings) -> Iterator[Figure]:
    times, statements = report_costs(settings)
    sums = floor_report_milliseconds(settings, QUERIES)
    yield Figure("change of filters on the server, median", median(times), None, "ms")
    yield Figure("change of filters on the server, 95 of 100", slowest_twentieth(times), 300, "ms")
    yield Figure("bare statement over the same days (floor)", median(sums), None, "ms")
    yield Figure("change of filters to floor", median(times) / median(sums), None, "times")
    yield Figure("SQL statements for a change of filters", statements, 3, "statements")


def _rightness(settings: Settings, moment: datetime) -> Iterator[Figure]:
    """Teams of sales against the truth of the generator: of those given right ones, of those that have a team found."""
    calendar = BusinessCalendar(settings.business_timezone)
    world = make_world(today=calendar.day_of(moment), now=moment, leads=settings.demo_leads,
                       zone=settings.business_timezone)
    meant = {sale.deal_id: sale.team for sale in world.truth.sales if sale.status == "won"}
    with psycopg.connect(settings.database_jobs_url or settings.database_url) as connection:
        connection.execute("SELECT set_config('role', 'traffic_jobs', false)")
        found: dict[int, str | None] = dict(connection.execute("""
            SELECT s.deal_id, t.slug FROM all_sales_tracking s LEFT JOIN traffic_teams t ON t.id = s.team_id
            WHERE NOT s.is_reversed AND s.payment_of IS NULL""").fetchall())
    given = [deal_id for deal_id, team in found.items() if team is not None]
    owned = [deal_id for deal_id, team in meant.items() if team is not None]
    right = len([deal_id for deal_id in given if found[deal_id] == meant.get(deal_id)])
    for name, of, least in (("precision", given, PRECISION), ("recall", owned, RECALL)):
        yield Figure(f"{name} of attribution, {len(of)} sales", 100 * right / len(of), least, "%", at_least=True)
