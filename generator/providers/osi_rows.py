"""From contracts named by their OSI symbol, as market data vendors send them, to a chain's frame."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import pandas as pd

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError, SchemaError
from generator.models.schema import validated_chain
from generator.providers.products import Product

#: A feed runs on while it is fetched; quotes newer than this were never wanted.
LEEWAY = dt.timedelta(minutes=15)
STANDARD_SIZE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One listed series with what its vendor says of it; NaN for what it does not say."""

    symbol: str  #: OSI, padded or not
    bid: float = nan
    ask: float = nan
    last: float = nan
    volume: float = nan
    open_interest: float = nan
    size: float = nan  #: shares a contract
    quoted: dt.datetime | None = None  #: aware: when either side changed last


def chain_frame(
    contracts: Iterable[Contract], product: Product, session: dt.date, what: str
) -> tuple[pd.DataFrame, Mapping[str, int]]:
    """
    Return a validated chain and the rows left out by reason.

    The symbol decides expiration, right and strike. A contract of another size than 100 or
    with a digit at either end of its root is kept and marked as not standard.

    Raises:
        BadPayloadError: If a symbol repeats or a value breaks the schema.
        NotThereError: If no series is left.
    """
    left_out: Counter[str] = Counter()
    rows = []
    for contract in contracts:
        row = _row(contract, product)
        if row is None:
            left_out["no option symbol"] += 1
        elif row["expiration"] < session:
            left_out["expired before the session"] += 1
        else:
            rows.append(row)
    if not rows:
        raise NotThereError(f"{what}: wanted series alive on {session}, found none")
    frame = pd.DataFrame(rows)
    frame["expiration"] = frame["expiration"].to_numpy(dtype="datetime64[s]")
    frame["quote_time"] = frame["quote_time"].astype("datetime64[s]")
    try:
        return validated_chain(frame), dict(left_out)
    except SchemaError as error:
        raise BadPayloadError(f"{what}: {error}") from error


def captured_at(moments: Iterable[dt.datetime | None], when: dt.datetime, what: str) -> dt.datetime:
    """
    Return the newest of the quotes' instants in New York time.

    Raises:
        BadPayloadError: If no quote has an instant.
        NotThereError: If it is later than *when*: such a feed knows only the present.
    """
    last = newest(moments)
    if last is None:
        raise BadPayloadError(f"{what}: wanted the time of at least one quote, found none")
    if last > when + LEEWAY:
        raise NotThereError(
            f"{what}: wanted quotes as of {when:%Y-%m-%d %H:%M}, found those of "
            f"{calendar.to_new_york(last):%Y-%m-%d %H:%M}: this source knows only the present"
        )
    return calendar.to_new_york(last)


def newest(moments: Iterable[dt.datetime | None]) -> dt.datetime | None:
    """Return the latest of the instants that are known."""
    return max((moment for moment in moments if moment is not None), default=None)


def _row(contract: Contract, product: Product) -> dict[str, Any] | None:
    """Return a contract as a row, None when its symbol is none."""
    try:
        series = calendar.parse_osi(contract.symbol.replace(" ", ""))
    except DataError:
        return None
    day = series.expiration
    if day.weekday() == calendar.SATURDAY:
        day = calendar.previous_session(day)
    size = STANDARD_SIZE if isnan(contract.size) else contract.size
    odd = series.adjusted or series.flex
    return {
        "contract_symbol": series.osi,
        "root": series.root,
        "expiration": day,
        "settlement": "am" if series.root in product.am_roots else "pm",
        "strike": float(series.strike),
        "right": series.right,
        "bid": contract.bid,
        "ask": contract.ask,
        "last": contract.last,
        "volume": contract.volume,
        "open_interest": contract.open_interest,
        "multiplier": size,
        "standard": size == STANDARD_SIZE and not odd,
        "quote_time": contract.quoted.replace(tzinfo=None) if contract.quoted else None,
    }
