"""
A bought option, priced where its plan would buy it.

At the trigger: the next session's close, spot at the level, each strike keeping its
volatility, half of today's spread added. Breakeven, loss and profit come from that price.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from generator.analytics.ideas import gate, payoff
from generator.analytics.ideas.gate import NoPlanError, Reason
from generator.analytics.ideas.plan_facts import PlanWriter
from generator.analytics.ideas.scenario import Desk, Direction, Scenario, scenarios
from generator.analytics.smile import Quote
from generator.calendar import next_session, session_close
from generator.models.analysis import Fact, Idea, IdeaKind, Leg, Unit
from generator.models.market import Right

ROOM = 1.05  #: the limit over the estimate at the trigger
TICK, SMALL_TICK, SMALL_PRICE = 0.05, 0.01, 3.0
WIDE = 5.0  #: percent of the mid: worth a warning
NEAR_STRIKE = 0.01  #: share of the strike within which expiration decides late


@dataclass(frozen=True, slots=True)
class Candidate:
    """A strike, its quote today and its estimate at the trigger, for one target."""

    scenario: Scenario
    target: Fact
    quote: Quote
    value: float  #: at the trigger, mid
    price: float  #: at the trigger, natural

    @property
    def held(self) -> tuple[payoff.Holding]:
        """The position for the payoff algebra."""
        return (payoff.Holding(self.quote.right, 1, self.price, self.quote.strike),)

    @property
    def reward(self) -> float:
        """Profit at the target over the most that can be lost."""
        return payoff.profit(self.held, self.target.number) / self.price

    @property
    def limit(self) -> float | None:
        """The most the plan pays, None where it would be less than the estimate."""
        worth = payoff.profit(self.held, self.target.number) + self.price
        return limit_price(self.price, worth)


def plan(desk: Desk, kind: IdeaKind, right: Right, direction: Direction) -> Idea:
    """Return the plan to buy a call or a put beyond a trigger; `NoPlanError` when there is none."""
    return _idea(desk, kind, _best(desk, right, direction))


def _best(desk: Desk, right: Right, direction: Direction) -> Candidate:
    """The first expiration with a liquid strike, its nearest target with a profit, its best strike."""
    for scenario in scenarios(desk, direction):
        quotes = list(_liquid(desk, scenario, right))
        if quotes:
            return _best_of(desk, scenario, quotes)
    raise NoPlanError(Reason.NOT_LIQUID)


def _best_of(desk: Desk, scenario: Scenario, quotes: list[Quote]) -> Candidate:
    reason = Reason.LOSES_AT_TARGET
    for target in scenario.targets:
        priced = (_priced(desk, scenario, target, quote) for quote in quotes)
        found = [candidate for candidate in priced if candidate is not None]
        worth = [candidate for candidate in found if candidate.limit is not None]
        if worth:
            return max(worth, key=lambda candidate: candidate.reward)
        if any(candidate.reward > 0 for candidate in found):
            reason = Reason.LITTLE_REWARD
    raise NoPlanError(reason)


def _liquid(desk: Desk, scenario: Scenario, right: Right) -> Iterator[Quote]:
    """Yield tight quotes at or beyond the trigger, short of the last target, with two-sided neighbours."""
    traded = {quote.strike: quote for quote in desk.surface.contracts(scenario.expiration, right)}
    strikes = _listed(desk, traded, right)
    low, high = sorted((scenario.trigger.number, scenario.targets[-1].number))
    for before, strike, after in zip(strikes, strikes[1:], strikes[2:], strict=False):
        quote = traded.get(strike)
        if quote is None or not low <= strike <= high:
            continue
        if before in traded and after in traded and gate.liquid(quote.bid, quote.ask):
            yield quote


def _listed(desk: Desk, traded: dict[float, Quote], right: Right) -> list[float]:
    """All strikes of the expiration and settlement of *traded*, quoted or not."""
    if not traded:
        return []
    book = desk.surface.book
    row = book.find(next(iter(traded.values())).contract_symbol)
    rows = book.expiration_of(row).rows if row is not None else slice(0, 0)
    calls = book.call[rows] == (right == "call")
    return sorted({float(strike) for strike in book.strike[rows][calls]})


def _priced(desk: Desk, scenario: Scenario, target: Fact, quote: Quote) -> Candidate | None:
    value = desk.surface.value(
        quote.expiration,
        quote.strike,
        quote.right,
        spot=scenario.trigger.number,
        as_of=_at_trigger(desk),
        settlement=quote.settlement,
    )
    if value is None or quote.bid is None or quote.ask is None:
        return None
    return Candidate(scenario, target, quote, value, value + (quote.ask - quote.bid) / 2)


def _at_trigger(desk: Desk) -> dt.datetime:
    """When the trigger is taken to be met: the next session's close."""
    return session_close(next_session(desk.snapshot.session))


