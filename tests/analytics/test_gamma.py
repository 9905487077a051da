"""Gamma exposure: sums worked by hand, the flip in closed form, and what has neither."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import QuantLib
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from generator.analytics.gamma import Contracts, by_strike, exposures, gammas, gross, net, zero_gamma


def held(*series, spot=100.0, days=30.0, volatility=0.2):
    """Series as (strike, right, open interest), with no rate and no dividend."""
    strikes, rights, interest = zip(*series, strict=True)
    number = len(series)
    return Contracts(
        strike=np.array(strikes, dtype=float),
        call=np.array([right == "call" for right in rights]),
        open_interest=np.array(interest, dtype=float),
        forward=np.full(number, spot),
        discount=np.ones(number),
        volatility=np.full(number, volatility),
        years=np.full(number, days / 365),
    )


def closed_form(call, put, volatility, days):
    """Where the bells of one call and one put, each (strike, open interest), are as high."""
    variance = volatility**2 * days / 365
    logs = math.log(call[0]), math.log(put[0])
    away = variance * math.log(call[1] / put[1]) / (logs[0] - logs[1])
    return math.exp(sum(logs) / 2 - away - variance / 2)


@pytest.mark.recorded
def test_exposures_by_strike_are_those_worked_by_hand(shared):
    for case in json.loads((shared / "reference" / "hand_chains.json").read_text())["rows"]:
        sides = [(row["strike"], right, row[right]) for row in case["chain"] for right in ("call", "put")]
        call = np.array([right == "call" for _, right, _ in sides])
        gamma, interest = (np.array([side[name] for *_, side in sides]) for name in ("gamma", "oi"))
        exposure = exposures(gamma, interest, case["S"])
        found = by_strike(np.array([strike for strike, *_ in sides], dtype=float), exposure, call)
        expected = case["expected"]
        for name, values in (("call", found.calls), ("put", -found.puts), ("net", found.net)):
            wanted = [row[name] for row in expected["gex_table"]]
            assert values == pytest.approx(wanted, rel=1e-12, abs=1e-9)
        assert net(exposure, call) == pytest.approx(expected["gex_total_usd_per_1pct"], rel=1e-12, abs=1e-9)
        assert found.largest_net == expected["gex_peak_abs_strike"]


@pytest.mark.recorded
def test_the_flip_is_where_the_closed_form_has_it(shared):
    for row in json.loads((shared / "reference" / "zero_gamma.json").read_text())["rows"]:
        middle = (row["call_strike"] + row["put_strike"]) / 2
        sides = [(row[f"{right}_strike"], right, row[f"{right}_oi"]) for right in ("call", "put")]
        contracts = held(*sides, spot=middle, days=row["days"], volatility=row["sigma"])
        exposure = exposures(gammas(contracts, middle), contracts.open_interest, middle)
        assert net(exposure, contracts.call) == pytest.approx(row["net_gex_at_mid_strike"], rel=1e-10)
        assert zero_gamma(contracts, middle) == pytest.approx(row["zero_gamma"], abs=1e-7 * middle)


@given(
    st.tuples(st.floats(85, 115), st.integers(1, 9999)),
    st.tuples(st.floats(85, 115), st.integers(1, 9999)),
    st.floats(0.02, 0.8),
    st.floats(0.1, 200),
)
def test_a_flip_inside_the_range_is_found_and_none_is_made_at_its_edge(call, put, volatility, days):
    if abs(call[0] / put[0] - 1) < 0.01:
        return
    contracts = held((call[0], "call", call[1]), (put[0], "put", put[1]), days=days, volatility=volatility)
    found, wanted = zero_gamma(contracts, 100.0), closed_form(call, put, volatility, days)
    if 85 < wanted < 115 and found is None:
        shares = [abs(_net(contracts, at)) / _gross(contracts, at) for at in (85.0, 100.0, 115.0)]
        assert max(share for share in shares if not math.isnan(share)) < 0.05
    elif found is None:
        assert not 85 < wanted < 115
    else:
        assert found == pytest.approx(wanted, abs=1e-6)


def _moved(contracts, spot):
    moved = {name: getattr(contracts, name) for name in type(contracts).__dataclass_fields__}
    return Contracts(**{**moved, "forward": contracts.forward * spot / 100})


def _net(contracts, spot):
    contracts = _moved(contracts, spot)
    return net(exposures(gammas(contracts, spot), contracts.open_interest, spot), contracts.call)


def _gross(contracts, spot):
    contracts = _moved(contracts, spot)
    return gross(exposures(gammas(contracts, spot), contracts.open_interest, spot)) or math.nan


def test_on_a_made_chain_the_flip_is_the_nearest_root_of_a_scan():
    random = np.random.default_rng(3)
    strikes = np.repeat(np.arange(80.0, 121.0), 2)
    calls = np.tile([True, False], len(strikes) // 2)
    for _ in range(10):
        interest = random.integers(0, 5000, len(strikes)).astype(float)
        chain = Contracts(
            strike=np.tile(strikes, 3),
            call=np.tile(calls, 3),
            open_interest=np.tile(interest, 3) * np.repeat([1.0, 0.3, 0.1], len(strikes)),
            forward=np.repeat([100.1, 100.4, 101.0], len(strikes)),
            discount=np.repeat([0.999, 0.997, 0.99], len(strikes)),
            volatility=np.tile(0.2 + 0.002 * np.abs(strikes - 102), 3),
            years=np.repeat([7.0, 30.0, 90.0], len(strikes)) / 365,
        )
        grid = np.linspace(85, 115, 3001)
        levels = [_net(chain, at) for at in grid]
        signs = np.flatnonzero(np.diff(np.sign(levels)))
        roots = [brentq(lambda at, c=chain: _net(c, at), grid[i], grid[i + 1]) for i in signs]
        found = zero_gamma(chain, 100.0)
        assert (found is None) == (not roots)
        if found is not None:
            assert found == pytest.approx(min(roots, key=lambda at: abs(at - 100)), abs=1e-6)


def test_a_flip_outside_the_range_is_none_and_not_its_edge():
    assert closed_form((130, 1), (125, 1), 0.1, 10) > 115
    assert zero_gamma(held((130, "call", 1), (125, "put", 1), days=10, volatility=0.1), 100.0) is None


def test_one_side_alone_has_no_flip():
    assert zero_gamma(held((100, "call", 500), (95, "call", 700)), 100.0) is None


def test_sides_that_cancel_everywhere_have_no_flip():
    balanced = held((100, "call", 1000), (100, "put", 999), (95, "call", 400), (95, "put", 401))
    assert zero_gamma(balanced, 100.0) is None


def test_series_without_volatility_time_or_open_interest_weigh_nothing():
    unknown = Contracts(
        strike=np.array([100.0, 100, 100, 100, 100]),
        call=np.array([True, True, True, True, False]),
        open_interest=np.array([10.0, 10, np.nan, 0, 10]),
        forward=np.array([100.0, 100, 100, 100, np.nan]),
        discount=np.ones(5),
        volatility=np.array([np.nan, 0.2, 0.2, 0.2, 0.2]),
        years=np.array([0.1, 0.0, 0.1, 0.1, 0.1]),
    )
    assert np.isnan(gammas(unknown, 100.0)[:2]).all()
    assert gross(exposures(gammas(unknown, 100.0), unknown.open_interest, 100.0)) == 0
    assert len(unknown.known().strike) == 0
    assert zero_gamma(unknown, 100.0) is None


def test_narrow_bells_far_apart_still_have_their_flip():
    contracts = held((105, "call", 10), (95, "put", 20), days=0.1, volatility=0.03)
    assert zero_gamma(contracts, 100.0) == pytest.approx(
        closed_form((105, 10), (95, 20), 0.03, 0.1), abs=1e-6
    )


@given(st.floats(70, 130), st.floats(0.05, 1.0), st.integers(3, 700), st.floats(-0.02, 0.1))
def test_gamma_is_quantlib_s(strike, volatility, days, rate):
    years, payout = days / 365, 0.01
    forward = 100 * math.exp((rate - payout) * years)
    contracts = Contracts(
        *(np.array([value]) for value in (strike, True, 1.0, forward, math.exp(-rate * years))),
        *(np.array([value]) for value in (volatility, years)),
    )
    payoff = QuantLib.PlainVanillaPayoff(QuantLib.Option.Call, strike)
    calculator = QuantLib.BlackCalculator(
        payoff, forward, volatility * math.sqrt(years), math.exp(-rate * years)
    )
    assert gammas(contracts, 100.0)[0] == pytest.approx(calculator.gamma(100.0), rel=1e-9, abs=1e-14)
