"""
Yahoo's option bodies (`v7/finance/options`), one expiration each, as one chain.

The quotes belong to the instant of the underlying's regular quote: Yahoo's option quotes
stand still from the close on, as `regularMarketTime` does. Once the market state says that
the session is over, they belong to its close even if the share last traded before it; in a
session in which it has not traded yet, to the instant of the answer.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator import calendar
from generator.errors import BadPayloadError, NotThereError
from generator.models.market import Gap, Kind
from generator.providers.base import Answer, Ask, Chain
from generator.providers.words import clean, shortened
from generator.providers.yahoo_body import (
    Fields,
    date_header,
    date_of,
    fields,
    first_result,
    instant,
    listed,
    number,
    price,
    yahoo_symbol,
)
from generator.providers.yahoo_frame import Rows, chain_frame, shifted, unknown_columns

FIRST = "options.json"
DATE = "options.date.txt"  #: the first answer's own Date header
DELAY = "15 minutes"
#: SPX lists about sixty.
MOST_EXPIRATIONS = 200
_MOST_CONTRACTS = 100_000
_KINDS: Mapping[str, Kind] = {"EQUITY": "stock", "ETF": "etf", "INDEX": "index"}
_OPEN = "REGULAR"
_BEFORE = ("PRE", "PREPRE")
_OVER = (*_BEFORE, "POST", "POSTPOST", "CLOSED")
_NAME = 100


def body_name(day: dt.date) -> str:
    """Return the name an expiration's body is kept under."""
    return f"options-{day}.json"


def expirations_of(data: bytes, nearest: int | None) -> tuple[dict[dt.date, int], set[dt.date]]:
    """
    Return the expirations wanted, each with Yahoo's number for it, and those whose contracts *data* has.

    Raises:
        NotThereError: If there is no such symbol.
        BadPayloadError: If the body is no options body.
    """
    result = first_result(FIRST, data, "optionChain")
    numbers = {
        date_of(FIRST, value, "an expiration"): int(value)
        for value in listed(FIRST, result, "expirationDates")
    }
    if len(numbers) > MOST_EXPIRATIONS:
        raise BadPayloadError(f"wanted at most {MOST_EXPIRATIONS} expirations, found {len(numbers)}")
    wanted = sorted(numbers)[:nearest]
    return {day: numbers[day] for day in wanted}, {day for day, _ in _boards(FIRST, result)}


def read_chain(ask: Ask, files: Mapping[str, bytes]) -> Answer:
    """
    Return the chain of the bodies, by file name.

    Raises:
        NotThereError: If there is no such symbol, or no options on it.
        BadPayloadError: If a body is no options body, of another symbol, or of another session.
    """
    if FIRST not in files:
        raise BadPayloadError(f"wanted {FIRST} from Yahoo, found {', '.join(sorted(files)) or 'nothing'}")
    wanted, _ = expirations_of(files[FIRST], ask.expirations)
    answered = date_header(files.get(DATE))
    rows, came = Rows(), set()
    moments = []
    quote: Fields = {}
    for name in sorted(set(files) - {DATE}, key=lambda name: (name != FIRST, name)):
        try:
            result = first_result(name, files[name], "optionChain")
        except NotThereError:
            if name == FIRST:
                raise
            continue  # an expiration Yahoo lists and does not have: told below
        its_quote = _quote(name, result, ask.symbol)
        quote = quote or its_quote
        moments.append(captured(name, its_quote, answered))
        for day, board in _boards(name, result):
            if _add(rows, name, board):
                came.add(day)
    _check_one_session(moments)
    if not len(rows):
        raise NotThereError(f"wanted options on {ask.symbol}, found that Yahoo lists none")
    return _answer(ask, quote, moments[0], rows, sorted(set(wanted) - came))


def captured(name: str, quote: Fields, answered: dt.datetime | None = None) -> dt.datetime:
    """Return the instant the quotes of a body belong to, by its quote of the underlying and its Date."""
    moment = instant(name, quote.get("regularMarketTime"), "regularMarketTime")
    if quote.get("marketState") == _OPEN and answered is not None and answered.date() > moment.date():
        return answered
    if quote.get("marketState") in _OVER and calendar.is_session(moment.date()):
        return max(moment, calendar.session_close(moment.date()))
    return moment


