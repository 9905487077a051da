"""Rows of the tables' kinds with other values: extremes, empty lists, clocks, what must yield no number."""

from __future__ import annotations

import math

import pytest

from tests.builders import black76
from tests.vectors import run
from tests.vectors.tables import Table

TOLERANCES = {
    "american_iv_roundtrip": "price 5e-4*S/100; delta 1e-3; gamma rel 1e-2; IV: |iv-sigma| <= max(1e-4, ...",
    "expiry_calendar": "dates exact; minutes exact; T_years 1e-12",
    "hand_chains": "integers exact; ratios 1e-12; dollars rel 1e-12",
    "iv_rank": "1e-9",
    "probabilities": "1e-9 for closed forms",
    "quote_filters": "verdict and mid exact",
    "skew_25delta": "strike rel 1e-6, IV 1e-6, vol points 1e-4",
    "structures": "money 1e-9; prob 1e-9",
    "term_structure": "1e-12",
    "zero_gamma": "abs 1e-4*S",
}


def held(name, *rows):
    """Whether each row holds."""
    table = Table(name, {"tolerance": TOLERANCES[name]}, rows)
    result = run.result_of(table)
    assert not result.remarks, "a field that the adaptor does not know"
    return [row.within for row in result.rows]


def failures(name, *rows):
    table = Table(name, {"tolerance": TOLERANCES[name]}, rows)
    return [row.note for row in run.result_of(table).rows if not row.within]


@pytest.mark.parametrize(
    ("now", "end", "minutes"),
    [
        ("2025-12-06T12:00", "2025-12-08T16:00", 3120.0),  # a Saturday
        ("2026-11-26T12:00", "2026-11-27T13:00", 1500.0),  # Thanksgiving, and a half day
        ("2025-12-05T09:30:30", "2025-12-05T16:00", 389.5),
        ("2025-12-19T09:29", "2025-12-19T09:30", 1.0),
        ("2025-12-18T17:00", "2025-12-19T09:30", 990.0),  # trades no more, settles tomorrow
        ("2025-12-19T09:30", "2025-12-19T09:30", 0.0),
        ("2025-12-08T16:30", "2025-12-08T16:00", -30.0),
        ("2025-12-09T16:30", "2025-12-08T16:00", -1470.0),
    ],
)
def test_time_runs_to_the_settlement_and_there_is_none_after_it(now, end, minutes):
    years = minutes / 525_600 if minutes > 0 else None
    row = {"kind": "time_to_expiry", "now_et": now, "expiry_et": end, "minutes": minutes}
    assert held("expiry_calendar", {**row, "T_years_365": years, "valid": minutes > 0}) == [True]
    assert held("expiry_calendar", {**row, "T_years_365": 0.0, "valid": minutes > 0}) == [False]


def test_a_kind_of_row_that_is_not_known_fails_by_name():
    assert failures("expiry_calendar", {"kind": "moon"}) == [
        "KeyError: 'kind'" if False else "KeyError: 'moon'"
    ]


@pytest.mark.parametrize(
    ("history", "current", "raw", "percentile"),
    [
        ([], 0.2, None, None),
        ([0.1, 0.2, 0.3], 0.2, 50.0, 100 / 3),
        ([0.1, None, 0.3], 0.2, 50.0, 50.0),
        ([0.1, 0.2, 0.3], 0.2, None, None),  # left out, as it is not printed
    ],
)
def test_a_short_history_has_no_rank_to_print(history, current, raw, percentile):
    count = sum(value is not None for value in history)
    row = {"history": history, "current": current, "n": count, "case": 1}
    row |= {"iv_rank_raw": raw, "iv_rank_clamped": raw, "iv_percentile": percentile}
    assert held("iv_rank", {**row, "printable": False}) == [True]
    assert held("iv_rank", {**row, "printable": True}) == [not history]


