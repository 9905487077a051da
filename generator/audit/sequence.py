"""A document with headings against the twin: the same words, in the same order, under the same headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.audit.findings import Finding
from generator.audit.readers import Part, Reading
from generator.audit.twin import Twin, folded
from generator.audit.words import first_difference, words
from generator.rules.numbers import stray_digits


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


def check_outside(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield numbers outside the article, hidden text, and head fields that contradict the twin."""
    for problem in reading.problems:
        yield Finding(path, "", problem)
    for text in reading.outside:
        for _, snippet in stray_digits(text):
            yield Finding(path, "outside the article", f"{snippet!r} holds a number")
    wanted = {
        "title": twin.headline,
        "description": twin.standfirst,
        "date": twin.as_of.isoformat(timespec="seconds"),
        "session": twin.session.isoformat(),
        "symbol": str(twin.raw["symbol"]),
    }
    for name, text in wanted.items():
        if name in reading.titles and folded(reading.titles[name]) != folded(text):
            yield Finding(path, name, f"wanted {text!r}, found {reading.titles[name]!r}")
