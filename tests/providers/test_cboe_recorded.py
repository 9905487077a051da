"""Every recorded answer and file of Cboe, beside its twin in the common shape."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal

import pandas as pd
import pytest

from generator import calendar
from generator.providers.assembly import edition_of
from generator.providers.base import Ask
from generator.providers.cboe import Cboe
from generator.providers.cboe_csv import CboeCsv

pytestmark = pytest.mark.recorded
LATER = dt.datetime(2026, 11, 1, tzinfo=calendar.NEW_YORK)
COLUMNS = ["expiration", "strike", "option_type", "bid", "ask", "last", "volume", "open_interest", "root"]

#: file -> (session, edition) that its header says
FILES = {
    "QQQ_2023-04-14_odd-header": ("2023-04-14", "close"),
    "QQQ_2023-06-08": ("2023-06-08", "close"),
    "QQQ_2023-06-09": ("2023-06-09", "close"),  # saved on a Sunday
    # The twin says intraday: volume and price are those of noon, under a header of 4:35 PM EDT.
    # The file does not show that by itself; the bars' close, beside it, does.
    "QQQ_2023-06-12_intraday": ("2023-06-12", "close"),
    "SPX_2022-03-23_spanish-header": ("2022-03-23", "intraday"),
    "SPX_2023-06-08": ("2023-06-08", "close"),
    "SPX_2023-06-09_intraday-1340ET": ("2023-06-09", "intraday"),
    "SPX_2023-09-14": ("2023-09-14", "close"),
    "SPY_2023-09-14": ("2023-09-14", "close"),
}


def ask(symbol, session):
    return Ask(symbol=symbol, when=LATER, session=session)


def twin_of(path):
    """The twin, in our order and words."""
    twin = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"contract_symbol": "str"})
    twin["contract_symbol"] = [f"{symbol[:-15]:<6}{symbol[-15:]}" for symbol in twin["contract_symbol"]]
    return twin.set_index("contract_symbol")[COLUMNS].sort_index()


def ours_of(chain):
    frame = chain.frame.rename(columns={"right": "option_type"}).set_index("contract_symbol")
    frame["expiration"] = frame["expiration"].dt.strftime("%Y-%m-%d")
    return frame[COLUMNS].sort_index()


def assert_same(ours, twin):
    assert list(ours.index) == list(twin.index)
    different = [
        name for name in COLUMNS if not (ours[name].astype(object) == twin[name].astype(object)).all()
    ]
    assert different == []


def test_every_recorded_file_has_its_row_here(shared):
    found = {path.name.removesuffix(".csv.gz") for path in (shared / "data/raw/cboe_quotedata_csv").iterdir()}
    assert found == set(FILES)


@pytest.mark.parametrize("tag", FILES)
def test_a_downloaded_file_equals_its_twin(shared, tag):
    symbol = tag.partition("_")[0]
    provider = CboeCsv(str(shared / f"data/raw/cboe_quotedata_csv/{tag}.csv.gz"), {})
    asked = ask(symbol, LATER.date())
    fetched = provider.fetch("chain", asked)
    chain = provider.read("chain", asked, {file.name: file.data for file in fetched.files}).chain
    path = shared / f"data/chains/{tag}_cboe-csv.csv.gz"
    assert_same(ours_of(chain), twin_of(path))
    session, edition, _ = edition_of(chain.captured)
    assert (session.isoformat(), edition) == FILES[tag]
    assert chain.spot == pd.read_csv(path, nrows=1)["underlying_price"].iloc[0]
    assert not chain.rows_left_out


def test_the_recorded_answer_equals_its_twin(shared):
    body = gzip.decompress((shared / "data/raw/cboe_delayed_json/AAPL_2026-07-24.json.gz").read_bytes())
    answer = Cboe("", {}).read("chain", ask("AAPL", LATER.date()), {"chain.json": body})
    assert_same(ours_of(answer.chain), twin_of(shared / "data/chains/AAPL_2026-07-24_cboe-json.csv.gz"))
    assert (answer.chain.spot, answer.chain.close) == (333.8, 333.02)  # after hours; the session's
    assert edition_of(answer.chain.captured)[:2] == (dt.date(2026, 7, 24), "close")
    assert answer.gaps == ()
    assert not answer.chain.rows_left_out


def as_sent(kept):
    """The reshaped answer of another collector, back in Cboe's own shape."""
    rows = []
    for row in kept["options"]:
        day = dt.date.fromisoformat(row["exp"])
        strike = int(Decimal(str(row["strike"])) * 1000)
        counts = {"open_interest": row["oi"], "volume": row["volume"]}
        symbol = f"{kept['ticker']}{day:%y%m%d}{row['type']}{strike:08d}"
        sent = {"option": symbol, "bid": row["bid"], "ask": row["ask"], "last_trade_price": None, **counts}
        rows.append({**sent, "last_trade_time": row["last_trade_time"]})
    data = {"options": rows, "current_price": kept["spot"], "close": None}
    return {"timestamp": kept["feed_timestamp"], "data": data}


