"""Visible text as a sequence of words, numbers and signs, whatever file it was read from."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: a number with its separators, a word, or a single sign
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[^\w\s]|_")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NEAR = 4


def words(text: str) -> list[str]:
    """Return the words of *text*; white space, soft hyphens and joiners only separate or vanish."""
    return _WORD.findall(_INVISIBLE.sub("", text))


def nearby(sequence: Sequence[str], index: int) -> str:
    """Return the words around *index*, for a message."""
    return " ".join(sequence[max(index - _NEAR, 0) : index + _NEAR + 1])


def first_difference(expected: Sequence[str], found: Sequence[str]) -> str | None:
    """Say where *found* first departs from *expected*, or None."""
    length = min(len(expected), len(found))
    at = next((i for i in range(length) if expected[i] != found[i]), length)
    if at == len(expected) == len(found):
        return None
    wanted = expected[at] if at < len(expected) else "the end"
    seen = found[at] if at < len(found) else "the end"
    return f"wanted {wanted!r} in {nearby(expected, at)!r}, found {seen!r} in {nearby(found, at)!r}"
