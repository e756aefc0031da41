"""Asks the amoCRM API for what webhooks left open: deals seen by ids only, and sales without a person.

Invariant: an answer is one more event of its deal, folded like any other, so that neither its lateness nor its
repetition matters; everything asked for is fetched before anything is saved.
"""

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from core.records import AmocrmBody
from core.sentences import keep
from data.contacts import load_deals_of_contacts, save_contacts, save_links
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.freshness import bump
from data.incomplete_deals import load_incomplete_deals
from data.rules import load_field_rows, load_rules
from data.settling import hold_settling
from integrations.amocrm.client import AmocrmClient, CrmAccount
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.meaning import to_contacts, to_deal_events, to_links
from jobs.amocrm_account import open_client
from jobs.context import JobContext
from jobs.run_faults import RunFault

ASKED_FOR = timedelta(days=7)    # a deal that the API does not know by then was deleted, or never was ours
_DEALS_AT_ONCE = 500

log = structlog.get_logger()


class WrongAccount(RunFault):
    """The token of the API belongs to another account than the webhooks."""


def complete_deals(context: JobContext, limit: int = _DEALS_AT_ONCE) -> int:
    """Complete the newest incomplete deals; how many the API knew. 0 while amoCRM is not connected.

    Raises: AmocrmError when the API refuses or does not answer, WrongAccount.
    """
    client = open_client(context)
    if client is None:
        return 0
    account = check_account(client, context)
    with context.database.transaction(read_only=True) as connection:
        deal_ids = load_incomplete_deals(connection, account.id, context.clock() - ASKED_FOR, limit)
    if not deal_ids:
        return 0
    deals = client.fetch_leads_by_ids(deal_ids)
    people = client.fetch_contacts(sorted({contact for _, contact, _ in to_links(deals)}))
    with context.database.transaction() as connection:
        found = save_answers(connection, context, deals, people)
    log.info("deals_completed", asked=len(deal_ids), found=found)
    return found


def check_account(client: AmocrmClient, context: JobContext) -> CrmAccount:
    """The account of a client. Raises: WrongAccount when the webhooks are of another one, AmocrmError."""
    account = client.fetch_account()
    expected = context.settings.amocrm_account_id
    if expected not in (None, account.id):
        raise WrongAccount(keep("run_fault.amocrm_other_account", token=account.id, hooks=expected))
    return account


def save_answers(connection: Connection, context: JobContext, deals: AmocrmBody, people: AmocrmBody) -> int:
    """Save the answers and settle what they touch; answers how many deals they told of."""
    hold_settling(connection)
    received_at = context.clock()
    events = to_deal_events(deals, received_at, FieldMap.of(load_field_rows(connection)))
    contacts = to_contacts(people, received_at)
    save_deal_events(connection, [(None, event) for event in events])
    links = [*to_links(deals), *to_links(people)]
    save_links(connection, links)
    changed = save_contacts(connection, contacts)
    touched = {event.deal_id for event in events} | {deal_id for deal_id, _, _ in links}
    touched |= load_deals_of_contacts(connection, changed)
    settle_deals(connection, touched, load_rules(connection), context.calendar)
    bump(connection)
    return len({event.deal_id for event in events})
