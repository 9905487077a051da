"""Dates that follow from a published rule alone: index reconstitutions, rebalances and quarter ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from generator import calendar
from generator.models.market import Event, Part, Terms
from generator.providers.base import Answer, Ask, Fetched

#: how far ahead dates are told
HORIZON = dt.timedelta(days=60)
_QUARTERS = (3, 6, 9, 12)
_JUNE = 6


class Rules:
    """
    Events that a rule gives; no network. Expirations and closed days come with the calendar itself.

    Not here, for no rule gives them: meetings of the central bank, releases of figures,
    earnings, and the second Russell reconstitution of a year, whose day its owner sets.
    """

    name = "rules"
    printed = "published rules"
    parts: tuple[Part, ...] = ("events",)
    terms = Terms(
        summary="computed from published rules; nobody's data",
        allows=frozenset({"store", "computed", "prices", "mail", "sell"}),
    )

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del argument, options

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return no file: there is nothing to ask for."""
        del part, ask
        return Fetched(files=(), item="rules")

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the events after the session, up to `HORIZON` ahead, in order."""
        del part, files
        last = ask.session + HORIZON
        years = range(ask.session.year, last.year + 1)
        found = [event for year in years for event in _of_year(year) if ask.session < event.date <= last]
        return Answer(events=tuple(sorted(found, key=lambda event: (event.date, event.title))))


def _of_year(year: int) -> Iterator[Event]:
    """Yield the events of one year."""
    for month in _QUARTERS:
        yield Event(
            date=calendar.monthly_expiration(year, month),
            title="Quarterly rebalance of the S&P indices, after the close",
            source="rule: third Friday of the quarter's last month (S&P Dow Jones Indices)",
        )
        yield Event(
            date=_last_session(year, month),
            title="Last session of the quarter",
            source="rule: last session of the month (NYSE calendar)",
        )
    yield Event(
        date=fourth_friday_of_june(year),
        title="Russell index reconstitution, after the close",
        source="rule: fourth Friday of June (FTSE Russell)",
    )


def fourth_friday_of_june(year: int) -> dt.date:
    """
    Return when the Russell US indexes are reconstituted in summer.

    Source: FTSE Russell, "Russell US Indexes move to semi-annual reconstitution" (2025). The
    rule before, the last Friday unless that is the 29th or 30th, gives the same days.
    """
    twenty_second = dt.date(year, _JUNE, 22)
    return twenty_second + dt.timedelta(days=(calendar.FRIDAY - twenty_second.weekday()) % 7)


def _last_session(year: int, month: int) -> dt.date:
    """Return the last session of a month."""
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return calendar.previous_session(following)
