"""
A market that never was: the fictional fund DEMO, the same for a seed and a session, offline.

Prices walk, volatility clusters, the surface holds no arbitrage, quotes stand on real ticks,
and open interest changes from session to session by a plausible part of the volume.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from generator import calendar
from generator.errors import DataError, ProviderError, UsageError
from generator.models.market import Dividend, History, PastChain, Snapshot, Source
from generator.models.schema import validated_chain
from generator.providers import synthetic_words as words
from generator.providers.base import When, checked_symbol
from generator.providers.files import raw_file
from generator.providers.synthetic_board import Expiration, make_board
from generator.providers.synthetic_path import Path, make_path
from generator.providers.synthetic_quotes import market, prices, smile, total_variance

SYMBOL = "DEMO"
NAME = "Demo Fund"
DEMO_SEED = 28
#: A Wednesday: series expire that day and on the Friday, and a large position moved the day before.
DEMO_SESSION = dt.date(2026, 3, 11)
FIRST_SESSION = dt.date(2024, 9, 3)  #: from here on there are 400 sessions of bars
LAST_SESSION = dt.date(2040, 6, 29)
PAST_SESSIONS = 10
RECIPE = "synthetic.json"


class Synthetic:
    """
    The synthetic market of one seed; an empty *seed* is that of the demo.

    Raises:
        UsageError: If the seed is not a whole number from 0 on.
    """

    def __init__(self, seed: str | int = "", *, columns: Mapping[str, str] | None = None) -> None:
        del columns  # it reads no files
        text = str(seed) or str(DEMO_SEED)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise UsageError(f"wanted a whole number after synthetic:, found {text!r}")
        self.seed = int(text)

    def snapshot(self, symbol: str, when: When) -> Snapshot:
        """
        Return the market at the close of the session *when*, or at the last close up to an instant.

        Raises:
            UsageError: If the symbol is malformed.
            ProviderError: If it is not DEMO.
            DataError: If the market is closed that day or does not reach it.
        """
        if checked_symbol(symbol) != SYMBOL:
            raise ProviderError(f"the synthetic source has the symbol {SYMBOL} and no other, found {symbol}")
        session = _session(when)
        path, board = _market(self.seed, session)
        close, as_of = path.close, calendar.session_close(session)
        recipe = json.dumps({"seed": self.seed, "session": session.isoformat()}).encode()
        return Snapshot(
            symbol=SYMBOL,
            name=NAME,
            kind="etf",
            session=session,
            previous_session=path.days[-2],
            as_of=as_of,
            edition="close",
            synthetic=True,
            spot=float(close[-1]),
            chain=_chain(path, board, len(close) - 1),
            bars=path.bars,
            open_interest_date=path.days[-2],
            news=words.news(SYMBOL, session, close[-1] / close[-2] - 1),
            events=words.events(session),
            dividends=words.dividends(session),
            rates=words.RATES,
            sources=_sources(self.seed, as_of),
            raw=(raw_file(RECIPE, recipe),),
        )

    def history(self, snapshot: Snapshot) -> History:
        """Return the chains of the sessions before, newest first."""
        return History(chains=_past(self.seed, snapshot.session))


def _sources(seed: int, as_of: dt.datetime) -> tuple[Source, ...]:
    """Return the source of each part."""
    parts = ("chain", "bars", "news", "rates", "dividends", "events")
    return tuple(
        Source(
            part=part,
            name="synthetic market",
            item=f"seed {seed}",
            retrieved_at=as_of,
            terms="invented data",
        )
        for part in parts
    )


def _session(when: When) -> dt.date:
    """Return the session asked for, within the life of the market."""
    if isinstance(when, dt.datetime):
        moment = calendar.to_new_york(when)
        day = calendar.session_on_or_before(moment.date())
        day = day if calendar.session_close(day) <= moment else calendar.previous_session(day)
    else:
        day = when
    if not FIRST_SESSION <= day <= LAST_SESSION:
        raise DataError(f"wanted a session from {FIRST_SESSION} to {LAST_SESSION}, found {day}")
    if (reason := calendar.closed_reason(day)) is not None:
        raise DataError(f"wanted a session, found {day}: {reason}")
    return day


@lru_cache(maxsize=2)
def _market(seed: int, session: dt.date) -> tuple[Path, tuple[Expiration, ...]]:
    """Return path and board of a seed up to a session."""
    path = make_path(seed, session)
    return path, make_board(seed, path, PAST_SESSIONS + 1)


@lru_cache(maxsize=2)
def _past(seed: int, session: dt.date) -> tuple[PastChain, ...]:
    """Return the chains of the sessions before *session*, newest first."""
    path, board = _market(seed, session)
    last = len(path.days) - 1
    return tuple(
        PastChain(
            session=path.days[at],
            as_of=calendar.session_close(path.days[at]),
            spot=float(path.close[at]),
            chain=_chain(path, board, at),
        )
        for at in range(last - 1, last - 1 - PAST_SESSIONS, -1)
    )


def _chain(path: Path, board: tuple[Expiration, ...], at: int) -> pd.DataFrame:
    """Return the chain at the close of session number *at*, with the open interest of the session before."""
    session = path.days[at]
    dividends = words.dividends(session)
    parts = [
        _rows(path, item, at, dividends)
        for item in board
        if item.first < at and item.day >= session and item.first < len(path.days)
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return validated_chain(
        pd.DataFrame(columns).assign(root=SYMBOL, settlement="pm", multiplier=100, standard=True)
    )


def _rows(path: Path, item: Expiration, at: int, dividends: tuple[Dividend, ...]) -> dict[str, np.ndarray]:
    """Return one expiration's columns, calls then puts."""
    listed = item.listed_from < at
    strikes = item.strikes[listed]
    close, row = float(path.close[at]), at - item.first
    bid, ask, middle = _quotes(path, item.day, at, strikes, dividends)
    volume = item.volume[row][:, listed].ravel()
    traded = item.volume[: row + 1][:, :, listed].sum(axis=0).ravel() > 0
    odd = np.round(middle * (1 + 0.004 * np.sin(np.concatenate([strikes, strikes]) * 7 + close)), 2)
    digits = [f"{strike:08d}" for strike in np.round(strikes * 1000).astype(int).tolist()]
    stem = f"{SYMBOL:<6}{item.day:%y%m%d}"
    return {
        "contract_symbol": np.array(
            [f"{stem}{letter}{digit}" for letter in "CP" for digit in digits], dtype=object
        ),
        "expiration": np.full(2 * len(strikes), np.datetime64(item.day, "s")),
        "strike": np.concatenate([strikes, strikes]),
        "right": np.repeat(np.array(["call", "put"], dtype=object), len(strikes)),
        "bid": bid,
        "ask": ask,
        "last": np.where(traded, np.maximum(odd, 0.01), np.nan),
        "volume": volume,
        "open_interest": item.open_interest[row - 1][:, listed].ravel(),
    }


