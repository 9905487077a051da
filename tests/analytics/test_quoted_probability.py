"""Probabilities of two quoted options alone, beside those of the smile."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from scipy.stats import norm

from generator.analytics.quoted_probability import quoted_probability
from generator.analytics.volatility import todays_surface
from generator.models.analysis import Choices
from generator.models.market import History
from generator.providers import gather
from tests.analytics.evidence import make_evidence
from tests.builders import EXPIRATIONS, make_chain, make_snapshot

MONTHLY = EXPIRATIONS[3]


def surface_with(chain):
    surface = todays_surface(make_evidence(chain=chain), Choices(rate=0.04))
    return surface, surface.slice_of(MONTHLY)


@pytest.mark.parametrize("level", [94.0, 98.0, 100.0, 103.0, 107.0])
def test_two_quotes_bound_the_probability_between_their_strikes(level):
    surface, smile = surface_with(make_chain(width=25))
    found = quoted_probability(surface, smile, level)
    width = 0.2 * math.sqrt(smile.expiration.years)
    wanted = norm.cdf(math.log(smile.forward / level) / width - width / 2)
    assert found.low <= found.middle <= found.high
    assert found.low - 0.02 <= wanted <= found.high + 0.02
    assert found.middle == pytest.approx(wanted, abs=0.03)


def test_wider_quotes_leave_more_open():
    chain = make_chain(width=25)
    wide = chain.assign(bid=(0.95 * chain["bid"]).round(2), ask=(1.05 * chain["ask"]).round(2))
    narrow, wider = (quoted_probability(*surface_with(item), 105.0) for item in (chain, wide))
    assert wider.high - wider.low > narrow.high - narrow.low


def test_without_quotes_on_both_sides_there_is_none():
    surface, smile = surface_with(make_chain(width=8))
    assert quoted_probability(surface, smile, 107.5) is None
    assert quoted_probability(surface, smile, 92.5) is None
    assert quoted_probability(surface, smile, 300.0) is None


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("symbol", "session"),
    [("IWM", dt.date(2026, 5, 22)), ("AAPL", dt.date(2026, 8, 21)), ("SPX", dt.date(2023, 9, 14))],
    ids=str,
)
def test_on_recorded_chains_the_smile_and_the_quotes_agree(shared, symbol, session):
    """Ends of two quotes are not the smile's level, and a quote may be off: nineteen in twenty agree."""
    snapshot, _ = gather(symbol, f"csv:{shared / 'data'}", session)
    surface = todays_surface(make_evidence_of(snapshot), Choices())
    apart = []
    for smile in surface.slices.values():
        if smile.curve is None or smile.expiration.sessions == 0:
            continue
        width = smile.volatility(smile.forward) * math.sqrt(smile.expiration.years)
        for place in np.linspace(-2, 2, 17):
            level = smile.forward * math.exp(place * width)
            quoted, fitted = quoted_probability(surface, smile, level), smile.probability_above(level)
            if quoted is not None and fitted is not None:
                apart.append(abs(quoted.middle - fitted))
    assert len(apart) > 150
    assert np.quantile(apart, 0.95) < 0.05
    assert np.median(apart) < 0.01


def make_evidence_of(snapshot):
    return make_evidence(
        History(), **{name: getattr(snapshot, name) for name in make_snapshot().__dataclass_fields__}
    )
