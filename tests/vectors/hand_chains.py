"""Totals, ratios, max pain, walls, exposure and straddles of chains small enough to work by hand."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

import numpy as np

from generator import calendar
from generator.analytics import put_call
from generator.analytics.boards import board, outside
from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence
from generator.analytics.expected_move import expected_moves
from generator.analytics.gamma import by_strike, exposures, net
from generator.analytics.max_pain import FEWEST_CONTRACTS, max_pain, payouts
from generator.analytics.series import Expiration
from generator.models.analysis import Board, Contract, Fact
from generator.models.market import History
from tests.analytics.evidence import make_evidence
from tests.builders import SESSION, chain_of, chain_row, make_past
from tests.vectors.rows import Check, Row, near, same
from tests.vectors.tables import Record, Stated, Table, each, fields

FIELDS = fields(
    "S days_to_expiry chain previous_oi",
    "",
    id="its name",
    note="what the row is",
    expected=fields(
        "atm_strike unusual_rule",
        "call_oi put_oi pc_oi call_vol put_vol pc_vol max_pain_table max_pain_minimisers max_pain "
        "top_otm_calls top_otm_puts gex_table gex_total_usd_per_1pct gex_peak_abs_strike atm_straddle_mid "
        "expected_move_straddle expected_move_straddle_085 expected_move_pct unusual oi_change",
        oi_notional_call_usd="the brief prints no notional",
        oi_notional_put_usd="the brief prints no notional",
    ),
    chain=fields("strike call put", ""),
)
RIGHTS = {"C": "call", "P": "put"}
MULTIPLIER = 100
RULE = re.compile(r"vol>=([0-9.]+)")
MANY = 3  #: a list as long may have been cut


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows."""
    return each(table, _check, lambda row: row["id"])


def _check(row: Record, stated: Stated) -> Iterator[Check]:
    evidence = _evidence(row)
    wanted = row["expected"]
    ratio, dollars = {"relative": stated("ratios #")}, {"relative": stated("dollars rel #")}
    volume = put_call.ratio(evidence, "volume", "all")
    interest = put_call.ratio(evidence, "open_interest", "all")
    for name, found in (("oi", interest), ("vol", volume)):
        yield same(f"call_{name}", found.calls.value, wanted[f"call_{name}"])
        yield same(f"put_{name}", found.puts.value, wanted[f"put_{name}"])
        yield near(f"pc_{name}", found.ratio and found.ratio.number, wanted[f"pc_{name}"], **ratio)
    writer = ContractWriter(evidence, volume.calls)
    yield from _exposure(row, wanted, dollars)
    yield from _unusual(evidence, writer, wanted, ratio)
    yield from _changes(evidence, writer, wanted)
    for expiration in evidence.book.expirations:
        yield from _board(board(evidence, writer, expiration), row["S"], wanted)
        yield from _walls(evidence, expiration, wanted)
        yield from _straddle(evidence, expiration, wanted, ratio)


def _evidence(row: Record) -> Evidence:
    expiration = SESSION + dt.timedelta(days=row["days_to_expiry"])
    series = [
        chain_row(
            line["strike"],
            right,
            expiration,
            volume=line[right]["vol"],
            open_interest=line[right]["oi"],
            bid=line[right]["bid"],
            ask=line[right]["ask"],
        )
        for line in row["chain"]
        for right in RIGHTS.values()
    ]
    chain = chain_of(*series or [chain_row()]).iloc[: len(series)]
    return make_evidence(_history(row, expiration), chain=chain, spot=row["S"])


def _history(row: Record, expiration: dt.date) -> History | None:
    """The session before, with the series that were counted then."""
    if row["previous_oi"] is None:
        return None
    series = [
        chain_row(float(strike), RIGHTS[side], expiration, open_interest=count)
        for side, counts in row["previous_oi"].items()
        for strike, count in counts.items()
    ]
    chain = chain_of(*series or [chain_row()]).iloc[: len(series)]
    before = make_past(calendar.previous_session(SESSION), spot=row["S"], chain=chain)
    return History(chains=(before,))


def _board(found: Board, spot: float, wanted: Record) -> Iterator[Check]:
    """What each settlement pays out; max pain is withheld where it would mislead."""
    strikes, calls, puts = (np.array(values) for values in zip(*found.strikes, strict=True))
    paid = payouts(strikes, calls, puts)
    columns = {
        "settle": strikes,
        "calls": payouts(strikes, calls, 0 * puts),
        "puts": payouts(strikes, 0 * calls, puts),
        "total_points": paid,
        "total_usd": MULTIPLIER * paid,
    }
    for name, values in columns.items():
        listed = [line[name] for line in wanted["max_pain_table"]]
        yield same(f"max_pain_table {name}", values.tolist(), listed)
    yield same("max_pain_minimisers", strikes[paid == paid.min()].tolist(), wanted["max_pain_minimisers"])
    least = max_pain(strikes, calls, puts, spot)
    yield same("max_pain", least, wanted["max_pain"])
    misleads = least in (strikes.min(), strikes.max()) or calls.sum() + puts.sum() < FEWEST_CONTRACTS
    printed = None if misleads else wanted["max_pain"]
    yield near("max_pain printed", found.max_pain and found.max_pain.number, printed)


