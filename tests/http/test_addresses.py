from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.http import redacted


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b?c=d", "https://a.example/b?c=d"),
        ("https://a.example/b?apikey=x&c=d", "https://a.example/b?apikey=***&c=d"),
        ("https://a.example/b?api_key=x", "https://a.example/b?api_key=***"),
        ("https://a.example/b?TOKEN=x", "https://a.example/b?TOKEN=***"),
        ("https://a.example/b?access_token=x", "https://a.example/b?access_token=***"),
        ("https://a.example/b?crumb=x", "https://a.example/b?crumb=***"),
        ("https://u:p@a.example:8/b", "https://a.example:8/b"),
        ("https://a.example/b#token=x", "https://a.example/b"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url, shown):
    assert redacted(url) == shown


@given(st.text(alphabet="abcXYZ019&=%+;?#@/ ", min_size=0, max_size=30))
def test_no_value_of_a_key_is_ever_shown(rest):
    assert "S3CRET" not in redacted(f"https://a.example/p?key=S3CRET&{rest}")
