"""Fields that stood in no recorded answer."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.providers.known_fields import new_fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


def told(provider, part, value):
    return new_fields(provider, part, {"chain.json": json.dumps(value).encode()})


def test_a_new_field_is_named_once_by_its_way():
    options = [{"option": "A", "bid": 1, "mark": 1.5}, {"option": "B", "mark": None}]
    assert told("cboe", "chain", {"data": {"options": options}, "status": "ok"}) == (
        "data.options.*.mark",
        "status",
    )


def test_a_key_of_digits_is_a_place():
    paid = {"1770000000": {"amount": 1.0, "date": 1770000000, "kind": "special"}}
    body = {"chart": {"result": [{"events": {"dividends": paid}}]}}
    assert told("yahoo", "bars", body) == ("chart.result.*.events.dividends.*.kind",)


def test_below_a_place_of_anything_nothing_is_new():
    body = {"optionChain": {"result": [{"quote": {"shoeSize": 46}, "hat": 1}]}}
    assert told("yahoo", "chain", body) == ("optionChain.result.*.hat",)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[" * 100_000, b"\xff\xfe", b"3", b"null"])
def test_what_is_no_document_has_no_fields(data):
    assert new_fields("cboe", "chain", {"chain.json": data}) == ()


@given(JSON)
def test_any_document_has_fields_or_none(value):
    found = told("cboe", "bars", value)
    assert list(found) == sorted(set(found))


def test_of_sources_never_recorded_nothing_is_said():
    assert told("massive", "chain", {"anything": 1}) == ()


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("provider", "part", "files"),
    [
        ("cboe", "chain", "cboe_delayed_json/AAPL_2026-07-24.json.gz"),
        ("cboe", "bars", "cboe_bars_json/*.json.gz"),
        ("yahoo", "chain", "yahoo_v7_options/*.json.gz"),
        ("yahoo", "bars", "yahoo_v8_chart/*.json.gz"),
    ],
)
def test_the_recorded_answers_have_none_that_is_new(shared, provider, part, files):
    found = sorted((shared / "data" / "raw").glob(files))
    assert found
    for path in found:
        assert new_fields(provider, part, {"body.json": gzip.decompress(path.read_bytes())}) == ()
