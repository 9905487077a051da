"""The `data` elements of a page: the raw values behind its numbers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from generator.audit.findings import Finding
from generator.audit.printed import problem
from generator.audit.readers import Datum, Part, Reading
from generator.audit.twin import Twin, folded
from generator.models.analysis import Fact
from generator.models.brief import Mention


def check_data(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield each data element that names no fact, carries another value, or is no mention of its heading."""
    forms = _forms(twin)
    for part, section in zip(reading.parts, twin.sections, strict=False):
        mentions = iter(section.mentions)
        for datum in part.data:
            fault = _fault(datum, twin, forms)
            if fault is None and not any(_same(datum, mention) for mention in mentions):
                fault = f"{datum.fact} is marked as {datum.text!r} and is no mention in this order"
            if fault:
                yield Finding(path, part.heading, fault)
                break
        yield from _unmarked(path, part, section.mentions)


def _unmarked(path: str, part: Part, mentions: tuple[Mention, ...]) -> Iterator[Finding]:
    """Yield a finding when more mentions lack their element than the alternative texts can hold."""
    room = sum(len(alt.split()) for alt in part.alts)
    if len(mentions) - len(part.data) > room:
        yield Finding(path, part.heading, f"wanted {len(mentions)} marked numbers, found {len(part.data)}")


def _same(datum: Datum, mention: Mention) -> bool:
    return datum.fact == mention.fact and folded(datum.text) == folded(mention.text)


def _fault(datum: Datum, twin: Twin, forms: Mapping[str, set[str]]) -> str | None:
    if datum.value is None:
        return None if datum.fact.removeprefix("claim:") in twin.claims else f"no claim {datum.fact!r}"
    fact = twin.facts.get(datum.fact)
    if fact is None:
        return f"no fact {datum.fact!r} for {datum.text!r}"
    if not _is_value(datum.value, fact):
        return f"{datum.fact} carries {datum.value!r}, the fact is {fact.value}"
    if any(problem(datum.text, form, fact) is None for form in forms[datum.fact]):
        return None
    return f"{datum.text!r} does not say {datum.fact}, {fact.value}"


def _forms(twin: Twin) -> Mapping[str, set[str]]:
    """Return the forms in which each fact is mentioned."""
    forms: defaultdict[str, set[str]] = defaultdict(set)
    for mention in twin.mentions:
        forms[mention.fact].add(mention.form)
    return forms


def _is_value(text: str, fact: Fact) -> bool:
    if isinstance(fact.value, (dt.date, dt.datetime)):
        return text == fact.value.isoformat()
    if isinstance(fact.value, str):
        return folded(text) == folded(fact.value)
    try:
        return float(text) == fact.number
    except ValueError:
        return False
