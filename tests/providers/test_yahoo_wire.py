"""
yfinance's real client against a server on this machine that speaks Yahoo's paths, faults and all.

Yahoo's hosts are resolved to 127.0.0.9; their port is 443, which takes a right that not every user has.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from curl_cffi import CurlOpt

from generator.errors import (
    BadPayloadError,
    DeniedError,
    NotThereError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
    UsageError,
)
from generator.providers.base import Ask
from generator.providers.yahoo import Yahoo
from generator.providers.yahoo_session import Recorder
from generator.providers.yahoo_wire import Wire
from tests.providers.yahoo_bodies import (
    ASK,
    BODIES,
    FAR,
    NEAR,
    PATHS,
    SPOT,
    events,
    news,
    not_found,
    options,
    seconds,
)
from tests.tables import ended, ends_as
from tests.wire.faults import (
    TRANSPORT,
    bomb,
    html,
    limited,
    replaced,
    reply_json,
    slow,
)
from tests.wire.server import Reply, TlsServer

HOSTS = (
    "fc.yahoo.com",
    "query1.finance.yahoo.com",
    "query2.finance.yahoo.com",
    "finance.yahoo.com",
    "guce.yahoo.com",
    "consent.yahoo.com",
    "example.org",
)
COOKIE = {"Set-Cookie": "A3=d=made-up; Domain=.yahoo.com; Path=/; Secure; Max-Age=31536000"}
HELLO = {"/": Reply(b"", headers=COOKIE), "/v1/test/getcrumb": Reply(b"GOODCRUMB")}


@pytest.fixture(scope="module")
def server():
    """The server, on the one address and port the client will ask."""
    made = TlsServer({}, host="127.0.0.9", port=443, names=HOSTS)
    try:
        made.start()
    except OSError as error:
        pytest.skip(f"needs port 443 of 127.0.0.9: {error.strerror}")
    yield made
    made.stop()


class Line:
    """A provider whose client asks the server, and what it waited."""

    def __init__(self, server: TlsServer, limit: float) -> None:
        # the process's one client would keep another test's crumb
        import_module("yfinance.data").SingletonMeta._instances.clear()
        self.waits: list[float] = []
        session = Recorder(
            spacing=1.0,
            limit=limit,
            sleep=self.waits.append,
            verify=str(server.ca_file),
            curl_options={CurlOpt.RESOLVE: [f"{host}:443:127.0.0.9" for host in HOSTS]},
        )
        self.provider = Yahoo("", {}, wire=Wire(session))

    def answer(self, part, ask=ASK):
        fetched = self.provider.fetch(part, ask)
        return self.provider.read(part, ask, {file.name: file.data for file in fetched.files})


@pytest.fixture
def line(server):
    made = Line(server, limit=5.0)
    server.reset(HELLO)
    return made


def serve(server, **bodies):
    """Answer with good bodies, or with these."""
    for part, path in PATHS.items():
        server.routes[path] = bodies.get(part, reply_json(BODIES[part](), packed=True))
    if "chain" not in bodies:
        server.routes[PATHS["chain"]] = expirations()


def expirations(**replies):
    """Answer each expiration with its own body, or with one of these by `near` and `far`."""

    def choose(request):
        day = FAR if request.query.get("date") == [str(seconds(FAR))] else NEAR
        other = replies.get("far" if day == FAR else "near")
        return other or reply_json(options(day), packed=True)

    return choose


# --- the good way


def test_a_chain_comes_whole_with_its_spot_its_instant_and_its_name(server, line):
    serve(server)
    chain = line.answer("chain").chain
    assert len(chain.frame) == 12
    assert (chain.spot, chain.close, chain.kind) == (SPOT, SPOT, "etf")
    assert chain.name == "iShares Russell 2000 ETF"
    assert chain.captured.isoformat() == "2026-03-11T16:00:02-04:00"
    assert {day.date() for day in chain.frame["expiration"]} == {NEAR, FAR}


def test_yahoo_s_own_bytes_are_kept(server, line):
    serve(server)
    fetched = line.provider.fetch("chain", ASK)
    assert {file.name: json.loads(file.data) for file in fetched.files if file.name.endswith("json")} == {
        "options.json": options(NEAR),
        f"options-{FAR}.json": options(FAR),
    }
    assert fetched.item == "https://query2.finance.yahoo.com/v7/finance/options/IWM"
    assert fetched.retrieved_at == dt.datetime(2026, 3, 11, 20, 15, tzinfo=dt.UTC)


def test_only_the_nearest_expirations_are_asked_for(server, line):
    serve(server)
    ask = Ask(symbol="IWM", when=ASK.when, session=ASK.session, expirations=1)
    answer = line.answer("chain", ask)
    assert len(answer.chain.frame) == 6
    assert answer.gaps == ()
    assert server.asked(PATHS["chain"]) == 1


def test_every_part_of_a_symbol_in_one_pass_repeats_no_request(server, line):
    serve(server)
    answers = {part: line.answer(part) for part in line.provider.parts}
    assert {path: server.asked(path) for path in PATHS.values()} == {
        PATHS["chain"]: 2,
        PATHS["bars"]: 1,
        PATHS["news"]: 1,
        PATHS["events"]: 1,
    }
    assert len(answers["bars"].bars) == 30
    assert [item.title for item in answers["news"].news] == ["Small caps drift before the auction"]
    assert [event.date.isoformat() for event in answers["events"].events] == [
        "2026-03-18",
        "2026-04-29",
        "2026-05-04",
    ]
    ((dividend,),) = (answers["dividends"].dividends,)
    assert (dividend.ex_date.isoformat(), dividend.amount, dividend.confirmed) == ("2026-03-18", 0.61, False)


def test_a_second_brief_of_the_symbol_asks_again(server, line):
    serve(server)
    for _ in range(2):
        line.answer("bars")
    assert server.asked(PATHS["bars"]) == 2


def test_once_yahoo_wants_fewer_requests_the_rest_of_the_pass_is_not_asked(server, line):
    serve(server, bars=limited())
    for part in ("bars", "news", "events"):
        with pytest.raises(RateLimitedError):
            line.answer(part)
    assert (server.asked(PATHS["news"]), server.asked(PATHS["events"])) == (0, 0)


def test_a_fault_of_one_part_is_not_asked_for_again_by_the_next(server, line):
    serve(server, bars=limited())
    with pytest.raises(RateLimitedError):
        line.answer("bars")
    before = server.asked(PATHS["bars"])
    with pytest.raises(RateLimitedError):
        line.answer("dividends")
    assert server.asked(PATHS["bars"]) == before


def test_requests_are_a_second_apart_cookies_and_crumbs_too(server, line):
    serve(server)
    line.answer("chain")
    assert {request.path for request in server.requests} >= {"/v1/test/getcrumb", PATHS["chain"]}
    assert line.waits == [1.0] * (len(server.requests) - 1)


@pytest.mark.parametrize(
    ("symbol", "theirs"), [("BRK.B", "BRK-B"), ("^SPX", "^SPX"), ("SPX", "^SPX"), ("IWM", "IWM")]
)
def test_a_symbol_is_asked_for_as_yahoo_writes_it(server, line, symbol, theirs):
    ask = Ask(symbol=symbol, when=ASK.when, session=ASK.session)
    with pytest.raises(NotThereError):
        line.answer("bars", ask)
    paths = {request.path.replace("%5E", "^") for request in server.requests}
    assert f"/v8/finance/chart/{theirs}" in paths


@pytest.mark.parametrize(("symbol", "kind"), [("../etc", UsageError), ("US0378331005", NotThereError)])
def test_what_is_no_ticker_is_refused_before_anything_is_asked(server, line, symbol, kind):
    with pytest.raises(kind):
        line.answer("chain", Ask(symbol=symbol, when=ASK.when, session=ASK.session))
    assert server.requests == []


# --- the fault table


@pytest.mark.parametrize("part", PATHS)
@pytest.mark.parametrize("fault", TRANSPORT)
def test_fault(server, fault, part):
    make, kind = TRANSPORT[fault]
    line = Line(server, limit=0.4)
    server.reset(HELLO)
    serve(server, **{part: make(json.dumps(BODIES[part]()).encode())})
    with ends_as(kind) as caught:
        line.answer(part)
    assert isinstance(caught.value, ProviderError)
    assert "\n" not in str(caught.value)
    assert server.asked(PATHS[part]) <= 4
    assert sum(line.waits) < 60


FAR_FAULTS = {
    "429": (limited(), RateLimitedError),
    "500": (Reply(b"{}", 500), UnavailableError),
    "HTML": (html(), BadPayloadError),
    "401": (Reply(b"{}", 401), DeniedError),
    "another symbol": (reply_json(options(FAR, quote={"symbol": "SPY"})), BadPayloadError),
    "quotes of another day": (
        reply_json(
            options(FAR, quote={"symbol": "IWM", "regularMarketTime": 1773086400, "marketState": "POST"})
        ),
        BadPayloadError,
    ),
}


@pytest.mark.parametrize("fault", FAR_FAULTS)
def test_a_chain_of_which_one_expiration_failed_is_no_chain(server, line, fault):
    reply, kind = FAR_FAULTS[fault]
    serve(server, chain=expirations(far=reply))
    with ends_as(kind):
        line.answer("chain")


FAR_GAPS = {
    "404": Reply(not_found(), 404),
    "empty result": reply_json({"optionChain": {"result": [], "error": None}}),
    "no contracts": reply_json(options(FAR, options=[])),
    "the nearest once more": reply_json(options(NEAR)),
}


@pytest.mark.parametrize("fault", FAR_GAPS)
def test_an_expiration_yahoo_lists_and_does_not_have_is_a_gap_by_name(server, line, fault):
    serve(server, chain=expirations(far=FAR_GAPS[fault]))
    answer = line.answer("chain")
    assert [gap.what for gap in answer.gaps] == [f"expiration {FAR}"]
    assert len(answer.chain.frame) == 6
    ended("a gap by name", said=f"{answer.gaps[0].what}: {answer.gaps[0].reason}")


def test_retry_after_is_honoured(server, line):
    good = reply_json(BODIES["bars"]())
    serve(server, bars=[limited("7"), good])
    assert len(line.answer("bars").bars) == 30
    assert 7.0 in line.waits


def test_retry_after_may_be_a_date(server, line):
    serve(server, bars=[limited("Wed, 11 Mar 2026 20:15:09 GMT"), reply_json(BODIES["bars"]())])
    assert len(line.answer("bars").bars) == 30
    assert 9.0 in line.waits


def test_an_hour_is_not_waited_for_and_told(server, line):
    serve(server, bars=limited("3600"))
    with pytest.raises(RateLimitedError, match="come back in 3600 s"):
        line.answer("bars")
    assert max(line.waits) <= 1.0


def test_a_fault_that_passes_is_cured_by_a_retry(server, line):
    serve(server, bars=[html(503), Reply(reset=True), reply_json(BODIES["bars"]())])
    assert len(line.answer("bars").bars) == 30


def test_a_page_too_many_is_not_retried_without_being_told_when(server, line):
    serve(server, bars=limited())
    with pytest.raises(RateLimitedError, match="later"):
        line.answer("bars")
    assert server.asked(PATHS["bars"]) == 2  # yfinance's own second try, with another cookie


def crumbed(good: Reply):
    """Answer only to the right crumb."""
    wrong = {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
    return lambda request: (
        good if request.query.get("crumb") == ["GOODCRUMB"] else reply_json(wrong, status=401)
    )


def test_a_stale_crumb_is_renewed_by_the_client(server, line):
    serve(server, events=crumbed(reply_json(events())))
    server.routes["/v1/test/getcrumb"] = [Reply(b"STALE"), Reply(b"GOODCRUMB")]
    assert line.answer("events").events


def test_a_crumb_that_stays_wrong_is_a_refusal(server, line):
    serve(server, events=crumbed(reply_json(events())))
    server.routes["/v1/test/getcrumb"] = Reply(b"STALE")
    with pytest.raises(DeniedError, match="refused"):
        line.answer("events")


def test_a_refused_request_whose_crumb_was_one_too_many_is_rate_limited(server, line):
    serve(server, events=crumbed(reply_json(events())))
    server.routes["/v1/test/getcrumb"] = limited()
    with pytest.raises(RateLimitedError):
        line.answer("events")


def test_an_unknown_symbol_is_not_there(server, line):
    serve(server, chain=Reply(not_found(), 404))
    with pytest.raises(NotThereError, match="check the symbol"):
        line.answer("chain")


def test_yahoo_s_own_notice_of_maintenance_is_no_news(server, line):
    serve(server, news=Reply(b"Will be right back..."))
    with pytest.raises(UnavailableError):
        line.answer("news")


def test_a_headline_that_sounds_like_one_is_news(server, line):
    body = replaced(news(), "data.tickerStream.stream.0.content.title", "Will be right back, says the Fed")
    serve(server, news=reply_json(body))
    assert [item.title for item in line.answer("news").news] == ["Will be right back, says the Fed"]


def test_a_body_that_unpacks_without_end_is_refused(server, line):
    serve(server, bars=bomb(40 << 20))
    with pytest.raises(BadPayloadError, match="32 MiB"):
        line.answer("bars")


def test_an_answer_slow_but_in_time_is_taken(server, line):
    serve(server, events=slow(json.dumps(events()).encode(), 0.001))
    assert line.answer("events").events


def test_a_fund_without_a_calendar_has_a_gap_in_place_of_dividends(server, line):
    serve(server, events=Reply(not_found("quoteSummary"), 404))
    answer = line.answer("dividends")
    assert answer.dividends == ()
    assert [gap.what for gap in answer.gaps] == ["dividends"]


# --- its manners

SCRIPT = """
import sys
from generator.providers.yahoo import Yahoo
assert not {"yfinance", "curl_cffi"} & set(sys.modules)
from generator.providers.yahoo_wire import shared_wire
wire = shared_wire(1.0, 1.0)
wire.yfinance.cache.get_tz_cache().store("IWM", "America/New_York")
wire.yfinance.cache.get_cookie_cache().store("curlCffi", {"a": 1})
"""


def test_nothing_is_imported_before_it_is_needed_or_written_into_the_home(tmp_path):
    root = Path(__file__).resolve().parents[2]
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    names = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(root),
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        env={**os.environ, **names},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert list(home.iterdir()) == []
    assert [path.name for path in temporary.iterdir() if "yfinance" in path.name] == []
