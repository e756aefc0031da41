"""The blocks of the pages: cards, funnel, bars, heat map, coverage, news, team cards, states."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from components.campaign_bars import campaigns_unit, create_campaign_bars
from components.cards import create_number_cards, finished_days
from components.coverage import create_coverage, reason_name
from components.funnel import create_funnel
from components.heat import create_heat_map, heat_columns, heat_interval
from components.news import create_news, find_news
from components.report_head import create_analytics_line, create_period_line, create_rank, create_series_notes
from components.sparkline import MAX_POINTS, cell_points, draw_sparkline, smooth
from components.states import create_empty, create_gap_banners, shown
from components.team_cards import create_team_cards
from core import metrics
from core.metrics import Thresholds
from core.reports import CampaignRow, Gaps
from core.texts import LOCALES, locale
from tests.unit.components.looking import of_class, parts, with_attribute, words
from tests.unit.components.records import FIRST, SUNKAR, analytics, dashboard, nothing, sums


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("make", [dashboard, nothing])
def test_every_block_can_be_drawn_in_every_language(make, code):
    report = make()
    with locale(code):
        create_number_cards(report)
        create_funnel(report.funnel, report.currency)
        create_campaign_bars(report.campaigns, report.currency)
        create_heat_map(report)
        create_news(report, "")
        create_team_cards(report.teams, report.currency, report.thresholds)
        create_period_line(report)
        create_series_notes(report)
        create_gap_banners(report.gaps)
        create_analytics_line(analytics())


def test_cards_show_value_change_former_value_and_trend():
    revenue = create_number_cards(dashboard())[0]
    said = words(revenue)
    assert "Выручка" in said and "4 090 000 ₸" in said and "было 4,02 млн ₸" in said
    assert "Без команды 90,0 тыс. ₸ · 2,2 %" in said
    assert of_class(revenue, "spark")


def test_cards_without_anything_have_no_zero_for_ratios():
    roi = create_number_cards(nothing())[2]
    assert "—" in words(with_attribute(roi, "data-metric", "roi"))


def test_the_running_day_is_left_out_of_trends():
    report = dashboard()
    assert len(finished_days(report)) == len(report.daily) - 1
    finished = replace(report, points=tuple(replace(point, is_complete=True) for point in report.points))
    assert len(finished_days(finished)) == len(report.daily)


def test_trends_are_computed_from_sums_and_cover_long_periods():
    days = [sums("100", "0"), sums("100", "400")]
    assert smooth(days, metrics.ROI)[-1] == Decimal(100)
    assert len(smooth([sums()] * 400, metrics.REVENUE)) <= MAX_POINTS
    assert smooth([], metrics.ROI) == []


def test_a_trend_without_figures_is_empty():
    assert draw_sparkline([None, None], "#FFFFFF").children is None
    assert draw_sparkline([0, 0, 0], "#FFFFFF").children is None
    assert cell_points([1]) == ""
    assert cell_points([1, None, 3]).startswith("M0 ")


def test_the_funnel_of_the_facts():
    said = words(create_funnel(dashboard().funnel, "KZT"))
    for figure in ("692", "65,32 %", "452", "36,73 %", "166", "7,23 %", "12", "1,73 % от лидов"):
        assert figure in said


def test_a_share_above_hundred_stays_and_its_bar_ends_at_the_edge():
    stages = dashboard().funnel
    stages = (replace(stages[0], count=10), replace(stages[1], count=20, step_rate=Decimal(200)), *stages[2:])
    funnel = create_funnel(stages, "KZT")
    assert "200,00 %" in words(funnel)
    widths = [one.style["width"] for one in parts(funnel) if getattr(one, "style", None) and "width" in one.style]
    assert max(float(width[:-1]) for width in widths) == 100


def test_bars_of_many_campaigns_are_the_best_and_the_worst():
    bars = create_campaign_bars(dashboard().campaigns, "KZT")
    names = [words(one) for one in of_class(bars, "who")]
    assert len(names) == 12 and "campaign_13" in names[0] and "campaign_0" in names[-1]
    assert campaigns_unit(dashboard().campaigns) == "6 лучших и 6 худших из 14 кампаний с затратами"


def test_bars_of_a_few_campaigns_are_all_of_them():
    few = dashboard().campaigns[:4]
    assert len(of_class(create_campaign_bars(few, "KZT"), "who")) == 4
    assert create_campaign_bars([CampaignRow("1", "free", SUNKAR, sums("0"))], "KZT") is None


def test_the_heat_map_has_a_number_in_every_cell():
    table = create_heat_map(dashboard())
    assert len(heat_columns(dashboard().days)) == 30
    cells = [one for one in parts(table) if type(one).__name__ == "Td"]
    assert cells and all(words(cell) for cell in cells)
    assert {"+100", "−100", "—"} <= {words(cell) for cell in cells}


@pytest.mark.parametrize(("count", "interval"), [(1, "day"), (35, "day"), (36, "week"), (189, "week"), (190, "month")])
def test_long_periods_are_folded(count, interval):
    days = [FIRST + timedelta(days=number) for number in range(count)]
    columns = heat_columns(days)
    assert heat_interval(days) == interval
    assert sum(len(column.days) for column in columns) == count


def test_news_name_the_fall_the_rise_and_what_nobody_owns():
    pieces = find_news(dashboard())
    said = [piece.title.replace("\u00a0", " ") for piece in pieces]
    assert said == ["Алтай ушла в минус: ROI −34 %", "Сункар растёт: +231 % → +267 %", "90,0 тыс. ₸ без команды"]
    assert [piece.tone for piece in pieces] == ["neg", "pos", "warn"]
    assert "нет UTM — 6, спорная — 4" in pieces[2].text


def test_news_without_unattributed_sales_name_the_costliest_campaign():
    report = dashboard(unattributed=sums("0", "0", express_sales=0, main_sales=0))
    assert find_news(report)[-1].title.startswith("campaign_0 сжигает бюджет")


def test_quiet_periods_have_no_news():
    assert create_news(nothing(), "") is None


def test_news_keep_the_filters():
    news = create_news(dashboard(), "currency=USD")
    assert [card.href for card in news.children][2] == "/analytics?currency=USD#sales"


def test_team_cards_are_of_real_teams_only():
    cards = create_team_cards(dashboard().teams, "KZT", Thresholds())
    assert len(cards.children) == 2
    assert cards.children[0].href == "/teams/sunkar"
    assert "цель" in words(cards.children[0]) and "слабо" in words(cards.children[1])


def test_coverage_counts_methods_and_reasons():
    said = words(create_coverage(analytics().coverage))
    assert "90,0 %" in said and "90 из 100 с командой" in said and "нет UTM 6" in said and "спорная 4" in said
    assert create_coverage([]) is None
    assert reason_name("something new") == reason_name(None) == "причина неизвестна"


def test_gaps_are_said_one_by_one():
    gaps = Gaps(2, 1, 21, ("Main",), 3, {})
    said = [words(banner) for banner in create_gap_banners(gaps)]
    assert len(said) == 4
    assert "У 21 продажи нет суммы" in said[2] and "Main" in said[0]
    assert create_gap_banners(Gaps()) == []


def test_a_broken_block_leaves_a_sentence_and_a_record(caplog):
    def break_it():
        raise ValueError("broken")

    assert "Не удалось показать этот блок" in words(shown("funnel", break_it))
    assert "funnel" in caplog.text and "broken" in caplog.text


def test_empty_states_offer_the_next_step():
    assert of_class(create_empty(), "btn")[0].href == "?preset=last_30_days"
    ways = {who: create_empty(period_chosen=False, connects=who) for who in ("all", "facebook", "nobody")}
    assert of_class(ways["all"], "btn")[0].href == "/admin"
    assert of_class(ways["facebook"], "btn")[0].href == "/settings?tab=facebook"
    assert not of_class(ways["nobody"], "btn") and "администратор" in words(ways["nobody"])


def test_a_rank_is_said_only_when_it_is_known():
    assert create_rank(dashboard()) == ""
    assert create_rank(dashboard(team_rank=2, team_count=5)) == "2-е место из 5 по ROI"
