"""``make bench``: measures the promises on speed and rightness; exit code 1 when one is not kept.

``--scale small`` does the same with few rows (a check of the bench itself: its ratios mean little), ``--only`` some
parts.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.attribution import full_attribution, one_sale, previews
from bench.company import Size, fill, running_server
from bench.demo import demo_figures
from bench.doors import backfill
from bench.facebook_sync import measure as measure_sync
from bench.figures import Figure
from bench.lists import lists
from bench.product import StartFailed


@dataclass(frozen=True)
class Scale:
    """How much is measured with."""

    company: Size
    users: int
    events: int
    days: int
    forms: int
    ads: tuple[int, int, int]  # accounts, campaigns of each, days


SCALES = {
    "full": Scale(Size(2_000_000, 300_000, 150_000), 10_000, 1_000_000, 60, 400, (50, 200, 30)),
    "small": Scale(Size(20_000, 3_000, 1_500), 300, 5_000, 6, 40, (3, 10, 7)),
}


def measure_company(scale: Scale) -> Iterator[Figure]:
    """Attribution, reading of history and lists on one company of this size."""
    with running_server() as urls:
        fill(urls, scale.company)
        yield from full_attribution(urls, scale.company)
        yield from previews(urls)
        yield from one_sale(urls)
        yield from backfill(urls, scale.days)
        yield from lists(urls, scale.users, scale.events)


def measure_product(scale: Scale) -> Iterator[Figure]:
    """The whole product with the demo company."""
    with _folder() as folder:
        yield from demo_figures(folder / "var", scale.forms)


def measure_facebook(scale: Scale) -> Iterator[Figure]:
    """A sync of many accounts against the time its far side needs to serve the same requests."""
    return (Figure(*one) for one in measure_sync(*scale.ads))


PARTS: dict[str, Callable[[Scale], Iterator[Figure]]] = {
    "product": measure_product, "company": measure_company, "facebook": measure_facebook}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="td-bench-") as folder:
        Path(folder).chmod(0o755)  # the server of root is another user
        yield Path(folder)


def main(arguments: list[str] | None = None) -> int:
    """Print each figure as it is known; 1 when a promise is not kept or the product did not start."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="full")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS))
    given = parser.parse_args(arguments)
    kept = True
    for part in given.only:
        print(f"-- {part} ({given.scale}) …", flush=True)
        try:
            for figure in PARTS[part](SCALES[given.scale]):
                print(figure, flush=True)
                kept = kept and figure.is_kept
        except StartFailed as failed:
            print(f"The product did not start:\n{failed}", file=sys.stderr)
            return 1
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
