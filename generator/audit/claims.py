"""Judging phrases: a claim's condition holds, and nothing blocked is said."""

from __future__ import annotations

from collections.abc import Iterator

from generator.audit.findings import TWIN, Finding
from generator.audit.twin import Section, Twin, folded
from generator.models.analysis import Claim, Unit
from generator.rules.blocked import hits
from generator.rules.conditions import evaluate


def check_claims(twin: Twin) -> Iterator[Finding]:
    """Yield each mentioned claim whose condition does not hold on the brief's own facts."""
    mentioned = {mention.fact.removeprefix("claim:") for mention in twin.mentions if mention.form == "claim"}
    for name in sorted(mentioned & twin.claims.keys()):
        fault = _fault(twin, twin.claims[name])
        if fault:
            yield Finding(TWIN, f"claim {name}", fault)


def _fault(twin: Twin, claim: Claim) -> str | None:
    missing = [fact for fact in claim.values.values() if fact not in twin.facts]
    if missing:
        return f"wanted the fact {missing[0]}, found none"
    try:
        values = {name: twin.facts[fact].number for name, fact in claim.values.items()}
        holds = evaluate(claim.condition, values)
    except (ValueError, TypeError) as error:
        return f"the condition {claim.condition!r} cannot be judged: {error}"
    if not holds or not claim.holds:
        return f"{claim.phrase!r} is printed and {claim.condition!r} does not hold for {values}"
    return None


def check_blocked(twin: Twin) -> Iterator[Finding]:
    """Yield each blocked phrase of the article outside quoted texts."""
    for section in twin.sections:
        for hit in hits(own_words(twin, section)):
            problem = f"{hit.text!r} is blocked ({hit.rule.id}): {hit.rule.why}"
            yield Finding(TWIN, section.heading, problem)


def own_words(twin: Twin, section: Section) -> str:
    """Return the section's text without the texts that are quoted as facts."""
    own = folded(f"{section.heading}. {section.text}")
    for mention in section.mentions:
        fact = twin.facts.get(mention.fact)
        quoted = folded(mention.text)
        if fact is not None and fact.unit is Unit.TEXT and " " in quoted:
            own = own.replace(quoted, "\u201c\u201d", 1)
    return own
