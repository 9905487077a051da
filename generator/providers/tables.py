"""Read a csv file into a frame, fast; when that fails, find the row and column to blame."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from generator.errors import DataError, SchemaError
from generator.providers.words import listing, shortened

#: What stands for a missing number. Text is never read as missing: NA is a ticker.
MISSING = ("", "NaN", "nan", "NAN", "NA", "N/A", "n/a", "null", "NULL", "None", "none", "-", "--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which columns a file has, by our names. A category is text with few different values."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)  #: our name -> the file's own

    @property
    def names(self) -> tuple[str, ...]:
        """Every column, required or not."""
        return self.numbers + self.categories + self.texts


def read_table(name: str, data: bytes, shape: Shape) -> pd.DataFrame:
    """
    Return the columns of *shape* that the file has, under our names, one row a record.

    Raises:
        DataError: If the file is empty, binary or ragged, lacks a column, or has text where
            a number belongs; the message names file, row (line of the file) and column.
    """
    try:
        return _read(name, data, shape)
    except (csv.Error, UnicodeError) as error:
        raise _no_text(name, error) from error


def _read(name: str, data: bytes, shape: Shape) -> pd.DataFrame:
    """Read a table, letting errors of text and quoting pass."""
    header = _header(name, data)
    theirs = {ours: shape.renamed.get(ours, ours) for ours in shape.names}
    _check_columns(name, header, theirs, shape)
    theirs = {ours: column for ours, column in theirs.items() if column in header}
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if data.count(b",") != lines * (len(header) - 1):
        _refuse_ragged(name, data, header)  # pandas would fill short records up
    numbers = [theirs[column] for column in shape.numbers if column in theirs]
    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            usecols=list(theirs.values()),
            dtype={theirs[column]: _type(column, shape) for column in theirs},
            na_values={column: list(MISSING) for column in numbers},
            keep_default_na=False,
            encoding="utf-8-sig",
            skipinitialspace=True,
        )
    except (ValueError, OverflowError) as error:
        _refuse_ragged(name, data, header)
        _refuse_numbers(name, data, header, numbers)
        raise DataError(f"file {name} cannot be read as csv: {error}") from error
    if frame.empty:
        raise DataError(f"file {name}: wanted rows below the header, found none")
    return frame.rename(columns={column: ours for ours, column in theirs.items()})


def first_record(name: str, start: bytes) -> dict[str, str]:
    """Return the first record of a file from its beginning alone; empty values where it has none."""
    header = _header(name, start)
    rows = _records(b"".join(start.splitlines(keepends=True)[:2]))
    try:
        _, record = next(itertools.islice(rows, 1, None), (0, []))
    except (csv.Error, UnicodeError) as error:
        raise _no_text(name, error) from error
    return dict(itertools.zip_longest(header, record[: len(header)], fillvalue=""))


def line_of(data: bytes, row: int) -> int:
    """Return the line of the file that record *row* (0 the first below the header) ends on."""
    with contextlib.suppress(csv.Error):  # pandas forgives quotes that csv does not; then lines are as good
        for number, (line, _) in enumerate(_records(data)):
            if number == row + 1:
                return line
    return row + 2


def text_of(data: bytes, row: int, column: str) -> str | None:
    """Return what record *row* has in the file's own *column*, None when csv cannot tell."""
    with contextlib.suppress(csv.Error):  # as in `line_of`
        header, *records = [record for _, record in itertools.islice(_records(data), row + 2)]
        return records[row][header.index(column)] if row < len(records) else None
    return None


def bad_cell(name: str, data: bytes, row: int, column: str, wanted: str, found: object) -> DataError:
    """Return the error for one cell, with the line of the file; a long text is cut."""
    shown = shortened(found, 80) if isinstance(found, str) else found
    return DataError(
        f"file {name}, row {line_of(data, row)}, column {column}: wanted {wanted}, found {shown!r}"
    )


def in_file(error: SchemaError, name: str, data: bytes) -> SchemaError:
    """Return a frame's error as one of the file's, with the line instead of the row."""
    line = "" if error.row is None else f", row {line_of(data, error.row)}"
    problem = str(error).partition(": ")[2]
    return SchemaError(f"file {name}{line}", None, error.column, problem)


def _type(column: str, shape: Shape) -> str:
    """Return the type a column is read with."""
    if column in shape.numbers:
        return "float64"
    return "category" if column in shape.categories else "str"


def _header(name: str, data: bytes) -> list[str]:
    """Return the header of a file, after checks that it is text at all."""
    if b"\0" in data:
        raise DataError(f"file {name}: wanted csv text, found binary data")
    try:
        _, header = next(_records(data), (0, []))
    except (csv.Error, UnicodeError) as error:
        raise _no_text(name, error) from error
    if not any(header):
        raise DataError(f"file {name}: wanted a header and rows, found an empty file")
    return header


def _no_text(name: str, error: Exception) -> DataError:
    """Return the error for data that is no csv text."""
    if isinstance(error, csv.Error):
        return DataError(f"file {name}: wanted csv text, found what does not read as such ({error})")
    return DataError(f"file {name}: wanted csv text in UTF-8, found other data ({error})")


def _check_columns(name: str, header: list[str], theirs: Mapping[str, str], shape: Shape) -> None:
    """Refuse a header that lacks a required column or has one twice."""
    for ours, column in theirs.items():
        if header.count(column) > 1:
            raise DataError(
                f"file {name}: wanted the column {column} once, found it {header.count(column)} times"
            )
        if column not in header and ours not in shape.optional:
            raise DataError(
                f"file {name}: wanted a column {column}, found {listing(header)}: "
                f"give the file's own name for {ours} in the settings"
            )


def _refuse_ragged(name: str, data: bytes, header: Collection[str]) -> None:
    """Raise for the first record with more or fewer fields than the header."""
    for line, record in _records(data):
        if len(record) != len(header):
            raise DataError(f"file {name}, row {line}: wanted {len(header)} fields, found {len(record)}")


def _refuse_numbers(name: str, data: bytes, header: list[str], numbers: Collection[str]) -> None:
    """Raise for the first text in a column of numbers."""
    places = [(header.index(column), column) for column in numbers]
    for line, record in list(_records(data))[1:]:
        for place, column in places:
            if not _is_number(record[place]):
                found = shortened(record[place], 80)
                raise DataError(f"file {name}, row {line}, column {column}: wanted a number, found {found!r}")


def _is_number(text: str) -> bool:
    """Tell whether a cell is missing or a number as csv files write them."""
    if text in MISSING:
        return True
    try:
        number = float(text)
    except ValueError:
        return False
    beyond = math.isinf(number) and any(map(str.isdigit, text))  # "1e400"
    return not math.isnan(number) and not beyond and "_" not in text and text.isascii()


def _records(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and fields of each record that is not blank."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, skipinitialspace=True, strict=True)
    for record in reader:
        if record:
            yield reader.line_num, record
