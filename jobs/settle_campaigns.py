"""Gives spend to its teams anew after a binding changed: campaigns day by day, then the marks that name them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from data.ad_campaigns import CampaignChange, load_deals_naming, load_leads_naming, settle_campaigns
from data.contacts import load_deals_of_leads
from data.deals import settle_deals
from data.freshness import bump
from data.leads import settle_leads
from data.rules import load_rules
from data.settling import hold_settling
from jobs.context import JobContext


def settle_all_campaigns(context: JobContext) -> int:
    """Apply the rules of now to every campaign; how many moved. The statistics follow with the dirty days."""
    with context.database.transaction() as connection:
        # Held before anything is read or written, as by everybody who settles: no lead can slip in between.
        hold_settling(connection)
        moved = settle_campaigns(connection, load_rules(connection), context.calendar.today(context.clock()))
        settle_marks(connection, moved, context.calendar)
        if moved:
            bump(connection)
    return len(moved)


def settle_marks(connection: Connection, changes: Sequence[CampaignChange], calendar: BusinessCalendar) -> None:
    """Attribute anew the leads and deals whose marks name a campaign that is new, renamed or of another team."""
    if not changes:
        return
    lead_ids, deal_ids = load_leads_naming(connection, changes), load_deals_naming(connection, changes)
    if not lead_ids and not deal_ids:
        return
    rules = load_rules(connection)
    settle_leads(connection, lead_ids, rules, calendar)
    settle_deals(connection, deal_ids | load_deals_of_leads(connection, lead_ids), rules, calendar)
