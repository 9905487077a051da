"""
Check a finished brief against the archive: the way of the pipeline again, to the files that stand there.

The audit reads the files as a reader does. In the same release, with the same templates and
libraries, the files are also made anew and compared whole, which shows what no reader sees.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from generator import __version__, assets, config, renderers
from generator.drawing import Here
from generator.errors import AuditError, ConfigError, DataError
from generator.models.analysis import Choices
from generator.models.brief import Brief
from generator.models.delivery import Verified
from generator.pipeline import OURS, audited, compose, second_analysis

#: parts of brief.json that follow from the data alone, whatever the words
DATA_KEYS = (
    *("symbol", "session", "edition", "as_of", "open_interest_date", "spot", "sources", "quality"),
    *("levels", "ideas", "gaps", "tier", "synthetic", "id", "schema_version"),
)
WIDTH = 60  #: characters of a line shown in a finding


@dataclass(frozen=True, slots=True)
class _Made:
    """What the archive gives today: the twin, and the files by path."""

    twin: Mapping[str, Any]
    files: Mapping[str, bytes]


def verify(path: Path, state: Path | str, theme: Path | None = None) -> Verified:
    """
    Check the finished brief at *path*, its folder or its brief.json, against the archive in *state*.

    Raises:
        AuditError: With every finding, each with its file and place.
        DataError: If there is no brief, or the archive does not hold its snapshot.
    """
    folder = path if path.is_dir() else path.parent
    files = _files_of(folder)
    twin = _twin_of(folder, files)
    if problems := _schema_problems(twin):
        raise AuditError(str(folder), problems)
    kept = {entry["name"]: entry["value"] for entry in twin["inputs"]}
    choices = _choices_of(folder, kept)
    snapshot, history, again = second_analysis(state, kept, choices)
    findings = [*_missing(folder), *audited(files, twin, snapshot, history, again)]
    brief = compose(
        snapshot,
        again,
        kept,
        choices=choices,
        theme=theme,
        language=twin["language"],
        show=_shown(folder, kept),
        artist=Here(),
    )
    notes, more = _retold(folder, files, twin, _made(brief, theme))
    if findings := [*findings, *more]:
        raise AuditError(str(folder), findings)
    return Verified(
        id=twin["id"],
        facts=len(twin["facts"]),
        mentions=len(twin["mentions"]),
        documents=tuple(files),
        notes=notes,
    )


def _shown(folder: Path, kept: Mapping[str, Any]) -> str:
    """Return whether quotes stand in the brief, as its inputs say."""
    if kept.get("show") not in ("prices", "computed"):
        raise DataError(f"{folder}: wanted prices or computed as the input show, found {kept.get('show')!r}")
    return str(kept["show"])


def _made(brief: Brief, theme: Path | None) -> _Made:
    documents = renderers.render(brief, ["html", "md", "json"], theme=theme)
    files = {document.path: document.data for document in documents}
    return _Made(json.loads(files.pop("brief.json")), files)


def _retold(
    folder: Path, files: Mapping[str, bytes], twin: Mapping[str, Any], made: _Made
) -> tuple[tuple[str, ...], list[str]]:
    """Return what could not be compared, and what differs from the brief as made today."""
    if reason := _not_comparable(twin, made.twin):
        return (f"the words were not made anew and compared: {reason}",), list(_data_differs(twin, made.twin))
    findings = [
        *_keys_differ(twin, made.twin),
        *_texts_differ(files, made.files),
        *_pictures_differ(folder, files, made.files),
    ]
    return (), findings


def _not_comparable(twin: Mapping[str, Any], fresh: Mapping[str, Any]) -> str | None:
    if twin["generator"]["version"] != __version__:
        return f"release {twin['generator']['version']} made them, this is {__version__}"
    theirs, ours = _inputs(twin), _inputs(fresh)
    for name in ("templates", "libraries"):
        if theirs.get(name) != ours[name]:
            return f"other {name} made them"
    return None


def _inputs(twin: Mapping[str, Any]) -> dict[str, Any]:
    return {entry["name"]: entry["value"] for entry in twin["inputs"]}


def _keys_differ(twin: Mapping[str, Any], fresh: Mapping[str, Any]) -> Iterator[str]:
    for key in fresh:
        if fresh[key] != twin[key]:
            yield f"brief.json, {key}: differs from what the archived data and these templates give"


def _data_differs(twin: Mapping[str, Any], fresh: Mapping[str, Any]) -> Iterator[str]:
    """Yield where *twin* says of the data what the data do not."""
    for key in DATA_KEYS:
        if fresh[key] != twin[key]:
            yield f"brief.json, {key}: differs from what the archived data give"
    known = {fact["id"]: fact for fact in fresh["facts"]}
    for fact in twin["facts"]:
        if fact["id"] in known and fact != known[fact["id"]]:
            yield f"brief.json, fact {fact['id']}: differs from what the archived data give"


def _texts_differ(files: Mapping[str, bytes], made: Mapping[str, bytes]) -> Iterator[str]:
    for name in ("brief.html", "brief.md"):
        if name in files and files[name] != made[name]:
            yield f"{name}, {_first_difference(files[name], made[name])}"


def _pictures_differ(folder: Path, files: Mapping[str, bytes], made: Mapping[str, bytes]) -> Iterator[str]:
    if "brief.md" not in files:
        return
    for name, data in made.items():
        if name.startswith("charts/"):
            place = folder / name
            if not place.is_file():
                yield f"{name}: missing"
            elif place.read_bytes() != data:
                yield f"{name}: another picture than the archived data give"


def _first_difference(found: bytes, wanted: bytes) -> str:
    """Return the first line of two texts that differs, and how."""
    theirs, ours = (text.decode("utf-8", "replace").split("\n") for text in (found, wanted))
    pairs = zip(theirs, ours, strict=False)
    number = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(theirs), len(ours)))
    there, here = (lines[number] if number < len(lines) else "" for lines in (theirs, ours))
    start = next((n for n, (a, b) in enumerate(zip(there, here, strict=False)) if a != b), 0)
    start = max(start - WIDTH // 2, 0)
    return (
        f"line {number + 1}: wanted {here[start : start + WIDTH]!r}, found {there[start : start + WIDTH]!r}"
    )


def _missing(folder: Path) -> Iterator[str]:
    """Yield the files that the manifest, where there is one, names and the folder lacks."""
    try:
        listed = json.loads((folder / "manifest.json").read_bytes())["files"]
        names = [str(entry["path"]) for entry in listed]
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError, OSError) as error:
        yield f"manifest.json: wanted a list of files, found {type(error).__name__}"
        return
    yield from (f"{name}: missing, the manifest names it" for name in names if not (folder / name).is_file())


def _files_of(folder: Path) -> dict[str, bytes]:
    """Return the finished files a reader sees, and the twin, by their path in *folder*."""
    names = [name for name in OURS if name.startswith("brief.") and (folder / name).is_file()]
    try:
        return {name: (folder / name).read_bytes() for name in names}
    except OSError as error:
        raise DataError(f"cannot read {error.filename}: {error.strerror}") from error


def _twin_of(folder: Path, files: Mapping[str, bytes]) -> dict[str, Any]:
    if "brief.json" not in files:
        raise DataError(
            f"wanted a brief's folder, found no brief.json in {folder}: name the folder of a brief"
        )
    try:
        twin = json.loads(files["brief.json"], parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise AuditError(str(folder), [f"brief.json: wanted JSON, found {error}"]) from error
    if not isinstance(twin, dict):
        raise AuditError(str(folder), [f"brief.json: wanted a JSON object, found {type(twin).__name__}"])
    return twin


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word}, which is no number")


def _schema_problems(twin: Mapping[str, Any]) -> list[str]:
    """Return where *twin* departs from the schema that ships with the program."""
    import jsonschema

    schema = json.loads(assets.asset("brief.schema.json").read_text("utf-8"))
    errors = jsonschema.Draft202012Validator(schema).iter_errors(twin)
    return [f"brief.json, {error.json_path}: {error.message[:200]}" for error in errors]


def _choices_of(folder: Path, kept: Mapping[str, Any]) -> Choices:
    try:
        return config.definitions(kept.get("definitions"))
    except ConfigError as error:
        problems = [f"brief.json, inputs: definitions: {problem}" for problem in error.problems]
        raise AuditError(str(folder), problems) from error
