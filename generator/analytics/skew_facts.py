"""The skew and the fly as facts: each volatility with its strike's error bar, then their arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from generator.analytics.evidence import Evidence
from generator.analytics.skew import Wing, skew_25
from generator.analytics.slices import Slice
from generator.analytics.term_structure import decimals_of, why_none
from generator.models.analysis import Fact, Unit

METRIC = "volatility.skew_25"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewFacts:
    """One expiration's 25-delta figures; all None where they are withheld."""

    put: Fact | None = None  #: percent
    call: Fact | None = None
    steepness: Fact | None = None  #: points, put less call
    error: Fact | None = None  #: points
    fly: Fact | None = None  #: points
    expiration: Fact | None = None


NO_SKEW = SkewFacts()


def skew_facts(evidence: Evidence, smile: Slice) -> SkewFacts:
    """Write the skew of one expiration down; withheld where the smile does not settle it."""
    found = skew_25(smile, evidence.spot.number)
    if found is None:
        reason = "25 delta is not between two valid quotes on each side"
        evidence.withhold(METRIC, why_none(smile) if smile.curve is None else reason)
        return NO_SKEW
    strikes = (found.put.strike, found.call.strike, smile.forward)
    errors = [error for strike in strikes if (error := smile.error(strike)) is not None]
    if len(errors) < len(strikes):
        evidence.withhold(METRIC, "the smile is outside the spread of the quotes it is read between")
        return NO_SKEW
    return _written(evidence, smile, (found.put, found.call, Wing(smile.forward, found.middle)), errors)


def _written(
    evidence: Evidence, smile: Slice, wings: tuple[Wing, Wing, Wing], errors: list[float]
) -> SkewFacts:
    write = _Writer(evidence, smile)
    put, call, middle = (
        write.level(name, 100 * wing.volatility, 100 * error)
        for name, wing, error in zip(("put", "call", "middle"), wings, errors, strict=True)
    )
    both = 100 * math.hypot(errors[0], errors[1])
    return SkewFacts(
        put=put,
        call=call,
        steepness=write.points("skew_25", put.number - call.number, "=$1-$2", (put, call), both),
        error=write.error(both),
        fly=write.points(
            "fly_25",
            (put.number + call.number) / 2 - middle.number,
            "=($1+$2)/2-$3",
            (put, call, middle),
            math.hypot(both / 2, 100 * errors[2]),
        ),
        expiration=evidence.ledger.day(smile.expiration.date),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    evidence: Evidence
    smile: Slice

    @property
    def rows(self) -> str:
        return f"chain[{self.smile.expiration.terms}]"

    def level(self, name: str, value: float, error: float) -> Fact:
        """The volatility of one place of the smile, percent."""
        return self.evidence.ledger.add(
            f"volatility.{name}_25",
            value,
            unit=Unit.PERCENT,
            decimals=decimals_of(error),
            formula=f"smile.{name}_25_delta",
            rows=self.rows,
            of=(self.evidence.spot,),
        )

    def points(self, name: str, value: float, formula: str, of: tuple[Fact, ...], error: float) -> Fact:
        return self.evidence.ledger.add(
            f"volatility.{name}",
            value,
            unit=Unit.VOLATILITY_POINTS,
            decimals=decimals_of(error),
            formula=formula,
            of=of,
        )

    def error(self, value: float) -> Fact:
        return self.evidence.ledger.add(
            f"{METRIC}_error",
            value,
            unit=Unit.VOLATILITY_POINTS,
            decimals=1,
            formula="smile.error_at_25_delta",
            rows=self.rows,
            of=(self.evidence.spot,),
        )
