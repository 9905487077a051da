"""`strikebrief verify PATH...`."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.console import Console
from generator.cli.options import Command
from generator.errors import AuditError, BriefError


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def verify(console: Console, paths: tuple[Path, ...]) -> int:
    """
    Check finished briefs again; PATH is a brief's folder or its brief.json.

    The text is read back against its numbers, and the numbers are worked out again
    from the archived data. Each finding names its file and place; exit code 1.
    """
    from generator import verification

    config = console.config()
    state = console.archive_place(config)
    errors: list[BriefError] = []
    reports = []
    for path in paths:
        console.progress(f"checking {path}")
        try:
            verified = verification.verify(path, state, config.theme)
        except BriefError as error:
            errors.append(error)
            reports.append(_failure(console, path, error))
        else:
            reports.append(
                {"path": str(path), "findings": [], "facts": verified.facts, "notes": list(verified.notes)}
            )
            if not console.json:
                read = ", ".join(verified.documents)
                said = f"{verified.facts} facts, {verified.mentions} numbers in {read}"
                console.result("; ".join((f"ok: {path}: {said}", *verified.notes)))
    if console.json:
        console.document({"verified": reports})
    return max((error.exit_code for error in errors), default=0) if len(paths) == 1 else int(bool(errors))


def _failure(console: Console, path: Path, error: BriefError) -> dict[str, object]:
    """Show every finding, or the error that kept us from looking."""
    findings = list(error.findings) if isinstance(error, AuditError) else []
    for finding in findings if not console.json else ():
        console.result(f"{path}: {finding}")
    console.error(
        f"{path}: {len(findings)} finding{'s' if len(findings) > 1 else ''}" if findings else str(error)
    )
    return {"path": str(path), "findings": findings or [str(error)]}
