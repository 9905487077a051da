"""Find the templates, styles and fonts, in a source tree or in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.errors import BriefError


@cache
def root() -> Path:
    """
    Return the folder that holds `templates/` and `static/`.

    A wheel carries them inside the package; an editable install has them beside it.
    """
    package = Path(__file__).resolve().parent
    packed = package / "_assets"
    return packed if packed.is_dir() else package.parent


def folder(name: str) -> Path:
    """
    Return the folder *name*, one of `templates` and `static`.

    Raises:
        BriefError: If there is none.
    """
    path = root() / name
    if not path.is_dir():
        raise BriefError(f"wanted strikebrief's own folder {name}/, found none at {path}: install it again")
    return path


def templates() -> Path:
    """
    Return the folder of the templates that ship with the program.

    Raises:
        BriefError: If there is none.
    """
    return folder("templates")


def static() -> Path:
    """
    Return the folder of the styles and fonts that ship with the program.

    Raises:
        BriefError: If there is none.
    """
    return folder("static")


def asset(name: str) -> Path:
    """
    Return the path of the file *name* under `static/`, such as `fonts/inter.woff2`.

    Raises:
        BriefError: If it is missing or lies outside; for a font the line says how to cut it.
    """
    place = static()
    path = (place / name).resolve()
    if not path.is_relative_to(place.resolve()):
        raise BriefError(f"wanted a file of {place}, found {name!r}: give a name without ..")
    if path.is_file():
        return path
    remedy = "run `make fonts`" if path.parent.name == "fonts" else "install strikebrief again"
    raise BriefError(f"wanted {name}, found no such file in {place}: {remedy}")
