"""Every change an admin can make is answered with the way back, or stands here with the reason why there is none."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/"
_REASONS = {
    "any version of the rules is restored on their page": (
        "PATCH aliases/{id}", "PATCH bindings/{id}", "POST aliases", "POST bindings", "POST attribution/apply",
        "POST attribution/versions/{version}/revert", "POST facebook/bindings"),
    "it changes nothing": (
        "POST amocrm/mapping/preview", "POST attribution/drafts/alias", "POST attribution/drafts/binding",
        "POST attribution/drafts/look-back", "POST attribution/drafts/removal", "POST attribution/preview",
        "POST landing-readings", "POST team-whose", "POST persons/export", "POST amocrm/oauth-url",
        "POST facebook/oauth-url"),
    "it reads, counts or compares once more; what is right already stays": (
        "POST amocrm/backfill", "POST amocrm/reconcile", "POST data-quality/measure", "POST facebook/sync-stats",
        "POST facebook/sync-stats/stop", "POST rates/sync", "POST sales/aggregate", "POST stats/recalculate",
        "POST webhook-ranges/replay", "POST webhooks/{id}/replay"),
    "what was sent is sent": (
        "POST notifications/test", "POST settings/test-message", "POST settings/telegram-link",
        "POST users/{id}/link"),
    "consent is given at the other side, not here": (
        "POST amocrm/disconnect", "POST amocrm/hook", "POST facebook/disconnect", "POST facebook/token"),
    "an import is a draft until it is brought in, and is taken back as a whole": (
        "DELETE imports/{id}", "PATCH imports/{id}", "POST imports", "POST imports/{id}/apply",
        "POST imports/{id}/undo"),
    "asked for by name and confirmed by a word: erased is erased": (
        "POST persons/erase",),
    "it is the way back itself": (
        "POST plan-removals", "POST unattributed/take-back"),
    "a team is archived, an access closed, by the button beside it": (
        "POST teams", "POST users"),
    "only its owner can set a factor up, and guesses are counted anew": (
        "DELETE users/{id}/second-factor", "POST users/{id}/unlock"),
}
WITHOUT = {route: reason for reason, routes in _REASONS.items() for route in routes}


def tells_the_way_back(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether a good answer has ``undo`` in it."""
    for status, answer in operation["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        if status.startswith("2") and "undo" in schemas.get(name, {}).get("properties", {}):
            return True
    return False


def test_every_change_has_a_way_back_or_a_reason(signed_in: SignedIn) -> None:
    document = signed_in("analyst").get("/api/openapi.json").get_json()
    without = {f"{method.upper()} {path.removeprefix(ROOT)}"
               for path, operations in document["paths"].items() if path.startswith(ROOT)
               for method, operation in operations.items()
               if method != "get" and not tells_the_way_back(operation, document["components"]["schemas"])}
    assert sorted(without) == sorted(WITHOUT), "\n".join(sorted(without ^ set(WITHOUT)))
