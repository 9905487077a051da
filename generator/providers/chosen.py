"""From a spec such as `rss:https://example.org/feed` to the object that answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.errors import UsageError
from generator.providers.base import Provider, Source
from generator.registry import load

#: whole markets: made from the text after the colon
SOURCES: Mapping[str, str] = {
    "csv": "generator.providers.csv_folder:CsvFolder",
    "synthetic": "generator.providers.synthetic:Synthetic",
}

#: answer for parts of a snapshot
PROVIDERS: Mapping[str, str] = {
    "cboe": "generator.providers.cboe:Cboe",
    "cboe-csv": "generator.providers.cboe_csv:CboeCsv",
    "csv": "generator.providers.csv_parts:CsvParts",
    "events": "generator.providers.events_file:EventsFile",
    "massive": "generator.providers.massive:Massive",
    "occ": "generator.providers.occ:Occ",
    "rss": "generator.providers.rss:Rss",
    "rules": "generator.providers.rules:Rules",
    "tradier": "generator.providers.tradier:Tradier",
    "treasury": "generator.providers.treasury:Treasury",
    "yahoo": "generator.providers.yahoo:Yahoo",
    "yahoo-json": "generator.providers.yahoo_json:YahooJson",
}


def name_of(spec: str) -> str:
    """Return a spec without its argument: a name of the tables, or "package.module:Class"."""
    name, _, rest = spec.partition(":")
    return f"{name}:{rest.partition(':')[0]}" if "." in name else name


def is_whole(spec: str) -> bool:
    """Tell whether a spec names a whole market rather than a provider of parts."""
    name = spec.partition(":")[0]
    return name in SOURCES or ("." in name and hasattr(_class(spec, SOURCES), "snapshot"))


def source_of(spec: str, columns: Mapping[str, str] | None) -> Source:
    """
    Return the whole market a spec names: `csv:DIR`, `synthetic:SEED`, `package.module:Class:ARGUMENT`.

    Raises:
        UsageError: If there is no such source.
    """
    made: Source = _class(spec, SOURCES)(_argument(spec), columns=columns)
    return made


def provider_of(spec: str, argument: str | None, options: Mapping[str, Any]) -> Provider:
    """
    Return the provider a spec names; *argument* stands for the text after the colon when given.

    Raises:
        UsageError: If there is no such provider.
    """
    made: Provider = _class(spec, PROVIDERS)(_argument(spec) if argument is None else argument, options)
    return made


def _class(spec: str, table: Mapping[str, str]) -> Any:
    """Import what a spec names."""
    name = name_of(spec)
    if name not in table and ":" not in name:
        raise UsageError(f"wanted a source among {', '.join(known())}, found {name!r}")
    return load("source", table, name)


def _argument(spec: str) -> str:
    """Return the text after the name."""
    return spec[len(name_of(spec)) + 1 :]


def known() -> tuple[str, ...]:
    """Return every name a spec may start with."""
    return tuple(sorted({*SOURCES, *PROVIDERS}))
