"""Answers in the form the caller asked for: JSON numbers for money and ratios, or a CSV file."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request

from api.report_answers import Row, cells
from core.csv_export import write_csv


def json_answer(content: Any, status: int = HTTPStatus.OK) -> Response:
    """Records as JSON: decimals are numbers, days and times ISO 8601."""
    return Response(orjson.dumps(content, default=_plain), status, mimetype="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def wants_csv() -> bool:
    """``format=csv`` in the address, or CSV preferred in ``Accept``; ``format=json`` wins over ``Accept``."""
    chosen = request.args.get("format", "")
    if chosen in ("csv", "json"):
        return chosen == "csv"
    return request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Row]) -> Response:
    """A file to download; ``name`` is ours and holds nothing somebody sent."""
    content = write_csv(columns, (cells(row, columns) for row in rows))
    return Response(content, content_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})
