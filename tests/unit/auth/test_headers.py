import pytest

from auth.headers import cache_rule, content_security_policy


@pytest.mark.parametrize(("path", "query", "status", "rule"), [
    ("/_dash-component-suites/dash/dcc/async-graph.v4_4_1m1767225600.js", b"", 200, "immutable"),
    ("/_dash-component-suites/dash/dcc/async-graph.js", b"", 200, "no-cache"),
    ("/_dash-component-suites/dash/dcc/async-graph.v4_4_1m1767225600.js", b"", 404, "no-cache"),
    ("/assets/00-tokens.css", b"m=1767225600.0", 200, "immutable"),
    ("/assets/00-tokens.css", b"", 200, "no-cache"),
    ("/assets/00-tokens.css", b"m=1", 404, "no-cache"),
    ("/", b"", 200, "no-store"),
    ("/api/analytics/overview", b"m=1", 200, "no-store"),
    ("/_dash-update-component", b"", 200, "no-store"),
])
def test_only_files_with_a_changing_address_are_kept(path: str, query: bytes, status: int, rule: str) -> None:
    assert rule in cache_rule(path, query, status)


def test_scripts_run_from_here_or_by_their_hash_only() -> None:
    policy = content_security_policy(["'sha256-abc='"])
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["script-src"] == "'self' 'sha256-abc='"
    assert rules["default-src"] == rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert not any("http" in rule or "*" in rule for rule in rules.values())
