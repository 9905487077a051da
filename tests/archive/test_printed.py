from __future__ import annotations

import datetime as dt
import json

import pytest

from generator import archive, calendar
from generator.archive import questions
from generator.archive.pruning import prune
from generator.errors import DataError
from tests.archive.conftest import DAYS, twin_of
from tests.builders import SESSION, SYMBOL

KEPT = {"snapshot": "1" * 64, "history": "2" * 64, "templates": "3" * 64}


def test_the_inputs_of_a_printed_brief_come_back(tmp_path):
    archive.record(tmp_path, json.dumps(twin_of(KEPT)).encode())
    assert archive.printed_inputs(tmp_path, SYMBOL, SESSION) == KEPT
    assert archive.printed_inputs(tmp_path, SYMBOL, calendar.session_close(SESSION)) == KEPT


@pytest.mark.parametrize(
    ("symbol", "when", "edition"),
    [
        ("WXYZ", SESSION, "close"),
        (SYMBOL, DAYS[0], "close"),
        (SYMBOL, SESSION, "morning"),
        (SYMBOL, calendar.session_close(SESSION) - dt.timedelta(minutes=1), "close"),
        (SYMBOL, calendar.session_close(SESSION) + dt.timedelta(days=5), "close"),
    ],
)
def test_nothing_comes_back_for_another_symbol_day_or_edition(tmp_path, symbol, when, edition):
    archive.record(tmp_path, twin_of(KEPT))
    assert archive.printed_inputs(tmp_path, symbol, when, edition) is None


def test_the_last_printed_stands_and_the_same_again_is_nothing_new(tmp_path):
    other = {**KEPT, "history": "4" * 64}
    for kept in (KEPT, KEPT, other, other):
        archive.record(tmp_path, twin_of(kept))
    assert archive.printed_inputs(tmp_path, SYMBOL, SESSION) == other
    assert [item.number for item in questions.printed(tmp_path, SYMBOL, "spot")] == [1, 2]
    archive.record(tmp_path, twin_of(KEPT))
    assert archive.printed_inputs(tmp_path, SYMBOL, SESSION) == KEPT


def test_what_was_printed_when_is_told_fact_by_fact(tmp_path):
    for day, spot in zip(DAYS, (1.5, 2.5, 3.5), strict=True):
        archive.record(tmp_path, twin_of(KEPT, session=day, spot=spot))
    told = questions.printed(tmp_path, SYMBOL, "spot")
    assert [(item.session, item.value, item.mentions) for item in told] == [
        (day, spot, 2) for day, spot in zip(DAYS, (1.5, 2.5, 3.5), strict=True)
    ]
    assert (told[0].unit, told[0].decimals, told[0].date) == ("usd", 2, DAYS[0])
    (named, *_) = questions.printed(tmp_path, SYMBOL, "symbol")
    assert (named.value, named.text, named.date) == (None, SYMBOL, None)
    assert questions.printed(tmp_path, SYMBOL, "nothing") == ()


def test_a_damaged_entry_is_told_and_left_out_and_stops_a_prune(tmp_path, damaged):
    archive.record(tmp_path, twin_of(KEPT))
    path = damaged(tmp_path / "archive", "printed/*/*/*.json", "cut")
    told = []
    assert archive.printed_inputs(tmp_path, SYMBOL, SESSION, report=told.append) is None
    assert path.name in told[0]
    with pytest.raises(DataError, match="nothing was removed"):
        prune(tmp_path, SESSION)


def test_a_stray_file_among_what_was_printed_is_told_and_stops_nothing(tmp_path):
    archive.record(tmp_path, twin_of(KEPT))
    (path,) = (tmp_path / "archive" / "printed").rglob("*.json")
    path.with_name("notes.json").write_text("{}")
    archive.record(tmp_path, twin_of({**KEPT, "history": "5" * 64}))
    told = []
    assert archive.printed_inputs(tmp_path, SYMBOL, SESSION, report=told.append)["history"] == "5" * 64
    assert "notes.json" in told[0]
