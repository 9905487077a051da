"""What every renderer is handed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from generator.models.brief import Brief

if TYPE_CHECKING:
    from generator.renderers.pdf import PdfWorker


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A brief, its article as clean HTML, a running PDF worker if there is one.

    `theme` is a folder of the user's own `templates/` and `static/`; what it lacks is ours.
    """

    brief: Brief
    body: str = field(repr=False)
    worker: PdfWorker | None = None
    theme: Path | None = None
