from __future__ import annotations

import datetime as dt
import json
import math

import pytest

from generator import errors
from generator.calendar import NEW_YORK
from generator.providers import massive as module
from generator.providers.base import Ask
from generator.providers.massive import Massive
from tests.tables import ends_as
from tests.wire.faults import TRANSPORT, renamed, replaced, reply_json, without
from tests.wire.server import Reply

SESSION = dt.date(2026, 3, 11)
WHEN = dt.datetime(2026, 3, 11, 16, 20, tzinfo=NEW_YORK)
ASK = Ask(symbol="IWM", when=WHEN, session=SESSION)
KEY = "k3y-0f-1he-0wner"


def nanoseconds(*moment):
    return int(dt.datetime(*moment, tzinfo=NEW_YORK).timestamp()) * 1_000_000_000


QUOTED = nanoseconds(2026, 3, 11, 15, 59, 30)


def contract(symbol="IWM260313C00250000", **changes):
    return {
        "details": {
            "ticker": f"O:{symbol}",
            "contract_type": "call" if symbol[-9] == "C" else "put",
            "exercise_style": "american",
            "expiration_date": f"20{symbol[-15:-13]}-{symbol[-13:-11]}-{symbol[-11:-9]}",
            "shares_per_contract": 100,
            "strike_price": int(symbol[-8:]) / 1000,
        },
        "day": {"volume": 120, "close": 2.1, "last_updated": nanoseconds(2026, 3, 11, 0, 0)},
        "last_quote": {"bid": 2.05, "ask": 2.15, "last_updated": QUOTED, "timeframe": "DELAYED"},
        "last_trade": {"price": 2.1, "sip_timestamp": QUOTED},
        "open_interest": 1042,
        "underlying_asset": {"ticker": "IWM", "price": 250.4, "last_updated": QUOTED},
        **changes,
    }


def document(*results, **more):
    return {"status": "OK", "request_id": "x", "results": list(results), **more}


CHAIN = "/v3/snapshot/options/IWM"
BARS = "/v2/aggs/ticker/IWM/range/1/day/2024-01-01/2026-03-11"
NEWS = "/v2/reference/news"
DIVIDENDS = "/v3/reference/dividends"


def day(date, close=250.0, **changes):
    midnight = nanoseconds(*date, 0, 0) // 1_000_000
    return {"t": midnight, "o": 249.0, "h": 252.0, "l": 248.0, "c": close, "v": 1e6, "vw": 250.1, **changes}


def story(title="iShares fund sees record day", published="2026-03-11T14:00:00Z", **changes):
    return {
        "id": "a1",
        "publisher": {"name": "A Wire"},
        "title": title,
        "published_utc": published,
        "article_url": "https://example.org/a",
        "tickers": ["IWM", "SPY"],
        "description": "What happened.",
        **changes,
    }


def dividend(ex="2026-03-16", declared="2026-02-20", **changes):
    return {
        "cash_amount": 0.41,
        "currency": "USD",
        "declaration_date": declared,
        "dividend_type": "CD",
        "ex_dividend_date": ex,
        "frequency": 4,
        "ticker": "IWM",
        **changes,
    }


ONE_PAGE = document(contract(), contract("IWM260313P00250000"), contract("IWM260320C00262500"))
GOOD_BARS = document(day((2026, 3, 10), 249.0), day((2026, 3, 11), 250.35), adjusted=True)
GOOD = {
    "chain": (CHAIN, ONE_PAGE),
    "bars": (BARS, GOOD_BARS),
    "news": (NEWS, document(story())),
    "dividends": (DIVIDENDS, document(dividend())),
}


@pytest.fixture
def massive(wire):
    wire.routes = {path: reply_json(value) for path, value in GOOD.values()}
    return Massive(
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


def answered(massive, part, ask=ASK):
    fetched = massive.fetch(part, ask)
    return massive.read(part, ask, {file.name: file.data for file in fetched.files})


def test_a_chain_comes_dated_by_its_newest_quote(massive, wire):
    answer = answered(massive, "chain")
    chain = answer.chain
    assert (chain.spot, chain.captured) == (250.4, dt.datetime(2026, 3, 11, 15, 59, 30, tzinfo=NEW_YORK))
    assert answer.delay == "15 minutes"
    assert chain.frame["contract_symbol"].tolist() == [
        "IWM   260313C00250000",
        "IWM   260313P00250000",
        "IWM   260320C00262500",
    ]
    first = chain.frame.iloc[0]
    assert [first[name] for name in ("bid", "ask", "last", "volume", "open_interest", "strike")] == [
        2.05,
        2.15,
        2.1,
        120,
        1042,
        250,
    ]
    assert wire.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in json.dumps(wire.requests[0].query)


def paged(wire, **next_url):
    first = document(contract(), next_url=wire.url("/v3/snapshot/options/IWM?cursor=2"))
    wire.routes[CHAIN] = reply_json({**first, **next_url})
    wire.routes[f"{CHAIN}?cursor=2"] = reply_json(document(contract("IWM260320C00262500")))


def test_pages_are_followed_to_the_last(massive, wire):
    paged(wire)
    assert len(answered(massive, "chain").chain.frame) == 2
    assert wire.asked(CHAIN) == 2
    assert wire.requests[1].headers["authorization"] == f"Bearer {KEY}"


def test_pages_end_once_the_nearest_expirations_are_whole(massive, wire):
    paged(wire)
    near = Ask(symbol="IWM", when=WHEN, session=SESSION, expirations=1)
    assert answered(massive, "chain", near).chain.frame["strike"].tolist() == [250.0]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/v3/snapshot/options/IWM?cursor=2",
        "http://127.0.0.1/v3/snapshot/options/IWM",
        "//example.org/v3/x",
        "https://127.0.0.1:1@example.org/v3/x",
        "file:///etc/passwd",
    ],
)
def test_the_key_never_follows_a_page_to_another_host(massive, wire, address):
    paged(wire, next_url=address)
    with pytest.raises(errors.BadPayloadError, match="the key is not sent there"):
        answered(massive, "chain")
    assert wire.asked(CHAIN) == 1


