"""
Where options put the price at an expiration: risk-neutral probabilities of the levels told of.

Of a close beyond each level of the registry, by the expiration nearest to 30 days; beyond the
strikes of a roll; inside each straddle's range; and of a trade at a plan's trigger by its last day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.analytics.density import Distribution, distribution_of
from generator.analytics.evidence import Evidence
from generator.analytics.quoted_probability import quoted_probability
from generator.analytics.smile import Slice, Surface
from generator.analytics.term_structure import THIRTY_DAYS, shown
from generator.analytics.touches import touches
from generator.calendar import friday_week
from generator.formatting import shortest
from generator.models.analysis import (
    Contract,
    Ending,
    Endings,
    Fact,
    Idea,
    Level,
    LevelKind,
    Roll,
    TermPoint,
    Unit,
)

KINDS: frozenset[LevelKind] = frozenset(
    {"support", "resistance", "prior high", "prior low", "session high", "session low"}
)
SMALL = 10.0  #: percent, nearer to 0 or 100 than which a decimal is printed
UNSURE = 1.0  #: percent that quotes leave open either side, from which none is
REACH = 2.5  #: deviations from the price, within which a level is asked about
TAIL = 0.05  #: left out at either end of the range that is told


def endings(
    evidence: Evidence,
    surface: Surface,
    *,
    levels: Sequence[Level],
    terms: Sequence[TermPoint],
    roll: Roll | None,
    ideas: Sequence[Idea],
) -> Endings | None:
    """Return the probabilities, None where prices and quotes are not of one time or no smile is sure."""
    if (reason := evidence.barred.get("plans")) is not None:
        evidence.withhold("probability", reason)
        return None
    smiles = {smile.expiration.date: smile for smile in shown(surface)}
    month = min(
        (smile for smile in smiles.values() if smile.curve is not None),
        key=lambda smile: abs(smile.expiration.minutes - THIRTY_DAYS),
        default=None,
    )
    if month is None:
        evidence.withhold("probability", "no expiration has a smile to read it from")
        return None
    write = _Writer(evidence, surface, month)
    low, high = _range(write)
    return Endings(
        expiration=evidence.ledger.day(month.expiration.date),
        levels=dict(_levels(write, levels)),
        roll=tuple(_roll(evidence, surface, roll)),
        inside=dict(_inside(evidence, surface, smiles, terms)),
        low=low,
        high=high,
        touches=dict(touches(evidence, surface, smiles, ideas)),
    )


def _levels(write: _Writer, levels: Sequence[Level]) -> Iterator[tuple[str, Ending]]:
    """Yield by level within reach the probability of a close beyond its far edge."""
    spot, reach = write.evidence.spot.number, REACH * write.deviation
    for level in levels:
        if level.kind in KINDS and abs(math.log(level.value / spot)) <= reach:
            side: Literal["above", "below"] = "above" if level.low.number > spot else "below"
            edge = level.high if side == "above" else level.low
            if (found := write.ending(level.id, edge, side)) is not None:
                yield level.id, found


def _roll(evidence: Evidence, surface: Surface, roll: Roll | None) -> Iterator[Ending]:
    """Yield the probabilities of a close that puts each opened series in the money."""
    for contract in () if roll is None else roll.opened:
        smile = _smile_of(surface, contract)
        if smile is not None and smile.curve is not None:
            name = f"{contract.right}.{shortest(contract.strike.number).replace(',', '')}"
            side: Literal["above", "below"] = "above" if contract.right == "call" else "below"
            if (found := _Writer(evidence, surface, smile).ending(name, contract.strike, side)) is not None:
                yield found


def _smile_of(surface: Surface, contract: Contract) -> Slice | None:
    day = contract.expiration.value
    return surface.slice_of(day, contract.settlement) if isinstance(day, dt.date) else None


def _inside(
    evidence: Evidence, surface: Surface, smiles: Mapping[dt.date, Slice], terms: Sequence[TermPoint]
) -> Iterator[tuple[dt.date, Fact]]:
    """Yield by expiration the probability of a close inside the range that its straddle prices."""
    for term in _told(terms):
        smile = smiles.get(_day(term))
        if smile is None or term.lower is None or term.upper is None:
            continue
        above = [_above(smile, edge.number) for edge in (term.lower, term.upper)]
        if above[0] is not None and above[1] is not None:
            write = _Writer(evidence, surface, smile)
            share = above[0] - above[1]
            yield (
                smile.expiration.date,
                write.percent("inside_straddle", share, "between", (term.lower, term.upper)),
            )


def _day(term: TermPoint) -> dt.date:
    return dt.date.fromisoformat(str(term.expiration.value))


def _told(terms: Sequence[TermPoint]) -> list[TermPoint]:
    """Return the expirations whose straddle may be told of: the nearest, two weekly ones, the month's."""
    priced = [term for term in terms if term.straddle is not None]
    weekly = [term for term in priced if friday_week(_day(term))]
    month = sorted(priced, key=lambda term: abs(term.minutes.number - THIRTY_DAYS))
    wanted = [*priced[:1], *weekly[:2], *month[:1]]
    return [term for term in priced if term in wanted]


