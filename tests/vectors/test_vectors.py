"""The vector files hold, and what is wrong in one is found and named."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from tests.vectors import run, term_structure
from tests.vectors.rows import broken, near, number, refused, row_of, same
from tests.vectors.tables import Stated, read, read_folder

#: fields that a row may lack without another number than the table's being wrong
FREE = {("american_iv_roundtrip", "sigma_exercise_now_max")}
NAMES = sorted(run.ADAPTORS)


@pytest.fixture(scope="module")
def reference(shared):
    return shared / "reference"


@pytest.fixture(scope="module")
def tables(reference):
    return {table.name: table for table in read_folder(reference)}


@pytest.mark.recorded
@pytest.mark.parametrize("name", NAMES)
def test_every_row_holds(tables, name):
    result = run.result_of(tables[name])
    assert list(run.lines(result))[1:] == []
    assert result.holds


@pytest.mark.recorded
def test_every_file_has_an_adaptor(tables):
    assert sorted(tables) == NAMES


@pytest.mark.recorded
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_value_in_any_field_is_found(tables, name):
    adaptor, table = run.ADAPTORS[name], tables[name]
    missed = []
    for path in sorted(paths(adaptor.FIELDS)):
        for change in (_other, _turned):
            rows = [(row, changed) for row in table.rows if (changed := _changed(row, path, change))]
            if (name, *path) in FREE and change is _turned:
                continue
            if rows and not any(_found(adaptor, table, row, changed) for row, changed in rows):
                missed.append(f"{'.'.join(path)}, {change.__name__}")
    assert missed == []


@pytest.mark.recorded
def test_a_wrong_value_beside_the_rows_is_found(tables):
    table = tables["vix_whitepaper_2009"]
    adaptor = run.ADAPTORS[table.name]
    found = list(paths(adaptor.EXPECTED))
    assert len(found) == 16
    for path in found:
        for change in (_other, _turned):
            if changed := _changed(table.meta["expected"], path, change):
                meta = {**table.meta, "expected": changed}
                assert not all(row.within for row in adaptor.rows(replace(table, meta=meta))), path


def paths(fields):
    """The fields that an adaptor compares, those inside others by their path."""
    inner = [(name, *path) for name, part in fields.inside.items() for path in paths(part)]
    return [(name,) for name in fields.compared] + inner


def _found(adaptor, table, row, changed):
    """A row that holds does no more once it is changed."""
    held, lost = (list(adaptor.rows(replace(table, rows=[one]))) for one in (row, changed))
    return held[0].within and not lost[0].within


def _changed(row, path, change):
    """A copy of the row with one field changed, of a list the first item; None where it has no such field."""
    if not isinstance(row, dict) or path[0] not in row:
        return None
    held = row[path[0]]
    part = held[0] if isinstance(held, list) and held and len(path) > 1 else held
    made = change(part) if len(path) == 1 else _changed(part, path[1:], change)
    if made is None:
        return None
    made = None if made == "nothing" else made
    return {**row, path[0]: [made, *held[1:]] if part is not held else made}


def _other(value):
    """Another value of its kind; None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        try:
            return str(1.1 * float(value) + 0.1)
        except ValueError:
            return "1999-01-04"
    if isinstance(value, int | float):
        return 1.1 * value + 1
    if isinstance(value, list) and value:
        first = value[0]
        key = next(reversed(first)) if isinstance(first, dict) else None
        other = {**first, key: _other(first[key])} if key else _other(first)
        return [other, *value[1:]]
    return None


