"""
From Cboe's lists of series to a chain's frame, column by column: an index has twenty thousand.

Both forms of Cboe's chain name a series by its symbol alone; it decides root, expiration, right
and strike.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import BadPayloadError, NotThereError, SchemaError
from generator.models.schema import validated_chain
from generator.providers.products import Product, own_root
from generator.providers.words import listing

_SYMBOL = re.compile(r"([A-Z0-9]{1,6}) *([0-9]{6})([CP])([0-9]{8})", re.ASCII)
_DIGITS = "0123456789"
_MULTIPLIER = 100
#: one row in so many may name no series
_MOST_WITHOUT_SYMBOL = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Series as Cboe lists them: symbols, and a list of as many numbers for each of our columns."""

    symbols: Sequence[str]
    numbers: Mapping[str, Sequence[float]] = field(repr=False)


def check_symbol(found: str, known: Product, what: str) -> None:
    """Refuse an answer for another symbol; how it marks an index or a class of shares is its own matter."""
    if found and own_root(found) != own_root(known.symbol):
        raise BadPayloadError(f"{what}: wanted that symbol, found {found[:20]!r}")


def chain_frame(
    listed: Listed, known: Product, session: dt.date, expirations: int | None, what: str
) -> tuple[pd.DataFrame, Mapping[str, int]]:
    """
    Return a validated chain of the nearest so many expirations, and the rows left out by reason.

    Raises:
        BadPayloadError: If no series is the product's, one is listed twice, or a number is none.
        NotThereError: If every series had expired before the session.
    """
    found = [_SYMBOL.fullmatch(symbol) for symbol in listed.symbols]
    _check_symbols(listed.symbols, [match is not None for match in found], what)
    _check_roots({match[1] for match in found if match}, known, what)
    days = _days({match[2] for match in found if match})
    day = [days.get(match[2]) if match else None for match in found]
    kept = [row for row, date in enumerate(day) if date is not None and date >= session]
    if not kept:
        raise NotThereError(f"{what}: wanted series alive on {session}, found none")
    left_out = Counter("no option symbol" if date is None else "expired before the session" for date in day)
    left_out.subtract({"expired before the session": sum(day[row] is not None for row in kept)})
    parts = [match.groups() for row in kept if (match := found[row])]
    frame = _frame(parts, [day[row] for row in kept], known)
    for name, numbers in listed.numbers.items():
        frame[name] = np.asarray(numbers, dtype="float64")[kept]
    try:
        chain = validated_chain(frame)
    except SchemaError as error:
        raise BadPayloadError(f"{what}: {error}") from error
    return _nearest(chain, expirations), {reason: rows for reason, rows in left_out.items() if rows}


def _check_symbols(symbols: Sequence[str], good: Sequence[bool], what: str) -> None:
    """Refuse a list of which more than a tenth names no series: its totals would say nothing."""
    if good.count(False) * _MOST_WITHOUT_SYMBOL > len(good):
        found = symbols[good.index(False)]
        raise BadPayloadError(f"{what}: wanted option symbols, found {found[:40]!r} and more")


def _check_roots(roots: set[str], known: Product, what: str) -> None:
    """Refuse a chain without any series of the product; adjusted series have a digit at their root."""
    if not {root.strip(_DIGITS) for root in roots} & set(known.roots):
        found = listing(sorted(roots)) or "no option symbol"
        raise BadPayloadError(f"{what}: wanted series of {' or '.join(known.roots)}, found {found}")


def _days(texts: set[str]) -> dict[str, dt.date]:
    """Return the last settlement of each date in symbols, a Saturday's the session before; none for none."""
    days = {}
    for text in texts:
        try:
            day = dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
        except ValueError:  # a symbol with such a date is no symbol
            continue
        days[text] = calendar.previous_session(day) if day.weekday() == calendar.SATURDAY else day
    return days


def _frame(parts: Sequence[Sequence[str]], days: Sequence[dt.date | None], known: Product) -> pd.DataFrame:
    """Return what the symbols say: one row a series."""
    roots = [root for root, _, _, _ in parts]
    odd = {root for root in set(roots) if root[-1].isdigit() or root[0].isdigit()}
    return pd.DataFrame(
        {
            "contract_symbol": [f"{root:<6}{day}{letter}{strike}" for root, day, letter, strike in parts],
            "root": roots,
            "expiration": np.array(days, dtype="datetime64[s]"),
            "settlement": ["am" if root in known.am_roots else "pm" for root in roots],
            "strike": [int(strike) / 1000 for _, _, _, strike in parts],
            "right": ["call" if letter == "C" else "put" for _, _, letter, _ in parts],
            "multiplier": _MULTIPLIER,
            "standard": [root not in odd for root in roots],
        }
    )


def _nearest(frame: pd.DataFrame, expirations: int | None) -> pd.DataFrame:
    """Return the series of the nearest so many expirations, all of them for None."""
    if expirations is None:
        return frame
    days = sorted(frame["expiration"].unique())[:expirations]
    return frame[frame["expiration"].isin(days)].reset_index(drop=True)
