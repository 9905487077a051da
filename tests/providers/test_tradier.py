from __future__ import annotations

import datetime as dt
import json
import math

import pytest

from generator import errors
from generator.calendar import NEW_YORK
from generator.providers.base import Ask
from generator.providers.tradier import Tradier
from tests.tables import ends_as
from tests.wire.faults import TRANSPORT, packed_reply, renamed, replaced, reply_json, without
from tests.wire.server import Reply

SESSION = dt.date(2026, 3, 11)
WHEN = dt.datetime(2026, 3, 11, 16, 20, tzinfo=NEW_YORK)
ASK = Ask(symbol="IWM", when=WHEN, session=SESSION)
KEY = "s3cret-0f-1he-0wner"
QUOTED = int(dt.datetime(2026, 3, 11, 15, 59, 30, tzinfo=NEW_YORK).timestamp() * 1000)


def option(symbol="IWM260313C00250000", **changes):
    return {
        "symbol": symbol,
        "description": "IWM Mar 13 2026 $250.00 Call",
        "type": "option",
        "underlying": "IWM",
        "root_symbol": symbol[:-15],
        "last": 2.1,
        "volume": 120,
        "bid": 2.05,
        "ask": 2.15,
        "bid_date": QUOTED - 1000,
        "ask_date": QUOTED,
        "open_interest": 1042,
        "contract_size": 100,
        "expiration_date": "2026-03-13",
        "option_type": "call",
        **changes,
    }


EXPIRATIONS = {"expirations": {"date": ["2026-03-13", "2026-03-20"]}}
QUOTE = {
    "quotes": {
        "quote": {
            "symbol": "IWM",
            "description": "iShares Russell 2000 ETF",
            "type": "etf",
            "last": 250.4,
            "close": 250.35,
            "prevclose": 249.0,
            "trade_date": QUOTED,
        }
    }
}
NEAR = {"options": {"option": [option(), option("IWM260313P00250000", open_interest=7, volume=0)]}}
FAR = {"options": {"option": option("IWM260320C00262500")}}  # a lone item is no list
HISTORY = {
    "history": {
        "day": [
            {"date": "2026-03-09", "open": 248.0, "high": 250.0, "low": 247.0, "close": 249.5, "volume": 100},
            {"date": "2026-03-10", "open": 249.5, "high": 251.0, "low": 248.5, "close": 249.0, "volume": 110},
            {"date": "2026-03-11", "open": 249.0, "high": 251.0, "low": 248.0, "close": 250.35, "volume": 90},
        ]
    }
}
CHAINS = "/v1/markets/options/chains?symbol=IWM&expiration={}&greeks=false"


def routes(**changes):
    bodies = {"expirations": EXPIRATIONS, "quote": QUOTE, "near": NEAR, "far": FAR, "history": HISTORY}
    made = {
        name: value if isinstance(value, Reply) else reply_json(value)
        for name, value in {**bodies, **changes}.items()
    }
    return {
        "/v1/markets/options/expirations": made["expirations"],
        "/v1/markets/quotes": made["quote"],
        CHAINS.format("2026-03-13"): made["near"],
        CHAINS.format("2026-03-20"): made["far"],
        "/v1/markets/history": made["history"],
    }


@pytest.fixture
def tradier(wire):
    wire.routes = routes()
    return Tradier(
        "",
        {
            "token": KEY,
            "base_url": wire.url(),
            "ca_file": str(wire.ca_file),
            "spacing": 0,
            "retries": 0,
            "timeout": 2,
        },
    )


def answered(tradier, part, ask=ASK):
    fetched = tradier.fetch(part, ask)
    return tradier.read(part, ask, {file.name: file.data for file in fetched.files})


def test_a_chain_comes_whole_and_dated_by_its_newest_quote(tradier):
    chain = answered(tradier, "chain").chain
    assert (chain.spot, chain.close, chain.name) == (250.4, 250.35, "iShares Russell 2000 ETF")
    assert chain.captured == dt.datetime(2026, 3, 11, 15, 59, 30, tzinfo=NEW_YORK)
    assert chain.frame["contract_symbol"].tolist() == [
        "IWM   260313C00250000",
        "IWM   260313P00250000",
        "IWM   260320C00262500",
    ]
    first = chain.frame.iloc[0]
    assert (first["bid"], first["ask"], first["last"]) == (2.05, 2.15, 2.1)
    assert (first["volume"], first["open_interest"], first["multiplier"]) == (120, 1042, 100)
    assert chain.frame["strike"].tolist() == [250.0, 250.0, 262.5]
    assert chain.frame["standard"].all()


