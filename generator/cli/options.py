"""Options that several commands share, and how their text is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from generator.calendar import to_new_york
from generator.cli.console import Console
from generator.config import FORMATS
from generator.errors import UsageError

#: for which the calendar's rules hold
YEARS = (1990, 2040)


def global_options(*, hidden: bool = False) -> list[click.Parameter]:
    """Return the options every command takes, before or after its name."""

    def option(*names: str, into: str, **attributes: Any) -> click.Option:
        return click.Option(
            names, expose_value=False, callback=_storing(into), hidden=hidden, default=None, **attributes
        )

    file, folder = click.Path(path_type=Path), click.Path(path_type=Path, file_okay=False)
    return [
        option("--config", into="config_path", type=file, help="The settings file."),
        option("--state", into="state_path", type=folder, help="Where the archive lives."),
        option("--json", into="json", is_flag=True, help="One JSON document on standard output."),
        option("--quiet", into="quiet", is_flag=True, help="No progress."),
        option("-v", "--verbose", into="verbose", is_flag=True, help="A traceback with every error."),
        option("--no-color", into="color", is_flag=True, flag_value=False, help="Plain text."),
    ]


def _storing(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def store(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value is not None:
            setattr(ctx.ensure_object(Console), name, value)

    return store


class Command(click.Command):
    """A command that also takes the global options after its name."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.extend(global_options(hidden=True))
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])
        self.epilog = "The options of `strikebrief --help` are taken here too."


def as_of(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> dt.date | None:
    """Return the date, or the aware datetime in New York time, that *value* spells; None for None."""
    if value is None:
        return None
    try:
        day = dt.date.fromisoformat(value[:10])
        when = day if len(value) == 10 else to_new_york(dt.datetime.fromisoformat(value))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"wanted 2026-05-22 or 2026-05-22T10:05, found {value!r}") from error
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise click.BadParameter(f"wanted a day from {YEARS[0]} to {YEARS[1]}, found {value!r}")
    if isinstance(when, dt.datetime) and when != _by_the_clock(when):
        raise click.BadParameter(f"wanted a time that exists in New York, found {value!r}: clocks skip it")
    return when


def _by_the_clock(when: dt.datetime) -> dt.datetime:
    """Return an instant as New York's clocks show it; it differs where they are put forward past it."""
    return to_new_york(when.astimezone(dt.UTC))


def formats(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Return the formats of a list such as html,md,pdf without repeats, each known; None for None."""
    if value is None:
        return None
    names = tuple(dict.fromkeys(part.strip() for part in value.split(",")))
    for name in names:
        if name not in FORMATS:
            raise click.BadParameter(f"no format called {name!r}; there are {', '.join(FORMATS)}")
    return names


as_of_option = partial(click.option, "--as-of", callback=as_of, metavar="DATE|DATETIME")
format_option = partial(
    click.option,
    "--format",
    "formats",
    callback=formats,
    metavar="LIST",
    help=f"What to write, of {','.join(FORMATS)} (default: html,md,pdf).",
)
out_option = partial(
    click.option, "--out", type=click.Path(path_type=Path), help="The folder to write to (default: output)."
)


def only(option: str, value: str, known: tuple[str, ...]) -> str:
    """Return *value* when it is one of *known*; `UsageError` says what exists."""
    if value in known:
        return value
    exist = f"there is {known[0]}" if len(known) == 1 else f"there are {', '.join(known)}"
    raise UsageError(f"{option} {value!r} does not exist; {exist}")
