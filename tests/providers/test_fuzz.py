"""Whatever bytes a file has, there is a snapshot that holds the schema or an error of ours."""

from __future__ import annotations

import functools

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import calendar
from generator.errors import DataError
from generator.models.schema import validated_chain
from generator.providers.chains import chain_name, parse_chain
from generator.providers.csv_folder import CsvFolder
from generator.providers.dated import parse_dividends, parse_events, parse_ics, parse_rates
from generator.providers.files import KeptFiles, unpacked
from generator.providers.news import parse_news
from generator.providers.products import product
from tests.builders import SESSION, SYMBOL, file_rows, make_bars, make_chain

CHAIN = file_rows(make_chain(width=1), captured=calendar.session_close(SESSION)).to_csv(index=False).encode()
BARS = (
    make_bars(5).assign(date=lambda bars: bars["date"].dt.strftime("%Y-%m-%d")).to_csv(index=False).encode()
)
NAME = f"chains/{SYMBOL}_{SESSION}.csv"
JUNK = st.sampled_from(
    [b"", b",", b'"', b"\n", b"\r", b"\0", b"\xff", b"-", b"1e999", b"nan", b"inf", b"9" * 400]
)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def spoiled(data, place, length, junk):
    place %= len(data)
    return data[:place] + junk + data[place + length :]


def outcome(read):
    """What *read* returned, and what our own error said."""
    try:
        return read(), ""
    except DataError as error:
        return None, str(error)


@relaxed
@given(st.integers(0, 10_000), st.integers(0, 40), JUNK | st.binary(max_size=20))
def test_a_spoiled_chain_reads_or_is_refused(place, length, junk):
    data = spoiled(CHAIN, place, length, junk)
    capture, message = outcome(lambda: parse_chain(chain_name(NAME), data, product(SYMBOL), {}))
    if capture is None:
        assert NAME in message
        assert "\n" not in message
    else:
        pd.testing.assert_frame_equal(validated_chain(capture.chain), capture.chain)


@relaxed
@given(st.integers(0, 1_000), st.integers(0, 40), JUNK | st.binary(max_size=20))
def test_spoiled_bars_read_or_are_refused(place, length, junk):
    files = KeptFiles({NAME: CHAIN, f"bars/{SYMBOL}_daily.csv": spoiled(BARS, place, length, junk)})
    snapshot, message = outcome(lambda: CsvFolder("", files=files).snapshot(SYMBOL, SESSION))
    assert f"{SYMBOL}_daily.csv" in message if snapshot is None else len(snapshot.bars) <= 6


@relaxed
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_under_any_name_read_or_are_refused(data):
    readers = [
        functools.partial(parse_rates, "x.csv"),
        functools.partial(parse_ics, "x.ics"),
        functools.partial(parse_news, "x.json"),
        functools.partial(parse_news, "x.xml"),
        functools.partial(parse_events, "x.csv", symbol=SYMBOL),
        functools.partial(parse_dividends, "x.csv", symbol=SYMBOL),
        functools.partial(unpacked, "x.csv.gz"),
    ]
    for read in readers:
        found, message = outcome(functools.partial(read, data))
        assert found is not None or "file x." in message
