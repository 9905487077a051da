"""
The composition root: the one module that knows every stage.

    gather -> keep -> analyse -> narrate -> draw -> render -> audit -> write

`verify` goes the same way from the archived snapshot and looks at the files that stand there.
The stages are imported when a brief is built, after the PDF's process was started, so
that both import at the same time.
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import __version__, assets, config, folders, renderers
from generator.drawing import Artist, Here
from generator.errors import AuditError, ConfigError, DataError
from generator.models.brief import Brief, Document
from generator.models.delivery import Built, Request, Verified
from generator.renderers.pdf import PdfUnavailableError, PdfWorker

if TYPE_CHECKING:
    import jinja2

    from generator.models.analysis import Analysis, Choices
    from generator.models.market import History, Snapshot

Report = Callable[[str], None]
#: what a brief's folder may hold, in the order it is printed; anything else is somebody's own
OURS = ("brief.html", "brief.md", "brief.pdf", "charts", "brief.json", "manifest.json")


def silent(_line: str) -> None:
    """Report nothing."""


def build(
    request: Request,
    worker: PdfWorker | None = None,
    artist: Artist | None = None,
    report: Report = silent,
) -> Built:
    """
    Build one brief and say where it stands; nothing is written unless its audit passes.

    A running *worker* makes the PDF and an *artist* the charts; without them they are
    made by a process that lives as long as this call, and in this process.

    Raises:
        BriefError: Of the kind that failed; what stood there before still stands.
    """
    with _pdf_process(request, worker) as process, _no_collection():
        from generator import analytics, archive, providers

        report(f"{request.symbol}: gathering")
        snapshot, history = providers.gather(
            request.symbol, request.source, request.when, columns=request.columns
        )
        snapshot = dataclasses.replace(snapshot, name=request.name or snapshot.name)
        kept = archive.keep(request.state, snapshot, history)
        report(f"{request.symbol}: analysing")
        analysis = analytics.analyse(snapshot, history, request.choices)
        brief = compose(
            snapshot,
            analysis,
            kept,
            choices=request.choices,
            theme=request.theme,
            language=request.language,
            artist=artist or Here(),
        )
        report(f"{request.symbol}: rendering")
        with ThreadPoolExecutor(1) as aside:  # while the PDF's process works, this one analyses again
            rendering = aside.submit(_rendered, brief, request, process)
            second = _second_analysis(request.state, kept, request.choices)
            documents, notes = rendering.result()
        report(f"{request.symbol}: auditing")
        files = {document.path: document.data for document in documents}
        if findings := _audited(files, json.loads(files["brief.json"]), *second):
            raise AuditError(brief.id, findings)
        return _written(brief.id, request, files, notes)


def verify(path: Path, state: Path, theme: Path | None = None) -> Verified:
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
    snapshot, history, again = _second_analysis(state, kept, choices)
    findings = _audited(files, twin, snapshot, history, again)
    if twin["generator"]["version"] == __version__ and kept.get("templates") == templates(theme)[1]:
        brief = compose(
            snapshot, again, kept, choices=choices, theme=theme, language=twin["language"], artist=Here()
        )
        findings += _retold(twin, brief)
    if findings:
        raise AuditError(str(folder), findings)
    return Verified(
        id=twin["id"], facts=len(twin["facts"]), mentions=len(twin["mentions"]), documents=tuple(files)
    )


def compose(
    snapshot: Snapshot,
    analysis: Analysis,
    kept: Mapping[str, Any],
    *,
    choices: Choices,
    theme: Path | None,
    language: str,
    artist: Artist,
) -> Brief:
    """Return the brief: the article in words, its charts, and all that checks it."""
    drawable = artist.begin(analysis, language)
    from generator import narrative

    loader, digest = templates(theme)
    article = narrative.narrate(
        analysis,
        loader,
        charts=drawable,
        sources=snapshot.sources,
        synthetic=snapshot.synthetic,
        edition=snapshot.edition,
        language=language,
    )
    drawn = tuple(chart for chart in artist.finish() if chart.id in article.charts)
    facts = [*analysis.facts.values(), *article.facts, *(fact for chart in drawn for fact in chart.facts)]
    return Brief(
        id=f"{folder_of(snapshot)}/{snapshot.symbol}",
        symbol=snapshot.symbol,
        name=snapshot.name,
        session=snapshot.session,
        edition=snapshot.edition,
        tier="pro",
        as_of=snapshot.as_of,
        open_interest_date=snapshot.open_interest_date,
        spot=snapshot.spot,
        synthetic=snapshot.synthetic,
        article=article,
        charts=drawn,
        facts={fact.id: fact for fact in facts},
        levels=analysis.levels,
        ideas=analysis.ideas,
        quality=analysis.quality,
        gaps=analysis.gaps,
        sources=snapshot.sources,
        inputs={**kept, "definitions": dataclasses.asdict(choices), "templates": digest},
        generator=__version__,
    )


def folder_of(snapshot: Snapshot) -> str:
    """Return the session's folder: `2026-05-22`, for an instant during it `2026-05-22T1005`."""
    day = snapshot.session.isoformat()
    return day if snapshot.edition == "close" else f"{day}T{snapshot.as_of:%H%M}"


