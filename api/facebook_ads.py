"""Below the campaigns: ad sets and ads over a period, the tags live ads carry, and what is wrong with them."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Response

from api.analytics_shapes import csv_or
from api.encoding import csv_answer, json_answer, wants_csv
from api.facebook_ad_shapes import (
    AdRowAnswer,
    BelowAnswer,
    BelowQuery,
    CampaignPath,
    StopAnswer,
    StopBody,
    TagFaultsAnswer,
    TagFaultsQuery,
)
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.metrics import CPC, CPM, CTR
from core.records import DateRange
from core.texts import t
from data.ad_drilldown import AdSetRow, BelowRow, load_below
from data.ad_objects import AdFault, load_tag_errors
from data.engine import Viewer, web_database
from data.facebook_runs import want_stop

facebook_ads_api = create_api("facebook_ads", __name__, "/api/traffic-admin/facebook")

_USUAL_DAYS = 30
_COLUMNS = ("level", *(name for name in AdRowAnswer.model_fields if name != "level"))


@facebook_ads_api.get("/campaigns/<campaign>/ads", summary="Ad sets and ads of a campaign",
                      responses={**csv_or(BelowAnswer), **problem_answers(422)})
@requires(Permission.ADS_STATISTICS_READ)
def show_ads(path: CampaignPath, query: BelowQuery) -> Response:
    """Each grain by its own figures, never to be added to the campaign's; a foreign campaign has no rows.

    CSV has a line for each ad set and each ad, the ads after their set; add up one `level` only.
    """
    today = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    last = query.last or today
    first = query.first or min(last, today) - timedelta(days=_USUAL_DAYS - 1)
    if first > last:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail=t("problem.dates"),
                       errors=[FieldProblem(field="to", message=t("problem.dates"))])
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_below(connection, path.campaign, DateRange(first, last))
    if wants_csv():
        lines = [_describe(row) for one in found for row in (one.adset, *one.ads)]
        return csv_answer(f"ads_{path.campaign}_{first}_{last}", _COLUMNS, lines)
    return json_answer({"period": {"from": first, "to": last}, "rows": [_describe_set(one) for one in found]})


def _describe_set(one: AdSetRow) -> dict[str, Any]:
    return {**_describe(one.adset), "ads": [_describe(ad) for ad in one.ads]}


def _describe(row: BelowRow) -> dict[str, Any]:
    sums = row.sums("")
    return {
        "id": row.id, "level": row.level, "adset_id": row.adset_id, "name": row.name, "status": row.status,
        "url_tags": row.url_tags,
        "timezone": row.timezone, "currency": row.currency, "spend": row.spend, "spend_usd": row.spend_usd,
        "spend_kzt": row.spend_kzt, "impressions": row.impressions, "clicks": row.clicks, "tag_faults": row.faults,
        **{metric.name: metric.value(sums) for metric in (CTR, CPC, CPM)},
    }


@facebook_ads_api.get("/tag-faults", summary="What is wrong with the tags of live ads",
                      responses={200: TagFaultsAnswer})
@requires(Permission.ADS_STATISTICS_READ)
def show_tag_faults(query: TagFaultsQuery) -> Response:
    """The faults of the own team's ads, or of all, the dearest first."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_tag_errors(connection, query.team, query.limit)
    return json_answer({"rows": [_describe_fault(one) for one in found]})


def _describe_fault(one: AdFault) -> dict[str, Any]:
    return {
        "ad_id": one.ad_id, "ad": one.ad, "campaign_id": one.campaign_id, "campaign": one.campaign,
        "account_id": one.account_id, "team": one.team, "fault": one.error.fault, "tag": one.error.tag,
        "found": one.error.found, "expected": one.error.expected, "noticed_at": one.noticed_at,
        "currency": one.currency, "spend": one.spend, "clicks": one.clicks,
    }


@facebook_ads_api.post("/sync-stats/stop", summary="Stop a reading",
                       responses={200: StopAnswer, **problem_answers(409)})
@requires(Permission.ADS_SYNC_START)
def stop_reading(body: StopBody) -> Response:
    """Let an own reading end after the account it is at; what was read stays."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        if not want_stop(connection, str(body.run_id)):
            return problem(HTTPStatus.CONFLICT, detail=t("facebook.stop_no"))
        record(connection, Action.FACEBOOK_RUN_STOPPED, user_id=user.id, object_type="sync_run",
               object_id=str(body.run_id), after={"stop": True})
    return json_answer({"stopping": True})
