"""The rules of consistency on a brief's levels, plans, dates and printed values."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from generator.audit.claims import own_words
from generator.audit.findings import TWIN, Finding
from generator.audit.twin import Twin, folded
from generator.models.analysis import Fact
from generator.rules import consistency as rules
from generator.rules.numbers import parse

_EXPIRATION = re.compile(r"\bexpiration=(\d{4}-\d\d-\d\d)")
#: ids of what is said of a series or an expiration
_SERIES = re.compile(r"^(?:open_interest|volume|max_pain|expected_move|contract)\..*?(\d{4}-\d\d-\d\d)")
_CENT = 0.01


def check_consistency(twin: Twin) -> Iterator[Finding]:
    """Yield every breach of the rules that hold between the numbers of a brief."""
    if not _was_known(twin):
        problem = f"open interest of {twin.open_interest_date} is not from before {twin.session}"
        yield Finding(TWIN, "open_interest_date", problem)
    yield from _head(twin)
    yield from _headings(twin)
    yield from _entries(twin)
    yield from _levels(twin)
    yield from _printed_levels(twin)
    yield from _stale(twin)
    for idea in twin.raw["ideas"]:
        for problem in _idea(idea, twin):
            yield Finding(TWIN, f"idea {idea['id']}", problem)


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
            for name, fact in entry.get("facts", {}).items():
                problem = _differs(entry, name, twin.facts.get(fact))
                if problem:
                    yield Finding(TWIN, f"{kind[:-1]} {entry['id']}", f"{name}: {problem}")


def _differs(entry: Mapping[str, Any], name: str, fact: Fact | None) -> str | None:
    if fact is None:
        return "its fact is not in the brief"
    part, _, index = name.partition(".")
    value = entry[part][int(index)] if index else entry[part]
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


def _idea(idea: Mapping[str, Any], twin: Twin) -> Iterator[str]:
    direction, trigger = idea["direction"], float(idea["trigger"])
    stop, target = float(idea["invalidation"]), float(idea["target"])
    found = [
        rules.trigger_ahead(direction, trigger, twin.spot),
        rules.plan_order(direction, stop, trigger, target),
    ]
    average = twin.facts.get("technicals.atr_14")
    if average is not None:
        found.append(rules.stop_distance(stop, trigger, average.number))
    if idea.get("expires"):
        found.append(rules.unexpired(dt.date.fromisoformat(idea["expires"]), twin.session))
    yield from (problem for problem in found if problem)
    yield from _money(idea, twin)
    yield from _last_day(idea, twin)


def _money(idea: Mapping[str, Any], twin: Twin) -> Iterator[str]:
    """Yield what is wrong with profit, loss, limit and breakeven, worked out from the legs."""
    profit, loss = float(idea["profit_at_target"]), float(idea["max_loss"])
    if profit <= 0:
        yield f"its profit at its own target is {profit}"
    if loss <= 0:
        yield f"its largest loss is {loss}"
    limit, paid = idea.get("limit"), idea.get("price_at_trigger")
    if paid is not None and limit is not None and limit < paid:
        yield f"its limit {limit} is below its own price {paid}"
    legs = idea["legs"]
    if len(legs) == 1 and legs[0]["right"] is not None and paid is not None:
        leg = legs[0]
        made = rules.payoff(leg["right"], float(leg["strike"]), float(paid), float(idea["target"]))
        if not math.isclose(made, profit, abs_tol=_CENT / 2):
            yield f"its legs make {made:.2f} at the target, it says {profit:.2f}"
        for price in idea["breakevens"]:
            rest = rules.payoff(leg["right"], float(leg["strike"]), float(paid), float(price))
            if abs(rest) > _CENT / 2:
                yield f"at its breakeven {price} its legs make {rest:.2f}"
    yield from _odds(idea, twin)


def _odds(idea: Mapping[str, Any], twin: Twin) -> Iterator[str]:
    """A probability is never printed without the largest loss."""
    printed = {mention.fact for mention in twin.mentions}
    facts = idea.get("facts", {})
    if facts.get("probability_of_profit") in printed and facts.get("max_loss") not in printed:
        yield "its probability is printed and its largest loss is not"


def _last_day(idea: Mapping[str, Any], twin: Twin) -> Iterator[str]:
    last = dt.date.fromisoformat(idea["last_day"])
    if last <= twin.session:
        yield f"its last day {last} is not after the session {twin.session}"
    if idea.get("expires") and last > dt.date.fromisoformat(idea["expires"]):
        yield f"its last day {last} is after it expires"
    for leg in idea["legs"]:
        if leg["expiration"] and leg["expiration"] != idea.get("expires"):
            yield f"a leg expires on {leg['expiration']}, the plan on {idea.get('expires')}"
