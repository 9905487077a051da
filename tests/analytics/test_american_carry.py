"""The carry of American quotes: the recorded forwards, made chains, and noise."""

from __future__ import annotations

import json

import numpy as np
import pytest

from generator.analytics import american, american_dividends
from generator.analytics.american import Terms
from generator.analytics.american_carry import QuotedPairs, fit_carry
from generator.analytics.american_dividends import CashDividend
from generator.analytics.american_volatility import implied_volatility

YEARS = np.repeat([9 / 365, 60 / 365, 1.0], 15)
STRIKES = np.tile(np.linspace(86, 114, 15), 3)


def quotes(payout, *, dividends=(), noise=0.0):
    sides = [Terms.of(100.0, STRIKES, YEARS, 0.045, payout, side) for side in (True, False)]
    if dividends:
        call, put = (american_dividends.price(side, 0.25, dividends) for side in sides)
    else:
        call, put = (american.price(side, 0.25) for side in sides)
    draw = np.random.default_rng(5)
    call, put = (np.maximum(mid + noise * draw.standard_normal(len(mid)), 0.01) for mid in (call, put))
    return QuotedPairs(YEARS, np.full(45, 0.045), STRIKES, call, put, np.full(45, max(2 * noise, 0.02)))


@pytest.mark.recorded
def test_forwards_are_those_of_the_table(shared):
    rows = json.loads((shared / "reference" / "parity_forward.json").read_text())["rows"]
    for row in rows:
        strike, call, put = (
            np.array([quote[key] for quote in row["quotes"]]) for key in ("K", "call_am", "put_am")
        )
        years, rate = np.full(len(strike), row["days"] / 365), np.full(len(strike), row["r"])
        found = fit_carry(row["S"], QuotedPairs(years, rate, strike, call, put, np.full(len(strike), 0.02)))
        assert found.forward[0] == pytest.approx(row["forward"], rel=5e-5)
        assert found.volatility[0] == pytest.approx(row["sigma"], abs=1e-3)


@pytest.mark.parametrize("payout", [-0.01, 0.0, 0.013, 0.15])
def test_the_payout_of_made_quotes_comes_back_and_both_sides_agree(payout):
    found = fit_carry(100.0, quotes(payout))
    np.testing.assert_allclose(found.payout, payout, atol=1e-4)
    np.testing.assert_allclose(found.volatility, 0.25, atol=2e-4)
    assert np.all(np.abs(found.gap) <= 0.01)
    at_money = [
        implied_volatility(Terms.of(100.0, 100.0, 1.0, 0.045, found.payout[2], side), premium[37]).volatility[
            0
        ]
        for side, premium in ((True, quotes(payout).call), (False, quotes(payout).put))
    ]
    assert at_money[0] == pytest.approx(at_money[1], abs=1e-4)


def test_known_dividends_are_not_taken_for_payout():
    dividends = [CashDividend(20 / 365, 1.0), CashDividend(110 / 365, 1.0)]
    found = fit_carry(100.0, quotes(0.005, dividends=dividends), dividends)
    np.testing.assert_allclose(found.payout[1:], 0.005, atol=5e-4)


def test_noise_widens_the_error_and_the_answer_stays_within_it():
    exact, noisy = fit_carry(100.0, quotes(0.013)), fit_carry(100.0, quotes(0.013, noise=0.05))
    assert np.all(noisy.error > exact.error)
    assert np.all(np.abs(noisy.payout - 0.013) <= 4 * noisy.error)


def test_one_wild_strike_does_not_move_the_answer():
    pairs = quotes(0.013)
    pairs.call[22] += 3
    np.testing.assert_allclose(fit_carry(100.0, pairs).payout, 0.013, atol=1e-3)


def test_an_expiration_that_was_not_fitted_is_an_error():
    found = fit_carry(100.0, quotes(0.013))
    assert found.at(YEARS).shape == YEARS.shape
    with pytest.raises(ValueError, match="fitted expirations"):
        found.at(np.array([0.7]))


def test_quotes_that_settle_nothing_leave_nan():
    pairs = QuotedPairs(*(np.array([value]) for value in (0.1, 0.05, 100.0, np.nan, 2.0, 0.1)))
    assert np.isnan(fit_carry(100.0, pairs).payout).all()


def test_a_share_dear_to_borrow_has_calls_worth_their_payoff_and_still_one_volatility_a_strike():
    strike = np.arange(80.0, 121.0, 2.5)
    years = np.full(len(strike), 0.1)
    call, put = (
        american.price(american.Terms.of(100.0, strike, years, 0.05, 0.6, side), 0.25)
        for side in (True, False)
    )
    nearest = int(np.argmin(np.abs(strike - 94.6)))  # the forward
    assert call[nearest] == pytest.approx(100 - strike[nearest], abs=0.005)
    spread = np.full(len(strike), 0.05)
    found = fit_carry(100.0, QuotedPairs(years, np.full(len(strike), 0.05), strike, call, put, spread))
    assert found.payout[0] == pytest.approx(0.6, abs=1e-4)
    assert found.volatility[0] == pytest.approx(0.25, abs=1e-4)
    assert abs(found.gap[0]) < 0.01
