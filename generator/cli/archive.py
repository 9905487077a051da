"""`strikebrief archive list|show|export|import|prune|sql`."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.console import Console
from generator.cli.options import Command, as_of, global_options
from generator.config import checked_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.archive.entries import Entry
    from generator.archive.foreign import Left

_NO_DATA = 65
_SHOWN = 40  #: characters of a cell


@click.group(params=global_options(hidden=True), context_settings={"help_option_names": ["-h", "--help"]})
def archive() -> None:
    """Look at what was kept, bring past files in, take captures out, and ask questions."""


def _day(ctx: click.Context, parameter: click.Parameter, value: str | None) -> dt.date | None:
    """Return the date that *value* spells; an instant is none."""
    when = as_of(ctx, parameter, value)
    if isinstance(when, dt.datetime):
        raise click.BadParameter(f"wanted a date such as 2026-05-22, found {value!r}")
    return when


@archive.command("list", cls=Command)
@click.argument("symbol", required=False)
@click.pass_obj
def list_(console: Console, symbol: str | None) -> int:
    """List the captures on file, of one SYMBOL or of all."""
    from generator.archive.entries import as_document, captures, verdicts
    from generator.archive.places import place_of

    where = _where(console)
    chosen = None if symbol is None else checked_symbol(symbol)
    damaged: list[str] = []
    found = captures(where, chosen, damaged.append)
    said = verdicts(place_of(where), chosen, damaged.append)
    if console.json:
        rows = [{**as_document(entry), "verdict": said.get(entry.capture)} for entry in found]
        console.document({"captures": rows, "damaged": damaged})
    else:
        for entry in found:
            console.result(_line(entry, said.get(entry.capture)))
        _complain(console, damaged)
        if not found:
            console.note(_none(captures(where), chosen))
    return _NO_DATA if damaged else 0


@archive.command(cls=Command)
@click.argument("symbol")
@click.argument("session", callback=_day, metavar="SESSION")
@click.pass_obj
def show(console: Console, symbol: str, session: dt.date) -> int:
    """Show what is on file of SYMBOL's SESSION: captures, verdicts, readings, briefs; and check it."""
    from generator.archive.showing import shown

    found = shown(_where(console), checked_symbol(symbol), session)
    if console.json:
        console.document(found)
    else:
        for capture in found["captures"]:
            console.result(f"capture {capture['capture']}")
            for name in ("edition", "captured", "provider", "spot", "contracts", "open_interest", "verdict"):
                console.result(f"  {name:<14} {capture[name]}")
            for file in capture["files"]:
                console.result(f"  file           {file['sha256'][:12]} {file['name']}")
        for reading in found["readings"]:
            console.result(f"reading {reading['id']:<44} {reading['value']:.10g} {reading['unit']}")
        for brief in found["briefs"]:
            console.result(f"brief   {brief['id']} ({brief['edition']}, {brief['language']})")
        _complain(console, found["damaged"])
    return _NO_DATA if found["damaged"] else 0


@archive.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--symbol", help="Only this one.")
@click.option("--from", "since", callback=_day, metavar="DATE", help="The first session.")
@click.option("--to", "until", callback=_day, metavar="DATE", help="The last session.")
@click.pass_obj
def export(
    console: Console, folder: Path, symbol: str | None, since: dt.date | None, until: dt.date | None
) -> int:
    """
    Write captures to DIR, new or empty, as a folder that --source csv:DIR reads.

    Exit code 4 when a capture could not be written, 65 when none could.
    """
    from generator.archive.exporting import export as exported

    chosen = None if symbol is None else checked_symbol(symbol)
    done = exported(_where(console), folder, symbol=chosen, since=since, until=until, report=console.progress)
    console.progress("")
    if console.json:
        console.document({"captures": done.captures, "files": list(done.files), "left_out": _left(done.left)})
    else:
        for name in done.files:
            console.result(str(folder / name))
        _complain(console, (f"{item.name}: {item.reason}" for item in done.left))
    if not done.captures and not done.left:
        console.error("wanted captures to write, found none in the archive")
    return done.exit_code


