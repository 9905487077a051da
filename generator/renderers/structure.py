"""
The article's parts by their position: masthead, standfirst, figures, takeaways, sections, plans.

Works on the tree that `markdown` builds, before it is cleaned and before marks are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from generator.renderers.tables import contain, name_cells, name_rows, say_roles
from generator.templating import PRIVATE

CHART = re.compile(r"charts/([a-z][a-z0-9_]*)\.png")
_WORDS = re.compile(r"[^\W\d_]+")


class Structure(Treeprocessor):
    """
    Give each part of the article its element and its class.

    `tone` tells a plan's colour ("up", "down", "stock") from the numbers of the marks in it.
    """

    def __init__(self, md: Markdown, tone: Callable[[str], str]) -> None:
        super().__init__(md)
        self.tone = tone

    def run(self, root: Element) -> None:
        """Rearrange *root* in place."""
        escape_ampersands(root)
        for paragraph in [p for p in root.iter("p") if p.find(".//img") is not None]:
            _figure(paragraph)
        for table in list(root.iter("table")):
            name_cells(table)
        _opening(root)
        _sections(root)
        for section in root.findall("section"):
            _plans(section, self.tone)
        for parent in list(root.iter()):
            contain(parent)


def escape_ampersands(root: Element) -> None:
    """Keep `&lt;` in a text as these four characters: the serialiser would take it for markup."""
    for element in root.iter():
        element.text = element.text and element.text.replace("&", "&amp;")
        element.tail = element.tail and element.tail.replace("&", "&amp;")
        for name, value in element.items():
            element.set(name, value.replace("&", "&amp;"))


def _only(paragraph: Element, tag: str) -> bool:
    if paragraph.tag != "p" or len(paragraph) != 1 or paragraph[0].tag != tag:
        return False
    return not (paragraph.text or "").strip() and not (paragraph[0].tail or "").strip()


def _figure(paragraph: Element) -> None:
    """Turn title, subtitle and image of one paragraph into a figure with a caption."""
    children = list(paragraph)
    image = next(child for child in children if child.tag == "img")
    chart = CHART.fullmatch(image.get("src", ""))
    caption = Element("figcaption")
    caption.text = paragraph.text
    caption.extend(child for child in children if child is not image)
    measure = _measure(caption)
    if measure.text:
        caption.append(measure)
    paragraph.clear()
    paragraph.tag = "figure"
    if chart:
        paragraph.set("id", f"chart-{chart[1]}")
    image.tail = None
    paragraph.extend([caption, image])


def _measure(caption: Element) -> Element:
    """Take what follows the title of a chart into a span of its own."""
    span = Element("span", {"class": "measure"})
    children = list(caption)
    if not children or children[0].tag != "strong":
        return span
    span.text = (children[0].tail or "").strip()
    children[0].tail = " " if span.text else None
    for child in children[1:]:
        caption.remove(child)
        span.append(child)
    return span


def _opening(root: Element) -> None:
    """Name the parts before the first section."""
    wanted: dict[str, Callable[[Element], bool]] = {
        "masthead": lambda e: _only(e, "em"),
        "standfirst": lambda e: _only(e, "strong"),
        "figures": lambda e: e.tag == "table",
        "takeaways": lambda e: e.tag == "ul",
    }
    for child in root:
        if child.tag == "h2":
            return
        name = next((name for name, fits in wanted.items() if fits(child)), None)
        if name is None:
            continue
        del wanted[name]
        child.set("class", name)
        if name == "figures":
            say_roles(child)


def _sections(root: Element) -> None:
    """Wrap every h2 and what follows it."""
    children, taken = list(root), set[str]()
    section: Element | None = None
    for child in children:
        if child.tag in ("h2", "h3"):
            child.set("id", _slug(child, taken))
        if child.tag == "h2":
            section = SubElement(root, "section")
        if section is not None:
            root.remove(child)
            section.append(child)
    if section is not None:
        section.set("class", "method")


def _slug(heading: Element, taken: set[str]) -> str:
    """Return an id from the words before a heading's colon; never a number of the market."""
    text = PRIVATE.sub(" ", "".join(heading.itertext()).partition(":")[0]).casefold()
    base = "-".join(_WORDS.findall(text)[:8]) or "section"
    slug, count = base, 1
    while slug in taken:
        count += 1
        slug = f"{base}-{count}"
    taken.add(slug)
    return slug


def _plans(section: Element, tone: Callable[[str], str]) -> None:
    """Make a card of every h3 with a table of two columns, side by side where they follow each other."""
    children = list(section)
    starts = [i for i, child in enumerate(children) if child.tag == "h3"]
    groups = [children[start:end] for start, end in pairwise([*starts, len(children)])]
    if not any(_is_plan(group) for group in groups):
        return
    holder = Element("div", {"class": "plans"})
    for group in groups:
        card = SubElement(holder, "div", {"class": f"plan {tone(_text(group))}".strip()})
        for child in group:
            section.remove(child)
            card.append(child)
            if child.tag == "table":
                name_rows(child)
    section.insert(starts[0], holder)


def _text(group: list[Element]) -> str:
    return "".join("".join(element.itertext()) for element in group)


def _is_plan(group: list[Element]) -> bool:
    tables = [element for element in group if element.tag == "table"]
    return any(len(row) == 2 for table in tables for row in table.iter("tr"))