def _walls(evidence: Evidence, expiration: Expiration, wanted: Record) -> Iterator[Check]:
    book, spot = evidence.book, evidence.spot.number
    for field, right in (("top_otm_calls", "call"), ("top_otm_puts", "put")):
        ranked = outside(book, expiration, right, spot)
        found = [{"strike": book.strike[at], "oi": book.open_interest[at]} for at in ranked]
        listed = wanted[field]
        yield same(field, found[: len(listed)] if len(listed) >= MANY else found, listed)


def _exposure(row: Record, wanted: Record, close: dict[str, float]) -> Iterator[Check]:
    series = [(line["strike"], right, line[right]) for line in row["chain"] for right in RIGHTS.values()]
    call = np.array([right == "call" for _, right, _ in series], dtype=bool)
    gamma, interest = (np.array([side[name] for *_, side in series], dtype=float) for name in ("gamma", "oi"))
    each_series = exposures(gamma, interest, row["S"])
    found = by_strike(np.array([strike for strike, *_ in series], dtype=float), each_series, call)
    largest = {"absolute": 1e-12 * float(np.max(np.abs(each_series), initial=0.0))}
    for name, values in (("call", found.calls), ("put", -found.puts), ("net", found.net)):
        for value, line in itertools.zip_longest(values, wanted["gex_table"]):
            yield near(f"gex_table {name}", value, line and line[name], **close, **largest)
    field = "gex_total_usd_per_1pct"
    yield near(field, net(each_series, call), wanted[field], **close, **largest)
    peak = found.largest_net if len(found.strike) else None
    yield same("gex_peak_abs_strike", peak, wanted["gex_peak_abs_strike"])


def _straddle(
    evidence: Evidence, expiration: Expiration, wanted: Record, close: dict[str, float]
) -> Iterator[Check]:
    """The straddle at the strike the table takes; the brief's stands at the forward."""
    ledger = evidence.ledger
    at = ledger.add("forward", wanted["atm_strike"], unit=evidence.unit, decimals=2, formula="source")
    minutes = ledger.add("minutes", expiration.minutes, unit=evidence.unit, formula="source")
    moves = expected_moves(evidence, expiration, at, None, minutes)
    for field, fact in (
        ("atm_straddle_mid", moves.straddle),
        ("expected_move_straddle", moves.straddle),
        ("expected_move_straddle_085", moves.straddle_85),
        ("expected_move_pct", moves.straddle_percent),
    ):
        yield near(field, fact and fact.number, wanted[field], **close)


def _unusual(
    evidence: Evidence, writer: ContractWriter, wanted: Record, close: dict[str, float]
) -> Iterator[Check]:
    """The series that the table's rule picks, by volume against open interest; the brief ranks instead."""
    least, times = (float(number) for number in RULE.findall(wanted["unusual_rule"]))
    found = {}
    for row in range(len(evidence.book)):
        item = writer.contract(row)
        volume, interest = item.volume, item.open_interest
        if volume and interest and volume.number >= max(least, times * interest.number):
            found[_key(item)] = item, MULTIPLIER * volume.number * evidence.book.mid[row]
    listed = {(line["type"], line["strike"]): line for line in wanted["unusual"]}
    yield same("unusual", sorted(found), sorted(listed))
    for key in found.keys() & listed.keys():
        (item, premium), line = found[key], listed[key]
        yield same("unusual", [_value(item.volume), _value(item.open_interest)], [line["vol"], line["oi"]])
        yield near("unusual ratio", _value(item.volume_to_open_interest), line["ratio"], **close)
        field = "premium_traded_usd_at_mid"
        yield near(f"unusual {field}", premium, line[field], **close)


def _changes(evidence: Evidence, writer: ContractWriter, wanted: Record) -> Iterator[Check]:
    """Open interest then, now and between, by series; of one that is new neither before nor between."""
    series = {_key(item): item for item in map(writer.contract, range(len(evidence.book)))}
    for line in wanted.get("oi_change", ()):
        item = series[line["type"], line["strike"]]
        now, before = item.open_interest, item.previous_open_interest
        found = [_value(fact) for fact in (before, now, item.change)]
        yield same("oi_change", found, [line["prev"], line["now"], line["change"]])


def _key(item: Contract) -> tuple[str, float]:
    return item.right[0].upper(), item.strike.number


def _value(fact: Fact | None) -> float | None:
    return None if fact is None else fact.number
