"""
Cboe's daily bars, read: the listed lifetime of a symbol, adjusted for splits and not for dividends.

What the recorded answer shows, beside another source's bars of the same sessions:

* High, low and close agree. The open is another print than the official one, some cents off in
  four sessions of five, and once in a hundred outside the day's range: it is then held to that.
* Around a split of twelve years ago some highs stand below their close. Only the last two years
  and some are taken; no figure needs more.

Shares have numbers, indices text with numbers in it, by the accounts of others who read them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from generator.errors import BadPayloadError
from generator.models.market import Gap
from generator.providers.base import Answer, Ask
from generator.providers.cboe_series import check_symbol
from generator.providers.day_bars import PRICES, bar_frame
from generator.providers.payload import day_of, mapping_of, number, records, require, text
from generator.providers.products import product

FILE = "bars.json"
#: calendar days: 252 sessions, the 200 before their first, and some holidays
_SPAN = dt.timedelta(days=800)
#: so far an open may lie outside the day's range, as a part of itself
_SLIP = 0.005
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


def read(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the bars of the kept answer up to the last session that had closed by the instant asked for.

    Raises:
        BadPayloadError: If it is not what `cboe_bars` describes.
        NotThereError: If there is no bar up to then.
    """
    what = f"Cboe's bars of {ask.symbol}"
    document = mapping_of(files, FILE, what)
    require([document], ("data",), what)
    check_symbol(text(document, "symbol"), product(ask.symbol), what)
    rows = records(document["data"], what)
    require(rows, ("date", *PRICES), what)
    bars = [bar for bar in (_bar(row, what) for row in rows) if bar["date"] > ask.session - _SPAN]
    whole = [bar for bar in bars if all(bar[key] > 0 for key in PRICES)]
    held = [_held(bar) for bar in whole]
    said = {
        "left out: a price is missing": len(bars) - len(whole),
        "with an open outside the day's range, which is held to it": _changed(whole, held),
    }
    gaps = tuple(Gap(what="bars", reason=f"{count} {reason}") for reason, count in said.items() if count)
    return Answer(bars=bar_frame(held, ask, what), gaps=gaps, delay="end of day")


def _held(bar: dict[str, Any]) -> dict[str, Any]:
    """Return a bar whose open lies in the day's range; one that is far off is left to be refused."""
    inside = min(max(bar["open"], bar["low"]), bar["high"])
    near = abs(inside - bar["open"]) <= _SLIP * bar["open"]
    return {**bar, "open": inside} if near else bar


def _changed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> int:
    """Return how many bars have another open than before."""
    return sum(one["open"] != other["open"] for one, other in zip(before, after, strict=True))


def _bar(row: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return one session; NaN for what is missing."""
    return {
        "date": day_of(row, "date", what),
        **{key: _number(row, key, what) for key in (*PRICES, "volume")},
    }


def _number(row: Mapping[str, Any], key: str, what: str) -> float:
    """Return a number, written as one or as text; NaN where there is none."""
    written = row.get(key)
    if not isinstance(written, str):
        return number(row, key, what)
    if _NUMBER.fullmatch(written.strip()) is None:
        raise BadPayloadError(f"{what}: wanted a number as {key}, found {written[:40]!r}")
    return float(written)
