"""Public facts about well-known products: name, kind, option roots and their settlement."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from generator.assets import asset
from generator.models.market import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is known of a symbol before any data is read."""

    symbol: str
    name: str | None
    kind: Kind
    style: Literal["american", "european"]
    roots: tuple[str, ...]
    am_roots: tuple[str, ...]
    volatility_index: str | None = None  #: Cboe's index on the same options, or on those of its index


def product(symbol: str) -> Product:
    """Return the product of *symbol*; one that is not in the table is taken for a share."""
    bare = symbol.removeprefix("^")
    known = _table().get(bare)
    if known is not None:
        return known
    index = symbol.startswith("^")
    return Product(
        symbol=symbol,
        name=None,
        kind="index" if index else "stock",
        style="european" if index else "american",
        roots=(own_root(symbol),),
        am_roots=(),
    )


def own_root(symbol: str) -> str:
    """Return the option root a symbol has unless said otherwise: `BRK.B` trades as `BRKB`."""
    return "".join(letter for letter in symbol if letter.isalnum())[:6]


def measured(index: str) -> str:
    """Return what the options of a volatility index are on; KeyError for one that is not in the table."""
    return _indices()[index]


@cache
def _indices() -> dict[str, str]:
    """Read what Cboe's volatility indices are made from."""
    with asset("volatility_indices.csv").open(encoding="utf-8", newline="") as lines:
        return {row["symbol"]: row["measures"] for row in csv.DictReader(lines)}


@cache
def _table() -> dict[str, Product]:
    """Read the table that ships with the program."""
    with asset("products.csv").open(encoding="utf-8", newline="") as lines:
        return {row["symbol"]: _product(row) for row in csv.DictReader(lines)}


def _product(row: dict[str, str]) -> Product:
    """Turn a row of the table into a product."""
    return Product(
        symbol=row["symbol"],
        name=row["name"],
        kind=cast("Kind", row["kind"]),
        style=cast("Literal['american', 'european']", row["style"]),
        roots=tuple(row["roots"].split()),
        am_roots=tuple(row["am_roots"].split()),
        volatility_index=row["volatility_index"] or None,
    )
