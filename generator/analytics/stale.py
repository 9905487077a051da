"""
Chains that repeat an earlier one: yesterday's quotes, or yesterday's volume, under today's date.

Measured on 24 pairs of recorded captures of one name, one to three sessions apart (IWM, SPY,
QQQ, SPX, AAPL, NVDA, 2023 to 2026). Of the series within 15 % of spot with a quote, at most
8.1 % had the same bid and ask as in the capture before; a chain sent again has all of them.
Of the series with ten contracts or more in both, 0.6 to 20.4 % had the same volume at two
closes of the nearest expirations, up to 35 % of a whole list: one free feed keeps a series'
last volume until the series trades again. Of a close's total such volume was at most 10.6 %
(yet the third-busiest series of IWM on 2026-07-10 had its 15,809 contracts since 8 July);
captures of 35 minutes after the open had 41 to 75 % of their series so, and up to 37 % of
their total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator.analytics.evidence import rows_before
from generator.analytics.series import Book

Array = np.ndarray

NEAR = 0.15  #: of spot
FEWEST = 30  #: series in both before a share of them says anything
SAME_QUOTES = 0.5  #: share of quotes at and above which a chain is the earlier one
SAME_VOLUMES = 0.3  #: share of series at and above which a running session's volumes are not its own
SAME_TOTAL = 0.2  #: share of the total volume at and above which no session's are
TRADED = 10  #: contracts: smaller volumes are equal by chance


@dataclass(frozen=True, slots=True)
class Repeated:
    """Shares of series that stand as they stood before; None with fewer than thirty to compare."""

    quotes: float | None
    volumes: float | None
    total: float  #: share of the chain's volume in series with the volume they had before

    @property
    def whole(self) -> bool:
        """Whether the chain is the earlier one: the quotes, and where they are known the volumes."""
        if self.quotes is None or self.quotes < SAME_QUOTES:
            return False
        return self.volumes is None or self.volumes >= SAME_QUOTES

    def carried(self, *, over: bool) -> bool:
        """Whether too much of the volume is an earlier session's; *over*: this one has ended."""
        if self.volumes is None:
            return False
        return self.total >= SAME_TOTAL or (not over and self.volumes >= SAME_VOLUMES)


def repeated(chain: pd.DataFrame, earlier: pd.DataFrame, spot: float) -> Repeated:
    """Return how much of *chain* repeats *earlier*, series by series; quotes only near *spot*."""
    rows, before = _common(chain, earlier)
    bid, ask, volume = (chain[name].to_numpy(dtype=float)[rows] for name in ("bid", "ask", "volume"))
    bid_before, ask_before, volume_before = (
        earlier[name].to_numpy(dtype=float)[before] for name in ("bid", "ask", "volume")
    )
    near = np.abs(chain["strike"].to_numpy(dtype=float)[rows] / spot - 1) <= NEAR
    quoted = near & ((bid > 0) | (bid_before > 0))
    traded = (volume >= TRADED) & (volume_before >= TRADED)
    return Repeated(
        quotes=_share((bid == bid_before) & (ask == ask_before), quoted),
        volumes=_share(volume == volume_before, traded),
        total=_total(volume, traded & (volume == volume_before)),
    )


def untraded(book: Book, earlier: Book) -> Array:
    """Mark the rows whose volume and last price stand as in *earlier*: the series has not traded since."""
    rows = rows_before(book, earlier)
    same = rows >= 0
    for now, before in ((book.volume, earlier.volume), (book.last, earlier.last)):
        same &= now == np.append(before, np.nan)[rows]
    return np.asarray(same & (book.volume >= TRADED))


def _common(chain: pd.DataFrame, earlier: pd.DataFrame) -> tuple[Array, Array]:
    """The rows of the series listed in both, as two arrays of positions."""
    places = {name: row for row, name in enumerate(_names(earlier))}
    found = np.array([places.get(name, -1) for name in _names(chain)], dtype=np.int64)
    rows = np.flatnonzero(found >= 0)
    return rows, found[rows]


def _names(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """What a series is called: its symbol, and its settlement where two share one."""
    return list(zip(frame["contract_symbol"].tolist(), frame["settlement"].tolist(), strict=True))


def _total(volume: Array, rows: Array) -> float:
    everything = float(np.nansum(volume))
    return float(volume[rows].sum()) / everything if everything > 0 else 0.0


def _share(same: Array, among: Array) -> float | None:
    return float(same[among].mean()) if int(among.sum()) >= FEWEST else None
