"""
The "Download CSV" of Cboe's quote pages as a source: `cboe-csv:FILE`, plain or gzipped.

A chain only; the same delayed quotes as `cboe` gives, as somebody saved them from a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.errors import BadPayloadError, DataError, NotThereError
from generator.models.market import Part
from generator.providers.assembly import edition_of
from generator.providers.base import Answer, Ask, Chain, Fetched
from generator.providers.cboe import TERMS
from generator.providers.cboe_chain import DELAY, DELAY_PRINTED
from generator.providers.cboe_header import header_of
from generator.providers.cboe_series import chain_frame
from generator.providers.cboe_table import lines_of, listed_in
from generator.providers.files import FolderFiles, raw_file, unpacked
from generator.providers.products import product
from generator.providers.words import clean

FILE = "chain.csv"


class CboeCsv:
    """The chain of one downloaded file; no options."""

    name = "cboe-csv"
    printed = "Cboe quotes file"
    parts: tuple[Part, ...] = ("chain",)
    terms = TERMS

    def __init__(self, argument: str, options: Mapping[str, Any]) -> None:
        del options
        self._file = argument

    def fetch(self, part: Part, ask: Ask) -> Fetched:
        """Return the bytes of the file; it is kept under a name of ours."""
        del part, ask
        if not self._file:
            raise DataError("wanted a file after cboe-csv:, found none: write cboe-csv:FILE")
        path = Path(self._file)
        data = FolderFiles(path.parent).read(path.name)
        name = f"{FILE}.gz" if path.name.endswith(".gz") else FILE
        return Fetched(files=(raw_file(name, data),), item=clean(path.name))

    def read(self, part: Part, ask: Ask, files: Mapping[str, bytes]) -> Answer:
        """
        Return the chain that the bytes hold.

        Raises:
            BadPayloadError: If they are not such a file, or one of another symbol.
            NotThereError: If its quotes are later than wanted, or no series is left.
        """
        del part
        what = f"Cboe's quotes file of {ask.symbol}"
        lines, header_at = lines_of(_content(files, what), what)
        header = header_of(lines[:header_at], what)
        captured = header.written - DELAY
        if captured > ask.when:
            raise NotThereError(
                f"{what}: wanted quotes as of {ask.when:%Y-%m-%d %H:%M}, found those of "
                f"{captured:%Y-%m-%d %H:%M}"
            )
        known = product(ask.symbol)
        session, _, _ = edition_of(captured)
        listed = listed_in(lines, header_at, what)
        frame, left_out = chain_frame(listed, known, session, ask.expirations, what)
        chain = Chain(
            captured=captured,
            spot=header.last,
            name=known.name or header.name,
            kind=known.kind,
            frame=frame,
            rows_left_out=left_out,
        )
        return Answer(chain=chain, delay=DELAY_PRINTED)


def _content(files: Mapping[str, bytes], what: str) -> bytes:
    """Return the content of the one kept file."""
    name = next((name for name in (FILE, f"{FILE}.gz") if name in files), None)
    if name is None:
        raise BadPayloadError(f"{what}: wanted {FILE} among the kept files, found no such file")
    try:
        return unpacked(name, files[name])
    except DataError as error:
        raise BadPayloadError(f"{what}: {error}") from error
