"""The audit's own reading of row selectors: `chain[expiration=2026-05-29 right=put]`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")
_COMPARE: Mapping[str, Any] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_TERM = re.compile(r"(\w+)(!=|<=|>=|=|<|>)(.+)")


class Rows:
    """The frames behind a brief, and the rows a selector names. Masks are kept."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self.frames = frames
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        self._masks: dict[tuple[str, str], np.ndarray] = {}
        self._hashes: dict[str, np.ndarray] = {}
        self._kept: dict[str, Any] = {}

    def select(self, selector: str) -> tuple[str, np.ndarray]:
        """
        Return the frame's name and the positions of the selected rows.

        `ValueError` for a selector that cannot be read or names a frame or column that is not there.
        """
        name, bracket, terms = selector.partition("[")
        if not bracket or not terms.endswith("]"):
            raise ValueError(f"wanted a selector such as chain[right=put], found {selector!r}")
        if name not in self.frames:
            raise ValueError(f"wanted the frame {name}, found {', '.join(sorted(self.frames)) or 'none'}")
        mask = np.ones(len(self.frames[name]), dtype=bool)
        for term in terms[:-1].split():
            mask &= self._mask(name, term)
        return name, np.flatnonzero(mask)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what *make* gives, made on first use."""
        if name not in self._kept:
            self._kept[name] = make()
        kept: T = self._kept[name]
        return kept

    def column(self, name: str, column: str) -> np.ndarray:
        """Return a column of a frame as an array; texts as Python strings."""
        key = (name, column)
        if key not in self._columns:
            if column not in self.frames[name].columns:
                raise ValueError(f"frame {name} has no column {column!r}")
            series = self.frames[name][column]
            plain = series.dtype.kind in "fiubM"
            self._columns[key] = series.to_numpy() if plain else series.astype(object).to_numpy()
        return self._columns[key]

    def digest(self, name: str, positions: np.ndarray) -> str:
        """Return the fingerprint of the rows at *positions*, in frame order."""
        if name not in self._hashes:
            hashes = pd.util.hash_pandas_object(self.frames[name], index=False)
            self._hashes[name] = hashes.to_numpy()
        return hashlib.sha256(self._hashes[name][positions].tobytes()).hexdigest()[:16]

    def _mask(self, name: str, term: str) -> np.ndarray:
        if (name, term) not in self._masks:
            self._masks[name, term] = self._made(name, term)
        return self._masks[name, term]

    def _made(self, name: str, term: str) -> np.ndarray:
        found = _TERM.fullmatch(term)
        if found is None:
            raise ValueError(f"wanted a term such as strike>=270, found {term!r}")
        values = self.column(name, found[1])
        wanted: Any = found[3]
        if values.dtype.kind == "M":
            wanted = np.datetime64(wanted)
        elif values.dtype.kind == "b":
            wanted = {"true": True, "false": False}[wanted.lower()]
        elif values.dtype.kind in "fiu":
            wanted = float(wanted)
        return np.asarray(_COMPARE[found[2]](values, wanted), dtype=bool)
