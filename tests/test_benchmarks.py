"""The benchmarks at a size that takes no time: they run, and a wrong number shows."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813

from generator import analytics
from generator.models.analysis import Choices
from tests.builders import make_history, make_snapshot

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
PEERS = {"quantstats_report"}  #: start with a library that only `make bench` installs


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_every_benchmark_can_be_imported_and_says_what_it_measures(path):
    if path.stem in PEERS:
        pytest.importorskip("quantstats")
    assert importlib.import_module(path.stem).__doc__


def worth_by_quantlib(chain):
    """What mpmath gives, good to fourteen digits near the money and not in the tails."""
    market, figures = importlib.import_module("chain_market"), []
    rows = zip(
        chain.strike, chain.forward, chain.volatility, chain.years, chain.discount, chain.call, strict=True
    )
    for strike, forward, volatility, years, discount, call in rows:
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if call else ql.Option.Put, strike)
        black = ql.BlackCalculator(payoff, forward, volatility * years**0.5, discount)
        spot = market.SPOT
        greeks = black.vega(years) / 100, black.theta(spot, years) / 365, black.rho(years) / 100
        figures.append((black.value(), black.delta(spot), black.gamma(spot), *greeks))
    return market.Worth(*np.array(figures).T)


@pytest.fixture
def european():
    chain = importlib.import_module("chain_market").Chain.of(400)
    kept = worth_by_quantlib(chain).price > 0.01
    chain = chain.take(kept)
    return chain, worth_by_quantlib(chain)


def test_european_chains_are_compared(european, capsys):
    judged, seconds = importlib.import_module("chains").compare(*european, runs=1)
    ours = judged["strikebrief"]
    assert (ours.off, ours.made_up, ours.silent) == (0, 0, 0)
    assert ours.tradable < 1e-10
    assert ours.greeks < 1e-10
    assert seconds >= 0
    assert "| strikebrief |" in capsys.readouterr().out


def test_a_number_that_is_wrong_or_made_up_is_counted(european):
    chains, solvers = importlib.import_module("chains"), importlib.import_module("chain_solvers")
    chain, worth = european
    sets = chains.Sets.of(chain, worth)
    assert sets.determined.sum() > 100
    assert sets.none.sum() > 10
    same = chains.judge(solvers.Solver(lambda: np.full(len(chain), 3.0), None), chain, worth, sets)
    assert (same.off, same.made_up) == (sets.determined.sum(), sets.none.sum())
    nothing = np.full(len(chain), np.nan)
    nothing[np.flatnonzero(sets.tradable)[0]] = chain.volatility[sets.tradable][0]
    empty = chains.judge(solvers.Solver(lambda: nothing, None), chain, worth, sets)
    assert (empty.off, empty.made_up) == (0, 0)
    assert empty.silent == sets.determined.sum() - 1


def test_american_chains_are_compared(capsys):
    market, chains = importlib.import_module("chain_market"), importlib.import_module("american_chains")
    found, seconds = chains.compare(market.Chain.of(342, whole_days=True), runs=1, sample=10, judged=40)
    np.testing.assert_allclose(found.payout, market.PAYOUT, atol=1e-4)
    assert seconds >= 0
    assert abs(found.net) <= found.gross
    assert len(found.pains) == market.EXPIRATIONS
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("| strikebrief |"))
    assert [cell.strip() for cell in row.split("|")[5:8]] == ["0", "0", "0"]


def test_chains_with_cash_dividends_are_compared(capsys):
    market, chains = importlib.import_module("chain_market"), importlib.import_module("cash_chains")
    seconds, error = chains.compare(market.Chain.of(684, whole_days=True), runs=1, sample=2, judged=6)
    assert seconds >= 0
    assert error < 0.05
    assert "| the whole pass |" in capsys.readouterr().out


def test_every_stage_of_the_analysis_is_timed(capsys):
    stages = importlib.import_module("stages")
    with stages.timed() as taken:
        analytics.analyse(make_snapshot(), make_history(), Choices())
    assert {"judge", "todays_surface", "technicals", "volatility"} <= set(taken)
    stages.told("DEMO", stages.SESSION, 2.0, {name: sum(calls) + 0.001 for name, calls in taken.items()})
    stages.told("DEMO", stages.SESSION, 2.0, {"judge": 0.5})
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("MISSED")
    assert "25.0%" in lines[-1]
