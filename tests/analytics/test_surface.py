"""The surface of American and European chains: carry, volatilities, refusals, values and greeks."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from generator.analytics import american, american_dividends
from generator.analytics.american import Terms
from generator.analytics.american_dividends import FINE, CashDividend
from generator.analytics.american_volatility import Refusal
from generator.analytics.forwards import Rate
from generator.analytics.market_terms import cash_dividends, quoted_spot
from generator.analytics.series import book_of
from generator.analytics.smile import NOT_ASKED
from generator.analytics.surface import surface_of
from generator.calendar import NEW_YORK, expiry_instant, minutes_to, session_close
from generator.models.market import Dividend, RatePoint
from tests.american_chain import MONTHS, PAYOUT, RATE, STRIKES, VOLATILITY, american_chain
from tests.builders import SESSION, SPOT, chain_of, make_chain

CURVE = Rate((RatePoint(days=30, rate=RATE),), "test", known=True)
YEAR = MONTHS[-1]


def surface(chain, *, spot=SPOT, european=False, wanted=None):
    book = book_of(chain, SESSION, session_close(SESSION))
    return surface_of(book, spot, CURVE, european=european, wanted=wanted)


@pytest.fixture(scope="module")
def plain():
    return surface(american_chain())


def test_payout_forward_and_volatility_come_back(plain):
    for day in MONTHS[1:]:
        smile = plain.slice_of(day)
        assert smile.payout == pytest.approx(PAYOUT, abs=1e-3)
        years = plain.years(day)
        assert smile.forward == pytest.approx(SPOT * np.exp((RATE - PAYOUT) * years), rel=1e-4)
        for strike in (90, 100, 110):
            assert plain.volatility(day, strike) == pytest.approx(VOLATILITY, abs=5e-4)


def test_european_values_would_be_points_off_where_early_exercise_is_worth_much():
    dear = american_chain(payout=0.15)
    found, plain = surface(dear), surface(dear, european=True)
    assert found.volatility(YEAR, 100) == pytest.approx(VOLATILITY, abs=1e-3)
    assert plain.volatility(YEAR, 100) > VOLATILITY + 0.005


def test_calls_and_puts_agree_at_the_money(plain):
    """The volatility of each side, not only of the one out of the money, gives its mid back."""
    for right in ("call", "put"):
        quote = next(item for item in plain.contracts(YEAR, right) if item.strike == 100)
        assert plain.value(YEAR, 100, right) == pytest.approx(quote.mid, abs=0.01)


def test_values_are_those_of_quantlib(plain):
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    smile, years = plain.slice_of(YEAR), plain.years(YEAR)
    rate, payout = (ql.InterestRate(level, ql.Actual365Fixed(), ql.Continuous, ql.Annual)
                    for level in (RATE, smile.payout))  # fmt: skip
    today = ql.Date(11, 3, 2026)
    ql.Settings.instance().evaluationDate = today
    curves = [
        ql.YieldTermStructureHandle(ql.FlatForward(today, level.rate(), ql.Actual365Fixed()))
        for level in (payout, rate)
    ]
    days = round(365 * years)
    for strike, right in ((85, "put"), (100, "put"), (115, "put"), (85, "call"), (110, "call")):
        level = plain.volatility(YEAR, strike) * (365 * years / days) ** 0.5
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(plain.market.spot)),
            *curves,
            ql.BlackVolTermStructureHandle(
                ql.BlackConstantVol(today, ql.NullCalendar(), level, ql.Actual365Fixed())
            ),
        )
        kind = ql.Option.Call if right == "call" else ql.Option.Put
        option = ql.VanillaOption(
            ql.PlainVanillaPayoff(kind, strike), ql.AmericanExercise(today, today + days)
        )
        option.setPricingEngine(ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme()))
        assert plain.value(YEAR, strike, right) == pytest.approx(option.NPV(), abs=2e-3)


def test_greeks_are_the_slopes_of_the_value(plain):
    rows = [row for row in range(len(plain.book)) if plain.book.strike[row] in (90, 100, 110)]
    for row in rows:
        day, strike = plain.book.expiration_of(row).date, float(plain.book.strike[row])
        if day == MONTHS[0]:
            continue
        right, step = plain.book.right(row), 0.05
        up, middle, down = (plain.value(day, strike, right, spot=SPOT + move) for move in (step, 0.0, -step))
        assert plain.greeks.delta[row] == pytest.approx((up - down) / (2 * step), abs=2e-3)
        assert plain.greeks.gamma[row] == pytest.approx((up - 2 * middle + down) / step**2, abs=2e-3)
        tomorrow = plain.value(day, strike, right, as_of=session_close(SESSION) + dt.timedelta(days=1))
        assert plain.greeks.theta[row] == pytest.approx(tomorrow - middle, abs=2e-3)


def test_a_put_that_is_exercised_has_a_delta_of_minus_one_and_nothing_else():
    found = surface(american_chain(payout=0.0, skew=lambda k: np.where(k > 0.05, -0.14, 0.0)))
    exercised = found.greeks.delta == -1
    assert exercised.any()
    assert not found.book.call[exercised].any()
    for values in (found.greeks.gamma, found.greeks.vega, found.greeks.theta, found.greeks.rho):
        np.testing.assert_array_equal(values[exercised], 0)


def test_both_sides_of_a_strike_have_the_volatility_of_the_one_out_of_the_money(plain):
    put, call = (plain.book.find(f"ABCD  260417{side}00090000") for side in "PC")
    assert plain.volatilities[put] == plain.volatilities[call] == plain.implied[put]
    assert np.isnan(plain.implied[call])
    assert plain.refusal[call] == NOT_ASKED


def test_greeks_align_with_the_book_and_are_unknown_without_a_volatility(plain):
    known = np.isfinite(plain.volatilities)
    for name in ("delta", "gamma", "vega", "theta", "rho"):
        values = getattr(plain.greeks, name)
        assert values.shape == plain.book.strike.shape
        assert np.array_equal(np.isfinite(values), known), name
    assert 0 < known.sum() < len(known)


def test_european_greeks_are_those_of_black():
    found = surface(make_chain(), european=True)
    put, call = (found.book.find(f"ABCD  260417{side}00103000") for side in "PC")
    kept = np.exp(-found.slice_of(dt.date(2026, 4, 17)).payout * found.years(dt.date(2026, 4, 17)))
    assert found.greeks.delta[call] - found.greeks.delta[put] == pytest.approx(kept)
    assert found.greeks.gamma[call] == pytest.approx(found.greeks.gamma[put])


def test_refusals_have_reasons():
    chain = american_chain()
    far = chain["contract_symbol"] == "ABCD  260417P00070000"
    wide = chain["contract_symbol"] == "ABCD  260417P00085000"
    none = chain["contract_symbol"] == "ABCD  260417P00080000"
    chain.loc[far, ["bid", "ask"]] = [0.001, 0.002]
    chain.loc[wide, ["bid", "ask"]] = [0.05, 1.2]
    chain.loc[none, ["bid", "ask"]] = [0.0, 0.5]
    found = surface(chain)
    reasons = {
        name: found.refusal[found.book.find(f"ABCD  260417P000{name}000")] for name in (70, 80, 85, 90)
    }
    assert reasons == {
        70: Refusal.NO_TIME_VALUE,
        80: NOT_ASKED,
        85: Refusal.WIDE_SPREAD,
        90: Refusal.NONE,
    }
    assert np.isnan(found.implied[found.refusal != Refusal.NONE]).all()


def test_a_spread_of_more_than_ten_points_of_volatility_is_refused():
    narrow, wide = (surface(american_chain(half=half)) for half in (0.01, 0.08))
    row = narrow.book.find("ABCD  260313P00098000")
    assert narrow.refusal[row] == Refusal.NONE
    assert wide.refusal[row] == Refusal.WIDE_SPREAD


@pytest.mark.parametrize("european", [True, False])
def test_quotes_of_another_moment_speak_of_the_price_they_are_on(european):
    """The printed price lags by 30 basis points: volatilities are those of the quotes' own price."""
    found = surface(american_chain(spot=100.3), european=european)
    assert found.market.spot == pytest.approx(100.3, abs=0.01)
    true = surface(american_chain(spot=100.3), spot=100.3, european=european)
    assert found.volatility(MONTHS[1], 97) == pytest.approx(true.volatility(MONTHS[1], 97), abs=1e-4)


