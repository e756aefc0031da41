"""A fault of a live ad's tag as it is drawn, on the settings and on a team's page."""

from urllib.parse import urlencode

from auth.sign_in import auth_parts
from components.facebook_tags import FaultView
from core.texts import format_money
from data.ad_objects import AdFault

_ADS_MANAGER = "/adsmanager/manage/ads/edit"


def fault_view(one: AdFault) -> FaultView:
    """The fault with its money in words and the address where it is mended."""
    place = urlencode({"act": one.account_id, "selected_ad_ids": one.ad_id})
    link = f"{auth_parts().settings.facebook_dialog_url.rstrip('/')}{_ADS_MANAGER}?{place}"
    return FaultView(str(one.error.fault), one.error.tag, one.error.found, one.error.expected, one.ad or one.ad_id,
                     one.campaign, format_money(one.spend, one.currency), link)
