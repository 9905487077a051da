"""Markets that are rare and real: rates below zero, borrowing above 100 %, penny shares, odd strikes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import analytics
from generator.analytics import american, black76, european
from generator.analytics.american import Terms
from generator.analytics.american_volatility import Refusal, implied_volatility
from generator.analytics.black76 import Greeks
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers.synthetic import DEMO_SESSION
from tests.builders import EXPIRATIONS, make_bars, make_chain, make_snapshot

PRICES = st.sampled_from([0.05, 0.37, 0.9, 3.125, 100.0, 6000.0, 60_000.0])
STRIKES = st.sampled_from([0.5, 0.875, 0.95, 1.0, 1.125, 1.3, 2.0])  #: over the price
RATES = st.floats(-0.05, 0.25)
PAYOUTS = st.floats(-0.05, 3.0)  #: the cost of borrowing among them
YEARS = st.floats(10 / 525_600, 3)
VOLATILITIES = st.floats(0.03, 5.0)


@given(PRICES, STRIKES, RATES, PAYOUTS, YEARS, VOLATILITIES, st.booleans())
def test_a_european_value_lies_in_its_bounds_and_gives_its_volatility_back(
    spot, relative, rate, payout, years, volatility, call
):
    forward, strike, discount = spot * np.exp((rate - payout) * years), spot * relative, np.exp(-rate * years)
    premium = float(black76.price(forward, strike, discount, volatility, years, call))
    floor = discount * max((forward - strike) if call else (strike - forward), 0)
    assert floor <= premium <= discount * (forward if call else strike) * (1 + 1e-12)
    found = float(european.implied_volatility(premium, forward, strike, discount, years, call)[0])
    vega = float(black76.vega(forward, strike, discount, volatility, years))
    rounding = 1e-15 * (premium + floor + discount * (forward + strike))
    if vega * volatility > 1e6 * rounding and vega > 1e-11:
        assert found == pytest.approx(volatility, abs=10 * rounding / vega + 1e-12)
    else:
        assert np.isnan(found) or abs(found - volatility) <= 100 * rounding / max(vega, 1e-300) + 1e-9


@settings(max_examples=60)
@given(PRICES, STRIKES, RATES, PAYOUTS, YEARS, st.floats(0.05, 3.0), st.booleans())
def test_an_american_value_lies_in_its_bounds_or_is_refused_with_its_reason(
    spot, relative, rate, payout, years, volatility, call
):
    terms = Terms.of(spot, spot * relative, years, rate, payout, call)
    value = american.price(terms, volatility)
    found = implied_volatility(terms, value)
    if np.isnan(value[0]):
        assert Refusal(found.refusal[0]) in {Refusal.TWO_BOUNDARIES, Refusal.NO_PRICE}
        return
    tiny = 1e-4 * max(spot, float(terms.strike[0]))
    alone = black76.price(terms.forward, terms.strike, terms.discount, volatility, years, call)
    assert value[0] >= max(float(terms.intrinsic[0]), float(alone[0])) - tiny
    most = spot * max(1, np.exp(-payout * years)) if call else terms.strike[0] * max(1, terms.discount[0])
    assert value[0] <= most + tiny
    if found.refusal[0]:
        assert Refusal(found.refusal[0]).words
        assert np.isnan(found.volatility[0])
    else:
        assert american.price(terms, found.volatility)[0] == pytest.approx(value[0], abs=tiny)
        greeks = american.greeks(terms, found.volatility)
        assert all(np.isfinite(getattr(greeks, field.name)).all() for field in dataclasses.fields(Greeks))


@pytest.mark.parametrize(
    ("spot", "step"), [(0.6, 0.125), (2.5, 0.125), (60_000.0, 500.0)], ids=["penny", "eighths", "large"]
)
@pytest.mark.parametrize("rate", [-0.01, 0.2], ids=["below zero", "high"])
def test_a_whole_chain_of_such_a_market_is_analysed(spot, step, rate):
    width = 4 if spot < 1 else 10
    chain = make_chain(DEMO_SESSION, spot=spot, step=step, width=width, volatility=0.9, rate=rate)
    chain = chain[chain["strike"] > 0].reset_index(drop=True)
    snapshot = make_snapshot(
        DEMO_SESSION, spot=spot, chain=chain, bars=make_bars(end=DEMO_SESSION, last=spot)
    )
    found = analytics.analyse(snapshot, History(), Choices(rate=rate))
    assert found.facts["spot"].value == spot
    levels = {f"volatility.atm.{day.isoformat()}" for day in EXPIRATIONS[1:]} & set(found.facts)
    assert levels or spot < 1
    for name in levels:
        assert found.facts[name].value == pytest.approx(90, abs=6)
