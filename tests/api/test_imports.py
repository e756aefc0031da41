"""Files of history at the API: preview before anything changes, refusals with a sentence, conflicts, audit, undo."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.sentences import read
from core.texts import t
from data.engine import Database
from jobs.requested_runs import run_next
from tests.factories import insert
from tests.job_context import make_context

ROOT = "/api/traffic-admin/imports"
LEADS = "Дата;Телефон;utm_source\n05.01.2026;+77010000001;fb_north\n06.01.2026;нет;x\n"
SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def admin(signed_in: SignedIn) -> FlaskClient:
    return signed_in("admin")


def upload(client: FlaskClient, **body: Any) -> Any:
    answer = client.post(ROOT, json=body, base_url="https://localhost")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def call(client: FlaskClient, method: str, path: str, **body: Any) -> Any:
    return client.open(f"{ROOT}/{path}", method=method, json=body or None, base_url="https://localhost")


def work(database: Database) -> None:
    """Carry out every run that waits."""
    while run_next(make_context(database)):
        pass


def actions(database: Database) -> list[str]:
    with database.transaction() as connection:
        return list(connection.execute(text(
            "SELECT action FROM audit_log WHERE object_type = 'import' ORDER BY id")).scalars())


def test_a_file_goes_from_preview_to_the_tables_and_back(admin: FlaskClient, shared_jobs: Database) -> None:
    content = base64.b64encode(LEADS.encode("cp1251")).decode()
    draft = upload(admin, kind="leads", file_name="old.csv", content=f"data:text/csv;base64,{content}")
    assert (draft["status"], draft["encoding"], draft["separator"], draft["missing"]) == ("checked", "cp1251", ";", [])
    preview = draft["preview"]
    assert (preview["rows"], preview["new"], preview["wrong"]) == (2, 1, 1)
    assert [(one["line"], one["field"]) for one in preview["problems"]] == [(3, "phone")]
    assert "нет" in preview["problems"][0]["message"]
    refused = call(admin, "POST", f"{draft['id']}/apply", version=draft["version"])
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "skip_wrong"
    started = call(admin, "POST", f"{draft['id']}/apply", version=draft["version"], skip_wrong=True)
    assert started.status_code == 202
    again = call(admin, "POST", f"{draft['id']}/apply", version=draft["version"], skip_wrong=True)
    assert again.status_code == 409, "a run is under way"
    context = make_context(shared_jobs)
    assert run_next(context)
    done = call(admin, "GET", draft["id"]).get_json()
    assert (done["status"], done["counts"]) == ("applied", {"new": 1, "changed": 0})
    run = admin.get(f"/api/traffic-admin/sync-runs/{started.get_json()['run_id']}", base_url="https://localhost")
    assert run.get_json()["status"] == "done" and run.get_json()["progress"] == {"done": 2, "total": 2}
    assert call(admin, "DELETE", draft["id"]).status_code == 409
    assert call(admin, "POST", f"{draft['id']}/undo").status_code == 202
    assert run_next(context)
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM landing_leads")).scalar_one() == 0
    assert call(admin, "GET", draft["id"]).get_json()["status"] == "undone"
    assert actions(shared_jobs) == ["import.added", "import.applied", "import.undone"]


def test_a_mapping_is_changed_with_conflicts_and_sentences(admin: FlaskClient) -> None:
    draft = upload(admin, kind="spend", text="when,what,cost\n03/04/2026,Winter,\"1,234\"\n")
    assert draft["status"] == "draft" and set(draft["missing"]) >= {"day", "channel", "campaign", "currency"}
    body = {"version": draft["version"], "columns": {"day": 0, "campaign": 1, "spend": 2, "clicks": None},
            "constants": {"channel": "TikTok", "currency": "usd"}, "month_first": True, "decimal_comma": True}
    saved = call(admin, "PATCH", draft["id"], **body)
    assert saved.status_code == 200, saved.get_json()
    row = saved.get_json()["preview"]["sample"][0]["data"]
    assert (row["day"], row["spend"], row["channel"], row["currency"]) == ("2026-03-04", "1.234", "tiktok", "USD")
    assert call(admin, "PATCH", draft["id"], **body).status_code == 409
    flawed = call(admin, "PATCH", draft["id"], **{**body, "version": saved.get_json()["version"],
                                                  "columns": {"day": 9, "campaign": 1, "spend": 1, "nothing": 0}})
    assert {one["field"] for one in flawed.get_json()["errors"]} == {
        "columns.day", "columns.campaign", "columns.spend", "columns.nothing"}
    assert call(admin, "DELETE", draft["id"]).status_code == 204
    assert call(admin, "GET", draft["id"]).status_code == 404


@pytest.mark.parametrize("body", [
    {"text": " \n "}, {"content": "!!!"}, {"content": base64.b64encode(b"PK\x03\x04zip").decode()},
    {"text": 'a;b\n"open;1\n'}, {"text": "a", "content": "YQ=="},
], ids=["blank", "no base64", "a workbook", "open quote", "both"])
def test_what_cannot_be_read_is_refused_with_a_sentence(body: dict[str, str], admin: FlaskClient) -> None:
    answer = admin.post(ROOT, json={"kind": "leads", **body}, base_url="https://localhost")
    assert answer.status_code == 422 and answer.get_json()["errors"][0]["message"]


def test_later_imports_of_the_same_rows_are_undone_first(admin: FlaskClient, shared_jobs: Database) -> None:
    keys = []
    for source in ("one", "two"):
        draft = upload(admin, kind="leads", file_name=f"{source}.csv",
                       text=f"date;phone;id;utm_source\n2026-02-01;+77010000077;5;{source}\n")
        call(admin, "POST", f"{draft['id']}/apply", version=draft["version"])
        assert run_next(make_context(shared_jobs))
        keys.append(draft["id"])
    refused = call(admin, "POST", f"{keys[0]}/undo")
    assert refused.status_code == 409 and "two.csv" in refused.get_json()["detail"]
    assert call(admin, "POST", f"{keys[1]}/undo").status_code == 202


def test_an_import_whose_sales_somebody_decided_about_is_kept(admin: FlaskClient, shared_jobs: Database) -> None:
    draft = upload(admin, kind="sales", text="sold_at;product;amount;phone;deal_id\n2026-03-01;express;5000;;771\n"
                   "2026-03-02;express;5000;87010000071;\n2026-03-03;express;5000;87010000072;\n")
    call(admin, "POST", f"{draft['id']}/apply", version=draft["version"])
    work(shared_jobs)
    with shared_jobs.transaction() as connection:
        by_hand = connection.execute(text(
            "SELECT id FROM all_sales_tracking WHERE sale_day = '2026-03-02'")).scalar_one()
        team, user = connection.execute(text("""
            SELECT u.team_id, u.id FROM traffic_users u WHERE u.team_id IS NOT NULL ORDER BY u.email LIMIT 1""")).one()
        insert(connection, "sale_claims", deal_id=771, team_id=team, user_id=user, reason="ours")

    def decide(**body: str) -> None:
        answer = admin.post(f"/api/traffic-admin/sales/{by_hand}/assign", json=body, base_url="https://localhost")
        assert answer.status_code == 200

    decide(team="north")
    refused = call(admin, "POST", f"{draft['id']}/undo")
    assert refused.status_code == 409 and "2, 3" in refused.get_json()["detail"]
    decide()
    work(shared_jobs)
    with shared_jobs.transaction() as connection:
        connection.execute(text("UPDATE sale_claims SET status = 'rejected', decided_at = now()"))
    assert call(admin, "POST", f"{draft['id']}/undo").status_code == 202
    # Somebody decides while the run waits.
    decide(team="north")
    work(shared_jobs)
    with shared_jobs.transaction() as connection:
        status, errors = connection.execute(text(
            "SELECT status, errors FROM sync_runs WHERE kind = 'import_undo' ORDER BY created_at DESC LIMIT 1")).one()
        assert status == "failed" and [read(one) for one in errors] == [t("imports.undo_decided", lines="3")]
        assert connection.execute(text("SELECT count(*) FROM all_sales_tracking")).scalar_one() == 3
    decide()
    work(shared_jobs)
    assert call(admin, "POST", f"{draft['id']}/undo").status_code == 202
    work(shared_jobs)
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM all_sales_tracking")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM sale_claims")).scalar_one() == 1, "what was said stays"


def test_a_large_file_is_checked_by_a_run(admin: FlaskClient, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        connection.execute(text("UPDATE sync_runs SET status = 'done' WHERE status = 'queued'"))
    rows = "".join(f"2026-02-01;+7701{number:07d};{'x' * 60}\n" for number in range(8_000))
    draft = upload(admin, kind="leads", text=f"date;phone;utm_source\n{rows}")
    assert draft["status"] == "checking" and draft["run_id"]
    assert run_next(make_context(shared_jobs))
    assert call(admin, "GET", draft["id"]).get_json()["preview"]["new"] == 8_000


@pytest.mark.parametrize("name", ["analyst", "north"])
def test_only_admins_import(name: str, signed_in: SignedIn) -> None:
    client = signed_in(name)
    assert client.post(ROOT, json={}, base_url="https://localhost").status_code == 403
    assert client.get(ROOT, base_url="https://localhost").status_code == 403
