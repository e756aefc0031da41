"""The panel that explains a sale: opened from the list, walked through by keys, and what an admin may do in it."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from sqlalchemy import text

pytestmark = pytest.mark.browser

PANEL = "#evidence-panel:not([hidden])"
ROWS = "#analytics-sales-figure .ag-center-cols-container .ag-row"


def choose_first(visitor):
    """Choose the first sale of the list; answers its deal."""
    visitor.find(f'{ROWS}[row-index="0"] [col-id="when"]').click()
    visitor.find(f"{PANEL} .ladder")
    return chosen(visitor)


def chosen(visitor):
    """The deal the panel explains."""
    return visitor.text(f"{PANEL} .path .is-sale .mono")


def press(visitor, key):
    visitor.driver.switch_to.active_element.send_keys(key)


def test_an_admin_walks_through_the_sales_and_decides_by_hand(visitor, product):
    visitor.enter("admin", "/analytics?preset=last_30_days")
    first = choose_first(visitor)
    assert len(visitor.all(f"{PANEL} .ladder li")) == 7
    assert len(visitor.all(f"{PANEL} .models .shares")) == 6
    press(visitor, "j")
    visitor.until(lambda: chosen(visitor) != first)
    press(visitor, "k")
    visitor.until(lambda: chosen(visitor) == first)
    select = visitor.find("#evidence-assign select")
    select.find_element(By.CSS_SELECTOR, "option[value=dala]").click()
    # Somebody else gave the sale away meanwhile: that is told, and the newest state is a click away.
    visitor.expected_statuses = (409,)
    with product.context.database.transaction() as connection:
        connection.execute(text("UPDATE all_sales_tracking SET locked = true WHERE deal_id = :id"), {"id": int(first)})
    visitor.click("#evidence-assign button[type=submit]")
    visitor.click("#evidence-assign .form-said button")
    visitor.until(lambda: "true" in visitor.find("#evidence-assign [data-field=seen]").get_attribute("data-value"))
    visitor.find("#evidence-assign select option[value=dala]").click()
    visitor.click("#evidence-assign button[type=submit]")
    visitor.until_text(f"{PANEL} .verdict strong", "Дала")
    visitor.until(lambda: "is-decided" in visitor.find(f"{PANEL} .ladder li").get_attribute("class"))
    visitor.until(lambda: visitor.column("analytics-sales-figure", "why")[0] == "вручную")
    visitor.find("h1").click()
    press(visitor, Keys.ESCAPE)
    visitor.until(lambda: not visitor.all(PANEL))
    visitor.click("#analytics-models-show")
    visitor.until(lambda: len(visitor.all("#analytics-models thead th")) == 7)
    assert "Без команды" in visitor.text("#analytics-models tbody tr:last-child")


def test_a_targetologist_sees_why_and_may_not_decide_and_a_phone_has_a_sheet(visitor):
    visitor.enter("sunkar", "/analytics?preset=last_30_days")
    visitor.resize(390, 844)
    choose_first(visitor)
    assert not visitor.all("#evidence-assign")
    assert not visitor.find("#analytics-models").is_displayed()
    sheet = visitor.run("const box = document.querySelector('#evidence-panel').getBoundingClientRect();"
                        "return [box.left, box.width, Math.round(box.bottom - innerHeight)]")
    assert sheet == [0, 390, 0]
    assert visitor.run("return document.documentElement.scrollWidth") <= 390
    visitor.click('[data-evidence="close"]')
    visitor.until(lambda: not visitor.all(PANEL))
