"""
What the options price for a move: the straddle, a rule of thumb, one standard deviation.

Three different quantities. The straddle is the mean absolute move (about 0.8 of a
standard deviation, Brenner and Subrahmanyam, Financial Analysts Journal 44, 1988);
0.85 of it is a convention; spot * volatility * sqrt(years) is one standard deviation, and where
that is large, forward * exp(+-volatility * sqrt(years)) are its two ends, not equally far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.analytics.evidence import Evidence, PastBook
from generator.analytics.forwards import Pairs, Rate, forward_from, pairs_of
from generator.analytics.normal import MEAN_MOVE, cumulative, density
from generator.analytics.series import Expiration
from generator.calendar import expiry_instant, sessions_between
from generator.formatting import shortest
from generator.models.analysis import Fact, PastMove, Unit

LARGE = 10.0  #: percent of the price, from which one deviation has two ends
WIDEST_GAP = 0.06  #: of the forward, between the two strikes a straddle is read from
CHORD_STEPS = 3  #: of correcting the straight line; each is a tenth as large as the one before
PAST_SESSIONS = (4, 5)  #: how long ago the straddle that ends today was priced, first choice first


@dataclass(frozen=True, slots=True)
class Straddle:
    """The at-the-money straddle and the two strikes it was read from."""

    value: float
    low: float
    high: float

    def rows(self, expiration: Expiration, frame: str = "chain") -> str:
        """Return the selector of its quotes."""
        low, high = (shortest(strike).replace(",", "") for strike in (self.low, self.high))
        return f"{frame}[{expiration.terms} strike>={low} strike<={high}]"


def straddle_at(pairs: Pairs, forward: float) -> Straddle | None:
    """
    Return call plus put mids at *forward*, read from the two strikes around it.

    Straight between them, less what the straight line overstates: a straddle is worth least at the
    forward. None unless both strikes are quoted on both sides and stand close enough together.
    """
    above = int(np.searchsorted(pairs.strike, forward))
    if above < len(pairs) and pairs.strike[above] == forward:
        return Straddle(float(pairs.call[above] + pairs.put[above]), forward, forward)
    if above in (0, len(pairs)):
        return None
    low, high = (float(strike) for strike in pairs.strike[above - 1 : above + 1])
    if high - low > WIDEST_GAP * forward:
        return None
    below, over = (pairs.call + pairs.put)[above - 1 : above + 1]
    share = (forward - low) / (high - low)
    straight = float(below + share * (over - below))
    return Straddle(straight - _overstated(straight, forward - low, high - forward), low, high)


def _overstated(straight: float, below: float, above: float) -> float:
    """
    Return by how much a straight line between strikes *below* and *above* the forward is too high there.

    Of a normal price (Bachelier): a straddle x away from the forward is worth
    x (2 N(x/s) - 1) + 2 s n(x/s), at it s sqrt(2/pi); *straight* gives the first s.
    """
    excess = 0.0
    for _ in range(CHORD_STEPS):
        deviation = (straight - excess) / MEAN_MOVE
        low, high = (_normal_straddle(distance, deviation) for distance in (below, above))
        excess = (above * low + below * high) / (below + above) - MEAN_MOVE * deviation
    return excess


def _normal_straddle(distance: float, deviation: float) -> float:
    z = np.asarray(distance / deviation)
    return float(distance * (2 * cumulative(z) - 1) + 2 * deviation * density(z))


@dataclass(frozen=True, slots=True)
class Moves:
    """The facts of one expiration's expected move; each None where it cannot be had."""

    straddle: Fact | None
    straddle_percent: Fact | None
    straddle_85: Fact | None
    one_sigma: Fact | None
    one_sigma_percent: Fact | None
    upper: Fact | None
    lower: Fact | None
    one_sigma_upper: Fact | None
    one_sigma_lower: Fact | None


def expected_moves(
    evidence: Evidence,
    expiration: Expiration,
    forward: Fact,
    volatility: Fact | None,
    minutes: Fact,
) -> Moves:
    """Write one expiration's expected moves down."""
    write = _Writer(evidence, expiration.key)
    found = straddle_at(pairs_of(evidence.book, expiration), forward.number)
    straddle = None
    if found is None:
        evidence.withhold(
            f"expected_move.straddle.{expiration.key}", "no two-sided strikes close around the forward"
        )
    else:
        rows = found.rows(expiration)
        straddle = write.price("straddle", found.value, "straddle.at_forward", (forward,), rows)
    sigma = _one_sigma(write, volatility, minutes)
    spot = evidence.spot
    percent = write.percent("one_sigma_percent", sigma)
    ends = _ends(write, forward, volatility, minutes, percent)
    return Moves(
        straddle=straddle,
        straddle_percent=write.percent("straddle_percent", straddle),
        straddle_85=straddle and write.price("straddle_85", 0.85 * straddle.number, "=0.85*$1", (straddle,)),
        one_sigma=sigma,
        one_sigma_percent=percent,
        upper=straddle and write.price("upper", spot.number + straddle.number, "=$1+$2", (spot, straddle)),
        lower=straddle and write.price("lower", spot.number - straddle.number, "=$1-$2", (spot, straddle)),
        one_sigma_upper=ends[0],
        one_sigma_lower=ends[1],
    )


