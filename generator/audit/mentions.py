"""The twin's own text against its facts: every number is a mention, every mention its fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from generator.audit.findings import TWIN, Finding
from generator.audit.printed import problem
from generator.audit.twin import ChartText, Section, Twin, folded
from generator.models.brief import Mention
from generator.rules.numbers import blanked

_DIGIT = re.compile(r"\d")
_AHEAD = 48


def check_mentions(twin: Twin) -> Iterator[Finding]:
    """Yield each mention whose fact or claim is missing, or whose text does not say it."""
    count = 0
    for mention in twin.mentions:
        count += 1
        fault = _fault(twin, mention)
        if fault:
            yield Finding(TWIN, mention.heading, fault)
    for mention in twin.orphans:
        yield Finding(TWIN, mention.heading, f"{mention.text!r} is mentioned under no heading of the article")
    if not count:
        yield Finding(TWIN, "", "wanted numbers in the article, found none")


def _fault(twin: Twin, mention: Mention) -> str | None:
    if mention.fact.startswith("claim:"):
        claim = twin.claims.get(mention.fact.removeprefix("claim:"))
        if claim is None:
            return f"no claim {mention.fact!r} for {mention.text!r}"
        same = folded(mention.text).casefold() == folded(claim.phrase).casefold()
        return None if same else f"{mention.text!r} is printed, claim {claim.id} says {claim.phrase!r}"
    fact = twin.facts.get(mention.fact)
    return (
        f"no fact {mention.fact!r} for {mention.text!r}"
        if fact is None
        else problem(mention.text, mention.form, fact)
    )


def check_texts(twin: Twin, alts: Mapping[str, str]) -> Iterator[Finding]:
    """
    Yield each number of the article that is no mention, and each mention that is not printed.

    *alts* are the charts' alternative texts by chart id, whose numbers are mentions too.
    """
    for section in twin.sections:
        shown = [alts.get(chart.id, "") for chart in _charts_of(twin, section)]
        fault = unmatched(f"{section.heading} {section.text}", " ".join(shown), section.mentions)
        if fault:
            yield Finding(TWIN, section.heading, fault)
    for chart in twin.charts:
        fault = unmatched(" ".join(chart.texts), "", chart.mentions)
        if fault:
            yield Finding(TWIN, f"chart {chart.id}", fault)


def _charts_of(twin: Twin, section: Section) -> Iterator[ChartText]:
    return (chart for chart in twin.charts if folded(chart.heading) == folded(section.heading))


def unmatched(text: str, alt: str, mentions: Sequence[Mention]) -> str | None:
    """
    Return the first number that is no mention or mention that is not there, or None.

    Mentions must appear in order, each in *text* or in *alt*, with no digit between two of them.
    """
    streams = (Stream.of(text), Stream.of(alt))
    places = {(0, 0)}
    for mention in mentions:
        wanted = whole(mention.text)
        following = {
            (end, place[1]) if stream is streams[0] else (place[0], end)
            for place in places
            for stream, start in zip(streams, place, strict=True)
            if (end := stream.after(start, wanted)) is not None
        }
        if not following:
            at = max(place[0] for place in places)
            ahead = streams[0].digits(at) or streams[0].text[at : at + _AHEAD].strip()
            return f"wanted {mention.text!r} ({mention.fact}) next, found {ahead!r}"
        places = following
    left = [streams[0].digits(place[0]) or streams[1].digits(place[1]) for place in places]
    return None if None in left else f"{left[0]!r} holds a number that is no mention"


@dataclass(frozen=True, slots=True)
class Stream:
    """A text to walk through; `bare` is the same with the names that hold digits blanked."""

    text: str
    bare: str

    @classmethod
    def of(cls, text: str) -> Stream:
        """Return *text* as a stream."""
        plain = folded(text)
        return cls(plain, blanked(plain))

    def after(self, start: int, wanted: re.Pattern[str]) -> int | None:
        """Return the end of the next *wanted*, unless a digit stands before it."""
        found = wanted.search(self.text, start)
        if found is None or _DIGIT.search(self.bare, start, found.start()):
            return None
        return found.end()

    def digits(self, start: int) -> str | None:
        """Return the surroundings of the first digit from *start* on, or None."""
        found = _DIGIT.search(self.bare, start)
        return None if found is None else self.text[max(found.start() - _AHEAD // 2, 0) :][:_AHEAD].strip()


@cache
def whole(text: str) -> re.Pattern[str]:
    """Return a pattern that finds *text* alone: not 27 in 272, 27.5, 1,27, \u22122, $27 or 27%."""
    wanted, before, after = folded(text), "", ""
    if wanted[:1].isdigit():
        before = r"(?<![\w$+\u2212])(?<!\d[.,])"
    elif wanted[:1].isalpha():
        before = r"(?<!\w)"
    if wanted[-1:].isdigit():
        after = r"(?![\w%])(?![.,]\d)"
    elif wanted[-1:].isalpha():
        after = r"(?!\w)"
    return re.compile(before + re.escape(wanted) + after, re.IGNORECASE)
