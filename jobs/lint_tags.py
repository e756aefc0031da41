"""Looks through the tags of live ads, keeps what is wrong, and tells the team of each wrong ad once."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from core.ad_tags import lint_ad
from core.texts import format_money, locale, t
from data.ad_objects import (
    AdFault,
    load_ads_to_lint,
    load_tag_errors,
    load_untold_ads,
    note_told,
    replace_tag_errors,
)
from data.outbox import queue_message
from data.queries import run
from data.rules import load_rules
from jobs.context import JobContext

_LISTED = 10
_MOST = 5000


def lint_account(connection: Connection, context: JobContext, account_id: str) -> int:
    """Judge the live ads of an account by the rules of now; how many faults are new."""
    rules, today = load_rules(connection), context.calendar.today(context.clock())
    teams = {team.slug: team for team in rules.teams}
    found = {one.ad.id: lint_ad(one.ad, teams.get(one.team_slug or ""), rules, today, one.names)
             for one in load_ads_to_lint(connection, account_id)}
    new = replace_tag_errors(connection, found)
    _tell(connection, context, account_id)
    return new


def _tell(connection: Connection, context: JobContext, account_id: str) -> None:
    """Put one message for each of their people into the outbox, about all ads nobody was told of yet."""
    untold = load_untold_ads(connection, account_id)
    if not untold:
        return
    by_team: dict[str | None, list[AdFault]] = defaultdict(list)
    for fault in load_tag_errors(connection, how_many=_MOST):
        if fault.ad_id in untold:
            by_team[fault.team].append(fault)
    told: set[str] = set()
    for team, faults in by_team.items():
        about = hashlib.sha256(",".join(sorted({fault.ad_id for fault in faults})).encode()).hexdigest()[:16]
        for row in run(connection, "facebook/tag_recipients", team=team, account=account_id):
            with locale(row["locale"]):
                subject, body = _words(context, faults)
            told.update(fault.ad_id for fault in faults)
            for channel, recipient in (("email", row["email"]), ("telegram", row["telegram"])):
                if recipient:
                    queue_message(connection, f"facebook_tags:{about}", str(row["user_id"]), channel, recipient,
                                  subject, body)
    # What nobody looks after yet is told to the first who does.
    note_told(connection, sorted(told))


def _words(context: JobContext, faults: Sequence[AdFault]) -> tuple[str, str]:
    ads: dict[str, list[AdFault]] = {}
    for fault in faults:
        ads.setdefault(fault.ad_id, []).append(fault)
    lines = [t("tags.alert.line", ad=each[0].ad or ad_id, campaign=each[0].campaign,
               spend=format_money(each[0].spend, each[0].currency),
               faults="; ".join(t(f"tags.fault.{one.error.fault}", tag=one.error.tag, found=one.error.found or "—")
                                for one in each))
             for ad_id, each in list(ads.items())[:_LISTED]]
    if len(ads) > _LISTED:
        lines.append(t("tags.alert.more", more=len(ads) - _LISTED))
    link = context.settings.public_url.rstrip("/") + "/settings?tab=facebook"
    return (t("tags.alert.subject", ads=len(ads)), "\n".join([t("tags.alert.body"), "", *lines, "", link]))
