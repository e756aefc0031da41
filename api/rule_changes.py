"""One way in for every change of the rules: checked, kept as a version, written down, and the re-run asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from auth.audit import Action, record
from auth.viewer import current_user
from core.rule_book import RuleBook, RuleChange, change_book
from data.freshness import bump
from data.rule_books import hold_book, load_book, save_book
from data.rules import load_rules
from data.run_requests import request_run


class OtherVersion(Exception):
    """The rules are no longer of the version the change was made for."""


@dataclass(frozen=True)
class Applied:
    """The version in force and the run that brings everything in line with it; the book before and after."""

    version: int
    run_id: str | None
    before: RuleBook
    after: RuleBook


def apply_change(connection: Connection, change: RuleChange, note: str, version: int | None = None) -> Applied:
    """Put a change in force. Raises: FlawedChange, OtherVersion."""
    def make(book: RuleBook) -> RuleBook:
        return change_book(book, change, load_rules(connection).teams)

    return apply_book(connection, make, note, Action.RULES_APPLIED, version)


def apply_book(
    connection: Connection, make: Callable[[RuleBook], RuleBook], note: str, action: Action,
    version: int | None = None,
) -> Applied:
    """Put the book in force that ``make`` makes of the present one. Raises: OtherVersion, what ``make`` raises."""
    user = current_user()
    hold_book(connection)
    rules = load_rules(connection)
    if version is not None and version != rules.version:
        raise OtherVersion
    before = load_book(connection, rules)
    saved = save_book(connection, make(before), note, user.id)
    after = load_book(connection)
    if after.to_json() == before.to_json():
        return Applied(saved, None, before, after)
    # The number in the parameters tells later what this version moved.
    run_id = request_run(connection, "attribution",
                         {"persons_too": before.look_back_days != after.look_back_days, "version": saved}, user.id)
    record(connection, action, user_id=user.id, object_type="rules", object_id=str(saved),
           before={"version": rules.version, **_difference(before, after)},
           after={"version": saved, "note": note, **_difference(after, before)})
    bump(connection)
    return Applied(saved, run_id, before, after)


def _difference(book: RuleBook, other: RuleBook) -> dict[str, object]:
    """What one book has and the other has not."""
    mine, theirs = book.to_json(), other.to_json()
    found: dict[str, object] = {name: [one for one in mine[name] if one not in theirs[name]]
                                for name in ("aliases", "bindings")}
    if mine["look_back_days"] != theirs["look_back_days"]:
        found["look_back_days"] = mine["look_back_days"]
    return {name: value for name, value in found.items() if value}
