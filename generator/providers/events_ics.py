"""
Events of an iCalendar file (RFC 5545) within a span of days, repeats unrolled.

icalendar reads lines, values and time zones; dateutil unrolls the repeats.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import icalendar
from dateutil.rrule import rruleset, rrulestr

from generator import calendar
from generator.errors import DataError
from generator.models.market import Event
from generator.providers.files import bare
from generator.providers.words import clean, shortened

EVENTS, SERIES = 5000, 100
REPEATS = 400  #: within the span, of one event
_TITLE = 200
REPEATED = {"RRULE", "RDATE"}
_ANYWHERE = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_DAYS = frozenset({"BYDAY", "BYMONTH"})
_ALL = _DAYS | {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
_PARTS = {"DAILY": _DAYS, "WEEKLY": _DAYS, "MONTHLY": _ALL, "YEARLY": _ALL}
_MARGIN = dt.timedelta(days=2)  #: a day of another zone may be ours
_EARLIEST = dt.date(1990, 1, 1)  #: a rule is run through from its start


def parse_calendar(
    name: str, content: bytes, first: dt.date, last: dt.date, *, since: dt.date | None = None
) -> list[Event]:
    """
    Return the events from *first* to *last*, both included, at New York dates and times.

    Those without repeats are returned from *since* on, where that is given.

    A time without a zone is New York's. Cancelled events and days struck from a series are
    left out; an occurrence moved by itself stands where it was moved to.

    Raises:
        DataError: If it is no calendar, a start or rule is unreadable, or there are too many.
    """
    try:
        whole = icalendar.Calendar.from_ical(content.decode("utf-8-sig"))
        components = list(whole.walk("VEVENT"))
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise DataError(
            f"file {name}: wanted an iCalendar file in UTF-8, found other or damaged data"
        ) from error
    repeating = sum("RRULE" in item for item in components)
    if len(components) > EVENTS or repeating > SERIES:
        raise DataError(
            f"file {name}: wanted at most {EVENTS} events and {SERIES} of them with a rule, "
            f"found {len(components)} and {repeating}"
        )
    if broken := next((item.errors[0] for item in components if item.errors), None):
        raise DataError(f"file {name}: wanted readable events, found {str(broken)[:80]!r}")
    source = shortened(clean(str(whole.get("X-WR-CALNAME", ""))), _TITLE) or bare(name)
    moved = {_moved(name, item) for item in components if "RECURRENCE-ID" in item}
    found = []
    for item in components:
        title = shortened(clean(str(item.get("SUMMARY", ""))), _TITLE)
        status = str(item.get("STATUS", "")).upper()
        if not title or status == "CANCELLED":
            continue
        known = status != "TENTATIVE"
        for start in _starts(name, item, first, last):
            if "RECURRENCE-ID" in item or (str(item.get("UID", "")), start) not in moved:
                day, time = _local(start)
                if (since if since and not REPEATED & set(item) else first) <= day <= last:
                    found.append(Event(date=day, title=title, source=source, time=time, confirmed=known))
    return found


def _moved(name: str, item: Any) -> tuple[str, dt.date]:
    """Return which occurrence of which series an event replaces."""
    return str(item.get("UID", "")), _start(name, item, "RECURRENCE-ID")


def _starts(name: str, item: Any, first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the starts of an event: its own, or those of its repeats about the span."""
    start = _start(name, item, "DTSTART")
    if not REPEATED & set(item) or "RECURRENCE-ID" in item:
        return [start]
    zone = start.tzinfo if isinstance(start, dt.datetime) else None
    try:
        series = _series(item, start, last)
        naive = []
        for moment in series.xafter(_midnight(first - _MARGIN), inc=True):
            if moment > _midnight(last + _MARGIN):
                break
            naive.append(moment)
            if len(naive) > REPEATS:
                raise DataError(f"file {name}: wanted at most {REPEATS} repeats of an event, found more")
    except (ValueError, TypeError, AttributeError, OverflowError, KeyError, IndexError) as error:
        raise DataError(f"file {name}: wanted a rule of RFC 5545, found {_shown(item)!r}") from error
    if not isinstance(start, dt.datetime):
        return [moment.date() for moment in naive]
    return [moment.replace(tzinfo=zone) for moment in naive]


def _midnight(day: dt.date) -> dt.datetime:
    """Return the first instant of a day, naive."""
    return dt.datetime.combine(day, dt.time.min)


def _series(item: Any, start: dt.date, last: dt.date) -> rruleset:
    """Return an event's repeats in the naive time of its own zone, up to the span's end."""
    if (start.date() if isinstance(start, dt.datetime) else start) < _EARLIEST:
        raise ValueError(start)
    series = rruleset()
    end = _midnight(last + _MARGIN)
    own = _naive(start, start)
    rules = item.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        _check(rule)
        until = min([end, *(_naive(moment, start, dt.time.max) for moment in rule.get("UNTIL", []))])
        recur: Any = icalendar.vRecur({key: value for key, value in rule.items() if key != "UNTIL"})
        read = rrulestr(recur.to_ical().decode(), dtstart=own)
        counted = rule.get("COUNT")
        series.rrule(read if counted else read.replace(until=until))
    series.rdate(own)
    for moment in _dates(item, "RDATE"):
        series.rdate(_naive(moment, start))
    for moment in _dates(item, "EXDATE"):
        series.exdate(_naive(moment, start))
    return series


def _check(rule: Any) -> None:
    """Refuse a rule that repeats within a day, or that may never come true while each day is tried."""
    often = {str(word).upper() for word in rule.get("FREQ", [])}
    parts = {str(key).upper() for key in rule} - _ANYWHERE
    if not often <= _PARTS.keys() or parts - _PARTS.get("".join(often), frozenset()):
        raise ValueError(rule)
    if often == {"DAILY"} and parts and rule.get("INTERVAL", [1]) != [1]:
        raise ValueError(rule)


def _dates(item: Any, key: str) -> list[dt.date]:
    """Return the dates of a list such as EXDATE, which may stand several times."""
    lists = item.get(key, [])
    return [entry.dt for some in (lists if isinstance(lists, list) else [lists]) for entry in some.dts]


def _naive(moment: dt.date, start: dt.date, time: dt.time = dt.time.min) -> dt.datetime:
    """Return a moment as the clock at the event's own place shows it; a whole day at *time*."""
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, time)
    zone = start.tzinfo if isinstance(start, dt.datetime) else None
    return (moment.astimezone(zone) if moment.tzinfo and zone else moment).replace(tzinfo=None)


def _start(name: str, item: Any, key: str) -> dt.date:
    """Return a date or an aware datetime."""
    value = getattr(item.get(key), "dt", None)
    if not isinstance(value, dt.date):
        raise DataError(f"file {name}: wanted a date or time as {key} of every event, found none that reads")
    if not isinstance(value, dt.datetime) or value.tzinfo is not None:
        return value
    zone = getattr(item.get(key), "params", {}).get("TZID")
    if zone:
        raise DataError(f"file {name}: wanted a known time zone, found {str(zone)[:40]!r}")
    return value.replace(tzinfo=calendar.NEW_YORK)


def _local(start: dt.date) -> tuple[dt.date, dt.time | None]:
    """Return date and time in New York; a whole day has no time."""
    if not isinstance(start, dt.datetime):
        return start, None
    local = calendar.to_new_york(start)
    return local.date(), local.time()


def _shown(item: Any) -> str:
    """Return an event's rule for a message."""
    rules = item.get("RRULE", [])
    return str([dict(rule) for rule in (rules if isinstance(rules, list) else [rules])])[:80]