def _answer(ask: Ask, quote: Fields, moment: dt.datetime, rows: Rows, missing: list[dt.date]) -> Answer:
    """Return chain and gaps of the contracts read."""
    frame, left_out = chain_frame("options", ask.symbol, rows)
    spot = price(FIRST, quote, "regularMarketPrice")
    over = quote.get("marketState") in _OVER
    name = quote.get("longName") or quote.get("shortName")
    chain = Chain(
        captured=moment,
        spot=spot,
        close=spot if over else None,
        name=shortened(clean(name), _NAME) or None if isinstance(name, str) else None,
        kind=_KINDS.get(str(quote.get("quoteType"))),
        frame=frame,
        rows_left_out=left_out,
    )
    gaps = _gaps(quote, rows, missing, spot)
    traded = instant(FIRST, quote.get("regularMarketTime"), "regularMarketTime")
    if traded.date() < moment.date():
        reason = f"{ask.symbol} last traded on {traded.date()}, before its options were quoted"
        gaps.append(Gap(what="price beside the chain", reason=reason))
    return Answer(chain=chain, gaps=tuple(gaps), delay=DELAY)


def _gaps(quote: Fields, rows: Rows, missing: list[dt.date], spot: float | None) -> list[Gap]:
    """Say what the bodies lack."""
    found = [
        Gap(what=f"expiration {day}", reason="Yahoo lists it and gave no contracts of it") for day in missing
    ]
    found += [
        Gap(what=name, reason=f"Yahoo gave no {name} of any contract") for name in unknown_columns(rows)
    ]
    if spot is None:
        found.append(Gap(what="price beside the chain", reason="Yahoo gave none"))
    if odd := shifted(rows):
        reason = f"{odd} contracts are dated otherwise by Yahoo; their symbols decide"
        found.append(Gap(what="dates of expirations", reason=reason))
    if quote.get("marketState") in _BEFORE:
        reason = "fetched before an open, when Yahoo may already show the count of the session itself"
        found.append(Gap(what="date of the open interest", reason=reason))
    return found


def _quote(name: str, result: Fields, symbol: str) -> Fields:
    """Return the quote of the underlying, after a look at whose it is."""
    quote = fields(name, result.get("quote"), "an object quote")
    found = quote.get("symbol", result.get("underlyingSymbol"))
    if found != yahoo_symbol(symbol):
        raise BadPayloadError(f"Yahoo's {name}: wanted options on {yahoo_symbol(symbol)}, found {found!r}")
    return quote


def _boards(name: str, result: Fields) -> list[tuple[dt.date, Fields]]:
    """Return the expirations of a body with their calls and puts."""
    boards = [fields(name, board, "an object in options") for board in listed(name, result, "options")]
    return [(date_of(name, board.get("expirationDate"), "expirationDate"), board) for board in boards]


def _add(rows: Rows, name: str, board: Fields) -> int:
    """Add the contracts of an expiration; return how many."""
    before = len(rows)
    for key, right in (("calls", "call"), ("puts", "put")):
        for contract in listed(name, board, key):
            _add_contract(rows, name, fields(name, contract, f"an object in {key}"), right)
    if len(rows) > _MOST_CONTRACTS:
        raise BadPayloadError(f"wanted at most {_MOST_CONTRACTS} contracts from Yahoo, found more")
    return len(rows) - before


def _add_contract(rows: Rows, name: str, contract: Mapping[str, Any], right: str) -> None:
    """Add one contract; what it lacks is NaN, its symbol and strike it must have."""
    symbol = contract.get("contractSymbol")
    if not isinstance(symbol, str) or not symbol:
        raise BadPayloadError(f"Yahoo's {name}: wanted a contractSymbol, found {symbol!r}")
    strike = number(name, contract, "strike")
    if math.isnan(strike):
        raise BadPayloadError(f"Yahoo's {name}: wanted a strike of {symbol!r}, found none")
    given = contract.get("expiration")
    rows.symbols.append(symbol)
    rows.expirations.append("" if given is None else _iso(name, number(name, contract, "expiration")))
    rows.rights.append(right)
    rows.strikes.append(strike)
    rows.bid.append(number(name, contract, "bid"))
    rows.ask.append(number(name, contract, "ask"))
    rows.last.append(number(name, contract, "lastPrice"))
    rows.volume.append(number(name, contract, "volume"))
    rows.open_interest.append(number(name, contract, "openInterest"))


@lru_cache(maxsize=MOST_EXPIRATIONS)
def _iso(name: str, seconds: float) -> str:
    """Return an expiration as an ISO date; the same few stand at thousands of contracts."""
    return date_of(name, seconds, "expiration").isoformat()


def _check_one_session(moments: list[dt.datetime]) -> None:
    """Refuse bodies whose quotes are of different days."""
    days = sorted({moment.date() for moment in moments})
    if len(days) > 1:
        raise BadPayloadError(
            f"wanted quotes of one session from Yahoo, found some of {days[0]} and of {days[-1]}: try again"
        )
