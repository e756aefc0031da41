"""What a person sets: defaults, every refusal with its sentence, conflicts, undo, and what is written down."""

from collections.abc import Callable, Iterator

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.one_time_links import fill_links
from data.engine import AUTH, Database, Viewer
from tests.api.conftest import ADMIN, People
from tests.application import PUBLIC_URL, make_settings
from tests.factories import insert, make_sale

SignedIn = Callable[[str], FlaskClient]
PATH = "/api/traffic-admin/settings"


@pytest.fixture(autouse=True)
def _afresh(shared_jobs: Database, people: People) -> Iterator[None]:
    yield
    with shared_jobs.transaction() as connection:
        for table in ("traffic_targetologist_settings", "contact_confirmations", "notifications"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE traffic_teams SET name = 'North marker', color = '#A78BFA', emoji = '🟣'"
                                " WHERE slug = 'north'"))
        connection.execute(text("UPDATE traffic_teams SET version = 1 WHERE slug = 'north'"))


def read(browser: FlaskClient, query: str = "") -> dict:
    answer = browser.get(PATH + query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def errors_of(answer: object) -> dict[str, str]:
    assert answer.status_code == 422, answer.get_json()
    return {one["field"]: one["message"] for one in answer.get_json()["errors"]}


def entries(database: Database, action: str) -> list[dict]:
    with database.transaction(ADMIN) as connection:
        return [dict(row._mapping) for row in connection.execute(
            text("SELECT user_id, object_id, before, after FROM audit_log WHERE action = :action ORDER BY id"),
            {"action": action})]


def test_without_a_word_the_defaults_stand(signed_in: SignedIn) -> None:
    told = read(signed_in("north"))
    assert (told["utm"]["source"], told["utm"]["medium"], told["utm"]["locked"]) == ("facebook", "cpc", False)
    assert told["utm"]["team_source"] == "fb_north"
    notify = told["notifications"]
    assert (notify["email"], notify["email_is_login"], notify["frequency"], notify["hour"]) == (
        "north@example.com", True, "daily", 9)
    assert told["team"]["slug"] == "north" and told["team"]["contrast"] > 4.5
    assert read(signed_in("analyst"))["team"] is None


def test_marks_are_kept_and_the_change_is_written_down_and_undone(
    signed_in: SignedIn, shared_web: Database
) -> None:
    browser = signed_in("north")
    template = {"name": "Cold", "campaign": "{{campaign.name}}", "content": "{{ad.name}}"}
    answer = browser.patch(PATH, json={"version": 0, "utm": {"source": "fb_north", "save_template": template}})
    assert answer.status_code == 200, answer.get_json()
    told = answer.get_json()
    assert told["utm"]["source"] == "fb_north" and told["version"] == 1
    assert told["utm"]["templates"][0]["name"] == "Cold"
    entry = entries(shared_web, "settings.changed")[-1]
    assert entry["before"]["source"] == "facebook" and entry["after"]["source"] == "fb_north"
    undo = told["undo"]
    back = browser.open(undo["path"], method=undo["method"], json=undo["body"])
    assert back.status_code == 200, back.get_json()
    assert (back.get_json()["utm"]["source"], back.get_json()["utm"]["templates"]) == ("facebook", [])
    same = browser.patch(PATH, json={"version": 2, "utm": {"source": "facebook"}}).get_json()
    assert (same["version"], same["undo"]) == (2, None), "nothing changed, nothing is written"


def test_every_wrong_mark_has_its_sentence_and_nothing_is_half_saved(signed_in: SignedIn) -> None:
    browser = signed_in("north")
    said = errors_of(browser.patch(PATH, json={"version": 0, "utm": {
        "source": "two words", "medium": "", "templates": [
            {"name": "A", "campaign": "{{campaign.nam}}"}, {"name": " a ", "id": "x" * 300}, {"name": ""}]}}))
    assert set(said) == {"utm.source", "utm.medium", "utm.templates.0.campaign", "utm.templates.1.id",
                         "utm.templates.1.name", "utm.templates.2.name"}
    assert "campaign.name" in said["utm.templates.0.campaign"]
    assert set(errors_of(browser.patch(PATH, json={"utm": {"medium": "cpc"}}))) == {"version"}
    assert set(errors_of(browser.patch(PATH, json={"version": 0, "utm": {"remove_template": "none"}}))) == {
        "utm.remove_template"}
    both = {"version": 0, "utm": {"source": "fb_north"}, "team": {"version": 1, "color": "#000011"}}
    assert set(errors_of(browser.patch(PATH, json=both))) == {"team.color"}
    assert read(browser)["utm"]["source"] == "facebook"


def test_a_source_locked_by_an_admin_is_read_only(signed_in: SignedIn, shared_web: Database, people: People) -> None:
    admin, browser = signed_in("admin"), signed_in("north")
    user_id = read(browser)["user"]["id"]
    assert set(errors_of(browser.patch(PATH, json={"version": 0, "utm": {"locked": True}}))) == {"utm.locked"}
    locked = admin.patch(f"{PATH}?user={user_id}", json={"version": 0, "utm": {"source": "fb_north", "locked": True}})
    assert locked.status_code == 200, locked.get_json()
    told = read(browser)
    assert told["utm"] | {"templates": []} == {"source": "fb_north", "medium": "cpc", "locked": True,
                                               "team_source": "fb_north", "templates": []}
    said = errors_of(browser.patch(PATH, json={"version": told["version"], "utm": {"source": "facebook"}}))
    assert set(said) == {"utm.source"}
    assert browser.patch(PATH, json={"version": told["version"], "utm": {"medium": "paid"}}).status_code == 200
    with pytest.raises(Exception, match="locked source"), shared_web.transaction(
            Viewer("targetologist", user_id, people.north.id)) as connection:
        connection.execute(text("UPDATE traffic_targetologist_settings SET utm_source = 'x'"))


def test_settings_of_others_are_an_admins(signed_in: SignedIn) -> None:
    other = read(signed_in("south"))["user"]["id"]
    for name in ("north", "analyst"):
        browser = signed_in(name)
        assert browser.get(f"{PATH}?user={other}").status_code == 404
        assert browser.patch(f"{PATH}?user={other}", json={
            "version": 0, "notifications": {"hour": 8}}).status_code == 404
        assert browser.post("/api/traffic-admin/notifications/test", json={"channel": "email"}).status_code == 403
    assert read(signed_in("admin"), f"?user={other}")["user"]["email"] == "south@example.com"
    assert signed_in("admin").get(f"{PATH}?user=3f0c1d8e-0000-4000-8000-000000000000").status_code == 404


def test_an_analyst_sets_notifications_only(signed_in: SignedIn) -> None:
    browser = signed_in("analyst")
    refused = browser.patch(PATH, json={"version": 0, "utm": {"source": "x"}})
    assert refused.status_code == 403 and refused.get_json()["errors"][0]["field"] == "utm"
    assert browser.patch(PATH, json={"version": 0, "notifications": {"frequency": "weekly"}}).status_code == 200


def test_the_second_of_two_windows_is_told_who_was_first(signed_in: SignedIn) -> None:
    browser, admin = signed_in("north"), signed_in("admin")
    user_id = read(browser)["user"]["id"]
    assert admin.patch(f"{PATH}?user={user_id}", json={"version": 0, "notifications": {"hour": 7}}).status_code == 200
    late = browser.patch(PATH, json={"version": 0, "notifications": {"hour": 20}})
    assert late.status_code == 409 and "Admin" in late.get_json()["detail"]
    assert read(browser)["notifications"]["hour"] == 7
    look = {"team": {"version": 1, "emoji": "🦅"}}
    assert browser.patch(PATH, json=look).status_code == 200
    late = browser.patch(PATH, json=look)
    assert late.status_code == 409 and "North" in late.get_json()["detail"]


def test_hours_and_chats_are_checked(signed_in: SignedIn) -> None:
    browser = signed_in("north")
    said = errors_of(browser.patch(PATH, json={"version": 0, "notifications": {
        "quiet_from": 22, "telegram": "@name", "email": "nobody"}}))
    assert set(said) == {"notifications.quiet_to", "notifications.telegram", "notifications.email"}
    assert set(errors_of(browser.patch(PATH, json={"version": 0, "notifications": {
        "quiet_from": 5, "quiet_to": 5}}))) == {"notifications.quiet_to"}
    assert set(errors_of(browser.patch(PATH, json={"version": 0, "notifications": {"hour": 24}}))) == {
        "notifications.hour"}
    kept = browser.patch(PATH, json={"version": 0, "notifications": {
        "quiet_from": 22, "quiet_to": 8, "telegram": "-1001234567890", "frequency": "monthly"}}).get_json()
    assert kept["notifications"]["telegram"] == "-1001234567890" and kept["notifications"]["quiet_from"] == 22
    off = browser.patch(PATH, json={"version": 1, "notifications": {
        "quiet_from": None, "quiet_to": None, "telegram": None}}).get_json()
    assert off["notifications"]["quiet_from"] is None and off["notifications"]["telegram"] is None


def queued(database: Database, like: str) -> list[tuple[str, str, str]]:
    with database.transaction(ADMIN) as connection:
        return [tuple(row) for row in connection.execute(text(
            "SELECT recipient, subject, body FROM notifications WHERE message_key LIKE :key ORDER BY created_at"),
            {"key": like})]


def test_a_new_address_counts_once_it_is_confirmed(
    signed_in: SignedIn, client: FlaskClient, shared_web: Database
) -> None:
    browser = signed_in("north")
    asked = browser.patch(PATH, json={"version": 0, "notifications": {"email": "New@Example.com"}}).get_json()
    assert asked["notifications"]["email"] == "north@example.com"
    assert asked["notifications"]["email_pending"] == "new@example.com"
    recipient, subject, body = queued(shared_web, "confirm:%")[0]
    assert recipient == "new@example.com" and "Подтвердите" in subject
    assert PUBLIC_URL not in body, "whoever reads the outbox cannot confirm"
    link = next(line for line in fill_links(body, make_settings()).splitlines() if line.startswith(PUBLIC_URL))
    path = link.removeprefix(PUBLIC_URL)
    assert "new@example.com" in client.get(path).get_data(as_text=True)
    assert read(browser)["notifications"]["email_pending"] == "new@example.com", "looking confirms nothing"
    assert client.post(path).status_code == 200
    told = read(browser)["notifications"]
    assert (told["email"], told["email_pending"]) == ("new@example.com", None)
    assert client.post(path).status_code == 404 and client.get(path).status_code == 404
    assert entries(shared_web, "contact.confirmed")[-1]["after"] == {"channel": "email"}
    version = read(browser)["version"]
    back = browser.patch(PATH, json={"version": version, "notifications": {"email": None}}).get_json()
    assert back["notifications"]["email"] == "north@example.com"


def test_a_newer_wish_ends_the_older_and_too_many_are_refused(
    signed_in: SignedIn, client: FlaskClient, shared_web: Database
) -> None:
    browser = signed_in("north")
    for number in range(10):
        assert browser.patch(PATH, json={"version": 0, "notifications": {
            "email": f"a{number}@example.com"}}).status_code == 200
    said = errors_of(browser.patch(PATH, json={"version": 0, "notifications": {"email": "b@example.com"}}))
    assert set(said) == {"notifications.email"}
    first = fill_links(queued(shared_web, "confirm:%")[0][2], make_settings())
    path = next(line for line in first.splitlines() if line.startswith(PUBLIC_URL)).removeprefix(PUBLIC_URL)
    assert client.post(path).status_code == 404


@pytest.mark.parametrize(("look", "field"), [
    ({"name": "  "}, "name"), ({"name": "x" * 61}, "name"), ({"name": "a\u202eb"}, "name"),
    ({"name": "south MARKER"}, "name"), ({"name": "Ѕоuth-Mаrker"}, "name"),
    ({"color": "#101010"}, "color"), ({"color": "red"}, "color"),
    ({"emoji": "🦅🦅"}, "emoji"), ({"emoji": "A"}, "emoji"), ({"emoji": ""}, "emoji")])
def test_a_look_that_will_not_do(signed_in: SignedIn, look: dict[str, str], field: str) -> None:
    said = errors_of(signed_in("north").patch(PATH, json={"team": {"version": 1, **look}}))
    assert set(said) == {f"team.{field}"}
    assert "South" not in said[f"team.{field}"], "whoever renames a team does not learn the name of another"


@pytest.mark.parametrize("emoji", ["🦅", "👩‍🚀", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇰🇿", "❤️‍🔥", "👍🏽", "1️⃣"], ids=range(7))
def test_an_emoji_may_have_several_code_points(signed_in: SignedIn, emoji: str) -> None:
    answer = signed_in("north").patch(PATH, json={"team": {"version": 1, "emoji": emoji}})
    assert answer.status_code == 200 and answer.get_json()["team"]["emoji"] == emoji


def test_a_rename_leaves_history_as_it_was(
    signed_in: SignedIn, people: People, shared_jobs: Database, shared_web: Database
) -> None:
    with shared_jobs.transaction() as connection:
        make_sale(connection, people.north, deal_id=77_001)
        insert(connection, "exchange_rates", date="2026-01-15", usd_to_kzt=500, source="test")
    browser = signed_in("north")

    def totals() -> dict:
        told = browser.get("/api/analytics/overview?from=2026-01-01&to=2026-01-31").get_json()
        return {name: told[name] for name in ("totals", "unattributed")}

    before = totals()
    answer = browser.patch(PATH, json={"team": {"version": 1, "name": "Сұңқар", "color": "#ff8f6b"}})
    assert answer.status_code == 200, answer.get_json()
    assert (answer.get_json()["team"]["name"], answer.get_json()["team"]["color"]) == ("Сұңқар", "#FF8F6B")
    assert totals() == before and before["totals"]["revenue"] is not None
    entry = entries(shared_web, "team.look_changed")[-1]
    assert (entry["before"]["name"], entry["after"]["name"]) == ("North marker", "Сұңқар")
    with pytest.raises(Exception, match="look of a team only"), shared_web.transaction(
            Viewer("targetologist", None, people.north.id)) as connection:
        connection.execute(text("UPDATE traffic_teams SET utm_source = 'stolen'"))


def test_the_bot_is_opened_by_a_link_that_works_once(
    shared_app: dash.Dash, signed_in: SignedIn, shared_jobs: Database, shared_web: Database
) -> None:
    browser = signed_in("north")
    assert browser.post(f"{PATH}/telegram-link").status_code == 409
    parts = shared_app.server.extensions["auth"]
    with shared_jobs.transaction() as connection:
        insert(connection, "installation", key="telegram_bot", value="traffic_bot")
    shared_app.server.extensions["auth"] = type(parts)(
        parts.settings.model_copy(update={"telegram_bot_token": "1:x"}), parts.passwords, parts.tokens)
    try:
        told = browser.post(f"{PATH}/telegram-link").get_json()
    finally:
        shared_app.server.extensions["auth"] = parts
    code = told["link"].removeprefix("https://t.me/traffic_bot?start=")
    assert 20 < len(code) <= 64
    with shared_web.transaction(AUTH) as connection:
        stored = connection.execute(text("SELECT token_hash FROM contact_confirmations")).scalar_one()
    assert code.encode() not in bytes(stored)


def test_a_channel_can_be_tried(signed_in: SignedIn, shared_web: Database) -> None:
    browser, admin = signed_in("north"), signed_in("admin")
    assert set(errors_of(browser.post(f"{PATH}/test-message", json={"channel": "telegram"}))) == {"channel"}
    for _ in range(5):
        sent = browser.post(f"{PATH}/test-message", json={"channel": "email"})
        assert sent.status_code == 202 and sent.get_json()["recipient"] == "north@example.com"
    assert browser.post(f"{PATH}/test-message", json={"channel": "email"}).status_code == 429
    south = read(signed_in("south"))["user"]["id"]
    told = admin.post("/api/traffic-admin/notifications/test", json={"channel": "email", "user": south})
    assert told.status_code == 202 and told.get_json()["recipient"] == "south@example.com"
    assert entries(shared_web, "message.tested")[-1]["object_id"] == south
