"""The UTM marks of the demo company, each written together with what it means by the rules.

The rules, first hit wins: the team's own source (``utm_exact``); an alias, its medium and period matching (``alias``);
``fb_<slug>`` followed by ``_`` or ``-`` (``fb_slug``); an id of a bound campaign or of one in a bound account in
``utm_id``, ``utm_campaign`` or ``utm_content`` (``campaign_binding``); exactly one team's token as whole words in
``utm_campaign`` (``campaign_token``). Otherwise nobody's: ``no_utm``, ``ambiguous``, ``unknown_source``.
The campaign is the one whose id stands in the marks, else the one whose name ``utm_campaign`` is, if only one has it.
Invariant: the generator decides the meaning before it writes the marks; nothing here reads them back.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

from core.records import Utm
from demo.campaigns import CampaignPlan
from demo.teams import BY_SLUG, ENDED_SOURCE


@dataclass(frozen=True)
class Verdict:
    """Whose a touch is: a team with its method, or nobody's with the reason."""

    team: str | None
    method: str | None
    confidence: str | None
    reason: str | None = None
    candidates: tuple[str, ...] = ()


NO_UTM = Verdict(None, None, None, "no_utm")
UNKNOWN = Verdict(None, None, None, "unknown_source")


@dataclass(frozen=True)
class Mark:
    """Marks, their meaning, and the platform id of their campaign.

    A deal has no field for ``utm_id``: ``deal_campaign`` is the campaign its own marks name. ``fits_deal`` is false
    for marks that would mean something else in a deal.
    """

    utm: Utm
    verdict: Verdict
    campaign: str | None = None
    deal_campaign: str | None = None
    fits_deal: bool = True
    fbclid: str | None = None


NO_MARK = Mark(Utm(), NO_UTM, fits_deal=False)
_HIGH_ALIASES = {"sunkar": ("sunkarfb", "cpc"), "altai": ("facebook", "altai_smm"), "tulpar": ("tlp_ads", "cpc"),
                 "dala": ("ig", "dala_stories")}  # fmt: skip
# Nobody's: strange sources, a team that does not exist, names in which a token is only a part of a word.
_STRANGE = (
    ("youtube", "organic", "ai_podcast"), ("youtube", "organic", None), ("instagram", "bio", None),
    ("google", "cpc", "academy_brand"), ("telegram", "channel", "free_lesson"), ("facebook", "cpc", "dalaman_tours"),
    ("facebook", "cpc", "altaisky_blog_video"), ("fb_kerey_05.11", "cpc", "proftest_kz"), ("2gis", "organic", None),
)  # fmt: skip
_ADS = ("video_01", "video_02", "reels_kaz", "carousel_ai", "static_05", "story_tz", "отзыв_3", "lead_magnet")
_ADSETS = ("lal3_25_45", "broad_kz", "interest_it", "retarget_30d", "almaty_18_35", "women_25")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"


def _fbclid(rng: Random) -> str:
    return "IwAR" + "".join(rng.choices(_ALPHABET, k=24))


