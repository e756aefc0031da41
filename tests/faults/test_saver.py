"""The second thread of the sync: pieces in their order, a bounded weight waiting, and nothing after a fault."""

from functools import partial
from threading import Event

import pytest

from jobs.saver import MOST_ROWS, Saver


def test_pieces_are_done_in_their_order_and_light_ones_do_not_wait() -> None:
    done: list[int] = []
    gate = Event()
    saver = Saver("test-save")
    saver.put(lambda: done.append(0) if gate.wait(10) else None, rows=6_000)
    for number in range(1, 5):
        saver.put(partial(done.append, number))
    assert done == []
    gate.set()
    saver.close(is_orderly=True)
    assert done == [0, 1, 2, 3, 4]


def test_what_is_too_heavy_together_is_not_held_together() -> None:
    held: list[int] = []
    saver = Saver("test-save")
    for number in range(5):
        saver.put(partial(held.append, number), rows=MOST_ROWS)
        assert len(held) >= number       # the one before is done when the next is taken
    saver.close(is_orderly=True)


def test_a_fault_is_raised_and_nothing_after_it_is_done() -> None:
    done: list[str] = []

    def fail() -> None:
        raise LookupError("broken")

    saver = Saver("test-save")
    saver.put(fail, rows=MOST_ROWS)
    with pytest.raises(LookupError):
        saver.put(lambda: done.append("after"), rows=MOST_ROWS)
    saver.put(lambda: done.append("later"))
    saver.close(is_orderly=False)
    assert not done
