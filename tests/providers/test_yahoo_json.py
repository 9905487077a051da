"""Chains that other programs saved from Yahoo."""

from __future__ import annotations

import copy
import datetime as dt
import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError, ProviderError, UsageError
from generator.providers.assembly import edition_of
from generator.providers.base import Ask
from generator.providers.yahoo_json import YahooJson
from tests.providers.yahoo_bodies import FAR, JSON, NEAR, SPOT, places, seconds
from tests.tables import ends_as

WHEN = dt.datetime(2026, 3, 11, 18, tzinfo=calendar.NEW_YORK)
ASK = Ask(symbol="IWM", when=WHEN, session=WHEN.date())


def quotes(**fields):
    rows = [
        {
            "symbol": f"IWM{day:%y%m%d}{side[0].upper()}00250000",
            "expiration": day.isoformat(),
            "side": side,
            "strike": 250.0,
            "bid": 2.4,
            "ask": 2.6,
            "mid": 2.5,
            "last": 2.5,
            "volume": None,
            "openInterest": 12.0,
            "iv": 1e-05,
            "delta": None,
        }
        for day in (NEAR, FAR)
        for side in ("call", "put")
    ]
    return {
        "symbol": "IWM",
        "updated": "2026-03-11T22:01:00.123456Z",
        "underlyingPrice": SPOT,
        "quotes": rows,
        **fields,
    }


def compact(**fields):
    board = [{"s": 250, "b": 2.4, "a": 2.6, "l": 2.5, "iv": 0.2, "oi": 12, "v": None}]
    chains = {str(seconds(day)): {"c": board, "p": board} for day in (NEAR, FAR)}
    return {"spot": SPOT, "expirations": [seconds(NEAR), seconds(FAR)], "chains": chains, **fields}


def read(body, name="IWM_2026-03-11.json"):
    return YahooJson("", {}).read("chain", ASK, {name: json.dumps(body).encode()})


@pytest.mark.parametrize("body", [quotes(), compact()], ids=["with symbols", "compact"])
def test_both_shapes_say_the_same(body):
    chain = read(body).chain
    assert chain.frame["contract_symbol"].tolist() == [
        f"IWM   {day:%y%m%d}{right}00250000" for day in (NEAR, FAR) for right in "CP"
    ]
    assert chain.spot == SPOT
    assert chain.frame["volume"].isna().all()
    np.testing.assert_array_equal(chain.frame["open_interest"], [12.0] * 4)


def test_a_column_nobody_has_is_a_gap():
    assert [gap.what for gap in read(quotes()).gaps] == ["volume"]


def test_what_a_file_lacks_or_dates_oddly_is_named():
    body = quotes(underlyingPrice=None)
    for row in body["quotes"]:
        row["expiration"] = "2026-03-12"
    answer = read(body)
    assert answer.chain.spot is None
    assert {day.date() for day in answer.chain.frame["expiration"]} == {NEAR, FAR}
    whats = ["volume", "dates of expirations", "price beside the chain"]
    assert [gap.what for gap in answer.gaps] == whats


def test_only_one_file_is_a_chain():
    with pytest.raises(BadPayloadError, match="one saved chain, found 2"):
        YahooJson("", {}).read("chain", ASK, {"a.json": b"{}", "b.json": b"{}"})


@settings(max_examples=150, deadline=None)
@given(body=st.sampled_from([quotes(), compact()]), data=st.data(), new=JSON)
def test_whatever_stands_anywhere_in_a_file_it_is_a_chain_or_a_named_error(body, data, new):
    changed = copy.deepcopy(body)
    path = data.draw(st.sampled_from(list(places(changed))))
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = new
    try:
        answer = read(changed)
    except (ProviderError, DataError):
        return
    assert len(answer.chain.frame) > 0


