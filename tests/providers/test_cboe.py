from __future__ import annotations

import contextlib
import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import calendar
from generator.errors import BadPayloadError, NotThereError, ProviderError
from generator.providers.base import Ask
from generator.providers.cboe import Cboe, theirs
from tests.tables import ended, ends_as
from tests.wire import cboe_bodies as bodies
from tests.wire.faults import TRANSPORT, renamed, replaced, reply_json, without

EVENING = dt.datetime(2026, 3, 11, 20, 0, tzinfo=calendar.NEW_YORK)
CHAIN, BARS = "/api/options/ABCD.json", "/api/charts/historical/ABCD.json"
HUGE = 10**400

#: what the body says -> the kind it ends in
CHAIN_FAULTS = {
    "no options listed": (replaced(bodies.chain(), "data.options", []), NotThereError),
    "options null": (replaced(bodies.chain(), "data.options", None), NotThereError),
    "no data": (without(bodies.chain(), "data"), BadPayloadError),
    "data null": (replaced(bodies.chain(), "data", None), BadPayloadError),
    "data a list": (replaced(bodies.chain(), "data", []), BadPayloadError),
    "a list for an answer": ([], BadPayloadError),
    "null for an answer": (None, BadPayloadError),
    "options an object of numbers": (replaced(bodies.chain(), "data.options", [1, 2]), BadPayloadError),
    **{
        f"renamed key {key}": (renamed(bodies.chain(), f"data.options.*.{key}", f"{key}2"), BadPayloadError)
        for key in ("option", "bid", "ask", "volume", "open_interest", "last_trade_price")
    },
    **{
        f"renamed key {key}": (renamed(bodies.chain(), f"data.{key}", f"{key}2"), BadPayloadError)
        for key in ("options", "current_price", "close")
    },
    "renamed key timestamp": (renamed(bodies.chain(), "timestamp", "time"), BadPayloadError),
    "no such instant": (replaced(bodies.chain(), "timestamp", "2026-02-30 25:00:00"), BadPayloadError),
    "timestamp of the future": (replaced(bodies.chain(), "timestamp", "2026-03-13 20:30:00"), NotThereError),
    "another symbol": (replaced(bodies.chain(), "symbol", "WXYZ"), BadPayloadError),
    "another symbol inside": (replaced(bodies.chain(), "data.symbol", "WXYZ"), BadPayloadError),
    "series of another symbol": (bodies.chain(roots=("WXYZ",)), BadPayloadError),
    "no option symbols": (replaced(bodies.chain(), "data.options.*.option", "ABCD"), BadPayloadError),
    "few option symbols": (
        replaced(replaced(bodies.chain(), "data.options.0.option", "X"), "data.options.1.option", "X"),
        BadPayloadError,
    ),
    "NaN volume": (replaced(bodies.chain(), "data.options.0.volume", float("nan")), BadPayloadError),
    "infinite bid": (replaced(bodies.chain(), "data.options.0.bid", float("inf")), BadPayloadError),
    "text for a price": (replaced(bodies.chain(), "data.options.0.bid", "1.05"), BadPayloadError),
    "true for a price": (replaced(bodies.chain(), "data.options.0.bid", True), BadPayloadError),
    "a number without end": (replaced(bodies.chain(), "data.options.0.bid", HUGE), BadPayloadError),
    "negative count": (replaced(bodies.chain(), "data.options.0.volume", -1.0), BadPayloadError),
    "half a contract": (replaced(bodies.chain(), "data.options.0.open_interest", 0.5), BadPayloadError),
    "more contracts than exist": (replaced(bodies.chain(), "data.options.0.volume", 1e12), BadPayloadError),
    "a series twice": (
        replaced(bodies.chain(), "data.options.1.option", bodies.chain()["data"]["options"][0]["option"]),
        BadPayloadError,
    ),
    "negative price of the underlying": (
        replaced(bodies.chain(), "data.current_price", -5.0),
        BadPayloadError,
    ),
    "trade at no time": (replaced(bodies.chain(), "data.last_trade_time", "yesterday"), BadPayloadError),
}
BAR_FAULTS = {
    "no bars": (replaced(bodies.bars(), "data", []), NotThereError),
    "bars null": (replaced(bodies.bars(), "data", None), NotThereError),
    "no data": (without(bodies.bars(), "data"), BadPayloadError),
    **{
        f"renamed key {key}": (renamed(bodies.bars(), f"data.*.{key}", f"{key}2"), BadPayloadError)
        for key in ("date", "open", "high", "low", "close")
    },
    "another symbol": (replaced(bodies.bars(), "symbol", "WXYZ"), BadPayloadError),
    "no such day": (replaced(bodies.bars(), "data.3.date", "2026-02-30"), BadPayloadError),
    "a day twice": (
        replaced(bodies.bars(), "data.1.date", bodies.bars()["data"][0]["date"]),
        BadPayloadError,
    ),
    "words for a price": (replaced(bodies.bars(), "data.3.close", "n/a"), BadPayloadError),
    "NaN close": (replaced(bodies.bars(), "data.3.close", float("nan")), BadPayloadError),
    "a high below the close": (replaced(bodies.bars(), "data.3.high", 100.0), BadPayloadError),
    "an open far outside": (replaced(bodies.bars(), "data.3.open", 50.0), BadPayloadError),
    "negative volume": (replaced(bodies.bars(), "data.3.volume", -1), BadPayloadError),
}


