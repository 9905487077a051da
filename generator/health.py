"""
Is everything here that a brief needs, and do its sources answer as they document?

Each check is a function that returns a line of what it found; a fault is raised as one of our
errors, whose line says what to do. `SOURCES_ASKED` are real requests, made only when wanted.
"""

from __future__ import annotations

import datetime as dt
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator import assets, calendar
from generator.errors import BadPayloadError, BriefError, DataError, OutputError, ProviderError
from generator.models.delivery import Sourcing
from generator.models.market import Part
from generator.providers.base import Answer, Ask
from generator.providers.chosen import name_of, provider_of
from generator.providers.known_fields import new_fields
from generator.providers.plan import plan
from generator.providers.volatility_index import asked_as
from generator.providers.words import clean, listing
from generator.renderers.faces import PAPER, SCREEN
from generator.renderers.pdf import PdfUnavailableError, PdfWorker

State = Literal["ok", "warn", "fail"]

#: bytes a year of briefs of one symbol takes, roughly
ROOM = 200_000_000
_PAGE = "<!doctype html><html lang=en><title>x</title><p>x</p>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one check found."""

    check: str
    state: State
    said: str
    exit_code: int = 0  #: of the error, when it failed


def installation(state: Path, out: Path) -> Iterator[Found]:
    """Yield what is found of the program's own files, its libraries, and the places it writes to."""
    checks: Mapping[str, Callable[[], str]] = {
        "templates and styles": _assets,
        "fonts": _fonts,
        "PDF": _pdf,
        "archive": _tables,
        "time zones": _zones,
        "state folder": lambda: _writable(state, private=True),
        "output folder": lambda: _writable(out, private=False),
        "disk": lambda: _room(state),
    }
    for name, check in checks.items():
        yield _tried(name, check)


def sources(symbol: str, spec: str | None, sourcing: Sourcing, when: dt.datetime) -> Iterator[Found]:
    """Yield how each source answers for each part it is asked for; one pass, in the settings' order."""
    asked = plan(spec, sourcing)
    session = calendar.session_on_or_before(when.date())
    ask = Ask(symbol=symbol, when=when, session=session, expirations=asked.expirations)
    if not asked.parts.get("chain"):
        yield Found(check="chain", state="warn", said="nobody is asked for one: set chain under [sources]")
    for part, specs in asked.parts.items():
        for one in specs:
            yield _answered(part, one, ask, asked)


def _tried(name: str, check: Callable[[], str]) -> Found:
    try:
        return Found(check=name, state="ok", said=check())
    except PdfUnavailableError as error:  # the other forms still come
        return Found(check=name, state="warn", said=str(error))
    except BriefError as error:
        return Found(check=name, state="fail", said=str(error), exit_code=error.exit_code)


def _assets() -> str:
    found = [path for name in ("templates", "static") for path in assets.folder(name).rglob("*.*")]
    return f"{len(found)} files in {assets.root()}"


def _fonts() -> str:
    faces = (*SCREEN, *PAPER)
    for face in faces:
        assets.asset(face.file)
    return f"{len(faces)} files"


def _pdf() -> str:
    with PdfWorker() as worker:
        return f"a page of {len(worker.render(_PAGE)):,} bytes"


def _tables() -> str:
    """Write a table as the archive does, and read it again."""
    import duckdb  # noqa: PLC0415  slow, and only asked for here

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "table.parquet"
        connection.execute(f"COPY (SELECT 42 AS answer) TO '{path}' (FORMAT parquet)")
        rows = connection.execute(f"SELECT answer FROM read_parquet('{path}')").fetchall()  # noqa: S608
    if rows != [(42,)]:
        raise BriefError(f"wanted a table as it was written, found {rows}: install duckdb again")
    return f"DuckDB {duckdb.__version__} writes and reads Parquet"


def _zones() -> str:
    try:
        summer = dt.datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("America/New_York")).utcoffset()
    except ZoneInfoNotFoundError as error:
        raise BriefError("wanted New York's time, found no time zone data: install tzdata") from error
    if summer != dt.timedelta(hours=-4):
        raise BriefError(f"wanted New York four hours behind in July, found {summer}: update tzdata")
    return "New York's clock is known"


def _writable(folder: Path, *, private: bool) -> str:
    """Write a file where the program will, in the nearest folder that is there."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=there):
            pass
    except OSError as error:
        raise OutputError(
            f"wanted to write into {there}: {error.strerror}; name another folder with --state or --out"
        ) from error
    if private and there == folder and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise OutputError(f"wanted {folder} for its owner only, found it open to others: chmod 700 it")
    return f"{folder} can be written"


def _room(folder: Path) -> str:
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    free = shutil.disk_usage(there).free
    if free < ROOM:
        raise OutputError(f"wanted {ROOM // 10**6} MB free at {there}, found {free // 10**6}: make room")
    return f"{free // 10**9} GB free"


def _answered(part: Part, spec: str, ask: Ask, sourcing: Sourcing) -> Found:
    """Ask one source for one part."""
    name = f"{part} from {name_of(spec)}"
    try:
        provider = provider_of(spec, None, sourcing.options.get(name_of(spec), {}))
        wanted = asked_as(part, ask)
        if wanted is None:
            return Found(check=name, state="warn", said=f"{ask.symbol} has none: name another symbol")
        fetched = provider.fetch(*wanted)
        files = {file.name: file.data for file in fetched.files}
        answer = provider.read(*wanted, files)
    except BadPayloadError as error:
        said = f"its answer is no longer as documented: {error}"
        return Found(check=name, state="fail", said=said, exit_code=error.exit_code)
    except (ProviderError, DataError) as error:
        return Found(check=name, state="fail", said=str(error), exit_code=error.exit_code)
    gaps = "; ".join([*(gap.reason for gap in answer.gaps), *_drift(provider.name, wanted[0], files)])
    told = _told(part, answer)
    if told is None:
        return Found(check=name, state="warn", said=gaps or "it answered, and has nothing")
    return Found(check=name, state="warn" if gaps else "ok", said="; ".join(filter(None, (told, gaps))))


def _drift(provider: str, part: Part, files: Mapping[str, bytes]) -> Iterator[str]:
    """Say which fields are new: nothing reads them yet, and they may replace some that are read."""
    if new := new_fields(provider, part, files):
        yield f"it has fields that were not there when its answers were recorded: {clean(listing(new))}"


def _told(part: Part, answer: Answer) -> str | None:
    """Return how much an answer holds and of when, None for nothing."""
    if answer.chain is not None:
        expirations = answer.chain.frame["expiration"].nunique()
        moment = f"{answer.chain.captured:%Y-%m-%d %H:%M}"
        return f"{len(answer.chain.frame):,} contracts in {expirations} expirations, as of {moment} New York"
    if answer.bars is not None:
        return f"{len(answer.bars):,} sessions up to {answer.bars['date'].iloc[-1]:%Y-%m-%d}"
    counts = {
        "news": len(answer.news),
        "rates": len(answer.rates),
        "dividends": len(answer.dividends),
        "events": len(answer.events),
        "open interest": len(answer.open_interest),
    }
    return f"{counts[part]:,} items" if counts.get(part) else None
