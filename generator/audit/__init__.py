"""
audit: prove a finished brief from its files, its twin, the rows and a second analysis.

It knows nothing of how the text was made: readers, number grammar, selectors and arithmetic
are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from generator.audit.claims import check_blocked, check_claims
from generator.audit.consistency import check_consistency
from generator.audit.directions import check_directions
from generator.audit.documents import check_document, check_same_alts, read_documents
from generator.audit.findings import TWIN, Finding
from generator.audit.mentions import check_mentions, check_texts
from generator.audit.recompute import check_facts
from generator.audit.sequence import check_alike
from generator.audit.twin import Twin, read_twin
from generator.models.analysis import Fact

__all__ = ["Finding", "audit"]


def audit(
    documents: Mapping[str, bytes],
    twin: Mapping[str, Any],
    frames: Mapping[str, pd.DataFrame],
    second: Mapping[str, Fact],
) -> tuple[Finding, ...]:
    """
    Return everything in a finished brief that does not prove out; nothing means it does.

    *documents* are the finished files by path (html, md, pdf; others are not read), *twin* the
    parsed brief.json, *frames* the snapshot's rows by selector name ("chain", "bars",
    "chain@2026-05-21"), *second* the facts of another analysis of the same snapshot by id.
    """
    try:
        known = read_twin(twin)
    except _UNSOUND as error:
        return (Finding(TWIN, "", f"wanted the twin of a brief, found none: {error!r}"),)
    findings: list[Finding] = []
    for check in _checks(documents, known, frames, second):
        try:
            findings += check()
        except _UNSOUND as error:
            findings.append(Finding(TWIN, "", f"holds something of another kind than a brief's: {error!r}"))
    return tuple(findings)


#: what a value of another kind than expected does to those who calculate with it
_UNSOUND = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def _checks(
    documents: Mapping[str, bytes],
    twin: Twin,
    frames: Mapping[str, pd.DataFrame],
    second: Mapping[str, Fact],
) -> Iterator[Callable[[], Iterable[Finding]]]:
    yield partial(_documents, documents, twin)
    yield partial(check_facts, twin, frames, second)
    for check in (check_mentions, check_claims, check_blocked, check_directions, check_consistency):
        yield partial(check, twin)


def _documents(documents: Mapping[str, bytes], twin: Twin) -> Iterator[Finding]:
    readings, faults = read_documents(documents, twin)
    yield from faults
    alts, differing = check_same_alts(readings, twin)
    yield from differing
    yield from check_alike(readings)
    yield from check_texts(twin, alts)
    for path, reading in readings.items():
        yield from check_document(path, reading, twin)
