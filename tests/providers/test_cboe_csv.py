from __future__ import annotations

import datetime as dt
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import calendar
from generator.errors import BadPayloadError, DataError, NotThereError, ProviderError
from generator.providers.base import Ask
from generator.providers.cboe_csv import CboeCsv
from tests.wire import cboe_bodies as bodies

EVENING = dt.datetime(2026, 3, 11, 20, 0, tzinfo=calendar.NEW_YORK)


def ask(symbol="ABCD", when=EVENING, expirations=None):
    return Ask(symbol=symbol, when=when, session=bodies.SESSION, expirations=expirations)


def read(text, **asked):
    data = text.encode() if isinstance(text, str) else text
    return CboeCsv("", {}).read("chain", ask(**asked), {"chain.csv": data}).chain


@pytest.mark.parametrize("name", ["quotes.csv", "quotes.csv.gz"])
def test_a_file_is_read_as_it_was_saved(tmp_path, name):
    data = bodies.table().encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    provider = CboeCsv(str(tmp_path / name), {})
    fetched = provider.fetch("chain", ask())
    answer = provider.read("chain", ask(), {file.name: file.data for file in fetched.files})
    assert fetched.item == name
    assert (len(answer.chain.frame), answer.delay) == (18, "15 minutes")


def test_calls_and_puts_of_one_line_keep_their_own_numbers():
    text = bodies.table().replace("ABCD260311P00095000,1.05,0,1,1.5", "ABCD260311P00095000,9.5,0,9,9.9")
    frame = read(text).frame.set_index("contract_symbol")
    put, call = frame.loc["ABCD  260311P00095000"], frame.loc["ABCD  260311C00095000"]
    assert (put["last"], put["bid"], put["ask"]) == (9.5, 9, 9.9)
    assert (call["last"], call["bid"], call["ask"]) == (1.05, 1, 1.5)


def test_thousands_lose_their_commas():
    frame = read(bodies.table()).frame
    assert (set(frame["volume"]), set(frame["open_interest"])) == ({1234.0}, {2345.0})


def test_name_price_and_instant_come_from_above_the_table():
    chain = read(bodies.table())
    assert (chain.name, chain.spot, chain.close) == ("Made-up Company, Series 1", 101.25, None)
    assert chain.captured == dt.datetime(2026, 3, 11, 16, 16, tzinfo=calendar.NEW_YORK)


@pytest.mark.parametrize(
    "when",
    [
        "March 11, 2026 at 4:31 PM EDT",
        "March 11, 2026 at 4:31\u202fPM EDT",
        "11 March 2026, 16:31 UTC\u22124",
        "11 March 2026 4:31 p.m. EDT",
        "11 de marzo de 2026, 16:31 GMT-4",
        "11 mars 2026, 16:31 UTC-04:00",
        "11. M\u00e4rz 2026 um 21:31 GMT+1",
        "11 de mar\u00e7o de 2026, 17:31 GMT-3",
        "11 marzo 2026 16:31:59 ET",
        "March 11, 2026 at 1:31 PM PDT",
        "March 11, 2026 at 8:31 PM UTC",
        "March 12, 2026 at 2:01 AM GMT+5:30",
    ],
)
def test_the_browsers_language_and_zone_are_understood(when):
    assert read(bodies.table(when=when)).captured == dt.datetime(
        2026, 3, 11, 16, 16, tzinfo=calendar.NEW_YORK
    )


@pytest.mark.parametrize(
    ("month", "words"),
    [
        (1, "January enero janvier Januar janeiro gennaio"),
        (2, "February febrero f\u00e9vrier Februar fevereiro febbraio"),
        (4, "April abril avril April abril aprile"),
        (5, "May mayo mai Mai maio maggio"),
        (6, "June junio juin Juni junho giugno"),
        (7, "July julio juillet Juli julho luglio"),
        (8, "August agosto ao\u00fbt August agosto agosto"),
        (9, "September septiembre septembre September setembro settembre"),
        (10, "October octubre octobre Oktober outubro ottobre"),
        (11, "November noviembre novembre November novembro novembre"),
        (12, "December diciembre d\u00e9cembre Dezember dezembro dicembre"),
    ],
)
def test_every_month_is_known_in_six_languages(month, words):
    for word in words.split():
        later = dt.datetime(2027, 1, 1, tzinfo=calendar.NEW_YORK)
        text = bodies.table(when=f"3 {word} 2025, 12:00 GMT-5")
        assert read(text, when=later).captured.month == month


@pytest.mark.parametrize(
    "when",
    [
        "",
        "yesterday",
        "March 11, 2026",
        "March 11, 2026 at 4:31 PM",
        "March 11, 2026 at 4:31 PM XYZ",
        "March 11, 2026 at 25:31 EDT",
        "March 11, 2026 at 16:31 PM EDT",
        "March 11, 2026 at 4:71 PM EDT",
        "March 31 11, 2026 at 4:31 PM EDT",
        "February 30, 2026 at 4:31 PM EDT",
        "3/11/2026, 16:31 EDT",
        "at 4:31 PM EDT",
        "martes, 11 marzo 2026 16:31 GMT-4",
        "11 March 2026 16:31 GMT+99",
    ],
)
def test_a_date_we_cannot_tell_is_refused_and_never_guessed(when):
    with pytest.raises(BadPayloadError, match="wanted a time such as"):
        read(bodies.table(when=when))


