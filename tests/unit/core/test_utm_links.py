"""Links with marks: built, checked, and judged by the attribution that will count them."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.attribution_rules import Alias, Rules
from core.records import Team
from core.utm_links import AdRow, base_flaw, build_link, judge, mark_flaw, marks_of_ad, parse_ads, source_flaw

DAY = date(2026, 1, 15)
NORTH = Team("1", "north", "North", "#A78BFA", "🟣", "fb_north", True)
SOUTH = Team("2", "south", "South", "#A78BFA", "🟣", "fb_south", True)
RULES = Rules(teams=(NORTH, SOUTH), aliases=(Alias("a", "north", "shared"), Alias("b", "south", "shared")))


def test_marks_replace_those_of_the_base_and_macros_stay() -> None:
    link = build_link("https://a.kz/p?x=1&utm_source=old#form", {
        "source": "fb_north", "medium": "cpc", "campaign": "{{campaign.name}} 1&2", "content": "", "id": "{{ad.id}}"})
    assert link == ("https://a.kz/p?x=1&utm_source=fb_north&utm_medium=cpc&utm_campaign={{campaign.name}}%201%262"
                    "&utm_id={{ad.id}}#form")


letters = st.characters(exclude_categories=("C",), exclude_characters="{}")
words = st.text(letters, min_size=1, max_size=40).filter(str.strip)


@given(st.dictionaries(st.sampled_from(["source", "medium", "campaign", "content", "term", "id"]), words))
def test_what_is_built_is_read_back(marks: dict[str, str]) -> None:
    read = dict(parse_qsl(urlsplit(build_link("https://a.kz/", marks)).query, keep_blank_values=True))
    assert read == {f"utm_{name}": value.strip() for name, value in marks.items()}


@pytest.mark.parametrize(("base", "flaw"), [
    ("", "utm.base_empty"), ("a.kz", "utm.base_form"), ("ftp://a.kz", "utm.base_form"),
    ("https://localhost", "utm.base_form"), ("https://a.kz/a b", "utm.base_form"),
    ("https://a.kz:port/", "utm.base_form"),
    ("https://a.kz/{{ad.id}}", "utm.base_macro"), ("javascript:alert(1)//a.kz", "utm.base_form"),
    ("https://акция.кз/курс", None), ("https://a.kz/p?x=1", None)])
def test_a_base_address(base: str, flaw: str | None) -> None:
    assert base_flaw(base) == flaw


@pytest.mark.parametrize(("value", "flaw"), [
    ("{{campaign.name}}_x", None), ("{{campaign.nam}}", "utm.mark_macro"), ("{{ad.id", "utm.mark_macro"),
    ("x" * 201, "utm.mark_long"), ("a\nb", "utm.mark_letters"), ("", None)])
def test_a_mark(value: str, flaw: str | None) -> None:
    assert mark_flaw(value) == flaw


def test_a_source_is_one_plain_word() -> None:
    assert [source_flaw(value) for value in ("", "a b", "{{site_source_name}}", "a&b", "fb_north")] == [
        "utm.source_empty", "utm.source_form", "utm.source_form", "utm.source_form", None]


@pytest.mark.parametrize(("source", "outcome", "method"), [
    ("fb_north", "own", "utm_exact"), ("FB_North", "own", "utm_exact"), ("fb_north_17.12", "own", "fb_slug"),
    ("fb_south", "other", "utm_exact"), ("facebook", "nobody", None), ("shared", "ambiguous", None)])
def test_attribution_itself_says_whose_a_sale_will_be(source: str, outcome: str, method: str | None) -> None:
    verdict = judge({"source": source, "medium": "cpc", "campaign": "{{campaign.name}}"}, "north", DAY, RULES)
    assert (verdict.outcome, verdict.method) == (outcome, method)


def test_a_pasted_list_becomes_links_of_its_own() -> None:
    ads = parse_ads("video 1\tset\tcamp\n\n;;\nreel;set 2;;fb_south\n")
    assert ads == (AdRow("video 1", "set", "camp"), AdRow("reel", "set 2", "", "fb_south"))
    template = {"source": "fb_north", "campaign": "{{campaign.name}}", "content": "{{ad.name}}", "id": "{{ad.id}}"}
    assert marks_of_ad(template, ads[0]) == {"source": "fb_north", "campaign": "camp", "content": "video 1",
                                             "id": "{{ad.id}}"}
    assert marks_of_ad(template, ads[1])["source"] == "fb_south"
