"""
The table of a downloaded quotes file: calls on the left, the strike, puts on the right.

Both sides have columns of the same names, so that places count and not names; only the
contract's symbol says root, expiration and strike, and the strike beside it must agree.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from math import nan

from generator.errors import BadPayloadError
from generator.providers.cboe_series import Listed
from generator.providers.words import listing

#: their name -> ours
_FIELDS = {
    "Last Sale": "last",
    "Bid": "bid",
    "Ask": "ask",
    "Volume": "volume",
    "Open Interest": "open_interest",
}
_FIRST = "Expiration Date"
_PREAMBLE_AT_MOST = 10
_NUMBER = re.compile(
    r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,15})(\.[0-9]{0,15})?|[+-]?\.[0-9]{1,15}", re.ASCII
)
_MISSING = frozenset({"", "-", "--", "N/A", "NaN"})


def lines_of(content: bytes, what: str) -> tuple[list[str], int]:
    """
    Return the lines of a file and the place of the header among them.

    Raises:
        BadPayloadError: If it is no text in UTF-8 or has no such header.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadPayloadError(f"{what}: wanted text in UTF-8, found other data") from error
    for place, line in enumerate(lines[:_PREAMBLE_AT_MOST]):
        if line.lstrip('" ').startswith(_FIRST):
            return lines, place
    begins = next((line.strip() for line in lines if line.strip()), "nothing")
    raise BadPayloadError(f"{what}: wanted a line that begins {_FIRST!r}, found {begins[:60]!r}")


def listed_in(lines: Sequence[str], header_at: int, what: str) -> Listed:
    """
    Return the series of the table, two a line.

    Raises:
        BadPayloadError: With the line of the file, for anything else than such a table.
    """
    (header,) = csv.reader([lines[header_at]])
    strike, sides = _places([name.strip() for name in header], what)
    symbols: list[str] = []
    rows: list[list[float]] = []
    try:
        for number, record in enumerate(csv.reader(lines[header_at + 1 :]), start=header_at + 2):
            if not record:
                continue
            where = f"{what}, line {number}"
            if len(record) != len(header):
                raise BadPayloadError(f"{where}: wanted {len(header)} fields, found {len(record)}")
            for side in sides:
                symbols.append(_symbol(record[side[0]], record[strike], where))
                rows.append([_number(record[place], where) for place in side[1:]])
    except csv.Error as error:
        raise BadPayloadError(f"{what}: wanted csv text, found other text ({error})") from error
    columns = zip(*rows, strict=True) if rows else ((),) * len(_FIELDS)
    return Listed(symbols=symbols, numbers=dict(zip(_FIELDS.values(), columns, strict=True)))


def _places(header: list[str], what: str) -> tuple[int, tuple[list[int], ...]]:
    """Return the place of the strike, and of each field on either side."""
    try:
        calls = header.index("Calls")
        strike = header.index("Strike", calls)
        puts = header.index("Puts", strike)
        return strike, (_side(header, calls, strike), _side(header, puts, len(header)))
    except ValueError as error:
        names = ", ".join(_FIELDS)
        raise BadPayloadError(
            f"{what}: wanted the columns Calls, {names}, Strike, Puts, {names}, found {listing(header, 24)}"
        ) from error


def _side(header: list[str], start: int, end: int) -> list[int]:
    """Return the places of symbol and fields of one side; ValueError when one is missing."""
    return [start, *(header.index(name, start, end) for name in _FIELDS)]


def _symbol(written: str, strike: str, where: str) -> str:
    """Return a symbol, once its strike is the one beside it; other text is judged with the rest."""
    symbol = written.strip()
    tail = symbol[-8:]
    if tail.isascii() and tail.isdigit() and round(_number(strike, where) * 1000) != int(tail):
        raise BadPayloadError(f"{where}: wanted the strike of {symbol[:21]}, found {strike[:20]!r}")
    return symbol


def _number(written: str, where: str) -> float:
    """Return a number with or without commas in its thousands, NaN for none."""
    written = written.strip()
    if written in _MISSING:
        return nan
    if _NUMBER.fullmatch(written) is None:
        raise BadPayloadError(f"{where}: wanted a number, found {written[:40]!r}")
    return float(written.replace(",", ""))
