"""The cases every attribution must pass, step by step, for marks of a lead."""

from dataclasses import replace
from datetime import date

import pytest

from core.attribution import Alias, Attribution, Binding, CampaignRef, Rules, attribute_touch, match_campaign
from core.records import Utm
from tests.unit.core.attribution_world import RULES, TEAMS, outcome, team, touch


@pytest.mark.parametrize(
    ("given_touch", "expected"),
    [
        (touch("fb_kenesary"), ("kenesary", "utm_exact", None)),
        (touch(" FB_Kenesary "), ("kenesary", "utm_exact", None)),
        (touch("fb_kenesary_17.12"), ("kenesary", "fb_slug", None)),
        (touch("kenjifb"), ("kenesary", "alias", None)),
        (touch("KenjiFB "), ("kenesary", "alias", None)),
        (touch("facebook", medium="yourmarketolog"), ("muha", "alias", None)),
        (touch("facebook", medium="cpc"), (None, None, "unknown_source")),
        (touch("facebook"), (None, None, "unknown_source")),
        (touch("facebook", "pb_agency_onAI_1DAY_kab3"), (None, None, "ambiguous")),
        (touch("facebook", "pb_agency_1DAY_kab3"), ("a", "campaign_token", None)),
        (touch(None, "1DAY onAI"), ("b", "campaign_token", None)),
        (touch("facebook", "optimal_test"), (None, None, "unknown_source")),
        (touch("youtube"), (None, None, "unknown_source")),
        (touch("organic", medium="organic"), (None, None, "unknown_source")),
        (touch(), (None, None, "no_utm")),
        (touch(None, "nothing known"), (None, None, "unknown_source")),
    ],
)
def test_the_cases_of_the_domain_sheet(given_touch, expected):
    assert outcome(attribute_touch(given_touch, RULES)) == expected


def test_ambiguity_names_its_candidates():
    assert attribute_touch(touch("facebook", "pb_agency_onAI_1DAY_kab3"), RULES).candidates == ("a", "b")


def test_confidence_and_rule_are_told():
    assert attribute_touch(touch("fb_muha"), RULES) == Attribution("muha", "utm_exact", "high", "team:muha")
    assert attribute_touch(touch("kenjifb"), RULES) == Attribution("kenesary", "alias", "high", "al-1")
    assert attribute_touch(touch("fb_muha-2"), RULES) == Attribution("muha", "fb_slug", "medium", "slug:muha")
    assert attribute_touch(touch("x", "onai"), RULES) == Attribution("b", "campaign_token", "medium", "al-4")


class TestFbSlug:
    RULES = Rules(teams=(team("ken", utm_source="own_ken"), team("ken_2", utm_source="own_ken2"), team("pb-agency")))

    @pytest.mark.parametrize(
        ("source", "slug"),
        [
            ("fb_ken", "ken"), ("fb_ken_1", "ken"), ("fb_ken-x", "ken"), ("fb_ken_2", "ken_2"), ("fb_ken_2_3", "ken_2"),
            ("fb_ken_21", "ken"), ("FB_KEN_2-A", "ken_2"), ("fb_pb-agency_x", "pb-agency"),
            ("fb_kenesary", None), ("fb_kenji", None), ("fb_", None), ("fb", None), ("xfb_ken", None), ("fbken", None),
            ("fb_2_ken", None), ("fb_ken2", None), ("fb_pb", None),
        ],
    )
    def test_the_longest_slug_at_a_border_wins(self, source, slug):
        assert attribute_touch(touch(source), self.RULES).team_slug == slug

    def test_a_teams_own_source_comes_first(self):
        rules = Rules(teams=(team("ken"), team("other", utm_source="fb_ken_7")))
        assert outcome(attribute_touch(touch("fb_ken_7"), rules)) == ("other", "utm_exact", None)

    def test_an_alias_comes_before_the_slug(self):
        rules = Rules(teams=(team("ken"), team("other")), aliases=(Alias("al", "other", utm_source="fb_ken_old"),))
        assert outcome(attribute_touch(touch("fb_ken_old"), rules)) == ("other", "alias", None)
        assert outcome(attribute_touch(touch("fb_ken_new"), rules)) == ("ken", "fb_slug", None)


