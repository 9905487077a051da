"""`strikebrief init`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from generator.cli.console import Console
from generator.cli.options import Command
from generator.config import FILE_NAME
from generator.errors import OutputError

THEME = "theme"
SETTINGS = """\
# Settings of strikebrief. Every line may go; docs/settings.md lists them all.

[brief]
symbols = ["IWM"]            # what `strikebrief build` writes about when no symbol is named
source = "csv:data"          # a folder with chains/, bars/ and news/, or "synthetic:7"
formats = ["html", "md", "pdf"]
out = "output"

[definitions]
rsi = "wilder"               # or "cutler"
bollinger = "population"     # standard deviation; or "sample"
# rate = 0.0365              # continuous; left out: from the source, else from parity

# [symbols.IWM]
# name = "iShares Russell 2000 ETF"

# [csv.columns]              # our column = "yours"
# open_interest = "OpenInt"
"""
THEME_LINES = '\n[theme]\nfolder = "theme"             # your templates/ and static/\n'


@click.command(cls=Command)
@click.option("--theme", is_flag=True, help="Also copy templates/ and static/ into theme/, to change them.")
@click.pass_obj
def init(console: Console, *, theme: bool) -> None:
    """Write strikebrief.toml; nothing is overwritten."""
    path = console.config_path or Path(FILE_NAME)
    folder = path.parent / THEME
    settings_wanted = not (theme and path.exists())
    for target in [path] * settings_wanted + [folder] * theme:
        if target.exists():
            raise OutputError(f"wanted to write {target}, found it there already; move it away or edit it")
    try:
        if theme:
            _copy_theme(folder)
        if settings_wanted:
            with path.open("x", encoding="utf-8") as file:
                file.write(SETTINGS + THEME_LINES * theme)
    except OSError as error:
        raise OutputError(f"cannot write {error.filename or path}: {error.strerror}") from error
    written = [folder] * theme + [path] * settings_wanted
    _tell(console, written)
    if not settings_wanted:
        console.note(f'add to {path}:  [theme]  folder = "{THEME}"')


def _copy_theme(folder: Path) -> None:
    from generator import assets

    for name in ("templates", "static"):
        shutil.copytree(assets.folder(name), folder / name)


def _tell(console: Console, written: list[Path]) -> None:
    if console.json:
        console.document({"written": [str(path) for path in written]})
        return
    for path in written:
        console.result(str(path))
