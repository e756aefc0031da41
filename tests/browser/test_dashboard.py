"""The dashboard in a browser: filters change figures and the address, new data appears by itself."""

from decimal import Decimal

import pytest

from core.filters import Filters
from core.records import Role, Scope
from core.texts import format_number
from data.people import load_users
from data.reports.dashboard import load_dashboard

pytestmark = pytest.mark.browser


def expected(product, query):
    """The report behind the page, read from the database."""
    with product.context.database.transaction() as connection:
        admin = next(user for user in load_users(connection) if user.role is Role.ADMIN)
        scope = Scope(admin.id, Role.ADMIN)
        return load_dashboard(
            connection, Filters.from_query(query), scope, product.context.calendar, product.context.clock()
        )


def written(value: Decimal | int | None, digits: int = 0) -> str:
    return format_number(value, digits).replace("\u00a0", "").replace(" ", "")


def is_falling(cells: list[str]) -> bool:
    """Whether a column of counts goes from the greatest to the least."""
    counts = [int(one.replace(" ", "")) for one in cells]
    return bool(counts) and counts == sorted(counts, reverse=True)


def test_the_cards_show_the_report(visitor, product):
    visitor.enter()
    report = expected(product, "")
    assert visitor.metric("revenue") == written(report.totals.revenue) + "₸"
    assert visitor.metric("spend") == written(report.totals.spend) + "₸"
    assert visitor.metric("sales") == written(report.totals.sales)


def test_every_filter_changes_figures_and_address_and_survives_a_reload(visitor, product):
    visitor.enter()
    spend = visitor.metric("spend")
    visitor.choose("filter-currency", "$ USD")
    visitor.until(lambda: visitor.query == "currency=USD" and visitor.metric("spend") != spend)
    visitor.choose("filter-preset", "7 дней")
    report = expected(product, "currency=USD&preset=last_7_days")
    visitor.until(lambda: visitor.metric("spend") == written(report.totals.spend, 2) + "$")
    visitor.choose("filter-interval", "Неделя")
    visitor.until(lambda: "interval=week" in visitor.query)
    visitor.until(lambda: "по неделям" in visitor.text("#dashboard-series-unit"))
    assert visitor.query == "currency=USD&interval=week&preset=last_7_days"
    visitor.driver.refresh()
    visitor.until_ready()
    visitor.until(lambda: visitor.metric("spend") == written(report.totals.spend, 2) + "$")
    assert visitor.run("return document.querySelector('#filter-currency input:checked').value") == "USD"


def test_a_team_can_be_chosen_and_the_filters_reset(visitor, product):
    visitor.enter()
    everything = visitor.metric("leads")
    visitor.click("#filter-teams input")
    visitor.until(lambda: visitor.query.startswith("team=") and visitor.metric("leads") != everything)
    slug = visitor.query.removeprefix("team=")
    assert visitor.metric("leads") == written(expected(product, f"team={slug}").totals.leads)
    visitor.click("#filter-reset")
    visitor.until(lambda: visitor.query == "" and visitor.metric("leads") == everything)


def test_days_can_be_typed_and_turn_no_period_around(visitor):
    visitor.enter()
    visitor.run(
        """
        const field = document.getElementById('filter-to')
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, arguments[0])
        field.dispatchEvent(new Event('input', {bubbles: true}))
        field.dispatchEvent(new Event('change', {bubbles: true}))
    """,
        "2020-01-05",
    )
    visitor.until(lambda: visitor.query == "from=2020-01-05&to=2020-01-05")
    assert visitor.run("return document.getElementById('filter-from').value") == "2020-01-05"
    visitor.until(lambda: "За этот период данных нет" in visitor.text("#dashboard-funnel"))


def test_a_shared_link_opens_the_same_view_and_strange_keys_do_no_harm(visitor, product):
    visitor.enter("analyst", "/?fbclid=abc&currency=usd&preset=last_7_days&from=nonsense&interval=century")
    report = expected(product, "currency=USD&preset=last_7_days")
    visitor.until(lambda: visitor.metric("spend") == written(report.totals.spend, 2) + "$")


def test_filters_go_along_and_back_comes_back(visitor):
    visitor.enter()
    visitor.choose("filter-currency", "$ USD")
    visitor.until(lambda: visitor.query == "currency=USD" and visitor.metric("spend").endswith("$"))
    visitor.click("#site a[href*='/analytics']")
    visitor.until(lambda: (visitor.path, visitor.query) == ("/analytics", "currency=USD"))
    visitor.until_ready()
    visitor.driver.back()
    visitor.until(lambda: (visitor.path, visitor.query) == ("/", "currency=USD"))
    visitor.until_ready()
    assert visitor.metric("spend").endswith("$")


def test_a_sale_appears_by_itself_in_place(visitor, product):
    visitor.enter("admin", "/?preset=today")
    before = int(visitor.metric("sales"))
    visitor.run("""
        document.querySelector('#dashboard-teams-figure .ag-root').kept = true
        document.querySelector('#dashboard-series-figure .js-plotly-plot').kept = true
        window.waited = []
        new MutationObserver(() => {
          window.waited.push(document.querySelectorAll('main [aria-busy="true"]').length)
        }).observe(document.querySelector('main'), {childList: true, subtree: true})
    """)
    product.receive_sale(deal_id=77_000_000 + before, price=5000)
    visitor.until(lambda: int(visitor.metric("sales")) == before + 1, seconds=30)
    kept = visitor.run(
        "return [document.querySelector('#dashboard-teams-figure .ag-root').kept,"
        " document.querySelector('#dashboard-series-figure .js-plotly-plot').kept]"
    )
    assert kept == [True, True]
    assert max(visitor.run("return window.waited"), default=0) == 0


def test_a_sorted_table_stays_sorted_when_the_currency_changes(visitor):
    visitor.enter()
    grid = "dashboard-teams-figure"
    visitor.until(lambda: len(visitor.column(grid, "leads")) > 2)
    visitor.click(f"#{grid} .ag-header-cell[col-id=leads] .ag-header-cell-label")
    visitor.until(lambda: is_falling(visitor.column(grid, "leads")))
    order = visitor.column(grid, "team")
    visitor.choose("filter-currency", "$ USD")
    visitor.until(lambda: "Выручка, $" in visitor.text(f"#{grid}"))
    assert visitor.column(grid, "team") == order


def test_the_whole_page_is_one_moment_of_the_database(visitor):
    """Cards, funnel and the table's total agree."""
    visitor.enter()
    leads = visitor.metric("leads")
    assert visitor.text('[data-stage="leads"]').replace(" ", "") == leads
    total = visitor.text('#dashboard-teams-figure .ag-floating-bottom [row-id="total"] [col-id="leads"]')
    assert total.replace(" ", "") == leads
