"""``make bench``: measures the promises on speed with a product of its own; exit code 1 when one is not kept."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.facebook_sync import measure as measure_facebook
from bench.floor import floor_milliseconds, floor_report_milliseconds, running_floor
from bench.measures import (
    QUERIES,
    median,
    report_costs,
    sale_visible_seconds,
    slowest_twentieth,
    webhook_milliseconds,
)
from bench.product import StartFailed, running_product
from core.settings import demo_settings


@dataclass(frozen=True)
class Figure:
    """One measured promise; ``limit`` ``None`` is told without judging."""

    name: str
    value: float
    limit: float | None
    unit: str

    @property
    def is_kept(self) -> bool:
        """True when the figure is within its limit."""
        return self.limit is None or self.value <= self.limit

    def __str__(self) -> str:
        promise = "" if self.limit is None else f"≤ {self.limit:g}"
        return f"{'ok  ' if self.is_kept else 'MISS'} {self.name:<44} {self.value:>9.1f} {self.unit:<11} {promise}"


def measure(var_dir: Path) -> list[Figure]:
    """Start a product, measure it, start it again. Raises: StartFailed."""
    print("Starting a product with the whole demo company …", flush=True)
    with running_product(var_dir) as (base, seconds):
        settings = demo_settings(var_dir)
        figures = [Figure("first start to the first usable page", seconds, 180, "s")]
        with running_floor(settings) as floor:
            # The floor before and after the product: what else the machine does meets both.
            bare = floor_milliseconds(floor, 200)
            posts = webhook_milliseconds(base, settings)
            bare = sorted(bare + floor_milliseconds(floor, 200))
        figures += [Figure("webhook answered, median", median(posts), 50, "ms"),
                    Figure("webhook answered, 95 of 100", slowest_twentieth(posts), None, "ms"),
                    Figure("route with one INSERT (floor), median", median(bare), None, "ms"),
                    Figure("webhook to floor", median(posts) / median(bare), None, "times"),
                    Figure("sale in the totals after its webhook", sale_visible_seconds(base, settings), 30, "s")]
        times, statements = report_costs(settings)
        sums = floor_report_milliseconds(settings, QUERIES)
        figures += [Figure("change of filters on the server, median", median(times), None, "ms"),
                    Figure("change of filters on the server, 95 of 100", slowest_twentieth(times), 300, "ms"),
                    Figure("bare statement over the same days (floor)", median(sums), None, "ms"),
                    Figure("change of filters to floor", median(times) / median(sums), None, "times"),
                    Figure("SQL statements for a change of filters", statements, 3, "statements")]
    with running_product(var_dir) as (_base, seconds):
        figures.append(Figure("second start", seconds, 10, "s"))
    figures += [Figure(*one) for one in measure_facebook()]
    return figures


def main() -> int:
    """Print the figures; 1 when a promise is not kept or the product did not start."""
    with tempfile.TemporaryDirectory(prefix="td-bench-") as folder:
        Path(folder).chmod(0o755)  # the server of root is another user
        try:
            figures = measure(Path(folder) / "var")
        except StartFailed as failed:
            print(f"The product did not start:\n{failed}", file=sys.stderr)
            return 1
    print("\n".join(map(str, figures)))
    return 0 if all(figure.is_kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
