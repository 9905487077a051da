"""
What is listed on the synthetic share, and how volume and open interest grow on it.

Each expiration has its own stream of draws from the session it is listed on, so that
yesterday's open interest is the same seen from yesterday and from today.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

import numpy as np

from generator import calendar
from generator.providers.synthetic_path import Path

WEEK = dt.timedelta(weeks=1)
#: Days an expiration is listed ahead, by its kind.
LISTED = {"daily": 16, "weekly": 52, "monthly": 200, "leap": 700}
GRID = {"daily": (1.0, 0.12), "weekly": (1.0, 0.16), "monthly": (1.0, 0.24), "leap": (5.0, 0.45)}
BUSYNESS = {"daily": 300.0, "weekly": 360.0, "monthly": 420.0, "leap": 40.0}
LARGE_POSITION = (11_000, 8_000)  # contracts: one holder's, in two put strikes of each monthly
ROLLED = (9_400, 6_900)  # what it moves to two lower strikes
ROLL_DAYS = 38  # before the expiration's Friday
BUILD_SESSIONS = (26, 20)  # before the roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiration:
    """One expiration: strikes, and by session and strike (calls, puts) volume and open interest after it."""

    day: dt.date
    first: int  #: index of the session it is listed on
    strikes: np.ndarray
    listed_from: np.ndarray = field(repr=False)  #: index of the session each strike is listed from
    volume: np.ndarray = field(repr=False)  #: (sessions, 2, strikes)
    open_interest: np.ndarray = field(repr=False)  #: after each session's clearing


def make_board(seed: int, path: Path, sessions: int) -> tuple[Expiration, ...]:
    """Return every expiration alive in the last *sessions* sessions of a path, ascending."""
    today, earliest = path.days[-1], path.days[-sessions]
    kinds: dict[dt.date, str] = {}
    for kind, days in _candidates(earliest, today).items():
        for day in days:
            kinds.setdefault(day, kind)
    listed = {
        day: kind for day, kind in kinds.items() if earliest <= day <= today + dt.timedelta(days=LISTED[kind])
    }
    return tuple(_expiration(seed, path, day, listed[day]) for day in sorted(listed))


def _candidates(start: dt.date, today: dt.date) -> dict[str, tuple[dt.date, ...]]:
    """Return the expirations of each kind; a day belongs to the first kind that has it."""
    leaps = tuple(calendar.monthly_expiration(today.year + ahead, 1) for ahead in (1, 2))
    monthlies = calendar.monthly_expirations(start, today + dt.timedelta(days=LISTED["monthly"]))
    weeklies = calendar.weekly_expirations(start, today + dt.timedelta(days=LISTED["weekly"]))
    span = range((today - start).days + LISTED["daily"] + 1)
    every = (start + dt.timedelta(days=ahead) for ahead in span)
    dailies = tuple(day for day in every if day.weekday() in {0, 2} and calendar.is_session(day))
    return {"monthly": monthlies, "leap": leaps, "weekly": weeklies, "daily": dailies}


def _expiration(seed: int, path: Path, day: dt.date, kind: str) -> Expiration:
    """Draw one expiration's whole life up to the end of the path."""
    first = int(
        np.searchsorted(path.bars["date"].to_numpy(), np.datetime64(day - dt.timedelta(days=LISTED[kind])))
    )
    close = path.close[first:]
    step, reach = GRID[kind]
    strikes = np.arange(math.floor(close[0] * 0.5 / step), math.ceil(close[0] * 1.8 / step)) * step
    lowest, highest = np.minimum.accumulate(close), np.maximum.accumulate(close)
    inside = (strikes >= lowest[:, None] * (1 - reach)) & (strikes <= highest[:, None] * (1 + reach))
    if kind == "monthly":  # far from the money only every fifth dollar
        near = (strikes >= lowest[:, None] * 0.88) & (strikes <= highest[:, None] * 1.12)
        inside &= near | (strikes % 5 == 0)
    ever = np.asarray(inside.any(axis=0))
    strikes, inside = strikes[ever], np.asarray(inside[:, ever])
    volume, change = _activity(seed, path, day, kind, first, strikes, ever)
    volume *= inside[:, None, :]
    change *= inside[:, None, :]
    _place_position(path, day, kind, first, strikes, volume, change)
    return Expiration(
        day=day,
        first=first,
        strikes=strikes,
        listed_from=first + inside.argmax(axis=0),
        volume=volume,
        open_interest=np.maximum(np.cumsum(change, axis=0), 0),
    )


