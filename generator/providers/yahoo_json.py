"""
Chains that other programs saved from Yahoo, as a file source: `yahoo-json:FILE`.

Two shapes are read, plain or gzipped:

* `{symbol, updated, underlyingPrice, quotes: [{symbol, expiration, side, strike, bid, ask,
  last, volume, openInterest}]}`. `updated` is the instant of the capture, with its offset or
  a Z, with or without fractions; without either it is UTC. A capture at night or on a
  weekend carries the session before; whoever puts the snapshot together tells that.
* `{spot, expirations, chains: {SECONDS: {c: [{s, b, a, l, oi, v}], p: [...]}}}`: no symbols, no
  instant. Symbols are made from expiration, right and strike; the instant is in the file's
  name (`IWM_2026-05-22.json`, the close; `IWM_2026-05-20_premarket-0918ET.json`, that time).

Null is unknown. Yahoo's volatilities (1e-05 is its "none") are not read: a brief has its own.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from pathlib import Path

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError, ProviderError, UsageError
from generator.models.market import Gap, Part
from generator.providers.base import Answer, Ask, Chain, Fetched, Options
from generator.providers.files import FolderFiles, raw_file, unpacked
from generator.providers.products import own_root
from generator.providers.yahoo import TERMS
from generator.providers.yahoo_body import Fields, date_of, document, fields, listed, number, price
from generator.providers.yahoo_frame import Rows, chain_frame, shifted, unknown_columns

_NAME = re.compile(
    r"(?P<symbol>[A-Za-z0-9.^-]{1,16})_(?P<day>\d{4}-\d\d-\d\d)(?:_(?P<tag>[A-Za-z0-9-]{1,60}))?\.json(?:\.gz)?",
    re.ASCII,
)
_SAFE = re.compile(r"[A-Za-z0-9^][A-Za-z0-9._^-]{0,99}", re.ASCII)
_CLOCK = re.compile(r"(?:^|-)([01]\d|2[0-3])([0-5]\d)ET(?:-|$)", re.ASCII)
_SIDES = {"c": "call", "p": "put"}


class YahooJson:
    """
    One saved chain.

    Args:
        argument: The file.
        options: None are known.
    """

    name = "yahoo-json"
    printed = "saved Yahoo chain"
    parts: tuple[Part, ...] = ("chain",)
    terms = TERMS

    def __init__(self, argument: str, options: Options) -> None:  # noqa: ARG002
        self.file = argument

    def fetch(self, part: Part, ask: Ask) -> Fetched:  # noqa: ARG002  # a file is the same for every question
        """
        Return the file as it lies there.

        Raises:
            UsageError: If no file is named, or its name is no plain one.
            DataError: If it cannot be read.
        """
        self._check(part)
        path = Path(self.file)
        if _SAFE.fullmatch(path.name) is None:
            wanted = "a file after yahoo-json: named in letters, digits, _ . ^ and -"
            raise UsageError(f"wanted {wanted}, found {path.name!r}")
        data = FolderFiles(path.parent).read(path.name)
        return Fetched(files=(raw_file(path.name, data),), item=path.name)

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """
        Return the chain of the file.

        Raises:
            BadPayloadError: If it has neither shape, or another symbol.
            DataError: If its gzip data is damaged or its content too large.
        """
        self._check(part)
        if len(files) != 1:
            raise BadPayloadError(f"wanted one saved chain, found {len(files)} files")
        ((name, data),) = files.items()
        whole = document(name, unpacked(name, data))
        if "quotes" in whole:
            return _from_quotes(name, whole, ask)
        if "chains" in whole:
            return _from_compact(name, whole, ask)
        raise BadPayloadError(f"Yahoo's {name}: wanted quotes or chains, found neither key")

    def _check(self, part: Part) -> None:
        if part not in self.parts:
            raise ProviderError(f"wanted {part} from {self.name}, found that it gives a chain only")


def _from_quotes(name: str, whole: Fields, ask: Ask) -> Answer:
    """Read the shape with symbols."""
    _check_symbol(name, whole.get("symbol"), ask.symbol)
    rows = Rows()
    for entry in listed(name, whole, "quotes"):
        quote = fields(name, entry, "an object in quotes")
        texts = [quote.get(key) for key in ("symbol", "expiration", "side")]
        if not all(isinstance(text, str) and text for text in texts):
            raise BadPayloadError(f"Yahoo's {name}: wanted symbol, expiration and side, found {texts}")
        symbol, day, right = map(str, texts)
        _add(
            rows,
            name,
            (symbol, day, right),
            quote,
            ("strike", "bid", "ask", "last", "volume", "openInterest"),
        )
    return _answer(
        name, ask, rows, _updated(name, whole.get("updated")), price(name, whole, "underlyingPrice")
    )


def _from_compact(name: str, whole: Fields, ask: Ask) -> Answer:
    """Read the shape without symbols."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise DataError(f"file {name}: wanted a name such as IWM_2026-05-22.json, which tells the session")
    _check_symbol(name, match["symbol"], ask.symbol)
    rows = Rows()
    for seconds, board in fields(name, whole["chains"], "an object chains").items():
        value = int(seconds) if seconds.isascii() and seconds.isdigit() else seconds
        day = date_of(name, value, "an expiration").isoformat()
        sides = fields(name, board, "an object of calls and puts")
        for key, right in _SIDES.items():
            for entry in listed(name, sides, key):
                row = fields(name, entry, f"an object in {key}")
                _add(rows, name, ("", day, right), row, ("s", "b", "a", "l", "v", "oi"))
    return _answer(name, ask, rows, _named_instant(name, match), price(name, whole, "spot"))


