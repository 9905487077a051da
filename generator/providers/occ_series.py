"""
The series download of the Options Clearing Corporation: tab-separated text, one line a strike.

Its columns: root, a blank one, year, month, day, whole and thousandths of the strike, which of
C and P are listed, open interest of call and put, position limit. It has no date inside.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError
from generator.providers.occ_dates import counted_at, counted_before

_TITLE = re.compile(rb"\s*Series Search Results for ([A-Z0-9.]{1,12})", re.IGNORECASE)
_TAKEN = re.compile(r"_(\d{4}-\d\d-\d\d)(?:T(\d{4})Z)?(?:[._]|$)", re.ASCII)
_COLUMNS = ("year", "month", "day", "integer", "dec", "c/p", "call", "put")
_MOST = 10**9


def name_of(root: str, taken: dt.datetime) -> str:
    """Return the file name that keeps the instant of a download."""
    return f"{root}_{taken.astimezone(dt.UTC):%Y-%m-%dT%H%MZ}.txt"


def is_series(content: bytes) -> bool:
    """Tell whether *content* is such a download."""
    return _TITLE.match(content) is not None


def session_of(name: str) -> dt.date:
    """
    Return the session after which a download was counted, by the instant or the day in its name.

    Raises:
        BadPayloadError: If the name has none.
        NotThereError: If it was taken while the count changes.
    """
    match = _TAKEN.search(name)
    wanted = "wanted the day of the download in the file's name, such as IWM_2026-05-29.txt"
    if match is None:
        raise BadPayloadError(f"{name}: {wanted}, found none")
    try:
        if match[2] is None:
            return counted_before(dt.date.fromisoformat(match[1]))
        return counted_at(dt.datetime.fromisoformat(f"{match[1]}T{match[2]}Z"))
    except ValueError as error:
        raise BadPayloadError(f"{name}: {wanted}, found a date that is none") from error


def parse_series(name: str, content: bytes, root: str) -> dict[str, int]:
    """
    Return the open interest of every listed series by its OSI symbol, adjusted roots included.

    Raises:
        BadPayloadError: If it is of another underlying, cut off, shifted, or contradicts itself.
        NotThereError: If it lists nothing.
    """
    title = _TITLE.match(content)
    if title is None or title[1].decode().upper() != root:
        other = "no title" if title is None else title[1].decode()
        raise BadPayloadError(f"{name}: wanted the series of {root}, found {other}")
    lines = content.decode("ascii", "replace").splitlines()
    header = next(
        (place for place, line in enumerate(lines) if line.lower().startswith("productsymbol")), None
    )
    if header is None:
        raise NotThereError(f"{name}: wanted a table of series, found none")
    columns = [cell.strip().lower() for cell in lines[header].split("\t")]
    if tuple(columns[1:9]) != _COLUMNS:
        raise BadPayloadError(f"{name}: wanted the columns {', '.join(_COLUMNS)}, found others")
    found: dict[str, int] = {}
    for number, line in enumerate(lines[header + 1 :], header + 2):
        if line.strip():
            for symbol, count in _series(f"{name}, line {number}", line):
                if found.setdefault(symbol, count) != count:
                    raise BadPayloadError(f"{name}, line {number}: wanted one count of {symbol}, found two")
    if not found:
        raise NotThereError(f"{name}: wanted at least one series, found none")
    return found


def _series(where: str, line: str) -> Iterator[tuple[str, int]]:
    """Yield symbol and open interest of the series of one line."""
    cells = [cell.strip() for cell in line.split("\t")]
    numbers = cells[2:7] + cells[8:10]
    right = cells[7].replace(" ", "") if len(cells) > 7 else ""
    if len(cells) < 10 or cells[1] or right not in {"C", "P", "CP"} or not all(map(_is_count, numbers)):
        raise BadPayloadError(f"{where}: wanted a series in its ten columns, found another line")
    year, month, day, whole, thousandths, calls, puts = (int(cell) for cell in numbers)
    strike = 1000 * whole + thousandths
    if thousandths >= 1000 or len(cells[6]) != 3 or strike <= 0:
        raise BadPayloadError(
            f"{where}: wanted a strike in whole and thousandths, found {whole} and {cells[6]}"
        )
    for letter, count in (("C", calls), ("P", puts)):
        if letter in right:
            tail = f"{year % 100:02d}{month:02d}{day:02d}{letter}{strike:08d}"
            symbol = _symbol(where, f"{cells[0]:<6}{tail}")
            if count > _MOST:
                raise BadPayloadError(f"{where}: wanted at most {_MOST} contracts, found {count}")
            yield symbol, count


def _symbol(where: str, text: str) -> str:
    """Return a padded OSI symbol."""
    try:
        return calendar.parse_osi(text).osi
    except DataError as error:
        raise BadPayloadError(f"{where}: {error}") from error


def _is_count(text: str) -> bool:
    """Tell whether a cell is a whole number in plain digits."""
    return text.isascii() and text.isdigit() and len(text) <= 12