def ask(symbol="ABCD", when=EVENING, session=bodies.SESSION, expirations=None):
    return Ask(symbol=symbol, when=when, session=session, expirations=expirations)


def read_chain(body, **asked):
    return Cboe("", {}).read("chain", ask(**asked), {"chain.json": json.dumps(body).encode()})


def read_bars(body, **asked):
    return Cboe("", {}).read("bars", ask(**asked), {"bars.json": json.dumps(body).encode()})


@pytest.fixture
def cboe(wire):
    options = {
        "base_url": wire.url("/api"),
        "ca_file": str(wire.ca_file),
        "spacing": 0,
        "timeout": 0.4,
        "retries": 0,
    }
    return Cboe("", options)


def answered(cboe, part):
    fetched = cboe.fetch(part, ask())
    return cboe.read(part, ask(), {file.name: file.data for file in fetched.files})


def test_a_chain_comes_over_the_wire_as_it_was_sent(wire, cboe):
    wire.routes = {CHAIN: reply_json(bodies.chain(), packed=True)}
    fetched = cboe.fetch("chain", ask())
    (file,) = fetched.files
    assert (file.name, json.loads(file.data)) == ("chain.json", bodies.chain())
    assert fetched.item == wire.url(CHAIN)
    assert fetched.retrieved_at == dt.datetime(2026, 3, 11, 20, 15, tzinfo=dt.UTC)
    assert len(answered(cboe, "chain").chain.frame) == 18


def test_bars_come_over_the_wire(wire, cboe):
    wire.routes = {BARS: reply_json(bodies.bars())}
    assert len(answered(cboe, "bars").bars) == 40


@pytest.mark.parametrize("part", ["chain", "bars"])
@pytest.mark.parametrize("fault", TRANSPORT)
def test_fault_of_the_wire(wire, cboe, part, fault):
    make, kind = TRANSPORT[fault]
    body = bodies.chain() if part == "chain" else bodies.bars()
    wire.routes = {CHAIN if part == "chain" else BARS: make(json.dumps(body).encode())}
    kind = NotThereError if fault.startswith(("401", "403")) else kind  # no key: such a symbol is not listed
    with ends_as(kind) as caught:
        answered(cboe, part)
    assert caught.type is kind
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("fault", CHAIN_FAULTS)
def test_fault_in_a_chain(wire, cboe, fault):
    body, kind = CHAIN_FAULTS[fault]
    wire.routes = {CHAIN: reply_json(body)}
    with ends_as(kind) as caught:
        answered(cboe, "chain")
    assert caught.type is kind
    assert "ABCD" in str(caught.value)


