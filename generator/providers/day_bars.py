"""Daily bars as vendors send them, up to the last session that is over."""

from __future__ import annotations

from typing import Any

import pandas as pd

from generator import calendar
from generator.errors import BadPayloadError, NotThereError, SchemaError
from generator.models.schema import validated_bars
from generator.providers.base import Ask

PRICES = ("open", "high", "low", "close")


def bar_frame(rows: list[dict[str, Any]], ask: Ask, what: str) -> pd.DataFrame:
    """
    Return validated bars up to the last session that is over at *ask.when*.

    Raises:
        NotThereError: If there is none; BadPayloadError if they contradict themselves.
    """
    last = ask.session
    if calendar.is_session(last) and ask.when < calendar.session_close(last):
        last = calendar.previous_session(last)
    over = sorted((row for row in rows if row["date"] <= last), key=lambda row: row["date"])
    if not over:
        raise NotThereError(f"{what}: wanted daily bars up to {last}, found none")
    frame = pd.DataFrame(over)
    frame["date"] = frame["date"].to_numpy(dtype="datetime64[s]")
    try:
        return validated_bars(frame)
    except SchemaError as error:
        raise BadPayloadError(f"{what}: {error}") from error
