"""The team constructor: a team with its first person or neither, changes that keep history, and whose a link is."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from tests.api.conftest import People
from tests.application import PUBLIC_URL

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/teams"
BARYS = {"name": "Барыс", "color": "#ff8f6b", "emoji": "🐆"}
ALIYA = {"email": "aliya@academy.kz", "name": "Алия Нурланова", "locale": "kk"}


def rows(database: Database, statement: str, **values: Any) -> list[Any]:
    with database.transaction() as connection:
        return list(connection.execute(text(statement), values).all())


def counts(database: Database) -> list[int]:
    return [rows(database, f"SELECT count(*) FROM {table}")[0][0] for table in (
        "traffic_teams", "traffic_users", "notifications", "audit_log", "team_aliases", "sync_runs")]


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return {one["field"]: one["message"] for one in answer.get_json()["errors"]}


def find(admin: FlaskClient, slug: str) -> dict[str, Any]:
    return next(one for one in admin.get(ROOT).get_json()["rows"] if one["slug"] == slug)


def last_audit(database: Database) -> tuple[Any, ...]:
    return tuple(rows(database, "SELECT action, object_type, before, after FROM audit_log ORDER BY id DESC LIMIT 1")[0])


def test_a_name_is_enough_for_a_team(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    made = [admin.post(ROOT, json={"name": name}).get_json()["team"] for name in ("Шолпан", "Темірқазық")]
    assert [(one["slug"], one["utm_source"], one["utm_medium"]) for one in made] == [
        ("sholpan", "fb_sholpan", "cpc"), ("temirkazyk", "fb_temirkazyk", "cpc")]
    others = [one for one in admin.get(ROOT).get_json()["rows"] if one["slug"] not in ("sholpan", "temirkazyk")]
    for field in ("color", "emoji"):
        assert made[0][field] != made[1][field]
        assert not {one[field] for one in made} & {one[field] for one in others}


def test_a_team_and_its_first_person_are_made_in_one_call(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    answer = admin.post(ROOT, json={**BARYS, "user": ALIYA})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    told = answer.get_json()
    team = {name: told["team"][name] for name in ("slug", "utm_source", "utm_medium", "color", "people", "is_active")}
    assert team == {"slug": "barys", "utm_source": "fb_barys", "utm_medium": "cpc", "color": "#FF8F6B",
                    "people": ["Алия Нурланова"], "is_active": True}
    assert told["link"] is None, "it goes by mail"
    mail = rows(shared_jobs, "SELECT recipient, subject, body FROM notifications WHERE user_id = :id",
                id=told["user_id"])
    assert [one.recipient for one in mail] == ["aliya@academy.kz"]
    assert "шақырды" in mail[0].subject
    assert "[[account-link:invitation:" in mail[0].body
    deeds = [one.action for one in rows(shared_jobs, "SELECT action FROM audit_log ORDER BY id DESC LIMIT 3")]
    assert deeds == ["link.made", "user.created", "team.created"]
    assert rows(shared_jobs, "SELECT count(*) FROM sync_runs WHERE kind = 'attribution'")[0][0] == 1, "the past follows"


def test_the_link_is_shown_once_when_asked_for(signed_in: SignedIn, client: FlaskClient) -> None:
    answer = signed_in("admin").post(ROOT, json={
        "name": "Құлан", "color": "#2DD4BF", "emoji": "🫏", "invitation": "link",
        "user": {"email": "erlan@academy.kz", "name": "Ерлан"}})
    link = answer.get_json()["link"]
    assert link.startswith(PUBLIC_URL + "/invitation/")
    assert "erlan@academy.kz" in client.get(link.removeprefix(PUBLIC_URL)).get_data(as_text=True)


@pytest.mark.parametrize(("body", "fields"), [
    ({"name": "", "color": "red", "emoji": "ab"}, {"name", "slug", "utm_source", "color", "emoji"}),
    ({**BARYS, "name": "Nоrth marker", "slug": "n2"}, {"name"}),
    ({**BARYS, "name": "X", "slug": "nоrth"}, {"slug", "utm_source"}),
    ({**BARYS, "name": "X", "color": "#101010"}, {"color"}), ({**BARYS, "name": "X", "emoji": "🐆🐺"}, {"emoji"}),
    ({**BARYS, "name": "X", "utm_source": "FB_NORTH_17"}, {"utm_source"}),
    ({**BARYS, "name": "Q", "user": {"email": "north@example.com"}}, {"user.email"}),
    ({**BARYS, "name": "", "user": {"email": "a@b,kz"}}, {"name", "slug", "utm_source", "user.email"}),
])
def test_nothing_is_half_saved(
    signed_in: SignedIn, shared_jobs: Database, body: dict[str, Any], fields: set[str]
) -> None:
    before = counts(shared_jobs)
    assert set(errors(signed_in("admin").post(ROOT, json=body))) == fields
    after = counts(shared_jobs)
    assert after[:3] == before[:3]
    assert after[4:] == before[4:]


def test_a_failing_invitation_takes_the_team_back(
    signed_in: SignedIn, shared_jobs: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, before = signed_in("admin"), counts(shared_jobs)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the outbox is broken")

    monkeypatch.setattr("api.teams.mail_link", fail)
    answer = admin.post(ROOT, json={**BARYS, "name": "Half", "user": {"email": "h@academy.kz"}})
    assert answer.status_code == 500
    assert counts(shared_jobs) == before


@pytest.mark.parametrize(("query", "expected"), [
    ("name=Тұлпар&color=%23A78BFA&emoji=🐎", {"name": True, "slug": True, "utm_source": True, "utm_medium": True,
                                             "color": True, "emoji": True}),
    ("name=north+MARKER", {"name": False, "slug": False, "utm_source": False, "utm_medium": True}),
    ("name=X&email=aliya@academy,kz", {"name": True, "slug": True, "utm_source": True, "utm_medium": True,
                                       "email": False}),
    ("name=X&email=north@example.com&color=%23101010", {"name": True, "slug": True, "utm_source": True,
                                                        "utm_medium": True, "email": False, "color": False}),
])
def test_a_team_is_checked_as_it_is_typed(signed_in: SignedIn, query: str, expected: dict[str, bool]) -> None:
    answer = signed_in("admin").get(f"/api/traffic-admin/team-check?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    told = answer.get_json()
    assert {one["field"]: one["ok"] for one in told["fields"]} == expected
    assert all(one["message"] for one in told["fields"])


def test_the_name_proposes_slug_and_source(signed_in: SignedIn) -> None:
    told = signed_in("admin").get("/api/traffic-admin/team-check?name=Жетысу&color=%23FFFFFF").get_json()
    assert (told["slug"], told["utm_source"], told["contrast"]) == ("zhetysu", "fb_zhetysu", 21)


def test_a_change_is_saved_told_and_undone(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    before = find(admin, "south")
    path = f"{ROOT}/{before['id']}"
    answer = admin.patch(path, json={"version": before["version"], "name": "Оңтүстік", "emoji": "👨‍👩‍👧‍👦"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.get_json()["team"]["name"] == "Оңтүстік"
    action, kind, was, now = last_audit(shared_jobs)
    assert (action, kind, was["name"], now["name"]) == ("team.changed", "team", "South marker", "Оңтүстік")
    undo = answer.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 200
    after = find(admin, "south")
    assert {**after, "version": 0} == {**before, "version": 0}


def test_the_later_of_two_admins_is_told_who_was_earlier(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    team = find(admin, "south")
    path = f"{ROOT}/{team['id']}"
    first = admin.patch(path, json={"version": team["version"], "emoji": "🌞"})
    assert first.status_code == 200
    before = counts(shared_jobs)
    late = signed_in("admin").patch(path, json={"version": team["version"], "emoji": "🌚", "name": "Late"})
    assert late.status_code == 409
    assert "admin@example.com" in late.get_json()["detail"]
    assert find(admin, "south")["emoji"] == "🌞"
    assert counts(shared_jobs)[:3] == before[:3]


def test_a_source_given_up_stays_an_alias(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    team = find(admin, "south")
    path = f"{ROOT}/{team['id']}"
    answer = admin.patch(path, json={"version": team["version"], "utm_source": "yug"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert find(admin, "south")["aliases"] == ["fb_south"]
    whose = admin.post("/api/traffic-admin/team-whose", json={"text": "fb_south"}).get_json()
    assert (whose["team"], whose["method"]) == ("south", "alias")
    undo = answer.get_json()["undo"]
    assert admin.open(undo["path"], method="PATCH", json=undo["body"]).status_code == 200
    assert find(admin, "south")["aliases"] == ["yug"], "what came meanwhile stays the team's too"


def test_a_slug_never_changes_and_a_look_alike_is_refused(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    team = find(admin, "south")
    path = f"{ROOT}/{team['id']}"
    assert "slug" in errors(admin.patch(path, json={"version": team["version"], "slug": "other"}))
    assert "name" in errors(admin.patch(path, json={"version": team["version"], "name": "NORTH MАRKER"}))
    assert admin.patch(path.replace(team["id"], "00000000-0000-0000-0000-000000000000"),
                       json={"version": 1, "name": "X"}).status_code == 404


def test_a_team_goes_into_the_archive_and_comes_back(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    team = find(admin, "south")
    answer = admin.delete(f"{ROOT}/{team['id']}")
    assert answer.status_code == 200
    assert find(admin, "south")["is_active"] is False
    assert find(admin, "south")["archived_at"] is not None
    assert last_audit(shared_jobs)[0] == "team.archived"
    moved = admin.post("/api/traffic-admin/users", json={"email": "n@a.kz", "role": "targetologist", "team": "south"})
    assert "team" in errors(moved)
    undo = answer.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 200
    assert last_audit(shared_jobs)[0] == "team.restored"
    assert find(admin, "south")["archived_at"] is None


@pytest.mark.parametrize(("marks", "team", "method"), [
    (f"{PUBLIC_URL}/1day?utm_source=fb_north_17.12&utm_medium=cpc", "north", "fb_slug"),
    ("fb_north", "north", "utm_exact"), ("utm_source=instagram", None, None), ("https://academy.kz/", None, None),
])
def test_the_real_rules_tell_whose_a_link_is(
    signed_in: SignedIn, marks: str, team: str | None, method: str | None
) -> None:
    told = signed_in("admin").post("/api/traffic-admin/team-whose", json={"text": marks}).get_json()
    assert (told["team"], told["method"]) == (team, method)
    assert told["message"]


@pytest.mark.parametrize("who", ["analyst", "north"])
def test_only_an_admin_makes_and_reads_teams(signed_in: SignedIn, people: People, who: str) -> None:
    browser = signed_in(who)
    for method, path in (("GET", ROOT), ("POST", ROOT),
                         ("GET", "/api/traffic-admin/team-check"), ("POST", "/api/traffic-admin/team-whose"),
                         ("PATCH", f"{ROOT}/{people.north.id}"), ("DELETE", f"{ROOT}/{people.north.id}"),
                         ("POST", f"{ROOT}/{people.north.id}/merge")):
        assert browser.open(path, method=method, json={}).status_code == 403, path

