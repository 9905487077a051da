"""The variance index of index chains, beside the exchange's own on recorded days."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from generator.analytics.variance_index_facts import METRIC, around_thirty, variance_index
from generator.analytics.volatility import todays_surface
from generator.models.analysis import Choices
from generator.providers import gather
from tests.analytics.evidence import make_evidence
from tests.builders import make_chain

FRIDAYS = tuple(dt.date(2026, 3, 13) + dt.timedelta(weeks=n) for n in range(8) if n != 3)


def found_in(**changes):
    evidence = make_evidence(**changes)
    surface = todays_surface(evidence, Choices(rate=0.04))
    return variance_index(evidence, surface), evidence


def test_a_flat_smile_has_the_index_of_its_volatility():
    chain = make_chain(expirations=FRIDAYS, volatility=0.2, width=80, step=0.5)
    found, evidence = found_in(kind="index", chain=chain)
    assert found.number == pytest.approx(20, abs=0.3)
    assert found.unit == "percent"
    near, following = around_thirty(evidence.book)
    assert (near.date, following.date) == (dt.date(2026, 4, 10), dt.date(2026, 4, 17))


def test_stocks_and_funds_have_none():
    found, evidence = found_in(kind="etf", chain=make_chain(expirations=FRIDAYS, width=40))
    assert found is None
    assert METRIC not in [item.metric for item in evidence.withheld]


def test_expirations_on_one_side_of_thirty_days_are_not_enough():
    found, evidence = found_in(kind="index", chain=make_chain(expirations=FRIDAYS[:4], width=40))
    assert found is None
    assert [item.reason for item in evidence.withheld if item.metric == METRIC] == [
        "no Friday expirations on both sides of 30 days, 23 to 37 ahead"
    ]


def test_strips_without_quotes_are_withheld():
    chain = make_chain(expirations=FRIDAYS, width=40)
    near = (chain["expiration"] >= "2026-04-05") & (chain["right"] == "put")
    chain.loc[near, ["bid", "ask"]] = np.nan
    found, evidence = found_in(kind="index", chain=chain)
    assert found is None
    assert METRIC in [item.metric for item in evidence.withheld]


def test_the_standard_series_of_a_date_goes_before_the_weekly_one():
    evidence = make_evidence(kind="index", chain=make_chain(expirations=FRIDAYS))
    book, monthly = evidence.book, dt.date(2026, 4, 17)
    item = next(item for item in book.expirations if item.date == monthly)
    morning = dataclasses.replace(item, settlement="am", minutes=item.minutes - 390)
    split = dataclasses.replace(
        book, expirations=tuple(sorted((*book.expirations, morning), key=lambda e: e.minutes))
    )
    assert around_thirty(split)[1] == morning


@pytest.mark.recorded
@pytest.mark.parametrize("session", [dt.date(2023, 6, 8), dt.date(2023, 9, 14)])
def test_recorded_closes_have_the_index_the_exchange_printed(shared, session):
    snapshot, _ = gather("SPX", f"csv:{shared / 'data'}", session)
    found, _ = found_in(
        **{field.name: getattr(snapshot, field.name) for field in dataclasses.fields(snapshot)}
    )
    printed = snapshot.volatility_index.bars["close"].iloc[-1]
    assert found.number == pytest.approx(printed, abs=0.15)