def _activity(
    seed: int, path: Path, day: dt.date, kind: str, first: int, strikes: np.ndarray, ever: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return volume and net opening by session, right and strike; each at most the other's size."""
    close = path.close[first:]
    stream = np.random.Generator(np.random.PCG64([seed, 2, day.toordinal()]))
    # The full grid is drawn, so that a strike listed later does not shift the others' draws.
    draws = stream.standard_normal((len(close), 4, len(ever)))[:, :, ever]
    days_left = np.array([max((day - then).days, 0) for then in path.days[first:]])
    width = path.volatility[first:] * np.sqrt((days_left + 1) / 365)
    distance = np.log(strikes / close[:, None]) / np.maximum(width, 0.012)[:, None]
    sides = np.stack([distance - 0.45, distance + 0.75], axis=1)  # calls above the money, puts below
    crowd = np.exp(-0.5 * (sides / np.array([0.9, 1.25])[:, None]) ** 2) * np.array([1.0, 1.5])[:, None]
    roundness = np.select([strikes % 10 == 0, strikes % 5 == 0, strikes % 1 == 0], [2.6, 1.8, 1.0], 0.5)
    hurry = 1 / np.sqrt(1 + days_left / 9)
    busy = BUSYNESS[kind] * hurry[:, None, None] * crowd * roundness
    volume = np.floor(busy * np.exp(0.8 * draws[:, :2]))
    share = np.clip(0.16 + 0.2 * draws[:, 2:], -0.40, 0.45)
    share = np.where(days_left[:, None, None] == 0, -0.2, share)
    return volume, np.trunc(volume * share)


def _place_position(
    path: Path,
    day: dt.date,
    kind: str,
    first: int,
    strikes: np.ndarray,
    volume: np.ndarray,
    change: np.ndarray,
) -> None:
    """Let one holder build puts in two strikes of a monthly and later move most of them two strikes down."""
    friday = day + dt.timedelta(days=(calendar.FRIDAY - day.weekday()) % 7)
    roll = calendar.session_on_or_before(friday - dt.timedelta(days=ROLL_DAYS))
    starts = [_sessions_before(roll, count) for count in BUILD_SESSIONS]
    if kind != "monthly" or not path.days[first] <= starts[0] <= path.days[-1]:
        return
    spot = path.close[path.days.index(starts[0])]
    upper = round(spot * 0.95 / 5) * 5.0
    trades = [(roll, upper - 15, ROLLED[0] - 200), (roll, upper - 25, ROLLED[1] - 200)]
    for strike, start, size, moved in zip((upper, upper - 10), starts, LARGE_POSITION, ROLLED, strict=True):
        trades += [(start, strike, size), (roll, strike, -moved)]
    for session, strike, contracts in trades:
        if session <= path.days[-1]:
            row = path.days.index(session) - first
            _trade(strikes, volume[row], change[row], strike, contracts)


def _sessions_before(day: dt.date, count: int) -> dt.date:
    """Return the session *count* sessions before *day*."""
    for _ in range(count):
        day = calendar.previous_session(day)
    return day


def _trade(
    strikes: np.ndarray, volume: np.ndarray, change: np.ndarray, strike: float, contracts: int
) -> None:
    """Let one trade stand out among a session's puts; without the strike the market stays as it is."""
    where = np.flatnonzero(strikes == strike)
    volume[1, where] = volume[1, where] // 10 + abs(contracts)
    change[1, where] = np.trunc(change[1, where] / 10) + contracts
