"""
The article as clean HTML: Markdown, then an allow-list, then marks and charts.

Raw HTML is never read: `<` in the text is a character. Marks travel through Markdown as
numbers, since a fact's id holds characters that Markdown reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from string import punctuation

import nh3
from markdown import Markdown

from generator.errors import TextError
from generator.models.brief import Brief, Chart
from generator.renderers.structure import CHART, Structure
from generator.renderers.svg import inline
from generator.renderers.values import FORBIDDEN, raw
from generator.templating import CLOSE, MARK, MIDDLE, OPEN, Marked, marks

_TAGS = (
    "a blockquote br code div em figcaption figure h1 h2 h3 h4 hr img li ol p pre section span strong "
    "table tbody td th thead tr ul"
)
TAGS = frozenset(_TAGS.split())
ATTRIBUTES = {
    "*": {"class", "id", "role"},
    "a": {"href", "title"},
    "div": {"tabindex"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"scope"},
}
SCHEMES = {"http", "https", "mailto"}

_TAG = re.compile(r'<(?:"[^"]*"|[^">])*>')
_NUMBERED = re.compile(f"{OPEN}([0-9]+){MIDDLE}|({CLOSE})")
_ATTRIBUTE = re.compile(r'(src|alt)="([^"]*)"')


def body_of(brief: Brief) -> str:
    """
    Return *brief*'s article as HTML: every mark a `data` or `span`, every chart inlined.

    Raises:
        TextError: If a mark or an image stands for nothing in the brief, or a mark was lost.
    """
    text, found = _numbered(brief.article.text, brief)
    html = _clean(_markdown(brief, found).convert(text))
    return _Finish(brief, found).run(html)


def plain(brief: Brief, marked: str) -> str:
    """Return a marked Markdown line of *brief* as a reader sees it, without markup."""
    text, found = _numbered(marked, brief)
    bare = _TAG.sub("", _clean(_markdown(brief, found).convert(text)))
    return " ".join(unescape(_NUMBERED.sub("", bare)).split())


def _numbered(text: str, brief: Brief) -> tuple[str, tuple[Marked, ...]]:
    """Replace each mark's key by its number, so that Markdown finds nothing in it to read."""
    found = tuple(marks(text))
    for mark in found:
        if mark.fact not in brief.facts and mark.form != "claim":
            raise TextError(f"the text prints {mark.fact}, which is no fact of the brief")
    numbers = iter(range(len(found)))
    kept = MARK.sub(lambda mark: f"\0{next(numbers)}\1{FORBIDDEN.sub('', mark[2])}\2", text)
    safe = "".join(part if part in _STAND_INS else FORBIDDEN.sub("", part) for part in _SPLIT.split(kept))
    return safe.translate(_BACK), found


_STAND_INS = {"\0", "\1", "\2"}
_SPLIT = re.compile("([\0\1\2])")
_BACK = str.maketrans({"\0": OPEN, "\1": MIDDLE, "\2": CLOSE})


def _markdown(brief: Brief, found: tuple[Marked, ...]) -> Markdown:
    """Return a reader of Markdown that knows tables and no HTML, and escapes all punctuation."""
    reader = Markdown(extensions=["tables"], output_format="html")
    reader.preprocessors.deregister("html_block")
    for name in ("html", "autolink", "automail"):
        reader.inlinePatterns.deregister(name)
    reader.parser.blockprocessors.deregister("reference")
    reader.ESCAPED_CHARS = list(dict.fromkeys([*reader.ESCAPED_CHARS, *punctuation]))
    structure = Structure(reader, lambda text: _tone(brief, text, found))
    reader.treeprocessors.register(structure, "structure", -10)
    return reader


def _tone(brief: Brief, text: str, found: tuple[Marked, ...]) -> str:
    """Tell a plan's colour from the trigger printed in it."""
    tones = {idea.trigger.id: "stock" if idea.kind == "stock" else idea.direction for idea in brief.ideas}
    numbers = re.findall(f"{OPEN}([0-9]+){MIDDLE}", text)
    return next((tones[found[int(n)].fact] for n in numbers if found[int(n)].fact in tones), "")


def _clean(html: str) -> str:
    return nh3.clean(
        html, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )


class _Finish:
    """Puts marks and charts into clean HTML, and counts that none is lost."""

    def __init__(self, brief: Brief, found: tuple[Marked, ...]) -> None:
        self.facts = brief.facts
        self.charts: Mapping[str, Chart] = {chart.id: chart for chart in brief.charts}
        self.found = found
        self.seen: list[int] = []
        self.closing: list[str] = []

    def run(self, html: str) -> str:
        """Return *html* with everything in its place."""
        parts, end = list[str](), 0
        for tag in _TAG.finditer(html):
            parts.append(_NUMBERED.sub(self._element, html[end : tag.start()]))
            parts.append(self._tag(tag[0]))
            end = tag.end()
        parts.append(_NUMBERED.sub(self._element, html[end:]))
        if self.seen != list(range(len(self.found))):
            lost = sorted(set(range(len(self.found))) - set(self.seen))
            name = self.found[lost[0]].fact if lost else "one printed twice"
            raise TextError(f"wanted every printed fact once on the page, found {name} lost or moved")
        return "".join(parts)

    def _element(self, match: re.Match[str]) -> str:
        if match[2]:
            return f"</{self.closing.pop()}>"
        mark = self._mark(match)
        if mark.form == "claim":
            self.closing.append("span")
            return f'<span data-claim="{escape(mark.fact.removeprefix("claim:"))}">'
        self.closing.append("data")
        words = ' class="words"' if mark.form == "text" else ""
        value = escape(raw(self.facts[mark.fact].value))
        return f'<data value="{value}" data-fact="{escape(mark.fact)}"{words}>'

    def _mark(self, match: re.Match[str]) -> Marked:
        self.seen.append(int(match[1]))
        return self.found[int(match[1])]

    def _bare(self, match: re.Match[str]) -> str:
        if match[1]:
            self._mark(match)
        return ""

    def _tag(self, tag: str) -> str:
        bare = _NUMBERED.sub(self._bare, tag)
        return self._chart(bare) if tag.startswith("<img") else bare

    def _chart(self, tag: str) -> str:
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        name = CHART.fullmatch(attributes.get("src", ""))
        chart = self.charts.get(name[1]) if name else None
        if chart is None:
            raise TextError(f"the text shows {attributes.get('src')!r}, and no such chart was drawn")
        return inline(chart, attributes.get("alt", ""))
