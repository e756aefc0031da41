"""Asynchronous reports of the Graph stand-in: ordered by POST, complete after a few looks, or failed on demand."""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from demo.graph_answers import GraphRefusal

_FIRST_NUMBER = 1_128_003_977_936_306


@dataclass
class _Report:
    account_id: str
    query: dict[str, str]
    outcome: str
    looks: int = 0


@dataclass
class GraphReports:
    """The reports ordered so far. ``outcomes`` are those of the next ones (``Job Failed``, ``Job Skipped``, or
    ``unknown at first``); afterwards each completes at the third look."""

    outcomes: deque[str] = field(default_factory=deque)
    # Reports of more campaigns than this fail, and so do those that name none; ``None``: all are prepared.
    most_campaigns: int | None = None
    _reports: dict[str, _Report] = field(default_factory=dict)

    def order(self, account_id: str, query: dict[str, str]) -> dict[str, Any]:
        """Take an order."""
        number = str(_FIRST_NUMBER + len(self._reports))
        outcome = self.outcomes.popleft() if self.outcomes else self._usual_outcome(query)
        self._reports[number] = _Report(account_id, dict(query), outcome)
        return {"report_run_id": number}

    def _usual_outcome(self, query: dict[str, str]) -> str:
        if self.most_campaigns is None:
            return "Job Completed"
        named = [condition["value"] for condition in json.loads(query.get("filtering") or "[]")
                 if condition["field"] == "campaign.id"]
        return "Job Completed" if named and len(named[0]) <= self.most_campaigns else "Job Failed"

    def state(self, number: str) -> dict[str, Any]:
        """How a report stands. Raises: GraphRefusal for an unknown one."""
        report = self._find(number)
        report.looks += 1
        if report.outcome == "unknown at first" and report.looks == 1:
            raise self._missing(number)
        if report.looks < 3:
            return {"id": number, "account_id": report.account_id, "async_status": "Job Running",
                    "async_percent_completion": 40 * report.looks}
        if report.outcome in ("Job Failed", "Job Skipped"):
            return {"id": number, "async_status": report.outcome, "async_percent_completion": 0, "error_code": -2,
                    "error_subcode": 2490547, "error_message": "The report could not be prepared"}
        return {"id": number, "account_id": report.account_id, "async_status": "Job Completed",
                "async_percent_completion": 100}

    def ordered(self, number: str) -> tuple[str, dict[str, str]]:
        """The account and the parameters of a complete report. Raises: GraphRefusal."""
        report = self._find(number)
        if report.looks < 3:
            raise GraphRefusal(400, 100, "(#100) The report is not ready")
        return report.account_id, report.query

    def _find(self, number: str) -> _Report:
        report = self._reports.get(number)
        if report is None:
            raise self._missing(number)
        return report

    def _missing(self, number: str) -> GraphRefusal:
        return GraphRefusal(400, 100, f"Unsupported get request. Object with ID '{number}' does not exist", 33,
                            "GraphMethodException")
