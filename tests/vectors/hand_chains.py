"""Totals, ratios, max pain, walls, exposure and straddles of chains small enough to work by hand."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

import numpy as np

from generator import calendar
from generator.analytics import put_call
from generator.analytics.boards import outside
from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence
from generator.analytics.expected_move import expected_moves
from generator.analytics.gamma import by_strike, exposures, net
from generator.analytics.max_pain import FEWEST_CONTRACTS, max_pain, payouts, reason_to_withhold
from generator.models.analysis import Contract, Fact
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
    yield from _max_pain(row, wanted)
    yield from _walls(evidence, wanted)
    yield from _exposure(row, wanted, dollars)
    yield from _straddle(evidence, wanted, ratio)
    yield from _unusual(evidence, writer, wanted, ratio)
    yield from _changes(evidence, writer, wanted)


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
    return make_evidence(_history(row, expiration), chain=chain_of(*series), spot=row["S"])


def _history(row: Record, expiration: dt.date) -> History | None:
    """The session before, with the series that were counted then."""
    if row["previous_oi"] is None:
        return None
    series = [
        chain_row(float(strike), RIGHTS[side], expiration, open_interest=count)
        for side, counts in row["previous_oi"].items()
        for strike, count in counts.items()
    ]
    before = make_past(calendar.previous_session(SESSION), spot=row["S"], chain=chain_of(*series))
    return History(chains=(before,))


def _max_pain(row: Record, wanted: Record) -> Iterator[Check]:
    strikes = np.array([line["strike"] for line in row["chain"]], dtype=float)
    calls, puts = (np.array([line[right]["oi"] for line in row["chain"]], float) for right in RIGHTS.values())
    sides = payouts(strikes, calls, 0 * puts), payouts(strikes, 0 * calls, puts)
    paid = payouts(strikes, calls, puts)
    columns = {"settle": strikes, "calls": sides[0], "puts": sides[1], "total_points": paid}
    columns["total_usd"] = MULTIPLIER * paid
    for name, values in columns.items():
        yield same(
            f"max_pain_table {name}", values.tolist(), [line[name] for line in wanted["max_pain_table"]]
        )
    yield same("max_pain_minimisers", strikes[paid == paid.min()].tolist(), wanted["max_pain_minimisers"])
    found = max_pain(strikes, calls, puts, row["S"])
    yield same("max_pain", found, wanted["max_pain"])
    misleads = found in (strikes.min(), strikes.max()) or calls.sum() + puts.sum() < FEWEST_CONTRACTS
    yield same("max_pain withheld", bool(reason_to_withhold(strikes, calls, puts, found)), misleads)


def _walls(evidence: Evidence, wanted: Record) -> Iterator[Check]:
    book, spot = evidence.book, evidence.spot.number
    for field, right in (("top_otm_calls", "call"), ("top_otm_puts", "put")):
        ranked = outside(book, book.expirations[0], right, spot)
        found = [{"strike": book.strike[at], "oi": book.open_interest[at]} for at in ranked]
        listed = wanted[field]
        yield same(field, found[: len(listed)] if len(listed) >= MANY else found, listed)


def _exposure(row: Record, wanted: Record, close: dict[str, float]) -> Iterator[Check]:
    series = [(line["strike"], right, line[right]) for line in row["chain"] for right in RIGHTS.values()]
    call = np.array([right == "call" for _, right, _ in series])
    gamma, interest = (np.array([side[name] for *_, side in series], dtype=float) for name in ("gamma", "oi"))
    each_series = exposures(gamma, interest, row["S"])
    found = by_strike(np.array([strike for strike, *_ in series], dtype=float), each_series, call)
    largest = {"absolute": 1e-12 * float(np.max(np.abs(each_series), initial=0.0))}
    for name, values in (("call", found.calls), ("put", -found.puts), ("net", found.net)):
        for value, line in itertools.zip_longest(values, wanted["gex_table"]):
            yield near(f"gex_table {name}", value, line and line[name], **close, **largest)
    field = "gex_total_usd_per_1pct"
    yield near(field, net(each_series, call), wanted[field], **close, **largest)
    yield same("gex_peak_abs_strike", found.largest_net, wanted["gex_peak_abs_strike"])


def _straddle(evidence: Evidence, wanted: Record, close: dict[str, float]) -> Iterator[Check]:
    """The straddle at the strike the table takes; the brief's stands at the forward."""
    expiration, ledger = evidence.book.expirations[0], evidence.ledger
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
