"""What a folder knows beside prices: news, rates, dividends and dated events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from generator.errors import DataError
from generator.models.market import Dividend, Event, Gap, NewsItem, RatePoint, RawFile, Source
from generator.providers.dated import parse_dividends, parse_events, parse_ics, parse_rates
from generator.providers.files import Files, bare, raw_file, unpacked
from generator.providers.news import LIMIT, about, newest_first, parse_news

NEWS_ENDINGS = (".json", ".xml", ".rss", ".json.gz", ".xml.gz", ".rss.gz")
REMEMBERED = dt.timedelta(days=1100)  #: how far back reports are told of
_TABLE_ENDINGS = (".csv", ".csv.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of context: what was found, in which files, and what is missing."""

    raw: tuple[RawFile, ...] = ()
    gaps: tuple[Gap, ...] = ()
    news: tuple[NewsItem, ...] = ()
    rates: tuple[RatePoint, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    paid: tuple[Dividend, ...] = ()
    events: tuple[Event, ...] = ()
    past_earnings: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Part):
    """All of it, with its sources."""

    sources: tuple[Source, ...] = ()


def read_context(files: Files, symbol: str, session: dt.date, as_of: dt.datetime) -> Context:
    """
    Return what the folder knows about *symbol* as of an instant; anything missing becomes a gap.

    Raises:
        DataError: If a table of rates, dividends or events is bad. A bad news file is a gap.
    """
    kinds = ("news", "rates", "dividends", "events")
    parts = {kind: context_part(kind, files, symbol, session, as_of) for kind in kinds}
    return Context(
        raw=tuple(file for part in parts.values() for file in part.raw),
        gaps=tuple(gap for part in parts.values() for gap in part.gaps),
        news=parts["news"].news,
        rates=parts["rates"].rates,
        dividends=parts["dividends"].dividends,
        paid=parts["dividends"].paid,
        events=parts["events"].events,
        past_earnings=parts["events"].past_earnings,
        sources=tuple(
            Source(part=name, name="csv folder", item=bare(file.name), retrieved_at=None)
            for name, part in parts.items()
            for file in part.raw
        ),
    )


def context_part(kind: str, files: Files, symbol: str, session: dt.date, as_of: dt.datetime) -> Part:
    """
    Return one kind of context: news, rates, dividends or events.

    Raises:
        DataError: As `read_context`, or if a folder knows no such part.
    """
    if kind == "news":
        return _news(files, symbol, as_of)
    if kind == "events":
        return _events(files, symbol, as_of)
    if kind == "dividends":
        return _dividends(files, symbol, session)
    if kind == "rates":
        return _rates(files, session)
    raise DataError(f"wanted news, rates, dividends or events, found {kind}")


def _news(files: Files, symbol: str, as_of: dt.datetime) -> Part:
    """Read every news file and keep those with items about the symbol."""
    raw: list[RawFile] = []
    items: list[NewsItem] = []
    gaps: list[Gap] = []
    for name, data in _all(files, "news", NEWS_ENDINGS):
        try:
            stories = parse_news(name, unpacked(name, data, LIMIT))
        except DataError as error:  # other people's text may not stop a brief; it is said instead
            gaps.append(Gap(what="news", reason=f"left out: {error}"))
            continue
        own = [item for item in about(stories, name, symbol) if item.published_at <= as_of]
        if own:
            raw.append(raw_file(name, data))
            items += own
    if not items:
        gaps.append(_missing(files, "news", f"no item about {symbol} up to then in news/"))
    return Part(raw=tuple(raw), gaps=tuple(gaps), news=newest_first(items, as_of))


def _rates(files: Files, session: dt.date) -> Part:
    """Read the latest curve that was known in the session."""
    found = [
        (day, point, name, data)
        for name, data in _all(files, "rates", _TABLE_ENDINGS)
        for day, point in parse_rates(name, unpacked(name, data))
        if day <= session
    ]
    if not found:
        return Part(gaps=(_missing(files, "rates", f"no curve up to {session} in rates/"),))
    latest = max(day for day, *_ in found)
    curve = {point.days: point for day, point, *_ in found if day == latest}
    raw = {name: data for day, _, name, data in found if day == latest}
    return Part(rates=tuple(curve[days] for days in sorted(curve)), raw=_kept(raw))


