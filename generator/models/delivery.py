"""What a build is asked for, and what it left behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from generator.models.analysis import Choices
from generator.models.market import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourcing:
    """Which providers are asked for which part of a snapshot, first to last, and what each must know."""

    parts: Mapping[Part, tuple[str, ...]] = field(default_factory=dict)  #: part -> specs: ("tradier", "cboe")
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)  #: keys among them
    expirations: int | None = None  #: the nearest so many; None: all
    refused: tuple[tuple[str, str], ...] = ()  #: source of a chain that the gate refused, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One brief to build."""

    symbol: str
    source: str | None  #: "csv:DIR", "yahoo", "archive"; None: as *sourcing* says
    when: dt.date | dt.datetime  #: a session, or an instant in New York time
    formats: tuple[str, ...]
    out: Path
    state: Path | str  #: the folder of the archive, or the archive's own address
    language: str = "en"
    tier: Literal["pro", "free"] = "pro"
    edition: str = "close"
    choices: Choices = field(default_factory=Choices)
    show: Literal["prices", "computed"] = "prices"  #: computed: no quote of an option is printed
    name: str | None = None  #: as printed; None: the source's own
    columns: Mapping[str, str] = field(default_factory=dict)  #: our column -> the user's, for csv
    sourcing: Sourcing = field(default_factory=Sourcing)  #: for parts that *source* does not answer for
    theme: Path | None = None  #: folder with templates/ and static/ of the user's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A finished brief on disk."""

    symbol: str
    folder: Path
    files: tuple[Path, ...]  #: for readers first, the machine twin and the manifest last
    notes: tuple[str, ...] = ()  #: what could not be made or read, and how to get it


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one of several builds ended: a brief, or a line of error with its exit code."""

    symbol: str
    built: Built | None = None
    error: str | None = None
    exit_code: int = 0
    trace: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A finished brief that proved out."""

    id: str
    facts: int
    mentions: int
    documents: tuple[str, ...]  #: the files that were read
    notes: tuple[str, ...] = ()  #: what could not be compared, and why