def templates(theme: Path | None) -> tuple[jinja2.BaseLoader, str]:
    """Return the loader of the templates, a theme's own before ours, and a hash of them all."""
    places = (assets.templates(),) if theme is None else (theme / "templates", assets.templates())
    loader = _loader(places)
    digest = hashlib.sha256()
    for name in loader.list_templates():
        source = next(place / name for place in places if (place / name).is_file())
        digest.update(f"{name}\0".encode() + hashlib.sha256(source.read_bytes()).digest())
    return loader, digest.hexdigest()


def _pdf_process(request: Request, worker: PdfWorker | None) -> AbstractContextManager[PdfWorker | None]:
    if "pdf" not in request.formats:
        return nullcontext()
    if worker is None:
        return PdfWorker()
    worker.start()
    return nullcontext(worker)


@cache
def _loader(places: tuple[Path, ...]) -> jinja2.BaseLoader:
    """Return the one loader of these folders: what is compiled once serves every brief."""
    import jinja2

    return jinja2.FileSystemLoader(places)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector from walking the same frames and trees again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _rendered(
    brief: Brief, request: Request, worker: PdfWorker | None
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Return the documents, brief.json always among them; without Pango all but the PDF, and a note."""
    wanted = dict.fromkeys((*request.formats, "json"))
    try:
        return renderers.render(brief, wanted, worker=worker, theme=request.theme), ()
    except PdfUnavailableError as error:
        if request.formats == ("pdf",):
            raise
        del wanted["pdf"]
        return renderers.render(brief, wanted, theme=request.theme), (str(error),)


def _second_analysis(
    state: Path, kept: Mapping[str, Any], choices: Choices
) -> tuple[Snapshot, History, Analysis]:
    """Return what the archive holds of these inputs, and what an analysis makes of it."""
    from generator import analytics, archive

    snapshot, history = archive.load(state, kept)
    return snapshot, history, analytics.analyse(snapshot, history, choices)


def _audited(
    files: Mapping[str, bytes], twin: Mapping[str, Any], snapshot: Snapshot, history: History, again: Analysis
) -> list[str]:
    """Return the findings about *files*, held against the archive's rows and the second analysis."""
    from generator import audit

    past = {f"chain@{past.session}": past.chain for past in history.chains}
    frames = {"chain": snapshot.chain, "bars": snapshot.bars, **past}
    return [str(finding) for finding in audit.audit(files, twin, frames, again.facts)]


def _written(name: str, request: Request, files: Mapping[str, bytes], notes: tuple[str, ...]) -> Built:
    folder = request.out / name
    paths = sorted(files, key=lambda path: (OURS.index(path.partition("/")[0]), path))
    folders.write(folder, [(path, files[path]) for path in paths], ours=OURS.__contains__)
    return Built(
        symbol=request.symbol, folder=folder, files=tuple(folder / path for path in paths), notes=notes
    )


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
        return dict(json.loads(files["brief.json"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise AuditError(str(folder), [f"brief.json: wanted a JSON object, found {error}"]) from error


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


def _retold(twin: Mapping[str, Any], brief: Brief) -> list[str]:
    """Return the parts of *twin* that differ from what is written of the archived data today."""
    (document,) = (each for each in renderers.render(brief, ["json"]) if each.path == "brief.json")
    fresh = json.loads(document.data)
    return [
        f"brief.json, {key}: differs from what the archived data and these templates give"
        for key in fresh
        if fresh[key] != twin[key]
    ]
