"""What every data source offers, and the check every symbol passes first."""

from __future__ import annotations

import datetime as dt
import re
from typing import Protocol

from generator.errors import UsageError
from generator.models.market import History, Snapshot

#: A session, or an instant; a naive datetime is New York time.
When = dt.date | dt.datetime

#: Roots, class shares (`BRK.B`) and index symbols (`^SPX`). Never part of a path with a separator.
SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.\-]{0,14}", re.ASCII)


class Source(Protocol):
    """A place market data comes from."""

    def snapshot(self, symbol: str, when: When) -> Snapshot:
        """Return the market of *symbol* at *when*."""

    def history(self, snapshot: Snapshot) -> History:
        """Return what this source knew before *snapshot*."""


def checked_symbol(symbol: str) -> str:
    """
    Return *symbol* unchanged when it is one.

    Raises:
        UsageError: If it is malformed; nothing has been opened by then.
    """
    if SYMBOL.fullmatch(symbol) is None:
        raise UsageError(f"wanted a symbol such as IWM, BRK.B or ^SPX, found {symbol!r}")
    return symbol
