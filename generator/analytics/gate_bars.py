"""What is wrong with daily bars: none, old ones, and splits that were left in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from generator.models.market import Snapshot

SPOT = 0.5  #: spot against the last close, as a share of either
LOOKED_AT = 260  #: sessions: as far back as signals reach
FACTORS = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 50)  #: new shares for one, or old for one
LIKE = 0.02  #: how near open and close lie to the factor


def bar_faults(snapshot: Snapshot) -> Iterator[str]:
    """Yield what the bars cannot be used for."""
    bars = snapshot.bars
    if len(bars) == 0:
        yield "no daily bars at or before the session: add them to the source"
        return
    last = bars["date"].iloc[-1].date()
    if last < snapshot.previous_session:
        yield f"the newest daily bar is of {last}, so old are averages and levels: bring the bars up to date"
        return
    close = float(bars["close"].iloc[-1])
    if not 1 - SPOT <= snapshot.spot / close <= 1 / (1 - SPOT):
        yield f"spot {snapshot.spot:g} against a last close of {close:g}: a split the bars do not know"
    if snapshot.kind != "index" and (found := split_left_in(bars.iloc[-LOOKED_AT:])) is not None:
        yield (
            f"the bars jump by a factor of {found[1]} on {found[0].date()}, a split left in: averages "
            "and levels would join two kinds of share; take bars adjusted for splits"
        )


def split_left_in(bars: pd.DataFrame) -> tuple[pd.Timestamp, int] | None:
    """
    Return the last day whose open and close lie at a split's factor from the close before, and that.

    Traded prices do not: a fall by half that opens and closes within 2 % of it would be taken for one.
    """
    before = bars["close"].to_numpy()[:-1]
    opened, closed = (bars[name].to_numpy()[1:] / before for name in ("open", "close"))
    sizes = np.array([*FACTORS, *(1 / factor for factor in FACTORS)])[:, None]
    like = (np.abs(opened / sizes - 1) <= LIKE) & (np.abs(closed / sizes - 1) <= LIKE)
    if not like.any():
        return None
    place = int(np.flatnonzero(like.any(axis=0))[-1])
    factor = FACTORS[int(np.argmax(like[:, place])) % len(FACTORS)]
    return bars["date"].iloc[place + 1], factor
