"""Sizes printed without their sign: the words beside them point the same way as the fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.audit.findings import TWIN, Finding
from generator.audit.printed import UNSIGNED
from generator.audit.twin import Section, Twin, folded
from generator.models.analysis import Fact
from generator.models.brief import Mention

_WAYS = {
    1: "up above rose rises rise gained gains higher more",
    -1: "down below fell falls fall lost loses lower less under",
}
_WAY = {word: way for way, words in _WAYS.items() for word in words.split()}
_REACH = 3  # words to either side
_CLAUSE = re.compile(r"[.;:,()](?=\s|$)|\s[(\N{EN DASH}\N{EM DASH}]")


def check_directions(twin: Twin) -> Iterator[Finding]:
    """Yield each size that only words of the other direction stand beside."""
    for section in twin.sections:
        for mention in section.mentions:
            fact = twin.facts.get(mention.fact)
            if mention.form in UNSIGNED and fact is not None and _contradicted(section, mention, fact):
                problem = (
                    f"{mention.text!r} stands beside a word of the other direction; {fact.id} is {fact.value}"
                )
                yield Finding(TWIN, section.heading, problem)


def _contradicted(section: Section, mention: Mention, fact: Fact) -> bool:
    """Whether every place that prints the size says the other direction and none says its own."""
    if not isinstance(fact.value, (int, float)) or fact.value == 0:
        return False
    sign = 1 if fact.value > 0 else -1
    text, size = folded(f"{section.heading}. {section.text}"), folded(mention.text)
    places = [found.span() for found in re.finditer(rf"(?<![\w.,+$\u2212]){re.escape(size)}(?!\d)", text)]
    ways = [_ways(text, start, end) for start, end in places]
    return bool(ways) and all(-sign in way and sign not in way for way in ways)


def _ways(text: str, start: int, end: int) -> set[int]:
    """Return the directions of the few words around a place, inside its clause."""
    before = _CLAUSE.split(text[:start])[-1].split()[-_REACH:]
    after = _CLAUSE.split(text[end:], maxsplit=1)[0].split()[:_REACH]
    return {_WAY[word.casefold()] for word in (*before, *after) if word.casefold() in _WAY}