@pytest.mark.parametrize(
    ("updated", "wanted"),
    [
        ("2026-03-11T22:01:00.123456Z", (dt.date(2026, 3, 11), "close")),
        ("2026-03-11T22:01:00", (dt.date(2026, 3, 11), "close")),
        ("2026-03-12T01:47:51-04:00", (dt.date(2026, 3, 11), "close")),
        ("2026-03-12T09:18:00-04:00", (dt.date(2026, 3, 11), "close")),
        ("2026-03-11T10:07:00-04:00", (dt.date(2026, 3, 11), "intraday")),
        ("2026-03-14T09:50:00-04:00", (dt.date(2026, 3, 13), "close")),
    ],
    ids=[
        "evening in UTC",
        "without a zone",
        "at night",
        "before the open",
        "in the session",
        "on a Saturday",
    ],
)
def test_an_instant_of_any_form_gives_the_session(updated, wanted):
    assert edition_of(read(quotes(updated=updated)).chain.captured)[:2] == wanted


def test_a_time_in_the_name_is_the_instant():
    captured = read(compact(), "IWM_2026-03-11_intraday-1007ET.json").chain.captured
    assert captured == dt.datetime(2026, 3, 11, 10, 7, tzinfo=calendar.NEW_YORK)


BAD = {
    "another symbol": (quotes(symbol="SPY"), "IWM_2026-03-11.json", BadPayloadError),
    "another symbol in the name": (compact(), "SPY_2026-03-11.json", BadPayloadError),
    "no instant": (quotes(updated=None), "IWM.json", BadPayloadError),
    "an instant that is none": (quotes(updated="yesterday"), "IWM.json", BadPayloadError),
    "neither shape": ({"calls": []}, "IWM_2026-03-11.json", BadPayloadError),
    "no contracts": (quotes(quotes=[]), "IWM.json", NotThereError),
    "a quote without a side": (quotes(quotes=[{"symbol": "x"}]), "IWM.json", BadPayloadError),
    "no strike": (
        compact(chains={str(seconds(NEAR)): {"c": [{}], "p": []}}),
        "IWM_2026-03-11.json",
        BadPayloadError,
    ),
    "no puts": (compact(chains={str(seconds(NEAR)): {"c": []}}), "IWM_2026-03-11.json", BadPayloadError),
    "a date for seconds": (
        compact(chains={"2026-03-13": {"c": [], "p": []}}),
        "IWM_2026-03-11.json",
        BadPayloadError,
    ),
    "no session in the name": (compact(), "IWM.json", DataError),
    "no date in the name": (compact(), "IWM_2026-99-11.json", DataError),
    "a Saturday in the name": (compact(), "IWM_2026-03-14.json", DataError),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_file_that_is_no_saved_chain_is_refused(fault):
    body, name, kind = BAD[fault]
    with ends_as(kind):
        read(body, name)


def test_a_file_is_kept_as_it_lies_there(tmp_path):
    path = tmp_path / "IWM_2026-03-11.json.gz"
    path.write_bytes(gzip.compress(json.dumps(quotes()).encode()))
    fetched = YahooJson(str(path), {}).fetch("chain", ASK)
    assert [(file.name, file.data) for file in fetched.files] == [(path.name, path.read_bytes())]
    again = YahooJson(fetched.item, {}).read("chain", ASK, {file.name: file.data for file in fetched.files})
    assert len(again.chain.frame) == 4


@pytest.mark.parametrize("name", ["", "a b.json", "-rf.json", ".hidden"])
def test_an_odd_file_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError):
        YahooJson(str(tmp_path / "x" / name) if name else "", {}).fetch("chain", ASK)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"IWM\.json"):
        YahooJson(str(tmp_path / "IWM.json"), {}).fetch("chain", ASK)


def test_damaged_or_endless_gzip_is_refused():
    for data in (b"no gzip", gzip.compress(bytes(65 << 20))):
        with pytest.raises(DataError):
            YahooJson("", {}).read("chain", ASK, {"IWM_2026-03-11.json.gz": data})


def test_only_a_chain_is_given():
    with pytest.raises(ProviderError, match="a chain only"):
        YahooJson("x.json", {}).fetch("bars", ASK)
