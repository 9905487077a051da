"""
Settings: `strikebrief.toml` read into frozen values, every problem listed at once.

A problem names its address and its line: `line 4: brief.formats: ...`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from generator.config.sources import confirmed_problems, placed, source_problems, sourcing
from generator.errors import ConfigError, UsageError
from generator.models.analysis import Choices
from generator.models.delivery import Sourcing
from generator.models.market import Use
from generator.providers import known
from generator.providers.base import checked_symbol as _checked_symbol
from generator.renderers import RENDERERS

FILE_NAME = "strikebrief.toml"
ARCHIVE = "archive"  #: the source that gives back what was kept
FORMATS = tuple(RENDERERS)
LANGUAGES = ("en",)
TIERS = ("pro",)

Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings, with the defaults of whatever the file leaves out."""

    path: Path | None = None
    symbols: tuple[str, ...] = ()
    source: str | None = None
    formats: tuple[str, ...] = ("html", "md", "pdf")
    out: Path = Path("output")
    language: str = "en"
    tier: str = "pro"
    choices: Choices = field(default_factory=Choices)
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    theme: Path | None = None
    sourcing: Sourcing = field(default_factory=Sourcing)
    show: Literal["prices", "computed"] = "prices"  #: whether quotes may stand in a brief
    confirmed: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)  #: source -> uses with a licence
    archive: str | None = None  #: an address that fsspec knows; None: in the state folder


def checked_symbol(text: str) -> str:
    """Return *text* in upper case; `UsageError` unless it is shaped like a symbol."""
    return _checked_symbol(text.upper() if text.isascii() else text)


def definitions(values: Any) -> Choices:
    """Return the choices that *values*, a table of definitions, makes; `ConfigError` with its problems."""
    if not isinstance(values, dict):
        raise ConfigError([f"wanted a table of definitions, found {values!r}"])
    given = {key: value for key, value in values.items() if (key, value) != ("rate", None)}
    problems = [f"{address}: {problem}" for address, problem in _table_problems("definitions", given)]
    if problems:
        raise ConfigError(problems)
    return Choices(**given)


def known_source(text: str) -> bool:
    """Tell whether *text* starts with a source that exists, or names somebody's own class."""
    name = text.partition(":")[0]
    return name in known() or name == ARCHIVE or "." in name


def find(explicit: Path | None, folder: Path, user_folder: Path) -> Path | None:
    """Return the settings file to read: *explicit*, else *folder*'s, else the user's, else None."""
    if explicit is not None:
        return explicit
    candidates = (folder / FILE_NAME, user_folder / FILE_NAME)
    return next((path for path in candidates if path.is_file()), None)


def read(path: Path | None) -> Config:
    """
    Return the settings of *path*, or the defaults for None.

    Raises:
        ConfigError: With every problem of the file.
    """
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
        problems = [_placed(text, address, problem) for address, problem in _problems(values)]
    except OSError as error:
        raise ConfigError([f"wanted the settings file {path}, found none: {error.strerror}"]) from error
    except ValueError as error:  # no TOML, no UTF-8, or a number of too many digits
        raise ConfigError([f"{path} is not TOML: {error}"]) from error
    except RecursionError as error:
        raise ConfigError([f"{path}: wanted tables and lists, found them nested too deep to read"]) from error
    if problems:
        raise ConfigError(problems)
    settings = _settings(path, values)
    if settings.theme is not None and not settings.theme.is_dir():
        problem = f"wanted a folder, found none at {settings.theme}: run init --theme"
        raise ConfigError([_placed(text, "theme.folder", problem)])
    return settings


def _settings(path: Path, values: Mapping[str, Any]) -> Config:
    brief, chosen = values.get("brief", {}), values.get("definitions", {})
    symbols, theme = values.get("symbols", {}), values.get("theme", {})
    base, rights = path.parent, values.get("rights", {})
    kept = {key: brief[key] for key in ("language", "tier") if key in brief}
    return Config(
        path=path,
        symbols=tuple(dict.fromkeys(checked_symbol(name) for name in brief.get("symbols", ()))),
        source=placed(base, brief["source"]) if "source" in brief else None,
        formats=tuple(dict.fromkeys(brief.get("formats", Config().formats))),
        out=base / brief.get("out", "output"),
        choices=Choices(**chosen),
        columns=values.get("csv", {}).get("columns", {}),
        names={checked_symbol(key): entry["name"] for key, entry in symbols.items() if "name" in entry},
        theme=base / theme["folder"] if "folder" in theme else None,
        sourcing=sourcing(base, values.get("sources", {})),
        archive=values.get("archive", {}).get("url"),
        show=rights.get("show", "prices"),
        confirmed={name: tuple(uses) for name, uses in rights.get("confirmed", {}).items()},
        **kept,
    )


def _text(value: Any) -> str | None:
    if isinstance(value, str) and value.strip():
        return None
    return f"wanted a text, found {value!r}"


def _one_of(*names: str) -> Check:
    def check(value: Any) -> str | None:
        return None if value in names else f"wanted {' or '.join(names)}, found {value!r}"

    return check


