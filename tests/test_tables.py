"""The tables that tests tell."""

from __future__ import annotations

import pytest

from generator.errors import BadPayloadError, NotThereError
from tests import tables


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(tables, "ROWS", {title: [] for title in tables.HEADS})


@pytest.mark.parametrize("fault", ["a | bar"])
def test_a_fault_is_told_with_its_kind_its_exit_code_and_its_line(fault):
    assert fault
    with tables.ends_as(NotThereError) as caught:
        raise NotThereError("wanted that, found nothing at 127.0.0.1:4711: try later")
    assert caught.type is NotThereError
    said = "wanted that, found nothing at 127.0.0.1: try later"
    assert tables.ROWS[tables.FAULTS] == [("tables", "a / bar", "NotThereError", "69", said)]
    assert f"| tables | a / bar | NotThereError | 69 | {said} |" in list(tables.lines())


def test_an_error_of_another_kind_is_none_that_was_wanted():
    with pytest.raises(BadPayloadError), tables.ends_as(NotThereError):
        raise BadPayloadError("wanted this, found that")
    with pytest.raises(pytest.fail.Exception), tables.ends_as(NotThereError):
        pass
    assert list(tables.lines()) == []


def test_what_is_long_is_cut_and_rows_are_in_order():
    tables.judged("b", "good", "")
    tables.judged("a", "refused", "x" * 500)
    found = list(tables.lines())
    assert found[-3] == f"| a | refused | {'x' * (tables.WIDEST - 1)}… |"
    assert found[-1] == "\n2 rows"