def test_a_history_of_more_than_a_year_ends_with_its_last_252_values():
    row = {"history": [9.0, *([0.1] * 126), *([0.3] * 126)], "current": 0.2, "n": 252, "case": 1}
    row |= {"iv_rank_raw": 50.0, "iv_rank_clamped": 50.0, "iv_percentile": 50.0, "printable": True}
    assert held("iv_rank", row) == [True]


QUOTE = {"mode": "regular_session", "type": "C", "S": 100, "K": 100, "quote_age_s": 2}


@pytest.mark.parametrize(
    ("changes", "bid", "ask", "verdict", "mid"),
    [
        ({}, 0, 0, "reject", None),
        ({}, 1.2, 1.0, "reject", None),
        ({}, -1, 1.0, "reject", None),
        ({"K": 90}, 9.9, 10.1, "reject_for_iv", 10.0),  # all payoff
        ({"quote_age_s": 901}, 1.0, 1.1, "reject", None),
        ({"quote_age_s": 900}, 1.0, 1.1, "ok", 1.05),
        ({"quote_age_s": 61200, "mode": "end_of_day"}, 1.0, 1.1, "ok", 1.05),
        ({"type": "P", "S": 60}, 39.0, 39.1, "reject", None),
        ({"type": "P", "S": 60}, 39.6, 39.9, "reject_for_iv", 39.75),
        ({"S": 0.5, "K": 0.125}, 0.38, 0.40, "ok", 0.39),
    ],
)
def test_quotes_of_other_values_get_their_verdicts(changes, bid, ask, verdict, mid):
    row = {**QUOTE, **changes, "bid": bid, "ask": ask, "verdict": verdict, "mid": mid, "reason": "made"}
    assert held("quote_filters", row) == [True]


@pytest.mark.parametrize(
    ("second", "target", "level", "between", "falls"),
    [
        ((37, 0.22), 60, None, math.sqrt((0.22**2 * 37 - 0.2**2 * 23) / 14), False),
        ((23 * 2.25, 0.2 / 1.5), 30, math.sqrt(0.2**2 * 23 / 30), 0.0, False),  # variance stays as it is
        ((60, 0.12), 30, math.sqrt((0.04 * 23 + (0.0144 * 60 - 0.04 * 23) * 7 / 37) / 30), None, True),
    ],
)
def test_nothing_is_said_beyond_two_expirations_nor_where_variance_falls(
    second, target, level, between, falls
):
    row = {"days1": 23, "iv1": 0.2, "days2": second[0], "iv2": second[1], "target_days": target}
    row |= {"iv_target": level, "forward_iv_1_2": between}
    row |= {"calendar_arbitrage": falls, "bracketed": level is not None}
    assert held("term_structure", row) == [True]


NOTHING = {
    "call_oi": 0, "put_oi": 0, "pc_oi": None, "call_vol": 0, "put_vol": 0, "pc_vol": None,
    "max_pain_table": [], "max_pain_minimisers": [], "max_pain": None,
    "top_otm_calls": [], "top_otm_puts": [],
    "gex_table": [], "gex_total_usd_per_1pct": 0.0, "gex_peak_abs_strike": None, "atm_strike": None,
    "atm_straddle_mid": None, "expected_move_straddle": None, "expected_move_straddle_085": None,
    "expected_move_pct": None, "unusual_rule": "vol>=500 and vol>=2*oi", "unusual": [],
}  # fmt: skip


def test_an_empty_chain_has_totals_of_nought_and_no_ratio():
    row = {"id": "empty", "S": 50.0, "days_to_expiry": 5, "chain": [], "previous_oi": None}
    assert held("hand_chains", {**row, "expected": NOTHING}) == [True]
    assert held("hand_chains", {**row, "expected": {**NOTHING, "pc_oi": 0.0}}) == [False]


