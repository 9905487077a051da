"""News of any RSS or Atom feed, read with feedparser after what is dangerous has been refused."""

from __future__ import annotations

import calendar as months
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from xml.parsers import expat

import feedparser

from generator.errors import BadPayloadError, UsageError
from generator.models.market import Gap, Part, Terms
from generator.providers.asking import client_of, kept
from generator.providers.base import Answer, Ask, Fetched
from generator.providers.news import about, newest_first, stories
from generator.providers.words import without_tags

#: a feed of a hundred items with their texts has a quarter of it
LIMIT = 2 * 1024 * 1024
ITEMS = 500
DEPTH = 64
ATTRIBUTES = 64
#: what is no XML is read by a slower, more forgiving parser
LOOSE_LIMIT = 128 * 1024
_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9_\-]{1,40})[\"']")
_SINGLE_BYTE = frozenset({"iso-8859-1", "iso-8859-15", "windows-1252", "latin-1", "us-ascii"})
_TAGS = re.compile(r"<(/?)[A-Za-z_][^<>]*?(/?)>")
_END = re.compile(r"</(?:rss|(?:\w{1,20}:)?feed|rdf:RDF)\s*>\s*(?:<!--[^<>]*-->\s*)*\Z", re.IGNORECASE)


class Rss:
    """
    News of one feed: `rss:https://...`, in which `{symbol}` stands for the symbol.

    With `{symbol}` in the address every item is taken to be about the symbol. Without, those
    are that the feed files under it as a category, or that name it as `$IWM` or `:IWM` in the
    title; with the option `all_items = true`, all of them.
    Other options: `spacing`, `retries`, `timeout`, `ca_file` of the connection.
    """

    name = "rss"
    parts: tuple[Part, ...] = ("news",)
    terms = Terms(summary="headline and link only; the publisher's own terms apply")

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        self._address = argument
        self._all = bool(options.get("all_items", "{symbol}" in argument))
        self._client = client_of(options, LIMIT)
        self.printed = f"feed of {_host(argument)}"

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the feed's bytes; the file is named after the symbol if all of it is about it."""
        del part
        address = self._address.replace("{symbol}", quote(ask.symbol))
        answer = self._client.get(address)
        name = f"{ask.symbol.removeprefix('^')}.xml" if self._all else "feed.xml"
        shown = urlunsplit(urlsplit(self._address)._replace(query="", fragment=""))
        return Fetched(files=(kept(name, answer, {}),), item=shown, retrieved_at=answer.date)

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return the dated items about the symbol up to *ask.when*, or a gap with the reason."""
        del part
        found, gaps = [], []
        for name, content in files.items():
            feed = _parsed(self.printed, content)
            read = stories(_fields(feed, ask.symbol))
            own = [item for item in about(read, name, ask.symbol) if item.published_at <= ask.when]
            found += own
            if not own:
                count = len(feed.entries)
                reason = (
                    f"{count} items, none dated and about {ask.symbol} up to then" if count else "no items"
                )
                gaps.append(Gap(what="news", reason=f"{self.printed}: {reason}"))
        return Answer(news=newest_first(found, ask.when), gaps=tuple(gaps))


def _host(address: str) -> str:
    """Return the host of an address; UsageError if it has none."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    if not host:
        raise UsageError("wanted rss: and the address of a feed, such as rss:https://example.org/feed.xml")
    return host


def _parsed(where: str, content: bytes) -> Any:
    """
    Return a feed as feedparser reads it.

    Raises:
        BadPayloadError: If it is no feed, cut off, too large or deep, or declares a document type.
    """
    text = _text(where, content)
    if not text.strip():
        raise BadPayloadError(f"{where}: wanted an RSS or Atom feed, found nothing")
    markup = _without_cdata(text)
    if _DECLARATION.search(markup):
        raise BadPayloadError(f"{where}: wanted a plain feed, found a document type declaration")
    if _depth(markup) > DEPTH:
        raise BadPayloadError(f"{where}: wanted a feed, found elements nested more than {DEPTH} deep")
    if not _well_formed(where, text) and len(text) > LOOSE_LIMIT:
        raise BadPayloadError(f"{where}: wanted well-formed XML in a feed of this size, found none")
    # bytes in a file object: feedparser would open a text as an address or a file name
    feed = feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=True,
        resolve_relative_uris=False,
    )
    if not feed.version:
        raise BadPayloadError(f"{where}: wanted an RSS or Atom feed, found another document")
    if feed.bozo and not _END.search(text):  # ill-formed ones are many, but this one may lack its end
        raise BadPayloadError(f"{where}: wanted a whole feed, found it broken or cut off")
    return feed


