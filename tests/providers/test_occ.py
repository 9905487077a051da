from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from generator import errors
from generator.calendar import NEW_YORK
from generator.providers.base import Ask
from generator.providers.occ import Occ
from generator.providers.occ_history import parse_history
from generator.providers.occ_series import session_of
from tests.tables import ends_as
from tests.wire.faults import TRANSPORT
from tests.wire.server import Reply

SESSION = dt.date(2026, 3, 10)
NEXT_NOON = Ask(
    symbol="IWM", when=dt.datetime(2026, 3, 11, 16, 30, tzinfo=NEW_YORK), session=dt.date(2026, 3, 11)
)
ROW = "IWM   \t\t2026\t03\t13\t250\t000\tC P \t1042\t7\t25000000"
HEADER = "ProductSymbol\tyear\tMonth\tDay\tInteger\tDec\tC/P\tCall\tPut\tPosition Limit\t"


def series(*rows, symbol="IWM", header=HEADER):
    title = f"Series Search Results for {symbol}"
    traded = "Products for this underlying symbol are traded on: CBOE"
    lines = [title, traded, "\t\tSeries/contract\t\tStrike\t\t\tOpen Interest", header, *rows]
    return "\r\n".join(lines).encode() + b"\r\n"


GOOD = series(
    ROW,
    "IWM   \t\t2026\t03\t13\t262\t500\t  P \t0\t53\t25000000",
    "IWM1  \t\t2026\t03\t20\t250\t000\tC   \t5\t0\t25000000",
)


@pytest.fixture
def occ(wire):
    wire.routes = {"/series-search": Reply(GOOD, headers={"Content-Type": "text/plain"})}
    options = {"base_url": wire.url(), "ca_file": str(wire.ca_file), "spacing": 0, "retries": 0, "timeout": 2}
    return Occ("", options)


def answered(occ, ask=NEXT_NOON):
    fetched = occ.fetch("open interest", ask)
    return occ.read("open interest", ask, {file.name: file.data for file in fetched.files})


def of_file(path, ask=NEXT_NOON):
    return answered(Occ(str(path), {}), ask)


def test_the_download_gives_each_listed_series_its_count(occ, wire):
    answer = answered(occ)
    assert answer.open_interest == {
        "IWM   260313C00250000": 1042,
        "IWM   260313P00250000": 7,
        "IWM   260313P00262500": 53,
        "IWM1  260320C00250000": 5,
    }
    assert answer.open_interest_date == dt.date(2026, 3, 10)
    assert wire.requests[0].query == {"symbolType": ["U"], "symbol": ["IWM"]}


@pytest.mark.parametrize(
    ("name", "session"),
    [
        ("IWM_2026-03-11T2015Z.txt", "2026-03-10"),  # 16:15 in New York
        ("IWM_2026-03-11T1015Z.txt", "2026-03-10"),  # 06:15 in New York
        ("IWM_2026-03-14T1600Z.txt", "2026-03-13"),  # a Saturday
        ("IWM_2026-03-15T0330Z.txt", "2026-03-13"),  # Saturday 23:30
        ("IWM_2026-03-16T1200Z.txt", "2026-03-13"),  # Monday morning
        ("IWM_2026-03-11.txt", "2026-03-10"),
    ],
)
def test_an_undated_count_is_that_after_the_session_before(name, session):
    assert session_of(name) == dt.date.fromisoformat(session)


@pytest.mark.parametrize("name", ["IWM_2026-03-11T2301Z.txt", "IWM_2026-03-12T0530Z.txt"])
def test_a_count_taken_in_the_night_it_changes_is_refused(name):
    with pytest.raises(errors.NotThereError, match="when the count changes"):
        session_of(name)


def test_a_count_known_only_the_morning_after_is_not_told_at_the_close(tmp_path):
    path = tmp_path / "IWM_2026-03-12.txt"
    path.write_bytes(GOOD)
    close = Ask(
        symbol="IWM", when=dt.datetime(2026, 3, 11, 16, tzinfo=NEW_YORK), session=dt.date(2026, 3, 11)
    )
    with pytest.raises(errors.NotThereError, match="known from 2026-03-12 06:00"):
        of_file(path, close)
    morning = Ask(
        symbol="IWM", when=dt.datetime(2026, 3, 12, 8, tzinfo=NEW_YORK), session=dt.date(2026, 3, 11)
    )
    assert of_file(path, morning).open_interest_date == dt.date(2026, 3, 11)


def test_a_count_older_than_the_chains_own_is_refused(tmp_path):
    path = tmp_path / "IWM_2026-03-09.txt"
    path.write_bytes(GOOD)
    with pytest.raises(errors.NotThereError, match="after 2026-03-10 or later"):
        of_file(path)


