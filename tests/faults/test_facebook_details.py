"""Ad sets, ads and tags from the stand-in into the database: grains of their own, and every wrong ad told of once."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from core.ad_tags import TagFault
from core.records import DateRange
from data.ad_drilldown import load_below
from data.ad_objects import load_tag_errors
from data.facebook_days import load_campaign_days
from data.facebook_runs import load_account_runs, want_stop
from data.sync_runs import create_run
from demo.facebook_graph import GraphStandIn
from demo.graph_data import GraphAd, GraphData
from demo.loopback import Answer
from jobs import read_account as reading
from jobs import read_details as details
from jobs import sync_facebook as job
from jobs.context import JobContext
from jobs.sync_facebook import sync_facebook
from tests.faults.graph_world import GOOD_TAGS, TODAY, client_of, make_ads, truth_below
from tests.faults.sync_world import ALL, DATA, FIRST, SECOND, end_waits, expected, failures, last_run, stored

WITH_ADS = make_ads(DATA)


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def ads(graph: GraphStandIn) -> GraphStandIn:
    graph.data = WITH_ADS
    return graph


def below(context: JobContext, level: str) -> dict[tuple[str, date], Decimal | None]:
    with context.database.transaction() as connection:
        return {tuple(row[:2]): row[2] for row in connection.execute(text(
            "SELECT object_id, stat_date, spend FROM ad_statistics WHERE level = :level"), {"level": level})}


def test_ad_sets_and_ads_come_to_the_cent_and_are_never_added_to_campaigns(
        context: JobContext, ads: GraphStandIn) -> None:
    assert sync_facebook(context) == 4
    assert stored(context) == expected(DATA)
    for level in ("adset", "ad"):
        assert below(context, level) == truth_below(WITH_ADS, level, ALL)
    assert last_run(context).counts["detail_rows"] == sum(
        len(truth_below(WITH_ADS, level, ALL)) for level in ("adset", "ad"))
    campaign = DATA.campaigns[0]
    with context.database.transaction() as connection:
        found = load_below(connection, campaign.id, ALL)
    spent = sum(row.spend or 0 for row in DATA.days if row.object_id == campaign.id)
    assert [len(one.ads) for one in found] == [2, 1]
    assert sum(one.adset.spend or 0 for one in found) == spent
    assert sum(ad.spend or 0 for one in found for ad in one.ads) == spent


def test_a_deleted_ad_keeps_what_it_spent(context: JobContext, ads: GraphStandIn) -> None:
    gone = ("DELETED", "ARCHIVED", "DISAPPROVED", "ADSET_PAUSED")
    ads.data = replace(WITH_ADS, ads=tuple(
        replace(ad, effective_status=gone[number % 4]) for number, ad in enumerate(WITH_ADS.ads)))
    assert sync_facebook(context) == 4
    assert below(context, "ad") == truth_below(WITH_ADS, "ad", ALL)


def test_only_days_of_campaigns_become_dirty(context: JobContext, ads: GraphStandIn) -> None:
    sync_facebook(context)
    with context.database.transaction() as connection:
        connection.execute(text("DELETE FROM stats_dirty_days"))
    ads.data = replace(WITH_ADS, ads=tuple(replace(ad, share=5) for ad in WITH_ADS.ads))
    sync_facebook(context, ALL)
    assert below(context, "ad") == truth_below(ads.data, "ad", ALL)
    with context.database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM stats_dirty_days")).scalar_one() == 0


@pytest.mark.parametrize("fault", ["user_limit", "html_500", "permission", "cut_json"])
def test_a_fault_below_leaves_the_campaigns_read(
        context: JobContext, ads: GraphStandIn, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ads.fail_next(f"act_{FIRST.id}/ads", fault, times=1000)
    assert sync_facebook(context) == 4
    assert stored(context) == expected(DATA) and failures(context)[FIRST.id] is None
    [error] = last_run(context).errors
    assert error.startswith("Account 0: The campaigns were read, their ad sets and ads were not:")
    ads.server.faults.clear()
    end_waits(context)
    sync_facebook(context)
    assert last_run(context).status == "done"


def tagged(url_tags: str | None, link: str = "https://academy.example/course", **changes: object) -> GraphData:
    """The world with one ad of the first campaign tagged so."""
    first, *others = WITH_ADS.ads
    creative = {**first.creative, "url_tags": url_tags, "object_story_spec": {"link_data": {"link": link}}}
    if url_tags is None:
        del creative["url_tags"]
    return replace(WITH_ADS, ads=(replace(first, creative=creative, **changes), *others))   # type: ignore[arg-type]


def faults(context: JobContext) -> list[tuple[str, str, str | None, Decimal | None]]:
    with context.database.transaction() as connection:
        return [(one.error.fault, one.error.tag, one.error.found, one.spend) for one in load_tag_errors(connection)]


def messages(context: JobContext) -> list[str]:
    with context.database.transaction() as connection:
        return list(connection.execute(text("SELECT body FROM notifications ORDER BY created_at")).scalars())


def reread(context: JobContext) -> None:
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE ad_accounts SET tags_read_at = now() - interval '1 day'"))
    sync_facebook(context)


def spent_by(ad: GraphAd) -> Decimal:
    return sum((spend or Decimal(0) for (key, _), spend in truth_below(WITH_ADS, "ad", ALL).items() if key == ad.id),
               Decimal(0))


def test_wrong_tags_are_found_with_the_money_and_told_once(context: JobContext, ads: GraphStandIn) -> None:
    bad = WITH_ADS.ads[0]
    ads.data = tagged("utm_source=fb_taem&utm_medium=cpc&utm_campaign={{campaign.id}}")
    sync_facebook(context)
    assert faults(context) == [(TagFault.TYPO, "utm_source", "fb_taem", spent_by(bad))]
    [told] = messages(context)
    assert "fb_taem" in told and bad.name in told
    ads.data = tagged("utm_source=fb_other&utm_medium=cpc&utm_campaign={{campain.id}}")
    reread(context)
    # New tags, a new account of the money: nothing was spent under them in days that are over.
    found = faults(context)
    assert {one[:3] for one in found} == {(TagFault.FOREIGN, "utm_source", "fb_other"),
                                          (TagFault.MACRO, "utm_campaign", "{{campain.id}}")}
    assert {one[3] for one in found} <= {None, Decimal(0)}
    assert len(messages(context)) == 1, "the same ad is told of once"
    ads.data = WITH_ADS
    reread(context)
    assert faults(context) == []


def test_of_a_campaign_that_counts_no_longer_no_fault_stays(context: JobContext, ads: GraphStandIn) -> None:
    ads.data = tagged("utm_source=fb_taem&utm_medium=cpc&utm_campaign={{campaign.id}}")
    sync_facebook(context)
    assert len(faults(context)) == 1
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE ad_campaigns SET is_tracked = false WHERE campaign_id = :id"),
                           {"id": WITH_ADS.ads[0].campaign_id})
    reread(context)
    assert faults(context) == []


def test_an_ad_that_no_letter_names_yet_is_told_of_by_the_next(
        context: JobContext, ads: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    ads.data = tagged("utm_source=fb_taem&utm_medium=cpc&utm_campaign={{campaign.id}}")
    monkeypatch.setattr("jobs.lint_tags._MOST", 0)
    sync_facebook(context)
    assert faults(context) and messages(context) == []
    monkeypatch.undo()
    reread(context)
    assert len(messages(context)) == 1


def test_an_account_whose_currency_changed_adds_no_yen_to_dollars(context: JobContext, ads: GraphStandIn) -> None:
    ads.data = tagged("utm_source=fb_taem&utm_medium=cpc&utm_campaign={{campaign.id}}")
    sync_facebook(context)
    campaign, newest = WITH_ADS.ads[0].campaign_id, TODAY - timedelta(days=1)
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE ad_statistics SET currency = 'JPY' WHERE stat_date < :day"), {"day": newest})
        spends = [one.adset.spend for one in load_below(connection, campaign, ALL)]
        days = [row.spend for row in load_campaign_days(connection, ALL, 500) if row.campaign_id == campaign]
    assert spends == [None, None] and None not in days
    assert [one[3] for one in faults(context)] == [None]


def test_who_switched_a_channel_off_is_not_told_by_it(context: JobContext, ads: GraphStandIn) -> None:
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE traffic_targetologist_settings SET email_enabled = false,"
                                " notification_telegram = '42', telegram_enabled = false"))
    ads.data = tagged("utm_source=fb_taem&utm_medium=cpc&utm_campaign={{campaign.id}}")
    sync_facebook(context)
    assert faults(context) and messages(context) == []


def test_a_renamed_campaign_freezes_its_name_in_clicks(context: JobContext, ads: GraphStandIn) -> None:
    ads.data = tagged(GOOD_TAGS.replace("{{campaign.id}}", "{{campaign.name}}"))
    sync_facebook(context)
    assert faults(context) == []
    first, *others = ads.data.campaigns
    ads.data = replace(ads.data, campaigns=(replace(first, name="fb_team renamed"), *others))
    reread(context)
    assert [one[:3] for one in faults(context)] == [(TagFault.FROZEN, "utm_campaign", first.name)]


def test_an_ad_that_runs_no_longer_has_no_faults(context: JobContext, ads: GraphStandIn) -> None:
    ads.data = tagged(None)
    sync_facebook(context)
    assert {one[1] for one in faults(context)} == {"utm_source", "utm_medium", "utm_campaign"}
    ads.data = replace(ads.data, ads=tuple(replace(ad, effective_status="ARCHIVED") for ad in ads.data.ads))
    reread(context)
    assert faults(context) == []


def test_a_report_of_a_whole_account_that_fails_is_split_by_campaigns(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "connect", lambda context, token, account_id: client_of(graph))
    graph.too_much = {FIRST.id}
    graph.reports.most_campaigns = 1
    window = DateRange(TODAY - timedelta(days=2), TODAY - timedelta(days=1))
    assert sync_facebook(context, window) == 4
    assert stored(context) == expected(DATA, window)
    assert failures(context)[FIRST.id] is None


def test_a_field_taken_away_degrades_a_report_too(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(graph)
    graph.too_much = {FIRST.id}
    day = DateRange(TODAY - timedelta(days=1), TODAY - timedelta(days=1))
    gone = Answer(400, {"error": {"code": 100, "message": "(#100) reach is not valid for fields param."}})
    refuse = graph.reports.order
    monkeypatch.setattr(graph.reports, "order", lambda account, query: (
        refuse(account, query) if "reach" not in query["fields"] else _refused(gone)))
    rows = client.fetch_insights(FIRST, day)
    assert {row.reach for row in rows} == {None}
    assert {row.spend for row in rows} == {row.spend for row in DATA.days
                                          if row.account_id == FIRST.id and row.day == day.first}


def _refused(answer: Answer) -> dict[str, object]:
    from demo.graph_answers import GraphRefusal
    raise GraphRefusal(400, 100, answer.body["error"]["message"])


def test_a_person_sees_the_own_accounts_of_a_run_and_may_stop_the_own_run(context: JobContext) -> None:
    with context.database.transaction() as connection:
        owner = connection.execute(text("SELECT user_id::text FROM facebook_connections")).scalar_one()
        connection.execute(text("DELETE FROM facebook_account_links WHERE account_id = :id"), {"id": SECOND.id})
        run_id = create_run(connection, "facebook", {}, owner)
        assert want_stop(connection, run_id)
    assert sync_facebook(context, run_id=run_id) == 0
    sync_facebook(context)
    with context.database.transaction() as connection:
        timetable, mine = load_account_runs(connection, owner, 10)
    assert (timetable.by, timetable.status, mine.by, mine.status) == ("timetable", "done", "me", "failed")
    assert {one.account_id for one in timetable.accounts} == {one.id for one in DATA.accounts} - {SECOND.id}
    assert {one.status for one in mine.accounts} == {"failed"} and mine.is_stopping
    assert timetable.days is not None and timetable.days > 30


class _Killed(BaseException):
    """A process that ends in the middle, which no handler sees."""


def test_twenty_kills_a_restatement_and_retries_end_in_the_truth_of_every_grain(
        context: JobContext, ads: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(23)
    killed = 0
    window = DateRange(TODAY - timedelta(days=6), TODAY)
    for turn in range(20):
        left = chance.randrange(16)

        def die(real: Callable[..., Any], steps: list[int]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                result = real(*args, **kwargs)
                steps[0] -= 1
                if steps[0] < 0:
                    raise _Killed
                return result
            return call

        steps = [left]
        with monkeypatch.context() as patch:
            for place, name in ((details, "save_objects"), (details, "replace_window"), (details, "save_live_ads"),
                                (reading, "replace_window"), (job, "note_step"), (job, "end_account")):
                patch.setattr(place, name, die(getattr(place, name), steps))
            if turn == 10:
                ads.data = replace(WITH_ADS, days=tuple(replace(day, spend=(day.spend or Decimal(0)) + 1)
                                                        for day in WITH_ADS.days))
            ads.fail_next("insights", "html_500", times=turn % 3)
            try:
                sync_facebook(context, window)
            except _Killed:
                killed += 1
    assert killed >= 15, "most of the twenty processes really died"
    sync_facebook(context, ALL)
    assert stored(context) == expected(ads.data)
    for level in ("adset", "ad"):
        assert below(context, level) == truth_below(ads.data, level, ALL)
