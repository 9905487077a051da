from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import json

import numpy as np
import pandas as pd
import pytest

from generator import calendar
from generator.errors import DataError, UsageError
from generator.models.schema import validated_bars, validated_chain
from generator.providers import gather
from generator.providers.csv_folder import CsvFolder
from tests import builders
from tests.builders import SESSION, SYMBOL, make_bars, make_chain, write_bars, write_chain, write_csv_folder

BEFORE = calendar.previous_session(SESSION)
CLOSE = calendar.session_close(SESSION)


@pytest.fixture
def folder(tmp_path):
    return write_csv_folder(tmp_path / "data")


def market(folder, when=SESSION, symbol=SYMBOL, **more):
    return gather(symbol, f"csv:{folder}", when, **more)


def at(hour, minute=0, day=SESSION):
    return dt.datetime.combine(day, dt.time(hour, minute), calendar.NEW_YORK)


def test_a_close_comes_back_as_it_was_written(folder):
    snapshot, _ = market(folder)
    assert (snapshot.symbol, snapshot.session, snapshot.edition) == (SYMBOL, SESSION, "close")
    assert snapshot.as_of == CLOSE
    assert snapshot.previous_session == snapshot.open_interest_date == BEFORE
    assert snapshot.spot == builders.SPOT
    pd.testing.assert_frame_equal(snapshot.chain, make_chain())
    assert snapshot.bars["date"].iloc[-1].date() == SESSION
    assert not snapshot.synthetic


def test_rows_without_symbols_get_the_symbols_they_have(folder):
    write_chain(folder, make_chain(), symbols=False, captured=CLOSE)
    snapshot, _ = market(folder)
    pd.testing.assert_frame_equal(snapshot.chain, make_chain())


def test_what_the_folder_lacks_is_a_gap_that_names_no_path(folder):
    snapshot, _ = market(folder)
    assert [gap.what for gap in snapshot.gaps] == ["news", "rates", "dividends", "events"]
    assert not [gap for gap in snapshot.gaps if str(folder) in gap.reason]
    assert not [source for source in snapshot.sources if "/" in source.item]


def test_a_date_takes_the_close_among_several_files(folder):
    write_chain(folder, make_chain(spot=90), tag="intraday-1007ET", kind="intraday", captured=at(10, 7))
    snapshot, _ = market(folder)
    assert snapshot.edition == "close"


def test_a_date_with_one_capture_takes_it_as_what_it_is(tmp_path):
    folder = write_csv_folder(tmp_path, BEFORE)
    write_bars(folder, make_bars())
    chain = make_chain(as_of=at(10, 7))
    write_chain(folder, chain, tag="1007ET", kind="intraday", captured=at(10, 7), spot=99.5)
    snapshot, _ = market(folder)
    assert (snapshot.edition, snapshot.as_of, snapshot.spot) == ("intraday", at(10, 7), 99.5)
    assert snapshot.bars["date"].iloc[-1].date() == BEFORE


def test_a_capture_that_does_not_say_when_is_taken_for_the_close_and_says_so(tmp_path):
    write_bars(tmp_path, make_bars())
    write_chain(tmp_path, make_chain(), kind="intraday")
    snapshot, _ = market(tmp_path)
    assert (snapshot.edition, snapshot.as_of) == ("intraday", CLOSE)
    assert snapshot.gaps[0].what == "time of the quotes"


def test_two_files_that_fit_a_date_equally_are_both_named(folder):
    write_chain(folder, make_chain(), tag="again", captured=CLOSE)
    with pytest.raises(DataError, match=rf"{SYMBOL}_{SESSION}.csv.gz and {SYMBOL}_{SESSION}_again.csv.gz"):
        market(folder)


def test_an_instant_takes_the_latest_capture_up_to_it(folder):
    for hour in (10, 11):
        write_chain(
            folder, make_chain(), tag=f"{hour}00ET", kind="intraday", captured=at(hour), spot=float(hour)
        )
    assert market(folder, at(10, 59))[0].as_of == at(10)
    assert market(folder, at(11))[0].as_of == at(11)
    assert market(folder, at(9, 59))[0].session == BEFORE
    assert market(folder, at(23))[0].edition == "close"


