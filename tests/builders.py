"""
Small markets for tests: chains, bars, snapshots, folders, and a twin of each known trap.

Nothing here is recorded data. Quotes are Black-76 on a flat volatility, so that parity,
implied volatility and expected moves come back as they went in.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import math
from decimal import Decimal
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from generator import calendar
from generator.models.market import History, PastChain, Snapshot, Source
from generator.models.schema import validated_bars, validated_chain

SYMBOL = "ABCD"
SESSION = dt.date(2026, 3, 11)
EXPIRATIONS = (SESSION, dt.date(2026, 3, 13), dt.date(2026, 3, 20), dt.date(2026, 4, 17))
SPOT = 100.0
#: Columns of a chain file, in the order of the documented shape.
FILE_COLUMNS = (
    *("quote_date", "snapshot_utc", "session", "underlying", "underlying_price"),
    *("contract_symbol", "root", "expiration", "strike", "option_type"),
    *("bid", "ask", "last", "volume", "open_interest"),
    *("implied_volatility", "delta", "gamma", "theta", "vega", "rho"),
)


def black76(forward: float, strike: float, years: float, volatility: float, right: str, rate=0.04) -> float:
    """Price a European option on a forward (Black, 1976)."""
    sign = 1 if right == "call" else -1
    if years <= 0:
        return max(sign * (forward - strike), 0.0)
    spread = volatility * math.sqrt(years)
    d1 = math.log(forward / strike) / spread + spread / 2
    normal = NormalDist().cdf
    price = forward * normal(sign * d1) - strike * normal(sign * (d1 - spread))
    return math.exp(-rate * years) * sign * price


def chain_row(
    strike: float = SPOT,
    right: str = "call",
    expiration: dt.date = EXPIRATIONS[2],
    root: str = SYMBOL,
    **changes: Any,
) -> dict[str, Any]:
    """One series with plausible values; name any column to change it."""
    settlement = changes.get("settlement", "pm")
    symbol = calendar.OptionSymbol(root, expiration, right, Decimal(str(strike)))
    return {
        "contract_symbol": symbol.osi,
        "root": root,
        "expiration": pd.Timestamp(expiration),
        "settlement": settlement,
        "strike": float(strike),
        "right": right,
        "bid": 1.0,
        "ask": 1.1,
        "last": 1.05,
        "volume": 10.0,
        "open_interest": 100.0,
        "multiplier": 100,
        "standard": not symbol.adjusted,
        **changes,
    }


def chain_of(*rows: dict[str, Any]) -> pd.DataFrame:
    """A validated chain of hand-made rows."""
    return validated_chain(pd.DataFrame(rows))


def make_chain(
    session: dt.date = SESSION,
    *,
    spot: float = SPOT,
    volatility: float = 0.2,
    rate: float = 0.04,
    expirations: tuple[dt.date, ...] = EXPIRATIONS,
    width: int = 15,
    step: float = 1.0,
    root: str = SYMBOL,
    settlement: str = "pm",
    as_of: dt.datetime | None = None,
) -> pd.DataFrame:
    """
    Two rights at `2 * width + 1` strikes an expiration, quoted a few cents around Black-76.

    Open interest peaks at strikes that divide by five; volume is a tenth of it.
    """
    as_of = as_of or calendar.session_close(session)
    rows = []
    for count, expiration in enumerate(expirations):
        minutes = calendar.minutes_to(as_of, calendar.expiry_instant(expiration, settlement))
        years = max(minutes, 0) / 525_600
        forward = spot * math.exp(rate * years)
        for i in range(-width, width + 1):
            strike = round(spot / step) * step + i * step
            interest = (1200 if strike % (5 * step) == 0 else 300) // (1 + abs(i) // 4) + 10 * count
            for right in ("call", "put"):
                price = black76(forward, strike, years, volatility, right, rate)
                half = max(0.01, price * 0.01)
                rows.append(
                    chain_row(
                        strike,
                        right,
                        expiration,
                        root,
                        settlement=settlement,
                        bid=max(round(price - half, 2), 0.0),
                        ask=round(price + half, 2) + 0.01,
                        last=round(price, 2),
                        volume=float(interest // 10),
                        open_interest=float(interest * (2 if right == "put" else 1)),
                    )
                )
    return validated_chain(pd.DataFrame(rows))


def make_bars(
    n: int = 300, seed: int = 1, *, end: dt.date = SESSION, last: float = SPOT, volatility: float = 0.01
) -> pd.DataFrame:
    """*n* sessions of a random walk that end on *end* at the close *last*."""
    dates = [end]
    while len(dates) < n:
        dates.append(calendar.previous_session(dates[-1]))
    draw = np.random.default_rng(seed)
    path = np.cumsum(draw.normal(0, volatility, n))
    close = np.round(last * np.exp(path - path[-1]), 2)
    opening = np.round(close * np.exp(draw.normal(0, volatility / 2, n)), 2)
    wick = np.round(close * np.abs(draw.normal(0, volatility / 2, (2, n))), 2)
    return validated_bars(
        pd.DataFrame(
            {
                "date": pd.to_datetime(dates[::-1]),
                "open": opening,
                "high": np.maximum(opening, close) + wick[0],
                "low": np.minimum(opening, close) - wick[1],
                "close": close,
                "volume": draw.integers(1_000_000, 9_000_000, n).astype(float),
            }
        )
    )


def make_snapshot(session: dt.date = SESSION, **changes: Any) -> Snapshot:
    """A close-edition snapshot of a fictional share; name any field to change it."""
    as_of = changes.get("as_of", calendar.session_close(session))
    spot = changes.get("spot", SPOT)
    symbol = changes.get("symbol", SYMBOL)
    chain = changes.pop("chain", None)
    bars = changes.pop("bars", None)
    previous = calendar.previous_session(session)
    snapshot = Snapshot(
        symbol=symbol,
        name="Abcd Corporation",
        kind="stock",
        session=session,
        previous_session=previous,
        as_of=as_of,
        edition="close",
        synthetic=False,
        spot=spot,
        chain=make_chain(session, spot=spot, root=symbol) if chain is None else chain,
        bars=make_bars(end=session, last=spot) if bars is None else bars,
        open_interest_date=previous,
        sources=(Source(part="chain", name="test", item="made by hand", retrieved_at=as_of),),
    )
    return dataclasses.replace(snapshot, **changes)


def make_past(session: dt.date, *, spot: float = SPOT, chain: pd.DataFrame | None = None) -> PastChain:
    """An earlier session's chain over the same expirations."""
    if chain is None:
        chain = make_chain(session, spot=spot)
    return PastChain(session=session, as_of=calendar.session_close(session), spot=spot, chain=chain)