def test_a_printed_price_stands_where_the_options_are_far_off_or_far_away():
    book = book_of(american_chain(spot=103), SESSION, session_close(SESSION))
    assert quoted_spot(book, SPOT, CURVE) == SPOT
    chain = american_chain(spot=100.3)
    later = chain[chain["expiration"] > "2026-04-01"]
    assert quoted_spot(book_of(later, SESSION, session_close(SESSION)), SPOT, CURVE) == SPOT


def test_only_the_expirations_wanted_are_fitted():
    chain = american_chain()
    book = book_of(chain, SESSION, session_close(SESSION))
    wanted = book.day == np.datetime64(MONTHS[1], "D")
    found = surface(chain, wanted=wanted)
    assert found.volatility(MONTHS[1], 100) == pytest.approx(VOLATILITY, abs=1e-3)
    assert found.slice_of(YEAR) is None


def test_a_book_without_pairs_has_no_slices_and_no_greeks():
    chain = american_chain()
    calls = chain[chain["right"] == "call"].reset_index(drop=True)
    found = surface(chain_of(*calls.to_dict("records")))
    assert found.slices == {}
    assert np.isnan(found.greeks.delta).all()
    assert found.market.spot == SPOT


def test_a_skewed_chain_gives_its_skew_back():
    found = surface(american_chain(skew=lambda k: -0.15 * k))
    for strike in STRIKES[3:-3]:
        wanted = VOLATILITY - 0.15 * np.log(strike / SPOT)
        assert found.volatility(YEAR, strike) == pytest.approx(wanted, abs=2e-3)


