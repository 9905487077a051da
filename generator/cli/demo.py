"""`strikebrief demo`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.briefs import closed_line, deliver, nothing_to_do
from generator.cli.console import Console
from generator.cli.options import AsOf, Command, Formats
from generator.config import Config
from generator.models.delivery import Request

SYMBOL = "DEMO"
SEED = 7
SESSION = dt.date(2026, 5, 22)


@click.command(cls=Command)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=SEED, help=f"Another market (default: {SEED})."
)
@click.option("--as-of", type=AsOf(), default=SESSION, help=f"A session or instant (default: {SESSION}).")
@click.option("--format", "formats", type=Formats(), help="The forms to write (default: html,md,pdf).")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write to (default: output).")
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
        state=console.state(config),
        choices=config.choices,
        theme=config.theme,
    )
    return deliver(console, [wanted])
