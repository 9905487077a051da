"""
A PDF against the twin: its runs of text spell the article, and its words are the article's.

Runs have no spaces to rely on, so they are held to the article letter by letter; the words
that pdfium separates are then held to it as a collection. A drawing is painted after the
text of its page, so its strings may stand between any two runs, in their own order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.audit.findings import Finding
from generator.audit.readers import Part
from generator.audit.twin import Twin
from generator.audit.words import words

State = tuple[int, int, int]  # letters read of the article, charts read, letters read of the next chart
_NEAR = 40


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A text without its spaces, and where each letter stands in the text."""

    text: str
    letters: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Spelled:
        places = tuple(index for index, letter in enumerate(text) if not letter.isspace())
        return cls(text, "".join(text[index] for index in places), places)

    def near(self, letter: int) -> str:
        """Return the text around a letter."""
        if letter >= len(self.places):
            return self.text[-_NEAR:]
        place = self.places[letter]
        return self.text[max(place - _NEAR // 2, 0) : place + _NEAR // 2].strip()


def check_pages(path: str, parts: Sequence[Part], twin: Twin, *running: str) -> Iterator[Finding]:
    """Yield where the pages depart from the twin's article and charts."""
    article = _Spelled.of(" ".join(f"{section.heading} {section.text}" for section in twin.sections))
    charts = [_Spelled.of(" ".join(chart.texts)) for chart in twin.charts]
    runs = [run for page in _without_running(parts, *running) for run in page]
    fault = _departure(article, charts, runs)
    if fault:
        yield Finding(path, *_named(fault, article, charts, runs, twin))
        return
    expected = Counter(words(article.text)) + sum(
        (Counter(words(chart.text)) for chart in charts), Counter[str]()
    )
    yield from _collected(path, expected, parts, running)


def _departure(
    article: _Spelled, charts: Sequence[_Spelled], runs: Sequence[str]
) -> tuple[int, State] | None:
    """Return the run that no reading explains, and the furthest state before it."""
    states: set[State] = {(0, 0, 0)}
    for index, run in enumerate(runs):
        letters = "".join(run.split())
        following = {state for known in states for state in _steps(known, letters, article, charts)}
        if not following:
            return index, max(states)
        states = following
    if (len(article.letters), len(charts), 0) in states:
        return None
    return len(runs), max(states)


def _steps(state: State, letters: str, article: _Spelled, charts: Sequence[_Spelled]) -> Iterator[State]:
    read, drawn, within = state
    if within == 0 and article.letters.startswith(letters, read):
        yield (read + len(letters), drawn, 0)
    if drawn < len(charts) and charts[drawn].letters.startswith(letters, within):
        end = within + len(letters)
        done = end == len(charts[drawn].letters)
        yield (read, drawn + 1, 0) if done else (read, drawn, end)


def _named(
    fault: tuple[int, State],
    article: _Spelled,
    charts: Sequence[_Spelled],
    runs: Sequence[str],
    twin: Twin,
) -> tuple[str, str]:
    """Return place and problem of a departure."""
    index, (read, drawn, within) = fault
    found = " ".join(runs[max(index - 2, 0) : index + 3])[:_NEAR] if index < len(runs) else "the end"
    if within:
        return f"chart {twin.charts[drawn].id}", f"wanted {charts[drawn].near(within)!r}, found {found!r}"
    if read >= len(article.letters):
        left = f"chart {twin.charts[drawn].id}" if drawn < len(charts) else "nothing"
        return "after the article", f"wanted {left}, found {found!r}"
    return _heading(read, article, twin), f"wanted {article.near(read)!r}, found {found!r}"


def _heading(letter: int, article: _Spelled, twin: Twin) -> str:
    place, start = article.places[letter], 0
    for section in twin.sections:
        start += len(section.heading) + len(section.text) + 2
        if place < start:
            return section.heading
    return ""


def _collected(
    path: str, expected: Counter[str], parts: Sequence[Part], running: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield the words that the pages have too many or too few of, their head and foot allowed for."""
    found = Counter(word for part in parts for word in words(part.text))
    allowed = Counter(words(" ".join(running) + " /")) + Counter(map(str, range(len(parts) + 1)))
    few, many = expected - found, found - expected
    odd = [word for word in many if word != BULLET and word not in allowed]
    if few or odd:
        problem = f"wanted the words {sorted(few)[:5]}, found {sorted(odd)[:5]} in their place"
        yield Finding(path, "words", problem)


BULLET = "\u2022"


def _without_running(parts: Sequence[Part], *running: str) -> list[list[str]]:
    """
    Return each page's runs without its head and foot.

    *running* are the texts of head and foot, painted last; the first page has its brand in
    front of the article. The page count stands as "2 / 3".
    """
    pages = []
    for number, part in enumerate(parts, 1):
        runs = [run for run in part.painted if run]
        while runs and runs[-1] in {*running, f"{number} / {len(parts)}"}:
            runs.pop()
        if number == 1 and runs and runs[0] in running:
            runs.pop(0)
        pages.append(runs)
    return pages