def _idea(desk: Desk, kind: IdeaKind, chosen: Candidate) -> Idea:
    write, quote, scenario = PlanWriter(desk, kind, chosen.scenario), chosen.quote, chosen.scenario
    strike = write.quoted("strike", quote, quote.strike, "=value(strike)")
    paid = _paid(write, chosen)
    target = write.same("target", chosen.target)
    profit, loss = _profit(write, chosen, (target, strike, paid)), write.same("max_loss", paid)
    breakeven = write.fact("breakeven", *_breakeven(chosen), (strike, paid))
    expires = desk.ledger.day(quote.expiration)
    now, mid = quote.ask or 0.0, quote.mid or 0.0
    return Idea(
        id=write.id,
        kind=kind,
        direction=scenario.direction,
        legs=(_leg(quote, strike, expires),),
        trigger=write.same("trigger", scenario.trigger),
        trigger_level=scenario.trigger_level,
        limit=write.fact("limit", _limit(chosen), "limit.above_estimate(5%)", (paid, target, strike)),
        last_day=desk.ledger.day(scenario.last_day),
        invalidation=write.same("invalidation", scenario.invalidation),
        target=target,
        price_now=write.quoted("price_now", quote, now, "=value(ask)"),
        mid_now=write.quoted("mid_now", quote, mid, "=(value(bid)+value(ask))/2"),
        price_at_trigger=paid,
        breakevens=(breakeven,),
        max_loss=loss,
        max_gain=_max_gain(write, quote, strike, paid),
        probability_of_profit=_probability(write, chosen, breakeven),
        profit_at_target=profit,
        reward_risk=write.ratio("reward_risk", profit, loss),
        expires=expires,
        spread_percent=write.spread_percent(quote),
        open_interest=write.counted("open_interest", quote),
        volume=write.counted("volume", quote),
        warnings=tuple(_warnings(desk, chosen)),
    )


def _leg(quote: Quote, strike: Fact, expires: Fact) -> Leg:
    return Leg(
        quantity=1,
        right=quote.right,
        strike=strike,
        expiration=expires,
        contract_symbol=quote.contract_symbol,
    )


def _paid(write: PlanWriter, chosen: Candidate) -> Fact:
    value = write.fact("value_at_trigger", chosen.value, "sticky_strike.value", (chosen.scenario.trigger,))
    formula = "=$1+(value(ask)-value(bid))/2"
    return write.quoted("price_at_trigger", chosen.quote, chosen.price, formula, of=(value,))


def _profit(write: PlanWriter, chosen: Candidate, of: tuple[Fact, Fact, Fact]) -> Fact:
    formula = "=max($1-$2,0)-$3" if chosen.quote.right == "call" else "=max($2-$1,0)-$3"
    return write.fact("profit_at_target", payoff.profit(chosen.held, chosen.target.number), formula, of)


def _breakeven(chosen: Candidate) -> tuple[float, str]:
    return payoff.breakevens(chosen.held)[0], "=$1+$2" if chosen.quote.right == "call" else "=$1-$2"


def _max_gain(write: PlanWriter, quote: Quote, strike: Fact, paid: Fact) -> Fact | None:
    """A put gains most at zero; a call's gain is unbounded."""
    if quote.right == "call":
        return None
    return write.fact("max_gain", strike.number - paid.number, "=$1-$2", (strike, paid))


def _probability(write: PlanWriter, chosen: Candidate, breakeven: Fact) -> Fact | None:
    """The risk-neutral probability of settling beyond the breakeven, seen from where the price is."""
    quote, trigger = chosen.quote, chosen.scenario.trigger
    above = write.desk.surface.probability_above(
        quote.expiration,
        breakeven.number,
        spot=trigger.number,
        as_of=_at_trigger(write.desk),
        settlement=quote.settlement,
    )
    if above is None:
        return None
    call = quote.right == "call"
    return write.desk.ledger.add(
        f"plan.{write.id}.probability_of_profit",
        100 * (above if call else 1 - above),
        unit=Unit.PERCENT,
        formula="smile.probability_above" if call else "smile.probability_below",
        of=(breakeven, trigger),
    )


def limit_price(estimate: float, worth: float) -> float | None:
    """
    Return the most to pay for what is *worth* so much at the target, None where the estimate is more.

    5 % over the estimate and at most the price that still pays the gate's reward, rounded down
    to a nickel, to a cent below three dollars.
    """
    most = min(ROOM * estimate, worth / (1 + gate.LEAST_REWARD))
    tick = SMALL_TICK if most < SMALL_PRICE else TICK
    limit = round(floor(most / tick + 1e-9) * tick, 2)
    return limit if limit >= estimate else None


def _limit(chosen: Candidate) -> float:
    if chosen.limit is None:
        raise NoPlanError(Reason.LITTLE_REWARD)
    return chosen.limit


def _warnings(desk: Desk, chosen: Candidate) -> Iterator[str]:
    """Yield what the buyer should know; sentences without a full stop and without digits."""
    quote, session = chosen.quote, desk.snapshot.session
    if quote.spread_percent is not None and quote.spread_percent > WIDE:
        yield "The spread is wide for the price"
    if any(session < dividend.ex_date <= quote.expiration for dividend in desk.snapshot.dividends):
        yield "The shares go ex-dividend before it expires"
    if any(session < event.date <= quote.expiration for event in desk.snapshot.events):
        yield "A scheduled event falls before it expires"
    if abs(chosen.target.number - quote.strike) <= NEAR_STRIKE * quote.strike:
        yield "The target is near the strike, where exercise is decided after the close"
