"""Read a page: visible text by heading, drawings, alternative texts, data elements, hidden text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from generator.audit.readers import Datum, Part, Reading
from generator.audit.readers.elements import strangers

_VOID = "area base br col embed hr img input link meta source track wbr"
_BREAKING = (
    "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
VOID = frozenset(_VOID.split())
BREAKING = frozenset(_BREAKING.split())
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SILENT = frozenset({"style", "script", "title", "desc", "metadata", "defs"})
_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?(?![.\d])"
    r"|font-size\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3,}|content-visibility\s*:\s*hidden|clip-path\s*:|clip\s*:)"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PAPER = re.compile(r"@page[^{]*\{(?:[^{}]|\{[^{}]*\})*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[.#]?[a-zA-Z][\w-]*")
_WRITTEN = re.compile(r"content\s*:\s*(['\"])(.*?\w.*?)\1")

Attributes = dict[str, str]


class _Element:
    __slots__ = ("attributes", "hidden", "tag")

    def __init__(self, tag: str, attributes: Attributes, *, hidden: bool) -> None:
        self.tag = tag
        self.attributes = attributes
        self.hidden = hidden


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading([Part()])
        self.stack: list[_Element] = []
        self.open_data: list[tuple[str, str | None, list[str]]] = []
        self.drawing: list[list[str]] | None = None
        self.style = ""
        self.names: set[str] = set()  # tags, .classes and #ids of the article
        self.once: set[str] = set()
        self.rooted = False

    # --- what the parser reports

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.reading.problems += strangers(tag, attrs, [element.tag for element in self.stack], self.once)
        hidden = _is_hidden(tag, attributes) or any(element.hidden for element in self.stack[-1:])
        if tag not in VOID:
            self.stack.append(_Element(tag, attributes, hidden=hidden))
        if self._in_article():
            self._started(tag, attributes)
        else:
            self._entitled(tag, attributes)
        if tag in BREAKING:
            self._say(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.drawing is None:
            self.reading.problems.append(f"<{tag}/> closes itself, which only a browser's guess can read")
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        depth = next((i for i, e in enumerate(reversed(self.stack), 1) if e.tag == tag), None)
        if depth is None:
            if tag not in VOID:
                self.reading.problems.append(f"</{tag}> closes nothing")
            return
        if depth > 1:
            self.reading.problems.append(f"<{self.stack[-1].tag}> is not closed before </{tag}>")
        if self._in_article():
            self._ended(tag)
        del self.stack[-depth:]
        if tag in BREAKING:
            self._say(" ")

    def handle_comment(self, data: str) -> None:
        self.reading.problems.append(f"a comment holds text nobody sees: {data.strip()[:40]!r}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html" or "doctype" in self.once or self.stack:
            self.reading.problems.append(f"<!{decl[:40]}> is declared in the page")
        self.once.add("doctype")

    def unknown_decl(self, data: str) -> None:
        self.reading.problems.append(f"<![{data[:40]}]> is declared in the page")

    def handle_pi(self, data: str) -> None:
        self.reading.problems.append(f"<?{data[:40]}> is an instruction to a program")

    def handle_data(self, data: str) -> None:
        tags = {element.tag for element in self.stack}
        if "style" in tags:
            self.style += data
        elif "script" in tags:
            self.reading.problems.append("a script stands in the page")
        elif "title" in tags and "svg" not in tags:
            self.reading.titles["title"] = self.reading.titles.get("title", "") + data
        elif not tags & SILENT:
            self._visible(data)

    # --- what it means

    def _entitled(self, tag: str, attributes: Attributes) -> None:
        """Keep what an element around the article says in attributes."""
        fields = {
            "html": ("language", "lang"),
            "body": ("market", "data-symbol"),
            "link": ("icon", "href"),
            "meta": (_meta(attributes), "content"),
        }
        if tag == "meta" and "charset" in attributes:
            self.reading.entitle("charset", attributes["charset"].lower())
        elif tag in fields:
            name, attribute = fields[tag]
            self.reading.entitle(name, attributes.get(attribute, ""))
        elif tag == "title" and "title" in self.reading.titles:
            self.reading.problems.append("title stands twice in the head")

    def _started(self, tag: str, attributes: Attributes) -> None:
        self.rooted = True
        self.names |= {tag, *(f".{name}" for name in attributes.get("class", "").split())}
        self.names |= {f"#{attributes['id']}"} if "id" in attributes else set()
        part = self.reading.parts[-1]
        if tag in HEADINGS:
            self.reading.headings.append((int(tag[1]), ""))
        if tag == "a":
            self.reading.links.append(attributes.get("href", ""))
        if tag == "h2":
            self.reading.parts.append(Part())
        elif tag == "svg" and self.drawing is None:
            self.drawing = []
            part.alts.append(attributes.get("aria-label", ""))
        elif tag == "text" and self.drawing is not None:
            self.drawing.append([])
        elif tag == "img":
            part.alts.append(attributes.get("alt", ""))
            self.reading.problems.append("an image that nobody can read stands in the article")
        elif tag == "data":
            self.open_data.append((attributes.get("data-fact", ""), attributes.get("value", ""), []))
        elif "data-claim" in attributes:
            self.open_data.append((f"claim:{attributes['data-claim']}", None, []))

    def _ended(self, tag: str) -> None:
        part = self.reading.parts[-1]
        if tag == "svg" and self.drawing is not None and sum(e.tag == "svg" for e in self.stack) == 1:
            part.charts.append(tuple("".join(pieces) for pieces in self.drawing))
            self.drawing = None
        elif (tag == "data" or "data-claim" in self.stack[-1].attributes) and self.open_data:
            fact, value, pieces = self.open_data.pop()
            part.data.append(Datum(fact, value, "".join(pieces)))

    def _visible(self, data: str) -> None:
        if not data.strip():
            self._say(data)
            return
        if self.stack and self.stack[-1].hidden:
            self.reading.problems.append(f"hidden text: {data.strip()[:40]!r}")
        if self.drawing is not None:
            self._draw(data)
        elif self._in_article():
            self._say(data)
        else:
            self.reading.outside.append(data)

    def _draw(self, data: str) -> None:
        if not self.drawing or not any(element.tag == "text" for element in self.stack):
            self.reading.problems.append(f"text outside any label of a drawing: {data.strip()[:40]!r}")
        elif self.drawing:
            self.drawing[-1].append(data)

    def _say(self, data: str) -> None:
        if not self._in_article() or self.drawing is not None:
            return
        part = self.reading.parts[-1]
        if any(element.tag in HEADINGS for element in self.stack):
            level, text = self.reading.headings[-1]
            self.reading.headings[-1] = (level, text + data)
        if any(element.tag == "h2" for element in self.stack):
            part.heading += data
        else:
            part.text += data
        for _, _, pieces in self.open_data:
            pieces.append(data)

    def _in_article(self) -> bool:
        return any(element.tag == "article" for element in self.stack)


def _meta(attributes: Attributes) -> str:
    """Return the name under which a meta element's content is kept."""
    return "policy" if "http-equiv" in attributes else attributes.get("name", "")


