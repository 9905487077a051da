"""
Private marks, and the Jinja environment that prints facts through them.

A mention stands in marked text as U+E000 key U+E001 text U+E002. The key is
`fact-id|form`; for a claim `claim:<id>|claim`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import jinja2

from generator.errors import TextError
from generator.formatting import FORMS, print_fact
from generator.models.analysis import Claim, Fact

OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"{OPEN}([^{OPEN}{MIDDLE}{CLOSE}]*){MIDDLE}([^{OPEN}{MIDDLE}{CLOSE}]*){CLOSE}")
PRIVATE = re.compile(f"[{OPEN}{MIDDLE}{CLOSE}]")
#: every character that Markdown may read as markup
MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:=^\"'])")


@dataclass(frozen=True, slots=True)
class Marked:
    """One mark found in a text."""

    fact: str
    form: str
    text: str
    start: int


def mark(fact: str, form: str, text: str) -> str:
    """Return *text* between the private marks."""
    return f"{OPEN}{fact}|{form}{MIDDLE}{text}{CLOSE}"


def marks(text: str) -> Iterator[Marked]:
    """Yield every mark of a marked text, in order."""
    for found in MARK.finditer(text):
        fact, _, form = found[1].rpartition("|")
        yield Marked(fact, form, found[2], found.start())


def unmarked(text: str) -> str:
    """Return *text* as a reader sees it, the marks removed."""
    return MARK.sub(lambda found: found[2], text)


def escaped(text: str) -> str:
    """
    Return other people's *text* so that Markdown prints it as it stands.

    Control and private-use characters are dropped, white space is folded.
    """
    kept = "".join(c if c.isprintable() or c.isspace() else "" for c in PRIVATE.sub("", text))
    return MARKUP.sub(r"\\\1", " ".join(kept.split()))


def say(fact: Fact, form: str) -> str:
    """Return the mention of *fact* in *form*; text facts are escaped for Markdown."""
    if not isinstance(fact, Fact):
        raise TextError(f"wanted a fact for form {form!r}, found {fact!r}: test for None in the template")
    text = print_fact(fact, form)
    return mark(fact.id, form, escaped(text) if form == "text" else text)


def prints_the_same(first: Fact, second: Fact, form: str) -> bool:
    """Say whether a reader would see one number where there are two."""
    return print_fact(first, form) == print_fact(second, form)


def prints_zero(fact: Fact) -> bool:
    """Say whether a reader would see nothing but zeros."""
    return not any(digit in print_fact(fact, "plain") for digit in "123456789")


def claim_phrase(claim: Claim) -> str:
    """Return a claim's phrase between marks; a claim that does not hold is an error."""
    if not claim.holds:
        raise TextError(f"claim {claim.id} does not hold ({claim.condition}); the template must not print it")
    return mark(f"claim:{claim.id}", "claim", claim.phrase)


def _writer(form: str) -> Callable[[Fact], str]:
    return lambda fact: say(fact, form)


def environment(
    loader: jinja2.BaseLoader,
    *,
    extra: Mapping[str, Callable[..., str]] | None = None,
) -> jinja2.Environment:
    """Return an environment for Markdown: a misspelled name is an error, every form a filter."""
    env = jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  Markdown; other people's text goes through `escaped`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters.update({form: _writer(form) for form in FORMS})
    env.filters["claim"] = claim_phrase
    env.filters["escaped"] = escaped
    env.filters.update(extra or {})
    return env
