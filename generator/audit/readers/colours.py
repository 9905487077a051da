"""Whether a colour can be told from the paper."""

from __future__ import annotations

_FAINT = 200  # of 255; black is 0
_WHITE = 240


def is_faint(red: int, green: int, blue: int) -> bool:
    """Return whether text of this colour can hardly be read on white, by ITU-R BT.601's luma."""
    return 0.299 * red + 0.587 * green + 0.114 * blue > _FAINT


def is_white(red: int, green: int, blue: int) -> bool:
    """Return whether an area of this colour passes for paper."""
    return min(red, green, blue) >= _WHITE
