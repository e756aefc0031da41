"""The report of data quality: what is wrong, what it is worth, and how often attribution is right."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.quality import COVERAGE_DAYS, PLACES, STALE_HOURS, QualityLine, QualityReport
from data.identity import load_suspicious_joins
from data.queries import run
from data.rightness import load_measures

_JOINS = 20


def load_quality(connection: Connection, calendar: BusinessCalendar, at: datetime) -> QualityReport:
    """Everything the page shows, as of ``at``; for a viewer who sees all."""
    rows = run(connection, "quality/lines", since=calendar.today(at) - timedelta(days=COVERAGE_DAYS),
               stale=at - timedelta(hours=STALE_HOURS))
    lines = [QualityLine(row["kind"], row["how_many"], row["of_all"], row["money"], row["name"],
                         row["at"].astimezone(calendar.zone) if row["at"] else None, row["label"])
             for row in rows]
    joins = load_suspicious_joins(connection, _JOINS)
    if any(line.kind == "sales_without_contact" for line in lines):
        lines.append(QualityLine("joins", len(joins)))
    order = list(PLACES)
    measures = tuple(replace(one, measured_at=one.measured_at.astimezone(calendar.zone))
                     for one in load_measures(connection) if one.measured_at is not None)
    return QualityReport(measures, tuple(sorted(lines, key=lambda line: order.index(line.kind))),
                         tuple(joins))
