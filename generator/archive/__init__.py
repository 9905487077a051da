"""The archive: what briefs were made from, under its hash. `keep` writes it, `load` reads it again."""

from __future__ import annotations

from generator.archive.snapshots import keep, load

__all__ = ["keep", "load"]
