"""A stand-in for the feed of the National Bank on loopback: the rates of one day, by the true protocol.

Invariant: a day the series left out, or one after its end, is answered as the bank does: a feed without items.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from core.records import DayRate
from demo.loopback import Answer, LoopbackServer, Request

PATH = "/rss/get_rates.cfm"
_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rates>
\t<generator>Alternate RSS Builder</generator>
\t<title>Official exchange rates of National Bank of Republic Kazakhstan</title>
\t<link>www.nationalbank.kz</link>
\t<description>Official exchange rates of National Bank of Republic Kazakhstan</description>
\t<copyright>www.nationalbank.kz</copyright>
\t<date>{day:%d.%m.%Y}</date>
{content}
</rates>
"""
_ITEM = """
\t<item>
\t\t<fullname>{name}</fullname>
\t\t<title>{code}</title>
\t\t<description>{rate}</description>
\t\t<quant>{quant}</quant>
\t\t<index></index>
\t\t<change>0.00</change>
\t</item>"""
_NAMES = {"USD": "ДОЛЛАР США", "EUR": "ЕВРО", "JPY": "ЯПОНСКАЯ ЙЕНА"}
_QUANTS = {"JPY": 100, "KRW": 100, "VND": 100}
_NOTHING = "\t<info>На указанную дату данных нет</info>"


class NationalBankStandIn:
    """The feed as a running server; ``rates`` are the published days.

    ``others``: of a day, KZT for one unit of further currencies. The bank tells a hundred yen at a time.
    """

    def __init__(self, rates: Iterable[DayRate], port: int = 0,
                 others: Mapping[date, Mapping[str, Decimal]] | None = None) -> None:
        self._rates = {rate.day: rate for rate in rates}
        self._others = others or {}
        self.server = LoopbackServer(self._answer, port)

    @property
    def url(self) -> str:
        """Address for ``RATES_URL``."""
        return self.server.url + PATH

    def _answer(self, request: Request) -> Answer:
        day = _read_day(request.query.get("fdate", ""))
        if request.path != PATH or day is None:
            return Answer(404, b"<html></html>", content_type="text/html")
        rate = self._rates.get(day)
        told = {} if rate is None else {"USD": rate.usd_to_kzt}
        items = [_ITEM.format(name=_NAMES.get(code, code), code=code, quant=_QUANTS.get(code, 1),
                              rate=value * _QUANTS.get(code, 1))
                 for code, value in {**told, **self._others.get(day, {})}.items()]
        content = "".join(items) or _NOTHING
        return Answer(200, _FEED.format(day=day, content=content).encode(), content_type="text/xml;charset=UTF-8")


def _read_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day of the bank, not a moment
    except ValueError:
        return None
