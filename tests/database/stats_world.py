"""The statistics as a second, slow and plain computation in Python, to compare the SQL with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.metrics import BY_NAME, Sums
from data.engine import Database
from tests.factories import insert, noon

MONEY = ("spend_usd", "spend_kzt", "revenue_express_kzt", "revenue_main_kzt", "revenue_kzt", "revenue_express_usd",
         "revenue_main_usd", "revenue_usd")
COUNTS = ("impressions", "clicks", "leads", "registrations", "express_sales", "main_sales", "other_sales",
          "sales_without_amount")
PRODUCT_PARTS = {"express": ("express_sales", "revenue_express"), "flagman": ("main_sales", "revenue_main")}
Key = tuple[date, Any, Any]


def stored(connection: Connection) -> dict[Key, dict[str, Any]]:
    """traffic_stats as it is, by slice."""
    rows = connection.execute(text("SELECT * FROM traffic_stats")).mappings()
    columns = (*MONEY, *COUNTS, "team", "usd_to_kzt_rate", "rate_is_carried")
    return {(row["stat_date"], row["team_id"], row["campaign_id"]): {name: row[name] for name in columns}
            for row in rows}


def expected(connection: Connection) -> dict[Key, dict[str, Any]]:
    """What traffic_stats must be, from the rows of its sources."""
    def rows(query: str) -> list[Mapping[str, Any]]:
        return list(connection.execute(text(query)).mappings())

    rates = rows("SELECT * FROM exchange_rates ORDER BY date")
    names = {row["id"]: row["name"] for row in rows("SELECT id, name FROM traffic_teams")}
    campaigns = {row["campaign_id"]: row for row in rows("SELECT * FROM ad_campaigns")}
    periods = rows("SELECT * FROM ad_campaign_periods")
    slices: dict[Key, dict[str, Any]] = {}

    def slice_of(day: date, team: Any, campaign: Any) -> dict[str, Any]:
        known = [rate for rate in rates if rate["date"] <= day]
        rate = known[-1] if known else None
        return slices.setdefault((day, team, campaign), {
            **dict.fromkeys(MONEY, Decimal(0)), **dict.fromkeys(COUNTS, 0), "team": names.get(team),
            "usd_to_kzt_rate": rate and rate["usd_to_kzt"],
            "rate_is_carried": bool(rate and (rate["is_carried"] or rate["date"] < day))})

    for row in rows("SELECT * FROM ad_statistics WHERE level = 'campaign'"):
        campaign = campaigns.get(row["object_id"])
        if campaign and not campaign["is_tracked"]:
            continue
        team = campaign and campaign["team_id"]
        if campaign and campaign["is_split"]:
            team = next(one["team_id"] for one in periods if one["campaign_id"] == campaign["id"]
                        and one["first_day"] <= row["stat_date"] <= one["last_day"])
        found = slice_of(row["stat_date"], team, campaign and campaign["id"])
        usd, kzt = converted(row["spend"], row["currency"], found["usd_to_kzt_rate"])
        for name, value in (("spend_usd", usd), ("spend_kzt", kzt), ("impressions", row["impressions"]),
                            ("clicks", row["clicks"])):
            found[name] = plus(found[name], value)
    for row in rows("SELECT * FROM lead_tracking"):
        slice_of(row["lead_day"], row["team_id"], row["campaign_id"])["leads"] += 1
    for row in rows("SELECT * FROM amocrm_deals WHERE is_registration"):
        slice_of(row["created_day"], row["team_id"], row["campaign_id"])["registrations"] += 1
    for row in rows("SELECT * FROM all_sales_tracking WHERE NOT is_reversed"):
        add_sale(slice_of(row["sale_day"], row["team_id"], row["campaign_id"]), row)
    return {key: {name: rounded(name, value) for name, value in found.items()} for key, found in slices.items()}


def add_sale(found: dict[str, Any], sale: Mapping[str, Any]) -> None:
    count, money = PRODUCT_PARTS.get(sale["product"], ("other_sales", None))
    found[count] += 1
    amount = sale["sale_amount"] if sale["currency"] == "KZT" else None
    if amount is None:
        found["sales_without_amount"] += 1
        return
    rate = found["usd_to_kzt_rate"]
    for name in (money, "revenue"):
        if name is not None:
            found[f"{name}_kzt"] += amount
            found[f"{name}_usd"] = plus(found[f"{name}_usd"], None if rate is None else amount / rate)


def converted(spend: Decimal | None, currency: str, rate: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    if spend == 0:
        return Decimal(0), Decimal(0)
    if spend is None or currency not in ("USD", "KZT"):
        return None, None
    if currency == "USD":
        return spend, None if rate is None else spend * rate
    return None if rate is None else spend / rate, spend


def plus(one: Any, other: Any) -> Any:
    return None if one is None or other is None else one + other


def rounded(name: str, value: Any) -> Any:
    if name in MONEY and value is not None:
        return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return value


def assert_ratios(row: Any) -> None:
    """The generated columns of a row say what core/metrics.py says of its sums."""
    names = {field.name for field in fields(Sums)}
    sums = Sums(spend=row["spend_kzt"], revenue=row["revenue_kzt"],
                **{name: row[name] for name in names if name in row and name not in ("spend", "revenue")})
    dollars = Sums(spend=row["spend_usd"], express_sales=sums.sales)
    pairs = [("roi", BY_NAME["roi"].value(sums)), ("roas", BY_NAME["roas"].value(sums)),
             ("cpa", BY_NAME["cpa"].value(sums)), ("profit_kzt", BY_NAME["profit"].value(sums)),
             ("cpa_usd", BY_NAME["cpa"].value(dollars))]
    for column, value in pairs:
        assert (row[column] is None) == (value is None), column
        assert value is None or abs(row[column] - value) <= Decimal("0.000001"), column


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    with database.transaction() as connection:
        savepoint = connection.begin_nested()
        yield connection
        savepoint.rollback()


def make_deal(connection: Connection, deal_id: int, day: date, **values: Any) -> None:
    insert(connection, "amocrm_deals", deal_id=deal_id, created_at=noon(day), modified_at=noon(day),
           person_key=f"deal:{deal_id}", created_day=day, **{"is_registration": True, **values})


def change(connection: Connection, statement: str, **values: Any) -> None:
    connection.execute(text(statement), values)
