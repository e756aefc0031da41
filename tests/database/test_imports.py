"""Files of history through the jobs: the same tables, attributed and counted, twice is once, undo is exact."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text

from core.import_fields import ImportKind, guess_mapping
from core.import_files import open_table
from core.records import AdAccount, AdDay, DateRange, DealEvent, Team
from data.ads import replace_window
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.engine import Database
from data.imports import create_import, load_import, save_reading
from data.rules import load_rules
from jobs.context import JobContext
from jobs.import_files import apply_import, check_import, undo_import
from jobs.recalculate_stats import recalculate_stats
from tests.factories import (
    make_account,
    make_ad_day,
    make_campaign,
    make_lead,
    make_rate,
    make_sale,
    make_team,
    make_user,
)
from tests.job_context import make_context

NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
# What an import may touch; all of it must be as before once it is undone.
WATCHED = ("landing_leads", "lead_tracking", "landing_lead_phones", "amocrm_events", "amocrm_contacts",
           "amocrm_deal_contacts", "amocrm_deals", "express_course_sales", "main_product_sales", "other_product_sales",
           "all_sales_tracking", "ad_campaigns", "ad_statistics", "traffic_stats", "import_records", "import_changes",
           "person_points")
# Times of writing; a row restored is written again.
UNWATCHED = {"id", "updated_at", "created_at", "attributed_at", "synced_at", "calculated_at", "lead_id",
             "landing_lead_id"}


class Desk:
    """An admin with files."""

    def __init__(self, jobs: Database) -> None:
        self.jobs = jobs
        self.context: JobContext = make_context(jobs, clock=lambda: NOW)
        with jobs.transaction() as connection:
            self.north: Team = make_team(connection, "north", utm_source="fb_north")
            self.admin = make_user(connection).id
            make_rate(connection, date(2026, 1, 1), "500")

    def upload(self, kind: ImportKind, content: str, **constants: str) -> str:
        """A draft with the mapping that the headers suggest."""
        table = open_table(content.encode())
        with self.jobs.transaction() as connection:
            key = create_import(connection, kind=kind, file_name=f"{kind}.csv", content=content.encode(),
                                digest=sha256(content.encode()).hexdigest(), table=table,
                                columns=guess_mapping(kind, table.header), user_id=self.admin)
            if constants:
                save_reading(connection, key, columns=guess_mapping(kind, table.header), constants=constants,
                             month_first=False, decimal_comma=False, user_id=self.admin)
        return key

    def check(self, key: str) -> dict[str, int]:
        return check_import(self.context, key, lambda done, total: None)

    def bring(self, kind: ImportKind, content: str, **constants: str) -> tuple[str, dict[str, int]]:
        key = self.upload(kind, content, **constants)
        self.check(key)
        counts = apply_import(self.context, key, lambda done, total: None)
        recalculate_stats(self.context)
        return key, counts

    def undo(self, key: str) -> dict[str, int]:
        counts = undo_import(self.context, key, lambda done, total: None)
        recalculate_stats(self.context)
        return counts

    def all(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.jobs.transaction() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def snapshot(self) -> dict[str, list[str]]:
        with self.jobs.transaction() as connection:
            return {table: sorted(
                str({name: value for name, value in row.items() if name not in UNWATCHED})
                for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()) for table in WATCHED}


@pytest.fixture
def desk(db_jobs: Database) -> Iterator[Desk]:
    return Desk(db_jobs)


LEADS = """Дата;Имя;Телефон;Почта;utm_source;utm_campaign
05.01.2026 14:03;Аня;8 (701) 000-00-01;anya@example.com;fb_north;Winter
06.01.2026 09:00;Боря;+7 702 000 00 02;;;
"""
SALES = """Дата продажи;Продукт;Сумма;Телефон;utm_source
10.01.2026;Экспресс;5 000;87010000001;
11.01.2026;Флагман;490 000,00;87770000009;fb_north
"""
SPEND = """day,channel,campaign,spend,currency,impressions,clicks
2026-01-05,tiktok,fb_north winter,12.50,USD,1000,10
2026-01-06,tiktok,unknown thing,6000,KZT,500,
"""


def test_leads_sales_and_spend_reach_the_same_tables_attributed_and_counted(desk: Desk) -> None:
    _, leads = desk.bring(ImportKind.LEADS, LEADS)
    _, sales = desk.bring(ImportKind.SALES, SALES)
    _, spend = desk.bring(ImportKind.SPEND, SPEND)
    assert (leads["new"], sales["new"], spend["new"]) == (2, 2, 2)
    assert desk.all("SELECT l.phone_norm, l.source, t.team_name, l.metadata ->> 'import', t.lead_day"
                    " FROM landing_leads l JOIN lead_tracking t ON t.lead_id = l.id ORDER BY 1") == [
        ("+77010000001", "import", desk.north.name, "leads.csv", date(2026, 1, 5)),
        ("+77020000002", "import", None, "leads.csv", date(2026, 1, 6))]
    assert desk.all("SELECT product, sale_amount, team_name, attribution_method, sale_day, amount_usd"
                    " FROM all_sales_tracking ORDER BY sale_day") == [
        ("express", Decimal("5000.00"), desk.north.name, "person_match", date(2026, 1, 10), Decimal("10.00")),
        ("flagman", Decimal("490000.00"), desk.north.name, "utm_exact", date(2026, 1, 11), Decimal("980.00"))]
    assert desk.all("SELECT count(*) FROM express_course_sales UNION ALL SELECT count(*) FROM main_product_sales") == [
        (1,), (1,)]
    assert desk.all("SELECT action FROM amocrm_events") == [("import",), ("import",)]
    assert desk.all("SELECT stat_date, team, spend_kzt, leads, express_sales, main_sales FROM traffic_stats"
                    " WHERE team IS NOT NULL ORDER BY 1, leads DESC") == [
        (date(2026, 1, 5), desk.north.name, 0, 1, 0, 0), (date(2026, 1, 5), desk.north.name, Decimal("6250"), 0, 0, 0),
        (date(2026, 1, 10), desk.north.name, 0, 0, 1, 0), (date(2026, 1, 11), desk.north.name, 0, 0, 0, 1)]
    assert desk.all("SELECT platform, name FROM ad_campaigns ORDER BY name") == [
        ("tiktok", "fb_north winter"), ("tiktok", "unknown thing")]


@pytest.mark.parametrize(("kind", "content"), [(ImportKind.LEADS, LEADS), (ImportKind.SPEND, SPEND),
                                               (ImportKind.SALES, SALES)], ids=["leads", "spend", "sales"])
def test_the_same_file_twice_changes_nothing_and_undo_leaves_no_trace(
    kind: ImportKind, content: str, desk: Desk
) -> None:
    recalculate_stats(desk.context)
    before = desk.snapshot()
    first, counts = desk.bring(kind, content)
    after = desk.snapshot()
    assert after != before and counts["new"] >= 2
    second, again = desk.bring(kind, content)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, counts["new"])
    assert desk.snapshot() == after
    assert desk.undo(second) == {"removed": 0, "restored": 0}
    assert desk.snapshot() == after
    assert desk.undo(first) == {"removed": counts["new"], "restored": 0}
    assert desk.snapshot() == before


@pytest.mark.parametrize(("kind", "content", "old", "new"), [
    (ImportKind.LEADS, LEADS.replace("Почта", "id").replace("anya@example.com", "1").replace("02;;;", "02;2;;"),
     "fb_north", "someone"),
    (ImportKind.SALES, SALES, "490 000,00", "450 000,00"),
    (ImportKind.SPEND, SPEND, "12.50", "13.75")], ids=["leads", "sales", "spend"])
def test_the_same_key_updates_and_undo_restores(kind: ImportKind, content: str, old: str, new: str, desk: Desk) -> None:
    desk.bring(kind, content)
    before = desk.snapshot()
    second, counts = desk.bring(kind, content.replace(old, new))
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 1, 1)
    assert desk.snapshot() != before
    assert desk.undo(second) == {"removed": 0, "restored": 1}
    assert desk.snapshot() == before


def test_what_came_in_by_itself_is_left_alone(desk: Desk) -> None:
    with desk.jobs.transaction() as connection:
        make_lead(connection, None, date(2026, 1, 5), phone_norm="+77010000001",
                  created_at=datetime(2026, 1, 5, 9, 3, 20, tzinfo=UTC))
        make_sale(connection, None, date(2026, 1, 10), deal_id=77, contact_phone="+77010000001", amount="5000")
        make_campaign(connection, None, campaign_id="991", name="Winter", account_id=make_account(connection))
        make_ad_day(connection, "991", date(2026, 1, 5))
    for kind, content, known in (
        (ImportKind.LEADS, LEADS, 1), (ImportKind.SALES, SALES, 1),
        (ImportKind.SPEND, "day;channel;campaign;spend;currency\n2026-01-05;facebook;winter;1;USD\n", 1),
    ):
        preview = desk.check(desk.upload(kind, content))
        assert preview["known"] == known, kind


def test_a_campaign_that_its_platform_reports_later_replaces_the_import(desk: Desk) -> None:
    with desk.jobs.transaction() as connection:
        account = make_account(connection, "55")
        make_campaign(connection, None, campaign_id="991", name="Winter", account_id=account)
    key, _ = desk.bring(ImportKind.SPEND, "day;channel;campaign id;spend\n2026-01-05;facebook;991;7\n",
                        currency="USD")
    day = date(2026, 1, 5)
    with desk.jobs.transaction() as connection:
        replace_window(connection, AdAccount("55", "a", "USD", "Asia/Almaty", 1), "campaign", DateRange(day, day),
                       [AdDay("55", "campaign", "991", "Winter", day, Decimal("9"), "USD")])
    desk.undo(key)
    assert desk.all("SELECT account_id, spend, import_record_id FROM ad_statistics") == [("55", Decimal("9"), None)]


def test_a_deal_that_amocrm_tells_later_takes_over(desk: Desk) -> None:
    key, _ = desk.bring(ImportKind.SALES, "sold_at;product;amount;deal_id\n2026-01-10;express;4000;500\n")
    at = datetime(2026, 2, 1, tzinfo=UTC)
    with desk.jobs.transaction() as connection:
        save_deal_events(connection, [(None, DealEvent(
            key="x", deal_id=500, action="update", occurred_at=at, has_own_time=True, received_at=at,
            pipeline_id=10350882, status_id=142, price=Decimal(5000), price_given=True,
            created_at=datetime(2026, 1, 9, tzinfo=UTC), closed_at=datetime(2026, 1, 10, 8, tzinfo=UTC)))])
        settle_deals(connection, [500], load_rules(connection), desk.context.calendar)
    stands = [(500, Decimal("5000.00"), False, 10350882)]
    told = "SELECT deal_id, sale_amount, is_reversed, pipeline_id FROM all_sales_tracking"
    assert desk.all(told) == stands
    desk.undo(key)
    assert desk.all(told) == stands


def test_each_problem_names_its_line_and_the_others_are_applied(desk: Desk) -> None:
    content = ("sold_at;product;amount;phone\n2026-13-01;express;1;+77010000001\n2026-01-02;teapot;1;+77010000001\n"
               "2026-01-03;express;12,34,5;+77010000001\n2099-01-03;express;1;+77010000001\n"
               "2026-01-04;express;5000;+77010000001\n2026-01-04;express;6000;+77010000001\n")
    key = desk.upload(ImportKind.SALES, content)
    counts = desk.check(key)
    assert (counts["rows"], counts["wrong"], counts["new"]) == (6, 5, 1)
    with desk.jobs.transaction() as connection:
        found = load_import(connection, key)
    assert found is not None and found.preview is not None
    assert [(one["line"], one["field"], one["key"]) for one in found.preview["problems"]] == [
        (2, "sold_at", "imports.row.date"), (3, "product", "imports.row.product"),
        (4, "amount", "imports.row.amount"), (5, "sold_at", "imports.row.date_range"),
        (7, "", "imports.row.repeated")]
    assert apply_import(desk.context, key, lambda done, total: None)["new"] == 1


def test_an_interrupted_import_goes_on_or_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.import_files._AT_ONCE", 1)
    before = desk.snapshot()
    key = desk.upload(ImportKind.LEADS, LEADS)
    desk.check(key)
    stop = desk.context.stop
    assert apply_import(desk.context, key, lambda done, total: stop.set())["new"] == 1
    stop.clear()
    assert desk.all("SELECT count(*) FROM landing_leads") == [(1,)]
    assert apply_import(desk.context, key, lambda done, total: None) == {
        "new": 1, "changed": 0, "unchanged": 1, "known": 0, "wrong": 0}
    with desk.jobs.transaction() as connection:
        found = load_import(connection, key)
    assert found is not None
    assert (found.status, dict(found.counts), found.has_content) == ("applied", {"new": 2, "changed": 0}, False)
    assert undo_import(desk.context, key, lambda done, total: stop.set()) == {"removed": 1, "restored": 0}
    stop.clear()
    assert desk.undo(key) == {"removed": 1, "restored": 0}
    assert desk.snapshot() == before


def test_an_imported_lead_explains_a_sale_until_it_is_taken_back(desk: Desk) -> None:
    desk.bring(ImportKind.SALES, "sold_at;product;phone\n2026-01-10;express;87010000001\n")
    told = "SELECT team_name, attribution_method, lead_day FROM all_sales_tracking"
    nobody = desk.all(told)
    key, _ = desk.bring(ImportKind.LEADS, LEADS)
    assert desk.all(told) == [(desk.north.name, "person_match", date(2026, 1, 5))]
    desk.undo(key)
    assert desk.all(told) == nobody == [(None, None, None)]


def test_an_imported_lead_joins_a_person_until_it_is_taken_back(desk: Desk) -> None:
    desk.bring(ImportKind.LEADS, "date;phone;utm_source\n2026-01-02;87010000001;fb_north\n")
    desk.bring(ImportKind.SALES, "sold_at;product;email\n2026-01-10;express;anya@example.com\n")
    told = "SELECT team_name FROM all_sales_tracking"
    before = desk.snapshot()
    assert desk.all(told) == [(None,)]
    key, _ = desk.bring(ImportKind.LEADS, "date;phone;email\n2026-01-03;87010000001;anya@example.com\n")
    assert desk.all(told) == [(desk.north.name,)], "the phone and the e-mail are one person's"
    desk.undo(key)
    assert desk.all(told) == [(None,)]
    assert desk.snapshot()["person_points"] == before["person_points"]
