"""Dated events of one file: an iCalendar file, with repeats and time zones, or a csv."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from generator.errors import BadPayloadError, DataError
from generator.models.market import Event, Gap, Part, Terms
from generator.providers.base import Answer, Ask, Fetched
from generator.providers.context import REMEMBERED, past_earnings
from generator.providers.dated import parse_events
from generator.providers.events_ics import parse_calendar
from generator.providers.files import unpacked
from generator.providers.one_file import one_file

#: how far ahead events are told, and how large a file may be
HORIZON = dt.timedelta(days=120)
LIMIT = 1024 * 1024


class EventsFile:
    """
    Events of a file: `events:FILE.ics` or `events:FILE.csv`, plain or gzipped; `{symbol}` is filled in.

    A csv has the columns date, title and, if wanted, source, time (New York) and symbol.
    """

    name = "events"
    printed = "events file"
    parts: tuple[Part, ...] = ("events",)
    terms = Terms(
        summary="the operator's own file",
        allows=frozenset({"store", "computed", "prices", "mail", "sell"}),
    )

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del options
        self._place = argument

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the file's bytes."""
        del part
        file = one_file(self._place, ask.symbol, "events")
        return Fetched(files=(file,), item=file.name)

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the events still to come, in order, or a gap when there are none, and reports gone by."""
        del part
        found: list[Event] = []
        for name, data in files.items():
            try:
                found += _events(name, unpacked(name, data, LIMIT), ask)
            except DataError as error:
                raise BadPayloadError(str(error)) from error
        ahead = sorted({item for item in found if _is_ahead(item, ask)}, key=_order)
        reason = f"none from {ask.session} in {', '.join(sorted(files))}"
        gaps = () if ahead else (Gap(what="events", reason=reason),)
        return Answer(events=tuple(ahead), past_earnings=past_earnings(found, ask.when), gaps=gaps)


def _events(name: str, content: bytes, ask: Ask) -> list[Event]:
    """Read a file by what it holds."""
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR":
        since = ask.session - REMEMBERED
        return parse_calendar(name, content, ask.session, ask.session + HORIZON, since=since)
    if name.removesuffix(".gz").endswith(".ics"):
        raise BadPayloadError(f"{name}: wanted an iCalendar file, found no BEGIN:VCALENDAR at its start")
    return parse_events(name, content, ask.symbol)


def _is_ahead(event: Event, ask: Ask) -> bool:
    """Tell whether an event is still to come; one of today without a time is not counted on."""
    today = ask.when.date()
    if event.date == today:
        return event.time is not None and event.time > ask.when.time()
    return today < event.date <= ask.session + HORIZON


def _order(event: Event) -> tuple[dt.date, dt.time, str, str]:
    """Return what events are sorted by."""
    return event.date, event.time or dt.time.min, event.title, event.source
