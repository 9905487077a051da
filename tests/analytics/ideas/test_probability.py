"""Risk-neutral probabilities against the recorded closed forms."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import black76
from generator.analytics.ideas.probability import Lognormal

ROWS = 10


def row_of(shared, place):
    rows = json.loads((shared / "reference/probabilities.json").read_text())["rows"]
    assert len(rows) == ROWS
    row = rows[place]
    return row, Lognormal(row["S"], row["days"] / 365, row["r"], row["q"], row["sigma_at_K"])


@pytest.mark.recorded
@pytest.mark.parametrize("place", range(ROWS))
def test_every_recorded_probability_comes_out(shared, place):
    row, market = row_of(shared, place)
    strike, slope = row["K"], row["dsigma_dK"]
    assert market.above(strike) == pytest.approx(row["prob_above_flat_Nd2"], abs=1e-9)
    assert market.above_with_slope(strike, slope) == pytest.approx(row["prob_above_with_skew_BL"], abs=1e-9)
    assert market.touched(strike) == pytest.approx(row["prob_touch_flat"], abs=1e-9)


@pytest.mark.recorded
@pytest.mark.parametrize("place", range(ROWS))
def test_a_call_spread_of_one_dollar_estimates_the_probability_with_skew(shared, place):
    row, market = row_of(shared, place)
    premiums = [
        black76.price(
            market.forward, row["K"] + side, 1.0, row["sigma_at_K"] + side * row["dsigma_dK"], market.years, 1
        )
        for side in (-0.5, 0.5)
    ]
    assert premiums[0] - premiums[1] == pytest.approx(row["call_spread_estimate_width1"], abs=1e-9)


@given(st.floats(50, 200), st.floats(0.05, 1.0), st.floats(0.01, 2))
def test_touching_is_at_least_as_probable_as_ending_beyond(level, volatility, years):
    market = Lognormal(100.0, years, 0.03, 0.01, volatility)
    beyond = market.above(level) if level > 100 else 1 - market.above(level)
    assert beyond - 1e-9 <= market.touched(level) <= 1 + 1e-9
