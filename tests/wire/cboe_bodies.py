"""Made bodies in the shape of Cboe's answers and of its downloaded file; no number in them is recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

SESSION = dt.date(2026, 3, 11)
EXPIRATIONS = (dt.date(2026, 3, 11), dt.date(2026, 3, 13), dt.date(2026, 4, 17))
STRIKES = (95.0, 100.0, 102.5)
BEFORE_TABLE = (
    "\nMade-up Company, Series 1,Last: 101.25,Change:  0.5\n"
    '"Date: {when}",Bid: 101.2,Ask: 101.3,Size: 1*1,"Volume: 1,234,567"\n'
)
WHEN = "March 11, 2026 at 4:31 PM EDT"
SIDE = "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest"
COLUMNS = f"Expiration Date,Calls,{SIDE},Strike,Puts,{SIDE}"


def osi(root: str, day: dt.date, letter: str, strike: float) -> str:
    return f"{root}{day:%y%m%d}{letter}{round(strike * 1000):08d}"


def option(symbol: str, number: int, **changes: Any) -> dict[str, Any]:
    """One listed series; every number differs from the next one's."""
    return {
        "option": symbol,
        "bid": round(1 + number / 100, 2),
        "bid_size": 5.0,
        "ask": round(1.1 + number / 100, 2),
        "ask_size": 7.0,
        "iv": 0.25,
        "open_interest": 100.0 + number,
        "volume": 10.0 + number,
        "delta": 0.5,
        "theo": 1.05,
        "last_trade_price": round(1.05 + number / 100, 2),
        "last_trade_time": "2026-03-11T15:58:00" if number % 2 else None,
        "prev_day_close": 1.0,
        **changes,
    }


def chain(symbol: str = "ABCD", *, roots: tuple[str, ...] = ("ABCD",), index: bool = False) -> dict[str, Any]:
    """The answer for a chain, taken at 16:30 New York time of `SESSION`."""
    names = [osi(r, d, c, k) for r in roots for d in EXPIRATIONS for k in STRIKES for c in "CP"]
    data = {
        "options": [option(name, number) for number, name in enumerate(names)],
        "symbol": f"^{symbol}" if index else symbol,
        "current_price": 101.5,
        "close": 101.25,
        "prev_day_close": 100.75,
        "last_trade_time": "2026-03-11T15:59:59",
    }
    return {"timestamp": "2026-03-11 20:30:00", "data": data, "symbol": f"_{symbol}" if index else symbol}


def bars(symbol: str = "ABCD", count: int = 40) -> dict[str, Any]:
    """The answer for bars, one a weekday up to and including `SESSION`."""
    days = [day for back in range(2 * count) if (day := SESSION - dt.timedelta(days=back)).weekday() < 5]
    rows = [
        {
            "date": day.isoformat(),
            "volume": 1000 + n,
            "open": 100.0,
            "high": 101.5 + n,
            "low": 99.5,
            "close": 101.25,
        }
        for n, day in enumerate(sorted(days[:count]))
    ]
    return {"timestamp": "11:00:17", "data": rows, "symbol": symbol}


def table(*, when: str = WHEN, roots: tuple[str, ...] = ("ABCD",), columns: str = COLUMNS) -> str:
    """The downloaded file."""
    lines = []
    for root in roots:
        for day in EXPIRATIONS:
            for number, strike in enumerate(STRIKES):
                tail = f'1.05,0,{1 + number},{1.5 + number},"1,234",0.25,0.5,0,"2,345"'
                sides = [f"{osi(root, day, letter, strike)},{tail}" for letter in "CP"]
                lines.append(f"{day:%a %b %d %Y},{sides[0]},{strike:.2f},{sides[1]}")
    return BEFORE_TABLE.format(when=when) + columns + "\n" + "\n".join(lines) + "\n"
