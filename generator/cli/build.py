"""`strikebrief build SYMBOL...`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from generator import providers
from generator.cli.briefs import closed_line, deliver, nothing_to_do
from generator.cli.console import Console
from generator.cli.options import Command, as_of_option, format_option, only, out_option
from generator.config import ARCHIVE, LANGUAGES, TIERS, Config, checked_symbol, known_source
from generator.errors import UsageError
from generator.models.delivery import Request

EDITIONS = ("close", "morning")


@click.command(cls=Command)
@click.argument("symbols", nargs=-1, metavar="SYMBOL...")
@click.option(
    "--source",
    metavar="NAME:ARG",
    help="yahoo, cboe, csv:DIR, archive, synthetic:SEED, ... (default: from the settings).",
)
@as_of_option(help="A session, or an instant in New York time (default: now).")
@click.option("--edition", default="close", metavar="NAME", help="close, morning.")
@click.option("--tier", metavar="NAME", help="pro.")
@click.option("--lang", "language", metavar="CODE", help="en.")
@format_option()
@out_option()
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, help="How many symbols at a time (default: 1)."
)
@click.pass_obj
def build(console: Console, /, symbols: tuple[str, ...], jobs: int, **options: Any) -> int:
    """
    Gather, analyse, write and audit a brief of each SYMBOL; nothing is sent.

    Without a SYMBOL the list of the settings is used. The paths of the files are printed.
    """
    named = [checked_symbol(symbol) for symbol in symbols]
    config = console.config()
    chosen = tuple(dict.fromkeys(named)) or config.symbols
    if not chosen:
        raise UsageError("wanted a symbol, found none: name one, or list some under [brief] in the settings")
    given: dt.date | None = options.pop("as_of")
    when = given or console.now()
    checked = _checked(config, options)
    # an instant that is named may fall on a closed day: Saturday's capture carries Friday's close
    if not isinstance(given, dt.datetime) and (line := closed_line(when)):
        _check_source(checked["source"], config)  # a source that is wrong is told today
        return nothing_to_do(console, line)
    return deliver(console, [_request(console, config, symbol, when, checked) for symbol in chosen], jobs)


def _checked(config: Config, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the settings filled in; `UsageError` for what does not exist."""
    source = options["source"] or config.source
    if source is None and "chain" not in config.sourcing.parts:
        raise UsageError(
            "wanted a source, found none: give --source csv:DIR, or set one under [brief] or [sources]"
        )
    if source is not None and not known_source(source):
        only("--source", source.partition(":")[0], (ARCHIVE, *providers.known()))
    return {
        "source": source,
        "edition": only("--edition", options["edition"], EDITIONS),
        "tier": only("--tier", options["tier"] or config.tier, TIERS),
        "language": only("--lang", options["language"] or config.language, LANGUAGES),
        "formats": options["formats"] or config.formats,
        "out": options["out"] or config.out,
    }


def _check_source(source: str | None, config: Config) -> None:
    """Raise for a source that is wrong, before anything else is said."""
    for spec in (source, *(spec for specs in config.sourcing.parts.values() for spec in specs)):
        if spec is not None and spec != ARCHIVE:
            providers.checked_source(spec, config.columns)


def _request(
    console: Console, config: Config, symbol: str, when: dt.date, checked: dict[str, Any]
) -> Request:
    return Request(
        symbol=symbol,
        when=when,
        state=console.archive(config),
        choices=config.choices,
        name=config.names.get(symbol),
        columns=config.columns,
        sourcing=console.sourcing(config),
        show=config.show,
        theme=config.theme,
        **checked,
    )
