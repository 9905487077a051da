"""Numbers: each is a figure on file, and the figure of what it stands beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.audit.article.faults import Fault, shown
from generator.audit.article.figures import Figures
from generator.audit.article.reading import Article, Number, Sentence

SMALL = 12  #: whole numbers up to it, bare, count things the text shows
BEFORE, AFTER = 28, 14  #: characters between a subject and its number
SHOWN = 4  #: figures told in a message
_JOIN = re.compile(
    r"[\s:=(\[~,'\u2019s]*(?:(?:is|was|of|at|near|stands at|reads|now|to|by|about|ratio)\b[\s:=(~]*){0,3}"
    r"[+$\u2212-]*"
)
_BACK = re.compile(r"\s*[(,]?\s*(?:the |its |is the |on the )?")
_STRIKE_OF = re.compile(r"\.(?:call|put)\.\d{4}-\d\d-\d\d\.(\d+(?:\.\d+)?)$")
_COUNT_BEFORE = re.compile(r"\b(?:OI|open interest)\b(?: (?:of|is|was|at))?[\s:]*\$?$", re.IGNORECASE)
_COUNT_AFTER = re.compile(r" (?:contracts of )?open interest\b(?![\s:]*(?:of |is |at )?\$?\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a number may stand beside, and the ids of the figures it then is one of."""

    words: re.Pattern[str]
    ids: re.Pattern[str]


def _subject(words: str, ids: str) -> Subject:
    return Subject(re.compile(words, re.IGNORECASE), re.compile(ids))


SUBJECTS = (
    _subject(r"\bRSI(?:[- ]?\(?14\)?)?(?: by Wilder)?", r"technicals\.rsi_14(?:_previous)?"),
    _subject(r"\bMACD(?! signal)(?: line)?", r"technicals\.macd"),
    _subject(r"\b(?:MACD|its|a) signal(?: line)?", r"technicals\.macd_signal"),
    _subject(r"\bupper (?:bollinger )?band\b", r"technicals\.bollinger_upper"),
    _subject(r"\blower (?:bollinger )?band\b", r"technicals\.bollinger_lower"),
    _subject(r"\b(?:intraday|session|day[\u2019']s) high\b", r"price\.high|level\..*"),
    _subject(r"\b(?:intraday|session|day[\u2019']s) low\b", r"price\.low|level\..*"),
    _subject(r"\bput[/-](?:to-)?call(?: ratio| open interest)?|\bP/C\b", r"put_call\..*"),
    _subject(r"\bmax(?:imum)? pain\b", r"max_pain\..*"),
    _subject(r"\bATR\b|\baverage true range\b", r"technicals\.atr_14"),
    _subject(
        r"\bimplied volatility\b|\bIV\b",
        r"volatility\..*|previous\.volatility\..*|smile\..*|volatility_index\..*",
    ),
)
_AVERAGE = re.compile(
    r"\b(?P<n>\d+)[- ]?(?:D|day|session)s? (?:simple )?(?:moving )?(?:average|MA|SMA)\b", re.IGNORECASE
)


def check(article: Article, figures: Figures) -> Iterator[Fault]:
    """Yield each number that is no figure, that is another subject's, or another series' open interest."""
    known = tuple(figures.numbers.values())
    strikes = _strikes(figures)
    edges = [edge for zone in figures.zones for edge in (zone.low, zone.high)]
    for sentence in article.sentences:
        for number in sentence.numbers:
            found = _of_subject(sentence, number, figures)
            if found is None and not _counts(number):
                backed = any(map(number.says, (*known, *edges))) or number.scaled in strikes
                backed = backed or any(number.text in text for text in figures.texts.values())
                found = "" if backed else "no figure on file reads like it"
            if found:
                yield _fault(
                    "number.differs" if "wanted" in found else "number.unbacked", sentence, number, found
                )
        yield from _interests(sentence, figures)


def _counts(number: Number) -> bool:
    """Tell whether a number counts what the text itself shows: "two", "3 strikes"."""
    bare = not number.dollar and not number.unit and not number.places
    return bare and number.value <= SMALL


def _strikes(figures: Figures) -> frozenset[float]:
    """Return the strikes that ids of figures name."""
    found = (_STRIKE_OF.search(name) for name in figures.numbers)
    return frozenset(float(match[1]) for match in found if match is not None)


def _of_subject(sentence: Sentence, number: Number, figures: Figures) -> str | None:
    """Return "" where a number is its subject's figure, else what is wrong; None without a subject."""
    ids = _beside(sentence, number)
    if ids is None:
        return None
    mine = {name: value for name, value in figures.numbers.items() if ids.fullmatch(name)}
    if not mine:
        return "its subject has no figure on file"
    if any(map(number.says, mine.values())):
        return ""
    told = ", ".join(f"{shown(value)} ({name})" for name, value in list(mine.items())[:SHOWN])
    return f"wanted {told}"


def _beside(sentence: Sentence, number: Number) -> re.Pattern[str] | None:
    """Return the ids of the subject nearest to a number: before it, or close behind it."""
    end = number.start + len(number.text)
    best: tuple[int, re.Pattern[str]] | None = None
    for spot, stop, ids in _subjects(sentence.whole):
        if stop <= number.start and _JOIN.fullmatch(sentence.text[stop : number.start]):
            gap = number.start - stop
        elif spot >= end and _BACK.fullmatch(sentence.text[end:spot]):
            gap = spot - end
        else:
            continue
        near = gap <= (BEFORE if stop <= number.start else AFTER)
        if near and (best is None or gap < best[0]):
            best = (gap, ids)
    return None if best is None else best[1]


def _subjects(text: str) -> Iterator[tuple[int, int, re.Pattern[str]]]:
    for subject in SUBJECTS:
        for found in subject.words.finditer(text):
            yield found.start(), found.end(), subject.ids
    for found in _AVERAGE.finditer(text):
        yield found.start(), found.end(), re.compile(rf"technicals\.[se]ma_{int(found['n'])}")


def _interests(sentence: Sentence, figures: Figures) -> Iterator[Fault]:
    """Yield each count of open interest that is not its strike's."""
    interest = figures.open_interest()
    strikes = {strike for _, _, strike in interest}
    strike: Number | None = None
    for number in sentence.numbers:
        before, after = sentence.whole[: number.start], sentence.whole[number.start + len(number.text) :]
        counted = _COUNT_BEFORE.search(before) or _COUNT_AFTER.match(after)
        if not counted:
            strike = number if number.scaled in strikes else strike
        elif strike is not None and number.scaled > SMALL:
            there = sorted({held for (_, _, at), held in interest.items() if at == strike.scaled})
            if not any(map(number.says, there)):
                told = " or ".join(map(shown, there))
                problem = f"wanted {told} for the {shown(strike.scaled)} strike"
                yield _fault("interest.differs", sentence, number, problem)


def _fault(rule: str, sentence: Sentence, number: Number, problem: str) -> Fault:
    near = sentence.whole[max(number.start - 24, 0) : number.start + len(number.text) + 16].strip()
    return Fault(rule=rule, line=sentence.line, words=near, problem=problem)