def _quotes(
    path: Path, day: dt.date, at: int, strikes: np.ndarray, dividends: tuple[Dividend, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return bid, ask and price, calls then puts; at expiration the payoff alone is worth anything."""
    close = float(path.close[at])
    minutes = calendar.minutes_to(calendar.session_close(path.days[at]), calendar.expiry_instant(day, "pm"))
    years = minutes / 525_600
    if years <= 0:
        price = np.concatenate([np.maximum(close - strikes, 0), np.maximum(strikes - close, 0)])
        bid, ask = market(price, np.ones_like(price))
        return bid, ask, price
    discount = math.exp(-_rate(years) * years)
    paid = sum(item.amount for item in dividends if path.days[at] < item.ex_date <= day)
    forward = (close - paid) / discount
    log_strikes = np.log(strikes / forward)
    at_the_money = total_variance(float(path.volatility[at]), years)
    calls, puts = prices(forward, strikes, smile(log_strikes, at_the_money), discount)
    nearness = np.exp(-np.abs(log_strikes) / math.sqrt(at_the_money))
    price = np.maximum(np.concatenate([calls, puts]), 0)
    bid, ask = market(price, np.concatenate([nearness, nearness]))
    return bid, ask, price


def _rate(years: float) -> float:
    """Return the continuous rate to a time, straight lines between the curve's points."""
    days, rates = ([getattr(point, name) for point in words.RATES] for name in ("days", "rate"))
    return float(np.interp(years * 365, days, rates))
