"""What a finished brief of the synthetic market is asked for; its fixtures stand in conftest."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

from generator.models.delivery import Request

SESSION = dt.date(2026, 5, 22)


def request(folder: Path, **changes) -> Request:
    wanted = Request(
        symbol="DEMO",
        source="synthetic:7",
        when=SESSION,
        formats=("html", "md"),
        out=folder / "output",
        state=folder / "state",
    )
    return dataclasses.replace(wanted, **changes)
