"""Start the program; `--version` and `--help` are answered before anything heavy is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    match sys.argv[1:]:
        case ["--version"]:
            from generator import __version__

            sys.stdout.write(f"strikebrief {__version__}\n")
        case ["--help" | "-h"]:
            from generator.cli.commands import first_screen

            sys.stdout.write(first_screen())
        case _:
            from generator.cli.program import run

            sys.exit(run())


if __name__ == "__main__":
    main()
