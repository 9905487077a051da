"""Every way a chain or bars file can be bad, and that the error says where."""

from __future__ import annotations

import csv
import gzip
import os
import random

import pytest

from generator import calendar
from generator.errors import DataError
from generator.providers import files, gather
from generator.providers.files import LIMIT, KeptFiles, head, unpacked
from generator.providers.tables import Shape, line_of, read_table
from tests.builders import SESSION, SYMBOL, file_rows, make_chain, write_csv_folder

NAME = f"{SYMBOL}_{SESSION}.csv"


@pytest.fixture
def folder(tmp_path):
    folder = write_csv_folder(tmp_path, sessions=1)
    (folder / "chains" / f"{NAME}.gz").unlink()
    return folder


def table():
    return file_rows(make_chain(width=2), captured=calendar.session_close(SESSION)).astype(object)


def read(folder, content, name=NAME):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "chains" / name).write_bytes(data)
    return gather(SYMBOL, f"csv:{folder}", SESSION)[0]


def spoiled(column, value, row=4):
    rows = table()
    rows.loc[row, column] = value
    return rows.to_csv(index=False)


def test_a_cell_that_is_far_too_long_is_not_told_as_another_encoding(folder):
    header, rows = table().to_csv(index=False).split("\n", 1)
    with pytest.raises(DataError, match="wanted csv text, found what does not read as such") as told:
        read(folder, f"{header},{'a' * 200_000}\n{rows}")
    assert "UTF-8" not in str(told.value)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("bid", "abc", "wanted a number, found 'abc'"),
        ("bid", "nan ", "wanted a number, found 'nan '"),
        ("strike", "12,5", "wanted a number, found '12,5'"),
        ("open_interest", "1_000", "wanted a number, found '1_000'"),
        ("ask", "inf", "wanted a finite price or nothing, found inf"),
        ("volume", "1.5", "wanted a whole number not below zero, or nothing, found 1.5"),
        ("open_interest", "-7", "wanted a whole number not below zero, or nothing, found -7.0"),
        ("strike", "", "wanted a strike above 0 of at most three decimals, found ''"),
        ("strike", "nan", "wanted a strike above 0 of at most three decimals, found 'nan'"),
        ("strike", "1e400", "found '1e400'"),
        ("volume", "1e308", "wanted at most 1000000000 contracts, or nothing, found 1e+308"),
        ("open_interest", "9" * 23, "wanted at most 1000000000 contracts, or nothing, found 1"),
        ("option_type", "x" * 5000, "found '" + "x" * 79 + "\N{HORIZONTAL ELLIPSIS}'"),
        ("underlying_price", "0", "wanted a price above zero, or nothing, found 0.0"),
        ("underlying_price", "-1", "wanted a price above zero, or nothing, found -1.0"),
        ("underlying_price", "inf", "wanted a price above zero, or nothing, found inf"),
        ("underlying_price", "28.5", "wanted the 100 of the rows before, or nothing, found 28.5"),
        ("strike", "-3", "wanted a strike above 0 of at most three decimals, found '-3'"),
        ("strike", "99.00051", "wanted a strike above 0 of at most three decimals"),
        ("strike", "inf", "wanted a strike above 0 of at most three decimals, found 'inf'"),
        ("strike", "1e9", "wanted a strike above 0 of at most three decimals"),
        ("option_type", "straddle", "wanted call or put, found 'straddle'"),
        ("option_type", "", "wanted call or put, found ''"),
        ("quote_date", "2026-03-10", "wanted 2026-03-11, found '2026-03-10'"),
        ("quote_date", "nonsense", "wanted 2026-03-11, found 'nonsense'"),
        ("underlying", "WXYZ", "wanted ABCD, found 'WXYZ'"),
        ("contract_symbol", "ABCD260311C", "wanted an OSI symbol"),
        ("contract_symbol", "abcd260311C00100000", "wanted an OSI symbol"),
        ("contract_symbol", "ABCD261311C00100000", "wanted a date in it"),
        ("contract_symbol", "ABCD260311P00100000", "wanted an OSI symbol that ends in C00100000"),
    ],
)
def test_a_bad_cell_is_named_by_file_row_and_column(folder, column, value, problem):
    with pytest.raises(DataError) as caught:
        read(folder, spoiled(column, value))
    message = str(caught.value)
    assert NAME in message
    assert f"row 6, column {column}: " in message
    assert problem in message