def test_the_quotes_of_an_answer_are_a_quarter_of_an_hour_old(shared):
    packed = shared / "data/raw/cboe_reshaped/IWM_2026-07-20_intraday-0945ET.json.gz"
    kept = json.loads(gzip.decompress(packed.read_bytes()))
    files = {"chain.json": json.dumps(as_sent(kept)).encode()}
    chain = Cboe("", {}).read("chain", ask("IWM", LATER.date()), files).chain
    twin = pd.read_csv(shared / "data/chains/IWM_2026-07-20_intraday-0945ET_cboe-reshaped.csv.gz")
    ours = chain.frame.assign(expiration=chain.frame["expiration"].dt.strftime("%Y-%m-%d"))
    both = ours.merge(
        twin, left_on=["expiration", "strike", "right"], right_on=["expiration", "strike", "option_type"]
    )
    assert len(both) == len(ours) == len(twin)
    for name in ("bid", "ask", "volume", "open_interest"):
        assert (both[f"{name}_x"] == both[f"{name}_y"]).all()
    newest = max(row["last_trade_time"] for row in kept["options"] if row["last_trade_time"])
    traded = dt.datetime.fromisoformat(newest).replace(tzinfo=calendar.NEW_YORK)
    assert dt.timedelta() <= chain.captured - traded < dt.timedelta(seconds=5)


def test_recorded_bars_agree_with_another_source(shared):
    body = gzip.decompress(
        (shared / "data/raw/cboe_bars_json/AAPL_2004-01-02_2026-07-23.json.gz").read_bytes()
    )
    answer = Cboe("", {}).read("bars", ask("AAPL", dt.date(2026, 7, 24)), {"bars.json": body})
    sent = {row["date"]: row for row in json.loads(body)["data"]}
    for bar in answer.bars.to_dict("records"):
        row = sent[f"{bar['date']:%Y-%m-%d}"]
        assert [bar[key] for key in ("high", "low", "close", "volume")] == [
            row[key] for key in ("high", "low", "close", "volume")
        ]
    other = pd.read_csv(shared / "data/bars/AAPL_daily.csv.gz", parse_dates=["date"])
    both = answer.bars.merge(other, on="date", suffixes=("", "_other"))
    assert len(both) == len(answer.bars) - 1 == 547  # one session is missing there
    assert (both["close"] == both["close_other"]).all()
    for side in ("high", "low"):
        assert ((both[side] - both[f"{side}_other"]).abs() < 0.011).all()
    # the open is another print; five lay outside the day's range
    assert ((both["open"] - both["open_other"]).abs() < 0.5).all()
    assert [gap.reason for gap in answer.gaps] == [
        "5 with an open outside the day's range, which is held to it"
    ]
