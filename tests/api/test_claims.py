"""Claims: made without learning anything, decided once by an admin, told to both sides, taken back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from tests.api.conftest import People
from tests.factories import make_sale

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/claims"


@pytest.fixture(autouse=True)
def _sales(shared_jobs: Database, people: People) -> Iterator[None]:
    with shared_jobs.transaction() as connection:
        make_sale(connection, None, deal_id=501)
        make_sale(connection, people.south, deal_id=502)
    yield
    with shared_jobs.transaction() as connection:
        for table in ("sale_claims", "sales_activity_log", "all_sales_tracking", "express_course_sales",
                      "notifications"):
            connection.execute(text(f"DELETE FROM {table}"))


def claim(browser: FlaskClient, deal_id: int = 501, reason: str = "Лид пришёл с нашей формы") -> dict[str, Any]:
    answer = browser.post(ROOT, json={"deal_id": deal_id, "reason": reason})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.get_json())


def decide(admin: FlaskClient, one: dict[str, Any], decision: str, answer: str = "Проверили") -> Any:
    return admin.post(f"{ROOT}/{one['id']}/decide", json={
        "decision": decision, "answer": answer, "version": one["version"]})


def sale(database: Database, deal_id: int) -> tuple[Any, ...]:
    with database.transaction() as connection:
        return tuple(connection.execute(text("""
            SELECT t.slug, s.attribution_method, s.locked FROM all_sales_tracking s
            LEFT JOIN traffic_teams t ON t.id = s.team_id WHERE s.deal_id = :deal"""), {"deal": deal_id}).one())


def letters(database: Database) -> list[tuple[str, str]]:
    with database.transaction() as connection:
        return [tuple(row) for row in connection.execute(text(
            "SELECT recipient, subject FROM notifications ORDER BY created_at, id"))]


def actions(database: Database, how_many: int) -> list[str]:
    with database.transaction() as connection:
        return list(connection.execute(text("SELECT action FROM audit_log ORDER BY id DESC LIMIT :n"),
                                       {"n": how_many}).scalars())


def test_an_accepted_claim_gives_the_sale_for_good(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin, north = signed_in("admin"), signed_in("north")
    one = claim(north)
    assert (one["status"], one["sales"]) == ("open", [])
    assert letters(shared_jobs) == [("admin@example.com", "Команда заявила права на продажу")]
    seen = admin.get(f"{ROOT}?status=open").get_json()["rows"]
    assert [(row["deal_id"], row["team"], len(row["sales"])) for row in seen] == [(501, "north", 1)]
    answer = decide(admin, one, "accept")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert sale(shared_jobs, 501) == ("north", "manual", True)
    assert letters(shared_jobs)[1:] == [("north@example.com", "Продажа теперь ваша")]
    assert actions(shared_jobs, 2) == ["claim.accepted", "sale.assigned"]
    own = north.get(ROOT).get_json()["rows"][0]
    assert (own["status"], own["answer"], len(own["sales"])) == ("accepted", "Проверили", 1)


def test_a_rejection_says_why(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin, one = signed_in("admin"), claim(signed_in("north"))
    silent = decide(admin, one, "reject", " ")
    assert silent.status_code == 422
    assert silent.get_json()["errors"][0]["field"] == "answer"
    assert decide(admin, one, "reject", "Форма чужая").status_code == 200
    assert sale(shared_jobs, 501) == (None, None, False)
    assert letters(shared_jobs)[-1] == ("north@example.com", "Заявка на продажу отклонена")
    assert signed_in("north").get(ROOT).get_json()["rows"][0]["answer"] == "Форма чужая"


def test_the_team_that_loses_the_sale_is_told_without_a_name(signed_in: SignedIn, shared_jobs: Database) -> None:
    one = claim(signed_in("north"), 502)
    decide(signed_in("admin"), one, "accept")
    assert sale(shared_jobs, 502)[0] == "north"
    with shared_jobs.transaction() as connection:
        body = connection.execute(text("SELECT body FROM notifications WHERE recipient = 'south@example.com'")
                                  ).scalar_one()
    assert "North" not in body


def test_a_decision_is_taken_back(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    for deal_id, before in ((501, sale(shared_jobs, 501)), (502, sale(shared_jobs, 502))):
        one = claim(signed_in("north"), deal_id)
        undo = decide(admin, one, "accept").get_json()["undo"]
        assert admin.open(undo["path"], method=undo["method"], json={}).get_json()["status"] == "open"
        assert sale(shared_jobs, deal_id)[0] == before[0]
        assert sale(shared_jobs, deal_id)[2] is False
    assert actions(shared_jobs, 1) == ["claim.reopened"]


def test_a_claim_is_decided_once(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin, one = signed_in("admin"), claim(signed_in("north"))
    assert decide(admin, one, "reject").status_code == 200
    late = decide(signed_in("admin"), one, "accept")
    assert late.status_code == 409
    assert "admin@example.com" in late.get_json()["detail"]
    assert sale(shared_jobs, 501)[0] is None


def test_a_claim_tells_nothing_about_the_sale(signed_in: SignedIn) -> None:
    north = signed_in("north")
    answers = [claim(north, deal_id) for deal_id in (501, 502, 999)]
    hidden = ("id", "deal_id", "created_at", "undo")
    assert len({str({k: v for k, v in one.items() if k not in hidden}) for one in answers}) == 1
    assert signed_in("south").get(ROOT).get_json()["rows"] == []


@pytest.mark.parametrize(("body", "field"), [
    ({"deal_id": 501, "reason": "  "}, "reason"), ({"deal_id": 0, "reason": "x"}, "deal_id"),
    ({"deal_id": "много", "reason": "x"}, "deal_id"), ({"deal_id": 501, "reason": "x" * 1001}, "reason"),
])
def test_a_wrong_claim_names_its_field(signed_in: SignedIn, body: dict[str, Any], field: str) -> None:
    answer = signed_in("north").post(ROOT, json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_a_deal_is_claimed_once_and_withdrawn_by_its_owner(signed_in: SignedIn, shared_jobs: Database) -> None:
    north = signed_in("north")
    one = claim(north)
    assert north.post(ROOT, json={"deal_id": 501, "reason": "again"}).status_code == 422
    assert signed_in("south").delete(f"{ROOT}/{one['id']}").status_code == 404
    assert north.delete(f"{ROOT}/{one['id']}").get_json()["status"] == "withdrawn"
    assert north.delete(f"{ROOT}/{one['id']}").status_code == 409
    assert actions(shared_jobs, 1) == ["claim.withdrawn"]
    assert decide(signed_in("admin"), one, "accept").status_code == 409
    claim(north)


def test_a_sale_that_is_not_there_cannot_be_given(signed_in: SignedIn) -> None:
    one = claim(signed_in("north"), 999)
    answer = decide(signed_in("admin"), one, "accept")
    assert answer.status_code == 409
    assert "999" in answer.get_json()["detail"]


def test_who_may_claim_and_who_decides(signed_in: SignedIn) -> None:
    one = claim(signed_in("north"))
    assert signed_in("analyst").get(ROOT).status_code == 403
    assert signed_in("analyst").post(ROOT, json={}).status_code == 403
    assert decide(signed_in("north"), one, "accept").status_code == 403
    assert signed_in("admin").post(ROOT, json={"deal_id": 501, "reason": "x"}).status_code == 409


def test_claims_are_paged(signed_in: SignedIn, people: People, shared_jobs: Database) -> None:
    north = signed_in("north")
    ids = [claim(north, 600 + number)["id"] for number in range(5)]
    found: list[str] = []
    cursor = ""
    while True:
        asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = signed_in("admin").get(ROOT, query_string=asked).get_json()
        found += [row["id"] for row in page["rows"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert found == ids[::-1]
    assert signed_in("admin").get(f"{ROOT}?cursor=nonsense").status_code == 422