def _list_of(check: Check) -> Check:
    def check_list(value: Any) -> str | None:
        if not isinstance(value, list):
            return f"wanted a list, found {value!r}"
        return next((problem for item in value if (problem := check(item))), None)

    return check_list


def _symbol(value: Any) -> str | None:
    try:
        checked_symbol(value if isinstance(value, str) else "")
    except UsageError:
        return f"wanted a symbol such as IWM or BRK.B, found {value!r}"
    return None


def _source(value: Any) -> str | None:
    if isinstance(value, str) and known_source(value):
        return None
    return f"wanted a source among {', '.join((ARCHIVE, *known()))}, found {value!r}"


def _formats(value: Any) -> str | None:
    return _list_of(_one_of(*FORMATS))(value) if value else f"wanted one of {', '.join(FORMATS)}, found none"


def _rate(value: Any) -> str | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and -0.05 <= value <= 0.5:
        return None
    return f"wanted a yearly rate as a fraction such as 0.0365, found {value!r}"


def _url(value: Any) -> str | None:
    wanted = "wanted an address such as s3://bucket/archive"
    if not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9+.-]*://.+", value, re.ASCII) is None:
        return f"{wanted}, found {value!r}"
    scheme, _, rest = value.partition("://")
    login, at, _ = rest.partition("/")[0].rpartition("@")
    if at and ":" in login:
        return f"{wanted} without a password in it, found one with"
    if scheme in ("http", "https"):
        return f"{wanted} that can be written to, found {scheme}"
    import fsspec  # noqa: PLC0415  an archive on this machine needs none

    known = scheme in fsspec.available_protocols()
    return None if known else f"{wanted} of a protocol that fsspec knows, found {scheme}"


#: table -> key -> check; "*" stands for any name
TABLES: Mapping[str, Mapping[str, Check]] = {
    "brief": {
        "symbols": _list_of(_symbol),
        "source": _source,
        "formats": _formats,
        "out": _text,
        "language": _one_of(*LANGUAGES),
        "tier": _one_of(*TIERS),
    },
    "definitions": {
        "rsi": _one_of("wilder", "cutler"),
        "bollinger": _one_of("population", "sample"),
        "rate": _rate,
    },
    "csv.columns": {"*": _text},
    "symbols.*": {"name": _text},
    "theme": {"folder": _text},
    "archive": {"url": _url},
    "sources": {},  # `sources.source_problems` looks after it
    "rights": {"show": _one_of("prices", "computed")},
}

Problems = Iterable[tuple[str, str]]


def _problems(values: Mapping[str, Any]) -> Problems:
    """Yield (address, problem) for everything wrong in the file."""
    tops = tuple(dict.fromkeys(name.partition(".")[0] for name in TABLES))
    for top, content in values.items():
        if top not in tops:
            yield top, f"no such table{_did_you_mean(top, tops)}"
        elif not isinstance(content, dict):
            yield top, f"wanted a table [{top}], found {content!r}"
        elif top == "sources":
            yield from source_problems(content)
        elif top == "rights":
            yield from _rights_problems(content)
        elif top in TABLES:
            yield from _table_problems(top, content)
        else:
            yield from _nested_problems(top, content)


def _rights_problems(content: Mapping[str, Any]) -> Problems:
    confirmed = content.get("confirmed", {})
    if isinstance(confirmed, dict):
        yield from confirmed_problems(confirmed)
    else:
        yield "rights.confirmed", f"wanted a table [rights.confirmed], found {confirmed!r}"
    yield from _table_problems("rights", {key: value for key, value in content.items() if key != "confirmed"})


def _nested_problems(top: str, content: Mapping[str, Any]) -> Problems:
    (name,) = (name.partition(".")[2] for name in TABLES if name.startswith(f"{top}."))
    for key, entries in content.items():
        address = f"{top}.{key}"
        if name not in ("*", key):
            yield address, f"no such table{_did_you_mean(key, (name,))}"
        elif not isinstance(entries, dict):
            yield address, f"wanted a table [{address}], found {entries!r}"
        elif top == "symbols" and (problem := _symbol(key)):
            yield address, problem
        else:
            yield from _table_problems(address, entries, f"{top}.{name}")


def _table_problems(address: str, content: Mapping[str, Any], table: str | None = None) -> Problems:
    checks = TABLES[table or address]
    for key, value in content.items():
        check = checks.get(key, checks.get("*"))
        if check is None:
            yield f"{address}.{key}", f"no such setting{_did_you_mean(key, tuple(checks))}"
        elif problem := check(value):
            yield f"{address}.{key}", problem


def _did_you_mean(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _placed(text: str, address: str, problem: str) -> str:
    """Return the problem with its address, and its line where the text shows one."""
    line = _line_of(text, address)
    return f"{address}: {problem}" if line is None else f"line {line}: {address}: {problem}"


def _line_of(text: str, address: str) -> int | None:
    table = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if header := re.fullmatch(r"\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?", line):
            table = re.sub(r"\s*\.\s*|[\"']", lambda found: "." if "." in found[0] else "", header[1])
            if table == address or table.startswith(f"{address}."):
                return number
        elif key := re.match(r"([\w.\"'-]+)\s*=", line):
            name = key[1].strip("\"'")
            if (f"{table}.{name}" if table else name) == address:
                return number
    return None