@pytest.mark.parametrize("fault", BAR_FAULTS)
def test_fault_in_bars(wire, cboe, fault):
    body, kind = BAR_FAULTS[fault]
    wire.routes = {BARS: reply_json(body)}
    with ends_as(kind) as caught:
        answered(cboe, "bars")
    assert caught.type is kind
    assert "ABCD" in str(caught.value)


@pytest.mark.parametrize(("part", "file"), [("chain", "bars.json"), ("bars", "chain.json")])
def test_a_missing_file_is_said_to_be_missing(part, file):
    with pytest.raises(BadPayloadError, match="found no such file"):
        Cboe("", {}).read(part, ask(), {file: b"{}"})


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("IWM", "IWM"),
        ("SPX", "_SPX"),
        ("^SPX", "_SPX"),
        ("^RVX", "_RVX"),
        ("BRK.B", "BRK.B"),
        ("XSP", "_XSP"),
    ],
)
def test_an_index_has_an_underscore_before_its_name(symbol, name):
    assert theirs(symbol) == name


@pytest.mark.parametrize(
    "symbol", ["../../etc/passwd", "A/B", "A?x=1", "A#b", "A%2e%2e", "A\r\nHost: b", "\u00e9"]
)
def test_an_evil_symbol_stays_one_part_of_the_path(wire, cboe, symbol):
    with pytest.raises(NotThereError):
        cboe.fetch("chain", ask(symbol=symbol))
    (request,) = wire.requests
    assert request.path.startswith("/api/options/")
    assert request.path.count("/") == 3
    assert request.query == {}


def test_the_quotes_are_a_quarter_of_an_hour_older_than_the_answer():
    answer = read_chain(bodies.chain())
    assert answer.chain.captured == dt.datetime(2026, 3, 11, 16, 15, tzinfo=calendar.NEW_YORK)
    assert answer.delay == "15 minutes"


def test_after_the_close_the_close_is_told_apart_from_the_price():
    chain = read_chain(bodies.chain()).chain
    assert (chain.spot, chain.close) == (101.5, 101.25)


def test_during_the_session_there_is_no_close():
    body = replaced(bodies.chain(), "timestamp", "2026-03-11 18:00:00")
    chain = read_chain(body).chain
    assert (chain.spot, chain.close) == (101.5, None)


@pytest.mark.parametrize("price", [None, 0, 0.0])
def test_no_price_is_none_and_never_zero(price):
    body = replaced(replaced(bodies.chain(), "data.current_price", price), "data.close", price)
    chain = read_chain(body).chain
    assert (chain.spot, chain.close) == (None, None)


@pytest.mark.parametrize("key", ["bid", "ask", "volume", "open_interest", "last_trade_price"])
@pytest.mark.parametrize("how", ["null", "absent"])
def test_a_missing_number_is_missing_and_never_zero(key, how):
    place = f"data.options.0.{key}"
    body = replaced(bodies.chain(), place, None) if how == "null" else without(bodies.chain(), place)
    frame = read_chain(body).chain.frame
    row = frame[frame["contract_symbol"] == "ABCD  260311C00095000"]
    column = key.removesuffix("_trade_price")
    assert np.isnan(row[column].iloc[0])
    assert frame[column].isna().sum() == 1
    ended("missing", said=f"{column} of that series, and of no other")


def test_every_number_stands_at_its_series():
    body = bodies.chain()
    frame = read_chain(body).chain.frame.set_index("contract_symbol")
    for sent in body["data"]["options"]:
        row = frame.loc[f"{sent['option'][:-15]:<6}{sent['option'][-15:]}"]
        names = ["bid", "ask", "last_trade_price", "volume", "open_interest"]
        assert [row[name.removesuffix("_trade_price")] for name in names] == [sent[name] for name in names]


