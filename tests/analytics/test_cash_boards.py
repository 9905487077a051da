"""Boards with cash dividends: the recorded table, the grid they are read from, the carry fitted on them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.analytics import american, american_dividends, black76
from generator.analytics.american import Terms
from generator.analytics.american_carry import QuotedPairs
from generator.analytics.american_dividends import FINE, CashDividend, Fineness
from generator.analytics.american_volatility import Refusal
from generator.analytics.cash_boards import Wanted, boards_of
from generator.analytics.cash_carry import Quotes, fit_boards
from generator.analytics.cash_places import Nodes, Place

QUARTERS = tuple(CashDividend(0.03 + 0.25 * number, 0.35) for number in range(10))
LARGE = tuple(CashDividend(item.years, 1.2) for item in QUARTERS)


def place_of(years, dividends=QUARTERS, *, spot=100.0, rate=0.04, payout=0.0):
    return Place(spot, years, rate, payout, tuple(d for d in dividends if d.years <= years))


def smile(strike, level=0.25):
    return level - 0.1 * np.log(strike / 100)


def board_at(place, level=0.25, *, coarse=False, slopes=True):
    width = level * place.years**0.5
    low, high = place.forward * np.exp(-3 * width), place.forward * np.exp(2.5 * width)
    nodes = Nodes.between(low, high, place.forward, width)
    return boards_of([Wanted(place, nodes, smile(nodes.strikes, level))], coarse=coarse, slopes=slopes)[0]


@pytest.fixture(scope="module")
def recorded(shared):
    return json.loads((shared / "reference" / "american_discrete_dividends.json").read_text())["rows"]


@pytest.mark.recorded
def test_values_deltas_and_volatilities_are_those_of_the_table(recorded):
    for row in recorded:
        dividends = [CashDividend(item["ex_day"] / 365, item["amount"]) for item in row["dividends"]]
        place = place_of(row["days"] / 365, dividends, spot=row["S"], rate=row["r"], payout=row["q"])
        width = row["sigma"] * place.years**0.5
        low = min(row["K"] / 1.01, place.forward * np.exp(-2 * width))
        nodes = Nodes.between(
            low, max(row["K"] * 1.01, place.forward * np.exp(2 * width)), place.forward, width
        )
        board = boards_of([Wanted(place, nodes, np.full(nodes.count, row["sigma"]))], slopes=True)[0]
        strike, call = np.array([row["K"]]), np.array([row["type"] == "C"])
        level = row["sigma"] * place.ratio(strike)
        size = row["S"] / 100
        assert board.values(strike, call, level)[0] == pytest.approx(row["american"], abs=1e-3 * size)
        greeks = board.greeks(strike, call, level)
        assert greeks.delta[0] == pytest.approx(row["delta"], abs=2e-4)
        vega = greeks.vega[0] * place.ratio(strike)[0]
        assert vega == pytest.approx(row["vega_per_volpt"], abs=4e-3 * size)
        if row["vega_per_volpt"] > 1e-3 * row["S"]:
            bid, ask = (np.array([row["american"] + side]) for side in (-0.001, 0.001))
            found = board.solved(strike, call, bid, ask)
            assert found.refusal[0] == Refusal.NONE
            assert found.volatility[0] == pytest.approx(level[0], abs=1e-3)


@pytest.mark.recorded
def test_the_volatility_of_the_forward_is_that_of_the_tables_european_values(recorded):
    for row in recorded:
        dividends = [CashDividend(item["ex_day"] / 365, item["amount"]) for item in row["dividends"]]
        place = place_of(row["days"] / 365, dividends, spot=row["S"], rate=row["r"], payout=row["q"])
        strike = np.array([row["K"]])
        discount = np.exp(-row["r"] * place.years)
        ours = black76.price(
            place.forward,
            strike,
            discount,
            row["sigma"] * place.ratio(strike),
            place.years,
            row["type"] == "C",
        )
        assert ours[0] == pytest.approx(row["european"], abs=4.2e-3 * row["S"] / 100)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.04, 1.0), st.floats(0.12, 0.4), st.floats(0.0, 2.0), st.floats(0.0, 0.06), st.floats(-2, 2)
)
def test_the_ratio_of_volatilities_is_that_of_the_grid(years, level, amount, rate, moved):
    """To a fiftieth of a point where dividends are under 4 % a year, as docs/models.md has it."""
    place = place_of(years, tuple(CashDividend(d.years, amount / 2) for d in QUARTERS), rate=rate)
    strike = place.forward * np.exp(np.array([moved]) * level * years**0.5)
    terms = place.terms(strike, strike > place.forward)
    grid = american_dividends.price(terms, level, place.dividends, Fineness(360, 36), early=False)
    found = black76.implied_volatility(
        grid, place.forward, strike, terms.discount, years, strike > place.forward
    )
    assert level * place.ratio(strike)[0] == pytest.approx(found[0], abs=4e-4)


@pytest.mark.parametrize("years", [0.035, 0.06, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("dividends", [QUARTERS, LARGE])
def test_what_is_read_between_the_nodes_is_what_the_grid_has_there(years, dividends):
    place = place_of(years, dividends)
    board, width = board_at(place), 0.25 * years**0.5
    strike = place.forward * np.exp(np.linspace(-2.9 * width, 2.4 * width, 37))
    for call in (False, True):
        calls = np.full(len(strike), call)
        terms = place.terms(strike, calls)
        fine = american_dividends.price(terms, smile(strike), dividends, FINE)
        found = board.values(strike, calls, smile(strike) * place.ratio(strike))
        outside = (strike >= place.forward) == call
        np.testing.assert_allclose(found[outside], fine[outside], atol=2e-3)
        np.testing.assert_allclose(found[~outside], fine[~outside], atol=5e-2)


def test_greeks_are_those_of_the_grid():
    place = place_of(0.3)
    board = board_at(place)
    strike = np.array([85.0, 92, 98, 102, 108, 115])
    for call in (False, True):
        calls = np.full(len(strike), call)
        outside = (strike >= place.forward) == call
        grid = american_dividends.greeks(place.terms(strike, calls), smile(strike), QUARTERS)
        found = board.greeks(strike, calls, smile(strike) * place.ratio(strike))
        np.testing.assert_allclose(found.delta, grid.delta, atol=2e-3)
        np.testing.assert_allclose(found.gamma, grid.gamma, atol=2e-3)
        np.testing.assert_allclose(found.theta, grid.theta, atol=1e-3)
        vega, rho = found.vega * place.ratio(strike), found.rho
        np.testing.assert_allclose(vega[outside], grid.vega[outside], atol=0.01 * grid.vega.max())
        np.testing.assert_allclose(rho[outside], grid.rho[outside], atol=0.02 * np.abs(grid.rho).max())


def test_an_exercised_put_has_a_delta_of_minus_one_and_nothing_else():
    board = board_at(place_of(0.3, (CashDividend(0.25, 0.02),), rate=0.08), 0.15)
    strike, call = np.array([114.0]), np.array([False])
    level = smile(strike, 0.15)
    found = board.greeks(strike, call, level)
    assert found.delta[0] == -1
    for values in (found.gamma, found.vega, found.theta, found.rho):
        assert values[0] == 0
    assert board.values(strike, call, level)[0] == 14
    assert board.values(np.array([100.0]), call, level)[0] > 1


def test_a_call_is_held_to_the_last_moment_before_an_ex_date():
    board = board_at(place_of(0.05, (CashDividend(0.0005, 4.0),)), 0.2)
    strike, call = np.array([88.0]), np.array([True])
    found = board.greeks(strike, call, smile(strike, 0.2))
    assert found.delta[0] == pytest.approx(1, abs=1e-3)
    assert board.values(strike, call, smile(strike, 0.2))[0] == pytest.approx(12, abs=5e-3)


def test_a_dividend_of_next_to_nothing_leaves_the_american_value():
    place = place_of(0.3, (CashDividend(0.1, 1e-9),), payout=0.02)
    board = board_at(place)
    strike, call = np.array([90.0, 100, 110]), np.array([False, False, True])
    found = board.values(strike, call, smile(strike))
    np.testing.assert_allclose(found, american.price(place.terms(strike, call), smile(strike)), atol=2e-3)
    assert place.ratio(strike) == pytest.approx(1)


def test_slopes_that_were_not_asked_for_are_not_made_up():
    board = board_at(place_of(0.1), slopes=False)
    with pytest.raises(ValueError, match="with slopes"):
        board.greeks(np.array([100.0]), np.array([True]), np.array([0.25]))


def quotes(years, dividends, payout, half=0.01):
    place = place_of(years, dividends, payout=payout)
    width = 0.25 * years**0.5
    strike = np.round(place.forward * np.exp(np.linspace(-2.5 * width, 2 * width, 31)), 1)
    call, put = (
        american_dividends.price(place.terms(strike, np.full(31, side)), smile(strike), dividends)
        for side in (True, False)
    )
    same = np.full(31, years), np.full(31, place.rate)
    mid = np.stack([call, put], axis=1).ravel()
    pairs = QuotedPairs(*same, strike, call, put, np.full(31, 4 * half))
    sides = np.repeat(strike, 2), np.tile([True, False], 31)
    return place, Quotes(years, place.rate, pairs, *sides, mid - half, mid + half)


@pytest.mark.parametrize(("dividends", "payout"), [(QUARTERS, 0.0), (QUARTERS, 0.02), (LARGE, 0.005)])
def test_forwards_and_volatilities_of_made_quotes_come_back(dividends, payout):
    made = [quotes(years, dividends, payout) for years in (0.035, 0.06, 0.3, 1.0)]
    found = fit_boards(100.0, [item for _, item in made], dividends)
    for (place, item), board in zip(made, found, strict=True):
        assert board.place.forward == pytest.approx(place.forward, abs=5e-3)
        outside = np.where(item.call, item.strike >= place.forward, item.strike < place.forward)
        asked = (item.strike[outside], item.call[outside], item.bid[outside], item.ask[outside])
        solved = board.solved(*asked)
        known = solved.refusal == Refusal.NONE
        wanted = smile(asked[0]) * place.ratio(asked[0])
        assert known.mean() > 0.9
        np.testing.assert_allclose(solved.volatility[known], wanted[known], atol=5e-4)


def test_an_expiration_without_pairs_has_no_board():
    none = np.empty(0)
    pairs = QuotedPairs(none, none, none, none, none, none)
    empty = Quotes(0.3, 0.04, pairs, none, none.astype(bool), none, none)
    place, full = quotes(0.3, QUARTERS, 0.0)
    found = fit_boards(100.0, [empty, full], QUARTERS)
    assert found[0] is None
    assert found[1].place.forward == pytest.approx(place.forward, abs=5e-3)
    assert fit_boards(100.0, [], QUARTERS) == ()


def test_terms_and_forward_of_a_place_take_dividends_out():
    place = place_of(0.3)
    plain = Terms.of(100.0, 100.0, 0.3, 0.04, 0.0, call=True).forward[0]
    assert place.forward == pytest.approx(plain - 0.7, abs=0.01)
