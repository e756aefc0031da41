"""The pages of imports, landing sources, rates and amoCRM have their words in every language and every state."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from components.admin_place import RunProgress
from components.amocrm_mapping import MappingView, PipelineView, create_mapping, create_preview
from components.amocrm_page import (
    NOTICES,
    ConnectionView,
    ProofView,
    WorkView,
    create_amocrm_frame,
    create_connection,
    create_work,
)
from components.imports_page import ImportRowView, ImportView, create_gone, create_import, create_imports
from components.landing_page import ReadingView, SourceView, create_readings, create_source, create_sources
from components.rates_page import GapView, RateDayView, RatesView, create_rates
from components.runs_page import create_runs_frame
from core.import_fields import FIELDS, ImportKind
from core.import_rows import RowProblem
from core.texts import LOCALES, locale
from integrations.landing.flat import MEANINGS

AT, DAY = datetime(2026, 1, 5, 12, tzinfo=UTC), date(2026, 1, 5)
RUNS = [RunProgress(status, 1, 2, "A reason." if status == "failed" else None)
        for status in ("queued", "running", "done", "partial", "failed")]
STATUSES = ("draft", "checking", "checked", "applying", "applied", "undoing", "undone")
PROBLEMS = ("missing", "too_long", "date", "date_range", "amount", "count", "id", "currency", "only_tenge", "contact",
            "nobody", "product", "channel", "too_many_cells", "repeated")


def words(part: Any) -> str:
    """Everything a page says."""
    if isinstance(part, list | tuple):
        return " ".join(map(words, part))
    if isinstance(part, str):
        return part
    shown = [words(getattr(part, name)) for name in ("children", "label", "options") if getattr(part, name, None)]
    return " ".join(shown)


@pytest.fixture(params=sorted(LOCALES))
def language(request: pytest.FixtureRequest) -> Any:
    with locale(request.param):
        yield request.param


def preview() -> dict[str, Any]:
    problems = [asdict(RowProblem(number, "", f"imports.row.{key}", "x")) for number, key in enumerate(PROBLEMS, 2)]
    sample = [{"line": 2, "verdict": verdict, "data": {"submitted_at": "2026-01-05T07:00:00+00:00"}}
              for verdict in ("new", "changed", "unchanged", "known")]
    return {"rows": 9, "new": 1, "changed": 2, "unchanged": 3, "known": 1, "wrong": 2, "problems": problems,
            "problem_counts": {"imports.row.date": 500}, "sample": sample, "money": {"USD": "12.5", "KZT": "5000"},
            "first_day": "2026-01-05", "last_day": "2026-01-06"}


@pytest.mark.usefixtures("language")
def test_imports_in_every_state() -> None:
    for kind in ImportKind:
        assert words(create_imports([]))
        for status in STATUSES:
            counts = {"new": 1, "changed": 2, "removed": 3, "restored": 4}
            line = ImportRowView("1", kind, "old.csv", status, counts, AT, "Anna")
            assert "old.csv" in words(create_imports([line]))
            for run in (None, *RUNS):
                view = ImportView(line, ("a", "b"), "utf-8", "\t", {FIELDS[kind][0].name: 0}, {}, False, False,
                                  tuple(field.name for field in FIELDS[kind]), 1,
                                  None if status == "draft" else preview(), run, UTC)
                assert words(create_import(view))
    assert words(create_gone())


@pytest.mark.usefixtures("language")
def test_landing_sources_and_what_is_read() -> None:
    mapping = dict.fromkeys(MEANINGS, ("a.b",))
    named = SourceView("1", "quiz", "Quiz", "https://example.com/x", mapping, 1, AT, 5, 4, 1, 0)
    unnamed = SourceView(None, "", None, "https://example.com/x", {}, None, None, 0, 0, 0, 0)
    assert "Quiz" in words(create_sources([named, unnamed], "<script>")) and words(create_sources([], "<script>"))
    assert words(create_source(named, "quiz", "<script>")) and words(create_source(None, "new", "<script>"))
    names = ("name", "phone", "email", "submission_id", "funnel", "form_name", "fbclid", "client_id", "amocrm_lead_id",
             "utm_source", "utm_id")
    fields = dict.fromkeys(names, "x")
    assert words(create_readings([ReadingView(AT, "ok", fields, ("a.b",)), ReadingView(None, "ok", {}, ())]))
    assert words(create_readings([]))


@pytest.mark.usefixtures("language")
def test_rates_of_every_state_and_gaps() -> None:
    days = [RateDayView(DAY, Decimal(500), state, "nbk") for state in ("published", "carried", "manual")]
    for run in (None, *RUNS):
        view = RatesView(DAY.replace(day=1), DAY, None, [*days, RateDayView(DAY, None, "missing", "")], [
            GapView(DAY, DAY, 1, 0, DAY), GapView(DAY, DAY, 5, 2, None)], DAY, run)
        assert words(create_rates(view))
    assert words(create_rates(RatesView(DAY, DAY, DAY, days, [], DAY, None)))
    small = RateDayView(DAY, Decimal("0.3712"), "published", "nbk")
    said = words(create_rates(RatesView(DAY, None, DAY, [small], [], DAY, None, "KRW", ("USD", "KRW"), DAY)))
    assert "KRW" in said and "3712" in said


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("has_amocrm", [True, False])
def test_runs_of_amocrm_are_started_or_it_is_connected_first(has_amocrm: bool) -> None:
    frame = create_runs_frame({}, DAY, DAY, has_amocrm)
    paths = {getattr(one, "data-api", None) for one in frame._traverse()}
    places = [one for one in frame._traverse() if getattr(one, "href", "") == "/admin/amocrm"]
    asked = {f"/api/traffic-admin/amocrm/{name}" for name in ("backfill", "reconcile")}
    assert asked & paths == (asked if has_amocrm else set())
    assert len(places) == (1 if has_amocrm else 2), "the section itself always leads there"
    assert words(frame)


@pytest.mark.usefixtures("language")
def test_amocrm_however_it_is_reached() -> None:
    for mode in ("oauth", "token", "none"):
        for may_connect in (True, False):
            view = ConnectionView(mode, "https://example.com", "Academy", 5, AT, AT, may_connect)
            assert words(create_connection(view, DAY))
    assert all(words(create_amocrm_frame(notice)) for notice in NOTICES)
    works = [WorkView(kind, run, AT, {}) for kind in ("amocrm_backfill", "amocrm_reconcile", "deals") for run in RUNS]
    proofs = [ProofView(AT, DAY, DAY, 5, 1, 0, "0", hook == "ok", hook, ("one",))
              for hook in ("ok", "subscribed", "disabled", "unknown", "partial", "absent")]
    assert words(create_work(works, proofs)) and words(create_work([], []))


@pytest.mark.usefixtures("language")
def test_a_mapping_and_everything_it_may_change() -> None:
    pipelines = [PipelineView(1, "Express", ((142, "Won"), (7, "Paid")), "express", True, 7, Decimal("5000.00"), None),
                 PipelineView(2, "", (), None, True, 142, None, None),
                 PipelineView(3, "", (), "proftest", False, 9, None, Decimal("5000.00"))]
    samples = [{"deal_id": 1, "name": None, "fields": [{"id": 5, "name": None, "code": None, "value": "x"}]}]
    view = MappingView(pipelines, [("id:5", "Source")], {"utm_source": ("id:5", "code:old")}, samples, 1, "No answer")
    assert "code:old" in str(create_mapping(view)) and "Express" in words(create_mapping(view))
    assert words(create_mapping(MappingView([], [], {}, [], None, None)))
    fields = {"events": 3, "with_marks_before": 1, "with_marks_after": 2, "changed": 1, "lost": 0, "deals": [
        {"deal_id": 1, "name": None, "before": {}, "after": {"source": "fb_x"}}]}
    changes = [{"pipeline_id": 1, "deals": 2, "events": 3, "change": change}
               for change in ("left_out", "taken_in", "no_sales", "sales", "product", "won_stage", "prepayment")]
    answer = {"changes": changes, "deals_left_out": 2, "events_skipped": 3, "fields": fields, "mapping": {}}
    assert "fb_x" in words(create_preview(answer, {1: "Express"}))
    nothing = {**answer, "changes": [], "deals_left_out": 0, "fields": {**fields, "changed": 0, "deals": []}}
    assert words(create_preview(nothing, {}))
