"""The variance a strip prices: the white paper's chain, a flat volatility, and strips that hold none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import black76
from generator.analytics.series import MINUTES_A_YEAR
from generator.analytics.variance_index import Strip, index_of, strip_variance

MONTH = 30 * 1440.0


def strip_of(strikes, volatility=0.2, *, forward=100.0, rate=0.04, minutes=MONTH, half=0.005):
    """Black-76 quotes at one volatility, *half* a spread on each side; no bid under two ticks."""
    years = minutes / MINUTES_A_YEAR
    sides = []
    for call in (True, False):
        mid = black76.price(forward, strikes, np.exp(-rate * years), volatility, years, call)
        sides += [np.where(mid > 0.02, mid - half, 0.0), mid + half]
    return Strip(strikes, *sides)


def without(strip, side, *places):
    """The strip without bids of one side at some places."""
    bids = {name: getattr(strip, name).copy() for name in ("call_bid", "put_bid")}
    bids[side][list(places)] = 0.0
    return Strip(strip.strike, bids["call_bid"], strip.call_ask, bids["put_bid"], strip.put_ask)


@pytest.mark.recorded
def test_the_index_of_the_white_paper_comes_out(shared):
    table = json.loads((shared / "reference" / "vix_whitepaper_2009.json").read_text())
    points = []
    for term in ("near", "next"):
        part = [row for row in table["rows"] if row["term"] == term]
        names = ("strike", "call_bid", "call_ask", "put_bid", "put_ask")
        strip = Strip(*(np.array([row[name] for row in part]) for name in names))
        found = strip_variance(strip, part[0]["minutes"], part[0]["R"])
        wanted = table["meta"]["expected"][term]
        assert found.variance == pytest.approx(wanted["sigma2"], abs=1e-7)
        assert (found.centre, found.low, found.high, found.strikes) == tuple(
            wanted[name] for name in ("K0", "lo", "hi", "n")
        )
        points.append((part[0]["minutes"], found.variance))
    assert index_of(*points) == pytest.approx(table["meta"]["expected"]["vix"], abs=1e-9)


@given(st.floats(0.08, 0.9), st.floats(-0.02, 0.1), st.floats(95, 105))
def test_a_flat_volatility_comes_back(volatility, rate, forward):
    width = volatility * np.sqrt(MONTH / MINUTES_A_YEAR)
    strikes = np.linspace(100 * np.exp(-6 * width), 100 * np.exp(6 * width), 400)
    years = MONTH / MINUTES_A_YEAR
    sides = []
    for call in (True, False):
        mid = black76.price(forward, strikes, np.exp(-rate * years), volatility, years, call)
        sides += [mid, mid]
    found = strip_variance(Strip(strikes, *sides), MONTH, rate)
    assert found.forward == pytest.approx(forward, abs=1e-9)
    assert np.sqrt(found.variance) == pytest.approx(volatility, rel=2e-3)


STRIKES = np.arange(80.0, 121.0)


def test_strikes_beyond_two_without_a_bid_do_not_count_though_they_have_bids():
    whole, cut = strip_of(STRIKES), without(strip_of(STRIKES), "put_bid", 12, 11)
    assert strip_variance(whole, MONTH, 0.04).low < 91
    assert strip_variance(cut, MONTH, 0.04).low == 93


def test_a_single_strike_without_a_bid_is_left_out_and_the_next_one_counts():
    whole, holed = strip_of(STRIKES), without(strip_of(STRIKES), "call_bid", 25)
    full, less = (strip_variance(strip, MONTH, 0.04) for strip in (whole, holed))
    assert (less.strikes, less.high) == (full.strikes - 1, full.high)
    assert less.variance == pytest.approx(full.variance, rel=0.01)


def test_a_missing_bid_counts_as_none():
    strip = strip_of(STRIKES)
    strip.put_bid[[11, 12]] = np.nan
    assert strip_variance(strip, MONTH, 0.04).low == 93


@pytest.mark.parametrize(
    ("strip", "minutes"),
    [
        (strip_of(STRIKES), 0.0),
        (strip_of(STRIKES), -5.0),
        (strip_of(STRIKES[:0]), MONTH),
        (strip_of(STRIKES[19:21]), MONTH),
        (strip_of(STRIKES[25:]), MONTH),  # the forward lies below every strike
        (without(strip_of(STRIKES), "call_bid", *range(41)), MONTH),
    ],
)
def test_a_strip_that_holds_no_variance_gives_none(strip, minutes):
    assert strip_variance(strip, minutes, 0.04) is None


def test_quotes_that_are_crossed_count_for_nothing():
    strip = strip_of(STRIKES)
    strip.put_ask[[11, 12]] = strip.put_bid[[11, 12]] / 2
    assert strip_variance(strip, MONTH, 0.04).low == 93


def test_the_index_needs_expirations_on_both_sides_of_thirty_days():
    assert index_of((25 * 1440, 0.04), (32 * 1440, 0.04)) == pytest.approx(20)
    assert index_of((31 * 1440, 0.04), (38 * 1440, 0.04)) is None
    assert index_of((MONTH, 0.09), (38 * 1440, 0.04)) == pytest.approx(30)
