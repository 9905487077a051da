"""The surface: what it gives back, what it refuses to say."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pytest

from generator.analytics import black76
from generator.analytics.distribution import probability_above
from generator.analytics.forwards import Rate
from generator.analytics.series import book_of
from generator.analytics.surface import surface_of
from generator.calendar import expiry_instant, minutes_to, next_session, session_close
from generator.models.market import RatePoint
from generator.providers import gather
from tests.builders import EXPIRATIONS, SESSION, SPOT, chain_of, chain_row, make_chain

RATE = Rate((RatePoint(days=30, rate=0.04),), "test", known=True)
FAR = EXPIRATIONS[3]


def surface(chain=None, *, european=False, **shape):
    chain = make_chain(**shape) if chain is None else chain
    return surface_of(book_of(chain, SESSION, session_close(SESSION)), SPOT, RATE, european=european)


@pytest.fixture(scope="module")
def flat():
    return surface()


@pytest.fixture(scope="module")
def european():
    return surface(european=True)


def test_volatility_comes_back_at_every_quoted_strike(flat):
    for strike in (93, 96.5, 100, 104, 108):
        assert flat.volatility(FAR, strike) == pytest.approx(0.2, abs=0.004)


def test_nothing_is_extrapolated(flat):
    assert flat.volatility(FAR, 50) is None
    assert flat.value(FAR, 50, "put") is None
    assert flat.probability_above(FAR, 500) is None


def test_a_settled_or_unlisted_expiration_has_no_smile(flat):
    assert flat.slice_of(SESSION) is None
    assert flat.forward(dt.date(2030, 1, 18)) is None
    assert flat.contracts(dt.date(2030, 1, 18), "call") == ()


def test_forward_discount_and_years_belong_together(flat, european):
    years = flat.years(FAR)
    assert years == pytest.approx(37 / 365, abs=2e-4)
    assert flat.discount(FAR) == pytest.approx(math.exp(-0.04 * years))
    assert european.forward(FAR) == pytest.approx(SPOT / flat.discount(FAR), rel=2e-4)


def test_the_value_at_spot_is_the_quote(flat):
    quote = next(item for item in flat.contracts(FAR, "call") if item.strike == 103)
    assert flat.value(FAR, 103, "call") == pytest.approx(quote.mid, abs=0.01)


def test_another_spot_moves_the_forward_and_keeps_the_strikes_volatility(flat):
    forward, years = flat.forward(FAR) * 1.02, flat.years(FAR)
    wanted = black76.price(forward, 103, flat.discount(FAR), flat.volatility(FAR, 103), years, call=True)
    assert flat.value(FAR, 103, "call", spot=1.02 * SPOT) == pytest.approx(float(wanted))


def test_a_later_time_leaves_less_value_and_the_last_only_the_payoff(flat):
    tomorrow = session_close(dt.date(2026, 3, 12))
    assert flat.value(FAR, 103, "call", as_of=tomorrow) < flat.value(FAR, 103, "call")
    end = flat.value(FAR, 97, "call", spot=SPOT, as_of=session_close(FAR))
    assert end == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize("kind", ["flat", "european"])
def test_values_of_a_side_at_once_are_those_of_each_alone(kind, request):
    surface = request.getfixturevalue(kind)
    later = session_close(next_session(SESSION))
    quotes = (*surface.contracts(FAR, "call"), *surface.contracts(FAR, "put"))
    at_once = surface.values(quotes, spot=103.0, as_of=later)
    alone = [surface.value(FAR, q.strike, q.right, spot=103.0, as_of=later) for q in quotes]
    assert len(quotes) > 20
    assert at_once == pytest.approx([math.nan if v is None else v for v in alone], abs=1e-9, nan_ok=True)
    assert surface.values(()).tolist() == []


def test_tradable_series_are_two_sided_and_ascending(flat):
    quotes = flat.contracts(FAR, "put")
    assert [item.strike for item in quotes] == sorted(item.strike for item in quotes)
    assert all(item.bid > 0 and item.ask >= item.bid and item.tradable for item in quotes)


def test_a_series_is_found_by_its_symbol(flat):
    quote = flat.quote("ABCD  260417P00095000")
    assert (quote.strike, quote.right, quote.expiration) == (95, "put", FAR)
    assert quote.implied_volatility == pytest.approx(0.2, abs=0.004)
    assert flat.quote("ABCD  260417P00095001") is None


def test_missing_values_are_none_and_not_zero():
    chain = chain_of(chain_row(100, "call", bid=np.nan, ask=np.nan, volume=np.nan, open_interest=np.nan))
    quote = surface(chain).quote("ABCD  260320C00100000")
    assert (quote.bid, quote.ask, quote.mid, quote.volume, quote.open_interest) == (None,) * 5


def test_wide_quotes_carry_no_volatility():
    chain = make_chain()
    chain.loc[chain["strike"] == 103, ["bid", "ask"]] = [0.05, 1.5]
    quote = surface(chain).quote("ABCD  260417C00103000")
    assert quote.tradable
    assert quote.implied_volatility is None


def test_two_settlements_of_one_date_do_not_mix():
    day = EXPIRATIONS[2]
    morning = make_chain(expirations=(day,), volatility=0.2, settlement="am", root="ABCD")
    afternoon = make_chain(expirations=(day,), volatility=0.4, root="ABCDW")
    rows = [*morning.to_dict("records"), *afternoon.to_dict("records")]
    found = surface(chain_of(*rows), european=True)
    assert found.volatility(day, 101) == pytest.approx(0.4, abs=0.005)
    assert found.volatility(day, 101, "am") == pytest.approx(0.2, abs=0.005)
    assert found.years(day, "am") < found.years(day)


def test_a_flat_smile_gives_the_plain_probability(flat):
    forward, years = flat.forward(FAR), flat.years(FAR)
    plain = probability_above(forward, 103, 0.2, years)
    assert flat.probability_above(FAR, 103) == pytest.approx(plain, abs=0.02)


def test_a_probability_seen_from_another_price_and_time_moves_the_forward_and_the_clock(flat):
    later = session_close(next_session(SESSION))
    forward = flat.forward(FAR) * 103 / SPOT
    years = minutes_to(later, expiry_instant(FAR, "pm")) / 525_600
    plain = probability_above(forward, 104, 0.2, years)
    found = flat.probability_above(FAR, 104, spot=103, as_of=later)
    assert found == pytest.approx(plain, abs=0.02)
    assert found > flat.probability_above(FAR, 104)


@pytest.mark.recorded
def test_the_recorded_probability_is_that_of_call_spreads_around_the_level(shared):
    day, level = dt.date(2026, 6, 18), 738.42
    snapshot, _ = gather("QQQ", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    book = book_of(snapshot.chain, snapshot.session, snapshot.as_of)
    found = surface_of(book, snapshot.spot, RATE, european=False)
    mids = {quote.strike: quote.mid for quote in found.contracts(day, "call")}
    # neighbouring strikes give 24 to 38 percent: their quotes are a nickel or two off each other
    spread = (mids[728] - mids[749]) / 21 / found.discount(day)
    assert found.probability_above(day, level) == pytest.approx(spread, abs=0.01)


@pytest.mark.recorded
def test_probabilities_take_the_smile_into_account(shared):
    for row in json.loads((shared / "reference" / "probabilities.json").read_text())["rows"]:
        years = row["days"] / 365
        forward = row["S"] * math.exp((row["r"] - row["q"]) * years)
        terms = (forward, row["K"], row["sigma_at_K"], years)
        assert probability_above(*terms) == pytest.approx(row["prob_above_flat_Nd2"], abs=1e-9)
        skewed = probability_above(*terms, row["dsigma_dK"])
        assert skewed == pytest.approx(row["prob_above_with_skew_BL"], abs=1e-9)