class TestAlias:
    def rules(self, *aliases):
        return Rules(teams=TEAMS, aliases=aliases)

    def test_every_named_condition_must_hold(self):
        rules = self.rules(Alias("x", "a", utm_source="fb", utm_medium="cpc", funnel="Challenge3D"))
        assert attribute_touch(touch("fb", medium="CPC ", funnel="challenge3d"), rules).team_slug == "a"
        assert attribute_touch(touch("fb", medium="cpc"), rules).team_slug is None
        assert attribute_touch(touch("fb", funnel="challenge3d"), rules).team_slug is None

    def test_a_period_includes_both_ends(self):
        rules = self.rules(Alias("x", "a", utm_source="fb", valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 31)))
        days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
        teams = [attribute_touch(touch("fb", day=day), rules).team_slug for day in days]
        assert teams == [None, "a", "a", None]

    def test_a_source_handed_over_belongs_to_each_team_in_its_time(self):
        rules = self.rules(Alias("x", "a", utm_source="fb", valid_to=date(2025, 12, 31)),
                           Alias("y", "b", utm_source="fb", valid_from=date(2026, 1, 1)))
        assert attribute_touch(touch("fb", day=date(2025, 12, 31)), rules).team_slug == "a"
        assert attribute_touch(touch("fb", day=date(2026, 1, 1)), rules).team_slug == "b"

    def test_the_more_specific_alias_wins_over_priority(self):
        rules = self.rules(Alias("x", "a", utm_source="fb", priority=9),
                           Alias("y", "b", utm_source="fb", utm_medium="cpc"))
        assert attribute_touch(touch("fb", medium="cpc"), rules).team_slug == "b"
        assert attribute_touch(touch("fb", medium="other"), rules).team_slug == "a"

    def test_among_equally_specific_ones_the_greater_priority_wins(self):
        rules = self.rules(Alias("x", "a", utm_source="fb"), Alias("y", "b", utm_source="fb", priority=1))
        assert attribute_touch(touch("fb"), rules) == Attribution("b", "alias", "high", "y")

    def test_equal_aliases_of_two_teams_are_ambiguous(self):
        rules = self.rules(Alias("x", "b", utm_source="fb", utm_medium="m"),
                           Alias("y", "a", utm_source="fb", funnel="f"))
        assert attribute_touch(touch("fb", medium="m", funnel="f"), rules) == Attribution(
            None, reason="ambiguous", candidates=("a", "b"))

    def test_equal_aliases_of_one_team_name_the_same_rule_in_any_order(self):
        aliases = (Alias("y", "a", utm_source="fb"), Alias("x", "a", utm_source="fb"))
        results = {attribute_touch(touch("fb"), self.rules(*order)) for order in (aliases, aliases[::-1])}
        assert results == {Attribution("a", "alias", "high", "x")}

    def test_a_source_with_a_token_needs_both(self):
        rules = self.rules(Alias("x", "a", utm_source="facebook", campaign_token="kab3"))
        assert outcome(attribute_touch(touch("facebook", "1DAY kab3"), rules)) == ("a", "alias", None)
        assert attribute_touch(touch("facebook", "1DAY kab33"), rules).team_slug is None
        assert attribute_touch(touch("google", "1DAY kab3"), rules).team_slug is None

    def test_a_token_with_a_medium_needs_both(self):
        rules = self.rules(Alias("x", "a", utm_medium="cpc", campaign_token="kab3"))
        assert attribute_touch(touch("facebook", "kab3", medium="cpc"), rules).team_slug == "a"
        assert attribute_touch(touch("facebook", "kab3", medium="cpm"), rules).team_slug is None


