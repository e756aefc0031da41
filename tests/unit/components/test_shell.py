"""The shell, the filter bar, the pages' frames and settings: nothing leads nowhere, everything has a name."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from dash.development.base_component import Component

from auth.permissions import token_scopes
from components import ids
from components.analytics_page import create_analytics
from components.filter_bar import chosen_text, create_filter_bar
from components.freshness_bar import create_freshness, format_age
from components.profile_page import (
    Account,
    FactorView,
    Profile,
    SignIn,
    create_profile,
    create_sign_in_list,
    device_name,
)
from components.profile_tokens import scope_name
from components.report_page import create_dashboard, create_team_page
from components.shell import Person, create_shell, create_site_bar, create_team_links
from core.filters import Filters
from core.records import DateRange, Role
from core.reports import FilterChoices, Freshness
from core.texts import LOCALES, locale
from tests.unit.components.looking import of_class, parts, with_attribute, words
from tests.unit.components.records import ALTAI, SUNKAR

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHOICES = FilterChoices((SUNKAR, ALTAI), tuple((str(n), f"campaign_{n}") for n in range(9)), date(2026, 5, 1))
PERIOD = DateRange(date(2026, 10, 24), date(2026, 11, 22))
ADMIN = Person("Айгерим Касымова", Role.ADMIN)
BUYER = Person("Данияр", Role.TARGETOLOGIST, "sunkar")


def hrefs(tree):
    return [one.href for one in parts(tree) if isinstance(one, Component) and getattr(one, "href", None)]


def every_page():
    bar = create_filter_bar(Filters(), CHOICES, PERIOD)
    return [create_dashboard(bar), create_team_page(SUNKAR, bar), create_analytics(bar)]


def test_those_who_see_all_teams_have_links_to_them():
    assert hrefs(create_site_bar(ADMIN, [SUNKAR, ALTAI])) == [
        "/",
        "/analytics",
        "/settings",
        "/admin",
        "/admin/teams",
        "/teams/sunkar",
        "/teams/altai",
        "/profile",
    ]


def test_a_targetologist_has_the_own_team_and_no_other():
    assert hrefs(create_site_bar(BUYER, [SUNKAR, ALTAI])) == ["/teams/sunkar", "/analytics", "/settings", "/profile"]


def test_logging_out_and_choosing_a_language_are_forms():
    shell = create_shell(ADMIN, [SUNKAR], 7, [])
    forms = {one.action: one.method for one in parts(shell) if type(one).__name__ == "Form"}
    assert forms == {"/logout": "post", "/language": "post"}
    assert next(one for one in with_attribute(shell, "id", ids.SHELL_VERSION)).data == 7


def test_links_of_teams_say_their_roi_once_it_is_known():
    links = create_team_links([SUNKAR, ALTAI], {"sunkar": Decimal(267), "altai": Decimal(-34)})
    said = words(links)
    assert "+267 %" in said and "−34 %" in said
    assert "%" not in words(create_team_links([SUNKAR], {}))
    assert create_team_links([], {}) == []


@pytest.mark.parametrize("code", LOCALES)
def test_every_button_and_link_has_a_name(code):
    with locale(code):
        trees = [*every_page(), create_shell(ADMIN, [SUNKAR], 1, [])]
    for tree in trees:
        for one in parts(tree):
            if type(one).__name__ in ("Button", "A", "Link", "Summary") and not words(one).strip():
                assert getattr(one, "aria-label", "") or getattr(one, "title", ""), one


def test_no_two_parts_of_a_page_share_an_id():
    for page in every_page():
        named = [str(one.id) for one in parts(page) if isinstance(one, Component) and getattr(one, "id", None)]
        assert len(named) == len(set(named))


def test_the_bar_is_born_from_the_filters():
    filters = Filters(preset="last_7_days", currency="USD", interval="week", teams=("none",), campaigns=("3",))
    bar = create_filter_bar(filters, CHOICES, PERIOD)
    values = {one.id: one.value for one in parts(bar) if isinstance(one, Component) and getattr(one, "value", None)}
    assert values[ids.FILTER_PRESET] == "last_7_days" and values[ids.FILTER_CURRENCY] == "USD"
    assert values[ids.FILTER_INTERVAL] == "week" and values[ids.FILTER_TEAMS] == ["none"]
    assert values[ids.FILTER_CAMPAIGNS] == ["3"] and values[ids.FILTER_FROM] == "2026-10-24"
    assert with_attribute(bar, "id", ids.QUERY)[0].data == filters.to_query()
    assert "campaign_3" in words(with_attribute(bar, "id", ids.FILTER_CAMPAIGNS_TEXT))


def test_chosen_dates_belong_to_no_preset():
    bar = create_filter_bar(Filters(date_from=PERIOD.first, date_to=PERIOD.last), CHOICES, PERIOD)
    assert with_attribute(bar, "id", ids.FILTER_PRESET)[0].value is None


def test_a_teams_page_does_not_offer_teams_but_keeps_the_control():
    bar = create_filter_bar(Filters(), CHOICES, PERIOD, with_teams=False)
    hidden = [one for one in parts(bar) if getattr(one, "hidden", False)]
    assert len(hidden) == 1 and with_attribute(hidden[0], "id", ids.FILTER_TEAMS)


def test_a_choice_is_said_on_its_button():
    assert chosen_text([], {}) == "все"
    assert chosen_text(["a"], {"a": "Сункар"}) == "Сункар"
    assert chosen_text(["gone"], {}) == "gone"
    assert chosen_text(["a", "b"], {}) == "выбрано 2"


def test_freshness_tells_each_source_and_what_failed():
    fresh = Freshness(
        NOW - timedelta(seconds=8), None, NOW - timedelta(minutes=20), date(2026, 11, 20), True, ("Main", "Second")
    )
    line = create_freshness(fresh, NOW)
    said = words(line)
    assert "Продажи 8 с назад" in said.replace("  ", " ") and "Лидов ещё не было" in said
    assert "перенос" in said and "Не отвечают 2 кабинета" in said
    states = {getattr(one, "data-state", None) for one in of_class(line, "source")}
    assert states == {"fresh", "stale"}


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 с"), (59, "59 с"), (60, "1 мин"), (7199, "1 ч"), (200_000, "2 дн")]
)
def test_ages_are_in_their_largest_unit(seconds, text):
    assert format_age(seconds).replace("\u00a0", " ") == text


def test_the_profile_shows_the_account_the_languages_and_other_sign_ins():
    here = SignIn("1", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36", False, NOW, True)
    phone = SignIn("2", "Mozilla/5.0 (iPhone) Safari/604.1", False, NOW, False)
    account = Account("Айгерим", "a@b.kz", "Администратор", None)
    page = create_profile(Profile(account, FactorView(False, False, 0), [here, phone], [], ["analytics:report:read"]))
    said = words(page)
    assert "a@b.kz" in said and "Қазақша" in said and "Chrome, Linux" in said and "Safari, iPhone" in said
    assert "Завершить остальные" in said and scope_name("analytics:report:read") == "отчёты: читать и выгружать"
    assert scope_name("some:new:right") == "some:new:right"
    assert "Других входов нет" in words(create_sign_in_list([here]))


def test_a_device_nobody_knows_is_called_so():
    assert device_name("") == "Неизвестное устройство"


def test_every_right_of_a_token_has_a_name():
    for role in Role:
        assert not [one for one in token_scopes(role) if scope_name(one.value) == one.value]
