"""Every column of the recorded technicals, and the edges where an indicator is not defined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.analytics import indicators, realised
from tests.builders import make_bars

PRICES = ("open", "high", "low", "close")


def columns(bars):
    return (bars[name].to_numpy(dtype=float) for name in PRICES)


def lines(bars):
    """Every column of the vectors, by its name there."""
    open_, high, low, close = columns(bars)
    bands = indicators.bollinger_lines(close)
    found = {f"sma{n}": indicators.simple_average(close, n) for n in (20, 30, 50, 200)}
    found |= {f"ema{n}": indicators.exponential_average(close, n) for n in (12, 30, 50, 200)}
    macd = indicators.macd_lines(close)
    found |= {"macd": macd["macd"], "macd_signal": macd["macd_signal"], "macd_hist": macd["macd_histogram"]}
    found |= {"rsi14": indicators.wilder_rsi(close), "atr14": indicators.wilder_atr(high, low, close)}
    found |= {
        f"bb_{name}": bands[f"bollinger_{line}"]
        for name, line in (("upper", "upper"), ("mid", "middle"), ("lower", "lower"))
    }
    found |= {"bb_width": bands["bandwidth"], "bb_pctb": bands["percent_b"]}
    for n in (30, 200):
        found |= {f"low_{n}": indicators.lowest(low, n), f"high_{n}": indicators.highest(high, n)}
    for name, line in indicators.floor_pivots(high, low, close).items():
        found[f"pivot_{name}"] = np.concatenate(([np.nan], line[:-1]))
    for n in (10, 20, 30, 60):
        found |= {
            f"rv_cc_{n}": realised.close_to_close(close, n),
            f"rv_cc0_{n}": realised.close_to_close(close, n, zero_mean=True),
            f"rv_parkinson_{n}": realised.parkinson(high, low, n),
            f"rv_gk_{n}": realised.garman_klass(open_, high, low, close, n),
            f"rv_rs_{n}": realised.rogers_satchell(open_, high, low, close, n),
            f"rv_yz_{n}": realised.yang_zhang(open_, high, low, close, n),
        }
    return found


@pytest.mark.recorded
@pytest.mark.parametrize("symbol", ["GOOG", "IBM"])
def test_every_column_and_row_of_the_vectors_comes_out(shared, symbol):
    bars = pd.read_csv(shared / f"reference/technicals_bars_{symbol}.csv")
    expected = pd.read_csv(shared / f"reference/technicals_expected_{symbol}.csv").drop(columns="date")
    found = lines(bars)
    assert set(found) == set(expected)
    for name, column in expected.items():
        np.testing.assert_array_equal(np.isnan(found[name]), np.isnan(column), err_msg=name)
        within = 1e-10 if name.startswith("rv_") else 1e-8
        np.testing.assert_allclose(found[name], column, rtol=0, atol=within, err_msg=name)


def flat(n=60, step=0.0):
    close = 100 + step * np.arange(n)
    return pd.DataFrame(dict.fromkeys(PRICES, close))


def test_a_flat_market_has_no_rsi_no_percent_b_and_no_volatility():
    found = lines(flat())
    assert np.isnan(found["rsi14"]).all()
    assert np.isnan(found["bb_pctb"]).all()
    assert found["bb_width"][-1] == found["macd"][-1] == found["atr14"][-1] == 0
    assert all(found[f"rv_{name}_10"][-1] == 0 for name in ("cc", "cc0", "parkinson", "gk", "rs", "yz"))


@pytest.mark.parametrize(("step", "rsi"), [(0.5, 100.0), (-0.5, 0.0)])
def test_a_market_that_only_moves_one_way_is_at_the_edge_of_rsi(step, rsi):
    assert lines(flat(step=step))["rsi14"][-1] == pytest.approx(rsi, abs=1e-9)


def test_rsi_is_undefined_only_until_the_first_change():
    close = np.array([100.0] * 20 + [101.0] * 20)
    found = indicators.wilder_rsi(close)
    assert np.isnan(found[:20]).all()
    assert found[20:] == pytest.approx(100)


@pytest.mark.parametrize("n", [0, 1, 2, 10, 14, 19, 33])
def test_too_few_bars_give_nothing_and_never_zero(n):
    bars = make_bars(300).iloc[:n]
    found = lines(bars)
    assert {len(line) for line in found.values()} == {n} if n else {0}
    for name in ("sma50", "ema200", "macd", "low_200", "rv_cc_60", "rv_yz_60"):
        assert np.isnan(found[name]).all()
    assert np.isnan(found["rsi14"]).all() == (n < 15)


def test_a_band_of_tiny_moves_keeps_its_digits():
    """A difference of squares would lose them: 7,500 squared leaves nothing of a millionth."""
    close = 7500 + 1e-6 * (-1.0) ** np.arange(40)
    bands = indicators.bollinger_lines(close)
    assert (bands["bollinger_upper"] - bands["bollinger_middle"])[-1] == pytest.approx(2e-6, rel=1e-5)


@given(seed=st.integers(0, 5000), n=st.sampled_from([5, 21, 60]))
def test_volatility_is_the_same_in_any_currency(seed, n):
    open_, high, low, close = columns(make_bars(80, seed))
    for first, second in (
        (realised.close_to_close(close, n), realised.close_to_close(7 * close, n)),
        (realised.parkinson(high, low, n), realised.parkinson(7 * high, 7 * low, n)),
        (
            realised.yang_zhang(open_, high, low, close, n),
            realised.yang_zhang(7 * open_, 7 * high, 7 * low, 7 * close, n),
        ),
    ):
        np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-12)


def test_every_estimator_finds_the_volatility_of_a_fine_random_walk():
    """The five agree with the truth on a walk of many steps a session without gaps."""
    draw = np.random.default_rng(7)
    steps, sessions, truth = 2000, 1500, 0.2
    path = np.exp(np.cumsum(draw.normal(0, truth / np.sqrt(252 * steps), steps * sessions)))
    days = path.reshape(sessions, steps)
    bars = days[:, 0], days.max(axis=1), days.min(axis=1), days[:, -1]
    n = sessions - 1
    found = [
        realised.close_to_close(bars[3], n)[-1],
        realised.parkinson(bars[1], bars[2], n)[-1],
        realised.garman_klass(*bars, n)[-1],
        realised.rogers_satchell(*bars, n)[-1],
        realised.yang_zhang(*bars, n)[-1],
    ]
    assert found == pytest.approx([truth] * 5, rel=0.05)


def test_a_gap_at_the_open_is_seen_by_those_that_look_overnight():
    """Flat sessions that open elsewhere: the range sees nothing, close-to-close and Yang-Zhang do."""
    close = 100 * np.exp(0.01 * (-1.0) ** np.arange(40))
    bars = (close, close, close, close)
    assert realised.parkinson(close, close, 20)[-1] == 0
    assert realised.garman_klass(*bars, 20)[-1] == 0
    assert realised.rogers_satchell(*bars, 20)[-1] == 0
    assert realised.close_to_close(close, 20)[-1] > 0.3
    assert realised.yang_zhang(*bars, 20)[-1] == pytest.approx(realised.close_to_close(close, 20)[-1])


def test_a_drift_does_not_disturb_rogers_and_satchell():
    close = 100 * np.exp(0.01 * np.arange(40))
    open_ = close * np.exp(-0.01)
    assert realised.rogers_satchell(open_, close, open_, close, 20)[-1] == pytest.approx(0, abs=1e-12)
    assert realised.close_to_close(close, 20, zero_mean=True)[-1] == pytest.approx(0.01 * 252**0.5)
    assert realised.close_to_close(close, 20)[-1] == pytest.approx(0, abs=1e-7)


def test_bars_without_a_price_have_no_volatility():
    close = np.array([100.0, 0.0, 100.0, 101.0, 102.0])
    assert np.isnan(realised.close_to_close(close, 3)).tolist() == [True, True, True, True, True]
    assert np.isfinite(realised.close_to_close(np.array([100.0, 101.0, 102.0, 104.0]), 3)[-1])


def test_a_close_outside_its_own_range_gives_no_estimate():
    ones = np.full(5, 100.0)
    assert np.isnan(realised.garman_klass(ones, ones, ones, 2 * ones, 3)).all()


@pytest.mark.parametrize("call", [realised.close_to_close, lambda x, n: realised.yang_zhang(x, x, x, x, n)])
def test_one_session_is_no_sample(call):
    with pytest.raises(ValueError, match="two"):
        call(np.full(10, 100.0), 1)
