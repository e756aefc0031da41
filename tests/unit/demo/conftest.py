"""A small demo world, made once."""

from datetime import UTC, date, datetime

import pytest

from demo.world import World, make_world

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)      # seven in the evening in Almaty


@pytest.fixture(scope="session")
def small_world() -> World:
    return make_world(7, today=TODAY, now=NOW, days=20, leads=300)


@pytest.fixture(scope="session")
def middle_world() -> World:
    """Long enough for look-backs and large enough for every story."""
    return make_world(11, today=TODAY, now=NOW, days=150, leads=3000)
