"""Asking the National Bank of Kazakhstan for the rates of a day.

Invariant: an answer for another day than the one asked for is an error; no answer is never "no rates".
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import requests
import stamina

from core.records import DayRate
from integrations.outgoing import read_answer
from integrations.rates.mapping import PublishedRates, UnreadableRates, parse_rates

SOURCE = "nationalbank.kz"
_TRIES = 4


class RatesUnavailable(Exception):
    """The bank did not answer, refused, or answered something unreadable; ask again later."""


class _Passing(Exception):
    """A fault that may be gone in a moment."""


class RatesClient:
    """Reads the feed by date. ``timeout`` is (connect, read) in seconds; nothing is kept between two questions."""

    def __init__(self, rates_url: str, timeout: tuple[float, float] = (5, 30)) -> None:
        self._rates_url = rates_url
        self._timeout = timeout

    def fetch_dollar(self, day: date) -> DayRate | None:
        """KZT for one US dollar on a day; ``None`` when the bank published none for it.

        Raises: RatesUnavailable.
        """
        dollar = self.fetch_day(day).get("USD")
        return None if dollar is None else DayRate(day, dollar, SOURCE)

    def fetch_day(self, day: date) -> Mapping[str, Decimal]:
        """KZT for one unit of every currency the bank published for a day; empty when it published nothing.

        Raises: RatesUnavailable.
        """
        published = self.fetch_rates(day)
        if published.day not in (None, day):
            raise RatesUnavailable(f"asked for {day}, the bank answered for {published.day}")
        return published.kzt_for_one

    def fetch_rates(self, day: date) -> PublishedRates:
        """All rates of a day. Raises: RatesUnavailable."""
        try:
            for attempt in stamina.retry_context(on=_Passing, attempts=_TRIES, timeout=120.0, wait_initial=1.0,
                                                 wait_max=15.0, wait_jitter=1.0):
                with attempt:
                    return parse_rates(self._fetch(day))
        except (UnreadableRates, _Passing) as error:
            raise RatesUnavailable(str(error)) from error
        raise AssertionError("a retry context ends by a return or an exception")

    def _fetch(self, day: date) -> bytes:
        failure = None
        try:
            with requests.get(self._rates_url, params={"fdate": day.strftime("%d.%m.%Y")}, timeout=self._timeout,
                              stream=True, allow_redirects=False) as response:
                body = read_answer(response)
                if response.status_code == 200:
                    return body
                if response.status_code not in (408, 425, 429) and response.status_code < 500:
                    raise RatesUnavailable(f"the bank answered {response.status_code}")
                failure = f"the bank answered {response.status_code}"
        except requests.RequestException as error:
            failure = f"no answer from the bank ({type(error).__name__})"
        raise _Passing(failure)