def test_a_day_without_trading_belongs_to_the_session_before():
    sunday = dt.datetime(2026, 3, 15, 20, 0, tzinfo=calendar.NEW_YORK)
    chain = read(bodies.table(when="March 15, 2026 at 6:07 PM EDT"), when=sunday)
    assert chain.rows_left_out == {"expired before the session": 6}
    assert dt.date(2026, 3, 13) in set(chain.frame["expiration"].dt.date)


def test_am_and_pm_roots_at_one_strike_are_two_series():
    frame = read(bodies.table(roots=("SPX", "SPXW")), symbol="SPX").frame
    assert frame.groupby("root")["settlement"].unique().map(list).to_dict() == {"SPX": ["am"], "SPXW": ["pm"]}


def test_the_symbol_decides_the_expiration_and_not_the_date_beside_it():
    text = bodies.table().replace("Fri Apr 17 2026", "Thu Apr 16 2026")
    assert bodies.EXPIRATIONS[2] in set(read(text).frame["expiration"].dt.date)


def test_an_empty_cell_is_missing_and_never_zero():
    text = bodies.table().replace("ABCD260311C00095000,1.05,0,1,1.5", "ABCD260311C00095000,,0,--,")
    row = read(text).frame.set_index("contract_symbol").loc["ABCD  260311C00095000"]
    assert np.isnan(row[["last", "bid", "ask"]].astype(float)).all()


def test_blank_lines_between_are_passed_over():
    assert len(read(bodies.table().replace("\n", "\n\n")).frame) == 18


def test_the_nearest_expirations_may_be_asked_for():
    assert len(read(bodies.table(), expirations=1).frame) == 6


def test_quotes_later_than_wanted_are_not_given():
    with pytest.raises(NotThereError, match="found those of 2026-03-11 16:16"):
        read(bodies.table(), when=dt.datetime(2026, 3, 11, 16, 0, tzinfo=calendar.NEW_YORK))


FAULTS = {
    "empty": "",
    "html": "<!DOCTYPE html><html></html>",
    "bytes": b"\xff\xfe\x00" * 40,
    "no header": bodies.table().replace("Expiration Date", "Expires"),
    "header far down": "\n" * 20 + bodies.table(),
    "no date": bodies.table().replace("Date: ", "On: "),
    "renamed column": bodies.table().replace("Open Interest", "OI"),
    "no puts": bodies.table().replace(",Puts,", ",Sells,"),
    "puts before calls": bodies.table(columns=bodies.COLUMNS.replace("Calls", "x").replace("Puts", "Calls")),
    "a short line": bodies.table() + "Fri Apr 17 2026,ABCD260417C00110000,1\n",
    "a long line": bodies.table().replace('"2,345"\n', '"2,345",1\n', 1),
    "text for a number": bodies.table().replace("1.05", "about 1", 1),
    "NaN volume": bodies.table().replace('"1,234",0.25', "nan,0.25", 1),
    "infinite bid": bodies.table().replace(",0,1,1.5,", ",0,inf,1.5,", 1),
    "decimal commas": bodies.table().replace(",1.05,", ',"1,05",', 1),
    "negative count": bodies.table().replace('"2,345"', "-5", 1),
    "another strike": bodies.table().replace(",95.00,", ",96.00,", 1),
    "no option symbols": bodies.table().replace("ABCD2", "ABCDEFGHI2"),
    "another symbol": bodies.table(roots=("WXYZ",)),
    "a series twice": bodies.table() + bodies.table().splitlines()[-1] + "\n",
    "a field without end": bodies.table().replace("Fri Apr", "x" * 200_000, 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_in_a_file(fault):
    with pytest.raises(BadPayloadError) as caught:
        read(FAULTS[fault])
    assert "ABCD" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_fault_names_the_line_of_the_file():
    lines = bodies.table().splitlines()
    lines[6] = lines[6].replace("1.05", "?", 1)
    with pytest.raises(BadPayloadError, match="line 7: wanted a number, found '\\?'"):
        read("\n".join(lines))


def test_gzip_that_is_cut_off_is_refused():
    with pytest.raises(BadPayloadError, match="cut off"):
        CboeCsv("", {}).read("chain", ask(), {"chain.csv.gz": gzip.compress(bodies.table().encode())[:-20]})


def test_kept_files_without_ours_are_refused():
    with pytest.raises(BadPayloadError, match="found no such file"):
        CboeCsv("", {}).read("chain", ask(), {"other.csv": b""})


@pytest.mark.parametrize("argument", ["", "missing.csv", "nowhere/missing.csv", "folder"])
def test_a_file_that_is_not_there_is_a_data_error(tmp_path, monkeypatch, argument):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError):
        CboeCsv(argument, {}).fetch("chain", ask())


def test_an_evil_name_is_neither_kept_nor_printed(tmp_path):
    path = tmp_path / "a\nb\x1b[31m.csv"
    path.write_text(bodies.table())
    fetched = CboeCsv(str(path), {}).fetch("chain", ask())
    assert [file.name for file in fetched.files] == ["chain.csv"]
    assert fetched.item.isprintable()


@given(st.data())
def test_no_damage_to_a_file_ends_in_another_error(data):
    text = bodies.table()
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 40)))
    damaged = text[:start] + data.draw(st.text(max_size=10)) + text[end:]
    try:
        chain = read(damaged.encode("utf-8", "surrogatepass"))
    except ProviderError as error:
        assert "\n" not in str(error)  # noqa: PT017  (either outcome is right)
    else:
        assert len(chain.frame) >= 1
