"""Counts of doubtful quotes, straight from the rows: each formula of the gate in code of the audit's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

Columns = Mapping[str, np.ndarray]

FAR = 10  # times the highest price the option can have
NONE_OFFERED = frozenset({9999.0, 9999.99, 99999.0, 99999.99, 199999.99, 999999.0, 999999.99})


def _crossed(rows: Columns, _spot: float) -> int:
    return sum(0 <= ask < bid for bid, ask in _sides(rows))


def _locked(rows: Columns, _spot: float) -> int:
    return sum(bid == ask > 0 for bid, ask in _sides(rows))


def _missing_side(rows: Columns, _spot: float) -> int:
    return sum(math.isnan(bid) or math.isnan(ask) for bid, ask in _sides(rows))


def _sentinel(rows: Columns, spot: float) -> int:
    most = [
        FAR * (spot if right == "call" else strike)
        for right, strike in zip(rows["right"].tolist(), rows["strike"].tolist(), strict=True)
    ]
    return sum(
        bid < 0 or ask < 0 or bid > cap or ask > cap or (ask in NONE_OFFERED and ask > 2 * bid)
        for (bid, ask), cap in zip(_sides(rows), most, strict=True)
    )


def _sides(rows: Columns) -> list[tuple[float, float]]:
    return list(zip(rows["bid"].tolist(), rows["ask"].tolist(), strict=True))


QUOTE_COUNTS: Mapping[str, Callable[[Columns, float], int]] = {
    "quotes.crossed": _crossed,
    "quotes.locked": _locked,
    "quotes.missing_side": _missing_side,
    "quotes.sentinel": _sentinel,
}