def test_the_documented_questions_are_asked_and_the_token_travels_in_a_header(tradier, wire):
    fetched = tradier.fetch("chain", ASK)
    paths = [request.path for request in wire.requests]
    assert paths == [
        "/v1/markets/options/expirations",
        "/v1/markets/quotes",
        "/v1/markets/options/chains",
        "/v1/markets/options/chains",
    ]
    assert wire.requests[0].query == {"symbol": ["IWM"], "includeAllRoots": ["true"], "strikes": ["false"]}
    assert {request.headers["authorization"] for request in wire.requests} == {f"Bearer {KEY}"}
    assert fetched.retrieved_at == dt.datetime(2026, 3, 11, 20, 15, tzinfo=dt.UTC)
    assert [file.name for file in fetched.files] == [
        "expirations.json",
        "quote.json",
        "2026-03-13.json",
        "2026-03-20.json",
    ]


def test_only_the_nearest_expirations_are_asked_for(tradier, wire):
    near = Ask(symbol="IWM", when=WHEN, session=SESSION, expirations=1)
    assert len(answered(tradier, "chain", near).chain.frame) == 2
    assert wire.asked("/v1/markets/options/chains") == 1


def test_a_quotes_time_is_told_in_utc_and_missing_when_tradier_has_none(tradier, wire):
    rows = [option(), option("IWM260313C00251000", bid_date=0, ask_date=None)]
    wire.routes = routes(near={"options": {"option": rows}})
    times = answered(tradier, "chain").chain.frame["quote_time"]
    assert times[0] == dt.datetime(2026, 3, 11, 19, 59, 30)  # noqa: DTZ001  (the column is UTC by its description)
    assert times.isna().tolist() == [False, True, False]


def test_adjusted_roots_and_odd_sizes_are_kept_apart(tradier, wire):
    rows = [option(), option("IWM1260313C00250000"), option("IWM260313C00255000", contract_size=10)]
    wire.routes = routes(near={"options": {"option": rows}})
    frame = answered(tradier, "chain").chain.frame
    near = frame[frame["expiration"] == "2026-03-13"]
    assert dict(zip(near["contract_symbol"], near["standard"], strict=True)) == {
        "IWM   260313C00250000": True,
        "IWM1  260313C00250000": False,
        "IWM   260313C00255000": False,
    }


def test_null_absent_and_nan_fields_are_missing_and_never_zero(tradier, wire):
    rows = [option(bid=None, volume="NaN"), without(option("IWM260313C00251000"), "open_interest")]
    wire.routes = routes(near={"options": {"option": rows}})
    frame = answered(tradier, "chain").chain.frame
    assert math.isnan(frame["bid"][0])
    assert math.isnan(frame["volume"][0])
    assert math.isnan(frame["open_interest"][1])


def test_an_expiration_without_contracts_is_a_named_gap(tradier, wire):
    wire.routes = routes(far={"options": None})
    answer = answered(tradier, "chain")
    assert len(answer.chain.frame) == 2
    assert [gap.what for gap in answer.gaps] == ["chain 2026-03-20"]


def test_rows_without_a_symbol_and_expired_ones_are_counted(tradier, wire):
    rows = [option(), option("no symbol"), option("IWM260310C00250000")]
    wire.routes = routes(near={"options": {"option": rows}})
    chain = answered(tradier, "chain").chain
    assert chain.rows_left_out == {"no option symbol": 1, "expired before the session": 1}


def test_yesterday_cannot_be_had_from_a_feed_of_the_present(tradier):
    past = Ask(symbol="IWM", when=WHEN - dt.timedelta(days=1), session=dt.date(2026, 3, 10))
    with pytest.raises(errors.NotThereError, match="knows only the present"):
        answered(tradier, "chain", past)


def test_bars_end_with_the_last_session_that_is_over(tradier):
    assert answered(tradier, "bars").bars["close"].tolist() == [249.5, 249.0, 250.35]
    noon = Ask(symbol="IWM", when=WHEN.replace(hour=12), session=SESSION)
    assert answered(tradier, "bars", noon).bars["close"].tolist() == [249.5, 249.0]


def test_a_lone_bar_is_no_list(tradier, wire):
    wire.routes = routes(history={"history": {"day": HISTORY["history"]["day"][0]}})
    assert len(answered(tradier, "bars").bars) == 1


@pytest.mark.parametrize(("symbol", "sent"), [("^SPX", "SPX"), ("BRK.B", "BRK/B")])
def test_symbols_are_sent_as_tradier_writes_them(tradier, wire, symbol, sent):
    tradier.fetch("bars", Ask(symbol=symbol, when=WHEN, session=SESSION))
    assert wire.requests[0].query["symbol"] == [sent]


def test_without_a_token_nothing_is_asked(wire):
    with pytest.raises(errors.DeniedError, match="token_env"):
        Tradier("", {"base_url": wire.url()}).fetch("chain", ASK)
    assert wire.requests == []


