"""The regions of a report: one answer for every output, whatever the report holds."""

import pytest
from dash import Output, no_update

from callbacks import analytics, dashboard, team
from callbacks.outputs import grid, no_grid
from callbacks.report import away_regions, region_outputs, show_regions, table
from components import ids
from components.states import create_empty
from tests.unit.components.looking import words
from tests.unit.components.records import dashboard as make_report
from tests.unit.components.records import nothing


@pytest.mark.parametrize("make", [make_report, nothing])
def test_every_output_gets_its_answer(make):
    regions = show_regions(make(), create_empty())
    outputs = region_outputs(ids.DASHBOARD)
    assert set(regions) == set(outputs)
    for name, output in outputs.items():
        if isinstance(output, dict):
            assert set(regions[name]) == set(output), name


def test_a_page_without_figures_says_what_to_do():
    regions = show_regions(nothing(), create_empty(period_chosen=False, connects="all"))
    assert "Данных ещё нет" in words(regions["series"]["state"])
    assert "Подключить источники" in words(regions["series"]["state"])
    assert regions["series"]["figure"] is no_update
    assert "Данных ещё нет" in words(regions["funnel"])


@pytest.mark.parametrize("outputs", [dashboard.OUTPUTS, team.OUTPUTS, analytics.OUTPUTS])
def test_a_database_that_is_away_is_said_in_every_block(outputs):
    regions = away_regions(outputs)
    assert set(regions) == set(outputs)
    said = words([part["state"] if isinstance(part, dict) else part for part in regions.values()])
    assert "База данных не отвечает" in said


def test_a_table_that_cannot_be_made_leaves_an_error_and_no_rows():
    def break_it():
        raise KeyError("broken")

    made = table("teams", [], break_it)
    assert made["rows"] == [] and "Не удалось показать" in words(made["state"])


def test_a_grid_that_is_shown_has_no_state():
    assert grid([], [{"id": "1"}])["state"] is None
    assert no_grid("x") == {"rows": [], "columns": no_update, "options": no_update, "state": "x"}


def test_regions_of_two_pages_share_no_output():
    def flat(outputs):
        for part in outputs.values():
            if isinstance(part, Output):
                yield str(part)
            else:
                yield from flat(part)

    everything = [one for page in (dashboard, team, analytics) for one in flat(page.OUTPUTS)]
    assert len(everything) == len(set(everything))
