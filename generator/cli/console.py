"""What a command knows of the world around it: options, environment, clock and terminal."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from generator import config as settings
from generator.calendar import NEW_YORK
from generator.errors import OutputError
from generator.models.delivery import Sourcing


def _new_york_now() -> dt.datetime:
    return dt.datetime.now(NEW_YORK)


@dataclass(kw_only=True)
class Console:
    """The global options, and the ways out: results, progress, errors."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], dt.datetime] = _new_york_now
    config_path: Path | None = None
    state_path: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    color: bool | None = None

    def config(self) -> settings.Config:
        """Return the settings; `ConfigError` lists all problems."""
        return settings.read(self.config_file())

    def config_file(self) -> Path | None:
        """Return the settings file in force, or None."""
        base = self.environ.get("XDG_CONFIG_HOME") or Path(self.environ.get("HOME", "~")) / ".config"
        return settings.find(self.config_path, Path.cwd(), Path(base) / "strikebrief")

    def state_place(self, config: settings.Config) -> Path:
        """Return where the archive is, whether or not there is one."""
        beside = Path.cwd() if config.path is None else config.path.parent
        chosen = self.state_path or self.environ.get("STRIKEBRIEF_STATE") or beside / ".strikebrief"
        return Path(chosen)

    def archive(self, config: settings.Config) -> Path | str:
        """Return where the archive lies: the settings' address, else the state folder, made if need be."""
        return config.archive or self.state(config)

    def archive_place(self, config: settings.Config) -> Path | str:
        """Return where the archive lies, whether or not there is one."""
        return config.archive or self.state_place(config)

    def state(self, config: settings.Config) -> Path:
        """Return the folder of the archive, made for its owner only."""
        folder = self.state_place(config)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"wanted a folder for the archive at {folder}: {error.strerror}; name another with --state"
            ) from error
        return folder

    def sourcing(self, config: settings.Config) -> Sourcing:
        """Return who is asked for what, with the keys that the environment holds."""
        options = {
            name: {**table, **self._key(table.get("token_env"))}
            for name, table in config.sourcing.options.items()
        }
        return dataclasses.replace(config.sourcing, options=options)

    def _key(self, variable: str | None) -> dict[str, str]:
        value = self.environ.get(variable or "", "").strip()
        return {"token": value} if value else {}

    def result(self, line: str) -> None:
        """Print a line of the result."""
        click.echo(line, color=self.color)

    def document(self, value: Mapping[str, Any]) -> None:
        """Print the one JSON document."""
        click.echo(json.dumps(value, indent=2, ensure_ascii=False))

    def note(self, line: str) -> None:
        """Print a line for people, unless they asked for quiet."""
        if not self.quiet:
            click.echo(line, err=True, color=self.color)

    def progress(self, line: str) -> None:
        """Show what is being done, on a terminal only, in one line that the next one overwrites."""
        if self.quiet or not sys.stderr.isatty():
            return
        if self._styled():
            click.echo(f"\r\x1b[K{line}", err=True, nl=False, color=True)
        elif line:
            click.echo(line, err=True)

    def error(self, line: str) -> None:
        """Print `error: ...` in one line."""
        start = click.style("error:", fg="red", bold=True) if self._styled() else "error:"
        click.echo(f"{start} {' '.join(line.split())}", err=True, color=self._styled())

    def trace(self, text: str) -> None:
        """Print a traceback."""
        click.echo(text.rstrip(), err=True)

    def failed(self, message: str, exit_code: int) -> int:
        """Report a failure on both streams and return its exit code."""
        self.progress("")
        self.error(message)
        if self.json:
            self.document({"error": {"message": message, "exit_code": exit_code}})
        return exit_code

    def _styled(self) -> bool:
        plain = self.color is False or bool(self.environ.get("NO_COLOR"))
        return not plain and sys.stderr.isatty()
