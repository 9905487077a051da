"""
Sessions, expirations and option symbols: the only place that knows dates and times.

Holidays and half days follow NYSE Rule 7.2 and the exchange's published early closes;
closures nobody could schedule stand in `UNSCHEDULED`. Sessions hold for 1990-2040, half
days from 1993, when their close became 13:00.
Expirations follow the OCC calendar: an expiration whose day is a holiday moves to the
session before. Symbols follow the OCC Options Symbology Initiative, version 1.8 (2008).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from generator.errors import DataError

Settlement = Literal["pm", "am"]

NEW_YORK = ZoneInfo("America/New_York")
OPEN = dt.time(9, 30)
CLOSE = dt.time(16, 0)
HALF_DAY_CLOSE = dt.time(13, 0)
ONE_DAY = dt.timedelta(days=1)
MONDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 2, 3, 4, 5, 6

#: Full days the exchange stayed shut without a rule.
UNSCHEDULED: dict[dt.date, str] = {
    dt.date(1994, 4, 27): "funeral of Richard Nixon",
    dt.date(2001, 9, 11): "attacks of 11 September",
    dt.date(2001, 9, 12): "attacks of 11 September",
    dt.date(2001, 9, 13): "attacks of 11 September",
    dt.date(2001, 9, 14): "attacks of 11 September",
    dt.date(2004, 6, 11): "funeral of Ronald Reagan",
    dt.date(2007, 1, 2): "funeral of Gerald Ford",
    dt.date(2012, 10, 29): "Hurricane Sandy",
    dt.date(2012, 10, 30): "Hurricane Sandy",
    dt.date(2018, 12, 5): "funeral of George H. W. Bush",
    dt.date(2025, 1, 9): "funeral of Jimmy Carter",
}
#: Early closes that no rule gives.
UNSCHEDULED_HALF_DAYS = frozenset({dt.date(1997, 12, 26), dt.date(1999, 12, 31), dt.date(2003, 12, 26)})


# --- sessions


def is_session(day: dt.date) -> bool:
    """Tell whether the exchange opens on *day*."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def closed_reason(day: dt.date) -> str | None:
    """Return why the exchange stays shut on *day* ("weekend", "Good Friday"), or None on a session."""
    if day.weekday() >= SATURDAY:
        return "weekend"
    return holidays(day.year).get(day)


def previous_session(day: dt.date) -> dt.date:
    """Return the last session before *day*."""
    day -= ONE_DAY
    while not is_session(day):
        day -= ONE_DAY
    return day


def next_session(day: dt.date) -> dt.date:
    """Return the first session after *day*."""
    day += ONE_DAY
    while not is_session(day):
        day += ONE_DAY
    return day


def session_on_or_before(day: dt.date) -> dt.date:
    """Return *day* when it is a session, else the last session before it."""
    return day if is_session(day) else previous_session(day)


def sessions_between(start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    """Return the sessions after *start* up to and including *end*, ascending; empty when there are none."""
    found = []
    day = start + ONE_DAY
    while day <= end:
        if is_session(day):
            found.append(day)
        day += ONE_DAY
    return tuple(found)


def is_half_day(day: dt.date) -> bool:
    """Tell whether *day* is a session that closes at 13:00 New York time."""
    if not is_session(day):
        return False
    if day in UNSCHEDULED_HALF_DAYS:
        return True
    if day.month == 11:
        return day == _nth_weekday(day.year, 11, THURSDAY, 4) + ONE_DAY
    if (day.month, day.day) == (12, 24):
        return True
    return day == _independence_half_day(day.year)


def session_open(day: dt.date) -> dt.datetime:
    """Return the opening instant of session *day*, in New York time; ValueError if it is none."""
    _require_session(day)
    return dt.datetime.combine(day, OPEN, NEW_YORK)


def session_close(day: dt.date) -> dt.datetime:
    """Return the closing instant of session *day*, in New York time; ValueError if it is none."""
    _require_session(day)
    return dt.datetime.combine(day, HALF_DAY_CLOSE if is_half_day(day) else CLOSE, NEW_YORK)


def session_at(instant: dt.datetime) -> dt.date:
    """Return the session whose quotes show at *instant*: the day once it has opened, else the one before."""
    local = to_new_york(instant)
    day = local.date()
    if is_session(day) and local >= session_open(day):
        return day
    return previous_session(day)


def to_new_york(instant: dt.datetime) -> dt.datetime:
    """Return *instant* in New York time; a naive one is New York time already."""
    if instant.tzinfo is None:
        return instant.replace(tzinfo=NEW_YORK)
    return instant.astimezone(NEW_YORK)


def in_zone(moment: dt.datetime, zone: str | None) -> dt.datetime:
    """Return *moment* aware: in the named zone, else New York; `LookupError` for an unknown name."""
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(zone) if zone else NEW_YORK)