def test_a_naive_instant_is_new_york_time(folder):
    write_chain(folder, make_chain(), tag="x", kind="intraday", captured=at(10))
    assert market(folder, at(10).replace(tzinfo=None))[0].as_of == at(10)
    assert market(folder, at(9, 59).replace(tzinfo=None))[0].session == BEFORE


def test_the_name_tells_the_time_where_the_file_does_not(folder):
    write_chain(folder, make_chain(), tag="intraday-1340ET_feed", kind="intraday")
    assert market(folder, at(13, 40))[0].as_of == at(13, 40)


def test_a_file_of_unknown_time_is_not_selectable_by_an_instant(tmp_path):
    write_bars(tmp_path, make_bars())
    write_chain(tmp_path, make_chain())
    with pytest.raises(DataError, match="give a date instead"):
        market(tmp_path, at(17))


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (at(8, day=calendar.next_session(SESSION)), SESSION),
        (at(23, 59, day=calendar.next_session(SESSION)), SESSION),
        (at(12, day=dt.date(2026, 3, 14)), None),
        (at(10, day=dt.date(2026, 3, 13)), None),
        (at(10, day=dt.date(2026, 10, 30)), None),
    ],
)
def test_a_capture_older_than_the_session_before_is_not_taken_for_an_instant(folder, moment, found):
    if found:
        assert market(folder, moment)[0].session == found
        return
    with pytest.raises(DataError, match=r"or the session before, found none of .* of the session 2026-03-11"):
        market(folder, moment)


def test_an_instant_at_the_weekend_takes_the_last_session(tmp_path):
    friday = dt.date(2026, 3, 6)
    folder = write_csv_folder(tmp_path, friday)
    assert market(folder, at(12, day=dt.date(2026, 3, 8)))[0].session == friday
    assert market(folder, at(8, day=dt.date(2026, 3, 9)))[0].session == friday


def test_two_captures_of_one_instant_are_both_named(folder):
    for tag in ("a", "b"):
        write_chain(folder, make_chain(), tag=tag, kind="intraday", captured=at(10))
    with pytest.raises(DataError, match=r"_a\.csv\.gz and .*_b\.csv\.gz that fit equally"):
        market(folder, at(10, 30))


def test_the_bar_and_not_the_feed_gives_a_close_its_price(folder):
    write_chain(folder, make_chain(), captured=CLOSE, spot=100.8)
    assert market(folder)[0].spot == builders.SPOT


def test_a_price_that_is_nowhere_near_the_sessions_close_is_told(folder):
    write_chain(folder, make_chain(), captured=CLOSE, spot=1e-300)
    snapshot, _ = market(folder)
    assert snapshot.spot == builders.SPOT
    (gap,) = [gap for gap in snapshot.gaps if gap.what == "price beside the chain"]
    assert "says 1e-300, the session closed at 100, which is printed" in gap.reason


def test_a_close_without_a_price_takes_the_bar(folder):
    write_chain(folder, make_chain(), captured=CLOSE, spot=None)
    assert market(folder)[0].spot == builders.SPOT


def test_without_any_price_there_is_no_snapshot(folder):
    write_chain(folder, make_chain(), captured=CLOSE, spot=None)
    write_bars(folder, make_bars(end=BEFORE))
    with pytest.raises(DataError, match="wanted a price of ABCD"):
        market(folder)


def test_a_close_without_its_bar_says_so(folder):
    write_bars(folder, make_bars(end=BEFORE))
    snapshot, _ = market(folder)
    assert snapshot.spot == builders.SPOT
    assert snapshot.gaps[0].what == "the session's bar"


def test_bars_stop_at_the_session(folder):
    write_bars(folder, make_bars(end=calendar.next_session(SESSION)))
    assert market(folder)[0].bars["date"].max().date() == SESSION


def test_bars_newest_first_are_turned_round(folder):
    path = write_bars(folder, make_bars())
    bars = pd.read_csv(path)[::-1]
    bars.to_csv(path, index=False)
    assert market(folder)[0].bars["date"].is_monotonic_increasing


def test_only_the_plain_daily_file_is_read(folder):
    write_bars(folder, make_bars(last=50)).rename(folder / "bars" / f"{SYMBOL}_daily_adjusted.csv")
    with pytest.raises(DataError, match=f"wanted bars/{SYMBOL}_daily.csv or .gz, found bars of nothing"):
        market(folder)


