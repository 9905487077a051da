"""Bodies as Yahoo sends them, of a made-up market: two expirations of IWM on 2026-03-11."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import strategies as st

from generator import calendar
from generator.providers.base import Ask

CLOSE = dt.datetime(2026, 3, 11, 16, 0, 2, tzinfo=calendar.NEW_YORK)
ASK = Ask(symbol="IWM", when=CLOSE + dt.timedelta(minutes=15), session=CLOSE.date())
NEAR, FAR = dt.date(2026, 3, 13), dt.date(2026, 3, 20)
SPOT = 250.25


def seconds(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def contract(day: dt.date, right: str, strike: float, **fields):
    symbol = f"IWM{day:%y%m%d}{right[0].upper()}{round(strike * 1000):08d}"
    return {
        "contractSymbol": symbol,
        "strike": strike,
        "currency": "USD",
        "lastPrice": 2.5,
        "volume": 120,
        "openInterest": 3400,
        "bid": 2.4,
        "ask": 2.6,
        "contractSize": "REGULAR",
        "expiration": seconds(day),
        "lastTradeDate": int(CLOSE.timestamp()) - 900,
        "impliedVolatility": 1.0000000000000003e-05,
        "inTheMoney": False,
        **fields,
    }


def quote(symbol="IWM", **fields):
    return {
        "symbol": symbol,
        "quoteType": "ETF",
        "longName": "iShares Russell 2000 ETF",
        "regularMarketPrice": SPOT,
        "regularMarketTime": int(CLOSE.timestamp()),
        "marketState": "POST",
        **fields,
    }


def options(day: dt.date = NEAR, listed=(NEAR, FAR), **fields):
    board = {
        "expirationDate": seconds(day),
        "hasMiniOptions": False,
        "calls": [contract(day, "call", strike) for strike in (245, 250, 255.5)],
        "puts": [contract(day, "put", strike) for strike in (245, 250, 255.5)],
    }
    result = {
        "underlyingSymbol": "IWM",
        "expirationDates": [seconds(each) for each in listed],
        "strikes": [245, 250, 255.5],
        "hasMiniOptions": False,
        "quote": quote(),
        "options": [board],
        **fields,
    }
    return {"optionChain": {"result": [result], "error": None}}


def chart(sessions: int = 30):
    days = calendar.sessions_between(dt.date(2026, 1, 1), CLOSE.date())[-sessions:]
    closes = [SPOT - 0.5 * (len(days) - 1 - place) for place in range(len(days))]
    columns = {
        "open": [value - 0.2 for value in closes],
        "high": [value + 1 for value in closes],
        "low": [value - 1 for value in closes],
        "close": closes,
        "volume": [30_000_000 + place for place in range(len(days))],
    }
    meta = {
        "currency": "USD",
        "symbol": "IWM",
        "instrumentType": "ETF",
        "regularMarketTime": int(CLOSE.timestamp()),
        "gmtoffset": -14400,
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": SPOT,
        "priceHint": 2,
        "currentTradingPeriod": {
            name: {"timezone": "EDT", "start": 0, "end": 0, "gmtoffset": -14400}
            for name in ("pre", "regular", "post")
        },
        "dataGranularity": "1d",
        "range": "2y",
        "validRanges": ["1d", "5d", "1mo", "1y", "2y", "max"],
    }
    paid_at = int(calendar.session_open(days[3]).timestamp())
    result = {
        "meta": meta,
        "timestamp": [int(calendar.session_open(day).timestamp()) for day in days],
        "events": {"dividends": {str(paid_at): {"amount": 0.61, "date": paid_at}}},
        "indicators": {"quote": [columns], "adjclose": [{"adjclose": [value * 0.99 for value in closes]}]},
    }
    return {"chart": {"result": [result], "error": None}}


def news():
    story = {
        "id": "b5a1",
        "content": {
            "title": "Small caps drift before the auction",
            "summary": "",
            "pubDate": "2026-03-11T18:05:00Z",
            "provider": {"displayName": "Example Wire"},
            "canonicalUrl": {"url": "https://example.org/story"},
            "clickThroughUrl": None,
        },
    }
    advert = {"id": "x", "ad": [{"id": "y"}]}
    return {"data": {"tickerStream": {"stream": [story, advert]}}, "status": "OK"}


def events():
    found = {
        "maxAge": 1,
        "earnings": {"earningsDate": [1777435200, 1777867200], "isEarningsDateEstimate": True},
        "exDividendDate": seconds(dt.date(2026, 3, 18)),
        "dividendDate": seconds(dt.date(2026, 3, 24)),
    }
    return {"quoteSummary": {"result": [{"calendarEvents": found}], "error": None}}


def not_found(key: str = "optionChain") -> bytes:
    error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    return json.dumps({key: {"result": None, "error": error}}).encode()


PATHS = {
    "chain": "/v7/finance/options/IWM",
    "bars": "/v8/finance/chart/IWM",
    "news": "/xhr/ncp",
    "events": "/v10/finance/quoteSummary/IWM",
}
BODIES = {"chain": options, "bars": chart, "news": news, "events": events}

#: Anything JSON can say.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(value, path=()):
    """Every place inside a body."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))
