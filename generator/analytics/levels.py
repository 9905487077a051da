"""
The level registry: every price that matters, once, with its kind, method and look-back.

A zone is support only wholly below the price and resistance only wholly above it;
strikes with the most open interest are levels of a kind of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.analytics.bar_levels import (
    floor_pivots,
    overran_prior,
    prior_extremes,
    round_numbers,
    session_extremes,
    traded_through,
)
from generator.analytics.bar_rows import day_of, one_bar, span
from generator.analytics.ledger import Ledger
from generator.analytics.level_lines import LevelWriter, Origin
from generator.analytics.swing_zones import Pivot, Zone, nearest, without_overlaps, zones
from generator.models.analysis import ChainView, Contract, Fact, Level, Price, Technicals, Unit
from generator.models.market import Snapshot

LOOKBACKS = (30, 200)  #: bars searched for zones; where two overlap, the more recent search stands
ZONE_METHOD = "two or more swing turns within half an average range"


def levels(
    snapshot: Snapshot, ledger: Ledger, price: Price, technicals: Technicals, chain: ChainView
) -> tuple[Level, ...]:
    """Return the levels: zones nearest first, then prior extremes, the session, pivots and the rest."""
    write = LevelWriter.of(snapshot, ledger)
    found = tuple(_zones(write, price.spot, technicals.atr_14))
    return (
        *found,
        *prior_extremes(write, price.spot.number),
        *session_extremes(write, _overran(write, price.spot.number, found)),
        *floor_pivots(write),
        *round_numbers(write, price.spot),
        *_walls(write, chain),
        *_averages(write),
    )


def _overran(write: LevelWriter, spot: float, found: Sequence[Level]) -> set[str]:
    """Which ends of today's bar lie beyond a prior extreme or a zone that the price came back from."""
    if not write.complete:
        return set()
    overran = set()
    for column, kind in (("high", "resistance"), ("low", "support")):
        today = float(write.bars[column].iloc[-1])
        zones_ahead = [level for level in found if level.kind == kind]
        if any(level.low.number <= today <= level.high.number for level in zones_ahead):
            continue  # inside a zone it says nothing: the zone's far edge does
        far = [level.high.number if column == "high" else level.low.number for level in zones_ahead]
        beyond_zone = any(traded_through(write, column, edge, spot) for edge in far)
        if beyond_zone or overran_prior(write, column, spot):
            overran.add(column)
    return overran


def _zones(write: LevelWriter, spot: Fact, average_range: Fact | None) -> Iterator[Level]:
    """Yield up to two zones a side."""
    if average_range is None:
        return
    found = [zone for bars in LOOKBACKS for zone in zones(write.bars, bars, average_range.number)]
    below, above = nearest(without_overlaps(found), spot.number)
    for rank, zone in enumerate(below, 1):
        yield _zone(write, f"support.{rank}", zone)
    for rank, zone in enumerate(above, 1):
        yield _zone(write, f"resistance.{rank}", zone)


def _zone(write: LevelWriter, name: str, zone: Zone) -> Level:
    rows = span(write.bars, zone.touches[0], zone.touches[-1])
    first, last = (day_of(write.bars, zone.touches[end]) for end in (0, -1))
    write.day(f"{name}.since", first, Origin("swing.first_touch", rows))
    write.day(f"{name}.last", last, Origin("swing.last_touch", rows))
    touches = len(zone.touches)
    write.ledger.add(
        f"level.{name}.touches",
        touches,
        unit=Unit.COUNT,
        formula=f"swing.touches({zone.lookback})",
        rows=rows,
    )
    return Level(
        id=name,
        kind="support" if name.startswith("support") else "resistance",
        low=_edge(write, f"{name}.low", zone.pivots[0]),
        high=_edge(write, f"{name}.high", zone.pivots[-1]),
        method=ZONE_METHOD,
        lookback=zone.lookback,
        touches=touches,
        touch_date=last,
    )


def _edge(write: LevelWriter, name: str, pivot: Pivot) -> Fact:
    origin = Origin(f"=value({pivot.column})", one_bar(write.bars, pivot.position))
    return write.price(name, pivot.price, origin)


def _walls(write: LevelWriter, chain: ChainView) -> Iterator[Level]:
    """Yield the strike with the most open interest, a side and expiration; never called support."""
    calls = [chain.biggest_call, *(contract for board in chain.boards for contract in board.calls[:1])]
    puts = [chain.biggest_put, *(contract for board in chain.boards for contract in board.puts[:1])]
    seen = set()
    for contract in (*calls, *puts):
        if contract is None or (name := _wall_name(contract)) in seen:
            continue
        seen.add(name)
        yield write.line(
            name,
            "call open interest" if contract.right == "call" else "put open interest",
            contract.strike.number,
            Origin("=$1", of=(contract.strike,)),
            method="the strike with the most open interest on its side",
        )


def _wall_name(contract: Contract) -> str:
    morning = "am" if contract.settlement == "am" else ""
    return f"wall.{contract.right}.{contract.expiration.value}{morning}"


def _averages(write: LevelWriter) -> Iterator[Level]:
    """Yield the averages of closes as traded: what stands beside strikes is not dividend-adjusted."""
    closes = write.bars["close"].to_numpy()
    for sessions in (50, 200):
        if len(closes) >= sessions:
            yield write.line(
                f"average.{sessions}",
                "average",
                float(closes[-sessions:].mean()),
                Origin("=mean(close)", span(write.bars, -sessions)),
                method="simple moving average of closes",
                lookback=sessions,
            )
