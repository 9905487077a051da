"""The program: commands found on first use, errors turned into one line and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from pkgutil import resolve_name
from typing import Any, cast

import click

from generator import __version__
from generator.cli.commands import COMMANDS, first_screen
from generator.cli.console import Console
from generator.cli.options import global_options
from generator.errors import BriefError, OutputError

INTERRUPTED = 130
READER_GONE = 141  # what a shell shows for the tools that this signal ends: 128 + SIGPIPE
#: a disk or device that takes no more; files of ours say so themselves, what is left is standard output
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class _ReaderGoneError(Exception):
    """Whoever read standard output has gone; click must not see it, it would end with 1."""


class Program(click.Group):
    """The group of all commands; a command's module is imported when it is named."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command *name*, or None."""
        entry = COMMANDS.get(name)
        return None if entry is None else cast("click.Command", resolve_name(entry.target))

    def get_help(self, _ctx: click.Context) -> str:
        """Return the first screen, the same that is printed without click."""
        return first_screen().rstrip("\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  click's own signature
        **extra: Any,
    ) -> Any:
        """Run a command and return its exit code, or exit with it in standalone mode."""
        code = self._guarded(args, prog_name or "strikebrief", complete_var, extra)
        if standalone_mode:
            sys.exit(code)
        return code

    def _guarded(
        self,
        args: Sequence[str] | None,
        prog_name: str,
        complete_var: str | None,
        extra: MutableMapping[str, Any],
    ) -> int:
        console = extra.setdefault("obj", Console())
        try:
            return self._answered(console, args, prog_name, complete_var, extra)
        except (BrokenPipeError, _ReaderGoneError):
            _silence()
            return READER_GONE
        except OSError as error:
            _silence()
            with suppress(OSError):  # when standard error is full too, the exit code alone is left
                console.error(f"cannot write to standard output: {error.strerror}")
            return OutputError.exit_code

    def _answered(
        self,
        console: Console,
        args: Sequence[str] | None,
        prog_name: str,
        complete_var: str | None,
        extra: MutableMapping[str, Any],
    ) -> int:
        """Run a command and report its error; only what standard output itself did passes."""
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (KeyboardInterrupt, click.Abort):
            return console.failed("interrupted; nothing half-written was left", INTERRUPTED)
        except (BrokenPipeError, _ReaderGoneError):
            raise
        except Exception as error:  # the one place where every error ends
            if isinstance(error, OSError) and error.errno in FULL and error.filename is None:
                raise
            return _reported(console, error)
        return result if isinstance(result, int) else 0


def _reported(console: Console, error: Exception) -> int:
    if console.verbose:
        traceback.print_exception(error)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    if isinstance(error, click.ClickException):
        return console.failed(_lower(error.format_message()), error.exit_code)
    if isinstance(error, BriefError):
        return console.failed(str(error), error.exit_code)
    hint = "" if console.verbose else "; run again with -v and report the traceback"
    return console.failed(f"a fault in this program: {type(error).__name__}: {error}{hint}", 1)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")


def _silence() -> None:
    """Print no more results, since nobody gets them: not even what Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Program, no_args_is_help=True, params=global_options())
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Write a daily options brief in which every number can be traced."""


cli.context_settings["help_option_names"] = ["-h", "--help"]


def run() -> int:
    """Run the command line on this process's arguments and return the exit code."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # our matrices are small: threads cost more than they bring
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show a character gets its escape, never a traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return cast("int", cli.main(standalone_mode=False))
