"""`strikebrief completion SHELL`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from generator.cli.console import Console
from generator.cli.options import Command

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_obj
def completion(console: Console, shell: str) -> None:
    """Print the completion script of SHELL: bash, zsh or fish."""
    from generator.cli.program import cli

    writer = get_completion_class(shell)
    if writer is None:
        raise click.BadParameter(f"no completion for {shell}")
    # the template alone: `source()` would first start the shell to ask for its version
    script = writer(cli, {}, "strikebrief", "_STRIKEBRIEF_COMPLETE")
    console.result(script.source_template % script.source_vars())
