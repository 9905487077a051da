"""The volatility index beside a market, from a folder."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from generator import archive
from generator.assets import asset
from generator.calendar import is_session, previous_session
from generator.providers import gather
from generator.providers.products import measured, product
from tests.builders import SESSION, make_bars, write_bars, write_csv_folder


@pytest.fixture
def folder(tmp_path):
    """A folder of the Russell 2000's fund."""
    return write_csv_folder(tmp_path / "data", symbol="IWM")


def market(folder, symbol="IWM"):
    return gather(symbol, f"csv:{folder}", SESSION)[0]


def index_bars(n=300, end=SESSION, last=20.0):
    return make_bars(n, 9, end=end, last=last, volatility=0.03)


def test_a_market_with_its_index_beside_it(folder):
    write_bars(folder, index_bars(), "RVX")
    snapshot = market(folder)
    index = snapshot.volatility_index
    assert (index.symbol, index.measures) == ("RVX", "Russell 2000")
    assert index.bars["date"].iloc[-1].date() == SESSION
    assert index.bars["close"].iloc[-1] == 20.0
    (source,) = [source for source in snapshot.sources if source.part == "volatility index"]
    assert source.item == "RVX_daily.csv"
    assert "bars/RVX_daily.csv" in [file.name for file in snapshot.raw]


def test_another_markets_index_says_nothing(folder):
    write_bars(folder, index_bars(), "VIX")
    assert market(folder).volatility_index is None


def test_without_its_bars_nothing_is_missed(folder):
    snapshot = market(folder)
    assert snapshot.volatility_index is None
    assert not [gap for gap in snapshot.gaps if "RVX" in gap.what]


def test_a_share_without_an_index_has_none(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    write_bars(folder, index_bars(), "VIX")
    assert market(folder, "ABCD").volatility_index is None


def test_bars_that_cannot_be_read_are_a_gap_and_no_refusal(folder):
    (folder / "bars" / "RVX_daily.csv").write_text("date,open\n2026-03-10,abc\n")
    snapshot = market(folder)
    assert snapshot.volatility_index is None
    (gap,) = [gap for gap in snapshot.gaps if gap.what == "bars of RVX"]
    assert "RVX_daily.csv" in gap.reason


def test_what_comes_after_the_session_is_not_read(folder):
    later = index_bars(310)
    shifted = later.assign(date=later["date"].shift(-5)).dropna(subset="date")
    write_bars(folder, shifted, "RVX")
    assert market(folder).volatility_index.bars["date"].max().date() <= SESSION


def test_levels_published_on_the_exchanges_holidays_are_left_out(folder):
    """Cboe's indices have a level on some days the share market is closed."""
    bars = index_bars()
    bars.loc[len(bars) - 5, "date"] = "2026-01-19"  # Martin Luther King Jr. Day
    write_bars(folder, bars.sort_values("date"), "RVX")
    days = market(folder).volatility_index.bars["date"]
    assert all(is_session(day.date()) for day in days)
    assert len(days) == 299


def test_noise_below_a_hundredth_is_rounded_away(folder):
    bars = index_bars()
    bars["close"] += 1e-7
    bars["high"] += 2e-7
    write_bars(folder, bars, "RVX")
    closes = market(folder).volatility_index.bars["close"]
    assert (closes == closes.round(2)).all()


def test_it_comes_back_from_what_the_archive_keeps(folder, tmp_path):
    write_bars(folder, index_bars(), "RVX")
    snapshot = market(folder)
    capture = archive.keep_snapshot(tmp_path / "state", snapshot)
    again = archive.load_snapshot(tmp_path / "state", capture).volatility_index
    assert again.symbol == "RVX"
    assert again.bars.equals(snapshot.volatility_index.bars)


@pytest.mark.parametrize(
    ("symbol", "index"),
    [("IWM", "RVX"), ("RUT", "RVX"), ("SPY", "VIX"), ("SPX", "VIX"), ("^SPX", "VIX"), ("QQQ", "VXN")],
)
def test_the_index_of_a_well_known_market(symbol, index):
    assert product(symbol).volatility_index == index


def test_every_index_named_says_what_it_measures():
    with asset("products.csv").open(encoding="utf-8", newline="") as lines:
        named = {row["volatility_index"] for row in csv.DictReader(lines)} - {""}
    assert {index: measured(index) for index in named}
    with pytest.raises(KeyError):
        measured("NONE")


@pytest.mark.recorded
@pytest.mark.parametrize("symbol", ["SPY", "SPX"])
def test_the_recorded_index_stands_beside_the_recorded_markets(shared, symbol):
    day = dt.date(2026, 7, 10)
    index = gather(symbol, f"csv:{shared / 'data'}", day)[0].volatility_index
    assert index.symbol == "VIX"
    assert index.bars["date"].iloc[-1].date() == day
    days = {stamp.date() for stamp in index.bars["date"]}
    cursor = day
    for _ in range(250):
        assert cursor in days
        cursor = previous_session(cursor)
