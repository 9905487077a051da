"""`strikebrief audit TEXT --facts JSON`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from generator.cli.console import Console
from generator.cli.options import Command
from generator.errors import DataError


@click.command(cls=Command)
@click.argument("text", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--facts",
    "figures",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The figures: a brief.json, or a smaller file of its shape.",
)
@click.pass_obj
def audit(console: Console, text: Path, figures: Path) -> int:
    """
    Hold any article against a set of figures and the rules for words.

    TEXT is Markdown or plain text of whatever origin. Each finding is a line; exit code 1 when there is one.
    """
    from generator.audit.article import check_article, read

    faults = check_article(_text(text), read(_bytes(figures)))
    if console.json:
        console.document({"path": str(text), "faults": [dataclasses.asdict(fault) for fault in faults]})
    for fault in faults if not console.json else ():
        console.result(str(fault))
    if faults:
        console.error(f"{text}: {len(faults)} finding{'s' if len(faults) > 1 else ''}")
    elif not console.json:
        console.result(f"ok: {text}")
    return int(bool(faults))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"wanted to read {path}, found {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"wanted {path} in UTF-8, found byte {error.object[error.start]:#x}") from error
