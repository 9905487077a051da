"""The archive: what briefs were made from, under its hash. `keep` writes it, `load` reads it again."""

from __future__ import annotations

from generator.archive.choosing import history, snapshot_at
from generator.archive.entries import REFUSED, captures, record_verdict
from generator.archive.found import record_readings
from generator.archive.mornings import capture_count, counts_on_file, morning_at
from generator.archive.mornings import made as made_morning
from generator.archive.printed import printed_from, printed_inputs, record
from generator.archive.snapshots import keep, keep_snapshot, load, load_snapshot, past_of

__all__ = [
    "REFUSED",
    "capture_count",
    "captures",
    "counts_on_file",
    "history",
    "keep",
    "keep_snapshot",
    "load",
    "load_snapshot",
    "made_morning",
    "morning_at",
    "past_of",
    "printed_from",
    "printed_inputs",
    "record",
    "record_readings",
    "record_verdict",
    "snapshot_at",
]
