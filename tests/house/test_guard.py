"""Every door carries its right; whatever is added without one stays closed and fails here."""

import re

import dash
import pytest

from auth.guard import PUBLIC_ENDPOINTS, SIGNED_IN_ENDPOINTS, STATIC_ENDPOINTS, WEBHOOK_ENDPOINTS, WEBHOOK_PAGES
from auth.permissions import PAGE_PERMISSIONS, ROLE_PERMISSIONS, Permission, required_permission
from core.records import Role
from tests.application import the_application

OPEN = PUBLIC_ENDPOINTS | STATIC_ENDPOINTS | WEBHOOK_ENDPOINTS | WEBHOOK_PAGES | SIGNED_IN_ENDPOINTS


@pytest.fixture(scope="module")
def app() -> dash.Dash:
    return the_application()


def test_every_route_is_marked_or_listed(app: dash.Dash) -> None:
    unmarked = {rule.endpoint for rule in app.server.url_map.iter_rules()
                if rule.endpoint not in OPEN and required_permission(app.server.view_functions[rule.endpoint]) is None}
    assert not unmarked


def test_the_lists_name_existing_routes_only(app: dash.Dash) -> None:
    assert set(app.server.view_functions) >= OPEN


def test_no_listed_route_carries_a_mark(app: dash.Dash) -> None:
    assert not {name for name in OPEN if required_permission(app.server.view_functions[name]) is not None}


def test_every_callback_carries_its_right(app: dash.Dash) -> None:
    functions = {output: entry["callback"] for output, entry in app.callback_map.items() if "callback" in entry}
    own = {output: one for output, one in functions.items() if not one.__module__.startswith("dash.")}
    assert own, "the application has no callbacks of its own"
    assert not {output for output, one in own.items() if required_permission(one) is None}


def test_every_page_has_a_right() -> None:
    the_application()
    pages = {page["path_template"] or page["path"] for module, page in dash.page_registry.items()
             if not module.endswith("not_found_404")}
    assert pages
    assert pages <= set(PAGE_PERMISSIONS)


def test_permissions_follow_their_grammar_in_order() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert all(re.fullmatch(r"[a-z]+:[a-z]+:[a-z]+", value) for value in values)
    assert all(permission.name == permission.value.replace(":", "_").upper() for permission in Permission)


def test_an_admin_may_everything_and_others_less() -> None:
    assert ROLE_PERMISSIONS[Role.ADMIN] == frozenset(Permission)
    assert Permission.ADMIN_PAGE_READ not in ROLE_PERMISSIONS[Role.ANALYST] | ROLE_PERMISSIONS[Role.TARGETOLOGIST]


def test_doors_that_need_no_configuration_are_shut(app: dash.Dash) -> None:
    rules = {rule.rule for rule in app.server.url_map.iter_rules()}
    assert not {rule for rule in rules if "mcp" in rule or "ws-callback" in rule}
    assert not app.callback_api_paths
