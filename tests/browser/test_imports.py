"""An admin gives a file, sees what it would do, brings it in and takes it back."""

import pytest
from selenium.webdriver.support.ui import Select
from sqlalchemy import text

from jobs.requested_runs import run_next

pytestmark = pytest.mark.browser


def work_off(product):
    while run_next(product.context):
        pass


def of_form(visitor):
    """The version the form was drawn from."""
    return visitor.find("#imports-apply").get_attribute("data-version")


def bring_in(visitor, *, skip_wrong):
    """Send the form, rows with errors left out or not."""
    if visitor.find("[data-field='skip_wrong'] input").is_selected() != skip_wrong:
        visitor.click("[data-field='skip_wrong'] input")
    visitor.click("#imports-apply button[type=submit]")
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    visitor.click("dialog [data-say=yes]")


def test_a_file_is_mapped_brought_in_and_taken_back(visitor, product, tmp_path):
    path = tmp_path / "old sales.csv"
    path.write_text("Когда;Продукт;Сумма;Телефон\n10.01.2020;Экспресс;5 000;87010000001\n11.01.2020;чайник;1;1\n",
                    encoding="cp1251")
    visitor.enter("admin", "/admin/imports")
    Select(visitor.find("#imports-kind")).select_by_value("sales")
    visitor.find("#imports-upload input[type=file]").send_keys(str(path))
    visitor.until(lambda: "Не хватает полей" in visitor.text("main"))
    Select(visitor.find("[data-field='columns.sold_at'] select")).select_by_value("0")
    visitor.click("#imports-mapping button[type=submit]")
    visitor.until(lambda: "чайник" in visitor.text("main"))
    visitor.expected_statuses = (409, 422)
    bring_in(visitor, skip_wrong=False)
    visitor.until_text("#imports-apply", "есть строки с ошибками")
    with product.context.database.transaction() as connection:
        connection.execute(text("UPDATE imports SET version = version + 1"))
    bring_in(visitor, skip_wrong=True)
    visitor.until_text("#imports-apply", "Загрузить заново")
    version = of_form(visitor)
    visitor.click("#imports-apply .form-said button")
    visitor.until(lambda: of_form(visitor) != version)
    bring_in(visitor, skip_wrong=True)
    visitor.until(lambda: "загружается" in visitor.text("main"))
    work_off(product)
    visitor.until(lambda: "загружен" in visitor.text("main") and visitor.find(".btn.danger").is_displayed())
    visitor.click("main .btn.danger")
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    visitor.click("dialog [data-say=yes]")
    visitor.until(lambda: "отменяется" in visitor.text("main"))
    work_off(product)
    visitor.until(lambda: "удалено 1" in visitor.text("main"))
