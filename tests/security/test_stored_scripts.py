"""Forty payloads in every stored text, every page in a browser: nothing runs, and the policy has nothing to refuse."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from selenium import webdriver

from auth.passwords import Passwords
from auth.permissions import PAGE_PERMISSIONS
from core.records import Role
from data.embedded import DatabaseUrls
from data.engine import Database
from data.people import create_user
from tests.api.conftest import ADMIN
from tests.browser.visitor import Visitor, forget_everything, start_browser
from tests.database.policy_world import make_world, tables
from tests.security.processes import PASSWORD, Served, browser_of, served

pytestmark = pytest.mark.browser
# In lower case, as addresses are stored. The first ones count where a text begins an address, the others anywhere.
PAYLOADS = [
    "javascript:alert(document.domain)//", "data:text/html,<script>alert(1)</script>",
    "vbscript:alert(document.domain)", " \tjava\nscript:alert(document.domain)", "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script>", "]]><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)//", "<svg onload=alert(1)>", "<svg><script>alert(1)</script>",
    "<svg><animate onbegin=alert(1) attributename=x dur=1s>", "<body onload=alert(1)>",
    "<video><source onerror=alert(1)>", "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>", "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<math><mi//xlink:href='javascript:alert(1)'>",
    "<a href='javascript:alert(1)' autofocus>x</a>", "<base href=//evil.invalid/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<link rel=stylesheet href=javascript:alert(1)>",
    "<form><button formaction=javascript:alert(1)>x</button></form>", "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>", "\" onmouseover=alert(1) x=\"", "' onfocus=alert(1) autofocus x='", "`;alert(1)//",
    "\";alert(1)//", "';alert(1)//", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}",
    "[x](javascript:alert(1))", "<style>@import'javascript:alert(1)'</style>",
]
# What rows are found by; with another value nobody would see them.
KEYS = ("_id", "_key", "_hash", "platform", "level", "kind", "status", "timezone", "locale", "job", "key", "product",
        "source_table", "scope", "target", "channel", "slug", "currency", "role", "hash", "color")

HOW = {"text": "%(text)s || ' ' || ctid", "bytea": "convert_to(%(text)s, 'utf8')", "ARRAY": "ARRAY[%(text)s]",
       "jsonb": "CASE jsonb_typeof({0}) WHEN 'object' THEN {0} || jsonb_build_object('planted', %(text)s) ELSE {0} END"}
WATCH = """
    window.fired = []
    for (const name of ['alert', 'confirm', 'prompt', 'eval']) {
      window[name] = (...said) => window.fired.push([name, ...said])
    }
    document.addEventListener('securitypolicyviolation', (one) => {
      window.fired.push(['policy', one.violatedDirective, one.sample])
    })
"""
TOUCH = """
    for (const kind of ['mouseover', 'mouseenter', 'focusin', 'toggle']) {
      document.querySelectorAll('main *').forEach((one) => one.dispatchEvent(new Event(kind, {bubbles: true})))
    }
"""
ADDRESSES = """
    return [...document.querySelectorAll('[href], [src], [action], [formaction]')]
      .map((one) => one.href || one.src || one.action || one.formAction).filter((one) => typeof one === 'string' && one)
"""


def plant(urls: DatabaseUrls) -> int:
    """Put all payloads into every text that takes them, bodies, lists and JSON included; how many columns took them."""
    text, taken = " ".join(PAYLOADS), 0
    with psycopg.connect(urls.admin_url, autocommit=True) as connection:
        found = connection.execute("""
            SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'ARRAY', 'bytea')
              AND is_generated = 'NEVER' AND table_name <> 'alembic_version'""").fetchall()
        for table, column, kind in found:
            if column.endswith(KEYS) or (kind == "bytea" and column != "body"):
                continue
            value = HOW[kind]
            try:
                changed = connection.execute(
                    sql.SQL(f"UPDATE {{1}} SET {{0}} = {value}").format(sql.Identifier(column), sql.Identifier(table)),
                    {"text": text}).rowcount
            except psycopg.Error:  # a check of the table refuses it: nobody can store it either
                continue
            taken += changed > 0
    return taken


@pytest.fixture(scope="module")
def web(shared_database: DatabaseUrls, shared_web: Database, shared_jobs: Database,
        tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    make_world(shared_jobs, shared_web)
    taken = plant(shared_database)
    assert taken > 60, taken
    with shared_web.transaction(ADMIN) as connection:
        create_user(connection, email="admin@example.com", password_hash=Passwords.cheap().hash(PASSWORD),
                    role=Role.ADMIN, full_name=" ".join(PAYLOADS))
        assert len(tables(connection)) > 30
    with served(shared_database, tmp_path_factory.mktemp("scripts"), servers=1) as running:
        yield running


@pytest.fixture
def visitor(web: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    driver: webdriver.Chrome = start_browser()
    person = forget_everything(driver, web.addresses[0], tmp_path_factory.mktemp("downloads"))
    driver.execute_cdp_cmd("Page.enable", {})
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    for name, value in browser_of(web.addresses[0], "admin@example.com").cookies.items():
        driver.execute_cdp_cmd("Network.setCookie", {"name": name, "value": value, "url": web.addresses[0]})
    yield person
    driver.quit()


def test_no_stored_text_becomes_a_script(visitor: Visitor) -> None:
    seen = 0
    for template in (*sorted(PAGE_PERMISSIONS), "/settings?tab=amocrm", "/settings?tab=facebook", "/api/docs"):
        path = template.replace("<slug>", "alpha")
        visitor.open(path + ("&" if "?" in path else "?") + "preset=all")
        visitor.until(lambda: visitor.all("main"))
        visitor.until(lambda: not visitor.all('main [aria-busy="true"]'))
        visitor.run(TOUCH)
        assert visitor.run("return window.fired") == [], path
        own = (visitor.url, "mailto:", "blob:", "data:image/")
        assert [address for address in visitor.run(ADDRESSES) if not address.startswith(own)] == [], path
        seen += visitor.run("return document.body.innerText.includes('<img src=x onerror=alert(1)>')")
    assert seen > 2, "the payloads are shown, as the text they are"
    refused = [json.dumps(one) for one in visitor.complaints() if "Content Security" in one or "Uncaught" in one]
    assert refused == []
    assert visitor.foreign_requests() == []
