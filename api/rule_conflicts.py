"""Two people at the rules at once: whether a rule is still what somebody has before the eyes, and who changed it."""

from typing import Any

from sqlalchemy import Connection

from auth.sign_in import auth_parts
from core.business_time import BusinessCalendar
from core.rule_book import RuleBook
from core.texts import format_moment, t
from data.rule_books import load_book, load_version, load_versions
from data.rules import load_rules


def changed_since(connection: Connection, rule_id: str, version: int) -> str | None:
    """A sentence when this alias or binding is another one than in ``version``; ``None`` when it is the same.

    Changes of other rules are no conflict: each rule is saved whole and alone.
    """
    rules = load_rules(connection)
    if version == rules.version:
        return None
    # Version 0 is what was found before anything was kept: the first one.
    then = load_version(connection, max(version, 1))
    if then is not None and _rule(then[1], rule_id) == _rule(load_book(connection, rules), rule_id):
        return None
    return other_version(connection)


def other_version(connection: Connection) -> str:
    """Who changed the rules last and when, in words."""
    newest = load_versions(connection, None, 1)
    if not newest:
        return t("rules.other_version")
    zone = BusinessCalendar(auth_parts().settings.business_timezone).zone
    return t("rules.changed_by", who=newest[0]["created_by"] or t("rules.nobody"),
             when=format_moment(newest[0]["created_at"].astimezone(zone)))


def _rule(book: RuleBook, rule_id: str) -> Any:
    kept = book.to_json()
    return next((one for name in ("aliases", "bindings") for one in kept[name] if one["id"] == rule_id), None)
