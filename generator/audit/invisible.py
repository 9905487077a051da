"""Characters that take no room on a page: a text that holds one is not the text it seems to be."""

from __future__ import annotations

import re

#: soft hyphen, joiners, marks of direction, invisible operators, tags, private characters, controls
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_NEAR = 12


def invisible(text: str) -> str | None:
    """Return a message for the first character nobody sees, or None."""
    found = _INVISIBLE.search(text)
    if found is None:
        return None
    near = _INVISIBLE.sub("", text[max(found.start() - _NEAR, 0) : found.end() + _NEAR]).strip()
    return f"a character nobody sees, U+{ord(found[0]):04X}, stands near {near!r}"
