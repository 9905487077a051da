"""The trap table: the verdict on every recorded chain is the one its description implies."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import re
from pathlib import Path

import pandas as pd
import pytest

from generator import calendar
from generator.analytics import analyse
from generator.errors import RefusedSnapshotError
from generator.models.analysis import Choices
from generator.models.schema import validated_bars
from generator.providers import gather
from tests.tables import judged

pytestmark = pytest.mark.recorded

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "chains"
NAME = re.compile(r"(?P<symbol>[A-Z]+)_(?P<day>\d{4}-\d\d-\d\d)_?(?P<tag>.*)\.csv\.gz")
#: part of a file's name -> what its refusal says
TRAPS = {
    "2026-05-20_premarket": "have a bid and an ask",
    "2026-07-09_overnight-reset": "open interest is zero or missing everywhere",
    "2014-06-09_split-day": "as on a split's first day",
}
#: part of a file's name -> groups of metrics withheld; every other file withholds none
WITHHELD = {
    "AAPL_2026-08-20_intraday": {"volume"},
    "AAPL_2026-08-21_intraday": {"volume"},
    "NVDA_2026-08-20_intraday": {"volume"},
    "NVDA_2026-08-21_intraday": {"volume", "plans"},
    "IWM_2026-07-10": {"put_call.open_interest.all.change"},
    "SPY_2026-07-10": {"put_call.open_interest.all.change"},
    "QQQ_2026-07-10": {"put_call.open_interest.all.change"},
    "IWM_2026-07-20": {"put_call.open_interest.all.change"},
}
GROUPS = {"open_interest", "volume", "plans", "put_call.open_interest.all.change"}
FILES = sorted(path.name for path in FOLDER.glob("*.csv.gz")) if FOLDER.is_dir() else []


def found_in(table, name):
    return next((value for part, value in table.items() if part in name), None)


def instant(name, shared):
    """The session of a close, else the instant at which the file is the newest capture."""
    match = NAME.fullmatch(name)
    with gzip.open(shared / "data" / "chains" / name, "rt") as file:
        row = pd.read_csv(file, nrows=1).iloc[0]
    stamp = row["snapshot_utc"]
    if row["session"] == "close" or pd.isna(stamp):
        return match["symbol"], dt.date.fromisoformat(match["day"])
    moment = calendar.to_new_york(pd.Timestamp(stamp, tz="UTC").to_pydatetime())
    return match["symbol"], moment + dt.timedelta(seconds=1)


def market(name, shared):
    """The snapshot and history of one file, with the bars of 2014 where the folder's own start later."""
    symbol, when = instant(name, shared)
    snapshot, history = gather(symbol, f"csv:{shared / 'data'}", when)
    if snapshot.bars.empty:
        table = pd.read_csv(shared / "data" / "bars" / "AAPL_daily_lean_2013-2014.csv.gz")
        bars = validated_bars(table.assign(date=pd.to_datetime(table["date"])))
        bars = bars[bars["date"] <= pd.Timestamp(snapshot.session)].reset_index(drop=True)
        snapshot = dataclasses.replace(snapshot, bars=bars)
    return snapshot, history


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_chain_gets_the_verdict_its_description_implies(name, shared):
    snapshot, history = market(name, shared)
    assert snapshot.raw[0].name.endswith(name)
    told = found_in(TRAPS, name)
    if told is not None:
        with pytest.raises(RefusedSnapshotError) as refused:
            analyse(snapshot, history, Choices())
        assert any(told in reason for reason in refused.value.reasons)
        judged(name, "refused", "; ".join(refused.value.reasons))
        return
    quality = analyse(snapshot, history, Choices()).quality
    assert {held.metric for held in quality.withheld} & GROUPS == (found_in(WITHHELD, name) or set())
    assert quality.verdict in {"good", "usable"}
    groups = [f"{item.metric}: {item.reason}" for item in quality.withheld if item.metric in GROUPS]
    judged(name, quality.verdict, "; ".join(groups or [item.metric for item in quality.withheld]))


def test_the_table_covers_every_recorded_chain(shared):
    assert len(FILES) == len(list((shared / "data" / "chains").iterdir())) == 44


def test_an_after_hours_price_beside_the_quotes_of_the_close_is_refused(shared):
    snapshot, history = market("AAPL_2026-07-24_cboe-json.csv.gz", shared)
    assert snapshot.spot == 333.02
    after = dataclasses.replace(snapshot, spot=333.80)
    with pytest.raises(RefusedSnapshotError, match=r"333\.8 is an after-hours price"):
        analyse(after, history, Choices())