def test_kept_bytes_are_read_without_settings(tradier):
    fetched = tradier.fetch("chain", ASK)
    files = {file.name: file.data for file in fetched.files}
    assert len(Tradier(fetched.item, {}).read("chain", ASK, files).chain.frame) == 3


def test_a_body_that_repeats_the_token_is_not_kept(tradier, wire):
    wire.routes = routes(quote={**QUOTE, "debug": KEY})
    with pytest.raises(errors.BadPayloadError, match="found our own key") as caught:
        tradier.fetch("chain", ASK)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("document", ["expirations", "quote", "near", "history"])
@pytest.mark.parametrize("fault", sorted(TRANSPORT))
def test_every_fault_of_the_wire_ends_as_its_kind(tradier, wire, fault, document):
    make, kind = TRANSPORT[fault]
    good = {"expirations": EXPIRATIONS, "quote": QUOTE, "near": NEAR, "history": HISTORY}[document]
    tradier._client._timeout = 0.3
    table = routes()
    table[list(table)[["expirations", "quote", "near", "far", "history"].index(document)]] = make(
        json.dumps(good).encode()
    )
    wire.routes = table
    with ends_as(kind) as caught:
        answered(tradier, "bars" if document == "history" else "chain")
    assert KEY not in str(caught.value)


BODIES = {
    "no expiration": ("chain", {"expirations": {"expirations": None}}, errors.NotThereError),
    "expirations renamed": (
        "chain",
        {"expirations": renamed(EXPIRATIONS, "expirations", "expiries")},
        errors.BadPayloadError,
    ),
    "an expiration that is no date": (
        "chain",
        {"expirations": {"expirations": {"date": "soon"}}},
        errors.BadPayloadError,
    ),
    "unknown symbol": (
        "chain",
        {"quote": {"quotes": {"unmatched_symbols": {"symbol": "IWM"}}}},
        errors.NotThereError,
    ),
    "last renamed": (
        "chain",
        {"quote": renamed(QUOTE, "quotes.quote.last", "price")},
        errors.BadPayloadError,
    ),
    "last is text": ("chain", {"quote": replaced(QUOTE, "quotes.quote.last", "250")}, errors.BadPayloadError),
    "no contracts at all": (
        "chain",
        {"near": {"options": None}, "far": {"options": None}},
        errors.NotThereError,
    ),
    "open interest renamed": (
        "chain",
        {
            "near": renamed(NEAR, "options.option.*.open_interest", "oi"),
            "far": renamed(FAR, "options.option.open_interest", "oi"),
        },
        errors.BadPayloadError,
    ),
    "symbol renamed": (
        "chain",
        {
            "near": renamed(NEAR, "options.option.*.symbol", "osi"),
            "far": renamed(FAR, "options.option.symbol", "osi"),
        },
        errors.BadPayloadError,
    ),
    "volume is text": (
        "chain",
        {"near": {"options": {"option": option(volume="many")}}},
        errors.BadPayloadError,
    ),
    "volume is a fraction": (
        "chain",
        {"near": {"options": {"option": option(volume=1.5)}}},
        errors.BadPayloadError,
    ),
    "volume below zero": (
        "chain",
        {"near": {"options": {"option": option(volume=-1)}}},
        errors.BadPayloadError,
    ),
    "NaN without quotes": (
        "chain",
        {"near": Reply(json.dumps({"options": {"option": option(volume=math.nan)}}).encode())},
        errors.BadPayloadError,
    ),
    "a series twice": (
        "chain",
        {"near": {"options": {"option": [option(), option()]}}},
        errors.BadPayloadError,
    ),
    "quotes without a time": (
        "chain",
        {
            "near": {"options": {"option": option(bid_date=0, ask_date=None)}},
            "far": {"options": None},
        },
        errors.BadPayloadError,
    ),
    "time in nanoseconds": (
        "chain",
        {"near": {"options": {"option": option(bid_date=QUOTED * 1_000_000)}}},
        errors.BadPayloadError,
    ),
    "a list as document": ("chain", {"near": packed_reply(b"[]")}, errors.BadPayloadError),
    "empty history": ("bars", {"history": {"history": None}}, errors.NotThereError),
    "close renamed": (
        "bars",
        {"history": renamed(HISTORY, "history.day.*.close", "last")},
        errors.BadPayloadError,
    ),
    "a close of null": (
        "bars",
        {"history": replaced(HISTORY, "history.day.1.close", None)},
        errors.BadPayloadError,
    ),
    "a day twice": (
        "bars",
        {"history": replaced(HISTORY, "history.day.1.date", "2026-03-09")},
        errors.BadPayloadError,
    ),
}


@pytest.mark.parametrize("fault", sorted(BODIES))
def test_every_fault_of_a_body_ends_as_its_kind(tradier, wire, fault):
    part, changes, kind = BODIES[fault]
    wire.routes = routes(**changes)
    with ends_as(kind):
        answered(tradier, part)
