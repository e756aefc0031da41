"""The description of the API says what the routes do."""

from collections.abc import Callable

import dash
from flask.testing import FlaskClient

SignedIn = Callable[[str], FlaskClient]


def test_the_description_names_every_route(shared_app: dash.Dash, signed_in: SignedIn) -> None:
    document = signed_in("analyst").get("/api/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    served = {(rule.rule.replace("<", "{").replace(">", "}"), method)
              for rule in shared_app.server.url_map.iter_rules() if rule.rule.startswith("/api/")
              for method in rule.methods - {"OPTIONS", "HEAD"}}
    assert served - described == {("/api/docs", "GET")}
    assert described <= served


def test_failures_are_described_as_problems(signed_in: SignedIn) -> None:
    document = signed_in("analyst").get("/api/openapi.json").get_json()
    for path, item in document["paths"].items():
        for operation in item.values():
            assert "application/problem+json" in operation["responses"]["422"]["content"], path
            signed_in_only = path not in ("/api/auth/login", "/api/auth/refresh", "/api/auth/forgot", "/api/auth/link")
            assert bool(operation.get("security")) == signed_in_only, path


def test_people_may_read_it_without_other_sites(client: FlaskClient, signed_in: SignedIn) -> None:
    assert client.get("/api/docs").status_code == 401
    page = signed_in("analyst").get("/api/docs").get_data(as_text=True)
    assert "/api/analytics/overview" in page
    assert "<script" not in page
