"""An admin arranges where data comes from: a landing source, the meaning of amoCRM's pipelines, a rate by hand."""

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
    visitor.find("#landing-test textarea").send_keys('{"answers": [{"v": "8 701 000 00 01"}]}')
    visitor.click("#landing-test button[type=submit]")
    visitor.until(lambda: "+770•••01" in visitor.text("#landing-readings"))
    visitor.click("#landing-form button[type=submit]")
    visitor.until(lambda: "id=" in visitor.query and "/webhooks/landing/" in visitor.text("main"))
    assert visitor.find("[data-field='mapping.phone'] textarea").get_attribute("value") == "answers.0.v"


def test_a_mapping_says_how_many_events_it_would_skip(visitor, product):
    visitor.expected_failures.add("/api/traffic-admin/amocrm/structure")
    visitor.enter("admin", "/admin/amocrm")
    visitor.until(lambda: "amoCRM не подключена" in visitor.text("main") and visitor.all("#amocrm-mapping-form"))
    row = next(one for one in visitor.all(".map-row") if "10350882" in one.text)
    Select(row.find_element("css selector", "[data-field$='.product'] select")).select_by_value("none")
    visitor.click("#amocrm-mapping-form button[type=submit]")
    visitor.until(lambda: "события будут пропущены" in visitor.text("#amocrm-preview-body"))
    assert visitor.find("#amocrm-preview-body .btn.primary").is_displayed()
    with product.context.database.transaction() as connection:
        kept = connection.execute(text("SELECT product FROM amocrm_pipelines WHERE pipeline_id = 10350882")).scalar()
    assert kept == "express", "a preview saves nothing"


def test_a_rate_is_set_by_hand(visitor):
    visitor.enter("admin", "/admin/rates?month=2020-01")     # no figure of the company lives on it
    visitor.until(lambda: visitor.all("#rates-form"))
    field = visitor.find("[data-field='usd_to_kzt'] input")
    field.send_keys("512,5", Keys.ENTER)
    visitor.until(lambda: "поставлен вручную" in visitor.text("main") and "512,50" in visitor.text("main"))