def _range(write: _Writer) -> tuple[Fact | None, Fact | None]:
    """The prices below and above which a twentieth of the distribution lies, withheld where not quoted."""
    found = None if write.smile.curve is None else distribution_of(write.smile.curve, write.smile.forward)
    if found is None:
        write.evidence.withhold(f"distribution.{write.key}", "its smile holds no density")
        return None, None
    write.mass(found)
    low, high = (write.quantile(found, share) for share in (TAIL, 1 - TAIL))
    return low, high


def _above(smile: Slice, level: float) -> float | None:
    """The probability of ending above *level*, None where the smile is not sure of its volatility there."""
    return None if smile.error(level) is None else smile.probability_above(level)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one expiration's probabilities down."""

    evidence: Evidence
    surface: Surface
    smile: Slice

    @property
    def key(self) -> str:
        return self.smile.expiration.key

    @property
    def deviation(self) -> float:
        """One standard deviation of ln(price), 0 where the forward has no volatility."""
        level = self.smile.volatility(self.smile.forward)
        return 0.0 if level is None else level * math.sqrt(self.smile.expiration.years)

    def ending(self, name: str, level: Fact, side: Literal["above", "below"]) -> Ending | None:
        above = _above(self.smile, level.number)
        if above is None:
            self.evidence.withhold(f"probability.{side}.{self.key}.{name}", "no sure volatility at the level")
            return None
        share = above if side == "above" else 1 - above
        fact = self.percent(side, share, side, (level,), error=self._error(level.number), name=f".{name}")
        day = self.evidence.ledger.day(self.smile.expiration.date)
        return Ending(expiration=day, level=level, side=side, probability=fact)

    def percent(
        self,
        kind: str,
        share: float,
        formula: str,
        of: tuple[Fact, ...],
        *,
        error: float = UNSURE,
        name: str = "",
    ) -> Fact:
        percent = 100 * share
        fine = error < UNSURE and not SMALL <= percent <= 100 - SMALL
        return self.evidence.ledger.add(
            f"probability.{kind}.{self.key}{name}",
            percent,
            unit=Unit.PERCENT,
            decimals=1 if fine else 0,
            formula=f"smile.probability_{formula}",
            rows=f"chain[{self.smile.expiration.terms}]",
            of=of,
        )

    def _error(self, level: float) -> float:
        """Percent either side that the quoted options around *level* leave open."""
        quoted = quoted_probability(self.surface, self.smile, level)
        return 100.0 if quoted is None else 50 * (quoted.high - quoted.low)

    def mass(self, found: Distribution) -> Fact:
        return self.evidence.ledger.add(
            f"distribution.mass.{self.key}",
            100 * found.mass,
            unit=Unit.PERCENT,
            decimals=1,
            formula="smile.mass_within_quotes",
            rows=f"chain[{self.smile.expiration.terms}]",
        )

    def quantile(self, found: Distribution, share: float) -> Fact | None:
        name = f"distribution.quantile_{100 * share:.0f}.{self.key}"
        if (level := found.quantile(share)) is None:
            self.evidence.withhold(name, "it lies beyond the quotes")
            return None
        return self.evidence.ledger.add(
            name,
            level,
            unit=self.evidence.unit,
            decimals=2,
            formula=f"smile.quantile({100 * share:.0f})",
            rows=f"chain[{self.smile.expiration.terms}]",
        )
