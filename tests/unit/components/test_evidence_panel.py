"""The panel that explains a sale says what the evidence says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from components.evidence_panel import PanelView, create_evidence
from components.models_card import create_comparison
from core.evidence import Payment, SaleEvidence, Step, TouchEvidence
from core.records import DateRange, Utm
from core.reports import UNATTRIBUTED, ModelRow, ModelsReport, TeamLook
from core.texts import LOCALES, locale
from core.touch_models import MODELS, share_sale

SOLD = datetime(2026, 11, 22, 7, tzinfo=UTC)
ALTAI = TeamLook("altai", "Алтай", "#4CC3F7", "🏔")
VIEW = PanelView({"altai": ALTAI}, ZoneInfo("Asia/Almaty"), (ALTAI,), "https://academy.amocrm.ru")


def evidence(**values: Any) -> SaleEvidence:
    touch = TouchEvidence("l1", SOLD - timedelta(days=13), date(2026, 11, 9), "proftest", Utm("fb_altai"), "phone",
                          "altai", "utm_exact", None, timedelta(days=13), "decided")
    made: dict[str, Any] = {
        "id": "s1", "deal_id": 31482907, "product": "flagman", "amount": Decimal(490000), "currency": "KZT",
        "amount_usd": Decimal("951.11"), "rate": Decimal("515.19"), "sold_at": SOLD, "sale_day": date(2026, 11, 22),
        "team": ALTAI, "method": "person_match", "confidence": "medium", "reason": None, "candidates": (),
        "locked": False, "is_reversed": False, "campaign": None, "utm": Utm(), "deal_created_at": SOLD, "rule": None,
        "gap": timedelta(days=13), "version": 14, "touches": (touch,), "history": (), "payments": (),
        "steps": (Step("manual", "silent"), Step("person_match", "decided", ("altai",))),
        "models": share_sale([(touch.at, "altai")]), "learned_at": None}
    return SaleEvidence(**{**made, **values})


def words(part: Any) -> str:
    """Everything a component says."""
    if part is None or isinstance(part, (str, int, float)):
        return "" if part is None else str(part)
    if isinstance(part, (list, tuple)):
        return " ".join(words(one) for one in part)
    return words(getattr(part, "children", None))


def said(sale: SaleEvidence, view: PanelView = VIEW) -> str:
    return words(create_evidence(sale, view)).replace("\u00a0", " ")


def test_a_sale_found_by_its_person_tells_amount_rate_gap_and_way():
    with locale("ru"):
        told = said(evidence())
    for part in ("490 000", "515,19", "Алтай", "за 13 дней до продажи", "правила v14", "Тот же человек", "по телефону",
                 "Лид: proftest", "fb_altai", "Оплачено: Флагман", "Линейная"):
        assert part in told, part


def test_who_may_not_assign_has_no_form_and_a_locked_sale_can_be_given_back():
    with locale("ru"):
        assert "Назначить вручную" not in said(evidence(), PanelView(VIEW.looks, VIEW.zone))
        assert "Вернуть правилам" not in said(evidence())
        assert "Вернуть правилам" in said(evidence(locked=True, method="manual"))


@pytest.mark.parametrize("code", sorted(LOCALES))
@pytest.mark.parametrize("reason", ["no_utm", "unknown_source", "ambiguous", "no_person", "manual"])
def test_without_a_team_the_reason_is_said_in_every_language(code, reason):
    with locale(code):
        told = said(evidence(team=UNATTRIBUTED, method=None, confidence=None, reason=reason, gap=None, amount=None,
                             amount_usd=None, rate=None, candidates=("altai", "gone")))
    assert "evidence." not in told
    assert ("gone" in told) == (reason == "ambiguous")


def test_payments_of_one_sale_are_listed():
    payments = tuple(Payment(f"s{number}", number, Decimal(amount), "KZT", SOLD, number == 1, False)
                     for number, amount in ((1, 5000), (2, 235000)))
    with locale("en"):
        told = said(evidence(payments=payments))
    assert "Payments of this sale" in told and "235,000" in told and "Further payment" in told


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_the_data_driven_model_says_what_it_knows(code):
    with locale(code):
        even, learned = said(evidence()), said(evidence(learned_at=SOLD))
    assert "50" in even and "2026" not in even.partition("50")[0][-200:]
    assert "2026" in learned and "evidence." not in even + learned


def test_models_stand_side_by_side_with_the_rest_last():
    rows = tuple(ModelRow(model, look, Decimal(sales), None if model == "first" else Decimal(money))
                 for look, sales, money in ((UNATTRIBUTED, "1", "5000"), (ALTAI, "2.5", "490000"))
                 for model in MODELS if (model, look) != ("last", UNATTRIBUTED))
    report = ModelsReport(DateRange(date(2026, 11, 1), date(2026, 11, 22)), "KZT", rows, SOLD)
    with locale("en"):
        table, note = create_comparison(report, VIEW.zone)
        told = words(table).replace("\u00a0", " ")
        assert "no rows" not in told and told.index("Алтай") < told.index("No team")
        assert "490,000" in told and "2.5" in told and "22 Nov 2026" in words(note).replace("\u00a0", " ")
        assert "models." not in words(create_comparison(ModelsReport(report.period, "KZT", (), None), VIEW.zone))
