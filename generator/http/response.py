"""What a server answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A good answer (status 200)."""

    url: str  #: as asked, or as redirected to; without secrets, may be printed
    status: int
    headers: Mapping[str, str]  #: names in lower case
    body: bytes = field(repr=False)  #: unpacked
    date: dt.datetime | None  #: the server's own Date, aware
