"""What people get wrong: refused with a clear sentence in their language, at the field it is about, nothing kept."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.people import _refused
from core.texts import LOCALES, locale
from data.engine import Database
from data.people import PeopleError

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin"
TEAM = {"name": "Барыс", "color": "#FF8F6B", "emoji": "🐆", "slug": "barys"}
KEPT = """SELECT (SELECT count(*) FROM traffic_teams), (SELECT string_agg(name || emoji || color, ',' ORDER BY slug)
    FROM traffic_teams), (SELECT count(*) FROM traffic_users), (SELECT string_agg(role || is_active, ',' ORDER BY email)
    FROM traffic_users), (SELECT count(*) FROM team_aliases), (SELECT count(*) FROM notifications)"""
# What is sent about a team, and the field that is wrong.
WRONG = {
    "slug of other case": ({"slug": "NORTH"}, "slug"),
    "slug with a look-alike": ({"slug": "nоrth"}, "slug"),                     # the second letter is Cyrillic
    "name that looks like another": ({"name": "Nоrth mаrker", "slug": "other"}, "name"),
    "two emoji": ({"emoji": "🐆🐺"}, "emoji"),
    "emoji that is letters": ({"emoji": "AB"}, "emoji"),
    "colour too dark": ({"color": "#101020"}, "color"),
    "source of another team": ({"utm_source": "FB_North"}, "utm_source"),
}


@pytest.fixture
def kept(shared_jobs: Database, signed_in: SignedIn) -> Iterator[None]:
    def stands() -> Any:
        with shared_jobs.transaction() as connection:
            return connection.execute(text(KEPT)).one()

    signed_in("admin")
    before = stands()
    yield
    assert stands() == before, "half of something is kept"


def in_every_language(admin: FlaskClient, ask: Callable[[], Any]) -> list[Any]:
    """The answers to the same question, asked by a person of each language."""
    answers = []
    for code in LOCALES:
        assert admin.patch("/api/auth/profile", json={"locale": code}).status_code == 200
        answers.append(ask())
    assert admin.patch("/api/auth/profile", json={"locale": "ru"}).status_code == 200
    return answers


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_team_is_refused_at_its_field(signed_in: SignedIn, kept: None, name: str) -> None:
    admin, (given, field) = signed_in("admin"), WRONG[name]
    answers = in_every_language(admin, lambda: admin.post(f"{ROOT}/teams", json={**TEAM, **given}))
    assert {one.status_code for one in answers} == {422}
    sentences = [{error["field"]: error["message"] for error in one.get_json()["errors"]}[field] for one in answers]
    assert len(set(sentences)) == len(LOCALES) and all(len(one) > 15 for one in sentences), sentences


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "🇰🇿", "❤️"])
def test_an_emoji_of_several_code_points_is_one_picture(signed_in: SignedIn, emoji: str) -> None:
    admin = signed_in("admin")
    (team,) = [one for one in admin.get(f"{ROOT}/teams").get_json()["rows"] if one["slug"] == "south"]
    done = admin.patch(f"{ROOT}/teams/{team['id']}", json={"version": team["version"], "emoji": emoji})
    assert done.status_code == 200 and done.get_json()["team"]["emoji"] == emoji
    undo = done.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 200


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"role": "analyst"}), ("DELETE", None)])
def test_the_own_role_and_access_are_another_admins_to_change(
    signed_in: SignedIn, kept: None, method: str, body: Any
) -> None:
    admin = signed_in("admin")
    own = admin.get("/api/auth/me").get_json()["id"]
    answers = in_every_language(admin, lambda: admin.open(f"{ROOT}/users/{own}", method=method, json=body))
    assert {one.status_code for one in answers} == {409}
    assert len({one.get_json()["detail"] for one in answers}) == len(LOCALES)


def test_the_last_admin_stays(signed_in: SignedIn, shared_app: Any) -> None:
    """Who would be the last is known when two close each other at once; what is said then is said here."""
    said = set()
    for code in LOCALES:
        with shared_app.server.app_context(), locale(code):
            answer = _refused(PeopleError("last_admin"))
            assert answer.status_code == 409
            said.add(answer.get_json()["detail"])
    assert len(said) == len(LOCALES), said


def test_a_person_moved_while_signed_in_is_out_told_and_sees_the_new_team_only(
    signed_in: SignedIn, shared_jobs: Database
) -> None:
    admin, moved = signed_in("admin"), signed_in("south")
    (south,) = admin.get(f"{ROOT}/users?search=south@").get_json()["rows"]
    done = admin.patch(f"{ROOT}/users/{south['id']}", json={"version": south["version"], "team": "north"})
    assert done.status_code == 200
    assert moved.get("/api/auth/me").status_code == 401, "what was open with the old rights is closed"
    assert signed_in("south").get("/api/auth/me").get_json()["team"] == "north"
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM notifications WHERE recipient = 'south@example.com'")
                                  ).scalar_one() == 1
    undo = done.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 200
