"""Unusual volume: what is ranked, by what, and what is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import numpy as np
import pytest

from generator.analytics.chain_view import chain_view
from generator.analytics.readings import readings
from generator.analytics.volume_buckets import BUCKETS, Usual, bucket_of
from generator.calendar import previous_session
from generator.models.market import Reading
from tests.analytics.evidence import make_evidence, recomputed
from tests.builders import EXPIRATIONS, SESSION, chain_of, chain_row, make_chain, make_history, make_snapshot

FAR = EXPIRATIONS[3]


def chain(*series):
    """Series as (strike, right, volume, changes), bought for 10.00 or so."""
    return chain_of(
        *(
            chain_row(
                strike, right, **{"expiration": FAR, "bid": 9.9, "ask": 10.1, "volume": volume, **changes}
            )
            for strike, right, volume, changes in series
        )
    )


def found(*series, past=(), **changes):
    evidence = make_evidence(chain=chain(*series), **changes)
    return chain_view(evidence, past), evidence


def strikes(view):
    return [item.contract.strike.number for item in view.unusual]


def usual(bucket, volume, sessions):
    """A bucket's median on each of the *sessions* before."""
    day, made = SESSION, []
    for _ in range(sessions):
        day = previous_session(day)
        made.append(Reading(session=day, id=bucket.id, value=volume))
    return tuple(made)


def test_without_history_the_five_largest_shares_are_ranked():
    volumes = (500, 900, 700, 300, 800, 600)
    view, _ = found(*((100 + place, "call", volume, {}) for place, volume in enumerate(volumes)))
    assert strikes(view) == [101, 104, 102, 105, 100]
    assert view.unusual[0].share.number == pytest.approx(100 * 900 / 3800)
    assert view.unusual[0].times_usual is None
    assert view.unusual_sessions.number == 0


def test_series_that_expire_today_are_not_ranked_and_their_volume_does_not_count():
    view, _ = found((100, "call", 90_000, {"expiration": SESSION}), (101, "put", 400, {}))
    assert strikes(view) == [101]
    assert view.unusual[0].share.number == 100


@pytest.mark.parametrize(
    ("volume", "bid", "ask", "ranked"),
    [(250, 9.99, 10.01, True), (249, 9.99, 10.01, False), (250, 0.0, 20.0, False), (250, 11.0, 10.0, False)],
)
def test_a_quarter_of_a_million_of_premium_at_the_mid_is_needed(volume, bid, ask, ranked):
    view, _ = found((100, "call", volume, {"bid": bid, "ask": ask}))
    assert (strikes(view) == [100]) is ranked


def test_one_percent_of_the_day_s_volume_is_needed():
    view, _ = found((100, "call", 98_001, {}), (101, "put", 999, {}), (102, "put", 1000, {}))
    assert strikes(view) == [100, 102]


def test_with_twenty_sessions_volume_over_the_usual_of_its_bucket_ranks():
    near, far = (bucket_of("put", (FAR - SESSION).days, strike, 100.0) for strike in (99, 85))
    past = usual(near, 400.0, 20) + usual(far, 10.0, 20)
    series = ((99, "put", 2000, {}), (85, "put", 600, {}))
    view, evidence = found(*series, past=past)
    assert strikes(view) == [85, 99]
    assert [item.times_usual.number for item in view.unusual] == [60, 5]
    assert recomputed(view.unusual[0].times_usual, evidence.ledger) == 60
    view, _ = found(*series, past=past[1:20] + past[21:])
    assert strikes(view) == [99, 85]
    assert [item.times_usual for item in view.unusual] == [None, None]
    assert view.unusual_sessions.number == 19


def test_sessions_of_which_only_the_chain_is_on_file_count_too():
    bucket = bucket_of("put", (FAR - SESSION).days, 92, 100.0)
    history = make_history(sessions=3)
    older = [item for item in usual(bucket, 10.0, 20) if item.session < history.chains[-1].session]
    rows = make_chain()
    heavy = (rows["strike"] == 92) & (rows["right"] == "put") & (rows["expiration"] == np.datetime64(FAR))
    rows.loc[heavy, "volume"] = 50_000.0
    for past, ranked_by_bucket in ((older[:17], True), (older[:16], False)):
        evidence = make_evidence(history, chain=rows)
        view = chain_view(evidence, past)
        assert view.unusual_sessions.number == len(past) + 3
        first = view.unusual[0]
        assert first.contract.strike.number == 92
        assert (first.times_usual is not None) is ranked_by_bucket
    assert Usual.before(evidence, older[:17]).of(bucket) == 10


