"""
What can go wrong, as a tree.

    BriefError                    exit 1
    ├── UsageError                exit 2    a malformed symbol, option or date
    ├── DataError                 exit 65   bad input data
    │   ├── SchemaError           exit 65   a frame breaks its schema: row and column
    │   └── RefusedSnapshotError       exit 65   the quality gate said no
    ├── ProviderError             exit 69   a source is down or lacks the symbol
    │   ├── NotThereError         exit 69   it answered that it has no such thing
    │   ├── RateLimitedError      exit 69   it asked us to come back later
    │   ├── UnavailableError      exit 69   it did not answer, or with a fault of its own
    │   ├── BadPayloadError       exit 69   it answered with something else than it documents
    │   └── DeniedError           exit 69   it wants a key, or another one
    ├── OutputError               exit 73   a file cannot be written
    ├── LockedError               exit 75   another run holds the lock
    ├── ConfigError               exit 78   settings, every problem at once
    ├── TextError                 exit 1    a template printed a number that is no fact
    └── AuditError                exit 1    a finished brief does not prove out

A message says what was wanted, what was found and what to do, in one line.
"""

from __future__ import annotations

from collections.abc import Sequence


class BriefError(Exception):
    """Anything this program reports as one line instead of a traceback."""

    exit_code = 1


class UsageError(BriefError):
    """The command was called wrongly."""

    exit_code = 2


class DataError(BriefError):
    """The input data cannot be used."""

    exit_code = 65


class SchemaError(DataError):
    """A chain or bar frame breaks its documented schema."""

    def __init__(self, frame: str, row: int | None, column: str, problem: str) -> None:
        self.frame = frame
        self.row = row
        self.column = column
        place = frame if row is None else f"{frame} row {row}"
        super().__init__(f"{place}, column {column}: {problem}")


class RefusedSnapshotError(DataError):
    """The quality gate refused a snapshot; no brief is written."""

    def __init__(self, symbol: str, reasons: Sequence[str]) -> None:
        self.symbol = symbol
        self.reasons = tuple(reasons)
        super().__init__(f"{symbol}: no brief, the data was refused: " + "; ".join(self.reasons))


class ProviderError(BriefError):
    """A data source failed, or has nothing for the symbol."""

    exit_code = 69


class NotThereError(ProviderError):
    """The source answered that it has no such symbol, expiration or page."""


class RateLimitedError(ProviderError):
    """The source asked us to come back later, and did so each time."""


class UnavailableError(ProviderError):
    """The source did not answer in time, or answered with a fault of its own."""


class BadPayloadError(ProviderError):
    """The source answered with something else than it documents."""


class DeniedError(ProviderError):
    """The source wants a key, or another one."""


class OutputError(BriefError):
    """A file or folder cannot be written."""

    exit_code = 73


class LockedError(BriefError):
    """Another run holds the lock."""

    exit_code = 75


class ConfigError(BriefError):
    """The settings are wrong; every problem is listed."""

    exit_code = 78

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("settings: " + "; ".join(self.problems))


class TextError(BriefError):
    """A template printed something that is neither a fact nor a name on the list."""


class AuditError(BriefError):
    """A finished brief failed its audit."""

    def __init__(self, where: str, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        more = "" if len(self.findings) <= 3 else f" (and {len(self.findings) - 3} more)"
        super().__init__(f"{where}: the audit failed: " + "; ".join(self.findings[:3]) + more)
