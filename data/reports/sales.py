"""Sales of a period, newest first, each with its team, the method that found it or the reason it has none."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.business_time import now as current_instant
from core.filters import Filters
from core.records import Scope
from core.reports import UNATTRIBUTED, SaleRow, SalesPage, TeamLook
from data.queries import run
from data.reports.context import ReportContext, load_context
from data.reports.selection import select

MAX_ROWS = 500


def load_sales(
    connection: Connection,
    filters: Filters,
    scope: Scope,
    calendar: BusinessCalendar,
    limit: int = 100,
    cursor: str | None = None,
) -> SalesPage:
    """A page of at most ``limit`` (≤ 500) sales; an unreadable cursor starts from the first page."""
    context = load_context(connection, filters, calendar, current_instant())
    return load_sales_page(connection, filters, scope, context, limit, cursor)


def load_sales_page(
    connection: Connection, filters: Filters, scope: Scope, context: ReportContext, limit: int, cursor: str | None
) -> SalesPage:
    """The same for a report that has its context already: one statement."""
    limit = max(1, min(limit, MAX_ROWS))
    sold_at, sale_id = _read_cursor(cursor)
    rows = run(
        connection,
        "reports/sales",
        basis=filters.basis,
        first_day=context.period.first,
        last_day=context.period.last,
        cursor_date=sold_at,
        cursor_id=sale_id,
        row_limit=limit + 1,
        **select(filters, scope, context.teams).parameters,
    )
    total = rows[0]["total"] if rows else 0
    found = [row for row in rows if row["id"] is not None]
    page = found[:limit]
    next_cursor = _write_cursor(page[-1]) if len(found) > limit else None
    return SalesPage(tuple(to_sale(row) for row in page), total, next_cursor)


def to_sale(row: Mapping[str, Any]) -> SaleRow:
    """One row of the statement as a sale; KZT is the currency of amoCRM amounts."""
    amount: Decimal | None = row["sale_amount"]
    team = TeamLook(row["slug"], row["name"], row["color"], row["emoji"]) if row["slug"] else UNATTRIBUTED
    return SaleRow(
        id=str(row["id"]),
        deal_id=row["deal_id"],
        product=row["product"],
        amount=amount,
        currency=row["currency"],
        amount_kzt=amount if row["currency"] == "KZT" else None,
        amount_usd=row["amount_usd"],
        sold_at=row["sale_date"],
        sale_day=row["sale_day"],
        team=team,
        method=row["attribution_method"],
        confidence=row["confidence"],
        rule=row["rule_id"],
        reason=row["reason"] if team is UNATTRIBUTED else None,
        candidates=tuple(row["candidates"]),
        campaign=row["campaign"],
        status="reversed" if row["is_reversed"] else "won",
        payment_of=row["payment_of"],
    )


def _write_cursor(row: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(f"{row['sale_date'].isoformat()}|{row['id']}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> tuple[datetime | None, str | None]:
    if not cursor:
        return None, None
    try:
        sold_at, sale_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        moment = datetime.fromisoformat(sold_at)
        if moment.tzinfo is None:
            return None, None
        return moment, str(UUID(sale_id))
    except (ValueError, UnicodeDecodeError, binascii.Error):
        return None, None
