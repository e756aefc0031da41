"""The campaigns of the settings tab "Facebook": what is looked for, a page of it, and the tags its live ads carry."""

import re
from dataclasses import asdict
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from auth.permissions import Permission, requires
from auth.viewer import current_user
from components import ids
from components.facebook_campaigns import (
    PAGE,
    TRACKED,
    UNTRACKED,
    CampaignsAsked,
    CampaignsView,
    CampaignView,
    create_campaign_list,
)
from components.facebook_tags import TagsView, create_campaign_tags
from components.states import create_away
from data.ad_objects import CampaignTags, load_campaign_tags
from data.engine import DatabaseAway, Viewer, web_database
from data.facebook_campaigns import CampaignFilter, CampaignPage, load_campaign_page, load_campaign_standing

_LONGEST = 200
_MOST_PAGES = 100_000


@callback(
    Output(ids.FACEBOOK_CAMPAIGNS_ASKED, "data"),
    inputs={"given": {"enter": Input(ids.FACEBOOK_CAMPAIGNS_SEARCH, "n_submit"),
                      "find": Input(ids.FACEBOOK_CAMPAIGNS_FIND, "n_clicks"),
                      "account": Input(ids.FACEBOOK_CAMPAIGNS_ACCOUNT, "value"),
                      "state": Input(ids.FACEBOOK_CAMPAIGNS_STATE, "value"),
                      "pages": Input(ids.facebook_campaign_page(ALL), "n_clicks")},
            "search": State(ids.FACEBOOK_CAMPAIGNS_SEARCH, "value"),
            "before": State(ids.FACEBOOK_CAMPAIGNS_ASKED, "data")},
    prevent_initial_call=True,
)
@requires(Permission.ADS_CONNECTION_READ)
def ask_campaigns(given: Any, search: Any, before: Any) -> Any:
    """What is looked for now: other words begin at the first page, a button turns the page of the words before."""
    earlier = _asked(before)
    if isinstance(ctx.triggered_id, dict):
        if not ctx.triggered[0]["value"]:
            return no_update                     # the button was drawn, not pressed
        return asdict(_asked({**asdict(earlier), "page": ctx.triggered_id.get("page")}))
    asked = _asked({"search": search, "account": given["account"], "state": given["state"]})
    same = (asked.search, asked.account, asked.state) == (earlier.search, earlier.account, earlier.state)
    return no_update if same and earlier.page == 1 and before else asdict(asked)


@callback(
    output={"rows": Output(ids.FACEBOOK_CAMPAIGNS, "children"), "tags": Output(ids.FACEBOOK_TAGS, "children")},
    inputs={"asked": Input(ids.FACEBOOK_CAMPAIGNS_ASKED, "data"),
            "changed": Input(ids.FACEBOOK_CAMPAIGNS_CHANGED, "data")},
)
@requires(Permission.ADS_CONNECTION_READ)
def show_campaigns(asked: Any, changed: Any) -> Any:
    """The page asked for, or the last one when there are fewer by now."""
    user, wanted = current_user(), _asked(asked)
    try:
        with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
            standing = load_campaign_standing(connection, user.id)
            chosen = CampaignFilter(wanted.search or None, wanted.account or None,
                                    {TRACKED: True, UNTRACKED: False}.get(wanted.state))
            page = load_campaign_page(connection, user.id, chosen, how_many=PAGE, skipped=(wanted.page - 1) * PAGE)
            if not page.rows and wanted.page > 1:
                found = load_campaign_page(connection, user.id, chosen, how_many=1).found
                wanted = CampaignsAsked(wanted.search, wanted.account, wanted.state, max(-(-found // PAGE), 1))
                page = load_campaign_page(connection, user.id, chosen, how_many=PAGE,
                                          skipped=(wanted.page - 1) * PAGE)
            tags = load_campaign_tags(connection, [one.id for one in page.rows])
    except DatabaseAway:
        return {"rows": create_away(), "tags": None}
    names = {one.id: one.name for one in page.rows}
    carried = [TagsView(names[one.campaign_id], _tags(one), one.ads) for one in tags]
    rows = create_campaign_list(_view(page, wanted, standing.campaigns, standing.tracked, standing.version))
    return {"rows": rows, "tags": create_campaign_tags(carried) if carried else None}


def _view(page: CampaignPage, asked: CampaignsAsked, total: int, tracked: int, version: int) -> CampaignsView:
    return CampaignsView(
        tuple(CampaignView(one.id, one.name, one.account_name, one.team, one.is_tracked, one.is_changeable)
              for one in page.rows), asked, page.found, page.may_track, page.may_untrack, total, tracked, version)


def _tags(one: CampaignTags) -> str:
    query = (one.link or "").partition("?")[2]
    return one.url_tags or query or "—"


def _asked(given: Any) -> CampaignsAsked:
    """What the browser says it looks for; what cannot be meant is as good as nothing."""
    told = given if isinstance(given, dict) else {}
    search, account, state, page = (told.get(name) for name in ("search", "account", "state", "page"))
    words = search.strip()[:_LONGEST] if isinstance(search, str) else ""
    digits = account if isinstance(account, str) and re.fullmatch(r"[0-9]{1,30}", account) else ""
    return CampaignsAsked(
        words if words.isprintable() else "", digits, state if state in (TRACKED, UNTRACKED) else "",
        page if isinstance(page, int) and 1 <= page <= _MOST_PAGES else 1)
