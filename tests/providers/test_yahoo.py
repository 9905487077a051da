"""What Yahoo's bodies say, and what they must not be taken to say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import calendar
from generator.errors import BadPayloadError, ConfigError, NotThereError, ProviderError
from generator.providers.assembly import edition_of
from generator.providers.yahoo import Yahoo
from tests.providers.yahoo_bodies import (
    ASK,
    BODIES,
    CLOSE,
    FAR,
    JSON,
    NEAR,
    SPOT,
    chart,
    contract,
    events,
    news,
    not_found,
    options,
    places,
    quote,
    seconds,
)
from tests.wire.faults import renamed, replaced, without

FILES = {"chain": "options.json", "bars": "chart.json", "news": "news.json", "events": "calendar.json"}
RESULT = "optionChain.result.0"
CALLS = f"{RESULT}.options.0.calls"
CHART = "chart.result.0"
QUOTE = f"{CHART}.indicators.quote.0"
CALENDAR = "quoteSummary.result.0.calendarEvents"


def read(part, body, ask=ASK, **more):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Yahoo("", {}).read(part, ask, {FILES[part]: data, **more})


def near_only():
    return options(listed=[NEAR])


# --- chain


def test_what_a_contract_lacks_is_unknown_and_never_zero():
    body = near_only()
    for key in ("volume", "bid", "openInterest"):
        body = without(body, f"{CALLS}.0.{key}")
    body = replaced(body, f"{CALLS}.1.volume", None)
    body = replaced(body, f"{CALLS}.2.volume", math.nan)
    frame = read("chain", body).chain.frame
    calls = frame[frame["right"] == "call"].sort_values("strike")
    np.testing.assert_array_equal(calls["volume"], [np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(calls["bid"], [np.nan, 2.4, 2.4])
    np.testing.assert_array_equal(calls["open_interest"], [np.nan, 3400, 3400])


def test_zeros_are_passed_on_for_the_gate_to_judge():
    body = near_only()
    for key in ("bid", "ask", "openInterest"):
        for side in ("calls", "puts"):
            body = replaced(body, f"{RESULT}.options.0.{side}.*.{key}", 0)
    answer = read("chain", body)
    assert (answer.chain.frame[["bid", "ask", "open_interest"]] == 0).all(axis=None)
    assert answer.gaps == ()


def renamed_everywhere(key):
    body = renamed(near_only(), f"{CALLS}.*.{key}", "new")
    return renamed(body, f"{RESULT}.options.0.puts.*.{key}", "new")


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("openInterest", "open interest"),
        ("volume", "volume"),
        ("bid", "bid"),
        ("ask", "ask"),
        ("lastPrice", "last"),
    ],
)
def test_a_key_renamed_on_every_contract_is_a_gap_by_name(key, what):
    answer = read("chain", renamed_everywhere(key))
    assert [gap.what for gap in answer.gaps] == [what]
    assert answer.chain.frame[what.replace(" ", "_")].isna().all()


BAD_CHAINS = {
    "renamed optionChain": renamed(near_only(), "optionChain", "chain"),
    "renamed result": renamed(near_only(), "optionChain.result", "results"),
    "result null": replaced(near_only(), "optionChain.result", None),
    "an error of another kind": replaced(near_only(), "optionChain.error", {"code": "Bad Request"}),
    "renamed expirationDates": renamed(near_only(), f"{RESULT}.expirationDates", "expirations"),
    "expirations as text": replaced(near_only(), f"{RESULT}.expirationDates", ["2026-03-13"]),
    "renamed quote": renamed(near_only(), f"{RESULT}.quote", "underlying"),
    "no time of the quote": without(near_only(), f"{RESULT}.quote.regularMarketTime"),
    "time in milliseconds": replaced(near_only(), f"{RESULT}.quote.regularMarketTime", 1773259202000),
    "price as text": replaced(near_only(), f"{RESULT}.quote.regularMarketPrice", "250.25"),
    "another symbol": replaced(near_only(), f"{RESULT}.quote.symbol", "SPY"),
    "renamed options": renamed(near_only(), f"{RESULT}.options", "chains"),
    "renamed calls": renamed(near_only(), CALLS, "Calls"),
    "renamed contractSymbol": renamed(near_only(), f"{CALLS}.1.contractSymbol", "symbol"),
    "renamed strike": renamed(near_only(), f"{CALLS}.1.strike", "k"),
    "strike of another contract": replaced(near_only(), f"{CALLS}.1.strike", 251),
    "strike of zero": replaced(near_only(), f"{CALLS}.1.strike", 0),
    "strike with four decimals": replaced(near_only(), f"{CALLS}.1.strike", 250.1234),
    "a put among the calls": replaced(near_only(), f"{CALLS}.1", contract(NEAR, "put", 260)),
    "a symbol that is none": replaced(near_only(), f"{CALLS}.1.contractSymbol", "IWM"),
    "a symbol without a date": replaced(near_only(), f"{CALLS}.1.contractSymbol", "IWM269913C00250000"),
    "volume as text": replaced(near_only(), f"{CALLS}.1.volume", "120"),
    "volume below zero": replaced(near_only(), f"{CALLS}.1.volume", -1),
    "half a contract": replaced(near_only(), f"{CALLS}.1.openInterest", 0.5),
    "volume beyond any market": replaced(near_only(), f"{CALLS}.1.volume", 1e15),
    "a number without end": replaced(near_only(), f"{CALLS}.1.volume", 10**400),
    "infinite bid": replaced(near_only(), f"{CALLS}.1.bid", math.inf),
    "bid true": replaced(near_only(), f"{CALLS}.1.bid", True),
    "HTML": b"<!DOCTYPE html><html></html>",
    "a list": b"[]",
    "nothing": b"",
}


@pytest.mark.parametrize("fault", BAD_CHAINS)
def test_a_chain_body_that_is_not_what_yahoo_gives_is_refused(fault):
    with pytest.raises(BadPayloadError) as caught:
        read("chain", BAD_CHAINS[fault])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        not_found(),
        {"optionChain": {"result": [], "error": None}},
        options(listed=[], options=[]),
        {"finance": {"result": None, "error": {"code": "Not Found", "description": "No symbol"}}},
    ],
    ids=["404 body", "empty result", "no options listed", "the other envelope"],
)
def test_a_symbol_yahoo_does_not_have_or_has_no_options_on_is_not_there(body):
    with pytest.raises(NotThereError):
        read("chain", body)


def test_a_price_yahoo_does_not_give_is_a_gap_and_no_zero():
    answer = read("chain", replaced(near_only(), f"{RESULT}.quote.regularMarketPrice", 0))
    assert answer.chain.spot is None
    assert [gap.what for gap in answer.gaps] == ["price beside the chain"]


def test_an_expiration_off_by_a_day_is_the_symbol_s():
    body = replaced(near_only(), f"{CALLS}.*.expiration", seconds(NEAR - calendar.ONE_DAY))
    body = replaced(body, f"{RESULT}.expirationDates", [seconds(NEAR - calendar.ONE_DAY)])
    body = replaced(body, f"{RESULT}.options.0.expirationDate", seconds(NEAR - calendar.ONE_DAY))
    answer = read("chain", body)
    assert {day.date() for day in answer.chain.frame["expiration"]} == {NEAR}
    assert [(gap.what, gap.reason[:11]) for gap in answer.gaps] == [("dates of expirations", "3 contracts")]


def test_a_series_listed_twice_counts_once():
    body = near_only()
    first = body["optionChain"]["result"][0]["options"][0]["calls"]
    first.append({**first[0], "openInterest": 99})
    chain = read("chain", body).chain
    assert chain.rows_left_out == {"listed twice": 1}
    assert len(chain.frame) == 6
    assert (chain.frame["open_interest"] == 3400).all()


def test_adjusted_roots_are_no_standard_contracts():
    odd = contract(NEAR, "call", 250)
    odd["contractSymbol"] = "IWM1" + odd["contractSymbol"][3:]
    body = near_only()
    body["optionChain"]["result"][0]["options"][0]["calls"].append(odd)
    frame = read("chain", body).chain.frame
    assert frame.loc[~frame["standard"], "root"].tolist() == ["IWM1"]


def test_an_index_has_morning_and_afternoon_series():
    rows = [
        {**contract(FAR, "call", 5000), "contractSymbol": f"{root}260320C05000000"}
        for root in ("SPX", "SPXW")
    ]
    body = options(
        listed=[FAR],
        options=[{"expirationDate": seconds(FAR), "calls": rows, "puts": []}],
        quote=quote("^SPX", quoteType="INDEX"),
    )
    chain = read("chain", body, dataclasses.replace(ASK, symbol="SPX")).chain
    assert dict(zip(chain.frame["root"], chain.frame["settlement"], strict=True)) == {
        "SPX": "am",
        "SPXW": "pm",
    }
    assert chain.kind == "index"


NOON = CLOSE.replace(hour=12, second=0)
LATE_TRADE = CLOSE.replace(hour=15, minute=41)
SESSION = CLOSE.date()


@pytest.mark.parametrize(
    ("state", "traded", "wanted"),
    [
        ("REGULAR", NOON, (SESSION, "intraday")),
        ("POST", CLOSE, (SESSION, "close")),
        ("POSTPOST", CLOSE, (SESSION, "close")),
        ("CLOSED", LATE_TRADE, (SESSION, "close")),
        ("PREPRE", CLOSE, (SESSION, "close")),
        ("PRE", CLOSE, (SESSION, "close")),
        ("PRE", LATE_TRADE, (SESSION, "close")),
    ],
    ids=[
        "open",
        "after the close",
        "night",
        "thinly traded, closed",
        "before dawn",
        "before the open",
        "thinly traded, before the open",
    ],
)
def test_quotes_belong_to_the_session_the_underlying_s_quote_is_of(state, traded, wanted):
    fields = quote(marketState=state, regularMarketTime=int(traded.timestamp()))
    chain = read("chain", options(listed=[NEAR], quote=fields)).chain
    assert edition_of(chain.captured)[:2] == wanted
    assert chain.spot == SPOT
    assert chain.close == (None if state == "REGULAR" else SPOT)


def test_in_a_state_yahoo_never_told_before_a_session_is_not_taken_for_over():
    fields = quote(marketState="BREAK", regularMarketTime=int(NOON.timestamp()))
    chain = read("chain", options(listed=[NEAR], quote=fields)).chain
    assert edition_of(chain.captured)[:2] == (SESSION, "intraday")
    assert chain.close is None


def test_quotes_of_a_session_without_a_trade_yet_are_as_of_the_answer():
    traded = LATE_TRADE - dt.timedelta(days=1)
    fields = quote(marketState="REGULAR", regularMarketTime=int(traded.timestamp()))
    body = options(listed=[NEAR], quote=fields)
    answer = read("chain", body, **{"options.date.txt": b"Wed, 11 Mar 2026 14:15:00 GMT"})
    assert answer.chain.captured == dt.datetime(2026, 3, 11, 10, 15, tzinfo=calendar.NEW_YORK)
    assert [gap.what for gap in answer.gaps] == ["price beside the chain"]


def test_a_count_fetched_before_an_open_has_a_doubtful_date():
    answer = read("chain", options(listed=[NEAR], quote=quote(marketState="PRE")))
    assert [gap.what for gap in answer.gaps] == ["date of the open interest"]


def test_a_chain_without_its_first_body_is_none():
    with pytest.raises(BadPayloadError, match=r"wanted options\.json"):
        Yahoo("", {}).read("chain", ASK, {"options-2026-03-20.json": b"{}"})


def test_more_expirations_than_any_market_lists_are_refused():
    days = [NEAR + dt.timedelta(days=place) for place in range(201)]
    with pytest.raises(BadPayloadError, match="200 expirations"):
        read("chain", options(listed=days))


# --- bars


def test_bars_are_split_adjusted_prices_and_not_the_adjusted_close():
    answer = read("bars", chart())
    assert answer.bars["close"].iloc[-1] == SPOT
    assert answer.bars["date"].iloc[-1].date() == SESSION
    assert answer.gaps == ()


def test_sessions_without_prices_are_left_out_by_name():
    body = replaced(chart(), f"{QUOTE}.close.5", None)
    body = replaced(body, f"{QUOTE}.high.7", 1.0)
    answer = read("bars", body)
    assert len(answer.bars) == 28
    days = calendar.sessions_between(dt.date(2026, 1, 1), SESSION)[-30:]
    assert [gap.what for gap in answer.gaps] == ["bars"]
    assert f"{days[5]}, {days[7]}" in answer.gaps[0].reason


def test_an_unknown_volume_is_unknown():
    answer = read("bars", replaced(chart(), f"{QUOTE}.volume.5", None))
    assert np.isnan(answer.bars["volume"].iloc[5])


def traded_at(moment):
    return replaced(chart(), f"{CHART}.meta.regularMarketTime", int(moment.timestamp()))


@pytest.mark.parametrize(
    ("traded", "when", "answered", "last"),
    [
        (CLOSE, ASK.when, None, SESSION),
        (LATE_TRADE, ASK.when, None, dt.date(2026, 3, 10)),
        (LATE_TRADE, ASK.when, "Wed, 11 Mar 2026 20:15:00 GMT", dt.date(2026, 3, 10)),
        (LATE_TRADE, ASK.when, "Wed, 11 Mar 2026 21:15:00 GMT", SESSION),
        (NOON, NOON, None, dt.date(2026, 3, 10)),
        (CLOSE, NOON, None, dt.date(2026, 3, 10)),
    ],
    ids=[
        "over",
        "not over by its last trade",
        "answered too soon after the close",
        "thinly traded, answered long after the close",
        "asked for at noon",
        "asked for as of noon, later",
    ],
)
def test_a_session_not_over_has_no_bar(traded, when, answered, last):
    more = {"chart.date.txt": answered.encode()} if answered else {}
    answer = read("bars", traded_at(traded), dataclasses.replace(ASK, when=when), **more)
    assert answer.bars["date"].iloc[-1].date() == last
    assert bool(answer.gaps) == (last != SESSION and when >= CLOSE)


def test_the_live_row_yahoo_appends_replaces_that_day_s():
    body = chart()
    result = body["chart"]["result"][0]
    result["timestamp"].append(int(CLOSE.timestamp()))
    for name, values in result["indicators"]["quote"][0].items():
        values.append({"open": 249.0, "high": 252.0, "low": 248.0, "close": 251.0, "volume": 5}[name])
    bars = read("bars", body).bars
    assert len(bars) == 30
    assert bars["close"].iloc[-1] == 251.0


BAD_CHARTS = {
    "renamed chart": renamed(chart(), "chart", "charts"),
    "renamed close": renamed(chart(), f"{QUOTE}.close", "Close"),
    "renamed volume": renamed(chart(), f"{QUOTE}.volume", "vol"),
    "renamed quote": renamed(chart(), f"{CHART}.indicators.quote", "quotes"),
    "renamed timestamp": renamed(chart(), f"{CHART}.timestamp", "times"),
    "renamed meta": renamed(chart(), f"{CHART}.meta", "about"),
    "another symbol": replaced(chart(), f"{CHART}.meta.symbol", "SPY"),
    "weekly bars": replaced(chart(), f"{CHART}.meta.dataGranularity", "1wk"),
    "fewer closes than times": replaced(chart(), f"{QUOTE}.close", [250.0]),
    "times as text": replaced(chart(), f"{CHART}.timestamp.*", "2026-03-11"),
    "closes as text": replaced(chart(), f"{QUOTE}.close.*", "250"),
    "no close at all": replaced(chart(), f"{QUOTE}.close.*", None),
    "no bars": replaced(replaced(chart(), f"{CHART}.timestamp", []), QUOTE, {}),
    "volume below zero": replaced(chart(), f"{QUOTE}.volume.3", -5),
    "HTML": b"<html></html>",
}


@pytest.mark.parametrize("fault", BAD_CHARTS)
def test_a_chart_body_that_is_not_what_yahoo_gives_is_refused(fault):
    with pytest.raises(BadPayloadError):
        read("bars", BAD_CHARTS[fault])


# --- news, calendar


def test_news_published_later_is_not_known_yet():
    early = dataclasses.replace(ASK, when=NOON)
    answer = read("news", news(), early)
    assert answer.news == ()
    assert [gap.what for gap in answer.gaps] == ["news"]


def test_news_of_the_flat_shape_is_read_and_filed_by_its_symbols():
    def item(name, symbols):
        return {
            "uuid": name,
            "title": f"About {name}",
            "publisher": "Example Wire",
            "link": "https://example.org/" + name,
            "providerPublishTime": int(NOON.timestamp()),
            "relatedTickers": symbols,
        }

    body = {"news": [item("ours", ["SPY", "IWM"]), item("theirs", ["SPY"])]}
    assert [story.id for story in read("news", body).news] == ["ours"]


@pytest.mark.parametrize(
    "body",
    [
        renamed(news(), "data.tickerStream", "stream"),
        renamed(news(), "data.tickerStream.stream", "items"),
        {"message": "no"},
        b"<html></html>",
    ],
    ids=["renamed tickerStream", "renamed stream", "another object", "HTML"],
)
def test_a_news_body_that_is_not_what_yahoo_gives_is_refused(body):
    with pytest.raises(BadPayloadError):
        read("news", body)


def test_dates_gone_by_are_no_events():
    body = replaced(events(), f"{CALENDAR}.exDividendDate", seconds(SESSION))
    body = replaced(body, f"{CALENDAR}.earnings.earningsDate", [seconds(dt.date(2026, 1, 29))])
    answer = read("events", body)
    assert answer.events == ()
    assert [gap.what for gap in answer.gaps] == ["events"]


def test_wrapped_numbers_are_read_too():
    body = replaced(
        events(), f"{CALENDAR}.exDividendDate", {"raw": seconds(dt.date(2026, 3, 18)), "fmt": "x"}
    )
    assert dt.date(2026, 3, 18) in {event.date for event in read("events", body).events}


def test_earnings_in_the_evening_are_that_day_s_in_new_york():
    evening = dt.datetime(2026, 4, 29, 20, 30, tzinfo=calendar.NEW_YORK)
    body = replaced(events(), f"{CALENDAR}.earnings.earningsDate", [int(evening.timestamp())])
    dates = {event.title: event.date for event in read("events", body).events}
    assert dates["Earnings expected"] == evening.date()


def test_a_report_is_confirmed_where_yahoo_says_so_and_names_one_day():
    one = replaced(events(), f"{CALENDAR}.earnings.earningsDate", [seconds(dt.date(2026, 4, 29))])
    sure = replaced(one, f"{CALENDAR}.earnings.isEarningsDateEstimate", False)
    silent = replaced(one, f"{CALENDAR}.earnings.isEarningsDateEstimate", None)
    for body, title, confirmed in (
        (one, "Earnings expected", False),
        (sure, "Earnings", True),
        (silent, "Earnings expected", False),
    ):
        told = {event.title: event.confirmed for event in read("events", body).events}
        assert told[title] is confirmed
    both = replaced(events(), f"{CALENDAR}.earnings.isEarningsDateEstimate", False)
    reports = [event for event in read("events", both).events if event.is_earnings]
    assert [event.confirmed for event in reports] == [False, False]


@pytest.mark.parametrize(
    "body",
    [
        renamed(events(), CALENDAR, "calendar"),
        renamed(events(), "quoteSummary", "summary"),
        replaced(events(), f"{CALENDAR}.earnings.earningsDate", "soon"),
        replaced(events(), f"{CALENDAR}.earnings", [1]),
        replaced(events(), f"{CALENDAR}.exDividendDate", "2026-03-18"),
    ],
    ids=[
        "renamed calendarEvents",
        "renamed quoteSummary",
        "text for a list",
        "list for an object",
        "a date as text",
    ],
)
def test_a_calendar_body_that_is_not_what_yahoo_gives_is_refused(body):
    with pytest.raises(BadPayloadError):
        read("events", body)


def dividends(chart_body, calendar_body):
    files = {
        "chart.json": json.dumps(chart_body).encode(),
        "calendar.json": json.dumps(calendar_body).encode(),
    }
    return Yahoo("", {}).read("dividends", ASK, files)


def test_the_next_dividend_is_unconfirmed_and_says_where_its_amount_is_from():
    (found,) = dividends(chart(), events()).dividends
    assert not found.confirmed
    assert "as last paid" in found.source
    assert (found.ex_date, found.amount) == (dt.date(2026, 3, 18), 0.61)


def test_dividends_gone_ex_are_told_apart_from_the_next_one():
    answer = dividends(chart(), without(events(), f"{CALENDAR}.exDividendDate"))
    assert answer.dividends == ()
    assert [(item.amount, item.confirmed) for item in answer.paid] == [(0.61, True)]
    assert all(item.ex_date <= SESSION for item in answer.paid)


@pytest.mark.parametrize(
    ("chart_body", "calendar_body"),
    [
        (without(chart(), f"{CHART}.events"), events()),
        (chart(), without(events(), f"{CALENDAR}.exDividendDate")),
        (chart(), replaced(events(), f"{CALENDAR}.exDividendDate", seconds(SESSION))),
    ],
    ids=["no amount", "no date", "date gone by"],
)
def test_a_dividend_half_known_is_a_gap(chart_body, calendar_body):
    answer = dividends(chart_body, calendar_body)
    assert answer.dividends == ()
    assert [gap.what for gap in answer.gaps] == ["dividends"]


# --- laws


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(part=st.sampled_from([*BODIES, "dividends"]), data=st.data(), new=JSON)
def test_whatever_stands_anywhere_in_a_body_it_is_an_answer_or_a_named_error(part, data, new):
    body = chart(5) if part in {"bars", "dividends"} else BODIES[part]()
    path = data.draw(st.sampled_from(list(places(body))))
    holder = body
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = new
    try:
        answer = dividends(body, events()) if part == "dividends" else read(part, body)
    except ProviderError:
        return
    told = (answer.chain, answer.news, answer.events, answer.dividends, answer.gaps)
    assert answer.bars is not None or any(told)


@settings(max_examples=60, deadline=None)
@given(part=st.sampled_from(sorted(BODIES)), data=st.binary(max_size=60))
def test_any_bytes_are_a_named_error(part, data):
    with pytest.raises(ProviderError):
        read(part, data)


# --- settings


@pytest.mark.parametrize(
    "options",
    [{"spacing": 0.5}, {"spacing": "fast"}, {"timeout": 0}, {"timeout": True}, {"spacing": math.nan}],
)
def test_an_option_out_of_its_range_is_named(options):
    with pytest.raises(ConfigError, match=f"sources.yahoo.{next(iter(options))}"):
        Yahoo("", options)


def test_a_part_yahoo_does_not_give_is_refused():
    with pytest.raises(ProviderError, match="chain, bars, news"):
        Yahoo("", {}).fetch("rates", ASK)
    with pytest.raises(ProviderError, match="chain, bars, news"):
        Yahoo("", {}).read("rates", ASK, {})
