"""News files of every known shape, as items that know which symbols they are about."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.errors import DataError
from generator.models.market import NewsItem
from generator.providers.feed import parse_feed
from generator.providers.files import bare
from generator.providers.words import clean, instant, normalised, shortened, web_address, without_tags

#: A day's news of one symbol is 50 KiB; a file past this limit is something else.
LIMIT = 8 * 1024 * 1024
#: Most characters; longer texts are cut.
TITLE = 300
SUMMARY = 1000
PUBLISHER = 100


class Story(NamedTuple):
    """An item and the symbols its source files it under; None leaves it to the file's name."""

    item: NewsItem
    symbols: frozenset[str] | None


def parse_news(name: str, content: bytes) -> list[Story]:
    """
    Return the dated, titled items of a news file; items without date or title are left out.

    Known shapes: Yahoo search (flat, with related tickers), Yahoo nested, Yahoo headlines of one
    ticker, Finnhub renamed, and RSS 2.0.

    Raises:
        DataError: If the file is none of them.
    """
    plain = name.removesuffix(".gz")
    if plain.endswith((".xml", ".rss")):
        return stories(_from_rss(name, content))
    try:
        document = json.loads(content)
    except RecursionError as error:
        raise DataError(f"file {name}: wanted JSON of a sane depth, found deeper") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DataError(f"file {name}: wanted JSON, found it damaged or cut short at {place}") from error
    except ValueError as error:
        raise DataError(f"file {name}: wanted JSON in UTF-8, found other bytes") from error
    return stories(_reader_of(name, document)(document))


def about(stories: Iterable[Story], name: str, symbol: str) -> Iterator[NewsItem]:
    """Yield the items about *symbol*, by what the source says, else by the file's name."""
    own = {symbol, f"^{symbol.removeprefix('^')}", symbol.removeprefix("^")}
    stem = bare(name).removesuffix(".gz").rpartition(".")[0]
    named = bool(own & set(stem.split("_")))
    for story in stories:
        if named if story.symbols is None else own & story.symbols:
            yield story.item


def newest_first(items: Iterable[NewsItem], as_of: dt.datetime) -> tuple[NewsItem, ...]:
    """Return the items published at or before *as_of*, each title once, newest first."""
    first: dict[str, NewsItem] = {}
    for item in sorted(items, key=lambda item: (item.published_at, item.id)):
        if item.published_at <= as_of:
            first.setdefault(normalised(item.title), item)
    return tuple(sorted(first.values(), key=lambda item: (item.published_at, item.id), reverse=True))


_Fields = Mapping[str, Any]


def _reader_of(name: str, document: Any) -> Callable[[Any], Iterator[_Fields]]:
    """Return the reader for a document's shape."""
    if isinstance(document, list):
        return _from_list
    if isinstance(document, dict):
        for key, reader in (("headlines", _from_headlines), ("items", _from_finnhub), ("news", _from_search)):
            if isinstance(document.get(key), list):
                return reader
    raise DataError(f"file {name}: wanted news in a known shape, found another JSON document")


def _from_headlines(document: _Fields) -> Iterator[_Fields]:
    """Read `{ticker, headlines: [{title, publisher, publishedAt}]}`."""
    for row in _records(document["headlines"]):
        yield {
            "title": row.get("title"),
            "publisher": row.get("publisher"),
            "time": row.get("publishedAt"),
            "url": row.get("url") or row.get("link"),
            "summary": row.get("summary"),
            "symbols": _symbols(document.get("ticker")),
        }


def _from_finnhub(document: _Fields) -> Iterator[_Fields]:
    """Read `{id: SYMBOL, items: [{datetime, headline, source, url, summary}]}`."""
    for row in _records(document["items"]):
        yield {
            "title": row.get("headline"),
            "publisher": row.get("source"),
            "time": row.get("datetime"),
            "url": row.get("url"),
            "summary": row.get("summary"),
            "symbols": _symbols(document.get("id")),
        }


def _from_search(document: _Fields) -> Iterator[_Fields]:
    """Read the flat items of a Yahoo search: `{news: [{uuid, title, publisher, ..., relatedTickers}]}`."""
    yield from _from_list(document["news"])


def _from_list(rows: Any) -> Iterator[_Fields]:
    """Read a list of flat Yahoo items, or of nested ones `{id, content: {...}}`."""
    for row in _records(rows):
        content = row.get("content")
        if isinstance(content, dict):
            yield {
                "id": row.get("id"),
                "title": content.get("title"),
                "publisher": _inner(content, "provider", "displayName"),
                "time": content.get("pubDate"),
                "url": _inner(content, "canonicalUrl", "url") or _inner(content, "clickThroughUrl", "url"),
                "summary": content.get("summary"),
            }
        else:
            yield {
                "id": row.get("uuid"),
                "title": row.get("title"),
                "publisher": row.get("publisher"),
                "time": row.get("providerPublishTime"),
                "url": row.get("link"),
                "symbols": _symbols(row.get("relatedTickers")),
            }


def _from_rss(name: str, content: bytes) -> Iterator[_Fields]:
    """Read the items of an RSS feed; the publisher is the item's source, else the channel."""
    feed = parse_feed(name, content)
    for row, symbols in zip(feed.items, feed.symbols, strict=True):
        publisher = row.get("source") or feed.title
        yield {
            "id": row.get("guid"),
            "title": row.get("title", "").removesuffix(f" - {publisher}"),
            "publisher": publisher,
            "time": row.get("pubDate"),
            "url": row.get("link"),
            "summary": row.get("description"),
            "symbols": frozenset(symbols) or None,
        }


def stories(rows: Iterable[_Fields]) -> list[Story]:
    """
    Turn fields into stories, leaving out rows without a title, a publisher or a date.

    The fields are id, title, publisher, time, url, summary and symbols, as their source has them.
    """
    found = []
    for row in rows:
        title, publisher = (clean(_text(row.get(key))) for key in ("title", "publisher"))
        published_at = instant(row.get("time"))
        if not (title and publisher and published_at):
            continue
        item = NewsItem(
            id=clean(_text(row.get("id"))) or _made_id(title, published_at),
            published_at=published_at,
            publisher=shortened(publisher, PUBLISHER),
            title=shortened(title, TITLE),
            summary=shortened(without_tags(_text(row.get("summary"))), SUMMARY) or None,
            url=web_address(row.get("url")),
        )
        found.append(Story(item, row.get("symbols")))
    return found


def _made_id(title: str, published_at: dt.datetime) -> str:
    """Return an id for an item whose source gives none."""
    return hashlib.sha256(f"{published_at.isoformat()} {title}".encode()).hexdigest()[:16]


def _records(rows: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list."""
    yield from (row for row in rows if isinstance(row, dict))


def _symbols(value: Any) -> frozenset[str] | None:
    """Return the symbols of a string or a list of them, None when there are none."""
    values = value if isinstance(value, list) else [value]
    return frozenset(text for text in values if isinstance(text, str) and text) or None


def _inner(content: dict[str, Any], key: str, inner: str) -> Any:
    """Return `content[key][inner]` where there is one."""
    value = content.get(key)
    return value.get(inner) if isinstance(value, dict) else None


def _text(value: Any) -> str:
    """Return a string as it stands and anything else as blank."""
    return value if isinstance(value, str) else ""
