"""Reading days of amoCRM's history whole, though pages shift while deals change.

Invariant: what is answered was the same in two readings in a row, or fitted into one page; a deal that moved from an
unread page to a read one between two calls is found by the second reading.
"""

from collections.abc import Callable
from datetime import date, timedelta

from core.business_time import BusinessCalendar
from core.records import AmocrmBody, AmocrmEvent, DateRange
from integrations.amocrm.client import PAGE, AmocrmClient
from integrations.amocrm.errors import Transient
from integrations.amocrm.meaning import to_links

_READINGS = 4


def fetch_deals_of_day(client: AmocrmClient, day: date, calendar: BusinessCalendar) -> AmocrmBody:
    """The deals made or closed on a local day, each once as it is now. Raises AmocrmError."""
    start, end = calendar.bounds(DateRange(day, day))
    last = end - timedelta(seconds=1)
    found: dict[int, AmocrmEvent] = {}
    for moment in ("created_at", "closed_at"):
        for event in read_steadily(lambda name=moment: client.fetch_leads_by_time(name, start, last)):  # type: ignore[misc]
            if event.id is not None:
                found[event.id] = event
    return AmocrmBody(None, None, tuple(found.values()))


def read_steadily(read: Callable[[], AmocrmBody]) -> tuple[AmocrmEvent, ...]:
    """What a listing holds. Raises: Transient when it never stands still, AmocrmError."""
    before = read().events
    if len(before) < PAGE:
        return before
    for _ in range(_READINGS):
        after = read().events
        if {(one.id, one.last_modified) for one in after} == {(one.id, one.last_modified) for one in before}:
            return after
        before = after
    raise Transient("The deals of amoCRM change faster than they can be read")


def fetch_people(client: AmocrmClient, deals: AmocrmBody) -> AmocrmBody:
    """The people of these deals. Raises AmocrmError."""
    return client.fetch_contacts(sorted({contact for _, contact, _ in to_links(deals)}))
