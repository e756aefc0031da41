"""Ads of the Marketing API with the links and tags of their creatives, as records."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.ad_tags import LiveAd
from integrations.facebook.mapping import identity_of, text_of

# Paused by hand or by their campaign they may run again at any moment; archived ones never do.
LIVE_STATUSES = ("ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED", "IN_PROCESS", "WITH_ISSUES", "PENDING_REVIEW",
                 "PREAPPROVED")
AD_FIELDS = ("id,name,campaign_id,adset_id,effective_status,adset{id,name},"
             "creative{id,url_tags,object_story_spec,asset_feed_spec,link_url}")


def to_live_ad(payload: Mapping[str, Any], account_id: str) -> LiveAd:
    """An ad of an account. Raises BadAnswer without its id or its campaign's."""
    creative = payload.get("creative")
    creative = creative if isinstance(creative, dict) else {}
    adset = payload.get("adset")
    links = {link.strip(): None for link in _links(creative) if isinstance(link, str) and link.strip()}
    return LiveAd(
        id=identity_of(payload, "id"), account_id=account_id, campaign_id=identity_of(payload, "campaign_id"),
        adset_id=text_of(payload.get("adset_id")), name=text_of(payload.get("name")) or "",
        adset_name=(text_of(adset.get("name")) or "") if isinstance(adset, dict) else "",
        effective_status=text_of(payload.get("effective_status")), creative_id=text_of(creative.get("id")),
        url_tags=text_of(creative.get("url_tags")), links=tuple(filter(None, map(text_of, links))))


def _links(creative: Mapping[str, Any]) -> Iterator[Any]:
    """Every place in which a creative keeps the address of a click."""
    story = _object(creative.get("object_story_spec"))
    link_data, video = _object(story.get("link_data")), _object(story.get("video_data"))
    yield link_data.get("link")
    for child in _objects(link_data.get("child_attachments")):
        yield child.get("link")
    yield _object(_object(video.get("call_to_action")).get("value")).get("link")
    yield _object(story.get("template_data")).get("link")
    for one in _objects(_object(creative.get("asset_feed_spec")).get("link_urls")):
        yield one.get("website_url")
    yield creative.get("link_url")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
