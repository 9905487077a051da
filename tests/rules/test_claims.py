from __future__ import annotations

import pytest

from generator.models.analysis import Fact, Unit
from generator.rules.claims import CLAIMS, evaluate


def facts(**values):
    return {
        name: Fact(id=name, value=value, unit=Unit.INDICATOR, decimals=1, formula="x")
        for name, value in ((key.replace("__", "."), value) for key, value in values.items())
    }


def holding(**values):
    return {name for name, claim in evaluate(facts(**values)).items() if claim.holds}


@pytest.mark.parametrize(
    ("rsi", "words"),
    [
        (70.0, {"rsi.overbought"}),
        (69.9, {"rsi.near_overbought"}),
        (65.0, {"rsi.near_overbought"}),
        (62.0, set()),
        (35.0, {"rsi.near_oversold"}),
        (30.0, {"rsi.oversold"}),
    ],
)
def test_overbought_needs_wilders_thresholds(rsi, words):
    assert holding(technicals__rsi_14=rsi) == words


def test_a_positive_macd_alone_is_not_bullish():
    assert holding(technicals__macd=3.39, technicals__macd_signal=4.16) == set()
    assert holding(technicals__macd=4.2, technicals__macd_signal=4.16) == {"macd.bullish"}


def test_a_ratio_under_three_does_not_dwarf():
    assert holding(put_call__open_interest__all=2.43) == set()
    assert holding(put_call__open_interest__all=3.0) == {"put_call.dwarfs"}
    assert holding(put_call__open_interest__all=1.0) == {"put_call.balanced"}


def test_at_the_band_is_not_a_squeeze():
    assert holding(technicals__percent_b=0.97, technicals__bandwidth_rank=60) == {"band.near_upper"}
    assert holding(technicals__percent_b=0.5, technicals__bandwidth_rank=6) == {"band.squeeze"}


def test_a_claim_without_its_numbers_is_not_made():
    assert evaluate({}) == {}


def test_every_condition_reads_only_its_own_values():
    for name, rule in CLAIMS.items():
        made = evaluate(facts(**{fact.replace(".", "__"): 1.0 for fact in rule.values.values()}))
        assert name in made
