"""Analyse a snapshot: every finding, each number with the rows behind it."""

from __future__ import annotations

from generator.analytics.chain_view import chain_view
from generator.analytics.evidence import Evidence, PastBook
from generator.analytics.forwards import choose_rate
from generator.analytics.headlines import headlines
from generator.analytics.ideas import plans
from generator.analytics.key_dates import key_dates
from generator.analytics.ledger import Ledger
from generator.analytics.levels import levels
from generator.analytics.price import price
from generator.analytics.quality import completed, judge, sound
from generator.analytics.series import book_of
from generator.analytics.smile import surface_of
from generator.analytics.technicals import technicals
from generator.analytics.volatility import volatility
from generator.models.analysis import Analysis, Choices, Fact, Unit
from generator.models.market import History, Snapshot

__all__ = ["analyse"]


def analyse(snapshot: Snapshot, history: History, choices: Choices) -> Analysis:
    """
    Return everything found in *snapshot*, compared with the sessions in *history*.

    Raises:
        RefusedSnapshotError: When the quality gate refuses the snapshot.
    """
    earlier = [past for past in history.chains if past.session < snapshot.session and sound(past)]
    frames = {f"chain@{past.session.isoformat()}": past.chain for past in earlier}
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars, **frames}, snapshot.session)
    quality = judge(snapshot, ledger)
    worth = price(snapshot, ledger)
    evidence = Evidence(
        snapshot=snapshot,
        ledger=ledger,
        spot=worth.spot,
        book=book_of(snapshot.chain, snapshot.session, snapshot.as_of),
        past=tuple(PastBook(p.session, p.spot, book_of(p.chain, p.session, p.as_of)) for p in earlier),
    )
    rate = choose_rate(snapshot, [evidence.book, *(past.book for past in evidence.past[:4])], choices)
    surface = surface_of(evidence.book, snapshot.spot, rate, european=snapshot.kind == "index")
    signals = technicals(snapshot, ledger, choices)
    chain = chain_view(evidence)
    lines = levels(snapshot, ledger, worth, signals, chain)
    implied = volatility(evidence, surface)
    ideas, refusals = plans(
        snapshot, ledger, levels=lines, volatility=implied, surface=surface, price=worth, technicals=signals
    )

    def text(name: str, value: str) -> Fact:
        return ledger.add(name, value, unit=Unit.TEXT, formula="source")

    return Analysis(
        symbol=text("symbol", snapshot.symbol),
        name=None if snapshot.name is None else text("name", snapshot.name),
        session=ledger.add("session", snapshot.session, unit=Unit.DATE, formula="source"),
        as_of=ledger.add("as_of", snapshot.as_of, unit=Unit.TIME, formula="source"),
        open_interest_date=ledger.add(
            "open_interest_date", snapshot.open_interest_date, unit=Unit.DATE, formula="source"
        ),
        price=worth,
        technicals=signals,
        levels=lines,
        chain=chain,
        volatility=implied,
        ideas=ideas,
        refusals=refusals,
        news=headlines(snapshot, ledger),
        dates=key_dates(snapshot, ledger, chain),
        quality=completed(quality, ledger, surface, evidence.withheld),
        gaps=snapshot.gaps,
        facts=ledger.facts,
    )
