"""A company on its first day: every empty place says what to do next, and claims nothing that is not so."""

from datetime import date
from decimal import Decimal

from components.invitation import create_invitation_field
from components.plans_page import create_plan_list
from components.quality_page import create_quality
from components.queue_page import QueueView, create_queue
from components.rates_page import RateDayView, RatesView, create_rates
from components.webhooks_page import EventsView, create_webhooks
from core.metrics import USUAL_THRESHOLDS
from core.quality import QualityReport
from core.records import DateRange
from tests.unit.components.looking import words

DAY = date(2026, 11, 23)


def places(part):
    """Where its links lead."""
    return [one.href for one in part._traverse() if getattr(one, "href", None)]


def test_quality_leads_to_the_sources():
    assert places(create_quality(QualityReport((), (), ()))) == ["/admin/amocrm", "/settings?tab=facebook"]


def test_the_log_of_events_leads_to_what_sends_them():
    found = places(create_webhooks(EventsView([], None, 0, {}, 0, None, 500)))
    assert {"/admin/amocrm", "/admin/landing"} <= set(found)


def test_the_queue_blames_no_filters_that_nobody_set():
    said = words(create_queue(QueueView([], [], None, {"tab": "queue"}, None, [], 1)))
    assert "Продаж без команды нет" in said and "Сбросьте фильтры" not in said
    assert "Сбросьте фильтры" in words(create_queue(QueueView([], [], None, {"q": "x"}, None, [], 1)))


def test_rates_do_not_claim_to_be_complete_where_there_is_none():
    missing, known = RateDayView(DAY, None, "missing", ""), RateDayView(DAY, Decimal(500), "published", "nbk")
    for day, claim in ((missing, "Денег ещё не было"), (known, "Курс есть на каждый день")):
        view = RatesView(DAY, None, None, [day], [], DAY, None)
        assert claim in words(create_rates(view))


def test_plans_lead_to_the_first_team():
    [link, *_] = create_plan_list(DateRange(DAY, DAY), [], Decimal(0), USUAL_THRESHOLDS, 1)
    assert places(link) == ["/admin/teams"]


def test_nobody_is_invited_by_a_letter_that_cannot_leave():
    for ready, way in ((True, "mail"), (False, "link")):
        field = create_invitation_field(ready)
        [control] = [one for one in field._traverse() if getattr(one, "options", None)]
        assert control.value == way and ("SMTP_URL" in words(field)) is not ready
