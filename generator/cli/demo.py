"""`strikebrief demo`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.briefs import closed_line, deliver, nothing_to_do
from generator.cli.console import Console
from generator.cli.options import Command, as_of_option, format_option, out_option
from generator.config import Config
from generator.models.delivery import Request

SYMBOL = "DEMO"
SEED = 28
SESSION = dt.date(2026, 3, 11)


@click.command(cls=Command)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=SEED, help=f"Another market (default: {SEED})."
)
@as_of_option(default=SESSION.isoformat(), help=f"A session or an instant (default: {SESSION}).")
@format_option()
@out_option()
@click.pass_obj
def demo(
    console: Console, seed: int, as_of: dt.date, formats: tuple[str, ...] | None, out: Path | None
) -> int:
    """
    Write a brief on a synthetic market, without a network.

    The market of a seed is always the same. The paths of the files are printed.
    """
    if line := closed_line(as_of):
        return nothing_to_do(console, line)
    config = console.config()
    wanted = Request(
        symbol=SYMBOL,
        source=f"synthetic:{seed}",
        when=as_of,
        formats=formats or Config().formats,
        out=out or Path("output"),
        state=console.archive(config),
        choices=config.choices,
        theme=config.theme,
    )
    return deliver(console, [wanted])
