"""
An article as lines and sentences, with every number in it and what it seems to be about.

Written for texts that nobody here made: Markdown, or plain lines.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.rules import numbers as grammar
from generator.rules.numbers import MONTHS, spaced

LARGEST = 2**20  #: characters of an article
LONGEST_HEADING = 110  #: characters of a line without an end that may be a heading

_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MARKS = re.compile(r"[\ue000-\uf8ff]")
_QUOTED = re.compile(r"\u201c[^\u201d\n]{12,}\u201d|\"[^\"\n]{12,}\"")
_LINK = re.compile(r"\]\([^)\n]*\)|<?https?://\S+")
_ESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&#?\w{1,8};")
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+[.!?\n]*")
_MONTH = "|".join(MONTHS)
_DATES = re.compile(
    rf"\b(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_MONTH})\.?(?:,? (?P<year2>\d{{4}}))?\b"
    rf"|\b(?P<month3>{_MONTH})\.? (?P<day3>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:, (?P<year3>\d{{4}}))?\b"
)
_TIME = re.compile(r"\b\d{1,2}:\d\d\b(?: ?[ap]\.?m\b\.?)?", re.IGNORECASE)
SERIES = re.compile(r"\b(?P<root>[A-Z]{1,6}) *(?P<day>\d{8}|\d{6})(?P<right>[CP])(?P<strike>\d+(?:\.\d+)?)")
#: a span of time, which is no figure of the market
_SPAN = re.compile(
    r"\b\d+(?:[- ]?(?:D|d|day|days|session|sessions|week|weeks|month|months|year|years|bars?|delta|hours?)\b)"
    r"|\b(?:19|20)\d\d\b(?![.,]\d)"
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[+\u2212\u00b1-]?)(?P<dollar>\$?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<places>\d+))?"
    r"(?P<unit>%|[ ]?(?:million|billion|thousand|times|points|percent)\b|[kKmMbBxX]\b|(?:st|nd|rd|th)\b)?"
)
_SCALE = {"thousand": 3, "k": 3, "million": 6, "m": 6, "billion": 9, "b": 9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the text: `value` unscaled by its unit's power, `power` of ten, printed `places`."""

    text: str
    start: int  #: in its sentence
    value: float
    places: int
    power: int
    dollar: bool
    unit: str  #: "%", "x", "" ...

    @property
    def scaled(self) -> float:
        """The value in ones."""
        return self.value * 10.0**self.power

    def says(self, value: float) -> bool:
        """Tell whether *value*, printed with as many places, reads like this; signs aside."""
        half = 0.5000001 * 10.0 ** (self.thousands or -self.places)
        return abs(abs(value) / 10.0**self.power - abs(self.value)) <= half

    @property
    def thousands(self) -> int:
        """The digits of a round count that are not told: 3 of 213,000; 0 where all are."""
        rounded = self.text.endswith(",000") and not self.places and not self.dollar
        return 3 if rounded else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence: *text* has symbols, dates and quoted spans blanked, so that offsets stay."""

    line: int
    heading: str  #: it stands under
    is_heading: bool
    whole: str
    text: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not empty."""

    number: int
    text: str
    heading: bool
    marked: bool  #: as a heading, by Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text read."""

    lines: tuple[Line, ...]
    sentences: tuple[Sentence, ...]
    dates: tuple[dt.date, ...]  #: those with a year

    @property
    def whole(self) -> str:
        """Its lines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def title(self) -> Line | None:
        """The first heading that is marked as one, else the first line."""
        return next((line for line in self.lines if line.marked), next(iter(self.lines), None))


def read(text: str) -> Article:
    """Return *text* as an article; front matter, link targets and private marks are passed over."""
    body = _FRONT.sub(lambda found: "\n" * found[0].count("\n"), spaced(text).replace("\r\n", "\n"))
    lines = tuple(_lines(_ESCAPED.sub("", _MARKS.sub("", body))))
    sentences, heading = [], ""
    for line in lines:
        heading = line.text if line.heading else heading
        sentences += list(_sentences(line, heading))
    return Article(lines=lines, sentences=tuple(sentences), dates=tuple(_full_dates(lines)))


def _lines(body: str) -> Iterator[Line]:
    first = True
    for number, raw in enumerate(body.split("\n"), 1):
        text = _LINK.sub(lambda found: "]" if found[0][0] == "]" else " ", raw)
        text = _ENTITY.sub(" ", text).replace("**", "").strip()
        marked = text.startswith("#")
        text = text.lstrip("#").strip(" *_")
        if text and not set(text) <= set("-|: "):
            short = len(text) <= LONGEST_HEADING and not text.startswith(("-", "|", "!", "*", "+"))
            plain = first or (short and text[-1] not in ".!?:;,|*" and not re.match(r"\d|[a-z]", text))
            yield Line(number=number, text=text, heading=marked or plain, marked=marked)
            first = False


def _sentences(line: Line, heading: str) -> Iterator[Sentence]:
    for found in _SENTENCE.finditer(line.text):
        whole = found[0]
        if whole.strip():
            text = blanked(whole)
            yield Sentence(
                line=line.number,
                heading=heading,
                is_heading=line.heading,
                whole=whole,
                text=text,
                numbers=tuple(_numbers(text)),
            )


def blanked(text: str) -> str:
    """Return *text* with quoted spans, dates, times, symbols and spans of time as blanks; offsets stay."""
    text = grammar.blanked(text)
    for pattern in (_QUOTED, SERIES, _DATES, _TIME, _SPAN):
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text


def _numbers(text: str) -> Iterator[Number]:
    for found in _NUMBER.finditer(text):
        places, unit = found["places"] or "", (found["unit"] or "").strip().lower()
        digits = found["whole"].replace(",", "") + (f".{places}" if places else "")
        yield Number(
            text=found[0],
            start=found.start(),
            value=float(digits),
            places=len(places),
            power=_SCALE.get(unit, 0),
            dollar=bool(found["dollar"]),
            unit="%" if unit == "percent" else unit,
        )


def _full_dates(lines: tuple[Line, ...]) -> Iterator[dt.date]:
    for line in lines:
        for found in _DATES.finditer(line.text):
            day = found["day"] or found["day2"] or found["day3"]
            month = found["month2"] or found["month3"]
            year = found["year"] or found["year2"] or found["year3"]
            if year is not None:
                try:
                    yield dt.date(int(year), MONTHS[month] if month else int(found["month"]), int(day))
                except ValueError:
                    continue
