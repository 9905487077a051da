"""Recorded chains for measurements: each file of a folder with its surface and the vendor's figures."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from generator import calendar
from generator.analytics.forwards import Rate
from generator.analytics.parity_rate import implied_rate
from generator.analytics.series import book_of
from generator.analytics.smile import Surface
from generator.analytics.surface import surface_of
from generator.errors import DataError
from generator.models.market import RatePoint
from generator.providers.chains import Capture, chain_name, parse_chain
from generator.providers.products import product

Array = np.ndarray

SESSIONS = ("close", "intraday")  #: other captures are of no market
MIDDAY = dt.time(12)  #: of a capture within a session that does not say when
USUAL_RATE = 0.04  #: where the quotes imply none
FIGURES = ("implied_volatility", "delta", "gamma", "theta", "vega", "rho")


@dataclass(frozen=True)
class Recorded:
    """One chain file; *vendor* holds the source's own figures aligned with the book, NaN where none."""

    name: str
    kind: str
    spot: float
    european: bool
    rate: float
    surface: Surface
    vendor: dict[str, Array]


def recorded_chains(folder: Path) -> Iterator[Recorded]:
    """Yield each chain of *folder* that has quotes of a market, by name."""
    for path in sorted((folder / "chains").iterdir()):
        name = chain_name(f"chains/{path.name}")
        if name is None:
            continue
        try:
            capture = parse_chain(name, path.read_bytes(), product(name.symbol), {})
        except DataError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        if capture.stamp.kind in SESSIONS:
            yield _recorded(path, name.symbol, capture)


def _recorded(path: Path, symbol: str, capture: Capture) -> Recorded:
    as_of = calendar.session_close(capture.session)
    if capture.stamp.kind != "close":
        as_of = capture.stamp.captured or dt.datetime.combine(capture.session, MIDDAY, calendar.NEW_YORK)
    book = book_of(capture.chain, capture.session, as_of)
    european = product(symbol).kind == "index"
    rate = implied_rate([book], european=european) or USUAL_RATE
    curve = Rate((RatePoint(days=30, rate=rate),), "benchmark", known=True)
    spot = capture.spot or float(np.median(book.strike))
    found = surface_of(book, spot, curve, european=european)
    return Recorded(path.name, capture.stamp.kind, spot, european, rate, found, _vendor(path, found))


def _vendor(path: Path, surface: Surface) -> dict[str, Array]:
    """The figures beside the quotes, by symbol; placeholders of zero are none."""
    table = pd.read_csv(path)
    root = table["root"].fillna(table["underlying"]).astype(str).str.strip()
    strikes = (1000 * table["strike"]).round().astype(int).astype(str).str.zfill(8)
    days = pd.to_datetime(table["expiration"]).dt.strftime("%y%m%d")
    side = table["option_type"].str[0].str.upper()
    keys = root.str.ljust(6) + days + side + strikes
    table = table.assign(key=keys).drop_duplicates("key").set_index("key")
    found = table.reindex([str(symbol) for symbol in surface.book.symbol])
    return {name: _known(found[name].to_numpy(dtype=float)) for name in FIGURES}


def _known(values: Array) -> Array:
    return np.where(np.abs(values) > 1e-4, values, np.nan)
