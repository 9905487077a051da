"""
What carries the comparison until the archive does: a named volatility index, and the bars' own year.

The index is told of under its own name, never as the market's implied volatility.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator.analytics.bar_rows import day_of, span
from generator.analytics.evidence import Evidence
from generator.models.analysis import Fact, Proxy, Unit, YearPlace
from generator.models.market import VolatilityIndex

YEAR = 252  #: sessions before, at most
FEWEST = 20  #: sessions before
REALISED = 21  #: returns


def proxy(evidence: Evidence) -> Proxy | None:
    """Return the index beside the market at its last close, None where its bars do not reach that far."""
    index, snapshot = evidence.snapshot.volatility_index, evidence.snapshot
    if index is None:
        return None
    wanted = snapshot.previous_session if snapshot.edition == "intraday" else snapshot.session
    if index.bars.empty or day_of(index.bars, -1) != wanted:
        evidence.withhold("volatility_index", f"{index.symbol} has no bar of {wanted}")
        return None
    add = evidence.ledger.add
    close = add(
        "volatility_index.close",
        float(index.bars["close"].iloc[-1]),
        unit=Unit.POINTS,
        decimals=2,
        formula="=value(close)",
        rows=f"{_frame(index)}[date={wanted.isoformat()}]",
        date=wanted,
    )
    named = {
        name: add(f"volatility_index.{name}", text, unit=Unit.TEXT, formula="product.volatility_index")
        for name, text in (("symbol", index.symbol), ("measures", index.measures))
    }
    return Proxy(**named, close=close, year=_year(evidence, index, close))


def _frame(index: VolatilityIndex) -> str:
    return f"bars@{index.symbol}"


def _year(evidence: Evidence, index: VolatilityIndex, close: Fact) -> YearPlace | None:
    before = min(len(index.bars) - 1, YEAR)
    if before < FEWEST:
        return None
    start, end = (day_of(index.bars, place).isoformat() for place in (-1 - before, -2))
    span_of, level = f"date>={start} date<={end}", f"{close.number!r}"
    counted = {
        name: evidence.ledger.add(
            f"volatility_index.{name}",
            int(_matching(index.bars["close"].iloc[-1 - before : -1], sign, close.number)),
            unit=Unit.SESSIONS,
            formula="=count()",
            rows=f"{_frame(index)}[{span_of}{f' close{sign}{level}' if sign else ''}]",
        )
        for name, sign in (("sessions", ""), ("lower", "<"), ("higher", ">"))
    }
    return YearPlace(value=close, **counted)


def _matching(closes: pd.Series, sign: str, level: float) -> int:
    if not sign:
        return len(closes)
    return int(((closes < level) if sign == "<" else (closes > level)).sum())


def realised_year(evidence: Evidence, realised: Fact | None) -> YearPlace | None:
    """Return the place of the realised volatility among those of the sessions before, from the bars alone."""
    bars, frame = evidence.signals.bars, evidence.signals.frame
    before = min(len(bars) - REALISED - 1, YEAR)
    if realised is None or before < FEWEST:
        return None
    closes = bars["close"].to_numpy(dtype=float)[-(before + REALISED + 1) :]
    windows = np.lib.stride_tricks.sliding_window_view(np.diff(np.log(closes)), REALISED)
    levels = np.std(windows, axis=1, ddof=1)
    rows, add = span(bars, -len(closes), frame=frame), evidence.ledger.add
    made = {
        name: add(
            f"volatility.realised_21.{name}",
            int(count),
            unit=Unit.SESSIONS,
            formula=f"realised.{name}({REALISED})",
            rows=rows,
            of=(realised,),
        )
        for name, count in (
            ("lower", (levels[:-1] < levels[-1]).sum()),
            ("higher", (levels[:-1] > levels[-1]).sum()),
        )
    }
    sessions = add(
        "volatility.realised_21.sessions",
        before,
        unit=Unit.SESSIONS,
        formula="=count()",
        rows=span(bars, -1 - before, -2),
    )
    return YearPlace(value=realised, sessions=sessions, **made)