def test_bars_both_plain_and_packed_are_both_named(folder):
    plain = folder / "bars" / f"{SYMBOL}_daily.csv"
    plain.with_suffix(".csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    with pytest.raises(DataError, match=r"_daily\.csv and .*_daily\.csv\.gz"):
        market(folder)


def test_series_that_expired_before_the_session_are_left_out_and_counted(folder):
    chain = make_chain(expirations=(BEFORE, *builders.EXPIRATIONS), width=2)
    write_chain(folder, chain, captured=CLOSE)
    snapshot, _ = market(folder)
    assert snapshot.chain["expiration"].min().date() == SESSION
    assert snapshot.gaps[0].reason.startswith("10 in ")


def test_the_symbol_decides_when_the_date_disagrees(folder):
    table = builders.file_rows(make_chain(width=2), captured=CLOSE)
    table["expiration"] = "2026-04-16"
    path = folder / "chains" / f"{SYMBOL}_{SESSION}.csv.gz"
    path.write_bytes(gzip.compress(table.to_csv(index=False).encode()))
    days = {day.date() for day in market(folder)[0].chain["expiration"]}
    assert days == set(builders.EXPIRATIONS)


def test_a_saturday_expiration_is_dated_by_its_last_session(tmp_path):
    session = dt.date(2014, 6, 5)
    row = builders.chain_row(expiration=dt.date(2014, 6, 21))
    write_chain(tmp_path, pd.DataFrame([row]), session)
    write_bars(tmp_path, make_bars(end=session))
    chain = market(tmp_path, session)[0].chain
    assert chain["expiration"].iloc[0].date() == dt.date(2014, 6, 20)
    assert chain["contract_symbol"].iloc[0] == "ABCD  140621C00100000"


def test_index_roots_settle_in_the_morning_or_the_afternoon(tmp_path):
    expiration = builders.EXPIRATIONS[2]
    chain = pd.concat([make_chain(root=root, expirations=(expiration,), width=2) for root in ("SPX", "SPXW")])
    write_chain(tmp_path, chain, symbol="SPX", captured=CLOSE)
    write_bars(tmp_path, make_bars(), "SPX")
    snapshot, _ = market(tmp_path, symbol="SPX")
    assert snapshot.kind == "index"
    found = snapshot.chain.groupby("root")["settlement"].unique()
    assert (list(found["SPX"]), list(found["SPXW"])) == (["am"], ["pm"])


def test_adjusted_and_flex_roots_are_not_standard(folder):
    rows = [builders.chain_row(root=root) for root in (SYMBOL, "ABCD1", "1ABCD")]
    write_chain(folder, pd.DataFrame(rows), captured=CLOSE)
    chain = market(folder)[0].chain.set_index("root")
    assert dict(chain["standard"]) == {SYMBOL: True, "ABCD1": False, "1ABCD": False}


def test_a_class_share_has_a_root_without_the_dot(tmp_path):
    write_chain(tmp_path, make_chain(width=2, root="BRKB"), symbol="BRK.B", captured=CLOSE, symbols=False)
    write_bars(tmp_path, make_bars(), "BRK.B")
    snapshot, _ = market(tmp_path, symbol="BRK.B")
    assert set(snapshot.chain["root"]) == {"BRKB"}
    assert snapshot.name == "Berkshire Hathaway Inc. Class B"


def test_columns_under_a_users_own_names_are_read(folder):
    path = folder / "chains" / f"{SYMBOL}_{SESSION}.csv.gz"
    text = (
        gzip.decompress(path.read_bytes())
        .decode()
        .replace("open_interest", "OI", 1)
        .replace("strike", "K", 1)
    )
    path.write_bytes(gzip.compress(text.encode()))
    columns = {"open_interest": "OI", "strike": "K"}
    with pytest.raises(DataError, match=r"wanted a column strike, found .* in the settings"):
        market(folder)
    source = CsvFolder(folder, columns=columns)
    snapshot = source.snapshot(SYMBOL, SESSION)
    pd.testing.assert_frame_equal(snapshot.chain, make_chain())
    kept = {file.name: file.data for file in snapshot.raw}
    assert json.loads(kept["settings/columns.json"]) == columns


# --- history


def test_history_is_the_earlier_sessions_newest_first(folder):
    _, history = market(folder)
    assert [past.session for past in history.chains] == [BEFORE, calendar.previous_session(BEFORE)]
    assert [past.as_of for past in history.chains] == [
        calendar.session_close(past.session) for past in history.chains
    ]
    assert all(past.raw for past in history.chains)


def test_a_past_session_is_priced_by_its_bar(folder):
    snapshot, history = market(folder)
    closes = snapshot.bars.set_index(snapshot.bars["date"].dt.date)["close"]
    assert [past.spot for past in history.chains] == [closes[past.session] for past in history.chains]


@pytest.mark.parametrize(
    "ruin", [builders.premarket, builders.overnight_reset, builders.split_day, builders.sparse]
)
def test_a_past_session_that_no_brief_could_be_made_of_is_passed_over(folder, ruin):
    write_chain(folder, ruin(make_chain(BEFORE)), BEFORE, captured=calendar.session_close(BEFORE))
    _, history = market(folder)
    assert [past.session for past in history.chains] == [calendar.previous_session(BEFORE)]


def test_a_past_session_without_a_usable_close_gives_its_latest_usable_capture(folder):
    write_chain(
        folder, builders.premarket(make_chain(BEFORE)), BEFORE, captured=calendar.session_close(BEFORE)
    )
    for hour in (10, 12):
        captured = at(hour, day=BEFORE)
        write_chain(
            folder, make_chain(BEFORE), BEFORE, tag=str(hour), kind="intraday", captured=captured, spot=99.0
        )
    past = market(folder)[1].previous(BEFORE)
    assert past is not None
    assert (past.as_of, past.spot) == (at(12, day=BEFORE), 99.0)


def test_history_reaches_a_month_and_ten_sessions_back(tmp_path):
    folder = write_csv_folder(tmp_path, sessions=14)
    assert len(market(folder)[1].chains) == 10
    day = SESSION + dt.timedelta(days=30)
    chain = make_chain(day, expirations=(dt.date(2026, 4, 17),))
    write_chain(folder, chain, day, captured=calendar.session_close(day))
    write_bars(folder, make_bars(end=day))
    assert [past.session for past in market(folder, day)[1].chains] == [SESSION, BEFORE]


def test_a_past_capture_of_a_closed_day_is_passed_over(folder):
    sunday = SESSION - dt.timedelta(days=3)
    write_chain(folder, make_chain(BEFORE), sunday)
    assert [past.session for past in market(folder)[1].chains] == [BEFORE, calendar.previous_session(BEFORE)]


def test_a_damaged_past_file_is_named_and_not_passed_over(folder):
    path = folder / "chains" / f"{SYMBOL}_{BEFORE}.csv.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match=f"{path.name}.*cut off"):
        market(folder)


# --- what is wrong


def test_an_unknown_symbol_is_told_which_there_are(folder):
    with pytest.raises(DataError, match=f"wanted chains of WXYZ, found chains of {SYMBOL}"):
        market(folder, symbol="WXYZ")


def test_a_date_without_a_file_is_told_which_there_are(folder):
    with pytest.raises(DataError, match=f"on 2026-03-12, found those of .*{BEFORE}, {SESSION}"):
        market(folder, dt.date(2026, 3, 12))


@pytest.mark.parametrize(
    "symbol",
    [
        "",
        "../../etc",
        "SPY?x=1&",
        "SPY\n",
        "iwm",
        "ＳＰＹ",
        "SP٣",
        "A" * 17,
        "A/B",
        "A\\B",
        "^",
        ".",
        "SPY ",
        "~A",
    ],
)
def test_a_malformed_symbol_is_refused_before_the_folder_is_opened(symbol):
    with pytest.raises(UsageError, match="wanted a symbol"):
        gather(symbol, "csv:/does/not/exist", SESSION)


@pytest.mark.parametrize("symbol", ["IWM", "BRK.B", "^SPX", "BF-B", "A"])
def test_a_wellformed_symbol_gets_as_far_as_the_folder(symbol):
    with pytest.raises(DataError, match="wanted a folder of csv files"):
        gather(symbol, "csv:/does/not/exist", SESSION)


def test_a_folder_must_be_named_and_be_one(tmp_path):
    with pytest.raises(UsageError, match="csv:DIR"):
        gather(SYMBOL, "csv:", SESSION)
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="found a file"):
        gather(SYMBOL, f"csv:{tmp_path / 'file'}", SESSION)


