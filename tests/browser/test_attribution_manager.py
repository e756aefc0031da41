"""The attribution manager as an admin uses it: a rule from preview to way back, the queue by hand and by key."""

import time
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from sqlalchemy import text

from data.engine import Viewer
from jobs.requested_runs import run_next
from tests.browser.product import AMOCRM_SECRET, EXPRESS_PIPELINE, WON

pytestmark = pytest.mark.browser
PAGE = "/admin/attribution"


def receive_marked_sale(product, deal_id, mark):
    """amoCRM tells of a won deal with a utm_source that no team knows."""
    lead, moment = "leads[status][0]", int(time.time())
    field = f"{lead}[custom_fields][0]"
    body = {"account[id]": product.world.seed_rows().amocrm_account_id, f"{lead}[id]": deal_id,
            f"{lead}[status_id]": WON, f"{lead}[pipeline_id]": EXPRESS_PIPELINE, f"{lead}[price]": 7000,
            f"{lead}[last_modified]": moment, f"{lead}[date_create]": moment, f"{field}[id]": 434731,
            f"{field}[name]": "utm_source", f"{field}[values][0][value]": mark}
    request = Request(f"{product.url}/webhooks/amocrm/{AMOCRM_SECRET}", data=urlencode(body).encode(), method="POST")
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    product.work()


def settle(product):
    while run_next(product.context):
        pass
    product.work()


def waiting_sales(product):
    with product.context.database.transaction() as connection:
        return connection.execute(text("SELECT count(*) FROM all_sales_tracking WHERE team_id IS NULL AND NOT locked"
                                       " AND NOT is_reversed")).scalar_one()


def drafted(visitor):
    """The change that the button of the preview would apply."""
    return visitor.run("return document.querySelector('#rules-panel button[data-api]')?.dataset.body")


def open_tab(visitor, tab, more=""):
    visitor.open(f"{PAGE}?tab={tab}{more}")
    visitor.until(lambda: visitor.all("#rules-body .card") and not visitor.all('#rules-body [aria-busy="true"]'))


def test_an_alias_from_its_form_to_the_way_back(visitor, product):
    receive_marked_sale(product, 39000001, "mark_of_nobody")
    visitor.enter("admin")
    open_tab(visitor, "aliases", "&edit=new&utm_source=mark_of_nobody")
    visitor.expected_failures |= {f"/api/traffic-admin/attribution/{one}" for one in ("drafts/alias", "apply")}
    # A mark that is a team's own is refused at its field.
    field = visitor.find("[data-field=utm_source] input")
    field.clear()
    field.send_keys("fb_dala", Keys.ENTER)
    visitor.until(lambda: "fb_dala" in visitor.text("[data-field=utm_source] .field-said"))
    field.clear()
    field.send_keys("mark_of_nobody", Keys.ENTER)
    visitor.until(lambda: visitor.all("#rules-panel button[data-api]"))
    said = visitor.text("#rules-panel .said-big")
    assert "₸" in said
    before = waiting_sales(product)
    # Somebody else changes the rules meanwhile: nothing of ours is applied.
    token = product.sign_in_by_api("admin")
    visitor.run("""window.other = fetch('/api/traffic-admin/aliases', {method: 'POST',
        headers: {'Content-Type': 'application/json', Authorization: 'Bearer ' + arguments[0]},
        body: JSON.stringify({team: 'dala', utm_source: 'somebody_else'})})
        .then((told) => { window.told = told.status })
        """, token)
    visitor.until(lambda: visitor.run("return window.told") == 201)
    visitor.click("#rules-panel button[data-api]")
    visitor.until_text(".toasts", "admin@demo.local")
    settle(product)
    stale = drafted(visitor)
    visitor.click("#rules-form button[type=submit]")
    visitor.until(lambda: drafted(visitor) not in (None, stale))
    visitor.click("#rules-panel button[data-api]")
    visitor.until(lambda: "tab=versions" in visitor.query)
    settle(product)
    assert waiting_sales(product) == before - 1
    visitor.until(lambda: not visitor.all("#rules-run .card") and visitor.all("#rules-body [data-method=POST]")
                  and not visitor.all("#rules-body [role=progressbar]"))
    moved = visitor.text("#rules-body tbody tr:first-child td:nth-child(4)")
    assert "7 000" in moved
    visitor.click("#rules-body tbody tr:nth-child(2) [data-method=POST]")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: visitor.all("#rules-run .card"))
    settle(product)
    assert waiting_sales(product) == before
    visitor.until(lambda: not visitor.all("#rules-run .card"))


