"""An admin arranges where data comes from: a landing source, the meaning of amoCRM's pipelines."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from sqlalchemy import text

pytestmark = pytest.mark.browser


def test_a_landing_source_is_named_and_its_mapping_tried(visitor):
    visitor.enter("admin", "/admin/landing?new=quiz-page")
    visitor.until(lambda: visitor.all("#landing-form"))
    visitor.find("[data-field='name'] input").send_keys("Quiz")
    visitor.find("[data-field='mapping.phone'] textarea").send_keys("answers.0.v")
    visitor.find("#landing-test textarea").send_keys("{")
    visitor.click("#landing-test button[type=submit]")
    visitor.until_text("#landing-readings", "Тело не читается")
    visitor.find("#landing-test textarea").send_keys(Keys.CONTROL, "a")
    visitor.find("#landing-test textarea").send_keys('{"answers": [{"v": "8 701 000 00 01"}]}')
    visitor.click("#landing-test button[type=submit]")
    visitor.until(lambda: "+770•••01" in visitor.text("#landing-readings"))
    visitor.click("#landing-form button[type=submit]")
    visitor.until(lambda: "id=" in visitor.query and "/webhooks/landing/" in visitor.text("main"))
    assert visitor.find("[data-field='mapping.phone'] textarea").get_attribute("value") == "answers.0.v"


def test_a_mapping_says_how_many_events_it_would_skip(visitor, product):
    visitor.enter("admin", "/admin/amocrm")     # an account that nobody connected is not asked: the console stays empty
    visitor.until(lambda: "amoCRM не подключена" in visitor.text("main") and visitor.all("#amocrm-mapping-form"))
    row = next(one for one in visitor.all(".map-row") if "10350882" in one.text)
    Select(row.find_element("css selector", "[data-field$='.product'] select")).select_by_value("none")
    visitor.click("#amocrm-mapping-form button[type=submit]")
    visitor.until(lambda: "события будут пропущены" in visitor.text("#amocrm-preview-body"))
    assert visitor.find("#amocrm-preview-body .btn.primary").is_displayed()
    with product.context.database.transaction() as connection:
        kept = connection.execute(text("SELECT product FROM amocrm_pipelines WHERE pipeline_id = 10350882")).scalar()
    assert kept == "express", "a preview saves nothing"
    # Somebody else saves another mapping before this one is: nothing of this one is kept.
    visitor.expected_statuses = (409, 422)
    with product.context.database.transaction() as connection:
        connection.execute(text("UPDATE amocrm_pipelines SET list_price = 1 WHERE pipeline_id = 10418746"))
    visitor.click("#amocrm-preview-body .btn.primary")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until_text(".toasts", "уже измен")
    with product.context.database.transaction() as connection:
        connection.execute(text("UPDATE amocrm_pipelines SET list_price = NULL WHERE pipeline_id = 10418746"))
        assert connection.execute(text("SELECT count(*) FROM amocrm_pipelines WHERE pipeline_id = 10350882")).scalar()
    # A product is paid in one way, whatever its pipelines.
    prepaid = next(one for one in visitor.all(".map-row") if "9777626" in one.text)
    prepaid.find_element("css selector", "[data-field$='.prepayment_limit'] input").send_keys("0")
    visitor.click("#amocrm-mapping-form button[type=submit]")
    visitor.until(lambda: any("предел предоплаты" in one.text for one in visitor.all(".field-said:not([hidden])")))