def minutes_to(as_of: dt.datetime, instant: dt.datetime) -> float:
    """Return the minutes from *as_of* to *instant* on the UTC clock, negative once it has passed."""
    later = to_new_york(instant).astimezone(dt.UTC)
    return (later - to_new_york(as_of).astimezone(dt.UTC)).total_seconds() / 60


# --- expirations


def expiry_instant(expiration: dt.date, settlement: Settlement | str) -> dt.datetime:
    """
    Return when a series is worth its payoff: 16:00 New York time (13:00 on a half day), AM-settled 09:30.

    An expiration that is no session (a Saturday in a file of before 2015) settles at the last one before it.
    """
    day = session_on_or_before(expiration)
    return session_open(day) if settlement == "am" else session_close(day)


def last_trading_day(expiration: dt.date, settlement: Settlement | str) -> dt.date:
    """Return the last session a series trades on: AM-settled series stop the session before."""
    day = session_on_or_before(expiration)
    return previous_session(day) if settlement == "am" else day


def monthly_expiration(year: int, month: int) -> dt.date:
    """Return the month's standard expiration: its third Friday, moved back from a holiday."""
    return session_on_or_before(_nth_weekday(year, month, FRIDAY, 3))


def monthly_expirations(start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    """Return the standard monthly expirations from *start* to *end*, both included."""
    months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    days = (monthly_expiration(month // 12, month % 12 + 1) for month in months)
    return tuple(day for day in days if start <= day <= end)


def is_monthly(expiration: dt.date) -> bool:
    """Tell whether *expiration* is its month's standard one."""
    return expiration == monthly_expiration(expiration.year, expiration.month)


def weekly_expiration(day: dt.date) -> dt.date:
    """Return the Friday-week expiration of the Monday-to-Sunday week of *day*, moved back from a holiday."""
    return session_on_or_before(day + dt.timedelta(days=FRIDAY - day.weekday()))


def weekly_expirations(start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    """Return the Friday-week expirations from *start* to *end*, both included."""
    weeks = range((end - start).days // 7 + 2)
    days = (weekly_expiration(start + dt.timedelta(weeks=week)) for week in weeks)
    return tuple(day for day in days if start <= day <= end)


def friday_week(expiration: dt.date) -> bool:
    """Tell whether *expiration* closes its week: a Friday, or the session before a Friday holiday."""
    return expiration == weekly_expiration(expiration)


# --- option symbols


@dataclass(frozen=True, slots=True)
class OptionSymbol:
    """One listed series as its OSI symbol names it."""

    root: str
    expiration: dt.date
    right: Literal["call", "put"]
    strike: Decimal

    @property
    def adjusted(self) -> bool:
        """Tell whether the root ends in a digit: an adjusted deliverable is suspected."""
        return self.root[-1].isdigit()

    @property
    def flex(self) -> bool:
        """Tell whether the root begins with a digit: a FLEX series is suspected."""
        return self.root[0].isdigit()

    @property
    def osi(self) -> str:
        """The 21 characters: `IWM   251212C00255000`."""
        thousandths = int(self.strike * 1000)
        return f"{self.root:<6}{self.expiration:%y%m%d}{self.right[0].upper()}{thousandths:08d}"

    @property
    def compact(self) -> str:
        """The OSI symbol without its padding: `IWM251212C00255000`."""
        return self.osi.replace(" ", "")

    @property
    def short(self) -> str:
        """The symbol as printed: `IWM20251212C255`."""
        strike = (
            f"{self.strike:f}".rstrip("0").rstrip(".") if "." in f"{self.strike:f}" else f"{self.strike:f}"
        )
        return f"{self.root}{self.expiration:%Y%m%d}{self.right[0].upper()}{strike}"


_OSI = re.compile(r"(?=.{21}\Z)([A-Z0-9]{1,6}) *([0-9]{6})([CP])([0-9]{8})")
_COMPACT = re.compile(r"([A-Z0-9]{1,6})([0-9]{6})([CP])([0-9]{8})")
_SHORT = re.compile(r"([A-Z0-9]{1,6})([0-9]{8})([CP])([0-9]{1,5}(?:\.[0-9]{1,3})?)")


def parse_osi(text: str) -> OptionSymbol:
    """Read an OSI symbol of 21 characters or without its padding; DataError if it is neither."""
    match = _OSI.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise DataError(f"wanted an OSI symbol such as 'IWM   251212C00255000', found {text!r}")
    root, day, letter, digits = match.groups()
    return _series(text, root, "20" + day, letter, Decimal(digits) / 1000)


def parse_short(text: str) -> OptionSymbol:
    """Read a printed symbol such as `IWM20251212C255`; DataError if it is none."""
    match = _SHORT.fullmatch(text)
    if match is None:
        raise DataError(f"wanted a symbol such as 'IWM20251212C255', found {text!r}")
    root, day, letter, strike = match.groups()
    return _series(text, root, day, letter, Decimal(strike))


def _series(text: str, root: str, day: str, letter: str, strike: Decimal) -> OptionSymbol:
    """Put the parts of a symbol together, checking its date and strike."""
    try:
        expiration = dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError as error:
        raise DataError(f"option symbol {text!r}: wanted a date, found {day!r}") from error
    if strike <= 0:
        raise DataError(f"option symbol {text!r}: wanted a strike above zero, found {strike}")
    return OptionSymbol(root, expiration, "call" if letter == "C" else "put", strike)


# --- rules of the holidays


@lru_cache(maxsize=256)
def holidays(year: int) -> dict[dt.date, str]:
    """Return the weekdays of *year* on which the exchange stays shut, each with its reason."""
    found = {
        _nth_weekday(year, 2, MONDAY, 3): "Presidents' Day",
        _easter(year) - dt.timedelta(days=2): "Good Friday",
        _last_monday_of_may(year): "Memorial Day",
        _nth_weekday(year, 9, MONDAY, 1): "Labor Day",
        _nth_weekday(year, 11, THURSDAY, 4): "Thanksgiving",
        _observed(dt.date(year, 7, 4)): "Independence Day",
        _observed(dt.date(year, 12, 25)): "Christmas",
    }
    new_year = dt.date(year, 1, 1)
    if new_year.weekday() != SATURDAY:  # a Saturday holiday would close the last session of the year
        found[_observed(new_year)] = "New Year's Day"
    if year >= 1998:
        found[_nth_weekday(year, 1, MONDAY, 3)] = "Martin Luther King Jr. Day"
    if year >= 2022:
        found[_observed(dt.date(year, 6, 19))] = "Juneteenth"
    found.update({day: reason for day, reason in UNSCHEDULED.items() if day.year == year})
    return found


def _require_session(day: dt.date) -> None:
    """Refuse a day that is no session."""
    if (reason := closed_reason(day)) is not None:
        raise ValueError(f"{day} is no session: {reason}")


def _observed(day: dt.date) -> dt.date:
    """Move a Saturday holiday to Friday and a Sunday one to Monday."""
    return day + {SATURDAY: -ONE_DAY, SUNDAY: ONE_DAY}.get(day.weekday(), dt.timedelta())


def _nth_weekday(year: int, month: int, weekday: int, count: int) -> dt.date:
    """Return the *count*-th *weekday* of a month."""
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _last_monday_of_may(year: int) -> dt.date:
    """Return the last Monday of May."""
    last = dt.date(year, 5, 31)
    return last - dt.timedelta(days=last.weekday())


def _independence_half_day(year: int) -> dt.date | None:
    """Return the half day around 4 July: the day before, until 2012 the Friday after a Thursday holiday."""
    fourth = dt.date(year, 7, 4).weekday()
    if fourth == THURSDAY and year < 2013:
        return dt.date(year, 7, 5)
    return dt.date(year, 7, 3) if fourth < SATURDAY else None


def _easter(year: int) -> dt.date:
    """Return Easter Sunday (Meeus, Jones and Butcher, Gregorian calendar)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)
