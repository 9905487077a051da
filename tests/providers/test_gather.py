from __future__ import annotations

import csv

import pytest

from generator import assets
from generator.errors import ConfigError, UsageError
from generator.providers import SOURCES, gather
from generator.providers.chosen import source_of
from generator.providers.products import product
from generator.providers.synthetic import DEMO_SESSION, Synthetic
from tests.builders import SESSION, SYMBOL, write_csv_folder


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_source_of_the_table_offers_a_snapshot_and_a_history(name, tmp_path):
    folder = write_csv_folder(tmp_path)
    spec, symbol, when = {
        "csv": (f"csv:{folder}", SYMBOL, SESSION),
        "synthetic": ("synthetic:4", "DEMO", DEMO_SESSION),
    }[name]
    snapshot, history = gather(symbol, spec, when)
    assert snapshot.symbol == symbol
    assert snapshot.as_of.utcoffset() is not None
    assert snapshot.raw
    assert all(past.session < snapshot.session for past in history.chains)


def test_a_third_partys_class_is_found_by_its_place():
    made = source_of("generator.providers.synthetic:Synthetic:12", None)
    assert isinstance(made, Synthetic)
    assert made.seed == 12


@pytest.mark.parametrize("spec", ["", "yaho", "CSV:x", ":x"])
def test_an_unknown_source_is_told_which_there_are(spec):
    with pytest.raises(UsageError, match=r"wanted a source among .*csv.*, synthetic"):
        gather(SYMBOL, spec, SESSION)


def test_a_third_partys_class_that_cannot_be_imported_is_a_matter_of_settings():
    with pytest.raises(ConfigError, match="cannot be imported"):
        gather(SYMBOL, "no.such.module:Thing:x", SESSION)


def test_the_table_of_products_is_consistent():
    with assets.asset("products.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["symbol"] for row in rows}) == len(rows) >= 24
    for row in rows:
        known = product(row["symbol"])
        assert known.kind in {"stock", "etf", "index"}
        assert known.style in {"american", "european"}
        assert known.roots
        assert set(known.am_roots) <= set(known.roots)
        assert known.kind == "index" or known.am_roots == ()


def test_a_symbol_outside_the_table_is_a_share_of_its_own_root():
    known = product("BF.B")
    assert (known.kind, known.roots, known.name, known.am_roots) == ("stock", ("BFB",), None, ())
    assert product("^SPX").am_roots == ("SPX",)
    assert product("^ABC").kind == "index"
