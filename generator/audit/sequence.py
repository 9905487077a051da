"""A finished document against the twin: the same words, in the same order, under the same headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.audit.findings import Finding
from generator.audit.readers import Part, Reading
from generator.audit.twin import Twin, folded
from generator.audit.words import first_difference, nearby, words
from generator.rules.numbers import stray_digits

State = tuple[int, int, int]  # words read of the article, charts read, words read of the chart being read


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


def check_pages(path: str, pages: Sequence[str], twin: Twin) -> Iterator[Finding]:
    """
    Yield where a document without headings departs from the twin's article.

    The strings of the charts stand between two words of the article, in their order: a
    drawing is painted after the text of its page.
    """
    expected: list[str] = []
    places: list[str] = []
    for section in twin.sections:
        fresh = words(f"{section.heading} {section.text}")
        expected += fresh
        places += [section.heading] * len(fresh)
    charts = [words(" ".join(chart.texts)) for chart in twin.charts]
    found = words("\n".join(pages))
    at = _departure(expected, charts, found)
    if at is not None:
        yield Finding(path, *_described(at, expected, places, charts, found, twin))


def _departure(
    expected: Sequence[str], charts: Sequence[Sequence[str]], found: Sequence[str]
) -> tuple[int, State] | None:
    """Return the index in *found* where no reading is left, and the furthest state before it."""
    states: set[State] = {(0, 0, 0)}
    for index, word in enumerate(found):
        following = {state for known in states for state in _steps(known, word, expected, charts)}
        if not following:
            return index, max(states)
        states = following
    complete = (len(expected), len(charts), 0)
    return None if complete in states else (len(found), max(states))


def _steps(
    state: State, word: str, expected: Sequence[str], charts: Sequence[Sequence[str]]
) -> Iterator[State]:
    read, drawn, within = state
    if within == 0 and read < len(expected) and expected[read] == word:
        yield (read + 1, drawn, 0)
    if drawn < len(charts) and charts[drawn][within : within + 1] == [word]:
        done = within + 1 == len(charts[drawn])
        yield (read, drawn + 1, 0) if done else (read, drawn, within + 1)


def _described(
    at: tuple[int, State],
    expected: Sequence[str],
    places: Sequence[str],
    charts: Sequence[Sequence[str]],
    found: Sequence[str],
    twin: Twin,
) -> tuple[str, str]:
    index, (read, drawn, within) = at
    seen = f"found {found[index] if index < len(found) else 'the end'!r} in {nearby(found, index)!r}"
    if within:
        chart = charts[drawn]
        return (
            f"chart {twin.charts[drawn].id}",
            f"wanted {chart[within]!r} in {nearby(chart, within)!r}, {seen}",
        )
    if read < len(expected):
        return places[read], f"wanted {expected[read]!r} in {nearby(expected, read)!r}, {seen}"
    left = twin.charts[drawn].id if drawn < len(charts) else "nothing more"
    return places[-1] if places else "", f"wanted {left} after the article, {seen}"


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