def _add(
    rows: Rows,
    name: str,
    series: tuple[str, str, str],
    row: Fields,
    keys: tuple[str, str, str, str, str, str],
) -> None:
    """Add one contract; what it lacks is NaN, its strike it must have."""
    numbers = [number(name, row, key) for key in keys]
    if math.isnan(numbers[0]):
        raise BadPayloadError(f"Yahoo's {name}: wanted a strike in each contract, found none in one")
    symbol, day, right = series
    rows.symbols.append(symbol)
    rows.expirations.append(day)
    rows.rights.append(right)
    columns = (rows.strikes, rows.bid, rows.ask, rows.last, rows.volume, rows.open_interest)
    for column, value in zip(columns, numbers, strict=True):
        column.append(value)


def _answer(name: str, ask: Ask, rows: Rows, moment: dt.datetime, spot: float | None) -> Answer:
    """Return chain and gaps of the contracts read."""
    if not len(rows):
        raise NotThereError(f"wanted a chain in {name}, found no contracts")
    frame, left_out = chain_frame(name, ask.symbol, rows)
    gaps = [Gap(what=column, reason=f"{name} has none of any contract") for column in unknown_columns(rows)]
    if odd := shifted(rows):
        reason = f"{odd} contracts are dated otherwise than by their symbols, which decide"
        gaps.append(Gap(what="dates of expirations", reason=reason))
    if spot is None:
        gaps.append(Gap(what="price beside the chain", reason=f"{name} has none"))
    chain = Chain(captured=moment, spot=spot, frame=frame, rows_left_out=left_out)
    return Answer(chain=chain, gaps=tuple(gaps), delay="15 minutes")


def _check_symbol(name: str, found: object, symbol: str) -> None:
    """Refuse a file about another underlying."""
    if not isinstance(found, str) or own_root(found) != own_root(symbol):
        raise BadPayloadError(f"Yahoo's {name}: wanted a chain of {symbol}, found one of {found!r}")


def _updated(name: str, value: object) -> dt.datetime:
    """Return the instant of a capture."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise BadPayloadError(f"Yahoo's {name}: wanted updated as an ISO 8601 instant, found {value!r}")
    return calendar.to_new_york(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))


def _named_instant(name: str, match: re.Match[str]) -> dt.datetime:
    """Return the instant in a file's name: the time in its tag, else the session's close."""
    try:
        day = dt.date.fromisoformat(match["day"])
    except ValueError as error:
        raise DataError(f"file {name}: wanted a date in its name, found {match['day']}") from error
    clock = _CLOCK.search(match["tag"] or "")
    if clock is not None:
        return dt.datetime.combine(day, dt.time(int(clock[1]), int(clock[2])), calendar.NEW_YORK)
    if not calendar.is_session(day):
        raise DataError(f"file {name}: wanted a session in its name, found {calendar.closed_reason(day)}")
    return calendar.session_close(day)
