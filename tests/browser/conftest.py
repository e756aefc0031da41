"""One product for the browser tests of a process, and a visitor nobody knows for each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from data.embedded import EmbeddedServer
from tests.browser.product import Product, running_product
from tests.browser.visitor import Visitor, forget_everything, start_browser
from tests.conftest import copied_database


@pytest.fixture(scope="session")
def product(pg_server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its small company."""
    log = tmp_path_factory.mktemp("product") / "web.log"
    with copied_database(pg_server) as urls, running_product(urls, log) as running:
        yield running


@pytest.fixture(scope="session")
def driver() -> Iterator[webdriver.Chrome]:
    """The browser of a process: starting one takes longer than most tests."""
    browser = start_browser()
    yield browser
    browser.quit()


@pytest.fixture
def visitor(product: Product, driver: webdriver.Chrome, tmp_path: Path) -> Iterator[Visitor]:
    """Somebody new. Whatever a test does, the console stays empty and no foreign host is asked."""
    person = forget_everything(driver, product.url, tmp_path)
    yield person
    assert person.complaints() == []
    assert person.foreign_requests() == []