def test_pages_without_end_are_refused(massive, wire, monkeypatch):
    monkeypatch.setattr(module, "PAGES", 3)
    paged(wire)
    wire.routes[f"{CHAIN}?cursor=2"] = wire.routes[CHAIN]
    with pytest.raises(errors.BadPayloadError, match="at most 3 pages"):
        answered(massive, "chain")
    assert wire.asked(CHAIN) == 3


def test_the_volume_of_an_earlier_day_is_not_this_sessions(massive, wire):
    old = {"volume": 5000, "last_updated": nanoseconds(2026, 3, 9, 0, 0)}
    wire.routes[CHAIN] = reply_json(document(contract(), contract("IWM260313C00255000", day=old)))
    volumes = answered(massive, "chain").chain.frame["volume"]
    assert volumes[0] == 120
    assert math.isnan(volumes[1])


def test_absent_and_null_fields_are_missing_and_never_zero(massive, wire):
    wire.routes[CHAIN] = reply_json(
        document(
            contract(),
            contract("IWM260313C00255000", day={}, last_trade=None, open_interest=None),
            without(contract("IWM260313C00260000"), "last_quote"),
        )
    )
    frame = answered(massive, "chain").chain.frame
    assert frame.loc[1, ["volume", "last", "open_interest"]].isna().all()
    assert frame.loc[2, ["bid", "ask", "quote_time"]].isna().all()


def test_an_index_has_a_value_and_a_prefix(massive, wire):
    value = {"ticker": "I:SPX", "value": 5870.1, "last_updated": QUOTED}
    rows = [contract(f"{root}260320C05800000", underlying_asset=value) for root in ("SPX", "SPXW")]
    wire.routes["/v3/snapshot/options/I%3ASPX"] = reply_json(document(*rows))
    chain = answered(massive, "chain", Ask(symbol="^SPX", when=WHEN, session=SESSION)).chain
    assert chain.spot == 5870.1
    assert dict(zip(chain.frame["root"], chain.frame["settlement"], strict=True)) == {
        "SPX": "am",
        "SPXW": "pm",
    }


def test_a_plan_without_the_underlying_leaves_the_spot_unknown(massive, wire):
    wire.routes[CHAIN] = reply_json(document(contract(underlying_asset={"ticker": "IWM"})))
    assert answered(massive, "chain").chain.spot is None


def test_bars_are_dated_in_new_york(massive):
    bars = answered(massive, "bars").bars
    assert [f"{moment:%Y-%m-%d}" for moment in bars["date"]] == ["2026-03-10", "2026-03-11"]
    assert bars["close"].tolist() == [249.0, 250.35]


def test_news_is_of_the_symbol_and_not_of_later(massive, wire):
    wire.routes[NEWS] = reply_json(
        document(
            story(),
            story("Later", "2026-03-11T21:00:00Z"),
            story("Of another", tickers=["QQQ"]),
            story("Undated", None),
            story("With a bad address", "2026-03-11T13:00:00Z", article_url="javascript:alert(1)"),
        )
    )
    news = answered(massive, "news").news
    assert [item.title for item in news] == ["iShares fund sees record day", "With a bad address"]
    assert [item.url for item in news] == ["https://example.org/a", None]
    assert (news[0].publisher, news[0].summary) == ("A Wire", "What happened.")


def test_no_news_is_a_named_gap(massive, wire):
    wire.routes[NEWS] = reply_json(document())
    assert [gap.what for gap in answered(massive, "news").gaps] == ["news"]


def test_dividends_are_those_declared_and_ahead(massive, wire):
    wire.routes[DIVIDENDS] = reply_json(
        document(
            dividend(),
            dividend("2026-06-15", "2026-05-20"),
            dividend("2025-12-15", "2025-12-01"),
            dividend("2026-03-11"),
            dividend("2026-03-20", currency="CAD"),
        )
    )
    found = answered(massive, "dividends")
    assert [(item.ex_date, item.amount, item.confirmed) for item in found.dividends] == [
        (dt.date(2026, 3, 16), 0.41, True)
    ]
    assert [item.ex_date for item in found.paid] == [dt.date(2025, 12, 15), dt.date(2026, 3, 11)]


