"""The order of a run: long work first, files whole, and no name of a file that is gone."""

from types import SimpleNamespace

import pytest

from tests.house.tree import ROOT
from tests.schedule import LONG, TOGETHER, longest_first, unit_of


@pytest.mark.parametrize("unit", LONG)
def test_long_work_is_still_there(unit: str) -> None:
    assert (ROOT / unit).exists()


def test_the_longest_begins_and_a_file_keeps_its_order() -> None:
    ids = ["tests/unit/test_b.py::test_2", "tests/unit/test_b.py::test_1[a::b]", f"{LONG[1]}::test_x",
           f"{TOGETHER}test_pages.py::test_y", "tests/unit/test_a.py::test_z"]
    ordered = [item.nodeid for item in longest_first([SimpleNamespace(nodeid=one) for one in ids])]
    assert ordered == [ids[3], ids[2], ids[0], ids[1], ids[4]]
    assert unit_of(ids[1]) == "tests/unit/test_b.py"
    assert unit_of(ids[3]) == TOGETHER
