"""How the daily bars are named in the inputs of a fact: `bars[date>=... date<=...]`."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from generator.models.analysis import Unit
from generator.models.market import Kind


def day_of(bars: pd.DataFrame, position: int) -> dt.date:
    """Return the session of the bar at *position*; negative counts from the end."""
    day: dt.date = bars["date"].iloc[position].date()
    return day


def one_bar(bars: pd.DataFrame, position: int) -> str:
    """Return the selector of a single bar."""
    return f"bars[date={day_of(bars, position).isoformat()}]"


def span(bars: pd.DataFrame, first: int, last: int = -1, *, frame: str = "bars") -> str:
    """Return the selector of the bars from position *first* to *last*, both included."""
    start, end = day_of(bars, first).isoformat(), day_of(bars, last).isoformat()
    return f"{frame}[date>={start} date<={end}]"


def every_bar(bars: pd.DataFrame, *, frame: str = "bars") -> str:
    """Return the selector of all bars up to the last one."""
    return f"{frame}[date<={day_of(bars, -1).isoformat()}]"


def ends_on(bars: pd.DataFrame, session: dt.date) -> bool:
    """Whether the last bar is the bar of *session*: the session is complete."""
    return len(bars) > 0 and day_of(bars, -1) == session


def price_unit(kind: Kind) -> Unit:
    """Return points for an index, dollars for what can be bought."""
    return Unit.POINTS if kind == "index" else Unit.USD