def test_no_dividend_ahead_is_a_named_gap(massive, wire):
    wire.routes[DIVIDENDS] = reply_json(document())
    assert [gap.what for gap in answered(massive, "dividends").gaps] == ["dividends"]


def test_without_a_key_nothing_is_asked(wire):
    with pytest.raises(errors.DeniedError, match="token_env"):
        Massive("", {"base_url": wire.url()}).fetch("chain", ASK)
    assert wire.requests == []


@pytest.mark.parametrize("part", sorted(GOOD))
def test_kept_bytes_are_read_without_settings(massive, part):
    fetched = massive.fetch(part, ASK)
    files = {file.name: file.data for file in fetched.files}
    assert Massive(fetched.item, {}).read(part, ASK, files).gaps == ()


@pytest.mark.parametrize("part", sorted(GOOD))
@pytest.mark.parametrize("fault", sorted(TRANSPORT))
def test_every_fault_of_the_wire_ends_as_its_kind(massive, wire, fault, part):
    make, kind = TRANSPORT[fault]
    path, good = GOOD[part]
    massive._client._timeout = 0.3
    wire.routes[path] = make(json.dumps(good).encode())
    with ends_as(kind) as caught:
        answered(massive, part)
    assert KEY not in str(caught.value)


BODIES = {
    "no contracts": ("chain", document(), errors.NotThereError),
    "results renamed": ("chain", renamed(ONE_PAGE, "results", "data"), errors.BadPayloadError),
    "an error with status 200": ("chain", {"status": "ERROR", "error": "no"}, errors.BadPayloadError),
    "details renamed": ("chain", renamed(ONE_PAGE, "results.*.details", "contract"), errors.BadPayloadError),
    "ticker renamed": ("chain", renamed(ONE_PAGE, "results.*.details.ticker", "osi"), errors.BadPayloadError),
    "bid renamed": ("chain", renamed(ONE_PAGE, "results.*.last_quote.bid", "b"), errors.BadPayloadError),
    "open interest renamed": (
        "chain",
        renamed(ONE_PAGE, "results.*.open_interest", "oi"),
        errors.BadPayloadError,
    ),
    "volume renamed": ("chain", renamed(ONE_PAGE, "results.*.day.volume", "v"), errors.BadPayloadError),
    "a plan without quotes": ("chain", without(ONE_PAGE, "results.*.last_quote"), errors.DeniedError),
    "bid is text": ("chain", replaced(ONE_PAGE, "results.0.last_quote.bid", "2.05"), errors.BadPayloadError),
    "a quote that is a list": (
        "chain",
        replaced(ONE_PAGE, "results.0.last_quote", [1]),
        errors.BadPayloadError,
    ),
    "NaN volume": ("chain", replaced(ONE_PAGE, "results.0.day.volume", math.nan), errors.BadPayloadError),
    "quotes without a time": (
        "chain",
        replaced(ONE_PAGE, "results.*.last_quote.last_updated", None),
        errors.BadPayloadError,
    ),
    "quotes of tomorrow": (
        "chain",
        replaced(ONE_PAGE, "results.*.last_quote.last_updated", QUOTED + 86_400_000_000_000),
        errors.NotThereError,
    ),
    "no bars": ("bars", {"status": "OK", "adjusted": True, "resultsCount": 0}, errors.NotThereError),
    "bars without adjustment": ("bars", replaced(GOOD_BARS, "adjusted", False), errors.BadPayloadError),
    "close renamed": ("bars", renamed(GOOD_BARS, "results.*.c", "close"), errors.BadPayloadError),
    "a high below the low": ("bars", replaced(GOOD_BARS, "results.0.h", 1.0), errors.BadPayloadError),
    "a bar without a time": ("bars", replaced(GOOD_BARS, "results.0.t", None), errors.BadPayloadError),
    "title renamed": (
        "news",
        renamed(document(story()), "results.*.title", "headline"),
        errors.BadPayloadError,
    ),
    "amount renamed": (
        "dividends",
        renamed(document(dividend()), "results.*.cash_amount", "amount"),
        errors.BadPayloadError,
    ),
    "an amount of null": ("dividends", document(dividend(cash_amount=None)), errors.BadPayloadError),
    "an ex-date that is none": ("dividends", document(dividend(ex="soon")), errors.BadPayloadError),
}


@pytest.mark.parametrize("fault", sorted(BODIES))
def test_every_fault_of_a_body_ends_as_its_kind(massive, wire, fault):
    part, body, kind = BODIES[fault]
    wire.routes[GOOD[part][0]] = Reply(json.dumps(body).encode())
    with ends_as(kind):
        answered(massive, part)
