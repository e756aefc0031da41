"""Webhooks, runs and the audit log as an admin uses them: found, read without personal data, done again, proved."""

import csv
import json

import pytest
from sqlalchemy import text

from data.engine import Viewer
from jobs.requested_runs import run_next
from tests.factories import make_event

pytestmark = pytest.mark.browser
PHONE = "+7 701 555 44 33"


def until_drawn(visitor, body):
    visitor.until(lambda: visitor.all(f"#{body} .card") and not visitor.all(f'#{body} [aria-busy="true"]'))


def status_of(product, event_id):
    with product.context.database.transaction() as connection:
        return connection.execute(text("SELECT status FROM webhook_events WHERE id = CAST(:id AS uuid)"),
                                  {"id": event_id}).scalar_one()


def test_an_event_is_found_read_and_put_back(visitor, product):
    with product.context.database.transaction() as connection:
        bodies = [json.dumps({"Name": "Aigul Marker", "Phone": PHONE, "utm_source": f"haystack{number}"}).encode()
                  for number in range(2)]
        ids = [make_event(connection, "landing", status="dead", reason="no phone", content_type="application/json",
                          body=body) for body in bodies]
    visitor.enter("admin")
    visitor.open("/admin/webhooks")
    until_drawn(visitor, "webhooks-body")
    visitor.find("input[name=q]").send_keys("haystack1")
    visitor.click(".listfilters button[type=submit]")
    visitor.until(lambda: "q=haystack1" in visitor.query and visitor.all(f'[data-event="{ids[1]}"]'))
    assert len(visitor.all("[data-event]")) == 1
    visitor.click(f'[data-event="{ids[1]}"] a')
    body = visitor.until(lambda: visitor.text(".c8 .rawbody"))
    assert "haystack1" in body and "Aigul" not in body and "555" not in body
    visitor.click(f'[data-event="{ids[1]}"] [data-api]')
    visitor.until(lambda: status_of(product, ids[1]) == "received")
    # A range: counted before, confirmed, and refused when it is another one by now.
    visitor.open("/admin/webhooks?status=dead&source=landing")
    until_drawn(visitor, "webhooks-body")
    visitor.expected_failures.add("/api/traffic-admin/webhook-ranges/replay")
    with product.context.database.transaction() as connection:
        late = make_event(connection, "landing", status="dead", reason="no phone")
    visitor.click(".act [data-api]")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: visitor.text(".toasts"))
    assert status_of(product, ids[0]) == "dead"
    visitor.open("/admin/webhooks?status=dead&source=landing")
    until_drawn(visitor, "webhooks-body")
    visitor.click(".act [data-api]")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: status_of(product, ids[0]) == status_of(product, late) == "received")
    product.work()


def test_a_run_is_started_watched_and_told(visitor, product):
    visitor.enter("admin", "/admin/runs")
    visitor.expected_failures.add("/api/traffic-admin/stats/recalculate")
    first = visitor.find("#runs-start-stats [data-field=from] input")
    visitor.run("""const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
        set.call(arguments[0], '2030-01-01'); arguments[0].dispatchEvent(new Event('input', {bubbles: true}))""", first)
    visitor.click("#runs-start-stats button")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: visitor.text("#runs-start-stats .form-said") or visitor.text("#runs-start-stats .field-said"))
    visitor.open("/admin/runs?kind=stats")
    until_drawn(visitor, "runs-body")
    visitor.click("#runs-start-stats button")
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: visitor.all('[data-run][data-status="queued"] [role=progressbar]'))
    while run_next(product.context):
        pass
    visitor.until(lambda: visitor.all('[data-run][data-status="done"]') and not visitor.all("[role=progressbar]"))
    assert "admin@demo.local" in visitor.text("#runs-body tbody")


def test_the_audit_log_is_read_filtered_exported_and_proved(visitor, product):
    visitor.enter("admin", "/admin/audit")
    visitor.until(lambda: visitor.all('[data-chain="whole"]'))
    visitor.open("/admin/audit?who=ADMIN&action=session.login")
    until_drawn(visitor, "audit-body")
    assert visitor.all("[data-entry]")
    assert set(visitor.run("return [...document.querySelectorAll('[data-entry] .mono.micro.t3')]"
                           ".map((one) => one.textContent).filter((one) => one.includes('.') && one.includes('s'))")
               ) == {"session.login"}
    visitor.click("#audit-body .act a")
    with visitor.downloaded("audit*.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert rows and {row["action"] for row in rows} == {"session.login"}
    visitor.open("/admin/audit?who=nobody-of-that-name")
    until_drawn(visitor, "audit-body")
    assert visitor.all("#audit-body .empty")
    with product.context.database.transaction(Viewer("system")) as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_log WHERE action = 'audit.exported'")).scalar_one()


def test_the_pages_fit_a_phone(visitor):
    visitor.resize(390)
    visitor.enter("admin")
    for page, body in (("webhooks", "webhooks-body"), ("runs", "runs-body"), ("audit", "audit-body")):
        visitor.open(f"/admin/{page}")
        until_drawn(visitor, body)
        assert visitor.run("return document.documentElement.scrollWidth <= window.innerWidth"), page
