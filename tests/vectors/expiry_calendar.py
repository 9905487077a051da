"""Expirations, sessions, clocks and the time to expiration: `generator.calendar`, `analytics.series`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator import calendar
from generator.analytics.forwards import Rate
from generator.analytics.series import book_of
from generator.analytics.surface import surface_of
from generator.models.market import RatePoint
from tests.builders import SPOT, chain_of, chain_row
from tests.vectors.rows import Check, Row, near, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "kind year month third_friday nominal_friday date now_et expiry_et utc",
    "third_friday_is_holiday is_holiday expiration last_trading_day_pm am_settled_index_last_trading_day "
    "am_settlement_determined_on open open_utc close_et close_utc minutes T_years_365 valid et et_date",
    note="what the row is",
)


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, _name)


def _name(row: Record) -> str:
    which = ("third_friday", "nominal_friday", "date", "now_et", "utc")
    return f"{row['kind']} " + " ".join(str(row[name]) for name in which if name in row)


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    return KINDS[row["kind"]](row, stated)


def _monthly(row: Record, _: Stated) -> Iterator[Check]:
    found = calendar.monthly_expiration(row["year"], row["month"])
    settled = calendar.expiry_instant(found, "am").date()
    yield _day("expiration", found, row)
    yield same("expiration", calendar.is_monthly(found), wanted=True)
    yield _day("last_trading_day_pm", calendar.last_trading_day(found, "pm"), row)
    yield _day("am_settled_index_last_trading_day", calendar.last_trading_day(found, "am"), row)
    yield _day("am_settlement_determined_on", settled, row)
    yield from _holiday("third_friday_is_holiday", "third_friday", row)


def _weekly(row: Record, _: Stated) -> Iterator[Check]:
    found = calendar.weekly_expiration(_date(row["nominal_friday"]))
    yield _day("expiration", found, row)
    yield same("expiration", calendar.friday_week(found), wanted=True)
    yield same("close_et", f"{calendar.session_close(found):%H:%M}", row["close_et"])
    yield from _holiday("is_holiday", "nominal_friday", row)


def _holiday(field: str, day: str, row: Record) -> Iterator[Check]:
    """Hold the name to beginning as the table's does: "Independence", "Independence Day"."""
    found, wanted = calendar.closed_reason(_date(row[day])), row[field]
    agreed = found is None if wanted is None else (found or "").startswith(wanted)
    yield same(field, wanted if agreed else found, wanted)


def _session(row: Record, _: Stated) -> Iterator[Check]:
    day = _date(row["date"])
    trading = calendar.is_session(day)
    yield same("open", trading, row["open"])
    yield same("open", calendar.closed_reason(day) is None, row["open"])
    times = [calendar.session_open(day), calendar.session_close(day)] if trading else [None, None]
    yield same("open_utc", _clock(times[0], dt.UTC), row["open_utc"])
    yield same("close_utc", _clock(times[1], dt.UTC), row["close_utc"])
    yield same("close_et", _clock(times[1], calendar.NEW_YORK), row["close_et"])


def _clock(moment: dt.datetime | None, zone: dt.tzinfo) -> str | None:
    return None if moment is None else f"{moment.astimezone(zone):%H:%M}"


def _time(row: Record, stated: Stated) -> Iterator[Check]:
    now, end = (dt.datetime.fromisoformat(row[name]) for name in ("now_et", "expiry_et"))
    as_of = now.replace(tzinfo=calendar.NEW_YORK)
    settlement = "am" if end.time() == calendar.OPEN else "pm"
    instant = calendar.expiry_instant(end.date(), settlement)
    yield same("expiry_et", instant.replace(tzinfo=None), end)
    yield same("minutes", calendar.minutes_to(as_of, end), row["minutes"])
    years = _years(as_of, end.date(), settlement)
    yield near("T_years_365", years, row["T_years_365"], absolute=stated("T_years #"))
    yield same("valid", years is not None, row["valid"])


def _years(as_of: dt.datetime, day: dt.date, settlement: str) -> float | None:
    """The time volatilities are solved with: what a chain's surface says, None where it has no smile."""
    series = [
        chain_row(SPOT, right, day, settlement=settlement, bid=1.0, ask=1.1, quote_time=as_of)
        for right in ("call", "put")
    ]
    book = book_of(chain_of(*series), calendar.session_on_or_before(as_of.date()), as_of)
    surface = surface_of(book, SPOT, Rate((RatePoint(days=30, rate=0.0),), "", known=True), european=False)
    return surface.years(day, settlement)


def _clock_row(row: Record, _: Stated) -> Iterator[Check]:
    local = calendar.to_new_york(dt.datetime.fromisoformat(row["utc"]))
    yield same("et", f"{local:%Y-%m-%dT%H:%M:%S%z}", row["et"])
    yield same("et_date", local.date(), _date(row["et_date"]))


def _day(field: str, found: dt.date, row: Record) -> Check:
    return same(field, found.isoformat(), row[field])


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


KINDS = {
    "monthly": _monthly,
    "weekly_friday": _weekly,
    "session": _session,
    "time_to_expiry": _time,
    "utc_to_et": _clock_row,
}
