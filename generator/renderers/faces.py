"""The fonts as `@font-face` rules; where each file lies is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Face(NamedTuple):
    """A family's style and weight, and its file under `static/`."""

    family: str
    style: str
    weight: str
    file: str


SERIF = "Source Serif 4"
#: three files hold every weight
SCREEN = (
    Face("Inter", "normal", "400 700", "fonts/inter.woff2"),
    Face(SERIF, "normal", "400 700", "fonts/source-serif-4.woff2"),
    Face(SERIF, "italic", "400 700", "fonts/source-serif-4-italic.woff2"),
)
#: one file a weight: WeasyPrint would cut a variable font anew for every document
PAPER = (
    Face("Inter", "normal", "400", "fonts/Inter-Regular.ttf"),
    Face("Inter", "normal", "600", "fonts/Inter-SemiBold.ttf"),
    Face(SERIF, "normal", "400", "fonts/SourceSerif4-Regular.ttf"),
    Face(SERIF, "normal", "700", "fonts/SourceSerif4-Bold.ttf"),
    Face(SERIF, "italic", "400", "fonts/SourceSerif4-Italic.ttf"),
)


def rules(faces: Iterable[Face], place: Callable[[str], str]) -> str:
    """Return the rules of *faces*; *place* turns a file's name into its address."""
    return "".join(
        f'@font-face{{font-family:"{face.family}";font-style:{face.style};font-weight:{face.weight};'
        f'src:url("{place(face.file)}")}}\n'
        for face in faces
    )
