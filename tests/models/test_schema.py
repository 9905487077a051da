from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from generator.errors import SchemaError
from generator.models.market import BAR_COLUMNS, CHAIN_COLUMNS
from generator.models.schema import validated_bars, validated_chain
from tests.builders import chain_row, make_bars, make_chain


def rows(**changes):
    return pd.DataFrame([chain_row(99), chain_row(100, **changes), chain_row(101)])


def test_a_valid_chain_has_the_documented_columns_and_types():
    chain = make_chain()
    assert list(chain.columns) == list(CHAIN_COLUMNS)
    for column, description in CHAIN_COLUMNS.items():
        kind = description.split(",")[0]
        if kind in {"datetime64[s]", "float64", "int64", "bool"}:
            assert chain[column].dtype == kind
        else:
            assert pd.api.types.is_string_dtype(chain[column])
    assert list(chain.index) == list(range(len(chain)))


def test_rows_come_back_sorted_whatever_their_order():
    chain = make_chain()
    shuffled = chain.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(validated_chain(shuffled), chain)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("strike", 0.0),
        ("strike", -5.0),
        ("strike", np.inf),
        ("strike", np.nan),
        ("right", "straddle"),
        ("settlement", "noon"),
        ("root", "iwm"),
        ("contract_symbol", "IWM"),
        ("expiration", pd.NaT),
        ("bid", np.inf),
        ("ask", -np.inf),
        ("last", np.inf),
        ("volume", -1.0),
        ("volume", 1.5),
        ("open_interest", np.inf),
        ("open_interest", -3.0),
        ("volume", 1e308),
        ("open_interest", 99_999_999_999_999_999_999_999.0),
        ("open_interest", 1_000_000_001.0),
        ("ask", 1e300),
        ("last", -1e9),
        ("multiplier", 0),
        ("root", None),
    ],
)
def test_a_value_outside_its_description_is_named_by_row_and_column(column, value):
    frame = rows()
    frame[column] = frame[column].astype(object)
    frame.loc[1, column] = value
    with pytest.raises(SchemaError, match=f"chain row 1, column {column}: wanted ") as caught:
        validated_chain(frame)
    assert (caught.value.row, caught.value.column) == (1, column)


def test_text_where_a_number_belongs_is_refused():
    frame = rows()
    frame["bid"] = "abc"
    with pytest.raises(SchemaError, match="column bid: wanted float64"):
        validated_chain(frame)


@pytest.mark.parametrize("column", [name for name in CHAIN_COLUMNS if name != "quote_time"])
def test_a_missing_chain_column_is_named(column):
    with pytest.raises(SchemaError, match=f"column {column}: wanted the columns"):
        validated_chain(rows().drop(columns=column))


def test_a_chain_without_times_of_quotes_has_none():
    times = validated_chain(rows().drop(columns="quote_time", errors="ignore"))["quote_time"]
    assert times.dtype == "datetime64[s]"
    assert times.isna().all()


def test_times_of_quotes_with_a_zone_are_taken_to_utc():
    frame = rows()
    frame["quote_time"] = pd.Series(
        [pd.Timestamp("2026-03-11 15:59:30.5", tz="America/New_York"), pd.NaT, pd.NaT]
    )
    times = validated_chain(frame)["quote_time"]
    assert times[0] == pd.Timestamp("2026-03-11 19:59:30")
    assert list(times.isna()) == [False, True, True]


def test_a_time_that_is_none_is_named():
    frame = rows()
    frame["quote_time"] = "noon"
    with pytest.raises(SchemaError, match=r"column quote_time: wanted datetime64\[s\]"):
        validated_chain(frame)


def test_a_series_listed_twice_is_refused():
    frame = pd.DataFrame([chain_row(99), chain_row(99)])
    with pytest.raises(SchemaError, match=r"chain row 1.*each series once"):
        validated_chain(frame)


def test_one_strike_may_stand_in_two_settlements_and_two_roots():
    frame = pd.DataFrame([chain_row(99), chain_row(99, settlement="am"), chain_row(99, root="ABCD1")])
    assert len(validated_chain(frame)) == 3


def test_doubtful_quotes_are_no_breach_of_the_schema():
    frame = rows(bid=2.0, ask=-1.0, last=np.nan, volume=np.nan, open_interest=np.nan)
    assert validated_chain(frame)["ask"].min() == -1.0


def test_a_chain_without_rows_is_refused():
    with pytest.raises(SchemaError, match="at least one series"):
        validated_chain(rows().iloc[:0])


def test_valid_bars_have_the_documented_columns_and_types():
    bars = make_bars(20)
    assert list(bars.columns) == list(BAR_COLUMNS)
    assert bars["date"].dtype == "datetime64[s]"
    assert {str(bars[column].dtype) for column in bars.columns[1:]} == {"float64"}


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("date", lambda bars: bars["date"].iloc[7]),
        ("date", lambda bars: bars["date"].iloc[2]),
        ("high", lambda bars: bars["close"].iloc[8] / 2),
        ("low", lambda bars: bars["high"].iloc[8]),
        ("close", lambda _: np.nan),
        ("open", lambda _: 0.0),
        ("open", lambda _: np.inf),
        ("volume", lambda _: -1.0),
        ("volume", lambda _: np.inf),
        ("volume", lambda _: 1e308),
        ("high", lambda _: 1e308),
    ],
)
def test_bars_that_contradict_themselves_are_refused(column, change):
    bars = make_bars(20)
    bars.loc[8, column] = change(bars)
    with pytest.raises(SchemaError, match="bars row 8"):
        validated_bars(bars)


def test_a_bar_may_lack_its_volume_and_differ_in_the_last_bits():
    bars = make_bars(5)
    bars.loc[2, "volume"] = np.nan
    bars.loc[2, "high"] = bars.loc[2, ["open", "close", "low"]].max() * (1 - 1e-12)
    assert len(validated_bars(bars)) == 5