class Marker:
    """Writes marks of visitors."""

    def __init__(self, rng: Random, ended_alias_day: date) -> None:
        self._rng = rng
        self._ended_alias_day = ended_alias_day

    def of_campaign(self, plan: CampaignPlan, others: list[CampaignPlan], day: date) -> Mark:
        """The marks of a click on a campaign; ``others`` are campaigns of other teams, for links pasted wrongly."""
        if not plan.team_slug:
            return self._nobodys(plan)
        chance = self._rng.random()
        if chance < 0.045:
            return self._alias(plan, day)
        if chance < 0.095:
            return self._slug_variant(plan, day)
        if chance < 0.135:
            return self._plain_source(plan)
        if chance < 0.138 and others:
            return self._pasted(plan, self._rng.choice(others))
        return self._exact(plan)

    def elsewhere(self) -> Mark:
        """The marks of a visitor who came without advertising."""
        if self._rng.random() < 0.45:
            return NO_MARK
        source, medium, campaign = self._rng.choice(_STRANGE)
        return Mark(Utm(source, medium, campaign), UNKNOWN)

    def _utm(self, source: str, medium: str, campaign: str, content: str | None = None, id: str | None = None) -> Utm:
        return Utm(source, medium, campaign, content or self._rng.choice(_ADS), self._rng.choice(_ADSETS), id)

    def _named(self, plan: CampaignPlan, source: str, medium: str, verdict: Verdict) -> Mark:
        """The campaign's name in ``utm_campaign``: it means the campaign when no other has the name."""
        name = plan.record.name
        chance = self._rng.random()
        if chance < 0.04:
            name = name.upper()
        campaign = plan.id if plan.is_unique_name else None
        ad_id = f"1202{self._rng.randrange(10**13, 10**14)}"
        return Mark(self._utm(source, medium, name, id=ad_id), verdict, campaign, campaign, True, _fbclid(self._rng))

    def _exact(self, plan: CampaignPlan) -> Mark:
        team = BY_SLUG[plan.runner]
        verdict = Verdict(team.slug, "utm_exact", "high")
        source = team.utm_source
        chance = self._rng.random()
        if chance < 0.03:
            source = f" FB_{team.slug.capitalize()} "
        if chance > 0.985:
            return Mark(self._utm(source, "cpc", f"{team.slug}_proftest_2023_copy"), verdict, None, None, True)
        if chance > 0.93:
            return Mark(self._utm(source, "cpc", plan.id), verdict, plan.id, plan.id, True, _fbclid(self._rng))
        if chance > 0.88:
            utm = self._utm(source, "cpc", plan.record.name, id=plan.id)
            by_name = plan.id if plan.is_unique_name else None
            return Mark(utm, verdict, plan.id, by_name, True, _fbclid(self._rng))
        return self._named(plan, source, team.utm_medium, verdict)

    def _alias(self, plan: CampaignPlan, day: date) -> Mark:
        if plan.runner == "zhetysu":
            verdict = Verdict("zhetysu", "alias", "high") if day <= self._ended_alias_day else UNKNOWN
            # Only the day tells what it means: such marks stay out of deals, whose day is another.
            return Mark(Utm(ENDED_SOURCE, "stories", "link_in_story"), verdict, fits_deal=False)
        source, medium = _HIGH_ALIASES[plan.runner]
        return self._named(plan, source, medium, Verdict(plan.runner, "alias", "high"))

    def _slug_variant(self, plan: CampaignPlan, day: date) -> Mark:
        tail = self._rng.choice((f"_{day:%d.%m}", "_kab2", "-test", "_proftest"))
        return self._named(plan, f"fb_{plan.runner}{tail}", "cpc", Verdict(plan.runner, "fb_slug", "medium"))

    def _plain_source(self, plan: CampaignPlan) -> Mark:
        """``facebook``/``cpc``: only the campaign can tell whose it is."""
        if plan.is_bound and (plan.named_team is None or self._rng.random() < 0.4):
            verdict = Verdict(plan.team_slug, "campaign_binding", "medium")
            if self._rng.random() < 0.5:
                utm = self._utm("facebook", "cpc", plan.id)
                return Mark(utm, verdict, plan.id, plan.id, True, _fbclid(self._rng))
            utm = self._utm("facebook", "cpc", "lead_form", id=plan.id)
            return Mark(utm, verdict, plan.id, None, False, _fbclid(self._rng))
        return self._named(plan, "facebook", "cpc", Verdict(plan.named_team, "campaign_token", "medium"))

    def _pasted(self, plan: CampaignPlan, other: CampaignPlan) -> Mark:
        """The team's own source with another team's campaign: the source wins, the campaign stays the named one."""
        verdict = Verdict(plan.runner, "utm_exact", "high")
        return Mark(self._utm(BY_SLUG[plan.runner].utm_source, "cpc", other.id), verdict, other.id, other.id)

    def _nobodys(self, plan: CampaignPlan) -> Mark:
        verdict = Verdict(None, None, None, plan.reason, plan.candidates)
        utm = self._utm("facebook", "cpc", plan.record.name)
        return Mark(utm, verdict, plan.id, plan.id, True, _fbclid(self._rng))
