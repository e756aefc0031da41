"""From the overview to data quality as an admin does, and what a team never sees."""

import pytest

from jobs.measure_attribution import measure_attribution

pytestmark = pytest.mark.browser


def test_an_admin_sees_what_needs_somebody_and_where_it_is_mended(visitor, product):
    measure_attribution(product.context)
    visitor.enter("admin", "/admin")
    visitor.until(lambda: "python -m jobs" in visitor.text("main"))
    assert visitor.all("a[href='/admin/runs']")
    visitor.click("a[href='/admin/data-quality']")
    visitor.until(lambda: visitor.path == "/admin/data-quality" and "%" in visitor.text("main table"))
    assert "%" in visitor.text("main table")
    assert visitor.all("td a[href^='/admin/attribution?reason=']")
    # Each line leads to a page that is there and shows something, whatever its tab or filter.
    links = visitor.run("return [...new Set([...document.querySelectorAll('main td a, main .card a')]"
                        ".map((link) => link.getAttribute('href')))].filter((link) => link !== location.pathname)")
    assert len(links) >= 3
    for link in links:
        visitor.open(link)
        visitor.until_ready()
        assert len(visitor.text("main .card")) > 20, link
        assert "Такой страницы нет" not in visitor.text("main"), link
    visitor.open("/admin/data-quality")
    visitor.until_ready()
    visitor.resize(390)
    assert visitor.run("return document.documentElement.scrollWidth <= window.innerWidth")
    visitor.open("/admin")
    visitor.until(lambda: visitor.all("main table"))
    assert visitor.run("return document.documentElement.scrollWidth <= window.innerWidth")
