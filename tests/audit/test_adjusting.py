"""A brief on bars without their dividends is proved from the dividends it names."""

from __future__ import annotations

import pytest

from tests.audit.conftest import build
from tests.builders import SESSION, SYMBOL, write_csv_folder


@pytest.fixture
def made(tmp_path):
    folder = write_csv_folder(tmp_path / "data")
    (folder / "dividends").mkdir()
    text = "ex_date,amount\n2025-12-12,1.25\n2026-02-27,0.4\n"
    (folder / "dividends" / f"{SYMBOL}.csv").write_text(text, encoding="utf-8")
    return build(tmp_path, SYMBOL, f"csv:{folder}", SESSION, ("md",))


def fact(made, name):
    return next(item for item in made.twin["facts"] if item["id"] == name)


def test_the_rows_without_dividends_are_made_again(made):
    assert fact(made, "technicals.sma_200")["inputs"]["selector"].startswith("adjusted[")
    assert made.audited() == ()


@pytest.mark.parametrize(
    "name", ["dividend.paid.2025-12-12", "adjustment.factor.2026-02-27", "adjustment.close.2026-02-27"]
)
def test_another_dividend_factor_or_close_is_found(made, name):
    fact(made, name)["value"] *= 1.01
    assert made.audited()


def test_a_factor_left_out_is_found(made):
    made.twin["facts"] = [item for item in made.twin["facts"] if item["id"] != "adjustment.factor.2026-02-27"]
    assert any("adjusted" in finding.problem for finding in made.audited())