class TestCampaignToken:
    @pytest.mark.parametrize(
        ("token", "campaign", "found"),
        [
            ("pb_agency", "pb_agency_onAI", True), ("pb_agency", "PB-Agency", True),
            ("pb_agency", "x | pb agency", True),
            ("pb_agency", "pb_new_agency", False), ("pb_agency", "agency_pb", False),
            ("pb_agency", "pb_agencyx", False), ("tima", "optimal_test", False), ("tima", "tima2", False),
            ("tima", "Tima", True), ("tima", "[TIMA] 3", True),
            ("қазақ", "курс_Қазақ_1", True), ("кенесары", "Кенесары.лиды", True), ("---", "---", False),
        ],
    )
    def test_words_are_whole_and_consecutive(self, token, campaign, found):
        rules = Rules(teams=TEAMS, aliases=(Alias("x", "a", campaign_token=token),))
        assert attribute_touch(touch("facebook", campaign), rules).team_slug == ("a" if found else None)

    def test_neither_length_nor_priority_settles_two_teams(self):
        rules = Rules(teams=TEAMS, aliases=(Alias("x", "a", campaign_token="pb_agency", priority=5),
                                            Alias("y", "b", campaign_token="agency")))
        assert outcome(attribute_touch(touch("f", "pb_agency"), rules)) == (None, None, "ambiguous")

    def test_two_tokens_of_one_team_agree(self):
        aliases = (Alias("x", "a", campaign_token="pb"), Alias("y", "a", campaign_token="kab"))
        rules = Rules(teams=TEAMS, aliases=aliases)
        assert attribute_touch(touch("f", "kab pb"), rules) == Attribution("a", "campaign_token", "medium", "x")


class TestCampaignBinding:
    CAMPAIGNS = (
        CampaignRef("u-1", "120200001", "555", "Spring"),
        CampaignRef("u-2", "120200002", "556", "Autumn", team_slug="muha"),
        CampaignRef("u-3", "120200003", "557", "Twin"),
        CampaignRef("u-4", "120200004", "557", "TWIN "),
    )
    RULES = Rules(
        teams=TEAMS, campaigns=CAMPAIGNS,
        bindings=(Binding("b-1", "a", "account", "act_555"), Binding("b-2", "b", "ad", "777"),
                  Binding("b-3", "arystan", "campaign", "120200003", valid_to=date(2026, 3, 1))),
    )

    @pytest.mark.parametrize(
        ("marks", "slug", "campaign_id"),
        [
            ({"id": "120200001"}, "a", "u-1"),
            ({"campaign": " 120200001 "}, "a", "u-1"),
            ({"content": "120200001"}, "a", "u-1"),
            ({"id": "777"}, "b", None),
            ({"id": "120200002"}, "muha", "u-2"),
            ({"id": "120200003"}, None, "u-3"),               # the binding is over
            ({"id": "999"}, None, None),
        ],
    )
    def test_an_id_leads_to_the_team(self, marks, slug, campaign_id):
        result = attribute_touch(touch("facebook", **marks), self.RULES)
        assert (result.team_slug, result.campaign_id) == (slug, campaign_id)
        assert result.method == ("campaign_binding" if slug else None)

    def test_ids_of_two_teams_are_ambiguous(self):
        result = attribute_touch(touch("facebook", "120200001", content="777"), self.RULES)
        assert outcome(result) == (None, None, "ambiguous") and result.candidates == ("a", "b")

    def test_a_binding_of_the_campaign_is_stronger_than_that_of_its_account(self):
        rules = replace(self.RULES, bindings=(*self.RULES.bindings, Binding("b-9", "muha", "campaign", "120200001")))
        assert attribute_touch(touch("facebook", "120200001"), rules) == Attribution(
            "muha", "campaign_binding", "medium", "b-9", campaign_id="u-1")

    def test_the_campaign_is_told_with_any_method_and_without_a_team(self):
        assert attribute_touch(touch("fb_kenesary", "spring"), self.RULES).campaign_id == "u-1"
        assert attribute_touch(touch("facebook", "spring"), self.RULES) == Attribution(
            None, reason="unknown_source", campaign_id="u-1")

    def test_a_name_of_two_campaigns_names_none(self):
        assert match_campaign(Utm(campaign="twin"), self.RULES) is None
        assert match_campaign(Utm(campaign="twin", content="120200004"), self.RULES) == self.CAMPAIGNS[3]
        assert match_campaign(Utm(source="x"), self.RULES) is None


def test_a_team_that_stopped_keeps_its_history():
    rules = Rules(teams=(team("old", is_active=False),))
    assert attribute_touch(touch("fb_old"), rules).team_slug == "old"