def test_a_file_where_a_folder_belongs_is_named(tmp_path):
    (tmp_path / "chains").write_text("x")
    with pytest.raises(DataError, match="wanted a folder called chains, found a file"):
        market(tmp_path)


def test_a_folder_where_a_file_belongs_is_no_file(folder):
    path = folder / "bars" / f"{SYMBOL}_daily.csv"
    path.unlink()
    path.mkdir()
    with pytest.raises(DataError, match="found bars of nothing"):
        market(folder)


def test_a_capture_of_a_closed_day_is_refused(tmp_path):
    sunday = dt.date(2026, 3, 15)
    write_chain(tmp_path, make_chain(expirations=builders.EXPIRATIONS[2:]), sunday)
    write_bars(tmp_path, make_bars())
    with pytest.raises(DataError, match="wanted quotes of a session, found 2026-03-15: weekend"):
        market(tmp_path, sunday)


# --- recorded markets

RECORDED = [
    *(("IWM", f"2026-05-{day}") for day in range(18, 23)),
    *(("IWM", f"2026-07-{day:02}") for day in (8, 9, 10)),
    *((symbol, day) for symbol in ("SPY", "QQQ") for day in ("2026-05-22", "2026-07-10")),
    ("AAPL", "2026-08-21"),
    ("NVDA", "2026-08-21"),
    ("SPX", "2026-07-10"),
]


