"""How often attribution is right on a dirty world: measured against its known truth."""

from collections.abc import Iterator

import dash
import pytest

from data.engine import Database
from tests.api.demo_company import loaded_company
from tests.api.test_attribution import Company

PRECISION, RECALL = 0.995, 0.95


@pytest.fixture(scope="module")
def company(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[Company]:
    with loaded_company(shared_app, shared_jobs, leads=1500, seed=11) as (world, context):
        yield Company(world, context, shared_app)


def test_teams_are_right_and_seldom_missing(company: Company) -> None:
    """Doubled, shuffled and late deliveries, misspelt phones, people with several cards: what the demo world has."""
    found = {deal_id: sale[0] for deal_id, sale in company.sales().items() if not sale[11]}
    meant = {sale.deal_id: sale.team for sale in company.world.truth.sales if sale.status == "won"}
    assert set(found) == set(meant)
    given = [deal_id for deal_id, team in found.items() if team is not None]
    owned = [deal_id for deal_id, team in meant.items() if team is not None]
    right = [deal_id for deal_id in given if found[deal_id] == meant[deal_id]]
    assert len(owned) > 50
    assert len(right) / len(given) >= PRECISION
    assert len(right) / len(owned) >= RECALL