CSV = """oi_label_date,underlying,expiration,strike,call_open_interest,put_open_interest
2026-03-10,IWM,2026-03-13,250.0,900,5
2026-03-11,IWM,2026-03-13,250.0,1042,7
2026-03-11,IWM,2026-03-20,262.5,0,3
2026-03-12,IWM,2026-03-13,250.0,1100,9
2026-03-11,SPY,2026-03-13,600.0,1,1
"""
DOCUMENT = {
    "ticker": "IWM",
    "pull_dates": ["10-3", "11-3", "12-3"],
    "updated_at": "2026-03-12T04:28:16Z",
    "by_expiration": {
        "2026-03-13": {"rows": [{"strike": 250.0, "calls": [900, 1042, 1100], "puts": [5, 7, 9]}]},
        "2026-03-20": {
            "rows": [
                {"strike": 262.5, "calls": [0, 0, 0], "puts": [0, 3, 0]},
                {"strike": 265.0, "calls": [0, 0, 0], "puts": [0, 0, 0]},
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("IWM_oi.csv", CSV.encode()),
        ("IWM_oi.json", json.dumps(DOCUMENT).encode()),
        ("IWM_oi.csv.gz", gzip.compress(CSV.encode())),
        ("IWM_oi.json.gz", gzip.compress(json.dumps(DOCUMENT).encode())),
    ],
)
def test_a_history_gives_the_newest_label_known_by_then(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    answer = of_file(tmp_path / name.replace("IWM", "{symbol}"))
    assert answer.open_interest_date == dt.date(2026, 3, 10)
    assert answer.open_interest == {
        "IWM   260313C00250000": 1042,
        "IWM   260313P00250000": 7,
        "IWM   260320C00262500": 0,
        "IWM   260320P00262500": 3,
    }


def test_pull_dates_around_new_year_get_the_year_nearest_to_the_update():
    document = {
        **DOCUMENT,
        "pull_dates": ["30-12", "31-12", "4-1"],
        "updated_at": "2026-01-01T04:28:16Z",
    }
    history = parse_history("x.json", json.dumps(document).encode(), "IWM")
    assert sorted(history["label"].unique()) == [
        dt.date(2025, 12, 30),
        dt.date(2025, 12, 31),
        dt.date(2026, 1, 4),
    ]


def test_two_roots_counted_as_one_are_left_out_and_named(tmp_path):
    rows = "2026-03-11,SPX,2026-03-18,5800.0,10,20\n2026-03-11,SPX,2026-03-20,5800.0,30,40\n"
    path = tmp_path / "spx.csv"
    path.write_text(CSV.partition("\n")[0] + "\n" + rows)
    answer = of_file(path, Ask(symbol="^SPX", when=NEXT_NOON.when, session=NEXT_NOON.session))
    assert answer.open_interest == {"SPXW  260318C05800000": 10, "SPXW  260318P05800000": 20}
    assert [gap.what for gap in answer.gaps] == ["open interest"]
    assert "2026-03-20" in answer.gaps[0].reason


@pytest.mark.parametrize("fault", sorted(TRANSPORT))
def test_every_fault_of_the_wire_ends_as_its_kind(occ, wire, fault):
    make, kind = TRANSPORT[fault]
    occ._client._timeout = 0.3
    wire.routes["/series-search"] = make(GOOD)
    if fault == "half a JSON body":
        kind = errors.ProviderError  # cut in mid-line
    with ends_as(kind):
        answered(occ)


TEXTS = {
    "of another underlying": (series(ROW, symbol="QQQ"), errors.BadPayloadError),
    "nothing listed": (series(), errors.NotThereError),
    "no table": (b"Series Search Results for IWM\r\nno series found\r\n", errors.NotThereError),
    "columns renamed": (series(ROW, header=HEADER.replace("Call", "Calls")), errors.BadPayloadError),
    "columns shifted": (series(ROW.replace("IWM   \t\t", "IWM   \t")), errors.BadPayloadError),
    "a strike of four decimals": (series(ROW.replace("\t000\t", "\t1000\t")), errors.BadPayloadError),
    "a strike of zero": (series(ROW.replace("\t250\t", "\t0\t")), errors.BadPayloadError),
    "no such day": (series(ROW.replace("\t13\t", "\t32\t")), errors.BadPayloadError),
    "neither call nor put": (series(ROW.replace("C P", "X")), errors.BadPayloadError),
    "a count with a sign": (series(ROW.replace("1042", "-1042")), errors.BadPayloadError),
    "a count of NaN": (series(ROW.replace("1042", "NaN")), errors.BadPayloadError),
    "a count left blank": (series(ROW.replace("1042", "")), errors.BadPayloadError),
    "a count no market reaches": (series(ROW.replace("1042", "99999999999")), errors.BadPayloadError),
    "two counts of one series": (series(ROW, ROW.replace("1042", "1043")), errors.BadPayloadError),
    "HTML": (b"<html>Sorry</html>", errors.BadPayloadError),
}


@pytest.mark.parametrize("fault", sorted(TEXTS))
def test_every_fault_of_the_text_ends_as_its_kind(occ, wire, fault):
    body, kind = TEXTS[fault]
    wire.routes["/series-search"] = Reply(body)
    with ends_as(kind):
        answered(occ)


def test_a_line_that_repeats_word_for_word_counts_once(occ, wire):
    wire.routes["/series-search"] = Reply(series(ROW, ROW))
    assert answered(occ).open_interest == {"IWM   260313C00250000": 1042, "IWM   260313P00250000": 7}


def changed(**changes):
    return json.dumps({**DOCUMENT, **changes}).encode()


def with_rows(*rows):
    return changed(by_expiration={"2026-03-13": {"rows": list(rows)}})


HISTORIES = {
    "of another symbol": (changed(ticker="QQQ"), errors.NotThereError),
    "pull dates renamed": (
        json.dumps({("pulls" if k == "pull_dates" else k): v for k, v in DOCUMENT.items()}).encode(),
        errors.BadPayloadError,
    ),
    "pull dates out of order": (changed(pull_dates=["12-3", "11-3", "10-3"]), errors.BadPayloadError),
    "no such pull date": (changed(pull_dates=["10-3", "11-3", "31-2"]), errors.BadPayloadError),
    "no update": (changed(updated_at=None), errors.BadPayloadError),
    "one count too few": (
        with_rows({"strike": 250, "calls": [1, 2], "puts": [1, 2, 3]}),
        errors.BadPayloadError,
    ),
    "a count of null": (
        with_rows({"strike": 250, "calls": [1, None, 3], "puts": [1, 2, 3]}),
        errors.BadPayloadError,
    ),
    "a count below zero": (
        with_rows({"strike": 250, "calls": [1, -2, 3], "puts": [1, 2, 3]}),
        errors.BadPayloadError,
    ),
    "a strike twice": (
        with_rows(*[{"strike": 250, "calls": [1, 2, 3], "puts": [1, 2, 3]}] * 2),
        errors.BadPayloadError,
    ),
    "a strike of null": (
        with_rows({"strike": None, "calls": [1, 2, 3], "puts": [1, 2, 3]}),
        errors.BadPayloadError,
    ),
    "nothing but zeros": (
        with_rows({"strike": 250, "calls": [0, 0, 0], "puts": [0, 0, 0]}),
        errors.NotThereError,
    ),
    "cut off": (json.dumps(DOCUMENT).encode()[:200], errors.BadPayloadError),
    "csv column renamed": (CSV.replace("strike", "k").encode(), errors.BadPayloadError),
    "csv fraction": (CSV.replace("1042", "10.42").encode(), errors.BadPayloadError),
    "csv blank count": (CSV.replace("1042", "").encode(), errors.BadPayloadError),
    "csv label no date": (CSV.replace("2026-03-11,IWM", "soon,IWM").encode(), errors.BadPayloadError),
}


@pytest.mark.parametrize("fault", sorted(HISTORIES))
def test_every_fault_of_a_history_ends_as_its_kind(tmp_path, fault):
    content, kind = HISTORIES[fault]
    (tmp_path / "history.dat").write_bytes(content)
    with ends_as(kind):
        of_file(tmp_path / "history.dat")


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(errors.NotThereError, match="wanted a file at"):
        of_file(tmp_path / "none.csv")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(errors.DataError, match="found a folder"):
        of_file(tmp_path)


@pytest.mark.recorded
@pytest.mark.parametrize("symbol", ["AAPL", "IWM", "NVDA", "QQQ", "SPX", "SPY"])
def test_every_recorded_history_equals_its_twin(shared, symbol):
    """Row for row: the twin, too, leaves out strikes with 0 on both sides."""
    (raw,) = (shared / "data" / "raw" / "occ_oi").glob(f"{symbol}_*.json.gz")
    (twin,) = (shared / "data" / "oi_history").glob(f"{symbol}_occ_oi_*.csv.gz")
    order = ["label", "expiration", "strike"]
    read = [
        parse_history(path.name.removesuffix(".gz"), gzip.decompress(path.read_bytes()), symbol)
        .sort_values(order)
        .reset_index(drop=True)
        for path in (raw, twin)
    ]
    assert len(read[0]) > 10_000
    assert read[0].equals(read[1])


@pytest.mark.recorded
def test_the_label_of_a_monday_is_the_count_after_friday(shared):
    (raw,) = (shared / "data" / "raw" / "occ_oi").glob("IWM_*.json.gz")
    when = dt.datetime(2026, 8, 24, 8, tzinfo=NEW_YORK)
    answer = of_file(raw, Ask(symbol="IWM", when=when, session=dt.date(2026, 8, 21)))
    assert answer.open_interest_date == dt.date(2026, 8, 21)
    assert len(answer.open_interest) > 3000
