"""Colours come from the style sheet, and text on every tint can be read."""

from decimal import Decimal

import pytest

from components.ramps import diverging, ink, mix, roi_colour, spread_place
from components.theme import UnknownToken, load_tokens, plotly_template, ramp, token
from core.colours import READABLE, contrast
from core.texts import locale


def test_tokens_are_read_without_comments_and_references():
    tokens = load_tokens()
    assert tokens["primary"] == "#00FF88"
    assert not any("var(" in value or "*/" in value for value in tokens.values())


def test_an_unknown_token_is_loud():
    with pytest.raises(UnknownToken):
        token("no-such-colour")


def test_a_ramp_has_its_stops_in_order():
    assert ramp("div")[0] == token("div-0") and ramp("div")[-1] == token("div-6") and len(ramp("div")) == 7
    assert len(ramp("seq")) == 6


@pytest.mark.parametrize("name", ["text", "text-2", "text-3", "positive", "negative", "warning", "info", "c-roi-axis"])
def test_text_colours_can_be_read_on_the_background(name):
    assert contrast(token(name), token("background")) >= READABLE
    assert contrast(token(name), token("raised")) >= READABLE


def test_ink_can_be_read_on_every_tint_of_the_heat_map():
    for roi in range(-130, 460, 5):
        background = roi_colour(Decimal(roi))
        assert contrast(ink(background), background) >= READABLE, roi


def test_zero_is_dark_loss_is_orange_and_gain_is_cyan():
    assert diverging(0) == token("div-3")
    assert roi_colour(Decimal(-500)) == token("div-0")
    assert roi_colour(Decimal(9000)) == token("div-6")
    assert mix(("#000000", "#FFFFFF"), 2) == "#FFFFFF"


def test_a_row_among_its_peers_is_judged_by_what_is_good():
    values = [Decimal(10), Decimal(20), Decimal(60)]
    assert spread_place(Decimal(60), values, lower_is_better=False) == 1
    assert spread_place(Decimal(60), values, lower_is_better=True) == -1
    assert spread_place(Decimal(10), values, lower_is_better=True) == 1
    assert spread_place(Decimal(5), [Decimal(5)], lower_is_better=True) == 0
    assert spread_place(Decimal(5), [Decimal(5), Decimal(5)], lower_is_better=True) == 0


def test_the_template_follows_the_language():
    assert plotly_template()["layout"]["separators"] == ",\u00a0"
    with locale("en"):
        assert plotly_template()["layout"]["separators"] == ".,"
