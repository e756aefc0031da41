"""Who runs what, and when: long work first, so that no worker waits for another at the end of a run.

A file stays whole on one worker, since its tests share a database; so do all tests in the browser, which share a
product and a Chromium that take longer to start than most of them.
"""

from collections.abc import Iterable

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = "tests/browser/"
# The longest first; whatever is not named is short and follows. A wrong order costs time and nothing else.
LONG = (
    TOGETHER,
    "tests/security/test_openapi.py",
    "tests/security/test_bodies.py",
    "tests/faults/test_facebook_sync.py",
    "tests/database/test_persons.py",
    "tests/security/test_stored_scripts.py",
    "tests/security/test_every_process.py",
    "tests/security/test_rights.py",
    "tests/security/test_timing.py",
    "tests/database/test_migrations.py",
    "tests/database/test_payments.py",
    "tests/security/test_secrets.py",
    "tests/api/test_attribution.py",
    "tests/database/test_bench.py",
    "tests/security/test_supply.py",
    "tests/faults/test_facebook_details.py",
    "tests/faults/test_facebook_fault_list.py",
    "tests/api/test_evidence.py",
    "tests/security/test_limits.py",
    "tests/faults/test_killed_worker.py",
    "tests/faults/test_facebook_reading.py",
    "tests/api/test_demo_truth.py",
    "tests/api/test_attribution_quality.py",
    "tests/unit/demo/test_demo_verdicts.py",
    "tests/security/test_slow_senders.py",
    "tests/faults/test_jobs_process.py",
    "tests/api/test_attribution_rerun.py",
    "tests/api/test_quality_pages.py",
    "tests/database/test_embedded.py",
    "tests/database/test_deal_life.py",
    "tests/house/test_tools.py",
)


def unit_of(nodeid: str) -> str:
    """What a test is handed out with: its file, or all tests in the browser."""
    file = nodeid.split("::", 1)[0]
    return TOGETHER if file.startswith(TOGETHER) else file


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests in the order they begin; within a file it stays as it is written."""
    rank = {unit: place for place, unit in enumerate(LONG)}
    return sorted(items, key=lambda item: rank.get(unit_of(item.nodeid), len(LONG)))


class LongestFirst(LoadScopeScheduling):
    """Hands out units in the order of the collection, which ``longest_first`` made."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False  # by number of tests, the longest test of all would begin last
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