@pytest.mark.parametrize(("column", "value"), [("expiration", "soon"), ("root", "ab c")])
def test_a_bad_date_or_root_matters_where_no_symbol_overrules_it(folder, column, value):
    assert len(read(folder, spoiled(column, value)).chain) == len(table())
    rows = table().assign(contract_symbol="")
    rows.loc[4, column] = value
    with pytest.raises(DataError, match=rf"row 6, column {column}: wanted .* found '{value}'"):
        read(folder, rows.to_csv(index=False))


def test_a_blank_price_of_the_underlying_is_not_known_and_the_others_hold(folder):
    rows = table()
    rows.loc[:6, "underlying_price"] = ""
    path = folder / "bars" / f"{SYMBOL}_daily.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    assert read(folder, rows.to_csv(index=False)).spot == 100.0


def test_a_bad_strike_shows_its_own_text_under_a_users_own_name(folder):
    rows = spoiled("strike", "nan").replace("strike", "K", 1)
    (folder / "chains" / NAME).write_text(rows)
    with pytest.raises(DataError, match=r"row 6, column strike: .*, found 'nan'"):
        gather(SYMBOL, f"csv:{folder}", SESSION, columns={"strike": "K"})


def test_a_long_list_of_columns_is_cut(folder):
    header = ",".join(f"column{number}" for number in range(3000))
    with pytest.raises(DataError, match=r"found column0, .*column11 and 2988 more: give the file's own name"):
        read(folder, f"{header}\n{header}\n")


def test_a_name_that_is_not_utf_8_is_named(folder):
    place = os.fsencode(folder / "chains") + f"/{SYMBOL}_{SESSION}_".encode() + b"\xff.csv"
    with open(place, "w", encoding="utf-8") as file:  # noqa: PTH123  (a path of text has no such bytes)
        file.write(table().to_csv(index=False))
    with pytest.raises(DataError, match=r"udcff\.csv': wanted a name in UTF-8") as caught:
        gather(SYMBOL, f"csv:{folder}", SESSION)
    assert str(caught.value).isascii()


@pytest.mark.parametrize("place", [f"chains/{NAME}", "news/a.json", f"bars/{SYMBOL}_daily.csv.gz"])
def test_a_pipe_among_the_files_is_not_waited_for(folder, place):
    read(folder, table().to_csv(index=False))
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if "bars" in place:
        (folder / "bars" / f"{SYMBOL}_daily.csv").unlink()
    os.mkfifo(path)
    with pytest.raises(DataError, match=f"file {place}: wanted a regular file, found a pipe or a device"):
        gather(SYMBOL, f"csv:{folder}", SESSION)


def test_lines_are_counted_as_an_editor_counts_them(folder):
    lines = spoiled("bid", "abc").splitlines()
    lines[2:2] = ["", ""]
    with pytest.raises(DataError, match="row 8, column bid"):
        read(folder, "\n".join(lines))
    assert line_of(b'a,b\n\n1,"x\ny"\n3,4\n', 1) == 5


def test_a_series_listed_twice_is_named_by_its_row(folder):
    text = table().to_csv(index=False)
    text += text.splitlines()[5] + "\n"
    with pytest.raises(
        DataError, match=rf"row {len(table()) + 2}, column contract_symbol: wanted each series once"
    ):
        read(folder, text)


