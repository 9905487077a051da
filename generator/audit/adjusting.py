"""The bars without their cash dividends, made again from the factors that a brief prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from generator.models.analysis import Fact

_FACTOR = "adjustment.factor."


def with_adjusted(
    frames: Mapping[str, pd.DataFrame], facts: Mapping[str, Fact]
) -> Mapping[str, pd.DataFrame]:
    """
    Return *frames* with the bars whose prices before each ex-date carry its factor, as "adjusted".

    Each factor is a fact of its own, held against its dividend and close; without any there is no
    such frame. An id that names no date changes nothing: the rows will not be those of the brief.
    """
    factors = {
        day: fact.value
        for name, fact in facts.items()
        if name.startswith(_FACTOR)
        and (day := _day(name.removeprefix(_FACTOR))) is not None
        and isinstance(fact.value, float)
    }
    if not factors or "bars" not in frames:
        return frames
    bars = frames["bars"].copy()
    scale = np.ones(len(bars))
    for day, factor in sorted(factors.items(), reverse=True):
        scale = np.where(bars["date"] < pd.Timestamp(day), scale * factor, scale)
    for column in ("open", "high", "low", "close"):
        bars[column] = bars[column].to_numpy() * scale
    return {**frames, "adjusted": bars}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
