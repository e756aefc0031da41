"""A person's request answered in the panel, from the question to what is left."""

import json

import pytest
from sqlalchemy import text

from jobs.requested_runs import run_next
from tests.browser.test_people import agree, fill, send
from tests.factories import insert

pytestmark = pytest.mark.browser
PHONE = "+77015559900"


def test_a_person_is_told_and_erased(visitor, product):
    with product.context.database.transaction() as connection:
        insert(connection, "landing_leads", source="site", created_at=product.context.clock(), name="Aigul Marked",
               phone=PHONE, phone_norm=PHONE, email="aigul@example.com", email_norm="aigul@example.com")
    visitor.enter("admin", "/admin/persons")
    form = "persons-form"
    visitor.expected_failures.add("/api/traffic-admin/persons/export")
    send(visitor, form)
    visitor.until_text(f"#{form} .form-said", "телефон")
    fill(visitor, form, "email", "nobody@example.com")
    send(visitor, form)
    visitor.until_text("#persons-body", "ничего не хранится")
    fill(visitor, form, "email", "aigul@example.com")
    fill(visitor, form, "phone", "8 701 555 99 00")
    send(visitor, form)
    visitor.until_text("#persons-body", "Заявки с лендингов")
    visitor.click("#persons-download")
    told = json.loads(visitor.downloaded("person_*.json").read_text(encoding="utf-8"))
    assert told["tables"]["landing_leads"][0]["name"] == "Aigul Marked"
    visitor.click("#persons-body .danger")
    visitor.until(lambda: visitor.all("dialog.confirm[open]"))
    assert PHONE in visitor.text("dialog.confirm .dialog-words")
    assert visitor.find("dialog.confirm [data-say=yes]").get_attribute("disabled")
    visitor.find("dialog.confirm input").send_keys(PHONE)
    agree(visitor)
    visitor.until(lambda: visitor.all("#persons-body [role=progressbar]"))
    while run_next(product.context):
        pass
    visitor.until_text("#persons-body", "заявок 1")
    with product.context.database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM landing_leads WHERE name = 'Aigul Marked'")).scalar() == 0
    visitor.resize(390)
    visitor.open("/admin/persons")
    visitor.until_ready()
    assert visitor.run("return document.documentElement.scrollWidth <= window.innerWidth")


SHOWN = """return [...document.querySelectorAll('nav.sections a')].filter((link) => {
    const box = link.getBoundingClientRect(); return box.left >= 0 && box.right <= window.innerWidth; }).length"""


def test_all_sections_are_seen_and_the_current_one_on_phones(visitor, product):
    visitor.enter("admin", "/admin/audit")
    for width in (1440, 1024):
        visitor.resize(width)
        visitor.until(lambda: visitor.run(SHOWN) == len(visitor.all("nav.sections a")))
    visitor.resize(390)
    visitor.open("/admin/audit")
    visitor.find("nav.sections a.on")
    visitor.until(lambda: visitor.run("""const link = document.querySelector('nav.sections a.on');
        const box = link.getBoundingClientRect(); return box.left >= 0 && box.right <= window.innerWidth"""))
    assert visitor.run(SHOWN) < len(visitor.all("nav.sections a"))