@pytest.mark.parametrize(
    "column", ["strike", "bid", "ask", "volume", "open_interest", "expiration", "quote_date"]
)
def test_a_missing_column_is_named_with_those_there(folder, column):
    with pytest.raises(DataError, match=rf"{NAME}: wanted a column {column}, found .*underlying"):
        read(folder, table().drop(columns=column).to_csv(index=False))


def test_a_column_that_stands_twice_is_named(folder):
    text = table().to_csv(index=False).replace("rho", "bid", 1)
    with pytest.raises(DataError, match="wanted the column bid once, found it 2 times"):
        read(folder, text)


@pytest.mark.parametrize(
    "optional", ["session", "snapshot_utc", "underlying", "root", "contract_symbol", "last"]
)
def test_an_optional_column_may_be_missing(folder, optional):
    assert len(read(folder, table().drop(columns=optional).to_csv(index=False)).chain) == len(table())


@pytest.mark.parametrize("word", ["", "NaN", "nan", "NA", "N/A", "null", "None", "--"])
def test_words_for_nothing_are_nothing(folder, word):
    chain = read(folder, spoiled("bid", word)).chain
    assert chain["bid"].isna().sum() == 1


def test_negative_and_crossed_quotes_pass_to_the_gate(folder):
    rows = table()
    rows.loc[3, ["bid", "ask"]] = (-1.0, 0.5)
    rows.loc[4, ["bid", "ask"]] = (9.0, 0.5)
    chain = read(folder, rows.to_csv(index=False)).chain
    assert (chain["bid"] > chain["ask"]).sum() == 1
    assert chain["bid"].min() == -1.0


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_called_empty(folder, content):
    with pytest.raises(DataError, match=f"{NAME}: wanted a header and rows, found an empty file"):
        read(folder, content)


def test_a_header_without_rows_is_called_that(folder):
    with pytest.raises(DataError, match="wanted rows below the header, found none"):
        read(folder, table().iloc[:0].to_csv(index=False))


