"""Find what a name in a table stands for, importing it on first use."""

from __future__ import annotations

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

from generator.errors import ConfigError


def load(family: str, table: Mapping[str, str], name: str) -> Any:
    """
    Return the object *name* stands for; `package.module:Object` stands for itself.

    Raises:
        ConfigError: If the name is unknown or cannot be imported.
    """
    target = name if ":" in name else table.get(name)
    if target is None:
        raise ConfigError([f"no {family} called {name!r}; there are {', '.join(sorted(table))}"])
    try:
        return resolve_name(target)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError([f"{family} {name!r} cannot be imported: {error}"]) from error
