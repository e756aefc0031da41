"""The page of exchange rates: one month, the gaps, and the run that asks the bank."""

from datetime import date, timedelta
from typing import Any

from dash import Input, Output, State, callback
from sqlalchemy import Connection

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.admin_place import RunProgress
from components.rates_page import DOLLAR, GapView, RateDayView, RatesView, create_rates
from core.business_time import each_day, month_end, now
from core.records import DateRange, DayRate
from data.currency_rates import load_known_currencies, load_rates_of_currency
from data.engine import Viewer, web_database
from data.rate_gaps import load_rate_gaps
from data.rates import MANUAL, load_rates
from data.sync_runs import load_runs


@callback(
    output={"body": Output(ids.RATES_BODY, "children"), "quiet": Output(ids.RATES_TICK, "disabled")},
    inputs={"_refresh": Input(ids.RATES_REFRESH, "data"), "_tick": Input(ids.RATES_TICK, "n_intervals"),
            "subject": State(ids.RATES_SUBJECT, "data")},
)
@requires(Permission.RATES_DAY_READ)
def show_rates(_refresh: Any, _tick: Any, subject: Any) -> dict[str, Any]:
    """A month; it ticks while the bank is being asked."""
    moment = now()
    today = business_calendar().today(moment)
    asked = subject if isinstance(subject, dict) else {}
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        known, runs = load_known_currencies(connection), load_runs(connection, "rates", 1)
        currency = asked["currency"] if asked.get("currency") in known else DOLLAR
        # An account ahead of the business zone may have spent on what is tomorrow here.
        since = min(known[currency], today) if currency in known else None
        month = max(_month(asked.get("month"), today), (since or date.min).replace(day=1))
        period = DateRange(max(month, since or month), min(month_end(month), today))
        days = _days(connection, currency, period)
        gaps = load_rate_gaps(connection, today) if currency == DOLLAR else ()
    run = None if not runs else RunProgress(runs[0].status, runs[0].progress_done, runs[0].progress_total,
                                            " ".join(runs[0].sentences) or None)
    before, after = (month - timedelta(days=1)).replace(day=1), month_end(month) + timedelta(days=1)
    view = RatesView(
        month, before if since is None or month > since else None, after if after <= today else None, days,
        [GapView(one.first_day, one.last_day, one.days, one.money_days, one.taken_from) for one in gaps], today, run,
        currency, (DOLLAR, *known), since, moment)
    return {"body": create_rates(view), "quiet": run is None or not run.is_open}


def _days(connection: Connection, currency: str, period: DateRange) -> list[RateDayView]:
    """The days of a range, the newest first."""
    days = list(reversed(list(each_day(period))))
    if currency == DOLLAR:
        dollars = load_rates(connection, period)
        return [_day(day, dollars.get(day)) for day in days]
    others = load_rates_of_currency(connection, currency, period)
    return [RateDayView(day, None, "missing", "") if (one := others.get(day)) is None else
            RateDayView(day, one.kzt_for_one, "carried" if one.is_carried else "published", one.source)
            for day in days]


def _month(subject: Any, today: date) -> date:
    """The first day of the month that is written ``YYYY-MM``; of this month when it is not, or lies ahead."""
    try:
        found = date.fromisoformat(f"{subject}-01")
    except ValueError:
        found = today
    return min(found, today).replace(day=1)


def _day(day: date, rate: DayRate | None) -> RateDayView:
    if rate is None:
        return RateDayView(day, None, "missing", "")
    state = "manual" if rate.source == MANUAL else "carried" if rate.is_carried else "published"
    return RateDayView(day, rate.usd_to_kzt, state, "" if state == "manual" else rate.source)
