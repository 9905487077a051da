"""Read RSS 2.0 with nothing but its items: no document type, no entities, no depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from generator.errors import DataError

_DEPTH = 32
_FIELDS = frozenset({"title", "link", "guid", "pubDate", "description", "source", "creator"})


@dataclass(slots=True)
class Feed:
    """A feed: its own title, and each item's texts by element name."""

    title: str = ""
    items: list[dict[str, str]] = field(default_factory=list)
    symbols: list[set[str]] = field(default_factory=list)  #: symbols an item is filed under


def parse_feed(name: str, content: bytes) -> Feed:
    """
    Return the items of an RSS 2.0 document.

    Raises:
        DataError: If it is not well formed, declares a document type, or nests deeper than a feed does.
    """
    reader = _Reader(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise DataError(f"file {name}: wanted an RSS feed, found broken XML ({error})") from error
    if not reader.is_rss:
        raise DataError(f"file {name}: wanted an RSS feed, found other XML")
    return reader.feed


class _Reader:
    """Collects items while the parser walks the document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.feed = Feed()
        self.is_rss = False
        self.path: list[str] = []
        self.words: list[str] = []
        self.in_symbol = False

    def doctype(self, *_: object) -> None:
        """Refuse a document type: entities come with it."""
        raise DataError(f"file {self.name}: wanted a plain RSS feed, found a document type declaration")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        bare = tag.rpartition(" ")[2]
        self.path.append(bare)
        self.words = []
        if len(self.path) > _DEPTH:
            raise DataError(f"file {self.name}: wanted an RSS feed, found elements nested {_DEPTH} deep")
        self.is_rss = self.is_rss or self.path == ["rss", "channel"]
        self.in_symbol = bare == "category" and attributes.get("type") == "symbol"
        if bare == "item":
            self.feed.items.append({})
            self.feed.symbols.append(set())

    def text(self, words: str) -> None:
        """Collect text of the innermost element."""
        self.words.append(words)

    def end(self, _: str) -> None:
        """Leave an element and keep its text where it is a field."""
        text = "".join(self.words).strip()
        bare = self.path.pop()
        self.words = []
        if self.path == ["rss", "channel"] and bare == "title":
            self.feed.title = text
        elif self.path[-1:] == ["item"] and bare in _FIELDS and self.feed.items:
            self.feed.items[-1].setdefault(bare, text)
        elif self.path[-1:] == ["item"] and self.in_symbol and self.feed.symbols:
            self.feed.symbols[-1].add(text)
