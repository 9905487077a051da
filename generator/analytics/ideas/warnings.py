"""What a plan's holder should know; sentences without a full stop and without digits."""

from __future__ import annotations

from collections.abc import Iterator

from generator.analytics.ideas.planning import Candidate
from generator.analytics.ideas.scenario import Desk
from generator.analytics.series import MINUTES_A_YEAR
from generator.analytics.smile import Quote
from generator.calendar import expiry_instant, minutes_to, previous_session, session_close
from generator.models.market import Dividend

DEAR = 0.05  #: of the most it can lose: half spreads that are worth a warning

WIDE = "The quoted spreads are wide for what it can lose"
ASSIGNED = "A sold option can be assigned before it expires, and shares are then delivered"
PINNED = (
    "Within a hundredth of a sold strike on the last day, assignment is decided after the close, "
    "by holders who have until half past five New York time"
)
EX_DATE = "The shares go ex-dividend before it expires"
CALLED = (
    "The shares go ex-dividend before it expires: a sold call in the money whose time value is under "
    "the dividend is exercised the evening before"
)
CALLED_AT_TARGET = (
    "The shares go ex-dividend before it expires, and at the target the sold call's time value is under "
    "the dividend: expect to be assigned the evening before"
)
CASH = "It settles in cash: a sold option is not assigned early, and no shares are delivered"
MORNING = "It settles on the opening prices of its last morning and stops trading the day before"
GAP = "A stop is an order and no price; an overnight gap can lose more"


def warnings(desk: Desk, chosen: Candidate) -> Iterator[str]:
    """Yield what stands beside a plan in options."""
    if chosen.cost > DEAR:
        yield WIDE
    sold = [part.quote for part in chosen.position.parts if part.quote is not None and part.quantity < 0]
    if desk.snapshot.kind == "index":
        yield from _index(chosen, sold=bool(sold))
        return
    if sold:
        yield ASSIGNED
        yield PINNED
    yield from _dividends(desk, chosen, [quote for quote in sold if quote.right == "call"])
    if any(part.quote is None for part in chosen.position.parts):
        yield GAP


def _index(chosen: Candidate, *, sold: bool) -> Iterator[str]:
    if sold:
        yield CASH
    quotes = [part.quote for part in chosen.position.parts if part.quote is not None]
    if any(quote.settlement == "am" for quote in quotes):
        yield MORNING


def _dividends(desk: Desk, chosen: Candidate, calls: list[Quote]) -> Iterator[str]:
    """Yield one sentence on the dividends before it expires, the gravest that applies."""
    session, expires = desk.snapshot.session, chosen.scenario.expiration
    ahead = [item for item in desk.snapshot.dividends if session < item.ex_date <= expires]
    if not ahead:
        return
    target = chosen.target.number
    if any(called_early(desk, call, target, item) for call in calls for item in ahead):
        yield CALLED_AT_TARGET
    elif calls:
        yield CALLED
    else:
        yield EX_DATE


def called_early(desk: Desk, call: Quote, price: float, dividend: Dividend) -> bool:
    """
    Whether a call in the money at *price* is worth exercising for the dividend.

    It is when the dividend is more than what exercise gives up: the put of the same strike and
    expiration on the eve, the dividend still to leave the price, and the interest on the strike
    (Cox and Rubinstein, 1985).
    """
    eve = previous_session(dividend.ex_date)
    if price <= call.strike or eve < desk.snapshot.session:
        return False
    close = session_close(eve)
    put = desk.surface.value(
        call.expiration, call.strike, "put", spot=price, as_of=close, settlement=call.settlement
    )
    if put is None:
        return False
    years = minutes_to(close, expiry_instant(call.expiration, "pm")) / MINUTES_A_YEAR
    return dividend.amount > put + call.strike * (1 - desk.surface.rate.discount(years))
