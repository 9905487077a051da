"""Dividends that options imply and no source tells of, and costs that run."""

from __future__ import annotations

import datetime as dt

import pytest

from generator.analytics.carry_facts import carry_drop, running_cost
from generator.analytics.term_structure import point_of, shown
from generator.analytics.volatility import todays_surface
from generator.models.analysis import Choices
from generator.models.market import Dividend
from generator.providers import gather
from tests.american_chain import american_chain
from tests.analytics.evidence import make_evidence
from tests.builders import make_chain

WEEKS = tuple(dt.date(2026, 3, 13) + dt.timedelta(weeks=n) for n in range(11) if n != 3)
EX_DATE = dt.date(2026, 4, 14)


def found_in(choices=None, **changes):
    evidence = make_evidence(**changes)
    surface = todays_surface(evidence, choices or Choices(rate=0.04))
    points = [point_of(evidence, smile) for smile in shown(surface)]
    return carry_drop(evidence, surface, points), running_cost(evidence, surface, points)


def test_a_dividend_that_is_on_no_file_is_found_with_its_place_and_the_least_it_is():
    drop, cost = found_in(chain=american_chain(payout=0.01, days=WEEKS, paid=(EX_DATE, 0.8)))
    assert 0.4 < drop.amount.number < 0.83
    assert (drop.start.value, drop.end.value) == (dt.date(2026, 4, 10), dt.date(2026, 4, 24))
    assert cost is None


def test_a_rate_that_is_off_makes_no_dividend():
    plain, _ = found_in(Choices(rate=0.05), chain=american_chain(payout=0.01, days=WEEKS))
    assert plain is None
    drop, _ = found_in(Choices(rate=0.05), chain=american_chain(payout=0.01, days=WEEKS, paid=(EX_DATE, 0.8)))
    assert 0.4 < drop.amount.number < 0.83


def test_a_dividend_on_file_is_not_told_again():
    dividend = Dividend(ex_date=EX_DATE, amount=0.8, confirmed=True, source="test")
    chain = american_chain(payout=0.01, days=WEEKS, paid=(EX_DATE, 0.8))
    assert found_in(chain=chain, dividends=(dividend,)) == (None, None)


def test_an_ordinary_yield_shows_nothing():
    assert found_in(chain=american_chain(payout=0.015, days=WEEKS)) == (None, None)


def test_a_share_that_is_dear_to_borrow_has_a_running_cost_and_no_dividend():
    drop, cost = found_in(chain=american_chain(payout=0.25, days=WEEKS))
    assert drop is None
    assert cost.number == pytest.approx(25, abs=1)  # its first two days are in the price the quotes are on


def test_an_index_has_neither():
    assert found_in(kind="index", chain=make_chain(expirations=WEEKS)) == (None, None)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "session", "amount"),
    [
        ("IWM", dt.date(2026, 5, 22), 0.63),
        ("QQQ", dt.date(2023, 6, 8), 0.504),
        ("SPY", dt.date(2026, 5, 22), 1.76),
    ],
)
def test_recorded_funds_imply_the_dividends_of_june(shared, symbol, session, amount):
    """IWM's is that of the reference's definitions, QQQ's what was paid."""
    snapshot, _ = gather(symbol, f"csv:{shared / 'data'}", session)
    drop, cost = found_in(
        Choices(), **{name: getattr(snapshot, name) for name in ("chain", "spot", "session", "as_of", "kind")}
    )
    assert drop.amount.number == pytest.approx(amount, abs=0.06)
    assert cost is None
