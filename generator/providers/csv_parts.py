"""A csv folder as one provider among others: its chain, or its bars beside somebody else's chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator import calendar
from generator.errors import DataError
from generator.models.market import Part, Terms
from generator.providers.bars import bars_file, parse_bars
from generator.providers.base import Answer, Ask, Chain, Fetched, Options
from generator.providers.chains import chain_name, parse_chain
from generator.providers.context import context_part
from generator.providers.csv_folder import SETTINGS, CsvFolder
from generator.providers.files import Files, FolderFiles, KeptFiles, bare, raw_file, unpacked
from generator.providers.products import product

OWN = Terms(
    summary="the operator's own files", allows=frozenset({"store", "computed", "prices", "mail", "sell"})
)


class CsvParts:
    """Answers for parts from a folder laid out as `csv_folder` says."""

    name = "csv"
    printed = "csv folder"
    parts: tuple[Part, ...] = ("chain", "bars", "news", "rates", "dividends", "events")
    terms = OWN

    def __init__(self, argument: str, options: Options) -> None:
        self.folder = argument
        self.columns: dict[str, str] = dict(options.get("columns", {}))

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the files of the folder that answer for a part."""
        files = FolderFiles(Path(self._root()))
        if part == "chain":
            names = [self._chosen(files, ask)]
        elif part == "bars":
            names = [_bars(files, ask.symbol)]
        else:
            found = context_part(part, files, ask.symbol, ask.session, ask.when)
            names = [file.name for file in found.raw]
        kept = [raw_file(name, files.read(name)) for name in names]
        if self.columns and part == "chain":
            kept.append(raw_file(SETTINGS, json.dumps(self.columns, sort_keys=True).encode()))
        return Fetched(files=tuple(kept), item=", ".join(bare(name) for name in names))

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """Return what those files say."""
        if part == "chain":
            return Answer(chain=self._chain(ask, dict(files)))
        kept = KeptFiles(files)
        if part == "bars":
            name, data = _only(files, "bars")
            last = ask.session if ask.when >= calendar.session_close(ask.session) else None
            last = last or calendar.previous_session(ask.session)
            return Answer(bars=parse_bars(name, unpacked(name, data), last))
        found = context_part(part, kept, ask.symbol, ask.session, ask.when)
        return Answer(
            news=found.news,
            rates=found.rates,
            dividends=found.dividends,
            paid=found.paid,
            events=found.events,
            past_earnings=found.past_earnings,
            gaps=found.gaps,
        )

    def _root(self) -> str:
        if not self.folder:
            raise DataError("wanted a folder after csv:, found none: write csv:DIR")
        return self.folder

    def _chosen(self, files: Files, ask: Ask) -> str:
        """Return the chain file of the session once that closed, else the latest up to the instant."""
        folder = CsvFolder("", columns=self.columns, files=files)
        ended = ask.when >= calendar.session_close(ask.session)
        there = any(
            file.day == ask.session
            for name in files.names("chains")
            if (file := chain_name(name)) and file.symbol == ask.symbol
        )
        return folder.chosen(ask.symbol, ask.session if ended and there else ask.when).name

    def _chain(self, ask: Ask, files: dict[str, bytes]) -> Chain:
        """Read the one chain file."""
        columns = json.loads(files.pop(SETTINGS, b"{}"))
        name, data = _only(files, "chain")
        if (file := chain_name(name)) is None:
            raise DataError(f"wanted a chain file, found {name}")
        known = product(ask.symbol)
        capture = parse_chain(file, data, known, columns)
        close = calendar.session_close(capture.session)
        captured = close if capture.stamp.kind == "close" else capture.stamp.captured
        if captured is None:
            raise DataError(f"file {name}: wanted the time of quotes that are no session's close, found none")
        return Chain(
            captured=captured,
            spot=capture.spot,
            name=known.name,
            kind=known.kind,
            frame=capture.chain,
            rows_left_out={"expired": capture.expired} if capture.expired else {},
        )


def _bars(files: Files, symbol: str) -> str:
    """Return the bars file of a symbol; of an index, with the mark before its name or without."""
    names, bare_symbol = files.names("bars"), symbol.removeprefix("^")
    marked = any(name.startswith(f"bars/{symbol}_daily.csv") for name in names)
    return bars_file(names, symbol if marked else bare_symbol)


def _only(files: Mapping[str, bytes], part: str) -> tuple[str, bytes]:
    """Return the one file there must be."""
    if len(files) != 1:
        raise DataError(f"wanted one kept file of the {part}, found {len(files)}")
    return next(iter(files.items()))