def _dividends(files: Files, symbol: str, session: dt.date) -> Part:
    """Read the dividends ahead and those paid, from files named after the symbol or with a symbol column."""
    raw: dict[str, bytes] = {}
    found: list[Dividend] = []
    for name, data in _all(files, "dividends", _TABLE_ENDINGS):
        content = unpacked(name, data)
        named = _named(name, symbol)
        if not named and b"symbol" not in content.partition(b"\n")[0].lower():
            continue
        if own := parse_dividends(name, content, symbol):
            raw[name] = data
            found += own
    found.sort(key=lambda item: item.ex_date)
    ahead = tuple(item for item in found if item.ex_date > session)
    paid = tuple(item for item in found if item.ex_date <= session)
    reason = f"none of {symbol} after {session} in dividends/"
    gaps = () if ahead else (_missing(files, "dividends", reason),)
    return Part(dividends=ahead, paid=paid, gaps=gaps, raw=_kept(raw))


def _events(files: Files, symbol: str, as_of: dt.datetime) -> Part:
    """Read the events ahead and the reports gone by; a file named after another symbol is not ours."""
    raw: dict[str, bytes] = {}
    found: list[Event] = []
    before: list[Event] = []
    others = {bare(name).partition("_")[0] for name in files.names("chains")} - {symbol}
    for name, data in _all(files, "events", (*_TABLE_ENDINGS, ".ics", ".ics.gz")):
        if bare(name).partition("_")[0] in others:
            continue
        content = unpacked(name, data)
        calendar_file = name.removesuffix(".gz").endswith(".ics")
        items = parse_ics(name, content) if calendar_file else parse_events(name, content, symbol)
        ahead = [item for item in items if _is_ahead(item, as_of)]
        gone = past_earnings(items, as_of)
        if ahead or gone:
            raw[name] = data
            found += ahead
            before += gone
    found.sort(key=lambda item: (item.date, item.time or dt.time.min, item.title))
    gaps = () if found else (_missing(files, "events", f"none after {as_of:%Y-%m-%d} in events/"),)
    return Part(events=tuple(found), past_earnings=past_earnings(before, as_of), raw=_kept(raw), gaps=gaps)


def past_earnings(items: Iterable[Event], as_of: dt.datetime) -> tuple[Event, ...]:
    """Return the reports of the three years up to an instant, a day's only once, oldest first."""
    oldest = as_of.date() - REMEMBERED
    gone = {
        item.date: item
        for item in items
        if item.is_earnings and item.confirmed and oldest <= item.date and not _is_to_come(item, as_of)
    }
    return tuple(gone[day] for day in sorted(gone))


def _is_to_come(event: Event, as_of: dt.datetime) -> bool:
    """Tell whether an event may still be to come: one of today without a time may."""
    if event.date == as_of.date():
        return event.time is None or event.time > as_of.time()
    return event.date > as_of.date()


def _is_ahead(event: Event, as_of: dt.datetime) -> bool:
    """Tell whether an event is still to come; one of today without a time is not counted on."""
    if event.date == as_of.date():
        return event.time is not None and event.time > as_of.time()
    return event.date > as_of.date()


def _named(name: str, symbol: str) -> bool:
    """Tell whether a file is named after the symbol: `IWM.csv`, `IWM_dividends.csv`."""
    stem = bare(name).removesuffix(".gz").removesuffix(".csv")
    return stem.partition("_")[0] == symbol


def _all(files: Files, folder: str, endings: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Return name and bytes of each file of a folder."""
    return [(name, files.read(name)) for name in files.names(folder) if name.endswith(endings)]


def _kept(raw: dict[str, bytes]) -> tuple[RawFile, ...]:
    """Return files for the archive."""
    return tuple(raw_file(name, data) for name, data in sorted(raw.items()))


def _missing(files: Files, folder: str, reason: str) -> Gap:
    """Return the gap of a folder that is not there or has nothing fitting."""
    return Gap(what=folder, reason=reason if files.names(folder) else f"no {folder}/ folder in the data")
