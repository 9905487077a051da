"""
Which findings of a session's close are kept, so that later sessions can be placed among them.

Ids are the facts' own. Of what is found for each expiration, the nearest beyond today is
kept, under an id without a date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

from generator.analytics.priced_moves import SIGMA, STRADDLE, weekly
from generator.models.analysis import Fact

KEPT = (
    "spot",
    *(f"put_call.{what}.{scope}" for what in ("open_interest", "volume") for scope in ("all", "live")),
    *(
        f"put_call.{what}.{scope}.{side}"
        for what in ("open_interest", "volume")
        for scope in ("all", "live")
        for side in ("puts", "calls")
    ),
    *(f"put_call.{what}.sixty_days" for what in ("open_interest", "volume")),
    "volume.all",
    "volume.live",
    "volume.sixty_days",
    "volume.expiring_share",
    "volatility.constant_30",
    "volatility.skew_25",
    "volatility.constant_60",
    "volatility.constant_90",
    "volatility.realised_21",
    "volatility.realised_yang_zhang_21",
    "volatility.implied_to_realised",
    "volatility.variance_premium",
    "volatility.term_ratio",
    "chain.contracts",
    "chain.expirations",
    "chain.expirations.sixty_days",
    "price.change_percent",
    "gamma.gross",
    "gamma.net_share",
    "gamma.gross_share_of_volume",
)
#: The id's beginning of those kept for each bucket of series.
BUCKETS = "volume.bucket."
#: The id's beginning -> what its nearest expiration is kept as.
NEAREST = {
    "volatility.atm": "volatility.atm.nearest",
    "expected_move.straddle_percent": "expected_move.straddle_percent.nearest",
}
#: The id's beginning of what is priced to the nearest weekly expiration, kept under its date.
PRICED = (STRADDLE, SIGMA)
_DATED = re.compile(r"(?P<stem>.+)\.(?P<day>\d{4}-\d\d-\d\d)", re.ASCII)


def readings(facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """Return the facts to keep of one analysis, in the order of this module's list, then buckets."""
    kept = [facts[name] for name in KEPT if name in facts]
    kept += [fact for name, fact in facts.items() if name.startswith(BUCKETS)]
    for stem, name in NEAREST.items():
        if (nearest := _nearest(facts, stem)) is not None:
            kept.append(replace(nearest, id=name))
    kept += _priced(facts)
    return tuple(fact for fact in kept if isinstance(fact.value, (int, float)))


def _priced(facts: Mapping[str, Fact]) -> list[Fact]:
    """Return what is priced to the nearest weekly expiration, else to the nearest, where both are."""
    days = [_days(facts, stem) for stem in PRICED]
    day = weekly(set(days[0]) & set(days[1]))
    return [] if day is None else [facts[f"{stem}.{day.isoformat()}"] for stem in PRICED]


def _days(facts: Mapping[str, Fact], stem: str) -> list[dt.date]:
    matches = (match for name in facts if (match := _DATED.fullmatch(name)) and match["stem"] == stem)
    return [dt.date.fromisoformat(match["day"]) for match in matches]


def _nearest(facts: Mapping[str, Fact], stem: str) -> Fact | None:
    """Return the fact of the nearest expiration; today's own has none of these."""
    first = min(_days(facts, stem), default=None)
    return None if first is None else facts[f"{stem}.{first.isoformat()}"]
