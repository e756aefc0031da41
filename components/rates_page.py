"""The page of exchange rates: gaps said aloud, the days of a month, a rate by hand, and asking the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_tabs
from components.admin_place import RunProgress, create_notice, create_run_card, create_table
from components.forms import create_api_button, create_api_form, create_hidden_field, create_text_field
from components.frames import create_card, create_icon
from core.texts import format_day, format_month, format_number, format_weekday, t, tn

ROOT = "/api/traffic-admin/rates"
PAGE = "/admin/rates"
DOLLAR = "USD"
_SMALL = Decimal(10)
_LOOKS = {"published": "good", "carried": "weak", "manual": "ok", "missing": "loss"}


@dataclass(frozen=True)
class RateDayView:
    """A day of the month; ``state`` is published, carried, manual or missing."""

    day: date
    rate: Decimal | None
    state: str
    source: str


@dataclass(frozen=True)
class GapView:
    """A stretch of days without a rate; ``taken_from`` is the earlier day whose rate stands in."""

    first: date
    last: date
    days: int
    money_days: int
    taken_from: date | None


@dataclass(frozen=True)
class RatesView:
    """A month of rates of a currency; ``currencies``: those there are, ``since``: the first day of this one.

    Gaps are those of the dollar, which every amount is converted by; the dollar alone is set by hand.
    """

    month: date
    before: date | None
    after: date | None
    days: Sequence[RateDayView]
    gaps: Sequence[GapView]
    today: date
    run: RunProgress | None
    currency: str = DOLLAR
    currencies: Sequence[str] = (DOLLAR,)
    since: date | None = None
    seen_at: datetime | None = None       # when this was read; a rate somebody sets later is not overwritten


def create_rates(view: RatesView) -> list[Any]:
    """The choice of the currency and gaps first, then the month and what can be done."""
    parts: list[Any] = [_currencies(view)] if len(view.currencies) > 1 else []
    if view.currency != DOLLAR:
        return [*parts, _month(view), html.Div([_only_read(view), _bank(view)], className="c4 col")]
    if view.gaps:
        parts.append(html.Div([create_notice(_gap(one), "bad" if one.taken_from is None or one.money_days else "warn")
                               for one in view.gaps], className="banners c12"))
    if not view.gaps:
        is_known = any(one.rate is not None for one in view.days)
        parts.append(create_notice(t("rates.page.no_gaps" if is_known else "rates.page.no_money")))
    parts += [_month(view), html.Div([_by_hand(view), _bank(view)], className="c4 col")]
    return parts


def _currencies(view: RatesView) -> html.Div:
    tabs = [(code, code, _address(code, view.month)) for code in view.currencies]
    return html.Div(create_tabs(t("rates.page.currencies"), tabs, view.currency), className="c12")


def _address(currency: str, month: date) -> str:
    chosen = "" if currency == DOLLAR else f"&currency={currency}"
    return f"{PAGE}?month={month:%Y-%m}{chosen}"


def _only_read(view: RatesView) -> html.Section:
    since = format_day(view.since, year=True) if view.since else "—"
    return create_card(t("rates.page.only_read"), html.P(
        t("rates.page.only_read_hint", currency=view.currency, day=since), className="t2"))


def _gap(one: GapView) -> str:
    period = format_day(one.first, year=True)
    if one.last != one.first:
        period = f"{period} – {format_day(one.last, year=True)}"
    stands = (t("rates.page.gap_taken", day=format_day(one.taken_from, year=True)) if one.taken_from
              else t("rates.page.gap_unknown"))
    money = tn("rates.page.gap_money", one.money_days) if one.money_days else ""
    return " ".join(part for part in (tn("rates.page.gap", one.days, period=period), money, stands) if part)


def _month(view: RatesView) -> html.Section:
    links = [dcc.Link(create_icon(icon), href=_address(view.currency, month), className="btn", title=words)
             for icon, month, words in (("left", view.before, t("rates.page.before")),
                                        ("right", view.after, t("rates.page.after"))) if month is not None]
    rows = [[f"{format_day(one.day)}, {format_weekday(one.day)}",
             html.Span(t(f"rates.page.state.{one.state}"), className=f"badge {_LOOKS[one.state]}"), one.source,
             format_number(one.rate, _places(one.rate))] for one in view.days]
    month = format_month(view.month, long=True).capitalize()
    table = create_table([t("rates.page.day"), t("rates.page.state"), t("rates.page.source"), t("rates.page.rate")],
                         rows, month, figures=1)
    unit = t("rates.page.unit") if view.currency == DOLLAR else t("rates.page.unit_of", currency=view.currency)
    return create_card(month, table, unit=unit, actions=links, class_name="c8",
                       flush=True)


def _places(rate: Decimal | None) -> int:
    """Digits after the point: a tenth of a tenge or less for one unit needs more of them."""
    return 2 if rate is None or rate >= _SMALL else 4


def _by_hand(view: RatesView) -> html.Section:
    missing = next((one.day for one in view.days if one.state == "missing"), view.today)
    form = create_api_form(
        ids.RATES_FORM, [
            create_text_field("day", t("rates.page.day"), missing.isoformat(), kind="date", required=True),
            create_text_field("usd_to_kzt", t("rates.page.rate_field"), kind="number", required=True,
                              placeholder="500.00"),
            create_hidden_field("seen_at", view.seen_at.isoformat() if view.seen_at else None)],
        path=ROOT, method="PUT", submit=t("rates.page.set"), done=t("rates.page.set_done"), refresh=ids.RATES_REFRESH)
    return create_card(t("rates.page.manual"), [html.P(t("rates.page.manual_hint"), className="t2"), form])


def _bank(view: RatesView) -> html.Section:
    if view.run is not None and view.run.is_open:
        return create_run_card(t("rates.page.bank"), view.run)
    body: list[Any] = [html.P(t("rates.page.bank_hint"), className="t2")]
    if view.run is not None and view.run.error:
        body.append(html.P(view.run.error, className="hint bad", role="alert"))
    body.append(create_api_button(t("rates.page.ask"), path=f"{ROOT}/sync", done=t("rates.page.asked"),
                                  refresh=ids.RATES_REFRESH, class_name="btn lg"))
    return create_card(t("rates.page.bank"), body)
