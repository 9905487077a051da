"""The rules of consistency on a brief's levels, dates and printed values; plans have their own."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from generator.audit.claims import own_words
from generator.audit.findings import TWIN, Finding
from generator.audit.plans import check_plans
from generator.audit.twin import Twin, folded
from generator.models.analysis import Fact
from generator.rules import consistency as rules
from generator.rules.numbers import parse

_EXPIRATION = re.compile(r"\bexpiration=(\d{4}-\d\d-\d\d)")
#: ids of what is said of a series or an expiration
_SERIES = re.compile(r"^(?:open_interest|volume|max_pain|expected_move|contract)\..*?(\d{4}-\d\d-\d\d)")


def check_consistency(twin: Twin) -> Iterator[Finding]:
    """Yield every breach of the rules that hold between the numbers of a brief."""
    if not _was_known(twin):
        problem = f"open interest of {twin.open_interest_date} is not from before {twin.session}"
        yield Finding(TWIN, "open_interest_date", problem)
    yield from _head(twin)
    yield from _headings(twin)
    yield from _entries(twin)
    yield from _levels(twin)
    yield from _held(twin)
    yield from _printed_levels(twin)
    yield from _stale(twin)
    yield from check_plans(twin)


def _was_known(twin: Twin) -> bool:
    """Say whether the count was known: a morning edition has that after its session, others one before."""
    if twin.raw.get("edition") == "morning":
        return twin.open_interest_date == twin.session
    return twin.open_interest_date < twin.session


def _head(twin: Twin) -> Iterator[Finding]:
    """Yield fields of the head that their facts, or the article, contradict."""
    for name in ("symbol", "name", "session", "as_of", "open_interest_date", "spot"):
        fact = twin.facts.get(name)
        value = getattr(twin, name, twin.raw.get(name))
        if fact is not None and fact.value != value:
            yield Finding(TWIN, name, f"wanted {fact.value}, found {value}")
    opening = folded(twin.sections[0].text) if twin.sections else ""
    if twin.raw.get("synthetic") and "synthetic" not in opening.casefold():
        yield Finding(TWIN, "synthetic", "the market is synthetic and the article's opening does not say so")
    for name, text in (("headline", twin.headline), ("standfirst", twin.standfirst)):
        if folded(text) not in opening:
            yield Finding(TWIN, name, f"{text!r} does not stand in the article")


def _entries(twin: Twin) -> Iterator[Finding]:
    """Yield values of levels and plans that are not those of the facts they name."""
    for kind in ("levels", "ideas"):
        for entry in twin.raw[kind]:
            for name, part in _parts(entry):
                for field, fact in part.get("facts", {}).items():
                    problem = _differs(part, field, twin.facts.get(fact))
                    if problem:
                        yield Finding(TWIN, f"{kind[:-1]} {entry['id']}", f"{name}{field}: {problem}")


def _parts(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield an entry and what in it names facts of its own: legs, events, what a plan is compared with."""
    yield "", entry
    for name in ("legs", "events"):
        for place, part in enumerate(entry.get(name, ())):
            yield f"{name}.{place}.", part
    other = entry.get("compared")
    if other is not None:
        for name, part in _parts(other):
            yield f"compared.{name}", part


def _differs(entry: Mapping[str, Any], name: str, fact: Fact | None) -> str | None:
    if fact is None:
        return "its fact is not in the brief"
    part, _, key = name.partition(".")
    value = entry[part]
    if key:
        value = value[int(key)] if isinstance(value, list) else value[key]
    wanted = fact.value.isoformat() if isinstance(fact.value, dt.date) else fact.value
    return None if value == wanted else f"wanted {wanted}, found {value}"


def _headings(twin: Twin) -> Iterator[Finding]:
    headings = [section.heading for section in twin.sections]
    for heading in sorted({heading for heading in headings if headings.count(heading) > 1}):
        yield Finding(TWIN, heading, "the heading stands twice")
    for section in twin.sections:
        if not section.text.strip():
            yield Finding(TWIN, section.heading, "nothing stands under the heading")
        for problem in rules.residue(own_words(twin, section), str(twin.raw["symbol"])):
            yield Finding(TWIN, section.heading, problem)


def _levels(twin: Twin) -> Iterator[Finding]:
    for level in twin.raw["levels"]:
        low, high = (level.get(edge, level["value"]) for edge in ("low", "high"))
        problem = rules.level_side(level["kind"], low, high, twin.spot)
        if problem:
            yield Finding(TWIN, f"level {level['id']}", problem)


def _held(twin: Twin) -> Iterator[Finding]:
    """Yield a level said to have held that lies on the other side of the price."""
    for side in ("support", "resistance"):
        touches = twin.facts.get(f"held.{side}.touches")
        level = twin.facts.get(touches.inputs.facts[0]) if touches is not None else None
        problem = level and rules.level_side(side, level.number, level.number, twin.spot)
        if problem:
            yield Finding(TWIN, f"fact held.{side}.touches", problem)


def _level_facts(twin: Twin) -> Mapping[str, str]:
    """Return fact id -> level id for both edges of every level."""
    return {fact: level["id"] for level in twin.raw["levels"] for fact in level.get("facts", {}).values()}


def _printed_levels(twin: Twin) -> Iterator[Finding]:
    levels = _level_facts(twin)
    printed: defaultdict[str, list[Decimal]] = defaultdict(list)
    for mention in twin.mentions:
        if mention.fact in levels:
            value = _value(mention.text)
            if value is not None:
                printed[mention.fact].append(value)
    for fact, values in printed.items():
        problem = rules.one_value(values)
        if problem:
            yield Finding(TWIN, f"level {levels[fact]}", problem)


def _value(text: str) -> Decimal | None:
    try:
        return parse(text).value
    except ValueError:
        return None  # reported where mentions are read


def _stale(twin: Twin) -> Iterator[Finding]:
    """Yield mentions of series and expirations whose last day has passed."""
    for mention in twin.mentions:
        fact = twin.facts.get(mention.fact)
        named = _SERIES.match(mention.fact)
        days = [named[1]] if named else []
        if fact is not None and (fact.inputs.selector or "").startswith("chain["):
            days += _EXPIRATION.findall(fact.inputs.selector or "")
        if any(dt.date.fromisoformat(day) < twin.session for day in days):
            yield Finding(TWIN, mention.heading, f"{mention.text!r} ({mention.fact}) is of an expired series")