@archive.command("import", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_obj
def import_(console: Console, folder: Path) -> int:
    """
    Keep every capture of a csv folder: chains/, bars/ and news/ in DIR.

    Each is judged, and what is found in it kept for later sessions to be compared with.
    A file that is damaged or refused is named and left out: exit code 4, or 65 when none
    could be used. What is there already stays as it is.
    """
    from generator.importing import import_folder

    config = console.config()
    done = import_folder(
        console.archive(config),
        folder,
        columns=config.columns,
        choices=config.choices,
        report=console.progress,
    )
    console.progress("")
    if console.json:
        told = {"kept": list(done.kept), "there": list(done.there), "left_out": _left(done.left)}
        console.document({**told, "doubtful": list(done.doubtful)})
    else:
        for name in done.kept:
            console.result(f"kept {name}")
        console.note(
            f"{len(done.kept)} captures kept, {len(done.there)} there before, {len(done.left)} files left out"
        )
        for line in done.doubtful:
            console.note(f"warning: {line}")
        _complain(console, (f"{item.name}: {item.reason}" for item in done.left))
    if not done.kept and not done.there and not done.left:
        console.error(f"wanted chains of past sessions in {folder}/chains, found none")
    return done.exit_code


@archive.command(cls=Command)
@click.option("--before", required=True, callback=_day, metavar="DATE", help="Sessions before this day.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.pass_obj
def prune(console: Console, before: dt.date, *, dry_run: bool) -> int:
    """
    Remove captures of old sessions on which no printed brief depends.

    Readings, and what was printed, are never removed.
    """
    from generator.archive.entries import as_document
    from generator.archive.pruning import prune as pruned

    done = pruned(_where(console), before, dry_run=dry_run)
    if console.json:
        rows = [as_document(entry) for entry in done.captures]
        console.document(
            {
                "removed": rows,
                "needed": done.needed,
                "files": done.files,
                "bytes": done.size,
                "dry_run": dry_run,
            }
        )
        return 0
    for entry in done.captures:
        console.result(_line(entry, None))
    would = "would go" if dry_run else "removed"
    console.note(
        f"{len(done.captures)} captures, {done.files} files, {done.size} bytes {would}; "
        f"{done.needed} as old are needed by briefs and stay"
    )
    return 0


@archive.command(cls=Command)
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=1000, help="Most rows (default: 1000).")
@click.pass_obj
def sql(console: Console, query: str, limit: int, *, as_csv: bool) -> int:
    """
    Answer QUERY, one SELECT over the tables chains, readings, printed and captures.

    It can read nothing else and write nothing at all.
    """
    from generator.archive.asking import ask

    damaged: list[str] = []
    answer = ask(_where(console), query, limit, damaged.append)
    if console.json:
        rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
        console.document(
            {"columns": list(answer.columns), "rows": rows, "more": answer.more, "damaged": damaged}
        )
    else:
        for line in _csv(answer.columns, answer.rows) if as_csv else _aligned(answer.columns, answer.rows):
            console.result(line)
        if answer.more:
            console.note(f"there are more than {limit} rows; --limit shows more")
        _complain(console, damaged)
    return 4 if damaged else 0


def _where(console: Console) -> Path | str:
    """Return the archive's place, whether or not there is one."""
    return console.archive_place(console.config())


def _none(every: Iterable[Entry], symbol: str | None) -> str:
    """Return a line for an archive without a capture, of a symbol or of any."""
    there = ", ".join(sorted({entry.symbol for entry in every}))
    if symbol is None or not there:
        return "the archive holds no capture; `strikebrief archive import DIR` brings past files in"
    return f"the archive holds no capture of {symbol}; it has {there}"


def _line(entry: Entry, verdict: str | None) -> str:
    told = f"{entry.symbol:<6} {entry.session} {entry.edition:<8} {entry.captured:%Y-%m-%d %H:%M}"
    return (
        f"{told} {entry.contracts:>6} contracts  {entry.provider:<9} {verdict or '-':<7} {entry.capture[:12]}"
    )


def _complain(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.error(line)


def _left(left: Sequence[Left]) -> list[dict[str, str]]:
    return [{"name": item.name, "reason": item.reason} for item in left]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, which knows no number without end."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().removesuffix("\n").split("\n")


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return the lines of a table; numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [bool(rows) and all(_is_number(row[at]) for row in rows) for at in range(len(columns))]
    return [
        "  ".join(
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in [list(columns), *cells]
    ]


def _cell(value: Any) -> str:
    text = (
        "" if value is None else f"{value:.10g}" if isinstance(value, float) else " ".join(str(value).split())
    )
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
