"""
The composition root: the one module that knows every stage.

    gather -> keep -> analyse -> narrate -> draw -> render -> audit -> write

`verification.verify` goes the same way from the archived snapshot to the files that stand there.
The stages are imported when a brief is built, after the PDF's process was started, so
that both import at the same time.
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import __version__, assets, folders, renderers
from generator.drawing import Artist, Here
from generator.errors import AuditError
from generator.models.brief import Brief, Document
from generator.models.delivery import Built, Request
from generator.renderers.pdf import PdfUnavailableError, PdfWorker

if TYPE_CHECKING:
    import jinja2
    import pandas as pd

    from generator.intake import Analyse
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
        from generator import analytics, archive, intake
        from generator.analytics.readings import readings

        report(f"{request.symbol}: gathering")
        taken, analysis = intake.judged(request, _reporting(request, analytics.analyse, report))
        brief = compose(
            taken.snapshot,
            analysis,
            taken.kept,
            choices=taken.choices,
            theme=request.theme,
            language=request.language,
            show=taken.show,
            artist=artist or Here(),
        )
        report(f"{request.symbol}: rendering")
        with ThreadPoolExecutor(1) as aside:  # while the PDF's process works, this one analyses again
            rendering = aside.submit(_rendered, brief, request, process)
            second = second_analysis(request.state, taken.kept, taken.choices)
            documents, notes = rendering.result()
        report(f"{request.symbol}: auditing")
        files = {document.path: document.data for document in documents}
        if findings := audited(files, json.loads(files["brief.json"]), *second):
            raise AuditError(brief.id, findings)
        damaged = tuple(f"{gap.what}: {gap.reason}" for gap in taken.history.gaps)
        built = _written(brief.id, request, files, (*damaged, *notes))
        archive.record_readings(request.state, taken.snapshot, taken.kept, readings(analysis.facts))
        archive.record(request.state, files["brief.json"])
        return built


def _reporting(request: Request, analyse: Analyse, report: Report) -> Analyse:
    """Return the analysis, told as a stage of its own each time it begins."""

    def told(snapshot: Snapshot, history: History, choices: Choices) -> Analysis:
        report(f"{request.symbol}: analysing")
        return analyse(snapshot, history, choices)

    return told


def compose(
    snapshot: Snapshot,
    analysis: Analysis,
    kept: Mapping[str, Any],
    *,
    choices: Choices,
    theme: Path | None,
    language: str,
    show: str,
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
        quotes=show == "prices",
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
        inputs={
            **kept,
            "definitions": dataclasses.asdict(choices),
            "show": show,
            "templates": digest,
            "libraries": libraries(),
        },
        generator=__version__,
    )


@cache
def libraries() -> str:
    """Return the versions that decide a file's bytes: with others, the same facts in other bytes."""
    names = ("jinja2", "markdown", "matplotlib", "nh3", "numpy", "pandas", "pillow")
    told = [f"python {sys.version_info.major}.{sys.version_info.minor}"]
    return ", ".join(told + [f"{name} {version(name)}" for name in names])


def folder_of(snapshot: Snapshot) -> str:
    """Return the session's folder: `2026-05-22`; of an instant during it or a morning `2026-05-22T1005`."""
    if snapshot.open_interest_at is not None:
        return f"{snapshot.open_interest_at:%Y-%m-%dT%H%M}"
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


def second_analysis(
    state: Path | str, kept: Mapping[str, Any], choices: Choices
) -> tuple[Snapshot, History, Analysis]:
    """Return what the archive holds of these inputs, and what an analysis makes of it."""
    from generator import analytics, archive

    snapshot, history = archive.load(state, kept)
    return snapshot, history, analytics.analyse(snapshot, history, choices)


def audited(
    files: Mapping[str, bytes], twin: Mapping[str, Any], snapshot: Snapshot, history: History, again: Analysis
) -> list[str]:
    """Return the findings about *files*, held against the archive's rows and the second analysis."""
    from generator import audit

    frames = frames_behind(snapshot, history)
    return [str(finding) for finding in audit.audit(files, twin, frames, again.facts)]


def frames_behind(snapshot: Snapshot, history: History) -> dict[str, pd.DataFrame]:
    """Return the rows behind a brief, by the names selectors call them."""
    past = {f"chain@{past.session}": past.chain for past in history.chains}
    index = snapshot.volatility_index
    beside = {} if index is None else {f"bars@{index.symbol}": index.bars}
    return {"chain": snapshot.chain, "bars": snapshot.bars, **beside, **past}


def _written(name: str, request: Request, files: Mapping[str, bytes], notes: tuple[str, ...]) -> Built:
    folder = request.out / name
    paths = sorted(files, key=lambda path: (OURS.index(path.partition("/")[0]), path))
    folders.write(folder, [(path, files[path]) for path in paths], ours=OURS.__contains__)
    return Built(
        symbol=request.symbol, folder=folder, files=tuple(folder / path for path in paths), notes=notes
    )
