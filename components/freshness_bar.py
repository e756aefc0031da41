"""The freshness of the data for the top bar: when each source last brought something, and which rate stands."""

from datetime import datetime
from typing import Any

from dash import html

from components.attributes import attributes
from core.reports import Freshness
from core.texts import format_day, t, tn

FRESH_SECONDS = 900
STALE_SECONDS = 1800


def create_freshness(freshness: Freshness, at: datetime) -> list[Any]:
    """When each source last brought something; the ages go on counting in the browser."""
    parts: list[Any] = [
        _age("sales", freshness.sales_at, at, pulse=True),
        _age("spend", freshness.spend_at, at, limits=True),
        _age("leads", freshness.leads_at, at),
        _rate(freshness),
    ]
    if freshness.failed_accounts:
        failed = tn("fresh.failed", len(freshness.failed_accounts))
        parts.insert(
            0,
            html.Span(
                [html.Span(className="dot neg"), failed],
                className="row g6 nw neg",
                title=", ".join(freshness.failed_accounts),
            ),
        )
    return parts


def _age(source: str, moment: datetime | None, at: datetime, limits: bool = False, pulse: bool = False) -> html.Span:
    if moment is None:
        return html.Span([html.Span(className="dot t3"), t(f"fresh.no_{source}")], className="row g6 nw")
    seconds = max(0, int((at - moment).total_seconds()))
    before, _, after = t(f"fresh.{source}", age="\0").partition("\0")
    state = "fresh" if seconds < FRESH_SECONDS else "stale" if seconds < STALE_SECONDS else "old"
    marks = {"data-state": state if limits else "fresh"}
    if limits:
        marks["data-limits"] = f"{FRESH_SECONDS}|{STALE_SECONDS}"
    units = "|".join(t(f"unit.age_{unit}") for unit in ("seconds", "minutes", "hours", "days"))
    return html.Span(
        [
            html.Span(className="pulse" if pulse else "dot"),
            html.Span(
                [
                    before,
                    html.Time(
                        format_age(seconds),
                        dateTime=moment.isoformat(),
                        className="num",
                        **attributes({"data-units": units}),
                    ),
                    after,
                ]
            ),
        ],
        className="row g6 nw source",
        **attributes(marks),
    )


def format_age(seconds: int) -> str:
    """How long ago, in the largest whole unit."""
    for size, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size:
            return f"{seconds // size}\u00a0{t(f'unit.age_{unit}')}"
    return f"{seconds}\u00a0{t('unit.age_seconds')}"


def _rate(freshness: Freshness) -> html.Span:
    if freshness.rate_day is None:
        return html.Span([html.Span(className="dot neg"), t("fresh.no_rate")], className="row g6 nw")
    key = "fresh.rate_carried" if freshness.rate_is_carried else "fresh.rate"
    tone = "warn" if freshness.rate_is_carried else "pos"
    return html.Span(
        [html.Span(className=f"dot {tone}"), t(key, day=format_day(freshness.rate_day))], className="row g6 nw"
    )
