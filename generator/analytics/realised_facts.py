"""Realised volatility written down: close to close, and the estimates from ranges beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from generator.analytics import realised
from generator.analytics.bar_rows import span
from generator.analytics.evidence import Evidence
from generator.models.analysis import Fact, Unit

MONTH = 21  #: sessions, as many as 30 calendar days hold
OTHERS = (10, 63)  #: sessions, close to close


def realised_21(evidence: Evidence) -> Fact | None:
    """Return the close-to-close volatility of the last 21 returns, in percent a year."""
    bars = evidence.signals.bars
    if len(bars) < MONTH + 1:
        evidence.withhold("volatility.realised_21", f"{len(bars)} sessions on file")
        return None
    return _written(evidence, "realised_21", "close_to_close", MONTH, _close_to_close(evidence, MONTH))


def estimates(evidence: Evidence) -> Mapping[str, Fact]:
    """Return the other estimates, by name: over 21 sessions from ranges, over 10 and 63 close to close."""
    return dict(_estimates(evidence))


def _estimates(evidence: Evidence) -> Iterator[tuple[str, Fact]]:
    bars = evidence.signals.bars
    for n in OTHERS:
        if len(bars) > n:
            fact = _written(evidence, f"realised_{n}", "close_to_close", n, _close_to_close(evidence, n))
            if fact is not None:
                yield f"close_to_close_{n}", fact
    if len(bars) <= MONTH:
        return
    last = bars.iloc[-MONTH - 1 :]
    open_, high, low, close = (last[name].to_numpy(dtype=float) for name in ("open", "high", "low", "close"))
    found = {
        "parkinson": realised.parkinson(high, low, MONTH),
        "garman_klass": realised.garman_klass(open_, high, low, close, MONTH),
        "rogers_satchell": realised.rogers_satchell(open_, high, low, close, MONTH),
        "yang_zhang": realised.yang_zhang(open_, high, low, close, MONTH),
    }
    for name, line in found.items():
        fact = _written(evidence, f"realised_{name}_{MONTH}", name, MONTH, line)
        if fact is not None:
            yield name, fact


def _close_to_close(evidence: Evidence, n: int) -> np.ndarray:
    return realised.close_to_close(evidence.signals.bars["close"].to_numpy(dtype=float)[-n - 1 :], n)


def _written(evidence: Evidence, name: str, method: str, n: int, line: np.ndarray) -> Fact | None:
    """Write a line's last value down, None where the bars contradict themselves."""
    signals = evidence.signals
    if np.isnan(line[-1]):
        evidence.withhold(f"volatility.{name}", "a bar's prices contradict each other")
        return None
    return evidence.ledger.add(
        f"volatility.{name}",
        100 * float(line[-1]),
        unit=Unit.PERCENT,
        decimals=1,
        formula=f"realised.{method}({n},{signals.basis})",
        rows=span(signals.bars, -n - 1, frame=signals.frame),
    )
