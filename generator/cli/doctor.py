"""`strikebrief doctor`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from generator.cli.console import Console
from generator.cli.options import Command
from generator.config import ARCHIVE, Config, checked_symbol
from generator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.health import Found

_ASKED = "SPY"


@click.command(cls=Command)
@click.option("--live", is_flag=True, help="Also ask each source for SYMBOL, once.")
@click.argument("symbol", required=False)
@click.pass_obj
def doctor(console: Console, symbol: str | None, *, live: bool) -> int:
    """
    Check the installation: fonts, PDF, write access, settings; with --live the sources too.

    SYMBOL is the first of the settings, else SPY. The exit code is that of the first check that failed.
    """
    found = list(_found(console, symbol, live=live))
    if console.json:
        console.document({"checks": [dataclasses.asdict(item) for item in found]})
    for item in () if console.json else found:
        console.result(f"{item.state:<4}  {item.check}: {' '.join(item.said.split())}")
    return next((item.exit_code for item in found if item.state == "fail"), 0)


def _found(console: Console, symbol: str | None, *, live: bool) -> Iterator[Found]:
    from generator import health

    config = Config()
    try:
        config = console.config()
        yield health.Found(check="settings", state="ok", said=str(config.path or "none, defaults hold"))
    except ConfigError as error:
        for problem in error.problems:
            yield health.Found(check="settings", state="fail", said=problem, exit_code=error.exit_code)
    yield from health.installation(console.state_place(config), config.out)
    if live:
        chosen = checked_symbol(symbol or next(iter(config.symbols), _ASKED))
        spec = config.source if config.source and _is_provider(config.source) else None
        yield from health.sources(chosen, spec, console.sourcing(config), console.now())


def _is_provider(spec: str) -> bool:
    """Tell whether a source is asked part by part; a folder of files or the archive is not asked."""
    from generator.providers.chosen import is_whole

    return spec != ARCHIVE and not is_whole(spec)
