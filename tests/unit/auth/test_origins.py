import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from auth.origins import is_cross_site, safe_next

PUBLIC = "https://traffic.example.com"


def request_with(**headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(EnvironBuilder(method="POST", base_url="http://127.0.0.1:8050", headers=names).get_environ())


@pytest.mark.parametrize("address", ["/", "/analytics?team=a&from=2026-01-01", "/teams/север", "/a//b"])
def test_own_paths_are_kept(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize("address", [None, "", "//evil.com", "/\\evil.com", "\\\\evil.com", "http://evil.com",
                                     "evil.com", "/a\\b", "/a\nb", "/\x00", "/\x7f", "javascript:alert(1)",
                                     " /x", "/" * 3000])
def test_other_addresses_lead_home(address: str | None) -> None:
    assert safe_next(address) == "/"


@given(st.text())
def test_nothing_leads_to_another_site(address: str) -> None:
    path = safe_next(address)
    assert path.startswith("/")
    assert path[1:2] not in ("/", "\\")


@pytest.mark.parametrize("headers", [
    {}, {"Origin": PUBLIC}, {"Origin": "http://127.0.0.1:8050"}, {"Sec_Fetch_Site": "same-origin"},
    {"Sec_Fetch_Site": "none"}, {"Referer": PUBLIC + "/analytics"}, {"Origin": PUBLIC.upper()},
])
def test_own_pages_may_ask(headers: dict[str, str]) -> None:
    assert not is_cross_site(request_with(**headers), PUBLIC)


@pytest.mark.parametrize("headers", [
    {"Origin": "null"}, {"Origin": "http://traffic.example.com"}, {"Origin": "https://traffic.example.com.evil.com"},
    {"Origin": "http://127.0.0.1:8051"}, {"Origin": "https://user@traffic.example.com@evil.com"}, {"Origin": "http://["},
    {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "cross-site", "Origin": PUBLIC}, {"Sec_Fetch_Site": ""},
    {"Referer": "https://evil.example.com/?" + PUBLIC},
])
def test_other_sites_may_not(headers: dict[str, str]) -> None:
    assert is_cross_site(request_with(**headers), PUBLIC)
