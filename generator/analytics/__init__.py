"""Analyse a snapshot: every finding, each number with the rows behind it."""

from __future__ import annotations

from generator.analytics.adjusted import signal_bars
from generator.analytics.breakouts import trading_beyond
from generator.analytics.chain_view import chain_view
from generator.analytics.endings import endings
from generator.analytics.evidence import gathered, identity
from generator.analytics.expiration_eve import expiration_eve
from generator.analytics.gamma_board import gamma_board
from generator.analytics.gamma_facts import gamma
from generator.analytics.gate import comparable, own_close
from generator.analytics.headlines import headlines
from generator.analytics.held_levels import held_levels
from generator.analytics.ideas import no_plans, plans
from generator.analytics.ideas.scenario import Desk
from generator.analytics.key_dates import key_dates
from generator.analytics.lean import lean
from generator.analytics.ledger import Ledger
from generator.analytics.levels import levels
from generator.analytics.places_found import places
from generator.analytics.premium import premium
from generator.analytics.price import price
from generator.analytics.proxies import proxy, realised_year
from generator.analytics.quality import completed, judge
from generator.analytics.technicals import technicals
from generator.analytics.term_shape import term_shape
from generator.analytics.volatility import todays_surface, volatility
from generator.models.analysis import Analysis, Choices
from generator.models.market import History, Snapshot

__all__ = ["analyse"]


def analyse(snapshot: Snapshot, history: History, choices: Choices) -> Analysis:
    """
    Return everything found in *snapshot*, compared with the sessions in *history*.

    Raises:
        RefusedSnapshotError: When the quality gate refuses the snapshot.
    """
    past, left_out = comparable(history.chains, snapshot)
    close = own_close(history.chains, snapshot)
    frames = {f"chain@{item.session.isoformat()}": item.chain for item in (*close, *past)}
    if (index := snapshot.volatility_index) is not None:
        frames[f"bars@{index.symbol}"] = index.bars
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars, **frames}, snapshot.session)
    quality = judge(snapshot, ledger, past, left_out)
    barred = {held.metric: held.reason for held in quality.withheld}
    worth = price(snapshot, ledger)
    bars, adjustment = signal_bars(snapshot, ledger)
    evidence = gathered(snapshot, (*close, *past), ledger, worth.spot, barred, bars)
    surface = todays_surface(evidence, choices)
    signals = technicals(snapshot, ledger, choices, bars)
    chain = chain_view(evidence, history.readings)
    lines = levels(snapshot, ledger, worth, signals, chain)
    implied = volatility(evidence, surface, history.readings)
    weighed = gamma_board(evidence, surface)
    exposure = gamma(weighed)
    surplus, shape = premium(evidence, implied), term_shape(evidence, implied)
    placed = places(
        evidence,
        chain,
        implied,
        history.readings,
        surface.rate,
        beside=[group.ratio for group in (surplus, shape) if group is not None],
    )
    held = held_levels(snapshot, ledger, lines, worth.spot, signals.atr_14)
    tally = lean(
        evidence,
        signals,
        chain,
        implied,
        placed.get("volatility.implied_to_realised"),
        readings=history.readings,
        rate=surface.rate,
    )
    ideas, refusals = (
        ((), no_plans("the price and the option quotes are not of one time"))
        if "plans" in barred
        else plans(
            Desk(
                snapshot=snapshot,
                ledger=ledger,
                levels=lines,
                volatility=implied,
                surface=surface,
                price=worth,
                technicals=signals,
                places=placed,
                held=held,
                lean=tally,
            )
        )
    )
    return Analysis(
        **identity(evidence),
        price=worth,
        technicals=signals,
        levels=lines,
        chain=chain,
        volatility=implied,
        places=placed,
        realised_year=realised_year(evidence, implied.realised_21),
        proxy=proxy(evidence),
        premium=surplus,
        term_shape=shape,
        adjustment=adjustment,
        trading_beyond=trading_beyond(snapshot, ledger, worth.spot),
        held=held,
        lean=tally,
        endings=endings(evidence, surface, levels=lines, terms=implied.terms, roll=chain.roll, ideas=ideas),
        ideas=ideas,
        refusals=refusals,
        news=headlines(snapshot, ledger),
        dates=key_dates(snapshot, ledger, chain),
        quality=completed(quality, ledger, surface, evidence.withheld),
        gaps=(*snapshot.gaps, *history.gaps),
        facts=ledger.facts,
        gamma=exposure,
        eve=expiration_eve(weighed, exposure),
    )
