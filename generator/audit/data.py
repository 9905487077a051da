"""The `data` elements of a page: the raw values behind its numbers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from generator.audit.findings import Finding
from generator.audit.mentions import Stream, whole
from generator.audit.printed import problem
from generator.audit.readers import Datum, Part, Reading
from generator.audit.twin import Twin, folded
from generator.models.analysis import Fact
from generator.models.brief import Mention


def check_data(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield data elements that name no fact or carry another value, and mentions that are not marked."""
    forms = _forms(twin)
    for part, section in zip(reading.parts, twin.sections, strict=False):
        faults = (_fault(datum, twin, forms) for datum in part.data)
        fault = next(filter(None, faults), None) or _unmarked(part, section.mentions)
        if fault:
            yield Finding(path, part.heading, fault)


def _unmarked(part: Part, mentions: Sequence[Mention]) -> str | None:
    """Return the first mention that has no element of its own and stands in no alternative text either."""
    alt = Stream.of(" ".join(part.alts))
    places = {(0, 0)}  # elements read, letters read of the alternative texts
    for mention in mentions:
        following = {
            (read + 1, at) for read, at in places if read < len(part.data) and _same(part.data[read], mention)
        }
        ends = ((read, alt.after(at, whole(mention.text))) for read, at in places)
        following |= {(read, end) for read, end in ends if end is not None}
        if not following:
            read = max(read for read, _ in places)
            found = repr(part.data[read].text) if read < len(part.data) else "none"
            return f"wanted {mention.text!r} ({mention.fact}) marked next, found {found}"
        places = following
    if any(read == len(part.data) for read, _ in places):
        return None
    return f"wanted {len(mentions)} marked numbers, found {len(part.data)}"


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
    return text == (fact.value if isinstance(fact.value, str) else repr(fact.value))
