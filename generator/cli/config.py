"""`strikebrief config check`."""

from __future__ import annotations

import click

from generator.cli.console import Console
from generator.cli.options import Command, global_options
from generator.errors import ConfigError


@click.group(params=global_options(hidden=True), context_settings={"help_option_names": ["-h", "--help"]})
def config() -> None:
    """Look after the settings."""


@config.command(cls=Command)
@click.pass_obj
def check(console: Console) -> int:
    """
    Say "ok", or list every problem of the settings file.

    Exit code 78 when there is a problem.
    """
    path = console.config_file()
    try:
        console.config()
    except ConfigError as error:
        if console.json:
            console.document({"file": str(path), "problems": list(error.problems)})
        for problem in error.problems:
            console.error(problem)
        return error.exit_code
    if console.json:
        console.document({"file": None if path is None else str(path), "problems": []})
    else:
        console.result("ok" if path is None else f"ok: {path}")
    return 0
