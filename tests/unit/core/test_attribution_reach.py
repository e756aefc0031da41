"""What a change of the rules cannot reach keeps its team."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.attribution import Touch, attribute_campaign, decide_by_marks
from core.attribution_reach import find_reach
from core.attribution_rules import Alias, Binding, CampaignRef, Rules
from core.records import Team, Utm

TEAMS = tuple(Team(id=str(n), slug=slug, name=slug, color="#3B82F6", emoji="🦅", utm_source=f"fb_{slug}")
              for n, slug in enumerate(("altai", "dala", "sunkar")))
SLUGS = st.sampled_from([team.slug for team in TEAMS])
SOURCES = st.sampled_from(["fb_altai", "Insta", "ТИК ", "facebook"])
IDS, WORDS = st.sampled_from(["238501", "238502", "238503"]), st.sampled_from(["lal", "lal kz", "Алатау"])
DAYS = st.sampled_from([None, date(2026, 5, 1), date(2026, 6, 1)])
NAMES = st.sampled_from(["LAL | kz", "алатау 3", "238501", "fb_dala LAL", "other"])


def aliases(number: int) -> st.SearchStrategy[Alias]:
    by_source = st.builds(Alias, st.just(f"a{number}"), SLUGS, SOURCES, st.sampled_from([None, "cpc"]),
                          st.sampled_from([None, "lal"]), valid_from=DAYS)
    by_token = st.builds(Alias, st.just(f"a{number}"), SLUGS, st.none(), st.none(), WORDS, valid_to=DAYS)
    return by_source | by_token


def bindings(number: int) -> st.SearchStrategy[Binding]:
    return st.builds(Binding, st.just(f"b{number}"), SLUGS, st.sampled_from(["campaign", "ad"]), IDS) | st.builds(
        Binding, st.just(f"b{number}"), SLUGS, st.just("account"), st.sampled_from(["act_7", "8"]))


CAMPAIGNS = st.lists(st.builds(
    CampaignRef, st.sampled_from(["c1", "c2"]), IDS, st.sampled_from(["7", "8"]), NAMES, st.none(), st.booleans()),
    max_size=2, unique_by=lambda one: one.external_id)


def settled(rules: Rules) -> Rules:
    """Every campaign with the team these rules give it."""
    return replace(rules, campaigns=tuple(
        replace(one, team_slug=attribute_campaign(one, None, rules).team_slug) for one in rules.campaigns))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Rules, Rules]:
    campaigns = tuple(draw(CAMPAIGNS))
    parts = [draw(st.tuples(*(st.none() | aliases(n) for n in range(3)), *(st.none() | bindings(n) for n in range(2))))
             for _ in range(2)]
    before, after = (settled(Rules(
        TEAMS, tuple(one for one in part[:3] if isinstance(one, Alias)),
        tuple(one for one in part[3:] if isinstance(one, Binding)), campaigns)) for part in parts)
    return before, after


MARKS = st.builds(Utm, source=st.none() | SOURCES, medium=st.none() | st.just("cpc"), campaign=st.none() | NAMES | IDS,
                  content=st.none() | IDS, id=st.none() | IDS)


@given(changes(), MARKS, st.sampled_from([date(2026, 4, 30), date(2026, 5, 15), date(2026, 6, 2)]))
def test_what_is_not_reached_keeps_its_team(change: tuple[Rules, Rules], utm: Utm, day: date) -> None:
    before, after = change
    reach = find_reach(before, after)
    assert reach is not None
    answers = [decide_by_marks(Touch(utm, day), rules) for rules in change]
    teams = [found and (found.team_slug, found.reason) for found in answers]
    assert reach.covers(utm) or teams[0] == teams[1]


def test_no_change_reaches_nothing_and_another_look_back_everything() -> None:
    rules = Rules(TEAMS, (Alias("1", "altai", "x"),))
    same = find_reach(rules, rules)
    assert same is not None
    assert same.is_empty
    assert find_reach(rules, replace(rules, look_back_days=30)) is None
    assert find_reach(rules, replace(rules, teams=TEAMS[:2])) is None