@pytest.mark.parametrize("ending", ["\r\n", "\n"], ids=["windows", "unix"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_byte_order_marks_and_line_ends_do_not_matter(folder, ending, mark):
    text = mark + table().to_csv(index=False, lineterminator=ending)
    assert len(read(folder, text).chain) == len(table())


def test_rows_too_short_and_too_long_are_named(folder):
    lines = table().to_csv(index=False).splitlines()
    for change in (lambda line: line.rpartition(",")[0], lambda line: line + ",1"):
        broken = [*lines[:5], change(lines[5]), *lines[6:]]
        with pytest.raises(DataError, match=r"row 6: wanted 21 fields, found (20|22)"):
            read(folder, "\n".join(broken))


def test_a_file_cut_off_inside_a_row_is_named(folder):
    text = table().to_csv(index=False)
    with pytest.raises(DataError, match="fields, found"):
        read(folder, text[: text.rindex(",put,")])


@pytest.mark.parametrize("name", [NAME, NAME + ".gz"])
@pytest.mark.parametrize("seed", range(5))
def test_binary_junk_is_refused(folder, name, seed):
    with pytest.raises(DataError, match=NAME):
        read(folder, random.Random(seed).randbytes(3000), name)  # noqa: S311  (a test's junk)


def test_text_in_another_encoding_is_refused(folder):
    with pytest.raises(DataError, match="UTF-8"):
        read(folder, "quote_date,ünter\n".encode("latin-1"))


@pytest.mark.parametrize("place", [0, 3, 40])
def test_broken_quotes_and_letters_anywhere_are_refused(folder, place):
    lines = table().to_csv(index=False).encode().splitlines()
    for junk in (b'"x"y,"', b"\xff\xfe", b'"' + b"x" * 200_000):
        broken = [*lines[:place], junk + lines[place], *lines[place + 1 :]]
        with pytest.raises(DataError, match=NAME):
            read(folder, b"\n".join(broken))


def test_quoted_fields_are_read_and_a_short_row_among_them_is_named(folder):
    text = table().to_csv(index=False, quoting=csv.QUOTE_ALL)
    assert len(read(folder, text).chain) == len(table())
    lines = text.splitlines()
    lines[5] = lines[5].rpartition(",")[0]
    with pytest.raises(DataError, match="row 6: wanted 21 fields, found 20"):
        read(folder, "\n".join(lines))


def test_junk_packed_as_gzip_is_refused(folder):
    with pytest.raises(DataError, match="wanted csv text"):
        read(folder, gzip.compress(os.urandom(5000) + b"\0"), NAME + ".gz")


def test_a_gzip_file_cut_off_is_refused(folder):
    data = gzip.compress(table().to_csv(index=False).encode())
    with pytest.raises(DataError, match="cut off"):
        read(folder, data[:-20], NAME + ".gz")


def test_a_gzip_file_in_several_parts_is_read_whole(folder):
    text = table().to_csv(index=False).encode()
    data = gzip.compress(text[:900]) + gzip.compress(text[900:])
    assert len(read(folder, data, NAME + ".gz").chain) == len(table())


def test_a_gzip_bomb_is_not_unpacked(folder):
    bomb = gzip.compress(b"quote_date,strike\n" + b"\n" * (LIMIT + 1), 9)
    assert len(bomb) < LIMIT // 500
    with pytest.raises(DataError, match="wanted at most 64 MiB of content, found more"):
        read(folder, bomb, NAME + ".gz")


def test_a_file_past_the_limit_is_not_read(folder, monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 100)
    with pytest.raises(DataError, match="wanted at most"):
        read(folder, table().to_csv(index=False))


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("close", "abc", "wanted a number, found 'abc'"),
        ("close", "", "wanted a finite price above zero, found nan"),
        ("high", "1", "wanted a high not below open, close and low"),
        ("date", "never", "wanted a date such as 2026-05-22, found 'never'"),
        ("date", "2026-13-01", "wanted a date such as 2026-05-22"),
        ("date", "2026-03-100", "wanted a date such as 2026-05-22"),
    ],
)
def test_a_bad_bar_is_named_by_row_and_column(folder, column, value, problem):
    path = folder / "bars" / f"{SYMBOL}_daily.csv"
    lines = [line.split(",") for line in path.read_text().splitlines()]
    lines[6][lines[0].index(column)] = value
    path.write_text("\n".join(",".join(line) for line in lines))
    with pytest.raises(DataError) as caught:
        read(folder, table().to_csv(index=False))
    assert f"{SYMBOL}_daily.csv, row 7, column {column}: {problem}" in str(caught.value)


def test_a_bar_date_may_carry_a_time(folder):
    path = folder / "bars" / f"{SYMBOL}_daily.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *(line.replace(",", " 00:00:00-04:00,", 1) for line in lines[1:])]))
    assert read(folder, table().to_csv(index=False)).bars["date"].iloc[-1].date() == SESSION


def test_the_head_of_a_file_is_read_without_the_rest():
    text = b"a,b\n" * 100_000
    assert head("x.csv.gz", gzip.compress(text), 100) == text[:100]
    assert head("x.csv", text, 100) == text[:100]
    assert unpacked("x.csv.gz", gzip.compress(text)) == text


def test_a_table_of_text_keeps_what_looks_like_nothing():
    table = read_table("x.csv", b"a,b\nNA,1\nnull,\n", Shape(texts=("a",), numbers=("b",)))
    assert list(table["a"]) == ["NA", "null"]
    assert table["b"].isna().tolist() == [False, True]


def test_kept_files_answer_like_a_folder():
    kept = KeptFiles({"chains/b.csv": b"2", "chains/a.csv": b"1", "bars/c.csv": b"3"})
    assert kept.names("chains") == ("chains/a.csv", "chains/b.csv")
    assert kept.names("news") == ()
    assert kept.read("bars/c.csv") == b"3"
    with pytest.raises(DataError, match="not among the kept files"):
        kept.read("bars/d.csv")
