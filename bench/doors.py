"""What crosses the border: forms taken in a second against a bare endpoint, and amoCRM's history read at its rate."""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from auth.encryption import Cipher, make_key
from bench.attribution import opened
from bench.figures import Figure, ratio
from core.business_time import BusinessCalendar
from core.records import DateRange
from data.embedded import DatabaseUrls
from data.engine import JOBS_ROLE
from demo.amocrm_api import AmocrmStandIn
from demo.crm_data import CrmData
from jobs.backfill_amocrm import backfill_amocrm
from jobs.context import JobContext

INTAKE_LIMIT, BACKFILL_LIMIT = 0.6, 0.9
_THREADS = 4
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_TOKEN, _ACCOUNT = "benchToken", 28805383  # nosec B105 - of a stand-in on this machine
_FIRST = 80_000_000  # of the deals and contacts of this account, beyond those that are there
_NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def forms_a_second(address: str, count: int) -> float:
    """How many landing forms an address takes in a second, from four senders with a connection each."""
    bodies = [urlencode({"Name": "Bench", "Phone": f"+7701{number:07}", "tranid": f"1:{random.getrandbits(48)}",
                         "utm_source": "fb_sunkar", "formid": "form1"}) for number in range(count)]
    failures: list[int] = []
    threads = [threading.Thread(target=_send, args=(address, bodies[start::_THREADS], failures))
               for start in range(_THREADS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{address.split('/')[2]} answered {failures[0]}")
    return count / (time.perf_counter() - started)


def _send(address: str, bodies: list[str], failures: list[int]) -> None:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    for body in bodies:
        connection.request("POST", place.path, body, _FORM)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            failures.append(answer.status)
            break
    connection.close()


def intake(product: str, floor: str, count: int) -> list[Figure]:
    """Forms a second of the product's webhook and of the bare endpoint; measured in turn, the medians of three."""
    rates = [(forms_a_second(floor, count), forms_a_second(product, count)) for _ in range(3)]
    bare, ours = (sorted(one)[1] for one in zip(*rates, strict=True))
    return [Figure("forms taken by a bare endpoint with one INSERT", bare, None, "a second"),
            Figure("forms taken by the webhook", ours, None, "a second"),
            ratio("webhook to the bare endpoint", ours, bare, INTAKE_LIMIT, at_least=True)]


@contextmanager
def _account(rate: float, deals: int) -> Iterator[AmocrmStandIn]:
    """An account of amoCRM with some deals on each of its days, that refuses what comes faster than its rate."""
    leads, contacts = [], []
    for number in range(1, deals + 1):
        moment = int((_NOON - timedelta(days=number % 60, seconds=number)).timestamp())
        leads.append({
            "id": _FIRST + number, "name": "Deal", "price": 5000, "status_id": 142, "pipeline_id": 10350882,
            "created_at": moment, "updated_at": moment, "closed_at": moment, "is_deleted": False,
            "custom_fields_values": None, "account_id": _ACCOUNT,
            "_embedded": {"contacts": [{"id": _FIRST + number, "is_main": True}]}})
        contacts.append({
            "id": _FIRST + number, "name": "Dana", "updated_at": moment, "account_id": _ACCOUNT,
            "custom_fields_values": [{"field_id": 3, "field_name": "Phone", "field_code": "PHONE", "values": [
                {"value": f"+7 701 {number:07d}", "enum_code": "MOB"}]}], "_embedded": {"leads": []}})
    # A little above what we allow ourselves: a stand-in counts by the second, and a clock is never the other's.
    with AmocrmStandIn(CrmData(_ACCOUNT, "example", leads, contacts, [], _TOKEN), rate_limit=rate + 1) as stand_in:
        yield stand_in


def backfill(urls: DatabaseUrls, days: int, rate: float = 7.0) -> list[Figure]:
    """The requests a second with which history is read and saved, against the rate that is allowed."""
    period = DateRange(_NOON.date() - timedelta(days=days - 1), date(_NOON.year, _NOON.month, _NOON.day))
    with _account(rate, 600) as stand_in, opened(urls.jobs_url, JOBS_ROLE) as database:
        settings: Any = SimpleNamespace(
            amocrm_account_url=stand_in.url, amocrm_access_token=_TOKEN, amocrm_rate_limit=rate,
            amocrm_account_id=_ACCOUNT, amocrm_client_id="", amocrm_client_secret="", public_url="", demo=True)
        context = JobContext(settings, database, Cipher.from_ring(f"one:{make_key()}"), BusinessCalendar(),
                             lambda: _NOON)
        started = time.perf_counter()
        backfill_amocrm(context, period)
        seconds = time.perf_counter() - started
        asked = len(stand_in.server.requests)
    return [Figure(f"requests to amoCRM for {days} days of history", asked, None, "requests"),
            Figure("requests to amoCRM", asked / seconds, None, "a second"),
            ratio("requests to amoCRM to the allowed rate", asked / seconds, rate, BACKFILL_LIMIT, at_least=True)]
