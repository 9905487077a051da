"""Which series a chain file lists: the OSI symbols it has, and symbols for rows without."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from generator import calendar
from generator.providers.tables import bad_cell, text_of

_SYMBOL = re.compile(r"[A-Z0-9]{1,6} *[0-9]{6}[CP][0-9]{8}", re.ASCII)
_ROOT = re.compile(r"[A-Z0-9]{1,6}", re.ASCII)
_LETTERS = {"call": "C", "c": "C", "put": "P", "p": "P"}
_THOUSANDTHS = 100_000_000
#: A strike may miss its symbol's by the rounding of a float, no more; in thousandths.
_ROUNDING = 0.1


class Series(NamedTuple):
    """One entry a row of the file."""

    symbols: list[str]  #: padded to 21 characters
    roots: list[str]
    expirations: np.ndarray
    rights: list[str]


def listed_series(
    name: str, table: pd.DataFrame, content: bytes, own_root: str, columns: Mapping[str, str]
) -> Series:
    """
    Return the series of a chain file's rows.

    A symbol in the file decides root and expiration (some sources date an AM-settled series
    by its last trading day); it must agree with the row's right and strike. *columns* are
    the file's own names by ours.

    Raises:
        DataError: For a malformed symbol, date, right or strike; names row and column.
    """
    letters = _mapped(name, table, content, "option_type", _letter, "call or put")
    thousandths = _strikes(name, table, content, columns.get("strike", "strike"))
    tails = [f"{letter}{strike:08d}" for letter, strike in zip(letters, thousandths, strict=True)]
    given = table["contract_symbol"].tolist() if "contract_symbol" in table else [""] * len(table)
    if all(given):
        symbols = given
    else:
        symbols = _built(name, table, content, own_root, tails)
        symbols = [theirs or ours for theirs, ours in zip(given, symbols, strict=True)]
    _check(name, content, symbols, tails)
    padded = [f"{symbol[:-15].rstrip():<6}{symbol[-15:]}" for symbol in symbols]
    return Series(
        symbols=padded,
        roots=[symbol[:6].rstrip() for symbol in padded],
        expirations=_expirations(name, content, padded),
        rights=["call" if letter == "C" else "put" for letter in letters],
    )


def _check(name: str, content: bytes, symbols: list[str], tails: list[str]) -> None:
    """Refuse a symbol that is none, or that another right or strike stands beside."""
    for row, (symbol, tail) in enumerate(zip(symbols, tails, strict=True)):
        if not symbol.endswith(tail):
            wanted = f"an OSI symbol that ends in {tail} as strike and right say"
            raise bad_cell(name, content, row, "contract_symbol", wanted, symbol)
        if _SYMBOL.fullmatch(symbol) is None or len(symbol) > 21:
            raise bad_cell(name, content, row, "contract_symbol", "an OSI symbol", symbol)


def _built(name: str, table: pd.DataFrame, content: bytes, own_root: str, tails: list[str]) -> list[str]:
    """Return a symbol for each row from its root, expiration and tail."""
    days = _mapped(name, table, content, "expiration", _digits, "a date such as 2026-05-29")
    roots = [own_root] * len(table)
    if "root" in table:
        roots = _mapped(name, table, content, "root", lambda text: _root(text, own_root), "an option root")
    return [f"{root}{day}{tail}" for root, day, tail in zip(roots, days, tails, strict=True)]


def _strikes(name: str, table: pd.DataFrame, content: bytes, column: str) -> list[int]:
    """Return each strike in thousandths; *column* is the file's name for it."""
    strikes = table["strike"].to_numpy()
    exact = np.where(np.isfinite(strikes), strikes, np.nan) * 1000
    rounded = np.round(exact)
    good = (rounded > 0) & (rounded < _THOUSANDTHS) & (np.abs(exact - rounded) < _ROUNDING)
    if not good.all():
        row = int(good.argmin())
        text = text_of(content, row, column)
        found = table["strike"].tolist()[row] if text is None else text
        raise bad_cell(name, content, row, "strike", "a strike above 0 of at most three decimals", found)
    thousandths: list[int] = rounded.astype(np.int64).tolist()
    return thousandths


def _expirations(name: str, content: bytes, symbols: list[str]) -> np.ndarray:
    """Return the last settlement date of each padded symbol; a Saturday's was the session before."""
    texts = [symbol[6:12] for symbol in symbols]
    days: dict[str, dt.date] = {}
    for text in set(texts):
        try:
            day = dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
        except ValueError as error:
            row = texts.index(text)
            raise bad_cell(name, content, row, "contract_symbol", "a date in it", symbols[row]) from error
        days[text] = calendar.previous_session(day) if day.weekday() == calendar.SATURDAY else day
    return np.array([days[text] for text in texts], dtype="datetime64[s]")


def _mapped(
    name: str,
    table: pd.DataFrame,
    content: bytes,
    column: str,
    read: Callable[[str], str],
    wanted: str,
) -> list[str]:
    """Return *read* of each value of a category, reading every different one once."""
    values = table[column]
    found: list[str] = []
    for value in values.cat.categories:
        try:
            found.append(read(str(value).strip()))
        except (ValueError, KeyError) as error:
            row = int((values == value).to_numpy().argmax())
            raise bad_cell(name, content, row, column, wanted, value) from error
    codes = values.cat.codes.to_numpy()
    if (codes < 0).any():
        raise bad_cell(name, content, int((codes < 0).argmax()), column, wanted, "")
    return [found[code] for code in codes]


def _letter(text: str) -> str:
    """Return C or P for a right in any spelling; KeyError for another word."""
    return _LETTERS[text.lower()]


def _digits(text: str) -> str:
    """Return a date as a symbol has it; ValueError for another text."""
    return f"{dt.date.fromisoformat(text):%y%m%d}"


def _root(text: str, own_root: str) -> str:
    """Return the root of a row, the underlying's own where it is blank; ValueError for another text."""
    if text and _ROOT.fullmatch(text) is None:
        raise ValueError(text)
    return text or own_root
