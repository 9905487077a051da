from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import BadPayloadError
from generator.http import Response, json_of

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_was_written_is_read(value):
    assert json_of(json.dumps(value).encode(), "x") == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_one_printable_line(data):
    said = ""
    try:
        json_of(data, "answer")
    except BadPayloadError as error:
        said = str(error)
    assert said == "" or (said.startswith("answer: wanted JSON, found ") and said.isprintable())


def test_a_byte_order_mark_is_no_fault():
    assert json_of(b"\xef\xbb\xbf[1]", "x") == [1]


def test_an_answer_may_be_given_whole():
    answer = Response(url="https://a/", status=200, headers={}, body=b"[1]", date=None)
    assert json_of(answer, "x") == [1]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "found nothing"),
        (b" \n", "found nothing"),
        (b"<!DOCTYPE html><p>Sorry", "found HTML, which begins '<!DOCTYPE html><p>Sorry'"),
        (b"\n <html>", "found HTML"),
        (b"Too Many Requests", "which begins 'Too Many Requests'"),
        (b'{"a": NaN}', "NaN in place of a number"),
        (b'{"a": Infinity}', "Infinity in place of a number"),
        (b'{"a": -Infinity}', "-Infinity in place of a number"),
        (b'{"a": 1e999}', "1e999, which overflows"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
        (b'{"a": 1', "other text"),
        (b'{"a": 1} trailing', "Extra data"),
        (b"\xff\xfe[1]", "codec can't decode"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 100_000, "nested too deep"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_is_no_json_is_named(body, found):
    with pytest.raises(BadPayloadError) as caught:
        json_of(body, "chain of IWM")
    assert str(caught.value).startswith("chain of IWM: wanted JSON, ")
    assert found in str(caught.value)
    assert len(str(caught.value)) < 250