def _text(where: str, content: bytes) -> str:
    """Return a feed's text: UTF-8, else a single-byte encoding that it declares."""
    if len(content) > LIMIT:
        raise BadPayloadError(f"{where}: wanted at most {LIMIT // 1024} KiB, found more")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        declared = _ENCODING.match(content)
        encoding = declared[1].decode().lower() if declared else ""
        if encoding not in _SINGLE_BYTE:
            raise BadPayloadError(f"{where}: wanted a feed in UTF-8, found other bytes") from error
        text = content.decode(encoding, "replace")
    if "\0" in text:
        raise BadPayloadError(f"{where}: wanted a feed in UTF-8, found binary data")
    return text


def _well_formed(where: str, text: str) -> bool:
    """Tell whether a document is XML; BadPayloadError for an element with more attributes than any has."""

    def start(_: str, attributes: list[str]) -> None:
        if len(attributes) > 2 * ATTRIBUTES:
            raise BadPayloadError(
                f"{where}: wanted a feed, found an element with over {ATTRIBUTES} attributes"
            )

    parser = expat.ParserCreate(encoding="utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        return False
    return True


def _without_cdata(text: str) -> str:
    """Return a document without its quoted sections; one pass, whatever it is made of."""
    parts = []
    place = 0
    while (start := text.find("<![CDATA[", place)) >= 0:
        parts.append(text[place:start])
        end = text.find("]]>", start)
        place = len(text) if end < 0 else end + 3
    return "".join((*parts, text[place:]))


def _depth(markup: str) -> int:
    """Return how deep elements nest."""
    depth = deepest = 0
    for closing, empty in _TAGS.findall(markup):
        depth += -1 if closing else not empty
        deepest = max(deepest, depth)
    return deepest


def _fields(feed: Any, symbol: str) -> Iterator[dict[str, Any]]:
    """Yield the fields of each item, by the names that `stories` knows."""
    channel = without_tags(_string(feed.feed.get("title")))
    for entry in feed.entries[:ITEMS]:
        source = entry.get("source")
        publisher = without_tags(_string(source.get("title"))) if source else ""
        publisher = publisher or channel
        title = without_tags(_string(entry.get("title")))
        yield {
            "id": entry.get("id"),
            "title": title.removesuffix(f" - {publisher}"),
            "publisher": publisher,
            "time": _seconds(entry),
            "url": entry.get("link"),
            "summary": _string(entry.get("summary")),
            "symbols": _symbols(entry, title, symbol),
        }


def _symbols(entry: Any, title: str, symbol: str) -> frozenset[str] | None:
    """Return the symbol if the item is filed under it or names it; else leave it to the file's name."""
    bare = symbol.removeprefix("^")
    terms = {_string(tag.get("term")).strip() for tag in entry.get("tags", ())}
    named = re.search(rf"[$:]\s?{re.escape(bare)}(?![A-Za-z0-9])", title) is not None
    return frozenset({symbol}) if named or {bare, f"^{bare}", f"${bare}"} & terms else None


def _seconds(entry: Any) -> int | None:
    """Return when an item was published, in seconds since 1970; None for an undated one."""
    for key in ("published_parsed", "updated_parsed"):
        moment = dict.get(entry, key)  # feedparser's own look-up would take one for the other
        if moment is not None:
            return months.timegm(moment)
    return None


def _string(value: Any) -> str:
    """Return a string as it stands and anything else as blank."""
    return value if isinstance(value, str) else ""
