from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import errors
from generator.calendar import NEW_YORK
from generator.providers.base import Ask
from generator.providers.treasury import Treasury, continuous
from tests.tables import ends_as
from tests.wire.faults import TRANSPORT
from tests.wire.server import Reply

SESSION = dt.date(2026, 3, 11)
ASK = Ask(symbol="IWM", when=dt.datetime(2026, 3, 11, 16, tzinfo=NEW_YORK), session=SESSION)
HEADER = 'Date,"1 Mo","1.5 Month","2 Mo","3 Mo","6 Mo","1 Yr","2 Yr","10 Yr"\n'
GOOD = (
    HEADER
    + "03/11/2026,4.20,4.21,4.22,4.23,4.24,4.25,4.26,4.50\n"
    + "03/10/2026,4.00,N/A,4.02,4.03,4.04,4.05,4.06,4.50\n"
    + "03/09/2026,3.90,3.91,3.92,3.93,3.94,3.95,3.96,4.40\n"
)
PATH = "/resource-center/data-chart-center/interest-rates/daily-treasury-rates.csv/{}/all"


@pytest.fixture
def treasury(wire):
    wire.routes = {PATH.format(2026): Reply(GOOD.encode(), headers={"Content-Type": "text/csv"})}
    options = {"base_url": wire.url(), "ca_file": str(wire.ca_file), "spacing": 0, "retries": 0, "timeout": 2}
    return Treasury("", options)


def answered(treasury, ask=ASK):
    fetched = treasury.fetch("rates", ask)
    return treasury.read("rates", ask, {file.name: file.data for file in fetched.files})


def test_the_curve_is_the_latest_that_was_published(treasury, wire):
    rates = answered(treasury).rates
    assert [point.days for point in rates] == [30, 61, 91, 182, 365, 730]  # 1.5 months are not quoted
    assert rates[0].rate == pytest.approx(12 * math.log(1 + 0.04 / 12), rel=1e-14)
    assert rates[-1].rate == pytest.approx(2 * math.log(1 + 0.0406 / 2), rel=1e-14)
    assert wire.requests[0].query["field_tdr_date_value"] == ["2026"]


def test_the_evening_knows_the_days_own_curve(treasury):
    evening = Ask(symbol="IWM", when=ASK.when.replace(hour=18), session=SESSION)
    assert answered(treasury, evening).rates[0].rate == pytest.approx(12 * math.log(1 + 0.042 / 12))


def test_the_first_days_of_a_year_take_the_last_years_file_too(treasury, wire):
    wire.routes[PATH.format(2025)] = Reply((HEADER + "12/31/2025,3,3,3,3,3,3,3,4\n").encode())
    wire.routes[PATH.format(2026)] = Reply(HEADER.encode())
    day = dt.date(2026, 1, 2)
    ask = Ask(symbol="IWM", when=dt.datetime(2026, 1, 2, 16, tzinfo=NEW_YORK), session=day)
    assert answered(treasury, ask).rates[0].rate == pytest.approx(0.03, abs=1e-4)


@pytest.mark.parametrize("reply", [Reply(status=404), Reply()], ids=["no file yet", "a blank file"])
def test_a_new_year_without_a_file_leaves_last_years(treasury, wire, reply):
    wire.routes[PATH.format(2025)] = Reply((HEADER + "12/31/2025,3,3,3,3,3,3,3,4\n").encode())
    wire.routes[PATH.format(2026)] = reply
    day = dt.date(2026, 1, 2)
    ask = Ask(symbol="IWM", when=dt.datetime(2026, 1, 2, 16, tzinfo=NEW_YORK), session=day)
    assert len(answered(treasury, ask).rates) == 7


def test_a_curve_of_last_month_is_refused(treasury):
    ask = Ask(symbol="IWM", when=dt.datetime(2026, 4, 1, 16, tzinfo=NEW_YORK), session=dt.date(2026, 4, 1))
    with pytest.raises(errors.NotThereError, match="found that of 2026-03-11"):
        answered(treasury, ask)


@given(
    par_yield=st.floats(-0.02, 0.2),
    months=st.sampled_from([1, 1.5, 2, 3, 4, 6, 12, 24, 36, 60, 84]),
)
def test_rates_agree_with_quantlib(par_yield, months):
    ql = pytest.importorskip("QuantLib", reason="needs QuantLib, the second opinion")
    how = ql.Simple if months <= 6 else ql.Compounded
    given_rate = ql.InterestRate(par_yield, ql.Actual365Fixed(), how, ql.Semiannual)
    wanted = given_rate.equivalentRate(ql.Continuous, ql.Annual, months / 12).rate()
    assert continuous(par_yield, months) == pytest.approx(wanted, rel=1e-10, abs=1e-14)


def test_both_formulas_agree_at_half_a_year():
    assert continuous(0.05, 6) == pytest.approx(continuous(0.05, 6.000001), rel=1e-12)


@pytest.mark.parametrize("fault", sorted(TRANSPORT))
def test_every_fault_of_the_wire_ends_as_its_kind(treasury, wire, fault):
    make, kind = TRANSPORT[fault]
    treasury._client._timeout = 0.3
    wire.routes[PATH.format(2026)] = make(GOOD.encode())
    with ends_as(kind):
        answered(treasury)


BODIES = {
    "no day": (HEADER, errors.NotThereError),
    "only later days": (HEADER + "03/12/2026,1,1,1,1,1,1,1,1\n", errors.NotThereError),
    "nothing quoted": (HEADER + "03/10/2026,N/A,,N/A,,,,N/A,\n", errors.NotThereError),
    "date renamed": (GOOD.replace("Date", "Day"), errors.BadPayloadError),
    "a tenor renamed": (GOOD.replace("3 Mo", "13 Weeks"), errors.BadPayloadError),
    "a cell too few": (GOOD.replace("03/10/2026,4.00,", "03/10/2026,"), errors.BadPayloadError),
    "a yield of NaN": (GOOD.replace("4.02", "NaN"), errors.BadPayloadError),
    "a yield of 1e5": (GOOD.replace("4.02", "1e5"), errors.BadPayloadError),
    "a yield of 99": (GOOD.replace("4.02", "99.0"), errors.BadPayloadError),
    "a date of another order": (GOOD.replace("03/10/2026", "31/10/2026"), errors.BadPayloadError),
    "an ISO date": (GOOD.replace("03/10/2026", "2026-03-10"), errors.BadPayloadError),
    "an open quote": (GOOD + '"', errors.BadPayloadError),
}


@pytest.mark.parametrize("fault", sorted(BODIES))
def test_every_fault_of_a_body_ends_as_its_kind(treasury, wire, fault):
    body, kind = BODIES[fault]
    wire.routes[PATH.format(2026)] = Reply(body.encode())
    with ends_as(kind):
        answered(treasury)
