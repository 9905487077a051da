"""The Treasury's daily par yield curve, as continuously compounded rates."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Mapping
from typing import Any

from generator import calendar
from generator.errors import BadPayloadError, NotThereError
from generator.http import Response
from generator.models.market import Part, RatePoint, Terms
from generator.providers.asking import client_of, kept, latest
from generator.providers.base import Answer, Ask, Fetched

BASE = "https://home.treasury.gov"
_PATH = "/resource-center/data-chart-center/interest-rates/daily-treasury-rates.csv/{year}/all"
#: New York: the Treasury publishes a day's curve by then
PUBLISHED = dt.time(18, 0)
#: an older curve than this is no longer the market's
OLDEST = dt.timedelta(days=10)
#: in the first days of a year its file may be empty
_NEW_YEAR = 10
_TENOR = re.compile(r"(\d{1,2}(?:\.5)?) (Mo|Month|Yr)", re.ASCII)
#: years; no listed option lives longer
_LONGEST = 7
_DAYS_A_YEAR = 365
_MISSING = frozenset({"", "N/A", "NA", "n/a"})


class Treasury:
    """
    Rates of the US Treasury: the latest par yield curve published by the instant asked for.

    Options: `base_url`; `spacing`, `retries`, `timeout`, `ca_file` of the connection.
    """

    name = "treasury"
    printed = "US Treasury par yields"
    parts: tuple[Part, ...] = ("rates",)
    terms = Terms(
        summary="a work of the US government, in the public domain",
        allows=frozenset({"store", "computed", "prices", "mail", "sell"}),
        url="https://home.treasury.gov/resource-center/data-chart-center/interest-rates",
    )

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del argument
        self._base = str(options.get("base_url", BASE)).rstrip("/")
        self._client = client_of(options)

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the year's file of daily curves; in January's first days last year's, too."""
        del part
        day = ask.session
        years = [day.year - 1, day.year] if (day.month, day.day) <= (1, _NEW_YEAR) else [day.year]
        answers = {}
        for year in years:
            try:
                answers[f"{year}.csv"] = self._year(year)
            except NotThereError:
                if year == years[-1] and answers:
                    break  # the new year has no file yet
                raise
        return Fetched(
            files=tuple(kept(name, answer, {}) for name, answer in answers.items()),
            item=self._base + _PATH.format(year=years[-1]),
            retrieved_at=latest(answers.values()),
        )

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the curve of the latest day up to the session that was published by *ask.when*."""
        del part
        curves: dict[dt.date, dict[str, str]] = {}
        for name, content in sorted(files.items()):
            if content.strip() or not curves:  # the new year's file may be blank at first
                curves.update(_curves(name, content))
        known = [day for day in curves if day <= ask.session and _published(day) <= ask.when]
        newest = max(known, default=None)
        if newest is None or ask.session - newest > OLDEST:
            found = "none" if newest is None else f"that of {newest}"
            raise NotThereError(f"Treasury: wanted a curve of the days before {ask.session}, found {found}")
        points = _points(newest, curves[newest])
        if not points:
            raise NotThereError(f"Treasury: wanted yields in the curve of {newest}, found none")
        return Answer(rates=points, delay="end of day")

    def _year(self, year: int) -> Response:
        """Ask for the curves of one year."""
        params = {
            "type": "daily_treasury_yield_curve",
            "field_tdr_date_value": str(year),
            "page": "",
            "_format": "csv",
        }
        return self._client.get(self._base + _PATH.format(year=year), params=params)


def continuous(par_yield: float, months: float) -> float:
    """
    Return the continuously compounded rate of a par yield, both as fractions.

    The Treasury quotes bond-equivalent yields: with interest twice a year, and simple interest
    where no coupon falls before the end. So r = ln(1 + y t) / t up to half a year and
    r = 2 ln(1 + y / 2) beyond; at half a year both agree. Beyond a year the par yield stands for
    the zero yield, which is exact on a flat curve.

    Source: US Treasury, "Interest Rates - Frequently Asked Questions" (par yields are
    semiannual bond-equivalent yields); Hull, Options, Futures, and Other Derivatives, 4.4.
    """
    years = months / 12
    if years <= 0.5:
        return math.log1p(par_yield * years) / years
    return 2 * math.log1p(par_yield / 2)


def _published(day: dt.date) -> dt.datetime:
    """Return when a day's curve is known."""
    return dt.datetime.combine(day, PUBLISHED, calendar.NEW_YORK)


def _curves(name: str, content: bytes) -> dict[dt.date, dict[str, str]]:
    """Return a file's yields by day and tenor, as written; a file without a day is an empty one."""
    what = f"Treasury file {name}"
    try:
        text = content.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (csv.Error, UnicodeError) as error:
        raise BadPayloadError(f"{what}: wanted csv text, found other data") from error
    if not rows or rows[0][0] != "Date" or not all(_TENOR.fullmatch(label) for label in rows[0][1:]):
        found = ", ".join(rows[0])[:60] if rows else "nothing"
        raise BadPayloadError(f"{what}: wanted a header of Date and tenors such as '1 Mo', found {found!r}")
    curves = {}
    for row in rows[1:]:
        if len(row) != len(rows[0]):
            raise BadPayloadError(f"{what}: wanted {len(rows[0])} cells a day, found {len(row)}")
        curves[_day(what, row[0])] = dict(zip(rows[0][1:], row[1:], strict=True))
    return curves


def _points(day: dt.date, curve: Mapping[str, str]) -> tuple[RatePoint, ...]:
    """Return the points of one day, shortest first, without tenors that are not quoted."""
    found = []
    for label, cell in curve.items():
        months = _months(label)
        if cell.strip() not in _MISSING and months <= 12 * _LONGEST:
            days = round(months * _DAYS_A_YEAR / 12)
            found.append(RatePoint(days=days, rate=continuous(_yield(day, label, cell), months)))
    return tuple(sorted(found, key=lambda point: point.days))


def _months(label: str) -> float:
    """Return a tenor such as '1.5 Month' or '2 Yr' in months."""
    count, unit = label.split()
    return float(count) * (12 if unit == "Yr" else 1)


def _yield(day: dt.date, label: str, cell: str) -> float:
    """Return a yield in percent as a fraction."""
    where = f"Treasury curve of {day}, {label}"
    if not re.fullmatch(r"-?\d{1,2}(?:\.\d{1,4})?", cell.strip(), re.ASCII):
        raise BadPayloadError(f"{where}: wanted a yield in percent, found {cell[:20]!r}")
    value = float(cell) / 100
    if not -0.05 < value < 0.3:
        raise BadPayloadError(f"{where}: wanted a yield between -5 and 30 percent, found {cell[:20]}")
    return value


def _day(what: str, text: str) -> dt.date:
    """Return a date written as month/day/year."""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text.strip(), re.ASCII)
    try:
        if match:
            return dt.date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError as error:
        raise BadPayloadError(f"{what}: wanted a date such as 05/29/2026, found {text[:20]!r}") from error
    raise BadPayloadError(f"{what}: wanted a date such as 05/29/2026, found {text[:20]!r}")
