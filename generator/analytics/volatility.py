"""What the options price, put together; realised volatility beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.analytics.carry_facts import carry_drop, running_cost
from generator.analytics.constant_facts import constant
from generator.analytics.event_move import event_move
from generator.analytics.evidence import Evidence
from generator.analytics.expected_move import past_move
from generator.analytics.forwards import Rate, pairs_of
from generator.analytics.market_terms import FEWEST_PAIRS, still_paid
from generator.analytics.parity_rate import choose_rate
from generator.analytics.priced_moves import priced_moves
from generator.analytics.realised_facts import realised_21
from generator.analytics.series import Expiration
from generator.analytics.skew_facts import NO_SKEW, skew_facts
from generator.analytics.slices import Slice
from generator.analytics.smile import Surface
from generator.analytics.smile_fit import FINEST
from generator.analytics.surface import surface_of
from generator.analytics.term_structure import (
    THIRTY_DAYS,
    point_of,
    shown,
    shown_expirations,
    term_points,
    why_none,
)
from generator.analytics.variance_index_facts import variance_index
from generator.models.analysis import Choices, Fact, Smile, Unit, Volatility
from generator.models.market import Reading

EUROPEAN_MODEL = "European values (Black-76) on parity forwards"
AMERICAN_MODEL = (
    "American values (Andersen-Lake-Offengenden), the carry fitted so that calls and puts agree at the money"
)
SMILES = 4
DRAWN = 61  #: places a fitted smile is handed on at
EITHER_SIDE = 2  #: expirations of the session before that are solved, around 30 days


def todays_surface(evidence: Evidence, choices: Choices) -> Surface:
    """Return the surface of today's book; the rate is read from today's quotes and those before."""
    snapshot, books = evidence.snapshot, [past.book for past in evidence.past]
    rate = choose_rate(snapshot, [evidence.book, *books], choices)
    book = evidence.book
    if "volume" in evidence.barred:
        book = replace(book, volume=np.full(len(book), np.nan))
    return surface_of(
        book,
        snapshot.spot,
        rate,
        european=snapshot.kind == "index",
        dividends=snapshot.dividends,
    )


def volatility(evidence: Evidence, surface: Surface, readings: Sequence[Reading] = ()) -> Volatility:
    """
    Return what the options price; None where quotes do not support a figure.

    *readings* are those of sessions before, newest first.
    """
    smiles = shown(surface)
    points = [point_of(evidence, smile) for smile in smiles]
    terms = term_points(evidence, points)
    nearest = _nearest_30(smiles)
    skew = NO_SKEW if nearest is None else skew_facts(evidence, nearest)
    thirty, thirty_error = constant(evidence, points, 30)
    return Volatility(
        model=EUROPEAN_MODEL if surface.market.european else AMERICAN_MODEL,
        rate=_rate(evidence, surface.rate),
        rate_source=surface.rate.source,
        terms=terms,
        event=event_move(evidence, terms),
        smiles=_smiles(evidence, smiles),
        constant_30=thirty,
        constant_30_error=thirty_error,
        constant_60=constant(evidence, points, 60)[0],
        constant_90=constant(evidence, points, 90)[0],
        skew_25=skew.steepness,
        skew_25_error=skew.error,
        fly_25=skew.fly,
        put_25=skew.put,
        call_25=skew.call,
        skew_expiration=skew.expiration,
        realised_21=realised_21(evidence),
        parity_gap=_parity_gap(evidence, surface),
        past_move=past_move(evidence, surface.rate),
        priced_moves=priced_moves(evidence, readings, surface.rate),
        previous_constant_30=_previous(evidence, surface.rate),
        variance_index_30=variance_index(evidence, surface),
        carry_drop=carry_drop(evidence, surface, points),
        carry_cost=running_cost(evidence, surface, points),
    )


def _rate(evidence: Evidence, rate: Rate) -> Fact | None:
    """The rate at 30 days, in percent."""
    if not rate.known:
        evidence.withhold("rate", rate.source)
        return None
    return evidence.ledger.add(
        "rate",
        100 * rate.at(30),
        unit=Unit.PERCENT,
        decimals=1,
        formula="rate.30_days",
    )


def _smiles(evidence: Evidence, slices: list[Slice]) -> tuple[Smile, ...]:
    """The nearest smiles, and the one nearest to 30 days."""
    chosen = slices[:SMILES]
    monthly = _nearest_30(slices)
    if monthly is not None and monthly not in chosen:
        chosen = [*chosen, monthly]
    return tuple(_smile(evidence, item) for item in chosen)


def _smile(evidence: Evidence, item: Slice) -> Smile:
    quoted = zip(item.strikes, item.volatilities, item.calls, strict=True)
    return Smile(
        expiration=evidence.ledger.day(item.expiration.date),
        points=tuple(
            (float(strike), 100 * float(level), "call" if call else "put") for strike, level, call in quoted
        ),
        curve=_drawn(item),
        inside=_inside(evidence, item),
    )


def _drawn(item: Slice) -> tuple[tuple[float, float], ...]:
    """The fitted smile at even steps of moneyness."""
    if item.curve is None:
        return ()
    places = np.linspace(item.curve.low, item.curve.high, DRAWN)
    strikes = item.forward * np.exp(places)
    levels = 100 * item.curve.volatilities(places)
    return tuple((float(strike), float(level)) for strike, level in zip(strikes, levels, strict=True))


def _inside(evidence: Evidence, item: Slice) -> Fact | None:
    """The share of the quotes whose spread the fitted smile is inside of."""
    name = f"smile.inside.{item.expiration.key}"
    if item.curve is None:
        evidence.withhold(name, why_none(item))
        return None
    return evidence.ledger.add(
        name,
        100 * float(np.mean(np.abs(item.misfit) <= np.maximum(item.errors, FINEST))),
        unit=Unit.PERCENT,
        formula="smile.inside_spread",
        rows=f"chain[{item.expiration.terms}]",
    )


def _nearest_30(slices: list[Slice]) -> Slice | None:
    def distance(item: Slice) -> float:
        return abs(item.expiration.minutes - THIRTY_DAYS)

    return min(slices, key=distance, default=None)


def nearest_quoted(surface: Surface) -> Expiration | None:
    """Return the nearest unsettled expiration with at least five strikes quoted on both sides."""
    for item in surface.slices.values():
        if not item.expiration.stopped and len(pairs_of(surface.book, item.expiration)) >= FEWEST_PAIRS:
            return item.expiration
    return None


def _parity_gap(evidence: Evidence, surface: Surface) -> Fact | None:
    """Basis points by which the spot that parity implies, unknown dividends left out, exceeds the spot."""
    expiration = nearest_quoted(surface)
    if expiration is None:
        evidence.withhold("parity_gap", "no expiration with five strikes quoted on both sides")
        return None
    smile = surface.slices[expiration.date, expiration.settlement]
    paid = still_paid(expiration.years, surface.rate, surface.market.dividends)
    implied = smile.forward * smile.discount + paid
    return evidence.ledger.add(
        "parity_gap",
        1e4 * (implied / evidence.spot.number - 1),
        unit=Unit.BASIS_POINTS,
        formula="parity.spot_gap",
        rows=f"chain[{expiration.terms}]",
        of=(evidence.spot,),
    )


def _previous(evidence: Evidence, rate: Rate) -> Fact | None:
    """The 30-day volatility of the session before."""
    past = evidence.previous
    if past is None or not past.complete:
        return None
    live = shown_expirations(past.book.expirations, past.session)
    later = sum(item.minutes <= THIRTY_DAYS for item in live)
    wanted = np.zeros(len(past.book), dtype=bool)
    for item in live[max(later - EITHER_SIDE, 0) : later + EITHER_SIDE]:
        wanted[item.rows] = True
    surface = surface_of(
        past.book,
        past.spot,
        rate,
        european=evidence.snapshot.kind == "index",
        dividends=evidence.snapshot.dividends,
        wanted=wanted,
    )
    points = [
        point_of(evidence, smile, past.frame, "previous.")
        for smile in shown(surface)
        if smile.volatility(smile.forward) is not None
    ]
    return constant(evidence, points, 30, "previous.", past.session)[0]