def test_the_queue_is_worked_off_by_hand_and_by_key(visitor, product):
    visitor.enter("admin")
    open_tab(visitor, "queue")
    before = waiting_sales(product)
    rows = visitor.all("tr[data-sale]")
    assert rows and visitor.all("tr[data-sale] .reason")
    # By hand: two rows for a team, and back.
    for row in rows[:2]:
        visitor.run("arguments[0].querySelector('input').click()", row)
    visitor.until(lambda: visitor.text("[data-queue=count]") == "2")
    visitor.click("#queue-form button[type=submit]")
    visitor.until(lambda: visitor.text("#queue-form .field-said"))
    Select(visitor.find("#queue-form select")).select_by_value("dala")
    visitor.click("#queue-form button[type=submit]")
    visitor.until(lambda: waiting_sales(product) == before - 2 and visitor.all(".toasts .btn"))
    visitor.until(lambda: len(visitor.all("tr[data-sale]")) == len(rows) - 2)
    visitor.click(".toasts .btn")
    visitor.until(lambda: waiting_sales(product) == before)
    visitor.until(lambda: len(visitor.all("tr[data-sale]")) == len(rows))
    # By key: down to a row with a likely lead, and given to its team.
    visitor.until(lambda: visitor.all("tr[data-sale] [data-key='1'] button"))
    visitor.run("document.querySelector('tr[data-sale]').focus()")
    for _ in visitor.all("tr[data-sale]"):
        row = visitor.driver.switch_to.active_element
        if row.find_elements("css selector", "[data-key='1'] button"):
            row.send_keys("1")
            break
        row.send_keys("j")
    visitor.until(lambda: waiting_sales(product) == before - 1)
    visitor.until(lambda: visitor.run("return document.activeElement.matches('tr[data-sale]')"))
    with product.context.database.transaction(Viewer("system")) as connection:
        actions = connection.execute(text("SELECT action FROM audit_log WHERE action LIKE 'sale.several%'"
                                          " ORDER BY id")).scalars().all()
    assert actions[-3:] == ["sale.several_assigned", "sale.several_returned", "sale.several_assigned"]


def test_a_choice_that_somebody_was_faster_with_is_told(visitor, product):
    visitor.enter("admin")
    open_tab(visitor, "queue")
    visitor.expected_failures.add("/api/traffic-admin/unattributed/assign")
    row = visitor.find("tr[data-sale]")
    with product.context.database.transaction() as connection:
        connection.execute(text("UPDATE all_sales_tracking SET locked = true WHERE id = CAST(:id AS uuid)"),
                           {"id": row.get_attribute("data-sale")})
    visitor.run("arguments[0].querySelector('input').click()", row)
    visitor.until(lambda: visitor.text("[data-queue=count]") == "1")
    Select(visitor.find("#queue-form select")).select_by_value("dala")
    visitor.click("#queue-form button[type=submit]")
    visitor.until_text("#queue-form .form-said", "1")


def test_everything_fits_a_phone(visitor):
    visitor.resize(390)
    visitor.enter("admin")
    for tab in ("queue", "aliases", "bindings", "rules", "versions"):
        open_tab(visitor, tab)
        assert visitor.run("return document.documentElement.scrollWidth <= window.innerWidth"), tab