def test_a_new_series_without_open_interest_has_neither_a_ratio_nor_a_change():
    line = {"vol": 600, "bid": 0.05, "ask": 0.06, "gamma": 0.5}
    chain = [
        {
            "strike": 0.125,
            "call": {**line, "oi": 0},
            "put": {**line, "oi": 4, "vol": 0, "bid": 0.01, "ask": 0.02},
        }
    ]
    row = {
        "id": "cheap",
        "S": 0.1,
        "days_to_expiry": 2,
        "chain": chain,
        "previous_oi": {"C": {}, "P": {"0.125": 1}},
    }
    paid = {"settle": 0.125, "calls": 0, "puts": 0, "total_points": 0, "total_usd": 0}
    put = -0.5 * 4 * 100 * 0.1**2 * 0.01
    premium = 600 * 100 * 0.055
    expected = {
        **NOTHING,
        "put_oi": 4,
        "call_vol": 600,
        "pc_vol": 0.0,
        "max_pain_table": [paid],
        "max_pain_minimisers": [0.125],
        "max_pain": 0.125,
        "gex_table": [{"call": 0.0, "put": put, "net": put, "strike": 0.125}],
        "gex_total_usd_per_1pct": put,
        "gex_peak_abs_strike": 0.125,
        "atm_strike": 0.125,
        "atm_straddle_mid": 0.07,
        "expected_move_straddle": 0.07,
        "expected_move_straddle_085": 0.0595,
        "expected_move_pct": 70.0,
        "unusual": [
            {
                "type": "C",
                "strike": 0.125,
                "vol": 600,
                "oi": 0,
                "ratio": None,
                "premium_traded_usd_at_mid": premium,
            }
        ],
        "oi_change": [
            {"type": "C", "strike": 0.125, "prev": None, "now": 0, "change": None},
            {"type": "P", "strike": 0.125, "prev": 1, "now": 4, "change": 3},
        ],
    }
    assert failures("hand_chains", {**row, "expected": expected}) == []


def test_a_slope_that_leaves_no_probability_is_refused_and_the_arithmetic_agrees():
    normal = {"S": 100, "K": 100, "days": 365, "r": 0.0, "q": 0.0, "sigma_at_K": 0.2, "dsigma_dK": -0.02}
    above, bell = 0.460172162722971, 0.396952547477012  # N(-0.1), n(0.1)
    dear, cheap = (black76(100, 100 + side, 1, 0.2 - 0.02 * side, "call", 0) for side in (-0.5, 0.5))
    row = {"prob_above_flat_Nd2": above, "two_times_prob_itm": 2 * above, "delta_call": 1 - above}
    row |= {"prob_touch_flat": 1.0, "prob_above_with_skew_BL": above + 100 * bell * 0.02}
    assert row["prob_above_with_skew_BL"] > 1
    assert failures("probabilities", {**normal, **row, "call_spread_estimate_width1": dear - cheap}) == []


FLIP = {"call_strike": 105, "call_oi": 1000, "put_strike": 95, "sigma": 0.2, "days": 30, "r": 0, "q": 0}


@pytest.mark.parametrize("interest", [1000, 20_000_000])
def test_a_flip_further_than_the_range_must_be_none(interest):
    variance, apart = 0.2**2 * 30 / 365, math.log(105 / 95)
    flip = math.exp(math.log(105 * 95) / 2 - variance * math.log(1000 / interest) / apart - variance / 2)
    row = {**FLIP, "put_oi": interest, "zero_gamma": flip, "net_sign_above": "+", "net_sign_below": "-"}
    notes = failures("zero_gamma", {**row, "net_gex_at_mid_strike": 0.0})
    assert notes[0].startswith("net_gex_at_mid_strike")
    assert "also" not in notes[0]


def test_two_regions_of_exercise_have_no_value_and_no_volatility():
    row = {"type": "P", "S": 100.0, "K": 100.0, "T_years": 0.5, "r": -0.02, "q": -0.03, "sigma": 0.2}
    row |= dict.fromkeys(("price", "delta", "gamma", "sigma_exercise_now_max"))
    notes = failures("american_iv_roundtrip", {**row, "intrinsic": 0.0, "status": "at_intrinsic_no_iv"})
    assert notes == []
