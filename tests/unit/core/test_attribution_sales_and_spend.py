"""Sales matched by person, and the spend of campaigns."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.attribution import (
    Alias,
    Attribution,
    Binding,
    CampaignRef,
    PersonLead,
    Rules,
    attribute_campaign,
    attribute_deal,
)
from tests.unit.core.attribution_world import RULES, SOLD, TEAMS, outcome, team, touch


class TestPersonMatch:
    NO_UTM = touch()

    def lead(self, slug, days_before, by="phone", lead_id="l-1", campaign_id=None):
        return PersonLead(lead_id, SOLD - timedelta(days=days_before), slug, by, campaign_id)

    def deal(self, *leads, at=NO_UTM, rules=RULES, **more):
        return attribute_deal(at, SOLD, leads, rules, **more)

    def test_the_person_answers_when_the_deal_has_no_marks(self):
        assert self.deal(self.lead("muha", 3, campaign_id="u-1")) == Attribution(
            "muha", "person_match", "medium", "lead:l-1", lead_id="l-1", campaign_id="u-1")

    def test_the_person_answers_when_the_source_is_unknown(self):
        assert self.deal(self.lead("muha", 3), at=touch("facebook", medium="cpc")).team_slug == "muha"

    def test_the_deals_own_marks_come_first(self):
        assert outcome(self.deal(self.lead("muha", 3), at=touch("fb_kenesary"))) == ("kenesary", "utm_exact", None)

    def test_ambiguous_marks_are_not_settled_by_the_person(self):
        result = self.deal(self.lead("muha", 3), at=touch("facebook", "pb_agency_onAI"))
        assert outcome(result) == (None, None, "ambiguous") and result.candidates == ("a", "b")

    def test_a_lead_later_than_the_sale_does_not_count(self):
        assert outcome(self.deal(self.lead("muha", -0.01))) == (None, None, "no_person")
        assert self.deal(self.lead("muha", 0)).team_slug is None

    def test_the_look_back_is_a_setting(self):
        assert self.deal(self.lead("muha", 90)).team_slug == "muha"
        assert self.deal(self.lead("muha", 90.01)).team_slug is None
        assert self.deal(self.lead("muha", 90.01), rules=replace(RULES, look_back_days=120)).team_slug == "muha"

    def test_the_last_attributed_lead_wins(self):
        leads = [self.lead("muha", 9, lead_id="l-1"), self.lead("a", 5, lead_id="l-2"),
                 self.lead(None, 1, lead_id="l-3")]
        assert self.deal(*leads).lead_id == self.deal(*leads[::-1]).lead_id == "l-2"
        assert self.deal(self.lead("muha", 9, "contact"), self.lead("a", 5, "phone")).team_slug == "a"

    def test_an_email_is_asked_last_and_trusted_least(self):
        assert self.deal(self.lead("muha", 9, "phone"), self.lead("a", 1, "email")).team_slug == "muha"
        assert self.deal(self.lead("a", 1, "email")).confidence == "low"

    def test_two_teams_at_the_same_moment_are_ambiguous(self):
        result = self.deal(self.lead("muha", 3, lead_id="l-1"), self.lead("a", 3, lead_id="l-2"))
        assert outcome(result) == (None, None, "ambiguous") and result.candidates == ("a", "muha")

    def test_why_there_is_no_team(self):
        assert self.deal(at=touch("facebook")).reason == "unknown_source"
        assert self.deal().reason == "no_person"
        assert self.deal(self.lead(None, 3)).reason == "no_person"
        assert self.deal(person_known=False).reason == "no_utm"
        assert self.deal(at=touch("facebook"), person_known=False).reason == "unknown_source"


class TestCampaignSpend:
    def attribute(self, name, *, day=None, bindings=(), aliases=RULES.aliases, teams=TEAMS):
        campaign = CampaignRef("u-1", "1202", "555", name)
        return attribute_campaign(campaign, day, Rules(teams=teams, aliases=aliases, bindings=bindings))

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("pb_agency 1DAY", ("a", "campaign_token", None)),
            ("pb_agency_onAI_1DAY_kab3", (None, None, "ambiguous")),
            ("fb_kenesary_17.12", ("kenesary", "fb_slug", None)),
            ("Leads | FB Kenesary | 3", ("kenesary", "fb_slug", None)),
            ("fb_kenesary onai", (None, None, "ambiguous")),
            ("fb_muha fb_kenesary", (None, None, "ambiguous")),
            ("fb_b onai", ("b", "campaign_token", None)),
            ("kenesary", (None, None, "unknown_source")),
            ("fb_kenesary2", (None, None, "unknown_source")),
            ("optimal_test", (None, None, "unknown_source")),
            ("", (None, None, "unknown_source")),
        ],
    )
    def test_names(self, name, expected):
        assert outcome(self.attribute(name)) == expected

    def test_the_longest_slug_counts(self):
        assert self.attribute("fb_a_b_1", teams=(team("a"), team("a_b"))).team_slug == "a_b"

    def test_the_name_then_the_campaign_then_the_account(self):
        bindings = (Binding("b-1", "muha", "campaign", "1202"), Binding("b-2", "arystan", "account", "act_555"))
        assert self.attribute("fb_kenesary", bindings=bindings).team_slug == "kenesary"
        assert self.attribute("x", bindings=bindings) == Attribution(
            "muha", "campaign_binding", "medium", "b-1", campaign_id="u-1")
        assert self.attribute("x", bindings=bindings[1:]).team_slug == "arystan"

    def test_two_owners_of_an_account_are_ambiguous(self):
        bindings = (Binding("b-1", "muha", "account", "555"), Binding("b-2", "arystan", "account", "555"))
        assert self.attribute("x", bindings=bindings).candidates == ("arystan", "muha")

    def test_periods_are_asked_only_for_a_day(self):
        aliases = (Alias("x", "a", campaign_token="kab", valid_to=date(2026, 1, 31)),)
        assert self.attribute("kab", aliases=aliases).team_slug == "a"
        assert self.attribute("kab", aliases=aliases, day=date(2026, 1, 31)).team_slug == "a"
        assert self.attribute("kab", aliases=aliases, day=date(2026, 2, 1)).team_slug is None

    def test_an_alias_that_asks_for_a_medium_says_nothing_about_spend(self):
        aliases = (Alias("x", "a", campaign_token="kab", utm_medium="cpc"),)
        assert self.attribute("kab", aliases=aliases).team_slug is None