def test_a_surface_is_not_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        surface(american_chain()).spot = 1.0


EX_DATE = dt.date(2026, 5, 15)
PAID = Dividend(ex_date=EX_DATE, amount=1.5, confirmed=True, source="test")


def paid_chain():
    """Quotes on a share that pays 1.50 on EX_DATE and yields nothing else."""
    return american_chain(payout=0.0, paid=(EX_DATE, 1.5))


@pytest.fixture(scope="module")
def paid():
    book = book_of(paid_chain(), SESSION, session_close(SESSION))
    return surface_of(book, SPOT, CURVE, european=False, dividends=[PAID])


def test_known_cash_dividends_are_taken_as_cash(paid):
    assert [paid.slice_of(day).board is None for day in MONTHS] == [True, True, False, False]
    for day in MONTHS[1:]:
        smile = paid.slice_of(day)
        assert smile.payout == pytest.approx(0, abs=1.5e-3)
        share = 1.0 if smile.board is None else smile.board.place.ratio(np.array([100.0]))[0]
        assert paid.volatility(day, 100) == pytest.approx(VOLATILITY * share, abs=1e-3)
    assert paid.forward(MONTHS[2]) == pytest.approx(
        SPOT * np.exp(RATE * paid.years(MONTHS[2])) - 1.5, abs=0.02
    )


def test_a_yield_in_their_place_misses_what_an_ex_date_is_worth(paid):
    plain = surface(paid_chain())
    day = MONTHS[2]
    call = next(item for item in paid.contracts(day, "call") if item.strike == 90)
    assert paid.value(day, 90, "call") == pytest.approx(call.mid, abs=0.01)
    assert plain.value(day, 90, "call") < call.mid - 0.1


def test_the_value_beyond_an_ex_date_has_the_dividend_out_of_it(paid):
    day, later = MONTHS[2], session_close(EX_DATE)
    years = minutes_to(later, expiry_instant(day, "pm")) / 525_600
    level = paid.volatility(day, 100)
    plain = Terms.of(98.5 * paid.market.spot / SPOT, 100.0, years, RATE, paid.slice_of(day).payout, call=True)
    wanted = american.price(plain, level)[0]
    assert paid.value(day, 100, "call", spot=98.5, as_of=later) == pytest.approx(wanted, abs=1e-6)


def test_a_value_before_an_ex_date_is_that_of_the_grid(paid):
    day, later = MONTHS[2], session_close(dt.date(2026, 3, 12))
    smile, years = paid.slice_of(day), minutes_to(later, expiry_instant(day, "pm")) / 525_600
    ex = minutes_to(later, dt.datetime.combine(EX_DATE, dt.time(9, 30), NEW_YORK)) / 525_600
    for strike, right in ((90, "put"), (103, "call"), (103, "put")):
        share = paid.volatility(day, strike) / smile.board.place.ratio(np.array([float(strike)]))
        spot = 103 * paid.market.spot / SPOT
        terms = Terms.of(spot, float(strike), years, RATE, smile.payout, right == "call")
        wanted = american_dividends.price(terms, share, [CashDividend(ex, 1.5)], FINE)[0]
        found = paid.value(day, strike, right, spot=103, as_of=later)
        assert found == pytest.approx(wanted, abs=3e-3)


def test_greeks_with_a_dividend_ahead_are_the_slopes_of_the_value(paid):
    day = MONTHS[2]
    for strike, right in ((90, "put"), (100, "call"), (110, "call"), (103, "put")):
        row = paid.book.find(f"ABCD  260618{right[0].upper()}00{strike:03d}000")
        up, down = (paid.value(day, strike, right, spot=SPOT + move) for move in (0.25, -0.25))
        assert paid.greeks.delta[row] == pytest.approx((up - down) / 0.5, abs=3e-3)
        assert np.isfinite(paid.greeks.vega[row])


def test_dividends_count_from_the_open_of_their_ex_date():
    close = session_close(SESSION)
    today = dataclasses.replace(PAID, ex_date=SESSION)
    none = dataclasses.replace(PAID, amount=0.0)
    found = cash_dividends(
        [PAID, today, none, dataclasses.replace(PAID, ex_date=dt.date(2026, 3, 12))], close
    )
    assert [item.amount for item in found] == [1.5, 1.5]
    assert found[0].years == pytest.approx(17.5 / 24 / 365)
