"""The fonts of the page as `@font-face` rules; where each lies is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable

#: family, style, file under `static/`; each file is variable from 400 to 700
FACES = (
    ("Inter", "normal", "fonts/inter.woff2"),
    ("Source Serif 4", "normal", "fonts/source-serif-4.woff2"),
    ("Source Serif 4", "italic", "fonts/source-serif-4-italic.woff2"),
)


def faces(place: Callable[[str], str], weight: str = "font-weight:400 700;") -> str:
    """
    Return the rules; *place* turns a file's name into its address.

    *weight* is left empty for WeasyPrint, which reads the weights from the file.
    """
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:{style};{weight}'
        f'src:url("{place(name)}") format("woff2")}}\n'
        for family, style, name in FACES
    )
