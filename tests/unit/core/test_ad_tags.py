"""The tags of live ads, judged: every fault of the list, and what must never be called one."""

from datetime import date

import pytest

from core.ad_tags import AdNames, LiveAd, TagFault, click_tags, is_broken_macro, lint_ad, tags_of_links
from core.attribution_rules import Alias, Rules
from core.records import Team

DAY = date(2026, 11, 22)
SUNKAR = Team("1", "sunkar", "Sunkar", "#000000", "x", "fb_sunkar")
ALTAI = Team("2", "altai", "Altai", "#000000", "x", "fb_altai")
RULES = Rules(teams=(SUNKAR, ALTAI), aliases=(
    Alias("a", "altai", utm_source="altaifb"), Alias("b", "sunkar", utm_source="facebook", utm_medium="sunkarads")))
PAGE = "https://academy.example/course"
REST = "&utm_medium=cpc&utm_campaign={{campaign.id}}"


def ad(url_tags: str | None, *links: str) -> LiveAd:
    return LiveAd("9", "1", "7", "8", "ad", url_tags=url_tags, links=links or (PAGE,))


@pytest.mark.parametrize(("url_tags", "faults"), [
    ("utm_source=fb_sunkar" + REST, []),
    ("utm_source=FB_Sunkar" + REST, []),
    ("utm_source=fb_sunkar_17.12" + REST, []),
    ("utm_source=facebook&utm_medium=sunkarads&utm_campaign=1", []),
    (None, [("missing", "utm_source", None), ("missing", "utm_medium", None), ("missing", "utm_campaign", None)]),
    ("utm_source=&utm_medium=cpc&utm_campaign=x", [("missing", "utm_source", None)]),
    ("utm_source=fb_altai" + REST, [("foreign", "utm_source", "fb_altai")]),
    ("utm_source=altaifb" + REST, [("foreign", "utm_source", "altaifb")]),
    ("utm_source=fb_sunkra" + REST, [("typo", "utm_source", "fb_sunkra")]),
    ("utm_source=fbsunkar" + REST, [("typo", "utm_source", "fbsunkar")]),
    ("utm_source=fb_sunkarr" + REST, [("typo", "utm_source", "fb_sunkarr")]),
    ("utm_source=facebook" + REST, [("unknown", "utm_source", "facebook")]),
    ("utm_source=fb_sunkar&utm_medium=cpc&utm_campaign={{campain.id}}", [
        ("macro", "utm_campaign", "{{campain.id}}")]),
    ("utm_source=fb_sunkar&utm_medium=cpc&utm_campaign={campaign.id}", [("macro", "utm_campaign", "{campaign.id}")]),
    ("utm_source=fb_sunkar&utm_medium=cpc&utm_campaign=__CAMPAIGN_NAME__", [
        ("macro", "utm_campaign", "__CAMPAIGN_NAME__")]),
    ("utm_source={{site_source_name}}" + REST, []),
    ("utm_source=fb_sunkar&utm_medium=cpc&utm_campaign=autumn sale", []),
])
def test_each_fault_is_named(url_tags: str | None, faults: list[tuple[str, str, str | None]]) -> None:
    found = lint_ad(ad(url_tags), SUNKAR, RULES, DAY)
    assert [(str(one.fault), one.tag, one.found) for one in found] == faults


def test_what_should_stand_there_is_said() -> None:
    [typo] = lint_ad(ad("utm_source=fb_sunkra" + REST), SUNKAR, RULES, DAY)
    assert typo.expected == "fb_sunkar"
    [macro] = lint_ad(ad("utm_source=fb_sunkar&utm_medium=cpc&utm_campaign={{campain.id}}"), SUNKAR, RULES, DAY)
    assert macro.expected == "{{campaign.id}}"


def test_url_tags_replace_what_the_link_says_and_complete_it() -> None:
    assert click_tags(PAGE + "?utm_source=old&UTM_Medium=cpc&x=1#top", "utm_source=new") == {
        "utm_source": "new", "utm_medium": "cpc"}
    assert click_tags("https://[bad/?utm_source=a", None) == {"utm_source": "a"}


def test_each_link_of_an_ad_is_judged_and_a_fault_stands_once() -> None:
    good = PAGE + "?utm_source=fb_sunkar" + REST
    found = lint_ad(ad(None, good, PAGE, PAGE + "/two"), SUNKAR, RULES, DAY)
    assert [one.tag for one in found] == ["utm_source", "utm_medium", "utm_campaign"]


@pytest.mark.parametrize("link", ["http://fb.me/", "https://www.facebook.com/page", "https://wa.me/7701", "fb.me/x",
                                  "https://api.whatsapp.com/send"])
def test_an_ad_that_leads_to_no_page_of_ours_is_never_wrong(link: str) -> None:
    assert tags_of_links(ad(None, link)) == ()
    assert lint_ad(LiveAd("9", "1", "7", None, "post"), SUNKAR, RULES, DAY) == ()


def test_a_site_that_only_looks_like_facebooks_is_ours() -> None:
    assert len(tags_of_links(ad(None, "https://notfacebook.com/"))) == 1


def test_without_a_team_a_source_is_nobodys_fault() -> None:
    assert lint_ad(ad("utm_source=anything" + REST), None, RULES, DAY) == ()


NAMED = "utm_source=fb_sunkar&utm_medium=cpc&utm_campaign={{campaign.name}}&utm_content={{ad.name}}"


@pytest.mark.parametrize(("published", "current", "tags"), [
    ({"campaign": "old", "ad": "a"}, {"campaign": "new", "ad": "a"}, ["utm_campaign"]),
    ({"campaign": "old", "ad": "a"}, {"campaign": "new", "ad": "b"}, ["utm_campaign", "utm_content"]),
    ({"campaign": "same", "ad": "a"}, {"campaign": "same", "ad": "a"}, []),
    ({}, {"campaign": "new"}, []), ({"adset": "old"}, {"adset": "new"}, [])])
def test_a_name_macro_is_frozen_by_a_rename(
        published: dict[str, str], current: dict[str, str], tags: list[str]) -> None:
    found = lint_ad(ad(NAMED), SUNKAR, RULES, DAY, AdNames(published, current))
    assert [one.tag for one in found if one.fault is TagFault.FROZEN] == tags


@pytest.mark.parametrize("value", ["{{campaign.id}}_{{ad.id}}", "a[b]", "50%", "{{ placement }}"])
def test_what_facebook_replaces_is_no_broken_macro(value: str) -> None:
    assert not is_broken_macro(value)
