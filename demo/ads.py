"""The ads of the demo company: each campaign has two ad sets and three ads, nearly all of them tagged as they should.

Invariant: drawn from the campaigns alone, so the rest of the world stays as it is with or without ads.
"""

from demo.campaigns import CampaignPlan
from demo.graph_data import GraphAd

_PAGE = "https://academy.example/course"
_TAGS = "utm_source={source}&utm_medium=cpc&utm_campaign={{{{campaign.id}}}}&utm_content={{{{ad.id}}}}"
_SETS = ("broad", "lookalike")
_FORMATS = ("video", "carousel", "reels")
# What somebody typed for one ad of a campaign: a slip, a foreign mark, nothing, a macro nobody replaces.
_SLIPS = {
    "sunkar_express_lal1_kz": "", "sunkar_1day_interest_ai": "utm_source=facebook&utm_medium=cpc&utm_campaign=lal",
    "sunkar_proftest_broad_video": "utm_source=fb_sunkar&utm_medium=cpc&utm_campaign={{campain.name}}",
    "altai_flagman_webinar_lal": "utm_source=fb_alati&utm_medium=cpc&utm_campaign={{campaign.id}}",
    "tulpar_express_interest_biz": "utm_source=fb_dala&utm_medium=cpc&utm_campaign={{campaign.id}}",
}


def make_ads(campaigns: tuple[CampaignPlan, ...]) -> tuple[GraphAd, ...]:
    """Three ads for each campaign; the first has half of the delivery."""
    return tuple(_ad(plan, number) for plan in campaigns for number in range(len(_FORMATS)))


def _ad(plan: CampaignPlan, number: int) -> GraphAd:
    campaign, place = plan.record, min(number, 1)
    tags = _TAGS.format(source=f"fb_{plan.team_slug or plan.runner or 'academy'}")
    if number == 1:
        tags = _SLIPS.get(campaign.name, tags)
    creative = {"id": f"55{campaign.id}{number}", "object_story_spec": {"link_data": {"link": _PAGE}}}
    return GraphAd(
        f"66{campaign.id}{number}", campaign.account_id, campaign.id, f"44{campaign.id}{place}",
        f"{campaign.name}_{_SETS[place]}", f"{campaign.name}_{_FORMATS[number]}", share=(3, 2, 1)[number],
        effective_status="ACTIVE" if campaign.effective_status == "ACTIVE" else "CAMPAIGN_PAUSED"
        if campaign.effective_status == "PAUSED" else "DELETED",
        creative={**creative, "url_tags": tags} if tags else creative)
