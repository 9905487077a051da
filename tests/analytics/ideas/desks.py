"""A desk on a small market, as the analysis sets one up."""

from __future__ import annotations

import dataclasses

from generator.analytics.chain_view import chain_view
from generator.analytics.evidence import gathered
from generator.analytics.held_levels import held_levels
from generator.analytics.ideas.scenario import Desk
from generator.analytics.ledger import Ledger
from generator.analytics.levels import levels
from generator.analytics.price import price
from generator.analytics.technicals import technicals
from generator.analytics.volatility import todays_surface, volatility
from generator.models.analysis import Choices, Fact, Place, Unit
from tests.builders import make_bars, make_chain, make_snapshot

RATE = 0.04
CHOICES = Choices(rate=RATE)
CHAIN = make_chain(volatility=0.4, rate=RATE, width=30)


def desk_on(seed=3, **changes):
    """A desk; *changes* are fields of the snapshot, or of the desk itself."""
    own = {name: changes.pop(name) for name in ("places", "held", "lean", "levels") if name in changes}
    changes.setdefault("bars", make_bars(300, seed, volatility=0.01))
    snapshot = make_snapshot(**{"chain": CHAIN, **changes})
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars}, snapshot.session)
    worth = price(snapshot, ledger)
    evidence = gathered(snapshot, (), ledger, worth.spot)
    surface, signals = todays_surface(evidence, CHOICES), technicals(snapshot, ledger, CHOICES)
    lines = levels(snapshot, ledger, worth, signals, chain_view(evidence))
    desk = Desk(
        snapshot=snapshot,
        ledger=ledger,
        levels=lines,
        volatility=volatility(evidence, surface),
        surface=surface,
        price=worth,
        technicals=signals,
        held=held_levels(snapshot, ledger, lines, worth.spot, signals.atr_14),
    )
    return dataclasses.replace(desk, **own)


def number(name, value, unit=Unit.COUNT):
    return Fact(id=name, value=value, unit=unit, decimals=0, formula="test")


def placed(percentile, sessions=150):
    """A figure's place among *sessions*; its percentile is None where they are too few."""
    fact = number("history.test", sessions, Unit.SESSIONS)
    return Place(
        value=fact,
        sessions=fact,
        since=fact,
        rank=fact,
        rank_from_low=fact,
        highest=False,
        lowest=False,
        complete=True,
        partial=False,
        older=False,
        percentile=None if percentile is None else number("history.test.percentile", percentile),
        year=None,
        times_usual=None,
    )