def _ends(
    write: _Writer, forward: Fact, volatility: Fact | None, minutes: Fact, percent: Fact | None
) -> tuple[Fact | None, Fact | None]:
    """The prices one deviation up and down, where that is a tenth of the price or more."""
    if volatility is None or percent is None or percent.number < LARGE:
        return None, None
    deviation = volatility.number / 100 * np.sqrt(minutes.number / 525_600)
    of = (forward, volatility, minutes)
    up, down = (float(forward.number * np.exp(sign * deviation)) for sign in (1, -1))
    return (
        write.price("one_sigma_upper", up, "=$1*exp($2/100*sqrt($3/525600))", of),
        write.price("one_sigma_lower", down, "=$1*exp(-$2/100*sqrt($3/525600))", of),
    )


def _one_sigma(write: _Writer, volatility: Fact | None, minutes: Fact) -> Fact | None:
    if volatility is None:
        return None
    spot = write.evidence.spot
    value = spot.number * volatility.number / 100 * np.sqrt(minutes.number / 525_600)
    return write.price("one_sigma", float(value), "=$1*$2/100*sqrt($3/525600)", (spot, volatility, minutes))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Names the facts of one expiration."""

    evidence: Evidence
    key: str

    def price(
        self, name: str, value: float, formula: str, of: tuple[Fact, ...], rows: str | None = None
    ) -> Fact:
        return self.evidence.ledger.add(
            f"expected_move.{name}.{self.key}",
            value,
            unit=self.evidence.unit,
            decimals=2,
            formula=formula,
            rows=rows,
            of=of,
        )

    def percent(self, name: str, part: Fact | None) -> Fact | None:
        if part is None:
            return None
        spot = self.evidence.spot
        return self.evidence.ledger.add(
            f"expected_move.{name}.{self.key}",
            100 * part.number / spot.number,
            unit=Unit.PERCENT,
            decimals=1,
            formula="=100*$1/$2",
            of=(part, spot),
        )


def past_move(evidence: Evidence, rate: Rate) -> PastMove | None:
    """
    Return what the expiration that ended today had priced four sessions ago (else five), and what came.

    None while the session runs, and where neither session is on file or quoted a straddle.
    """
    if evidence.snapshot.as_of < expiry_instant(evidence.session, "pm"):
        return None
    for count in PAST_SESSIONS:
        for past in evidence.past:
            if past.complete and len(sessions_between(past.session, evidence.session)) == count:
                found = _past_move(evidence, past, rate)
                if found is not None:
                    return found
    return None


def _past_move(evidence: Evidence, past: PastBook, rate: Rate) -> PastMove | None:
    wanted = (evidence.session, "pm")
    expiration = next((e for e in past.book.expirations if (e.date, e.settlement) == wanted), None)
    if expiration is None:
        return None
    pairs = pairs_of(past.book, expiration)
    forward = forward_from(pairs, rate.discount(expiration.years))
    found = None if forward is None else straddle_at(pairs, forward)
    if found is None:
        return None
    straddle = evidence.ledger.add(
        "past_move.straddle",
        found.value,
        unit=evidence.unit,
        decimals=2,
        formula="straddle.at_forward",
        rows=found.rows(expiration, past.frame),
        date=past.session,
    )
    return _against_straddle(evidence, past, straddle)


def _against_straddle(evidence: Evidence, past: PastBook, straddle: Fact) -> PastMove:
    ledger, spot, then = evidence.ledger, evidence.spot, _spot_then(evidence, past)
    moved = ledger.add(
        "past_move.moved",
        abs(spot.number - then.number),
        unit=evidence.unit,
        decimals=2,
        formula="=abs($1-$2)",
        of=(spot, then),
    )
    ratio = ledger.add(
        "past_move.ratio",
        moved.number / straddle.number,
        unit=Unit.RATIO,
        decimals=2,
        formula="=$1/$2",
        of=(moved, straddle),
    )
    return PastMove(since=ledger.day(past.session), straddle=straddle, moved=moved, ratio=ratio)


def _spot_then(evidence: Evidence, past: PastBook) -> Fact:
    """The earlier session's price: its bar's close where that is the spot on file."""
    bars = evidence.snapshot.bars
    rows = f"bars[date={past.session.isoformat()}]"
    closes = bars["close"].to_numpy()[evidence.ledger.select(rows)[1]]
    closed = len(closes) == 1 and closes[0] == past.spot
    return evidence.ledger.add(
        "past_move.spot",
        past.spot,
        unit=evidence.unit,
        decimals=2,
        formula="=value(close)" if closed else "quote.spot",
        rows=rows if closed else None,
        date=past.session,
    )
