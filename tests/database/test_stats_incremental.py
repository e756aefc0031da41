"""Whatever happens in whatever order, recalculating the dirty days is as good as recalculating everything."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.records import DayRate
from data.engine import Database
from data.rates import save_rates
from data.stats import mark_days, recalculate, take_dirty_days
from tests.database.stats_world import assert_ratios, change, expected, make_deal, stored, undone
from tests.factories import make_campaign, make_lead, make_sale, make_team

# Each operation changes a source and marks the days it touches, as every writer must.
DAYS = [date(2026, 1, 15) + timedelta(days=number) for number in range(4)]
PLACE = st.integers(0, 3)
AMOUNT = st.sampled_from([None, "5000", "490000", "0.01", "3333.33"])
OPERATIONS = st.one_of(
    st.tuples(st.just("lead"), PLACE, PLACE, PLACE),
    st.tuples(st.just("registration"), PLACE, PLACE, PLACE),
    st.tuples(st.just("sale"), PLACE, PLACE, PLACE, AMOUNT, st.sampled_from(["express", "flagman", "challenge3d"])),
    st.tuples(st.just("reverse"), PLACE),
    st.tuples(st.just("reprice"), PLACE, AMOUNT),
    st.tuples(st.just("move_lead"), PLACE, PLACE),
    st.tuples(st.just("spend"), PLACE, PLACE, st.sampled_from(["0", "0.01", "268.93", "1000"]),
              st.sampled_from(["USD", "KZT", "EUR"])),
    st.tuples(st.just("forget_spend"), PLACE),
    st.tuples(st.just("move_campaign"), PLACE, PLACE),
    st.tuples(st.just("hand_on"), PLACE, PLACE, PLACE, PLACE),
    st.tuples(st.just("track"), PLACE, st.booleans()),
    st.tuples(st.just("rate"), PLACE, st.sampled_from(["450", "505.16", "0.3333"]), st.booleans()),
    st.tuples(st.just("recalculate")),
)


class World:
    """A few teams and campaigns, and the operations by name."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # The last place is nobody: no team, no known campaign.
        self.teams = [*(make_team(connection).id for _ in range(3)), None]
        self.campaigns = [*(make_campaign(connection, None, f"120{n}") for n in range(3)), None]

    def lead(self, day: int, team: int, campaign: int) -> None:
        lead = make_lead(self.connection, SimpleNamespace(id=self.teams[team], name="x"), DAYS[day])
        change(self.connection, "UPDATE lead_tracking SET campaign_id = CAST(:campaign AS uuid) "
                                "WHERE lead_id = CAST(:lead AS uuid)", campaign=self.campaigns[campaign], lead=lead)
        mark_days(self.connection, [DAYS[day]])

    def registration(self, day: int, team: int, campaign: int) -> None:
        number = self.connection.execute(text("SELECT count(*) FROM amocrm_deals")).scalar_one()
        make_deal(self.connection, number + 1, DAYS[day], team_id=self.teams[team],
                  campaign_id=self.campaigns[campaign])
        mark_days(self.connection, [DAYS[day]])

    def sale(self, day: int, team: int, campaign: int, amount: str | None, product: str) -> None:
        make_sale(self.connection, SimpleNamespace(id=self.teams[team], name="x"), DAYS[day], amount, product,
                  campaign_id=self.campaigns[campaign])
        mark_days(self.connection, [DAYS[day]])

    def reverse(self, day: int) -> None:
        change(self.connection, "UPDATE all_sales_tracking SET is_reversed = NOT is_reversed WHERE sale_day = :day",
               day=DAYS[day])
        mark_days(self.connection, [DAYS[day]])

    def reprice(self, day: int, amount: str | None) -> None:
        change(self.connection, "UPDATE all_sales_tracking SET sale_amount = :amount WHERE sale_day = :day",
               day=DAYS[day], amount=amount and Decimal(amount))
        mark_days(self.connection, [DAYS[day]])

    def move_lead(self, day: int, other: int) -> None:
        change(self.connection, "UPDATE lead_tracking SET lead_day = :other WHERE lead_day = :day",
               day=DAYS[day], other=DAYS[other])
        mark_days(self.connection, [DAYS[day], DAYS[other]])

    def spend(self, day: int, campaign: int, amount: str, currency: str) -> None:
        change(self.connection, """
            INSERT INTO ad_statistics (account_id, level, object_id, stat_date, spend, currency, impressions, clicks)
            VALUES ('1', 'campaign', :campaign, :day, :amount, :currency, 100, 3)
            ON CONFLICT (platform, account_id, level, object_id, stat_date)
            DO UPDATE SET spend = excluded.spend, currency = excluded.currency""",
            campaign=f"120{campaign}", day=DAYS[day], amount=Decimal(amount), currency=currency)
        mark_days(self.connection, [DAYS[day]])

    def forget_spend(self, day: int) -> None:
        change(self.connection, "DELETE FROM ad_statistics WHERE stat_date = :day", day=DAYS[day])
        mark_days(self.connection, [DAYS[day]])

    def move_campaign(self, campaign: int, team: int) -> None:
        change(self.connection, "UPDATE ad_campaigns SET team_id = CAST(:team AS uuid) WHERE campaign_id = :campaign",
               team=self.teams[team], campaign=f"120{campaign}")
        days = self.connection.execute(text("SELECT stat_date FROM ad_statistics WHERE object_id = :campaign"),
                                       {"campaign": f"120{campaign}"}).scalars().all()
        mark_days(self.connection, days)

    def hand_on(self, campaign: int, day: int, before: int, after: int) -> None:
        """From a day on the campaign is another team's."""
        where = "(SELECT id FROM ad_campaigns WHERE campaign_id = :campaign)"
        change(self.connection, f"DELETE FROM ad_campaign_periods WHERE campaign_id = {where}",
               campaign=f"120{campaign}")
        for first, last, team in ((date.min, DAYS[day] - timedelta(days=1), before), (DAYS[day], date.max, after)):
            change(self.connection, "INSERT INTO ad_campaign_periods (campaign_id, first_day, last_day, team_id)"
                                    " SELECT id, :first, :last, CAST(:team AS uuid) FROM ad_campaigns"
                                    " WHERE campaign_id = :campaign",
                   first=first, last=last, team=self.teams[team], campaign=f"120{campaign}")
        change(self.connection, "UPDATE ad_campaigns SET is_split = true WHERE campaign_id = :campaign",
               campaign=f"120{campaign}")
        self._mark(campaign)

    def track(self, campaign: int, wanted: bool) -> None:
        change(self.connection, "UPDATE ad_campaigns SET is_tracked = :wanted WHERE campaign_id = :campaign",
               wanted=wanted, campaign=f"120{campaign}")
        self._mark(campaign)

    def _mark(self, campaign: int) -> None:
        mark_days(self.connection, self.connection.execute(
            text("SELECT stat_date FROM ad_statistics WHERE object_id = :campaign"),
            {"campaign": f"120{campaign}"}).scalars().all())

    def rate(self, day: int, value: str, is_carried: bool) -> None:
        save_rates(self.connection, [DayRate(DAYS[day], Decimal(value), "bank", is_carried)])

    def recalculate(self) -> None:
        recalculate(self.connection, take_dirty_days(self.connection))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=14))
def test_incremental_equals_full_equals_the_plain_computation(
    shared_jobs: Database, operations: list[tuple[Any, ...]]
) -> None:
    with undone(shared_jobs) as connection:
        world = World(connection)
        for name, *arguments in operations:
            getattr(world, name)(*arguments)
        world.recalculate()
        incremental = stored(connection)
        change(connection, "DELETE FROM traffic_stats")
        recalculate(connection)
        assert incremental == stored(connection)
        assert incremental == expected(connection)
        for row in connection.execute(text("SELECT * FROM traffic_stats")).mappings():
            assert_ratios(row)
