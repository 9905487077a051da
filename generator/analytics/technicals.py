"""Technical indicators on completed bars, written down as facts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from generator.analytics import momentum
from generator.analytics.adjusted import SignalBars
from generator.analytics.bar_rows import price_unit
from generator.analytics.breakouts import breakouts
from generator.analytics.chart_lines import chart_lines
from generator.analytics.indicator_writer import IndicatorWriter
from generator.analytics.indicators import (
    Line,
    bollinger_lines,
    cutler_rsi,
    exponential_average,
    macd_lines,
    simple_average,
    wilder_atr,
    wilder_rsi,
)
from generator.analytics.ledger import Ledger
from generator.analytics.volume_profile import volume_profile
from generator.models.analysis import Choices, Fact, Technicals, Unit
from generator.models.market import Snapshot

BANDWIDTHS = 125  #: half a year, Bollinger's look-back for a squeeze


def technicals(
    snapshot: Snapshot, ledger: Ledger, choices: Choices, signals: SignalBars | None = None
) -> Technicals:
    """
    Return the indicators of the last completed bar; None where the bars are too few.

    They are computed from *signals*; charts get their lines as traded, beside prices as traded.
    """
    signals = signals or SignalBars(snapshot.bars)
    lines = indicator_lines(signals.bars, choices)
    drawn = lines if signals.frame == "bars" else indicator_lines(snapshot.bars, choices)
    write = IndicatorWriter(signals, ledger, price_unit(snapshot.kind), lines)
    close = write.close()
    average_range = write.line("atr_14", "wilder.atr(14)")
    sma = {n: write.average(n) for n in (20, 30, 50, 100, 200)}
    return Technicals(
        **{f"sma_{n}": average for n, average in sma.items()},
        **_momentum(write, choices.rsi),
        **_bands(write, close, choices.bollinger),
        rsi_method=choices.rsi.capitalize(),
        bollinger_deviation=choices.bollinger,
        atr_14=average_range,
        distance_sma_50=_distance(write, 50, close, sma[50]),
        distance_sma_200=_distance(write, 200, close, sma[200]),
        sma_50_20_ago=write.average(50, ago=20),
        sma_50_side=write.side(50),
        sma_200_side=write.side(200),
        above_all=_above_all(close, sma[30], sma[50], sma[200]),
        series=chart_lines(drawn, len(snapshot.bars)),
        breakouts=breakouts(snapshot, ledger, close, average_range),
        profile=volume_profile(snapshot, ledger, average_range),
    )


def _momentum(write: IndicatorWriter, rsi: str) -> dict[str, Fact | None]:
    macd = write.line("macd", "appel.macd(12,26,9)")
    signal = write.line("macd_signal", "appel.signal(12,26,9)")
    return {
        "ema_12": write.line("ema_12", "ema(12)"),
        "ema_26": write.line("ema_26", "ema(26)"),
        "macd": macd,
        "macd_signal": signal,
        "macd_histogram": write.combined("macd_histogram", "=$1-$2", (macd, signal), write.unit, 2),
        "macd_histogram_previous": write.line("macd_histogram", "appel.histogram(12,26,9)", ago=1),
        **_run(write),
        "rsi_14": write.line("rsi_14", f"{rsi}.rsi(14)"),
        "rsi_14_previous": write.line("rsi_14", f"{rsi}.rsi(14)", ago=1),
    }


def _run(write: IndicatorWriter) -> dict[str, Fact | None]:
    """How MACD's gap to its signal has moved."""
    gap = write.lines["macd_histogram"]
    return {
        "macd_cross_age": write.gap("macd_cross_age", momentum.sessions_since_cross(gap), Unit.SESSIONS),
        "macd_rising": write.gap("macd_rising", momentum.rising_sessions(gap), Unit.SESSIONS),
        "macd_share": write.gap("macd_share", momentum.year_share(gap), Unit.PERCENT),
    }


def _bands(write: IndicatorWriter, close: Fact | None, deviation: str) -> dict[str, Fact | None]:
    settings = "(20,2)" if deviation == "population" else "(20,2,sample)"
    upper = write.line("bollinger_upper", f"bollinger.upper{settings}", bars=20)
    middle = write.average(20, name="bollinger_middle")
    lower = write.line("bollinger_lower", f"bollinger.lower{settings}", bars=20)
    return {
        "bollinger_upper": upper,
        "bollinger_middle": middle,
        "bollinger_lower": lower,
        "percent_b": _percent_b(write, close, upper, lower),
        "bandwidth": write.combined("bandwidth", "=($1-$2)/$3", (upper, lower, middle), Unit.INDICATOR, 3),
        **_bandwidth_rank(write),
    }


def indicator_lines(bars: pd.DataFrame, choices: Choices) -> Mapping[str, Line]:
    """Return every indicator as a line of one value a bar."""
    high, low, close = (bars[name].to_numpy(dtype=np.float64) for name in ("high", "low", "close"))
    return {
        **{f"sma_{n}": simple_average(close, n) for n in (20, 30, 50, 100, 200)},
        **{f"ema_{n}": exponential_average(close, n) for n in (12, 26)},
        **macd_lines(close),
        "rsi_14": wilder_rsi(close) if choices.rsi == "wilder" else cutler_rsi(close),
        "atr_14": wilder_atr(high, low, close),
        **bollinger_lines(close, sample=choices.bollinger == "sample"),
    }


def _percent_b(
    write: IndicatorWriter, close: Fact | None, upper: Fact | None, lower: Fact | None
) -> Fact | None:
    """Where the close stands between the bands, 0 the lower and 1 the upper; None in a flat market."""
    if close is None or upper is None or lower is None or upper.number == lower.number:
        return None
    return write.ledger.add(
        "technicals.percent_b",
        (close.number - lower.number) / (upper.number - lower.number),
        unit=Unit.INDICATOR,
        decimals=2,
        formula="=($1-$2)/($3-$2)",
        of=(close, lower, upper),
    )


def _bandwidth_rank(write: IndicatorWriter) -> dict[str, Fact | None]:
    line = write.lines["bandwidth"][-BANDWIDTHS:]
    if len(line) < BANDWIDTHS or np.isnan(line).any():
        return {"bandwidth_rank": None}
    add = write.ledger.add
    return {
        "bandwidth_rank": add(
            "technicals.bandwidth_rank",
            int((line[:-1] < line[-1]).sum()),
            unit=Unit.COUNT,
            formula=f"bollinger.bandwidth_rank({BANDWIDTHS})",
            rows=write.rows(-BANDWIDTHS - 19),
        ),
        "bandwidth_sessions": add(
            "technicals.bandwidth_sessions",
            BANDWIDTHS,
            unit=Unit.SESSIONS,
            formula="=count()",
            rows=write.rows(-BANDWIDTHS),
        ),
    }


def _distance(write: IndicatorWriter, n: int, close: Fact | None, average: Fact | None) -> Fact | None:
    if close is None or average is None:
        return None
    return write.ledger.add(
        f"technicals.distance_sma_{n}",
        100 * (close.number / average.number - 1),
        unit=Unit.PERCENT,
        decimals=1,
        formula="=100*($1/$2-1)",
        of=(close, average),
    )


def _above_all(close: Fact | None, *averages: Fact | None) -> bool | None:
    known = [average for average in averages if average is not None]
    if close is None or len(known) < len(averages):
        return None
    return all(close.number > average.number for average in known)
