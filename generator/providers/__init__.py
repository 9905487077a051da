"""
Gather: market data from its sources, as a snapshot and what was known before it.

`chosen.SOURCES` are whole markets, `chosen.PROVIDERS` answer for parts of one; `base` says what
each offers. To add one: a module, and a line in one of the two tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.models.delivery import Sourcing
from generator.models.market import History, Snapshot
from generator.providers.base import Source, When, checked_symbol
from generator.providers.chosen import PROVIDERS, SOURCES, is_whole, known, name_of, provider_of, source_of
from generator.providers.plan import plan

__all__ = ["PROVIDERS", "SOURCES", "checked_source", "gather", "known", "name_of"]


def checked_source(spec: str, columns: Mapping[str, str] | None = None) -> Source | None:
    """
    Return the whole market a spec names, None when it names a provider; nothing is fetched.

    Raises:
        UsageError: If there is no such source.
        DataError: If its folder is not there.
    """
    if is_whole(spec):
        return source_of(spec, columns)
    provider_of(spec, None, {})
    return None


def gather(
    symbol: str,
    spec: str | None,
    when: When,
    *,
    columns: Mapping[str, str] | None = None,
    sourcing: Sourcing | None = None,
) -> tuple[Snapshot, History]:
    """
    Return the market of *symbol* at *when* and what its source knew before.

    Providers know nothing of before: that history is the archive's.

    Args:
        symbol: Such as IWM, BRK.B or ^SPX; checked before anything is opened.
        spec: `csv:DIR`, `synthetic:SEED`, `yahoo`, `package.module:Class:ARGUMENT`; None: as *sourcing* says.
        when: A session, or an instant; a naive datetime is New York time.
        columns: Our column name -> the file's own, for csv chains.
        sourcing: Who is asked for the parts that *spec* does not answer for.

    Raises:
        UsageError: If symbol or spec is malformed.
        DataError: If the source's data cannot be used.
        ProviderError: If a source is down or lacks the symbol.
    """
    checked_symbol(symbol)
    if spec is not None and is_whole(spec):
        chosen = source_of(spec, columns)
        snapshot = chosen.snapshot(symbol, when)
        return snapshot, chosen.history(snapshot)
    from generator.providers.gathered import gather_parts  # noqa: PLC0415  settings never wait for pandas

    return gather_parts(symbol, plan(spec, sourcing or Sourcing(), columns), when), History()