def _turned(value):
    """A number where there was none, none where there was one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return 0.5
    return "nothing" if isinstance(value, float) else None


# --- a folder made by hand

ROW = {
    "days1": 20, "iv1": 0.2, "days2": 40, "iv2": 0.2, "target_days": 30,
    "iv_target": 0.2, "forward_iv_1_2": 0.2, "calendar_arbitrage": False, "bracketed": True,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    def write(name="term_structure", *rows, meta=None):
        meta = {"name": "term_structure", "tolerance": "1e-12", **(meta or {})}
        (tmp_path / f"{name}.json").write_text(json.dumps({"meta": meta, "rows": rows or [ROW]}))
        return tmp_path

    return write


def printed(capsys, folder):
    code = run.main([str(folder)])
    return code, capsys.readouterr().out


def test_a_folder_that_holds_ends_with_nought(capsys, folder):
    code, out = printed(capsys, folder())
    assert code == 0
    assert "1 of 1 rows of 1 tables hold" in out


def test_a_row_that_does_not_hold_is_named_and_ends_with_one(capsys, folder):
    code, out = printed(capsys, folder("term_structure", ROW, {**ROW, "iv_target": 0.21}))
    assert code == 1
    assert "FAILS: row 2, 20 to 40 days, at 30: iv_target: found 0.2" in out
    assert "1 of 2 rows" in out


def test_a_row_that_must_have_no_number_fails_on_one(capsys, folder):
    code, out = printed(capsys, folder("term_structure", {**ROW, "iv_target": None, "bracketed": False}))
    assert code == 1
    assert "wanted no number; also bracketed" in out


def test_a_row_without_its_fields_fails_and_the_others_are_compared(capsys, folder):
    code, out = printed(capsys, folder("term_structure", {"days1": 1}, ROW))
    assert code == 1
    assert "row 1: KeyError" in out
    assert "1 of 2 rows" in out


def test_a_file_without_an_adaptor_fails_by_name(capsys, folder):
    folder("prices_of_tulips", meta={"name": "tulips"})
    code, out = printed(capsys, folder())
    assert code == 1
    assert "prices_of_tulips" in out
    assert "no adaptor" in out


def test_a_part_of_a_table_under_another_name_finds_its_adaptor(capsys, folder):
    folder("held_back")
    code, out = printed(capsys, folder("term_structure_2", meta={"name": None}))
    assert code == 0
    assert "2 of 2 rows of 2 tables" in out


def test_fields_that_nothing_is_done_with_are_named(capsys, folder):
    code, out = printed(capsys, folder("term_structure", {**ROW, "iv_of_the_moon": 0.3}))
    assert code == 0
    assert "fields not compared: iv_of_the_moon" in out


def test_a_file_that_is_no_json_fails_by_name(capsys, folder):
    (folder() / "broken.json").write_text("{")
    code, out = printed(capsys, folder())
    assert code == 1
    assert "broken.json" in out


def test_an_empty_folder_and_an_empty_table_do_not_pass(capsys, tmp_path):
    assert run.main([str(tmp_path)]) == 1
    (tmp_path / "term_structure.json").write_text(json.dumps({"meta": {"tolerance": "1"}, "rows": []}))
    assert run.main([str(tmp_path)]) == 1
    assert "no rows in the file" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_a_wrong_call(capsys, tmp_path):
    with pytest.raises(SystemExit, match="2"):
        run.main([str(tmp_path / "nowhere")])
    assert "wanted a folder" in capsys.readouterr().err


def test_the_table_goes_between_the_marks_of_a_page(folder, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- vectors -->\nold\n<!-- end -->\nAfter.\n<!-- end -->\n")
    assert run.main([str(folder()), "--into", str(page)]) == 0
    text = page.read_text()
    assert text.startswith("Before.\n<!-- vectors -->\n| table | rows |")
    assert "| term_structure | 1 | 1 |" in text
    assert text.endswith("<!-- end -->\nAfter.\n<!-- end -->\n")
    assert "old" not in text


def test_an_adaptor_that_leaves_a_row_out_fails(folder):
    table = read(folder("term_structure", ROW, ROW) / "term_structure.json")

    class Lazy:
        FIELDS = term_structure.FIELDS

        @staticmethod
        def rows(table):
            return list(term_structure.rows(table))[:1]

    assert run.compared(table, Lazy).faults == ("2 rows in the file, 1 compared",)


BARS = "date,open,high,low,close\n2026-05-20,1,3,1,2\n2026-05-21,2,4,1,3\n"
EXPECTED = "date,pivot_p,sma20\n2026-05-20,,\n2026-05-21,2,\n"


@pytest.fixture
def family(tmp_path):
    meta = {
        "name": "technicals",
        "tolerance": "1e-8 absolute for SMA; 1e-10 for realised vol; Bollinger near zero variance: 1e-6",
        "degenerate": [{"case": "60 bars rising 0.5 per bar", "rsi14": 100.0}],
    }
    (tmp_path / "technicals_meta.json").write_text(json.dumps(meta))
    (tmp_path / "technicals_bars_ABCD.csv").write_text(BARS)
    (tmp_path / "technicals_expected_ABCD.csv").write_text(EXPECTED)
    return tmp_path


def test_bars_expected_values_and_cases_are_one_table(capsys, family):
    code, out = printed(capsys, family)
    assert code == 0
    assert "3 of 3 rows of 1 tables hold" in out


@pytest.mark.parametrize("blank", ["2026-05-20,1.5,", "2026-05-20,,2"])
def test_a_number_where_an_expected_value_is_blank_is_found(capsys, family, blank):
    (family / "technicals_expected_ABCD.csv").write_text(EXPECTED.replace("2026-05-20,,", blank))
    code, out = printed(capsys, family)
    assert code == 1
    assert "ABCD 2026-05-20" in out


@pytest.mark.parametrize("missing", ["bars_ABCD.csv", "expected_ABCD.csv", "meta.json"])
def test_a_table_of_several_files_without_one_of_them_fails(capsys, family, missing):
    (family / f"technicals_{missing}").unlink()
    code, out = printed(capsys, family)
    assert code == 1
    assert "missing" in out


@pytest.mark.parametrize("case", ["60 bars going sideways", "a flat market"])
def test_a_case_in_words_that_are_not_known_fails(capsys, family, case):
    meta = json.loads((family / "technicals_meta.json").read_text())
    meta["degenerate"] = [{"case": case, "rsi14": None}]
    (family / "technicals_meta.json").write_text(json.dumps(meta))
    code, out = printed(capsys, family)
    assert code == 1
    assert "no market is made up of" in out


# --- comparisons


def test_numbers_are_compared_with_the_wider_of_both_tolerances():
    assert near("x", 1.05, 1.0, absolute=0.1, relative=0.01).within
    assert not near("x", 1.05, 1.0, absolute=0.01, relative=0.04).within
    assert near("x", "2", 2).within


def test_none_and_nan_are_no_numbers_and_nought_is_one():
    assert number(None) is number(float("nan")) is None
    assert near("x", float("nan"), None).within
    assert not near("x", 0.0, None).within
    assert not near("x", None, 0.0, absolute=1).within


def test_a_refusal_needs_its_reason():
    assert refused("x", float("nan"), "no price").within
    assert not refused("x", float("nan"), "").within
    assert not refused("x", 0.2, "no price").within


def test_a_row_shows_the_comparison_nearest_to_its_tolerance():
    checks = [near("a", 1.5, 1, absolute=1), near("b", 1.001, 1, absolute=0.0011), same("c", 1, 1)]
    assert row_of("one", checks).note.startswith("b")
    assert row_of("one", [*checks, same("d", 1, 2)]).note.startswith("d")
    assert not row_of("one", []).within
    assert not broken("one", "why").within


def test_a_tolerance_is_read_where_the_table_states_it():
    stated = Stated("price 5e-4*S/100; delta 1e-3; IV 0.25")
    assert (stated("price #*S/100"), stated("delta #"), stated("IV #")) == (5e-4, 1e-3, 0.25)
    with pytest.raises(LookupError, match="states no tolerance like 'gamma #'"):
        stated("gamma #")