def test_am_and_pm_series_of_one_day_and_strike_are_told_apart():
    body = bodies.chain("SPX", roots=("SPX", "SPXW"), index=True)
    frame = read_chain(body, symbol="^SPX").chain.frame
    assert frame.groupby("root")["settlement"].unique().map(list).to_dict() == {"SPX": ["am"], "SPXW": ["pm"]}
    assert len(frame) == 36


def test_an_adjusted_root_is_kept_and_marked():
    frame = read_chain(bodies.chain(roots=("ABCD", "ABCD1"))).chain.frame
    assert frame.groupby("root")["standard"].all().to_dict() == {"ABCD": True, "ABCD1": False}


def test_a_row_without_an_option_symbol_is_left_out_and_counted():
    answer = read_chain(replaced(bodies.chain(), "data.options.0.option", "ABCD 11 March 95 C"))
    assert (len(answer.chain.frame), answer.chain.rows_left_out) == (17, {"no option symbol": 1})


def test_series_of_the_day_stay_and_older_ones_go():
    body = replaced(bodies.chain(), "timestamp", "2026-03-13 00:30:00")  # Thursday evening in New York
    body = replaced(body, "data.last_trade_time", "2026-03-12T15:59:59")
    when = dt.datetime(2026, 3, 12, 23, 0, tzinfo=calendar.NEW_YORK)
    answer = read_chain(body, when=when)
    assert answer.chain.rows_left_out == {"expired before the session": 6}
    assert bodies.EXPIRATIONS[0] in set(read_chain(bodies.chain()).chain.frame["expiration"].dt.date)


def test_the_nearest_expirations_may_be_asked_for():
    frame = read_chain(bodies.chain(), expirations=2).chain.frame
    assert tuple(sorted(set(frame["expiration"].dt.date))) == bodies.EXPIRATIONS[:2]
    assert list(frame.index) == list(range(12))


def test_an_old_chain_under_a_fresh_header_is_dated_by_its_trades():
    body = replaced(bodies.chain(), "timestamp", "2026-03-13 18:00:00")
    when = dt.datetime(2026, 3, 13, 15, 0, tzinfo=calendar.NEW_YORK)
    answer = read_chain(body, when=when, session=when.date())
    assert answer.chain.captured == calendar.session_close(bodies.SESSION)
    (gap,) = answer.gaps
    assert "2026-03-13 13:45" in gap.reason
    assert "2026-03-11" in gap.reason


def test_minutes_after_the_open_no_trade_proves_nothing():
    body = replaced(bodies.chain(), "timestamp", "2026-03-12 13:55:00")
    when = dt.datetime(2026, 3, 12, 10, 0, tzinfo=calendar.NEW_YORK)
    answer = read_chain(body, when=when, session=when.date())
    assert (answer.chain.captured.hour, answer.chain.captured.minute, answer.gaps) == (9, 40, ())


def test_before_the_open_the_quotes_are_of_the_session_before():
    body = replaced(bodies.chain(), "timestamp", "2026-03-12 12:00:00")
    when = dt.datetime(2026, 3, 12, 9, 0, tzinfo=calendar.NEW_YORK)
    answer = read_chain(body, when=when, session=when.date())
    assert (answer.gaps, answer.chain.close) == ((), 101.25)
    assert answer.chain.captured.date() == dt.date(2026, 3, 12)


