"""Tables of a report as the rows of a file: plain names, plain figures, for programs as much as for people."""

from collections.abc import Sequence

from components.team_look import NO_TEAM
from core.csv_export import Cell
from core.metrics import METRICS
from core.reports import CoverageRow, UtmRow

UTM_HEADER = ("mark", "value", "teams", *(metric.name for metric in METRICS))
COVERAGE_HEADER = ("method", "reason", "sales", "money")

# Facebook counts money and clicks by campaign, not by mark: a zero here would be a lie.
_UNKNOWN_BY_MARK = frozenset(
    {
        "spend",
        "profit",
        "roi",
        "roas",
        "impressions",
        "clicks",
        "cpa",
        "cpl",
        "ctr",
        "cpc",
        "cpm",
    }
)


def utm_lines(rows: Sequence[UtmRow]) -> list[Sequence[Cell]]:
    """All five marks with every metric; what is not known by mark is empty."""
    return [
        (
            row.mark,
            row.value,
            " ".join(team.slug or NO_TEAM for team in row.teams),
            *(metric.value(row.sums) if metric.name not in _UNKNOWN_BY_MARK else None for metric in METRICS),
        )
        for row in rows
    ]


def coverage_lines(rows: Sequence[CoverageRow]) -> list[Sequence[Cell]]:
    """How many sales each rule explains, and why the others have no team."""
    return [(row.method, row.reason, row.sales, row.money) for row in rows]
