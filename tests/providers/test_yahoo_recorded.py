"""Every recorded Yahoo body and saved Yahoo chain, read by its provider and held against its twin."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator import calendar
from generator.errors import NotThereError
from generator.models.market import CHAIN_COLUMNS
from generator.providers.assembly import edition_of
from generator.providers.base import Ask
from generator.providers.chains import chain_name, parse_chain
from generator.providers.news import parse_news
from generator.providers.products import product
from generator.providers.yahoo import Yahoo
from generator.providers.yahoo_json import YahooJson

pytestmark = [pytest.mark.recorded, pytest.mark.usefixtures("shared")]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SAVED = sorted(DATA.glob("raw/yfinance_options_desk/*.gz")) + sorted(DATA.glob("raw/yfinance_compact/*.gz"))
OPTIONS = sorted(DATA.glob("raw/yahoo_v7_options/*.gz"))
NO_OPTIONS = ("AAPL-expire-2022-03-01", "EURUSD-X", "idx-VXAPL")


def ids(paths: list[Path]) -> list[str]:
    return [path.name.removesuffix(".json.gz") for path in paths]


def asked(symbol: str, when: dt.datetime | None = None) -> Ask:
    when = when or dt.datetime(2026, 11, 20, 18, tzinfo=calendar.NEW_YORK)
    return Ask(symbol=symbol, when=when, session=calendar.session_on_or_before(when.date()))


def twin_of(path: Path, symbol: str):
    """The frame of the chain in the normalised data, and its spot."""
    kind = "yahoo" if path.parent.name == "yfinance_options_desk" else "yahoo-compact"
    name = path.name.removesuffix(".json.gz")
    twin = DATA / "chains" / f"{name}_{kind}.csv.gz"
    parsed = chain_name(f"chains/{twin.name}")
    return parse_chain(parsed, twin.read_bytes(), product(symbol), {})


def test_the_recorded_files_are_all_there():
    assert (len(SAVED), len(OPTIONS)) == (31, 9)


@pytest.mark.parametrize("path", SAVED, ids=ids(SAVED))
def test_a_saved_chain_equals_its_twin_column_by_column(path):
    symbol = path.name.partition("_")[0]
    ask = asked(symbol)
    provider = YahooJson(str(path), {})
    fetched = provider.fetch("chain", ask)
    chain = provider.read("chain", ask, {file.name: file.data for file in fetched.files}).chain
    twin = twin_of(path, symbol)
    assert chain.spot == twin.spot
    for column in CHAIN_COLUMNS:
        pd.testing.assert_series_equal(chain.frame[column], twin.chain[column], obj=column)
    assert chain.rows_left_out == {}


@pytest.mark.parametrize("path", SAVED, ids=ids(SAVED))
def test_a_saved_chain_is_of_the_session_in_its_twin_s_name(path):
    symbol = path.name.partition("_")[0]
    ask = asked(symbol)
    chain = YahooJson(str(path), {}).read("chain", ask, {path.name: path.read_bytes()}).chain
    session, edition, _ = edition_of(chain.captured)
    named = dt.date.fromisoformat(path.name.split("_")[1][:10])
    if (
        "premarket" in path.name
    ):  # before the open Yahoo shows the session before: the twin's name has the day
        assert (session, edition) == (calendar.previous_session(named), "close")
    else:
        assert (session, edition) == (named, "intraday" if "intraday" in path.name else "close")


def option_body(path: Path):
    data = gzip.decompress(path.read_bytes())
    result = json.loads(data)["optionChain"]["result"][0]
    return data, result, result["quote"]["symbol"]


@pytest.mark.parametrize("path", OPTIONS, ids=ids(OPTIONS))
def test_an_options_body_is_read_as_it_stands(path):
    data, result, symbol = option_body(path)
    if path.name.startswith(NO_OPTIONS):
        with pytest.raises(NotThereError, match="lists none"):
            Yahoo("", {}).read("chain", asked(symbol), {"options.json": data})
        return
    answer = Yahoo("", {}).read("chain", asked(symbol), {"options.json": data})
    rows = {row["contractSymbol"]: row for key in ("calls", "puts") for row in result["options"][0][key]}
    frame = answer.chain.frame.set_index(answer.chain.frame["contract_symbol"].str.replace(" ", ""))
    assert set(frame.index) == set(rows)
    names = {
        "bid": "bid",
        "ask": "ask",
        "last": "lastPrice",
        "volume": "volume",
        "open_interest": "openInterest",
        "strike": "strike",
    }
    for ours, theirs in names.items():
        wanted = pd.Series({key: row.get(theirs, np.nan) for key, row in rows.items()}, dtype=float)
        found = frame[ours].reindex(wanted.index)
        np.testing.assert_array_equal(found.to_numpy(), wanted.to_numpy(), err_msg=ours)
    assert {day.date() for day in frame["expiration"]} == {
        dt.datetime.fromtimestamp(result["options"][0]["expirationDate"], dt.UTC).date()
    }
    assert answer.chain.spot == answer.chain.close == result["quote"]["regularMarketPrice"]
    assert answer.chain.kind == ("etf" if symbol == "QQQ" else "stock")


def test_a_body_of_the_small_hours_belongs_to_the_close_before():
    data, _, symbol = option_body(DATA / "raw/yahoo_v7_options/AAPL_fetched-2022-02-24.json.gz")
    answer = Yahoo("", {}).read("chain", asked(symbol), {"options.json": data})
    assert edition_of(answer.chain.captured)[:2] == (dt.date(2022, 2, 23), "close")
    whats = [gap.what for gap in answer.gaps]
    assert whats.count("date of the open interest") == 1
    assert sum(what.startswith("expiration ") for what in whats) == 18  # one body of nineteen was recorded


CHARTS = sorted(DATA.glob("raw/yahoo_v8_chart/*.gz"))


@pytest.mark.parametrize("path", CHARTS, ids=ids(CHARTS))
def test_a_chart_s_bars_are_its_quote_columns_not_the_adjusted_close(path):
    data = gzip.decompress(path.read_bytes())
    result = json.loads(data)["chart"]["result"][0]
    answer = Yahoo("", {}).read("bars", asked(result["meta"]["symbol"]), {"chart.json": data})
    quote = result["indicators"]["quote"][0]
    assert len(answer.bars) == len(result["timestamp"]) > 40
    for column in ("open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(answer.bars[column], np.array(quote[column], dtype=float))
    adjusted = np.array(result["indicators"]["adjclose"][0]["adjclose"])
    assert not np.allclose(answer.bars["close"], adjusted, rtol=1e-6)
    wanted = [dt.datetime.fromtimestamp(time, calendar.NEW_YORK).date() for time in result["timestamp"]]
    assert [day.date() for day in answer.bars["date"]] == wanted


def test_bars_across_a_split_do_not_jump():
    (path,) = [path for path in CHARTS if "NVDA-split" in path.name]
    data = gzip.decompress(path.read_bytes())
    bars = Yahoo("", {}).read("bars", asked("NVDA"), {"chart.json": data}).bars
    assert bars["close"].pct_change().abs().max() < 0.2  # 4:1 on 2021-07-20 would be -75 %


def test_bars_end_with_the_session_asked_for():
    data = gzip.decompress(CHARTS[0].read_bytes())
    when = dt.datetime(2020, 10, 15, 12, tzinfo=calendar.NEW_YORK)
    bars = Yahoo("", {}).read("bars", asked("AAPL", when), {"chart.json": data}).bars
    assert bars["date"].iloc[-1].date() == dt.date(2020, 10, 14)


NEWS = [*sorted(DATA.glob("news/yahoo_nested/*")), *sorted(DATA.glob("news/yahoo_search_flat/*"))]


@pytest.mark.parametrize("path", NEWS, ids=[f"{path.parent.name}-{path.stem}" for path in NEWS])
def test_news_of_both_shapes_is_read(path):
    content = path.read_bytes()
    rows = json.loads(content)
    nested = isinstance(rows, list)
    body = json.dumps({"data": {"tickerStream": {"stream": rows}}}).encode() if nested else content
    symbol = path.name.partition("_")[0]
    answer = Yahoo("", {}).read("news", asked(symbol), {"news.json": body})
    titles = {story.item.title for story in parse_news(path.name, content)}
    found = {item.title for item in answer.news}
    assert found <= titles
    assert found == titles if nested else found
