"""The history of amoCRM is loaded whole and kept equal to it, whatever the network, the limits and the hooks do."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from auth.encryption import Cipher, make_key
from core.business_time import BusinessCalendar
from core.records import DateRange
from data.amocrm_connection import NotConnected, SharedPace, StoredTokens, load_connection, save_connection
from data.amocrm_history import load_reconciliations
from data.engine import Database
from data.sync_runs import load_run
from demo.amocrm_api import AmocrmStandIn
from demo.crm_data import CrmData
from demo.crm_oauth import CrmOauth
from integrations.amocrm.errors import AmocrmError, TokenInvalid
from integrations.amocrm.oauth import AmocrmAuth, account_address
from jobs.amocrm_account import demand_client
from jobs.backfill_amocrm import backfill_amocrm
from jobs.context import JobContext
from jobs.reconcile_amocrm import reconcile_amocrm
from jobs.requested_runs import ask_for_run, run_next

ACCOUNT, TOKEN, EXPRESS, FLAGMAN, WON, LOST, OPEN = 28805383, "longLivedToken", 10350882, 10418746, 142, 143, 50001
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALENDAR = BusinessCalendar()
DAYS = DateRange(date(2026, 11, 18), date(2026, 11, 22))
CLIENT, SECRET, PUBLIC = "client-id", "client-secret", "https://traffic.example.com"
HOOK = f"{PUBLIC}/webhooks/amocrm/hook-secret"


def moment(hours_ago: float) -> int:
    return int((NOW - timedelta(hours=hours_ago)).timestamp())


def api_lead(number: int, status: int = WON, pipeline: int = EXPRESS, **values: Any) -> dict[str, Any]:
    age = number % 90 + 2
    return {"id": number, "name": f"Deal {number}", "price": 1000 + number, "status_id": status,
            "pipeline_id": pipeline, "created_at": moment(age), "updated_at": moment(age - 1),
            "closed_at": moment(age - 1) if status in (WON, LOST) else None, "is_deleted": False,
            "custom_fields_values": None, "account_id": ACCOUNT,
            "_embedded": {"contacts": [{"id": 7000 + number, "is_main": True}]}, **values}


def api_contact(number: int) -> dict[str, Any]:
    return {"id": number, "name": "Dana", "updated_at": moment(200), "account_id": ACCOUNT, "custom_fields_values": [
        {"field_id": 3, "field_name": "Телефон", "field_code": "PHONE", "field_type": "multitext",
         "values": [{"value": f"+7 701 {number:07d}", "enum_code": "MOB"}]}], "_embedded": {"leads": []}}


def crm_data(leads: list[dict[str, Any]]) -> CrmData:
    return CrmData(ACCOUNT, "example", leads, [api_contact(7000 + lead["id"]) for lead in leads], [], TOKEN)


LEADS = [*(api_lead(number) for number in range(1, 41)),
         *(api_lead(number, OPEN) for number in range(41, 51)), *(api_lead(number, LOST) for number in range(51, 56)),
         api_lead(60, WON, FLAGMAN, price=0), api_lead(61, WON, 777)]


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def crm() -> Iterator[AmocrmStandIn]:
    with AmocrmStandIn(crm_data(LEADS), oauth=CrmOauth(CLIENT, SECRET)) as stand_in:
        yield stand_in


@pytest.fixture
def context(crm: AmocrmStandIn, db_jobs: Database) -> JobContext:
    settings: Any = SimpleNamespace(
        amocrm_account_url=crm.url, amocrm_access_token=TOKEN, amocrm_rate_limit=500.0, amocrm_account_id=ACCOUNT,
        amocrm_client_id=CLIENT, amocrm_client_secret=SECRET, public_url=PUBLIC, amocrm_webhook_secret="hook-secret",
        demo=False)
    return JobContext(settings, db_jobs, Cipher.from_ring(f"one:{make_key()}"), CALENDAR, lambda: NOW)


def sales(context: JobContext) -> dict[int, tuple[Any, ...]]:
    with context.database.transaction() as connection:
        rows = connection.execute(text("SELECT deal_id, sale_amount, sale_day, contact_phone FROM all_sales_tracking"
                                       " WHERE NOT is_reversed")).all()
    return {row.deal_id: tuple(row[1:]) for row in rows}


def expected(leads: list[dict[str, Any]]) -> dict[int, tuple[Any, ...]]:
    return {lead["id"]: (Decimal(lead["price"]) if lead["price"] else None,
                         CALENDAR.day_of(datetime.fromtimestamp(lead["closed_at"], UTC)),
                         f"+7701{7000 + lead['id']:07d}")
            for lead in leads if lead["status_id"] == WON and lead["pipeline_id"] in (EXPRESS, FLAGMAN)}


def test_a_range_is_loaded_whole_and_twice_is_once(context: JobContext, crm: AmocrmStandIn) -> None:
    seen: list[tuple[int, int]] = []
    assert backfill_amocrm(context, DAYS, lambda done, total: seen.append((done, total))) == len(LEADS)
    assert sales(context) == expected(LEADS)
    assert (seen[0], seen[-1]) == ((0, 5), (5, 5))
    before = sales(context)
    backfill_amocrm(context, DAYS)
    assert sales(context) == before


def test_a_run_goes_on_where_it_broke(context: JobContext, crm: AmocrmStandIn) -> None:
    asked = {"from": DAYS.first.isoformat(), "to": DAYS.last.isoformat()}
    crm.fail_next("contacts", "blocked", times=2)
    run_id = ask_for_run(context, "amocrm_backfill", asked)
    assert run_next(context)
    with context.database.transaction() as connection:
        broken = load_run(connection, str(run_id))
        days = connection.execute(text("SELECT count(*) FROM amocrm_days_read")).scalar_one()
    assert broken is not None and broken.status == "failed" and "403" in broken.errors[0]
    crm.server.requests.clear()
    again = ask_for_run(context, "amocrm_backfill", asked)
    assert run_next(context)
    with context.database.transaction() as connection:
        done = load_run(connection, str(again))
        left = connection.execute(text("SELECT count(*) FROM amocrm_days_read")).scalar_one()
    assert done is not None and (done.status, done.progress_done) == ("done", 5)
    assert sum("/leads" in one.path for one in crm.server.requests) == 2 * (5 - days)
    assert left == 0
    assert sales(context) == expected(LEADS)


def test_pages_that_shift_lose_nothing(context: JobContext, crm: AmocrmStandIn) -> None:
    day = date(2026, 11, 20)
    start = int(CALENDAR.start_of(day).timestamp())
    many = [api_lead(number, created_at=start + number, updated_at=start + number, closed_at=start + number)
            for number in range(1, 601)]
    crm.data = crm_data(many)
    left = [True]

    def first_deal_leaves() -> None:
        """One deal of the first page is deleted while the pages are read: all others move up by one."""
        if left:
            left.clear()
            crm.data = crm_data([{**lead, "is_deleted": lead["id"] == 3} for lead in many])

    crm.after_page = first_deal_leaves
    backfill_amocrm(context, DateRange(day, day))
    assert set(sales(context)) >= {number for number in range(1, 601) if number != 3}
    assert reconcile_amocrm(context, DateRange(day, day)).is_proof
    assert set(sales(context)) == {number for number in range(1, 601) if number != 3}


def test_everything_that_differs_is_healed_and_proved(context: JobContext, crm: AmocrmStandIn) -> None:
    backfill_amocrm(context, DAYS)
    by_id = {lead["id"]: dict(lead) for lead in LEADS}
    by_id[1] |= {"price": 99_999, "updated_at": moment(0.5)}                         # a price was edited
    by_id[2] |= {"status_id": LOST, "updated_at": moment(0.5)}                       # a sale was taken back
    by_id[41] |= {"status_id": WON, "closed_at": moment(0.6), "updated_at": moment(0.5)}   # won unheard
    by_id[3] |= {"is_deleted": True}                                                 # deleted unheard
    by_id[100] = api_lead(100)                                                       # never heard of
    by_id[4] |= {"closed_at": moment(50), "updated_at": moment(0.5)}                 # closed on another day
    crm.data = crm_data(list(by_id.values()))
    done = reconcile_amocrm(context, DAYS)
    assert (done.found, done.left, done.money_left, done.differences) == (6, 0, 0, ())
    assert sales(context) == expected([lead for lead in by_id.values() if not lead["is_deleted"]])
    won = [lead for lead in by_id.values() if lead["status_id"] == WON and not lead["is_deleted"]
           and lead["pipeline_id"] != 777]
    assert (done.deals, done.money) == (len(won), sum(lead["price"] for lead in won))
    again = reconcile_amocrm(context, DAYS)
    assert (again.found, again.is_proof) == (0, True)
    with context.database.transaction() as connection:
        kept = load_reconciliations(connection)
    assert sorted((one.found, one.left) for one in kept) == [(0, 0), (6, 0)]


def test_a_difference_that_cannot_be_healed_is_listed(context: JobContext, crm: AmocrmStandIn) -> None:
    backfill_amocrm(context, DAYS)
    with context.database.transaction() as connection:
        connection.execute(text("""
            INSERT INTO amocrm_events (event_key, deal_id, action, occurred_at, has_own_time, received_at, payload)
            SELECT 'later', 5, 'update', now() + interval '5 years', true, now(), '{"price": "7", "price_given": true}'
            """))
        connection.execute(text("UPDATE all_sales_tracking SET sale_amount = 7 WHERE deal_id = 5"))
    done = reconcile_amocrm(context, DAYS)
    assert (done.found, done.left) == (1, 1)
    (one,) = done.differences
    assert (one.pipeline_id, one.status_id, one.their_deals, one.our_deals) == (EXPRESS, WON, 1, 1)
    assert (one.their_money, one.our_money, done.money_left) == (1005, 7, 998)
    run_id = ask_for_run(context, "amocrm_reconcile", {"from": DAYS.first.isoformat(), "to": DAYS.last.isoformat()})
    run_next(context)
    with context.database.transaction() as connection:
        run = load_run(connection, str(run_id))
    assert run is not None and (run.status, run.counts["left"]) == ("partial", 1)


def test_the_hook_is_subscribed_and_a_disabled_one_made_anew(context: JobContext, crm: AmocrmStandIn) -> None:
    assert reconcile_amocrm(context, DAYS).hook == "subscribed"
    assert reconcile_amocrm(context, DAYS).hook == "ok"
    crm.hooks[0]["disabled"] = True
    assert reconcile_amocrm(context, DAYS).hook == "subscribed"
    assert [(hook["destination"], hook["disabled"]) for hook in crm.hooks] == [(HOOK, False)]


@pytest.mark.parametrize("fault", ["html_504", "html_200", "cut_json", "reset"])
def test_a_passing_fault_changes_nothing(context: JobContext, crm: AmocrmStandIn, fault: str) -> None:
    crm.fail_next("leads", fault, times=2)
    backfill_amocrm(context, DAYS)
    assert sales(context) == expected(LEADS)


def connect(context: JobContext, crm: AmocrmStandIn) -> AmocrmAuth:
    auth = AmocrmAuth(CLIENT, SECRET, f"{PUBLIC}/callback")
    assert crm.oauth is not None
    tokens = auth.exchange_code(crm.url, crm.oauth.new_code())
    with context.database.transaction() as connection:
        save_connection(connection, context.cipher, crm.url, ACCOUNT, "example", tokens, NOW, None)
    return auth


def test_a_token_that_ended_is_renewed_once_whoever_asks(context: JobContext, crm: AmocrmStandIn) -> None:
    connect(context, crm)
    assert demand_client(context).fetch_account().id == ACCOUNT
    assert crm.oauth is not None
    crm.oauth.end_access()
    clients = [demand_client(context) for _ in range(4)]
    ids: list[int] = []
    threads = [threading.Thread(target=lambda one=one: ids.append(one.fetch_account().id)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids == [ACCOUNT] * 4
    assert crm.oauth.used_twice == 0
    assert sum(one.path == "/oauth2/access_token" for one in crm.server.requests) == 2
    late = replace(context, clock=lambda: NOW + timedelta(days=2))
    assert demand_client(late).fetch_account().id == ACCOUNT
    assert sum(one.path == "/oauth2/access_token" for one in crm.server.requests) == 3


def test_tokens_are_kept_encrypted(context: JobContext, crm: AmocrmStandIn) -> None:
    connect(context, crm)
    with context.database.transaction() as connection:
        row = connection.execute(text("SELECT access_token, refresh_token FROM amocrm_connection")).one()
        shown = load_connection(connection)
    token = StoredTokens(context.database, context.cipher, lambda *_: pytest.fail("renewed"), context.clock).current()
    assert len(token) == 40
    assert token.encode() not in bytes(row.access_token) + bytes(row.refresh_token)
    assert token not in repr(shown)


def test_a_refused_renewal_asks_for_a_person(context: JobContext, crm: AmocrmStandIn) -> None:
    auth = connect(context, crm)
    assert crm.oauth is not None
    crm.oauth.end_access()
    crm.oauth._refresh.clear()
    with pytest.raises(TokenInvalid, match="connected again"):
        demand_client(context).fetch_account()
    with pytest.raises(TokenInvalid):
        auth.exchange_code(crm.url, "no such code")


def test_without_a_connection_nothing_is_called(context: JobContext) -> None:
    context.settings.amocrm_access_token = None  # type: ignore[misc]
    with pytest.raises(NotConnected):
        backfill_amocrm(context, DAYS)


def test_all_processes_keep_one_pace(context: JobContext) -> None:
    slept: list[float] = []
    paces = [SharedPace(context.database, 10.0, slept.append) for _ in range(3)]
    for _ in range(4):
        for pace in paces:
            pace.wait()
    assert len(slept) >= 8
    assert max(slept) > 0.5
    paces[0].hold_back(30)
    paces[1].wait()
    assert slept[-1] > 29


def test_the_allowed_rate_is_kept_and_used(context: JobContext, crm: AmocrmStandIn) -> None:
    context.settings.amocrm_rate_limit = 20.0  # type: ignore[misc]
    crm._rate_limit = 24
    backfill_amocrm(context, DAYS)
    assert crm.refused == 0
    assert sales(context) == expected(LEADS)


@pytest.mark.parametrize(("referer", "address"), [
    ("example.amocrm.ru", "https://example.amocrm.ru"), ("https://Example.kommo.com/x", "https://example.kommo.com")])
def test_the_account_is_one_of_amocrm(referer: str, address: str) -> None:
    assert account_address(referer) == address
    for foreign in ("amocrm.ru.evil.example", "evil.example/.amocrm.ru", "", "https://evilamocrm.ru"):
        with pytest.raises(AmocrmError):
            account_address(foreign)