@pytest.mark.recorded
@pytest.mark.parametrize(("symbol", "day"), RECORDED)
def test_a_recorded_session_builds_a_snapshot(shared, symbol, day):
    session = dt.date.fromisoformat(day)
    snapshot, history = gather(symbol, f"csv:{shared / 'data'}", session)
    assert snapshot.as_of == calendar.session_close(session)
    assert snapshot.edition == "close"
    assert len(snapshot.bars) > 600
    assert snapshot.bars["date"].iloc[-1].date() == session
    assert snapshot.spot == snapshot.bars["close"].iloc[-1]
    pd.testing.assert_frame_equal(validated_chain(snapshot.chain), snapshot.chain)
    pd.testing.assert_frame_equal(validated_bars(snapshot.bars), snapshot.bars)
    assert all(item.published_at <= snapshot.as_of for item in snapshot.news)
    for past in history.chains:
        assert past.session < session
        pd.testing.assert_frame_equal(validated_chain(past.chain), past.chain)


@pytest.mark.recorded
def test_recorded_prices_of_closes_are_the_bars_not_after_hours_prints(shared):
    snapshot, _ = gather("AAPL", f"csv:{shared / 'data'}", dt.date(2026, 7, 24))
    assert snapshot.spot == 333.02


@pytest.mark.recorded
def test_the_recorded_week_of_iwm_is_each_others_history(shared):
    _, history = gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 22))
    assert [past.session.day for past in history.chains] == [21, 20, 19, 18]


@pytest.mark.recorded
def test_recorded_index_series_of_one_date_settle_twice(shared):
    chain = gather("SPX", f"csv:{shared / 'data'}", dt.date(2026, 7, 10))[0].chain
    july = chain[chain["expiration"] == np.datetime64("2026-07-17")]
    assert set(july["settlement"]) == {"am", "pm"}
    assert set(july.loc[july["settlement"] == "am", "root"]) == {"SPX"}


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("when", "captured"),
    [("2026-05-20T09:20", "2026-05-20T09:18:29"), ("2026-07-10T01:50", "2026-07-10T01:47:51")],
)
def test_instants_inside_recorded_traps_find_the_trap(shared, when, captured):
    snapshot, _ = gather("IWM", f"csv:{shared / 'data'}", dt.datetime.fromisoformat(when))
    assert snapshot.as_of.replace(tzinfo=None) == dt.datetime.fromisoformat(captured)
    assert (snapshot.chain["bid"] > 0).mean() < 0.02


@pytest.mark.recorded
def test_the_same_recorded_session_reads_the_same_twice(shared):
    first, second = (gather("IWM", f"csv:{shared / 'data'}", dt.date(2026, 5, 21))[0] for _ in range(2))
    for field in dataclasses.fields(first):
        if field.name not in {"chain", "bars"}:
            assert getattr(first, field.name) == getattr(second, field.name)
    pd.testing.assert_frame_equal(first.chain, second.chain)
