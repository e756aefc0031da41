"""Creatives as records: every place of a link, and bodies that are not what they should be."""

import pytest

from integrations.facebook.creatives import to_live_ad
from integrations.facebook.errors import BadAnswer


def test_links_are_found_wherever_a_creative_keeps_them() -> None:
    ad = to_live_ad({
        "id": "9", "campaign_id": "7", "adset_id": "8", "name": "ad", "effective_status": "ACTIVE",
        "adset": {"id": "8", "name": "set"},
        "creative": {"id": "5", "url_tags": "utm_source=a", "link_url": "https://a/1", "object_story_spec": {
            "link_data": {"link": "https://a/2", "child_attachments": [{"link": "https://a/3"}, {"link": "https://a/2"}]},
            "video_data": {"call_to_action": {"value": {"link": "https://a/4"}}}, "template_data": {"link": "https://a/5"}},
            "asset_feed_spec": {"link_urls": [{"website_url": "https://a/6"}]}}}, "1")
    assert sorted(ad.links) == [f"https://a/{number}" for number in range(1, 7)]
    assert (ad.url_tags, ad.creative_id, ad.adset_name, ad.account_id) == ("utm_source=a", "5", "set", "1")


@pytest.mark.parametrize("creative", [None, [], {"object_story_spec": "x", "asset_feed_spec": {"link_urls": [1]}},
                                      {"url_tags": 5, "object_story_spec": {"link_data": {"link": 7}}}])
def test_a_strange_creative_has_no_links(creative: object) -> None:
    ad = to_live_ad({"id": 9, "campaign_id": "7", "creative": creative, "adset": "x"}, "1")
    assert (ad.id, ad.links, ad.url_tags, ad.adset_name) == ("9", (), None, "")


@pytest.mark.parametrize("payload", [{"id": "9"}, {"campaign_id": "7"}, {"id": "", "campaign_id": "7"}])
def test_an_ad_without_identity_is_no_ad(payload: dict[str, str]) -> None:
    with pytest.raises(BadAnswer):
        to_live_ad(payload, "1")
