"""What a reader sees of the article's HTML, section by section."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = (
    "article blockquote br div figcaption figure h1 h2 h3 h4 hr li ol p pre section table tbody td th thead "
    "tr ul"
)
BLOCKS = frozenset(_BLOCKS.split())  #: elements that end a word


@dataclass(slots=True)
class Section:
    """A heading and what stands under it; the heading is "" before the first h2."""

    heading: str = ""
    text: str = ""
    charts: dict[str, str] = field(default_factory=dict)  #: id -> alternative text, in order


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections = [Section()]
        self.in_heading = False
        self.in_chart = 0
        self.figure = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h2":
            self.sections.append(Section())
            self.in_heading = True
        elif tag == "figure":
            self.figure = (dict(attrs).get("id") or "").removeprefix("chart-")
        elif tag == "svg":
            self.in_chart += 1
            self.sections[-1].charts[self.figure] = dict(attrs).get("aria-label") or ""
        self._end_word(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2":
            self.in_heading = False
        elif tag == "svg":
            self.in_chart -= 1
        self._end_word(tag)

    def handle_data(self, data: str) -> None:
        if self.in_chart:
            return
        if self.in_heading:
            self.sections[-1].heading += data
        else:
            self.sections[-1].text += data

    def _end_word(self, tag: str) -> None:
        if tag in BLOCKS:
            self.handle_data(" ")


def sections(body: str) -> tuple[Section, ...]:
    """Return the sections of an article's HTML, white space folded; what is inside a chart is left out."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    for section in reader.sections:
        section.heading = " ".join(section.heading.split())
        section.text = " ".join(section.text.split())
    return tuple(reader.sections)
