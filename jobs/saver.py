"""A second thread that does one piece of work after another while others go on asking.

Invariant: the pieces that wait weigh no more than ``MOST_ROWS`` together, or are one, so what is held in memory does
not grow; what a piece raises is raised at the next step of whoever handed one in, and nothing after it is done.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

MOST_ROWS = 16_000
_LEAST_WEIGHT = 1_000    # in rows: a piece without any holds a lock or a line to the database all the same


class Saver:
    """Does what it is handed, in that order."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._handing_in = Lock()
        self._waiting: deque[tuple[Future[None], int]] = deque()
        self._is_broken = False

    def put(self, work: Callable[[], None], rows: int = 0) -> None:
        """Hand in a piece that holds so many rows, as soon as there is room for it. Raises what one before raised."""
        weight = max(rows, _LEAST_WEIGHT)
        with self._handing_in:
            while self._waiting and (self._waiting[0][0].done() or self._weight() + weight > MOST_ROWS):
                self._wait()
            self._waiting.append((self._pool.submit(self._do, work), weight))

    def close(self, *, is_orderly: bool) -> None:
        """Wait for the last piece. ``is_orderly``: raise what one raised; otherwise something is raised already."""
        try:
            while is_orderly and self._waiting:
                self._wait()
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _do(self, work: Callable[[], None]) -> None:
        if self._is_broken:
            return
        try:
            work()
        except BaseException:
            self._is_broken = True
            raise

    def _weight(self) -> int:
        return sum(weight for _, weight in self._waiting)

    def _wait(self) -> None:
        self._waiting.popleft()[0].result()
