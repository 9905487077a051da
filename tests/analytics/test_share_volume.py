"""Heavy share volume is twice its own usual day."""

from __future__ import annotations

import numpy as np
import pytest

from generator.analytics.ledger import Ledger
from generator.analytics.price import price
from generator.rules.claims import evaluate
from tests.builders import make_bars, make_chain, make_snapshot

CHAIN = make_chain()


def measured(volumes, n=60, **changes):
    bars = make_bars(n)
    bars.loc[n - len(volumes) :, "volume"] = volumes
    snapshot = make_snapshot(chain=CHAIN, bars=bars, **changes)
    ledger = Ledger({"chain": snapshot.chain, "bars": bars}, snapshot.session)
    return price(snapshot, ledger).volume_times_median, ledger


def test_the_usual_day_is_the_median_of_the_twenty_before():
    found, ledger = measured([*range(1, 21), 21.0])
    assert ledger.facts["price.volume_median_20"].value == 10.5
    assert found.value == 2.0
    assert evaluate(ledger.facts)["shares.heavy"].holds


def test_less_than_twice_is_not_heavy():
    assert not evaluate(measured([*range(1, 21), 20.9])[1].facts)["shares.heavy"].holds


@pytest.mark.parametrize(
    ("volumes", "changes"),
    [
        ([np.nan, *[5.0] * 20], {}),
        ([*[5.0] * 20, np.nan], {}),
        ([*[0.0] * 20, 5.0], {}),
        ([5.0] * 21, {"kind": "index"}),
    ],
)
def test_what_is_not_known_is_not_compared(volumes, changes):
    assert measured(volumes, **changes)[0] is None


def test_twenty_sessions_before_are_needed():
    assert measured([5.0] * 20, n=20)[0] is None
    assert measured([5.0] * 21, n=21)[0].value == 1.0
