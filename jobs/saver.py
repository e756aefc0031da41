"""A second thread that does one piece of work after another while the first goes on asking.

Invariant: at most one piece waits or is done at a time, so what is held in memory does not grow; what a piece raises
is raised at the next step of whoever handed it in, and nothing after it is done.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Saver:
    """Does what it is handed, in that order."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._last: Future[None] | None = None

    def put(self, work: Callable[[], None]) -> None:
        """Hand in a piece, as soon as the one before is done. Raises what that one raised."""
        self._wait()
        self._last = self._pool.submit(work)

    def close(self, *, is_orderly: bool) -> None:
        """Wait for the last piece. ``is_orderly``: raise what it raised; otherwise something is raised already."""
        try:
            if is_orderly:
                self._wait()
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _wait(self) -> None:
        if self._last is not None:
            last, self._last = self._last, None
            last.result()