def places(value, path=""):
    """The dotted path of everything in a body."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in inside:
        yield f"{path}{key}"
        yield from places(entry, f"{path}{key}.")


CHAIN_PLACES = list(places(bodies.chain()))
BAR_PLACES = list(places(bodies.bars()))
ODD = st.sampled_from(
    [None, True, "", "x", "NaN", -1, 0, 0.5, 1e300, HUGE, [], [[]], {}, {"a": 1}, "9" * 5000]
)


@given(st.sampled_from(CHAIN_PLACES), ODD)
def test_no_odd_value_in_a_chain_ends_in_another_error(place, value):
    with contextlib.suppress(ProviderError):
        frame = read_chain(replaced(bodies.chain(), place, value)).chain.frame
        assert len(frame) in {17, 18}


@given(st.sampled_from(BAR_PLACES), ODD)
def test_no_odd_value_in_bars_ends_in_another_error(place, value):
    with contextlib.suppress(ProviderError):
        assert len(read_bars(replaced(bodies.bars(), place, value)).bars) in {39, 40}


@given(st.integers(0, 5000), st.binary(max_size=8))
def test_no_damaged_bytes_end_in_another_error(start, new):
    body = json.dumps(bodies.chain()).encode()
    damaged = body[:start] + new + body[start + len(new) + 1 :]
    with contextlib.suppress(ProviderError):
        assert len(Cboe("", {}).read("chain", ask(), {"chain.json": damaged}).chain.frame) in {17, 18}


@pytest.mark.parametrize("theirs", ["BRK.B", "BRK/B", "BRKB", ""])
def test_a_class_of_shares_may_be_marked_in_any_way(theirs):
    body = replaced(bodies.chain("BRK.B", roots=("BRKB",)), "symbol", theirs)
    assert len(read_chain(body, symbol="BRK.B").chain.frame) == 18


def test_a_symbol_with_no_such_date_is_no_symbol():
    answer = read_chain(replaced(bodies.chain(), "data.options.0.option", "ABCD260230C00095000"))
    assert (len(answer.chain.frame), answer.chain.rows_left_out) == (17, {"no option symbol": 1})


def test_a_chain_that_had_expired_is_not_there():
    body = replaced(bodies.chain(), "timestamp", "2026-06-01 20:30:00")
    body = replaced(body, "data.last_trade_time", "2026-06-01T15:59:59")
    with pytest.raises(NotThereError, match="wanted series alive on 2026-06-01"):
        read_chain(body, when=dt.datetime(2026, 6, 1, 20, tzinfo=calendar.NEW_YORK))


def test_bars_end_with_the_last_session_that_is_over():
    noon = dt.datetime(2026, 3, 11, 12, 0, tzinfo=calendar.NEW_YORK)
    assert read_bars(bodies.bars()).bars["date"].iloc[-1].date() == dt.date(2026, 3, 11)
    assert read_bars(bodies.bars(), when=noon).bars["date"].iloc[-1].date() == dt.date(2026, 3, 10)


def test_numbers_of_an_index_written_as_text_are_read():
    body = replaced(replaced(bodies.bars(), "data.*.close", "101.2500"), "data.*.volume", "0")
    bars = read_bars(body).bars
    assert (set(bars["close"]), set(bars["volume"])) == ({101.25}, {0.0})


@pytest.mark.parametrize("price", [None, 0, "0.0000"])
def test_a_bar_without_a_price_is_left_out_and_said(price):
    answer = read_bars(replaced(bodies.bars(), "data.3.open", price))
    assert len(answer.bars) == 39
    assert [gap.reason for gap in answer.gaps] == ["1 left out: a price is missing"]


def test_an_open_just_outside_the_days_range_is_held_to_it_and_said():
    answer = read_bars(replaced(bodies.bars(), "data.3.open", 99.4))
    assert answer.bars["open"].iloc[3] == 99.5
    assert [gap.reason for gap in answer.gaps] == [
        "1 with an open outside the day's range, which is held to it"
    ]


def test_bars_of_long_ago_are_not_taken():
    body = replaced(bodies.bars(), "data.0.date", "2014-06-09")
    body = replaced(body, "data.0.high", 1.0)  # contradicts its close
    assert len(read_bars(body).bars) == 39


def test_a_missing_volume_is_missing():
    assert np.isnan(read_bars(without(bodies.bars(), "data.3.volume")).bars["volume"].iloc[3])