def test_a_day_that_still_runs_is_ranked_by_share_and_leaves_no_medians():
    bucket = bucket_of("put", (FAR - SESSION).days, 85, 100.0)
    now = make_snapshot().as_of - dt.timedelta(hours=3)
    series = ((99, "put", 2000, {}), (85, "put", 600, {}))
    view, evidence = found(*series, past=usual(bucket, 10.0, 20), as_of=now, edition="intraday")
    assert strikes(view) == [99, 85]
    assert not [name for name in evidence.ledger.facts if name.startswith("volume.bucket.")]


def test_a_morning_tells_what_became_of_volume_and_ranks_nothing():
    view, _ = found((99, "put", 2000, {}), edition="morning", open_interest_date=SESSION)
    assert view.unusual == ()


def test_a_series_without_open_interest_has_no_ratio_to_it():
    view, _ = found((99, "put", 2000, {"open_interest": 0.0}), (98, "put", 1000, {"open_interest": 500.0}))
    assert [item.contract.open_interest.number for item in view.unusual] == [0, 500]
    assert view.unusual[0].contract.volume_to_open_interest is None
    assert view.unusual[1].contract.volume_to_open_interest.number == 2


def test_closing_trades_count_too():
    """Volume under open interest, as where positions close."""
    view, _ = found((99, "put", 2000, {"open_interest": 90_000.0}))
    assert view.unusual[0].contract.volume_to_open_interest.number < 0.03


def test_medians_are_of_the_bucket_s_traded_series_and_are_kept():
    evidence = make_evidence(chain=make_chain())
    chain_view(evidence)
    facts = {name: fact for name, fact in evidence.ledger.facts.items() if name.startswith("volume.bucket.")}
    assert len(facts) > 20
    for fact in facts.values():
        assert recomputed(fact, evidence.ledger) == fact.number
    rows = make_chain()
    days = (rows["expiration"] - np.datetime64(SESSION)).dt.days
    chosen = (rows["right"] == "put") & (days > 30) & (days <= 90) & rows["strike"].between(90, 94.99)
    chosen &= rows["volume"] > 0
    assert facts["volume.bucket.put.31-90.90-95"].number == np.median(rows["volume"][chosen])
    assert {fact.id for fact in readings(evidence.ledger.facts)} >= facts.keys()


def test_every_series_beyond_today_has_one_bucket():
    for right in ("call", "put"):
        for days in (1, 7, 8, 30, 31, 90, 91, 900):
            for strike in (10, 89.99, 90, 95, 98, 100, 102, 105, 110, 900):
                assert sum(bucket.holds(right, days, strike, 100.0) for bucket in BUCKETS) == 1


def test_barred_volume_is_not_ranked():
    evidence = make_evidence(chain=chain((99, "put", 2000, {})))
    barred = dataclasses.replace(evidence, past=(), barred={"volume": "an earlier session's"})
    assert chain_view(barred).unusual == ()


@pytest.mark.recorded
def test_premium_is_that_worked_by_hand(shared):
    case = json.loads((shared / "reference" / "hand_chains.json").read_text())["rows"][0]
    right = {"C": "call", "P": "put"}
    for wanted in case["expected"]["unusual"]:
        row = next(row for row in case["chain"] if row["strike"] == wanted["strike"])
        quoted = row[right[wanted["type"]]]
        changes = {"bid": quoted["bid"], "ask": quoted["ask"], "open_interest": float(quoted["oi"])}
        volume = float(10 * quoted["vol"])  # ten times as much, or its premium is too little
        view, _ = found((wanted["strike"], right[wanted["type"]], volume, changes), spot=case["S"])
        assert view.unusual[0].premium.number == pytest.approx(10 * wanted["premium_traded_usd_at_mid"])
        ratio = view.unusual[0].contract.volume_to_open_interest.number
        assert ratio == pytest.approx(10 * wanted["ratio"])
