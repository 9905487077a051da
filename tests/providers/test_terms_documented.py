"""docs/data.md says of every source what the program itself prints of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.providers.chosen import PROVIDERS, provider_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text("utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| `")]


def row_of(name):
    found = [row for row in ROWS if re.search(rf"`{re.escape(name)}[:`]", row[0])]
    assert len(found) == 1, name
    return [cell.strip() for cell in found[0]]


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_source_has_a_row_with_its_parts_and_its_terms(name):
    provider = provider_of(name, "https://localhost/feed" if name == "rss" else "", {})
    _, parts, _, _, terms = row_of(name)
    assert all(part in parts for part in provider.parts)
    assert terms == provider.terms.summary


def test_no_row_is_of_a_source_that_is_gone():
    named = {word for row in ROWS for word in re.findall(r"`([a-z-]+)", row[0])}
    assert named == set(PROVIDERS)
