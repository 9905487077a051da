"""What both forms of Cboe's chain need: whose series these are, and the nearest expirations of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from generator.errors import BadPayloadError
from generator.providers.products import Product
from generator.providers.words import listing

#: date, right and strike at the end of an OSI symbol
_TAIL = 15
_DIGITS = "0123456789"


def checked_roots(symbols: Iterable[str], known: Product, what: str) -> None:
    """Refuse a chain without any series of the product; adjusted series have a digit at their root."""
    roots = {symbol[:-_TAIL].strip() for symbol in symbols}
    if not {root.strip(_DIGITS) for root in roots} & set(known.roots):
        found = listing(sorted(root for root in roots if root)) or "no option symbol"
        raise BadPayloadError(f"{what}: wanted series of {' or '.join(known.roots)}, found {found}")


def nearest(frame: pd.DataFrame, expirations: int | None) -> pd.DataFrame:
    """Return the series of the nearest so many expirations, all of them for None."""
    if expirations is None:
        return frame
    days = sorted(frame["expiration"].unique())[:expirations]
    return frame[frame["expiration"].isin(days)].reset_index(drop=True)