def _is_hidden(tag: str, attributes: Attributes) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or tag in {"template", "noscript"}:
        return True
    return bool(_HIDING.search(attributes.get("style", "")))


def _hiding_rules(style: str) -> list[str]:
    """Return the selectors of rules that hide what they match on a screen."""
    return [rule[1].strip() for rule in _RULE.finditer(style) if _HIDING.search(rule[2])]


def _styled_away(style: str, names: set[str]) -> list[str]:
    """Return the selectors that hide something of the article, by the last part of each."""
    found = []
    for group in _hiding_rules(style):
        for selector in group.split(","):
            last = selector.split()[-1] if selector.split() else ""
            parts = _SIMPLE.findall(last.split(":")[0])
            if parts and set(parts) <= names:
                found.append(selector.strip())
    return found


def read(data: bytes) -> Reading:
    """Return what a reader of the page *data* sees. The article is the `article` element."""
    reader = _Reader()
    reader.feed(data.decode("utf-8"))
    reader.close()
    reading = reader.reading
    if not reader.rooted:
        reading.problems.append("wanted an article element, found none")
    if "doctype" not in reader.once:
        reading.problems.append("wanted <!doctype html> first, found none")
    if reader.stack:
        reading.problems.append(f"<{reader.stack[-1].tag}> is not closed")
    style = _PAPER.sub("", _COMMENT.sub("", reader.style))
    reading.problems += [f"a style hides {name!r}" for name in _styled_away(style, reader.names)]
    written = _WRITTEN.search(style)
    if written:
        reading.problems.append(f"a style writes text of its own: {written[2]!r}")
    return reading
