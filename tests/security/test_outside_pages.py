"""Pages for people outside the application: one head for all of them, nothing inline that the policy would refuse."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auth.headers import add_headers
from tests.application import make_settings
from tests.security.test_rights import SignedIn

TEMPLATES = Path(__file__).resolve().parents[2] / "auth" / "templates"
PATHS = ("/login", "/forgot", "/reset/" + "x" * 43, "/invitation/" + "x" * 43, "/second-factor", "/api/docs",
         "/assets/x")


def test_one_template_holds_the_head() -> None:
    heads = [path.name for path in TEMPLATES.glob("*.html") if "<head" in path.read_text("utf-8")]
    assert heads == ["page.html"]


@pytest.mark.parametrize("path", PATHS)
def test_the_policy_has_nothing_to_refuse(signed_in: SignedIn, client: FlaskClient, path: str) -> None:
    browser = client if path in ("/login", "/forgot") else signed_in("admin")
    answer = browser.get(path)
    page = answer.get_data(as_text=True)
    language = "en" if path == "/api/docs" else "ru"
    assert page.startswith(f'<!DOCTYPE html>\n<html lang="{language}"'), answer.status_code
    assert page.count("<title>") == page.count("<main") == page.count("</html>") == 1
    assert not re.search(r"<script|\son\w+=|javascript:|style=", page)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age="), "the product is reached over https here"


def test_without_tls_nothing_promises_it() -> None:
    server = Flask("plain")
    add_headers(server, make_settings(public_url="http://127.0.0.1:8050"), tuple)
    assert "Strict-Transport-Security" not in server.test_client().get("/").headers
