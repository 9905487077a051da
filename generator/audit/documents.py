"""Finished files: reading each by its suffix, and the checks each kind allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from generator.audit.data import check_data
from generator.audit.findings import TWIN, Finding
from generator.audit.heads import BRAND, check_head, market
from generator.audit.pages import check_pages
from generator.audit.readers import Reading
from generator.audit.sequence import (
    check_alts,
    check_drawings,
    check_headings,
    check_images,
    check_links,
    check_outside,
    check_parts,
)
from generator.audit.twin import Twin, folded
from generator.audit.words import first_difference, words
from generator.registry import load
from generator.rules.numbers import tokens

#: suffix -> `read(data) -> Reading`
READERS: Mapping[str, str] = {
    ".html": "generator.audit.readers.html:read",
    ".md": "generator.audit.readers.markdown:read",
    ".pdf": "generator.audit.readers.pdf:read",
}


def read_documents(
    documents: Mapping[str, bytes], twin: Twin
) -> tuple[dict[str, Reading], tuple[Finding, ...]]:
    """
    Return each readable document as read, and a finding for each that holds no number.

    A brief may be asked for as its twin alone; nothing at all is a finding.
    """
    readings, findings = {}, []
    for path, data in documents.items():
        suffix = PurePosixPath(path).suffix
        if suffix not in READERS:
            continue
        try:
            readings[path] = load("reader", READERS, suffix)(data)
        except Exception as error:  # noqa: BLE001  whatever a broken file does to a parser is a finding
            findings.append(Finding(path, "", f"cannot be read: {error!r}"))
            continue
        if not any(any(tokens(part.text)) for part in readings[path].parts):
            findings.append(Finding(path, "", "wanted numbers in the document, found none"))
    if not readings and not findings and TWIN not in documents:
        findings.append(Finding(str(twin.raw.get("id", "")), "", "wanted a finished document, found none"))
    return readings, tuple(findings)


def check_same_alts(
    readings: Mapping[str, Reading], twin: Twin
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """
    Return the alternative text of each chart, and where two documents differ on one.

    The twin's own count when it has them, else the first document's.
    """
    known = {chart.id: chart.alt for chart in twin.charts if chart.alt is not None}
    findings = []
    for path, reading in readings.items():
        alts = [folded(alt) for part in reading.parts for alt in part.alts]
        for chart, alt in zip(twin.charts, alts, strict=False):
            difference = first_difference(words(known.setdefault(chart.id, alt)), words(alt))
            if difference and chart.alt is None:
                findings.append(Finding(path, f"chart {chart.id}", difference))
    return known, tuple(findings)


def check_document(path: str, reading: Reading, twin: Twin) -> Iterator[Finding]:
    """Yield everything in which one document departs from the twin."""
    suffix = PurePosixPath(path).suffix
    if suffix == ".pdf":
        yield from check_pages(path, reading.parts, twin, BRAND, market(twin))
        yield from check_alts(path, [alt for part in reading.parts for alt in part.alts], twin)
    else:
        yield from check_parts(path, reading, twin)
        yield from check_headings(path, reading, twin)
    if suffix == ".html":
        yield from check_drawings(path, reading.parts, twin)
        yield from check_data(path, reading, twin)
    if suffix == ".md":
        yield from check_images(path, reading, twin)
    yield from check_links(path, reading)
    yield from check_head(path, suffix, reading, twin)
    yield from check_outside(path, reading, BRAND if suffix == ".html" else "")
