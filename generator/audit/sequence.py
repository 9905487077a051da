"""A document with headings against the twin: the same words, in the same order, under the same headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.audit.findings import Finding
from generator.audit.invisible import invisible
from generator.audit.readers import Part, Reading
from generator.audit.twin import Twin, folded
from generator.audit.words import first_difference, words

_DEEPEST = 3


def check_parts(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield where a document with headings departs from the twin's article."""
    headings = [folded(part.heading) for part in reading.parts]
    wanted = [folded(section.heading) for section in twin.sections]
    if headings != wanted:
        yield Finding(path, "headings", str(first_difference(wanted, headings)))
        return
    for part, section in zip(reading.parts, twin.sections, strict=True):
        difference = first_difference(words(section.text), words(part.text))
        if difference:
            yield Finding(path, section.heading, difference)
    yield from _alts(path, reading.parts, twin)


def check_drawings(path: str, parts: Sequence[Part], twin: Twin) -> Iterator[Finding]:
    """Yield where the strings of a page's drawings depart from those of the twin's charts."""
    found = [(folded(part.heading), drawing) for part in parts for drawing in part.charts]
    if len(found) != len(twin.charts):
        yield Finding(path, "charts", f"wanted {len(twin.charts)} charts, found {len(found)}")
        return
    for chart, (heading, drawing) in zip(twin.charts, found, strict=True):
        if heading != folded(chart.heading):
            yield Finding(path, heading, f"chart {chart.id} belongs under {chart.heading!r}")
        difference = first_difference(list(map(folded, chart.texts)), list(map(folded, drawing)))
        if difference:
            yield Finding(path, f"chart {chart.id}", difference)


def _alts(path: str, parts: Sequence[Part], twin: Twin) -> Iterator[Finding]:
    found = [folded(alt) for part in parts for alt in part.alts]
    yield from check_alts(path, found, twin)


def check_alts(path: str, found: Sequence[str], twin: Twin) -> Iterator[Finding]:
    """Yield where alternative texts are missing or differ from the twin's, where it has them."""
    if len(found) != len(twin.charts):
        yield Finding(path, "charts", f"wanted {len(twin.charts)} alternative texts, found {len(found)}")
        return
    for chart, alt in zip(twin.charts, found, strict=True):
        difference = None if chart.alt is None else first_difference(words(chart.alt), words(alt))
        if difference or not alt:
            yield Finding(path, f"chart {chart.id}", difference or "wanted an alternative text, found none")


def check_outside(path: str, reading: Reading, brand: str) -> Iterator[Finding]:
    """Yield what a reader cannot see or could see otherwise, and text around the article but the brand."""
    for problem in reading.problems:
        yield Finding(path, "", problem)
    if folded(" ".join(reading.outside)) != brand:
        found = folded(" ".join(reading.outside))
        yield Finding(path, "outside the article", f"wanted {brand!r}, found {found!r}")
    texts = [*reading.titles.values(), *reading.links, *reading.outside]
    for part in reading.parts:
        texts += [part.heading, part.text, *part.alts, *part.painted]
        texts += [text for drawing in part.charts for text in drawing]
    for fault in filter(None, map(invisible, texts)):
        yield Finding(path, "", fault)


def check_headings(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield headings of another level than the article has: one h1, which is the headline, h2 and h3."""
    first = [folded(text) for level, text in reading.headings if level == 1]
    if first != [folded(twin.headline)]:
        yield Finding(path, "headings", f"wanted one h1, {twin.headline!r}, found {first}")
    deep = [text for level, text in reading.headings if level > _DEEPEST]
    if deep:
        yield Finding(path, "headings", f"wanted h1 to h3, found {deep[0]!r} deeper")


def check_images(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield images that are not the files of the twin's charts, in their order."""
    wanted = [f"charts/{chart.id}.png" for chart in twin.charts]
    if reading.images != wanted:
        yield Finding(path, "images", f"wanted {wanted}, found {reading.images}")


def check_links(path: str, reading: Reading) -> Iterator[Finding]:
    """Yield links that are no addresses of the web."""
    for link in reading.links:
        if not link.startswith(("http://", "https://")):
            yield Finding(path, "links", f"wanted an http or https address, found {link!r}")


def check_alike(readings: Mapping[str, Reading]) -> Iterator[Finding]:
    """Yield headings, levels and addresses in which two documents of one brief differ."""
    first: dict[str, tuple[str, list[str]]] = {}
    for path, reading in readings.items():
        facts = {"links": sorted(set(reading.links))}
        if reading.headings:  # a PDF is read without
            facts["headings"] = [f"h{level} {' '.join(words(text))}" for level, text in reading.headings]
            facts["links in order"] = reading.links
        for name, found in facts.items():
            other, wanted = first.setdefault(name, (path, found))
            difference = first_difference(wanted, found)
            if difference:
                yield Finding(path, name, f"not those of {other}: {difference}")
