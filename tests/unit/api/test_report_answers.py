from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest
from flask import Flask

from api.encoding import json_answer, wants_csv
from api.report_answers import figures, funnel_row
from core.metrics import METRICS, Sums
from core.reports import FunnelStage

SUMS = Sums(spend=Decimal("135852.678800"), revenue=Decimal("1040000"), express_sales=12, main_sales=2, leads=692,
            impressions=52_195, clicks=1_105)


def test_sums_are_exact_and_quotients_have_six_places() -> None:
    found = figures(SUMS)
    assert list(found) == [metric.name for metric in METRICS]
    assert found["spend"] == Decimal("135852.678800")
    assert found["ctr"] == Decimal("2.117061")
    assert found["cpa"] == Decimal("9703.762771")


def test_what_is_unknown_stays_unknown() -> None:
    found = figures(Sums(spend=None, impressions=None))
    assert found["spend"] is found["roi"] is found["profit"] is found["ctr"] is None
    assert found["leads"] == 0


def test_a_stage_without_a_stage_above_has_no_rate() -> None:
    row = funnel_row(FunnelStage("leads", 692, 0, None, None))
    assert (row["step_rate"], row["total_rate"], row["revenue"]) == (None, None, None)


def test_money_is_a_json_number() -> None:
    with Flask("test").app_context():
        answer = json_answer({"whole": Decimal("7830550.00"), "part": Decimal("0.10"), "none": None,
                              "day": date(2026, 1, 2), "at": datetime(2026, 1, 2, 3, tzinfo=UTC)})
    assert answer.get_data(as_text=True) == (
        '{"whole":7830550,"part":0.1,"none":null,"day":"2026-01-02","at":"2026-01-02T03:00:00+00:00"}')
    with pytest.raises(orjson.JSONEncodeError):
        json_answer({"what": object()})


@pytest.mark.parametrize(("path", "accept", "is_csv"), [
    ("/", None, False), ("/?format=csv", None, True), ("/", "text/csv", True), ("/?format=json", "text/csv", False),
    ("/", "text/html,*/*", False), ("/", "text/csv;q=0.9,application/json;q=0.1", True), ("/?format=xml", None, False),
    ("/", "text/*", True),
])
def test_the_form_follows_the_address_then_the_header(path: str, accept: str | None, is_csv: bool) -> None:
    headers = {"Accept": accept} if accept else {}
    with Flask("test").test_request_context(path, headers=headers):
        assert wants_csv() is is_csv
