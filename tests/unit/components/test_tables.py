"""Tables: rows carry figure and text, totals come from sums, reasons are said in words."""

from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from components.grids import add_heat, short_amount
from components.sales_table import create_sales_footer, product_name, sales_columns, sales_rows, why
from components.tables import (
    TEAM_COLUMNS,
    campaign_columns,
    campaign_rows,
    team_columns,
    team_rows,
    utm_columns,
    utm_rows,
)
from core import metrics
from core.metrics import METRICS
from core.reports import UNATTRIBUTED, SalesPage
from core.texts import locale
from tests.unit.components.looking import words
from tests.unit.components.records import ALTAI, analytics, dashboard, sale

ALMATY = timezone(timedelta(hours=5))


def clean(text):
    return text.replace("\u00a0", " ")


def test_a_row_has_the_figure_and_how_it_is_written():
    row = team_rows(dashboard().teams, "KZT")[0][0]
    assert row["id"] == "sunkar"
    assert row["revenue"] == 3670000.0 and clean(row["revenue__text"]) == "3 670 000"
    assert row["roi__text"] == "+267\u00a0%" and row["roi__fill"].startswith("#")
    assert row["sales__text"] == "8 + 2"
    assert row["trend"]["path"].startswith("M")


def test_the_rest_without_a_team_and_the_total_stay_below_uncoloured():
    rows, below = team_rows(dashboard().teams, "KZT")
    assert [row["id"] for row in rows] == ["sunkar", "altai"]
    assert [row["id"] for row in below] == ["none", "total"]
    assert not any(key.endswith("__fill") for row in below for key in row)


def test_the_total_ratio_comes_from_sums_and_not_from_an_average():
    total_row = team_rows(dashboard().teams, "KZT")[1][-1]
    assert total_row["roi"] == pytest.approx(float(metrics.ROI.value(dashboard().totals)))


def test_one_team_has_no_total():
    assert team_rows(dashboard().teams[:1], "KZT")[1] == []


def test_unknown_figures_are_no_zeros():
    rows, below = team_rows(dashboard().teams, "KZT")
    assert below[0]["roi"] is None and below[0]["roi__text"] == "—"
    assert rows[0]["roi"] is not None


def test_headings_follow_currency_and_language():
    headings = [column["headerName"] for column in team_columns("USD")]
    assert "Выручка, $" in headings and "ROI" in headings
    with locale("kk"):
        assert "Түсім, ₸" in [column["headerName"] for column in team_columns("KZT")]


def test_the_campaign_table_has_every_metric_but_the_products():
    fields = {column["field"] for column in campaign_columns("KZT")}
    missing = {metric.name for metric in METRICS} - fields
    assert missing == {"express_sales", "main_sales", "other_sales"}  # they are the parts of "sales"


def test_campaigns_without_a_name_are_one_row_below():
    rows, below = campaign_rows(dashboard().campaigns, "KZT")
    assert len(rows) == 14 and [row["id"] for row in below] == ["none", "total"]
    assert below[0]["name"] == "Без кампании"


def test_empty_marks_are_named_and_every_row_has_its_own_id():
    rows = utm_rows(analytics().utm, "KZT")
    assert [row["value"] for row in rows] == ["fb_sunkar", "(пусто)"]
    assert len({row["id"] for row in rows}) == 2
    assert any(column["field"] == "mark" and column["hide"] for column in utm_columns("KZT"))


def test_heat_needs_peers_except_for_roi():
    rows = [{}]
    add_heat(rows, TEAM_COLUMNS, [dashboard().teams[0].sums])
    assert rows[0]["roi__fill"] != rows[0]["cpa__fill"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(10_801_700, "10,8 млн"), (1_320_000, "1,32 млн"), (130_000, "0,13 млн"), (79_734, "80 тыс."), (120, "120")],
)
def test_narrow_screens_get_short_amounts(amount, text):
    assert clean(short_amount(Decimal(amount))) == text
    with locale("en"):
        assert clean(short_amount(Decimal(-10_801_700))) == "−10.8 M"


def test_a_sale_is_told_in_the_zone_of_the_business_and_its_own_currency():
    row = sales_rows([sale()], ALMATY, {})[0]
    assert clean(row["when"]) == "22.11 14:02"
    assert clean(row["amount"]["text"]) == "5 000 ₸"
    assert row["why"] == {"text": "своя метка", "kind": "good", "title": "fb_sunkar ·\u00a0уверенность высокая"}
    assert len(sales_columns()) == 7


def test_an_unknown_amount_is_said_and_a_reversal_is_struck_out():
    row = sales_rows([sale(amount=None, status="reversed")], ALMATY, {})[0]
    assert row["amount"]["unknown"] and row["amount"]["gone"] and row["amount"]["text"] == "нет суммы"
    assert row["why"]["text"] == "возврат"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"reason": "no_utm"}, "нет UTM"),
        ({"reason": "ambiguous", "candidates": ("sunkar", "altai")}, "спорная: sunkar, Алтай"),
        ({"reason": "ambiguous"}, "спорная"),
        ({"reason": None}, "причина неизвестна"),
    ],
)
def test_the_reason_for_no_team_is_in_words(changes, text):
    row = sale(team=UNATTRIBUTED, method=None, confidence=None, rule=None, **changes)
    assert why(row, {"altai": ALTAI.name})["text"] == text


def test_a_product_without_a_name_is_shown_as_it_is():
    assert product_name("flagman") == "Флагман"
    assert product_name("webinar9") == "webinar9"


def test_the_footer_offers_more_until_the_limit():
    page = SalesPage((sale(),), 274, "next")
    assert "Показать ещё" in words(create_sales_footer(page, 50, 500))
    assert "CSV" in words(create_sales_footer(page, 500, 500))
    assert "Показать ещё" not in words(create_sales_footer(SalesPage((sale(),), 1, None), 1, 500))
