"""Exchange rates day by day: what the bank published, what was carried or set by hand, and what is missing."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal

from flask import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from api.conflicts import other_version
from api.encoding import json_answer
from api.fields import Day, NearDay
from api.openapi import create_api
from api.operations import OptionalWindowBody, RunAnswer, start_run
from api.problems import problem, problem_answers
from api.rule_shapes import flawed
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, each_day, now
from core.records import DateRange, DayRate
from core.texts import t
from data.engine import Viewer, web_database
from data.freshness import bump
from data.rate_gaps import load_rate_gaps
from data.rates import MANUAL, hold_rate, load_rates, load_replaced_rate, restore_rate, save_rates

rates = create_api("rates", __name__, "/api/traffic-admin/rates")

_MOST_DAYS = 366


class RateBody(BaseModel):
    """The rate of a day: KZT for one USD."""

    model_config = ConfigDict(extra="forbid")

    day: Day
    usd_to_kzt: Decimal = Field(gt=0, lt=100_000, max_digits=12, decimal_places=4)
    seen_at: AwareDatetime | None = Field(
        None, description="When the rates were read: refused (409) when somebody set this day later.")


class RateDayBody(BaseModel):
    """A day whose rate was set by hand."""

    model_config = ConfigDict(extra="forbid")

    day: Day
    seen_at: AwareDatetime | None = None


class RateAnswer(BaseModel):
    """The rate that stands (`null`: none any more), and how to go back."""

    day: date
    usd_to_kzt: float | None
    source: str | None
    undo: dict[str, Any] | None


class RatesQuery(BaseModel):
    """Days, both included."""

    first: NearDay = Field(alias="from")
    last: NearDay = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "RatesQuery":
        if not 0 <= (self.last - self.first).days < _MOST_DAYS:
            raise ValueError(t("problem.dates"))
        return self


class RateDay(BaseModel):
    """A day with its rate: KZT for one USD, ``null`` when none is stored."""

    day: date
    usd_to_kzt: float | None
    source: str | None
    state: Literal["published", "carried", "manual", "missing"]


class RateGapAnswer(BaseModel):
    """A stretch of days without a rate, and the earlier day whose rate stands in."""

    first_day: date
    last_day: date
    days: int
    money_days: int
    taken_from: date | None


class RatesAnswer(BaseModel):
    """The days asked for, and every gap from the first day with money to today."""

    rows: list[RateDay]
    gaps: list[RateGapAnswer]


@rates.get("", summary="Exchange rates by day", responses={200: RatesAnswer})
@requires(Permission.RATES_DAY_READ)
def list_rates(query: RatesQuery) -> Response:
    """Each day with its rate and where it is from."""
    period = DateRange(query.first, query.last)
    today = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        stored, gaps = load_rates(connection, period), load_rate_gaps(connection, today)
    rows = [{"day": day, "usd_to_kzt": None, "source": None, "state": "missing"} if (one := stored.get(day)) is None
            else {"day": day, "usd_to_kzt": one.usd_to_kzt, "source": one.source, "state": rate_state(
                one.source, is_carried=one.is_carried)} for day in each_day(period)]
    return json_answer({"rows": rows, "gaps": [vars(one) for one in gaps]})


def rate_state(source: str, *, is_carried: bool) -> str:
    """What stands behind a rate."""
    return "manual" if source == MANUAL else "carried" if is_carried else "published"


@rates.post("/sync", summary="Ask the bank for missing rates", responses={202: RunAnswer})
@requires(Permission.RATES_DAY_WRITE)
def sync_rates() -> Response:
    """Ask for every day from the first one with money to today that has no published rate yet."""
    return start_run("rates", OptionalWindowBody.model_validate({}))


@rates.put("", summary="Set the exchange rate of a day", responses={200: RateAnswer, **problem_answers(409)})
@requires(Permission.RATES_DAY_WRITE)
def set_rate(body: RateBody) -> Response:
    """A rate set by hand stands whatever the bank publishes; the figures of its day follow."""
    user = current_user()
    today = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    if body.day > today:
        return flawed([("day", t("rates.future"))])
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        if not hold_rate(connection, body.day, body.seen_at):
            return other_version(connection, "rate", body.day.isoformat())
        before = load_rates(connection, DateRange(body.day, body.day)).get(body.day)
        save_rates(connection, [DayRate(body.day, body.usd_to_kzt, MANUAL)])
        record(connection, Action.RATE_SET, user_id=user.id, object_type="rate", object_id=body.day.isoformat(),
               before=_told(before), after={"usd_to_kzt": str(body.usd_to_kzt), "source": MANUAL})
        bump(connection)
    undo = {"method": "POST", "path": "/api/traffic-admin/rates/take-back", "body": {"day": body.day}}
    return json_answer({"day": body.day, "usd_to_kzt": body.usd_to_kzt, "source": MANUAL, "undo": undo})


def _told(rate: DayRate | None) -> dict[str, Any] | None:
    """For the audit log, from which a rate that was replaced by hand can come back."""
    return None if rate is None else {"usd_to_kzt": str(rate.usd_to_kzt), "source": rate.source,
                                      "is_carried": rate.is_carried}


@rates.post("/take-back", summary="Take a rate set by hand back",
            responses={200: RateAnswer, **problem_answers(404, 409)})
@requires(Permission.RATES_DAY_WRITE)
def take_back(body: RateDayBody) -> Response:
    """The rate that stood before it was last set by hand stands again; the figures of its day follow."""
    user, day = current_user(), body.day
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        if not hold_rate(connection, day, body.seen_at):
            return other_version(connection, "rate", day.isoformat())
        present = load_rates(connection, DateRange(day, day)).get(day)
        if present is None or present.source != MANUAL:
            return problem(HTTPStatus.NOT_FOUND, detail=t("rates.not_by_hand"))
        before = load_replaced_rate(connection, day)
        restore_rate(connection, day, before)
        record(connection, Action.RATE_TAKEN_BACK, user_id=user.id, object_type="rate", object_id=day.isoformat(),
               before=_told(present), after=_told(before))
        bump(connection)
    undo = {"method": "PUT", "path": "/api/traffic-admin/rates", "body": {"day": day, "usd_to_kzt": present.usd_to_kzt}}
    return json_answer({"day": day, "usd_to_kzt": before.usd_to_kzt if before else None,
                        "source": before.source if before else None, "undo": undo})