def make_history(session: dt.date = SESSION, sessions: int = 3) -> History:
    """The chains of the *sessions* before *session*; open interest shrinks by 5 % a session back."""
    past = []
    for back in range(1, sessions + 1):
        session = calendar.previous_session(session)
        chain = make_chain(session)
        chain["open_interest"] = np.floor(chain["open_interest"] * 0.95**back)
        past.append(make_past(session, chain=chain))
    return History(chains=tuple(past))


# --- the traps: chains that no brief may be made of


def premarket(chain: pd.DataFrame) -> pd.DataFrame:
    """Before the open a free feed quotes zeros while open interest stands."""
    return chain.assign(bid=0.0, ask=0.0)


def overnight_reset(chain: pd.DataFrame) -> pd.DataFrame:
    """Past midnight it zeroes open interest too."""
    return chain.assign(bid=0.0, ask=0.0, open_interest=0.0)


def split_day(chain: pd.DataFrame, factor: int = 7) -> pd.DataFrame:
    """Quotes sit on strikes after the split, open interest on strikes before it."""
    quoted = chain.assign(open_interest=np.nan)
    counted = chain.assign(bid=np.nan, ask=np.nan, volume=np.nan, last=np.nan)
    counted["strike"] *= factor
    counted["contract_symbol"] = [
        calendar.OptionSymbol(row.root, row.expiration.date(), row.right, Decimal(str(row.strike))).osi
        for row in counted.itertuples()
    ]
    clash = counted["contract_symbol"].isin(quoted["contract_symbol"])
    return validated_chain(pd.concat([quoted, counted[~clash]], ignore_index=True))


def sparse(chain: pd.DataFrame) -> pd.DataFrame:
    """Three rows of four have no bid."""
    bid = chain["bid"].where(np.arange(len(chain)) % 4 == 0, 0.0)
    return chain.assign(bid=bid)


# --- folders in the documented shape


def file_rows(
    chain: pd.DataFrame,
    session: dt.date = SESSION,
    *,
    symbol: str = SYMBOL,
    spot: float | None = SPOT,
    kind: str = "close",
    captured: dt.datetime | None = None,
    symbols: bool = True,
) -> pd.DataFrame:
    """A chain as its file has it; `symbols=False` leaves contract symbols and roots blank."""
    table = pd.DataFrame(
        {
            "expiration": chain["expiration"].dt.strftime("%Y-%m-%d"),
            "strike": chain["strike"],
            "option_type": chain["right"],
        }
    )
    for column in ("bid", "ask", "last", "volume", "open_interest"):
        table[column] = chain[column]
    table["quote_date"] = session.isoformat()
    table["snapshot_utc"] = "" if captured is None else f"{captured.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    table["session"] = kind
    table["underlying"] = symbol
    table["underlying_price"] = "" if spot is None else spot
    table["contract_symbol"] = chain["contract_symbol"].str.replace(" ", "") if symbols else ""
    table["root"] = chain["root"] if symbols else ""
    return table.reindex(columns=FILE_COLUMNS)


def write_chain(
    folder: Path, chain: pd.DataFrame, session: dt.date = SESSION, *, tag: str = "", **shape: Any
) -> Path:
    """Write one chain file of a folder and return its path; *tag* goes into the name."""
    symbol = shape.get("symbol", SYMBOL)
    path = folder / "chains" / f"{symbol}_{session}{'_' + tag if tag else ''}.csv.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = file_rows(chain, session, **shape).to_csv(index=False)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return path


def write_bars(folder: Path, bars: pd.DataFrame, symbol: str = SYMBOL) -> Path:
    """Write the bars file of a folder and return its path."""
    path = folder / "bars" / f"{symbol}_daily.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    bars.assign(date=bars["date"].dt.strftime("%Y-%m-%d")).to_csv(path, index=False)
    return path


def write_csv_folder(
    folder: Path, session: dt.date = SESSION, *, sessions: int = 3, symbol: str = SYMBOL, spot: float = SPOT
) -> Path:
    """Write chains of *sessions* sessions that end on *session*, and bars; return the folder."""
    bars = make_bars(end=session, last=spot)
    day = session
    for back in range(sessions):
        level = float(bars["close"].iloc[-1 - back])
        chain = make_chain(day, spot=level, root=symbol)
        chain["open_interest"] = np.floor(chain["open_interest"] * 0.95**back)
        write_chain(folder, chain, day, symbol=symbol, spot=level, captured=calendar.session_close(day))
        day = calendar.previous_session(day)
    write_bars(folder, bars, symbol)
    return folder
