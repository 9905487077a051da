"""Every small lie in a finished file is found, and an untouched one has no finding."""

from __future__ import annotations

import copy
import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generator.audit import audit
from generator.audit.documents import check_document, read_documents
from generator.audit.twin import read_twin
from tests.audit.conftest import build
from tests.audit.mutations import KINDS, html_spans, markdown_spans, mutated, page_spans
from tests.audit.writing import paper

SPANS = {"brief.html": html_spans, "brief.md": markdown_spans}
SHORT = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIES = given(
    kind=st.sampled_from(KINDS), path=st.sampled_from(sorted(SPANS)), draw=st.randoms(use_true_random=False)
)


def difference(before, after):
    """Return where two texts part, for a failing test to show."""
    at = next(i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    return before[max(at - 40, 0) : at + 40], after[max(at - 40, 0) : at + 40]


def assert_a_lie_is_found(brief, kind, path, draw):
    source = brief.text(path)
    changed = mutated(source, SPANS[path](source), kind, draw)
    assume(changed not in {None, source})
    twin = read_twin(brief.twin)
    others = {name: data for name, data in brief.documents.items() if name in SPANS and name != path}
    readings, faults = read_documents({**others, path: changed.encode()}, twin)
    findings = [*faults, *check_document(path, readings[path], twin)]
    if not findings:  # an alternative text that the twin does not hold shows against another document
        findings = list(audit({**others, path: changed.encode()}, brief.twin, brief.frames, brief.second))
    assert findings, difference(source, changed)


def assert_a_lie_on_paper_is_found(brief, reading, kind, draw):
    changed = copy.deepcopy(reading)
    part = draw.choice([part for part in changed.parts if len(part.painted) > 1])
    joined = "\x1f".join(part.painted)
    counted = part.painted[-1].endswith(f"/ {len(reading.parts)}")
    text = mutated(joined, [(0, joined.rfind("\x1f") if counted else len(joined))], kind, draw)
    assume(text not in {None, joined})
    part.painted[:] = text.split("\x1f")
    assert list(check_document("brief.pdf", changed, read_twin(brief.twin))), difference(joined, text)


def paper_of(brief):
    """Return a brief's PDF as read."""
    path = "brief.pdf"
    return read_documents({path: brief.documents[path]}, read_twin(brief.twin))[0][path]


@pytest.fixture(scope="module")
def small_paper(original):
    return paper_of(original)


@pytest.fixture(scope="module")
def demo_paper(demo_on_paper):
    return paper_of(demo_on_paper)


def test_an_untouched_brief_has_no_finding(original, demo):
    assert original.audited() == ()
    assert demo.audited() == ()


@pytest.mark.parametrize("path", ["brief.html", "brief.md", "brief.pdf"])
def test_one_document_alone_has_no_finding(original, path):
    documents = {path: original.documents[path]}
    assert audit(documents, original.twin, original.frames, original.second) == ()


@SHORT
@LIES
def test_a_small_lie_in_a_hand_made_file_is_found(original, kind, path, draw):
    assert_a_lie_is_found(original, kind, path, draw)


@SHORT
@LIES
def test_a_small_lie_in_a_file_of_the_program_is_found(demo, kind, path, draw):
    assert_a_lie_is_found(demo, kind, path, draw)


@SHORT
@given(kind=st.sampled_from(KINDS), draw=st.randoms(use_true_random=False))
def test_a_small_lie_in_the_runs_of_a_pdf_is_found(original, small_paper, kind, draw):
    assert_a_lie_on_paper_is_found(original, small_paper, kind, draw)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lie_in_the_page_that_became_the_pdf_is_found(original, kind):
    source = original.text("brief.html")
    changed = mutated(source, page_spans(source), kind, random.Random(3))  # noqa: S311  a fixed choice
    documents = {"brief.pdf": paper(changed)}
    assert audit(documents, original.twin, original.frames, original.second)


@pytest.mark.long
@LONG
@LIES
def test_thousands_of_small_lies_in_files_are_found(demo, kind, path, draw):
    assert_a_lie_is_found(demo, kind, path, draw)


@pytest.mark.long
@LONG
@given(kind=st.sampled_from(KINDS), draw=st.randoms(use_true_random=False))
def test_thousands_of_small_lies_on_paper_are_found(demo_on_paper, demo_paper, kind, draw):
    assert_a_lie_on_paper_is_found(demo_on_paper, demo_paper, kind, draw)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "day"),
    [("IWM", "2026-05-22"), ("SPX", "2026-07-10"), ("AAPL", "2026-08-21"), ("QQQ", "2026-07-10")],
)
def test_a_brief_on_recorded_data_has_no_finding(shared, tmp_path, symbol, day):
    source = f"csv:{shared / 'data'}"
    brief = build(tmp_path, symbol, source, dt.date.fromisoformat(day), ("html", "md"))
    assert brief.audited() == ()
