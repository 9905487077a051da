"""The tables `[sources]`, `[sources.NAME]` and `[rights]`: what stands in them, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from generator.models.delivery import Sourcing
from generator.models.market import Part, Use
from generator.providers.chosen import PROVIDERS

Check = Callable[[Any], str | None]

#: as written in the settings -> the part
PARTS: Mapping[str, Part] = {part.replace(" ", "_"): part for part in get_args(Part)}
USES: tuple[Use, ...] = get_args(Use)
#: without which there is no brief
NEEDED = ("chain", "bars")
MOST_EXPIRATIONS = 100


#: whose argument is a file or a folder
OF_FILES = ("cboe-csv", "csv", "events", "occ", "yahoo-json")


def placed(base: Path, spec: str) -> str:
    """Return a spec whose file is named from the folder *base*."""
    name, colon, argument = spec.partition(":")
    return f"{name}:{base / argument}" if name in OF_FILES and argument else f"{name}{colon}{argument}"


def sourcing(base: Path, table: Mapping[str, Any]) -> Sourcing:
    """Return what a checked `[sources]` table says; files are read from the folder *base*."""
    parts = {
        PARTS[key]: tuple(placed(base, spec) for spec in _listed(value))
        for key, value in table.items()
        if key in PARTS
    }
    options = {name: _options(base, given) for name, given in table.items() if isinstance(given, dict)}
    return Sourcing(parts=parts, options=options, expirations=table.get("expirations"))


def source_problems(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (address, problem) for everything wrong in `[sources]`."""
    for key, value in table.items():
        address = f"sources.{key}"
        if isinstance(value, dict):
            yield from _provider_problems(address, key, value)
        elif key in PARTS:
            if problem := _specs(value, needed=key in NEEDED):
                yield address, problem
        elif key == "expirations":
            if problem := _whole(1, MOST_EXPIRATIONS)(value):
                yield address, problem
        else:
            yield address, f"no such setting; there are {', '.join((*PARTS, 'expirations'))}"


def confirmed_problems(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (address, problem) for everything wrong in `[rights.confirmed]`."""
    for name, uses in table.items():
        address = f"rights.confirmed.{name}"
        if problem := _provider_name(name):
            yield address, problem
        elif not isinstance(uses, list) or not uses or any(use not in USES for use in uses):
            yield address, f"wanted a list of {', '.join(USES)}, found {uses!r}"


def _provider_problems(address: str, name: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if problem := _provider_name(name):
        yield address, problem
        return
    for key, value in table.items():
        check = OPTIONS.get(key)
        if check is None:
            yield f"{address}.{key}", f"no such setting; there are {', '.join(OPTIONS)}"
        elif problem := check(value):
            yield f"{address}.{key}", problem


def _provider_name(name: str) -> str | None:
    if name in PROVIDERS or "." in name:
        return None
    return f"no such source; there are {', '.join(PROVIDERS)}"


def _specs(value: Any, *, needed: bool) -> str | None:
    """Check one spec or a list of them; an empty list asks nobody."""
    specs = _listed(value)
    if (needed and not specs) or not all(isinstance(spec, str) for spec in specs):
        return f"wanted a source or a list of sources, found {value!r}"
    names = [spec.partition(":")[0] for spec in specs]
    wrong = [name for name in names if name not in PROVIDERS and "." not in name]
    return f"no source called {wrong[0]!r}; there are {', '.join(PROVIDERS)}" if wrong else None


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _options(base: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a provider's table with its file named from the settings' folder."""
    return {key: str(base / value) if key == "ca_file" else value for key, value in given.items()}


def _whole(least: int, most: int) -> Check:
    def check(value: Any) -> str | None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole and least <= value <= most else f"wanted {least} to {most}, found {value!r}"

    return check


def _seconds(least: float, most: float) -> Check:
    def check(value: Any) -> str | None:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        good = number and least <= value <= most
        return None if good else f"wanted {least:g} to {most:g} seconds, found {value!r}"

    return check


def _address(value: Any) -> str | None:
    if isinstance(value, str) and "@" in value:
        return "wanted an https address without a password in it, found one with"
    if isinstance(value, str) and value.startswith("https://"):
        return None
    return f"wanted an https address, found {value!r}"


def _name_of_variable(value: Any) -> str | None:
    if isinstance(value, str) and value.isidentifier():
        return None
    return f"wanted the name of an environment variable that holds the key, found {value!r}"


def _file(value: Any) -> str | None:
    return None if isinstance(value, str) and value else f"wanted a file, found {value!r}"


def _yes_or_no(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"wanted true or false, found {value!r}"


OPTIONS: Mapping[str, Check] = {
    "base_url": _address,
    "ca_file": _file,
    "token_env": _name_of_variable,
    "spacing": _seconds(0, 60),
    "timeout": _seconds(1, 300),
    "retries": _whole(0, 5),
    "all_items": _yes_or_no,
}
