"""Start the program; `--version` and `--help` are answered before anything heavy is imported."""

from __future__ import annotations

import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and exit with its code."""
    match sys.argv[1:]:
        case ["--version"]:
            from generator import __version__

            _say(f"strikebrief {__version__}\n")
        case ["--help" | "-h"]:
            from generator.cli.commands import first_screen

            _say(first_screen())
        case _:
            from generator.cli.program import run

            sys.exit(run())


def _say(text: str) -> None:
    """Write *text*; where it cannot be written, one line and exit code 73."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        sys.stderr.write(f"error: cannot write to standard output: {error.strerror}\n")
        with suppress(OSError):
            sys.stdout.close()  # what Python would try again on its way out
        sys.exit(73)


if __name__ == "__main__":
    main()
