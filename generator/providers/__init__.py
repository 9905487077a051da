"""
Gather: market data from a source, as a snapshot and what was known before it.

A source is a class that is made from the text after the colon (`csv:DIR`) and offers
`snapshot` and `history` as `base.Source` says. To add one: a module and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import UsageError
from generator.models.market import History, Snapshot
from generator.providers.base import Source, When, checked_symbol
from generator.registry import load

PROVIDERS: Mapping[str, str] = {
    "csv": "generator.providers.csv_folder:CsvFolder",
    "synthetic": "generator.providers.synthetic:Synthetic",
}


def source(spec: str, *, columns: Mapping[str, str] | None = None) -> Source:
    """
    Return the source a spec names: `csv:DIR`, `synthetic:SEED`, or `package.module:Class:ARGUMENT`.

    Raises:
        UsageError: If there is no such source.
    """
    name, _, argument = spec.partition(":")
    if name not in PROVIDERS and "." in name:
        target, _, argument = argument.partition(":")
        name = f"{name}:{target}"
    elif name not in PROVIDERS:
        raise UsageError(f"wanted a source among {', '.join(sorted(PROVIDERS))}, found {name!r}")
    made: Source = load("source", PROVIDERS, name)(argument, columns=columns)
    return made


def gather(
    symbol: str, spec: str, when: When, *, columns: Mapping[str, str] | None = None
) -> tuple[Snapshot, History]:
    """
    Return the market of *symbol* at *when* and what its source knew before.

    Args:
        symbol: Such as IWM, BRK.B or ^SPX; checked before anything is opened.
        spec: The source: `csv:DIR`, `synthetic:SEED`, `package.module:Class:ARGUMENT`.
        when: A session, or an instant; a naive datetime is New York time.
        columns: Our column name -> the file's own, for csv chains.

    Raises:
        UsageError: If symbol or spec is malformed.
        DataError: If the source's data cannot be used.
        ProviderError: If the source is down or lacks the symbol.
    """
    checked_symbol(symbol)
    chosen = source(spec, columns=columns)
    snapshot = chosen.snapshot(symbol, when)
    return snapshot, chosen.history(snapshot)
