"""What a team may be called and look like: look-alikes, colours, emoji, marks that already count for somebody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.attribution import Touch, attribute_touch
from core.attribution_rules import Alias, Rules
from core.colours import contrast_on_page
from core.emails import email_flaw
from core.emoji import is_one_emoji
from core.pasted_marks import read_marks
from core.records import Team, Utm
from core.team_names import SLUG, foreign_letters, propose_slug, skeleton
from core.team_rules import TeamDraft, team_flaws
from core.texts import LOCALES, locale, t
from core.whose import explain

DAY = date(2026, 11, 22)
ALTAI = Team("1", "altai", "Алтай", "#4CC3F7", "🏔️", "fb_altai")
OLD = Team("2", "muha", "Muha", "#E5DB5A", "🪰", "muha", is_active=False)
RULES = Rules(teams=(ALTAI, OLD), aliases=(Alias("a", "altai", utm_source="altai_kz"),))
GOOD = {"name": "Барыс", "slug": "barys", "color": "#FF8F6B", "emoji": "🐆", "utm_source": "fb_barys"}


def flaws(**changes: str) -> dict[str, str]:
    return {one.field: one.key for one in team_flaws(TeamDraft(**{**GOOD, **changes}), RULES, DAY)}


@pytest.mark.parametrize(("name", "slug"), [
    ("Барыс", "barys"), ("Жетысу", "zhetysu"), ("Әлем Қазақ", "alem-kazak"), ("Ұшқын № 5", "ushkyn-no-5"),
    ("Щука & Ёж", "schuka-ezh"), ("  North–East  ", "north-east"), ("Café", "cafe"), ("🐆", ""),
])
def test_a_slug_is_proposed_from_the_name(name: str, slug: str) -> None:
    assert propose_slug(name) == slug


@given(st.text(max_size=80))
def test_a_proposed_slug_is_a_slug_or_nothing(name: str) -> None:
    slug = propose_slug(name)
    assert slug == "" or SLUG.fullmatch(slug)
    assert foreign_letters(slug) == ""


@pytest.mark.parametrize("name", ["алтай", "АЛТАЙ", "Aлтaй", " Алтай ", "Ал-тай", "Aлтай!"])
def test_a_name_that_looks_the_same_is_refused(name: str) -> None:
    assert flaws(name=name) == {"name": "teams.name.taken"}
    assert skeleton(name) == skeleton("Алтай")


def test_a_name_in_the_archive_is_said_to_be_there() -> None:
    assert flaws(name="МUНА", slug="other", utm_source="other") == {"name": "teams.name.archived"}


@pytest.mark.parametrize(("slug", "key"), [
    ("", "empty"), ("аltai", "foreign"), ("Altai", "form"), ("ba rys", "form"), ("none", "form"), ("-x", "form"),
    ("x" * 41, "long"), ("a1tai", "taken"), ("al-tai", "taken"),
])
def test_a_slug_that_misleads_is_refused(slug: str, key: str) -> None:
    assert flaws(slug=slug).get("slug") == f"teams.slug.{key}"


@pytest.mark.parametrize(("field", "mark", "key"), [
    ("utm_source", "altai_kz", "counted"), ("utm_source", "fb_altai_new", "counted"),
    ("utm_source", "fb_aItai", "taken"), ("utm_source", "FB_ALTAI".lower(), "taken"),
    ("utm_source", "fb барыс", "form"), ("utm_source", "fb_барыс", "foreign"),
    ("slug", "altai-new", "counted"),
])
def test_a_mark_that_counts_for_another_team_is_refused(field: str, mark: str, key: str) -> None:
    assert flaws(**{field: mark})[field] == f"teams.source.{key}"


def test_what_is_right_has_no_flaw_and_a_team_does_not_stand_in_its_own_way() -> None:
    assert flaws() == {}
    draft = TeamDraft(ALTAI.name, ALTAI.color, ALTAI.emoji, "altai_kz")
    assert team_flaws(draft, RULES, DAY, ALTAI) == []


@pytest.mark.parametrize(("emoji", "is_one"), [
    ("🐆", True), ("👨‍👩‍👧‍👦", True), ("🏳️‍🌈", True), ("🇰🇿", True), ("👍🏽", True), ("❤️", True), ("5️⃣", True),
    ("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", True), ("⚡", True), ("🧑🏽‍💻", True),
    ("🐆🐺", False), ("🇰🇿🇰🇿", False), ("a", False), ("7", False), ("🐆 ", False), ("", False), ("🐆x", False),
    ("\u200d", False), ("‍🐆", False),
])
def test_one_emoji_is_one_picture(emoji: str, is_one: bool) -> None:
    assert is_one_emoji(emoji) is is_one


@pytest.mark.parametrize(("colour", "contrast"), [
    ("#000000", "1"), ("#FFFFFF", "21"), ("#FF8F6B", "9.3"), ("#5C4B8A", "2.7"), ("#777777", "4.6"),
])
def test_the_contrast_of_a_colour_is_told(colour: str, contrast: str) -> None:
    assert abs(float(contrast_on_page(colour)) - float(contrast)) <= 0.11
    expected = {} if float(contrast) >= 4.5 else {"color": "teams.color.dark"}
    assert flaws(color=colour) == expected


def test_a_dark_colour_is_refused_with_its_figure() -> None:
    flaw = team_flaws(TeamDraft(**{**GOOD, "color": "#5C4B8A"}), RULES, DAY)[0]
    for code in LOCALES:
        with locale(code):
            assert str(contrast_on_page("#5C4B8A")) in t(flaw.key, **flaw.values)


@pytest.mark.parametrize(("address", "key"), [
    ("", "empty"), ("aliya", "no_at"), ("@academy.kz", "no_at"), ("aliya@academy,kz", "comma"),
    ("a b@academy.kz", "blank"),
    ("аliya@academy.kz", "letters"), ("aliya@academy", "domain"), ("x" * 250 + "@a.kz", "too_long"),
])
def test_an_address_is_refused_with_what_is_wrong(address: str, key: str) -> None:
    flaw = email_flaw(address)
    assert flaw is not None
    assert flaw.key == f"email.{key}"
    assert t(flaw.key, **flaw.values)
    assert email_flaw("Aliya.N@academy.kz") is None


@pytest.mark.parametrize(("text", "utm"), [
    ("https://academy.kz/1day?utm_source=fb_barys_17.12&utm_medium=cpc&utm_campaign=barys_1day",
     Utm("fb_barys_17.12", "cpc", "barys_1day")),
    ("utm_source=fb_altai&utm_medium=cpc", Utm("fb_altai", "cpc")),
    ("utm_source=fb_altai\nutm_medium=cpc", Utm("fb_altai", "cpc")),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.kz%2F%3Futm_source%3Dfb_dala%26utm_medium%3Dcpc&h=AT0",
     Utm("fb_dala", "cpc")),
    ("https://l.facebook.com/l.php?h=AT0", Utm()), ("http://[::1", Utm()),
    (" fb_altai ", Utm("fb_altai")), ("https://academy.kz/", Utm()), ("", Utm()),
])
def test_pasted_marks_are_read(text: str, utm: Utm) -> None:
    assert read_marks(text) == utm


@pytest.mark.parametrize(("text", "team", "steps"), [
    ("https://a.kz/?utm_source=fb_altai_17.12", "altai", ["silent", "silent", "decided", "silent", "silent"]),
    ("altai_kz", "altai", ["silent", "decided", "silent", "silent", "silent"]),
    ("instagram", None, ["silent"] * 5), ("https://a.kz/", None, []),
])
def test_whose_a_mark_is_comes_with_every_rule(text: str, team: str | None, steps: list[str]) -> None:
    found = explain(read_marks(text), DAY, RULES)
    assert (found.found.team_slug, [one.outcome for one in found.says]) == (team, steps)
    told = found.to_json()
    assert told["message"]
    assert all(one["title"] and one["message"] for one in told["steps"])


MARKS = st.sampled_from(["fb_altai", "fb_altai_17", "altai_kz", "fb_muha", "muha", "fb_barys", "instagram", None])


@given(MARKS, st.sampled_from(["altai promo", "muha sale", None]))
def test_a_merged_teams_marks_count_for_the_team_that_took_it_in(source: str | None, campaign: str | None) -> None:
    tokens = (*RULES.aliases, Alias("t", "muha", campaign_token="muha"))
    before = Rules(teams=RULES.teams, aliases=tokens)
    merged = Team(**{**vars(OLD), "merged_into": "altai"})
    after = Rules(teams=(ALTAI, merged), aliases=tokens)
    touch = Touch(Utm(source=source, campaign=campaign), DAY)
    was, now = attribute_touch(touch, before), attribute_touch(touch, after)
    assert now.team_slug != "muha"
    if was.team_slug is not None:
        assert now.team_slug == "altai"
    elif was.reason == "ambiguous":
        assert now.team_slug == "altai", "torn between the two is no longer torn"
    else:
        assert now == was
