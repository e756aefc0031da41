"""What must hold for any rules, marks and leads at all."""

import random
import time
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.attribution import (
    Alias,
    Binding,
    CampaignRef,
    PersonLead,
    Rules,
    Touch,
    attribute_campaign,
    attribute_deal,
    attribute_touch,
)
from core.records import Utm
from tests.unit.core.attribution_world import DAY, SOLD, team, touch

SLUGS = st.sampled_from(["a", "b", "a_b", "kenesary"])
WORDS = st.sampled_from(["a", "b", "fb", "kab", "kenesary", "fb_a", "fb_a_b", "fb_a_1", "x", "12", "13"])
NAMES = st.lists(WORDS, max_size=4).map("_".join)
MAYBE = st.none() | WORDS
ALIASES = st.lists(
    st.builds(Alias, id=st.uuids().map(str), team_slug=SLUGS, utm_source=MAYBE, utm_medium=MAYBE, campaign_token=WORDS,
              funnel=MAYBE, priority=st.integers(0, 2)),
    max_size=6,
)
BINDINGS = st.lists(
    st.builds(Binding, id=st.uuids().map(str), team_slug=SLUGS, kind=st.sampled_from(["ad", "campaign", "account"]),
              external_id=st.sampled_from(["12", "13"])),
    max_size=4,
)
CAMPAIGNS = st.lists(
    st.builds(CampaignRef, id=st.uuids().map(str), external_id=st.sampled_from(["12", "13", "14"]),
              account_id=st.sampled_from(["12", "13"]), name=NAMES, team_slug=st.none() | SLUGS),
    max_size=3, unique_by=lambda campaign: campaign.external_id,
)
UTMS = st.builds(Utm, source=MAYBE, medium=MAYBE, campaign=st.none() | NAMES, content=MAYBE, id=MAYBE)
LEADS = st.lists(
    st.builds(PersonLead, lead_id=st.uuids().map(str), team_slug=st.none() | SLUGS,
              created_at=st.integers(-2, 100).map(lambda days: SOLD - timedelta(days=days)),
              by=st.sampled_from(["contact", "phone", "email"])),
    max_size=5,
)
FOUR = tuple(team(slug) for slug in ("a", "b", "a_b", "kenesary"))


@settings(max_examples=300)
@given(ALIASES, BINDINGS, CAMPAIGNS, UTMS, LEADS, st.randoms())
def test_no_order_of_anything_changes_the_result(aliases, bindings, campaigns, utm, leads, chance: random.Random):
    def shuffled(items):
        return tuple(chance.sample(list(items), len(items)))

    rules = Rules(FOUR, tuple(aliases), tuple(bindings), tuple(campaigns))
    other = Rules(shuffled(FOUR), shuffled(aliases), shuffled(bindings), shuffled(campaigns))
    moment = Touch(utm, DAY, "x")
    assert attribute_touch(moment, rules) == attribute_touch(moment, other)
    assert attribute_deal(moment, SOLD, leads, rules) == attribute_deal(moment, SOLD, shuffled(leads), other)
    for campaign in campaigns:
        assert attribute_campaign(campaign, DAY, rules) == attribute_campaign(campaign, DAY, other)


@settings(max_examples=300)
@given(ALIASES, BINDINGS, CAMPAIGNS, UTMS, LEADS)
def test_a_result_is_either_a_team_with_its_rule_or_a_reason(aliases, bindings, campaigns, utm, leads):
    rules = Rules(FOUR, tuple(aliases), tuple(bindings), tuple(campaigns))
    moment = Touch(utm, DAY)
    for result in (attribute_touch(moment, rules), attribute_deal(moment, SOLD, leads, rules)):
        assert (result.team_slug is None) == (result.reason is not None)
        assert (result.team_slug is None) == (result.method is None) == (result.rule_id is None)
        assert (result.reason == "ambiguous") == (len(result.candidates) > 1)
        assert result.candidates == tuple(sorted(set(result.candidates)))


@given(st.text(), st.text())
def test_an_unknown_source_never_becomes_a_team(source, campaign):
    rules = Rules(teams=(team("kenesary"), team("muha")))
    result = attribute_touch(touch(source or None, campaign or None), rules)
    known = source.strip().lower().startswith(("fb_kenesary", "fb_muha"))
    assert known or result.team_slug is None


@given(SLUGS, SLUGS, WORDS)
def test_one_token_of_two_teams_is_always_ambiguous(one, other, token):
    rules = Rules(teams=FOUR, aliases=(Alias("x", one, campaign_token=token), Alias("y", other, campaign_token=token)))
    result = attribute_touch(touch("nobody", token), rules)
    assert result.team_slug == (one if one == other else None)
    assert result.candidates == (() if one == other else tuple(sorted((one, other))))


def test_twenty_thousand_touches_take_about_a_second():
    chance = random.Random(7)
    teams = tuple(team(f"team{number}") for number in range(20))
    aliases = tuple(Alias(f"al-{n}", f"team{n % 20}", utm_source=f"src{n}") for n in range(200)) + tuple(
        Alias(f"tk-{n}", f"team{n % 20}", campaign_token=f"tok{n} kab") for n in range(200))
    campaigns = tuple(CampaignRef(f"u-{n}", f"1202{n:06}", "555", f"Campaign {n} kab") for n in range(1000))
    rules = Rules(teams, aliases, (Binding("b", "team1", "account", "999"),), campaigns)
    sources = ["fb_team1", "fb_team2_17.12", "src77", "facebook", "google", None]
    touches = [touch(chance.choice(sources), f"Campaign {chance.randrange(2000)} tok{chance.randrange(400)} kab",
                     content="ad", id=str(chance.randrange(10**6))) for _ in range(20_000)]
    started = time.perf_counter()
    teamless = sum(attribute_touch(one, rules).team_slug is None for one in touches)
    assert 0 < teamless < 20_000
    assert time.perf_counter() - started < 3, "the look-ups must not grow with the rules"
