"""The table of commands and the first screen of help; imports nothing, so that it shows at once."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: where it stands, its line of help, and whether the first screen lists it at once."""

    target: str
    summary: str
    first: bool = False


COMMANDS = {
    "demo": Entry("generator.cli.demo:demo", "a brief on a synthetic market, offline", first=True),
    "init": Entry("generator.cli.init:init", "write strikebrief.toml", first=True),
    "build": Entry("generator.cli.build:build", "gather, analyse, write and audit a brief", first=True),
    "verify": Entry("generator.cli.verify:verify", "check finished briefs again", first=True),
    "audit": Entry("generator.cli.audit:audit", "check any article against figures and the rules for words"),
    "archive": Entry("generator.cli.archive:archive", "what was kept: list show export import prune sql"),
    "doctor": Entry("generator.cli.doctor:doctor", "check the installation, and with --live the sources"),
    "config": Entry("generator.cli.config:config", "check the settings: config check"),
    "completion": Entry("generator.cli.completion:completion", "print the script for bash, zsh or fish"),
}

GLOBAL_OPTIONS = (
    ("--config FILE", "the settings (default: strikebrief.toml, then your config folder)"),
    ("--state DIR", "where the archive lives (default: $STRIKEBRIEF_STATE, then .strikebrief/)"),
    ("--json", "one JSON document on standard output"),
    ("--quiet", "no progress"),
    ("-v, --verbose", "a traceback with every error"),
    ("--no-color", "plain text (also: NO_COLOR)"),
    ("--version", "print the version"),
    ("-h, --help", "print this, or a command's own help"),
)


def first_screen() -> str:
    """Return what `strikebrief --help` prints."""
    first = [(name, entry.summary) for name, entry in COMMANDS.items() if entry.first]
    more = [(name, entry.summary) for name, entry in COMMANDS.items() if not entry.first]
    parts = (
        "Usage: strikebrief COMMAND [OPTIONS] [ARGUMENTS]\n",
        "A daily options brief in which every number can be traced.\n",
        _listed("Commands", first),
        _listed("More", more),
        _listed("Options, before or after the command", GLOBAL_OPTIONS),
        "Try `strikebrief demo` first, or `strikebrief build --help`.\n",
    )
    return "\n".join(parts)


def _listed(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    width = max(len(name) for name, _ in rows)
    return f"{title}:\n" + "".join(f"  {name:<{width}}  {text}\n" for name, text in rows)
