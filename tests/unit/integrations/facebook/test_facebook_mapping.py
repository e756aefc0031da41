"""Payloads become records: text ids, exact money, and unknown where Facebook said nothing."""

import csv
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount as SdkAccount
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.campaign import Campaign as SdkCampaign

from core.records import AdAccount, DateRange
from integrations.facebook.errors import BadAnswer
from integrations.facebook.mapping import (
    ACCOUNT_FIELDS,
    CAMPAIGN_FIELDS,
    EVERY_STATUS,
    LEVELS,
    insight_fields,
    to_account,
    to_ad_day,
    to_campaign,
)

FIXTURES = Path(__file__).parents[3] / "fixtures" / "facebook"
ACCOUNT = AdAccount("798085168510957", "Porsche Riverside", "USD", "America/Los_Angeles", 1)
JUNE = DateRange(date(2023, 6, 1), date(2023, 6, 1))


def read(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text())


def values(fields: type) -> set[str]:
    return {value for name, value in vars(fields).items() if not name.startswith("_")}


def test_the_recorded_account() -> None:
    assert to_account(read("adaccount.json")) == AdAccount(
        "212551616838260", "Airbyte", "USD", "America/Los_Angeles", 1)


def test_the_recorded_campaign() -> None:
    campaign = to_campaign(read("campaign.json"), "212551616838260")
    assert (campaign.id, campaign.name, campaign.objective, campaign.effective_status) == (
        "120208325579370399", "New Awareness Campaign", "OUTCOME_AWARENESS", "ACTIVE")


def test_the_recorded_insights_page_at_ad_level() -> None:
    days = [to_ad_day(row, ACCOUNT, "ad", JUNE) for row in read("insights_page_ad_product.json")["data"]]
    assert [day.spend for day in days] == [Decimal("14.35"), Decimal("8.53")]
    assert [(day.impressions, day.clicks, day.inline_link_clicks) for day in days] == [(185, 9, 9), (171, 7, 4)]
    assert days[0].object_id == "23854695759200548"
    assert days[0].actions[0] == {"action_type": "page_engagement", "value": "10", "1d_click": "10",
                                  "7d_click": "10", "28d_click": "10"}
    assert days[0].reach is None


def test_the_documented_row_without_trailing_zero() -> None:
    row = {**read("insights_default_fields.json")["data"][0], "date_start": "2023-06-01", "date_stop": "2023-06-01"}
    day = to_ad_day(row, ACCOUNT, "campaign", JUNE)
    assert (day.spend, day.impressions, day.clicks, day.currency) == (Decimal("5339.5"), 361324, None, "USD")


def row(**changes: Any) -> dict[str, Any]:
    full: dict[str, Any] = {
        "account_id": ACCOUNT.id, "account_currency": "USD", "campaign_id": "120241721599750604",
        "campaign_name": "dis_mix", "impressions": "1241", "reach": "934", "clicks": "9", "inline_link_clicks": "6",
        "spend": "0.092195", "actions": [{"action_type": "lead", "value": "3"}], "action_values": [],
        "date_start": "2023-06-01", "date_stop": "2023-06-01"}
    return {name: value for name, value in {**full, **changes}.items() if value is not ...}


def test_fractions_of_a_cent_stay_exact() -> None:
    assert to_ad_day(row(), ACCOUNT, "campaign", JUNE).spend == Decimal("0.092195")


@pytest.mark.parametrize("metric", ["impressions", "reach", "clicks", "inline_link_clicks", "spend"])
@pytest.mark.parametrize("given", [..., None])
def test_a_metric_left_out_is_unknown_and_the_others_stand(metric: str, given: Any) -> None:
    complete = to_ad_day(row(), ACCOUNT, "campaign", JUNE)
    day = to_ad_day(row(**{metric: given}), ACCOUNT, "campaign", JUNE)
    assert getattr(day, metric) is None
    others = {"impressions", "reach", "clicks", "inline_link_clicks", "spend", "actions"} - {metric}
    assert all(getattr(day, name) == getattr(complete, name) for name in others)


@pytest.mark.parametrize("changes", [
    {"campaign_id": ...}, {"campaign_id": ""}, {"date_start": ...}, {"date_stop": "2023-06-02"},
    {"date_start": "2023-06-02", "date_stop": "2023-06-02"}, {"date_start": "yesterday", "date_stop": "yesterday"},
    {"spend": "abc"}, {"spend": "NaN"}, {"spend": []}])
def test_a_row_that_would_lie_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        to_ad_day(row(**changes), ACCOUNT, "campaign", JUNE)


def test_texts_a_database_cannot_keep_are_mended() -> None:
    day = to_ad_day(row(campaign_name="a\x00b\ud800", actions=[{"action_type": "x\x00", "value": "1"}, "odd"]),
                    ACCOUNT, "campaign", JUNE)
    assert day.name == "ab?"
    assert day.actions == ({"action_type": "x", "value": "1"},)


@pytest.mark.parametrize("missing", ["account_id", "currency", "timezone_name"])
def test_an_account_without_identity_currency_or_zone_is_refused(missing: str) -> None:
    payload = read("adaccount.json")
    del payload[missing]
    with pytest.raises(BadAnswer):
        to_account(payload)


def test_every_field_asked_for_is_known_to_the_sdk() -> None:
    assert set(ACCOUNT_FIELDS) <= values(SdkAccount.Field)
    assert set(CAMPAIGN_FIELDS) <= values(SdkCampaign.Field)
    assert set(EVERY_STATUS) <= values(SdkCampaign.EffectiveStatus)
    for level in LEVELS:
        assert set(insight_fields(level)) <= values(AdsInsights.Field)


def recorded_rows() -> Iterable[dict[str, str]]:
    with (FIXTURES / "campaign_daily_recorded.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def test_a_recorded_account_sums_to_the_cent() -> None:
    account = AdAccount("361744628296290", "Recorded", "EUR", "Europe/Prague", 1)
    year = DateRange(date(2026, 1, 1), date(2026, 12, 31))
    days = [to_ad_day(recorded, account, "campaign", year) for recorded in recorded_rows()]
    cents = sum(round(Decimal(recorded["spend"]) * 100) for recorded in recorded_rows())
    assert len(days) == 91
    assert sum((day.spend or Decimal(0) for day in days), Decimal(0)) * 100 == cents
    assert {day.account_id for day in days} == {"361744628296290"}
