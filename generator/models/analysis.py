"""
What was found: facts, and typed groups of facts. No frames from here on.

Every number a reader may see is a `Fact`. A group's field is None where the data
cannot support it; the reason stands in a `Gap` or a `Withheld`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from generator.models.market import Gap, Right

Value = float | int | str | dt.date | dt.datetime


class Unit(StrEnum):
    """What a fact's value counts."""

    USD = "usd"  # dollars per share, or dollars
    POINTS = "index_points"  # an index level or a premium on it
    PERCENT = "percent"  # 2.2 is 2.2 %; volatilities and probabilities too
    VOLATILITY_POINTS = "volatility_points"
    BASIS_POINTS = "basis_points"
    RATIO = "ratio"
    VARIANCE = "variance"  # 0.04 a year is a volatility of 20 %
    CONTRACTS = "contracts"
    SHARES = "shares"
    COUNT = "count"
    SESSIONS = "sessions"
    DAYS = "days"
    MINUTES = "minutes"
    INDICATOR = "indicator"  # RSI, %b: no unit
    DATE = "date"
    TIME = "time"  # an instant, printed in New York time
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """
    Where a fact's value comes from.

    `selector` names rows (`chain[expiration=2026-05-29 right=put]`), `rows` and
    `sha256` pin them; `facts` are operand ids, `$1` the first.
    """

    selector: str | None = None
    rows: int = 0
    sha256: str | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """
    One value with its unit, precision, date and origin.

    A `formula` that starts with "=" is arithmetic over the selected rows and the
    operand facts and is recomputed by the audit (`=sum(open_interest)`,
    `=100*($1/$2-1)`); any other names an entry of docs/metrics.md.
    """

    id: str
    value: Value
    unit: Unit
    decimals: int
    formula: str
    date: dt.date | None = None  #: the session the value belongs to
    inputs: Inputs = Inputs()

    @property
    def number(self) -> float:
        """The value as a float; TypeError for dates and text."""
        if isinstance(self.value, (int, float)):
            return float(self.value)
        raise TypeError(f"{self.id} is {self.unit}, not a number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A judging phrase and the condition it must meet: `rsi >= 70` over named facts."""

    id: str
    phrase: str
    condition: str
    values: Mapping[str, str]  #: name in the condition -> fact id
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A metric that was not printed, and why."""

    metric: str
    reason: str


LevelKind = Literal[
    "support",
    "resistance",
    "prior high",
    "prior low",
    "session high",
    "session low",
    "pivot",
    "round number",
    "call open interest",
    "put open interest",
    "average",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A price that matters. A zone has two edges; a line has low is high."""

    id: str
    kind: LevelKind
    low: Fact
    high: Fact
    method: str  #: "two or more swing turns within half an average range"
    lookback: int | None  #: sessions
    touches: int | None = None
    touch_date: dt.date | None = None
    overran: bool = False  #: a session extreme beyond an earlier level that the price came back from

    @property
    def value(self) -> float:
        """The edge nearest to nothing in particular: the middle of the zone."""
        return (self.low.number + self.high.number) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A ratio with its parts and its scope, so that it can be recomputed."""

    scope: str
    puts: Fact
    calls: Fact
    ratio: Fact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A ratio then and now over the expirations unexpired and listed in both."""

    then: Fact
    now: Fact
    since: Fact  #: date of the earlier session
    expirations: Fact  #: how many are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One series and what was counted on it. Facts of today unless said otherwise."""

    contract_symbol: str
    expiration: Fact
    strike: Fact
    right: Right
    open_interest: Fact | None
    distance: Fact | None  #: percent of spot, signed
    volume: Fact | None = None
    volume_to_open_interest: Fact | None = None
    change: Fact | None = None  #: open interest against the session before
    previous_open_interest: Fact | None = None
    previous_volume: Fact | None = None
    volume_share: Fact | None = None  #: percent of the day's volume outside expiring series
    bid: Fact | None = None
    ask: Fact | None = None
    settlement: Literal["pm", "am"] = "pm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One expiration's open interest."""

    expiration: Fact
    calls: tuple[Contract, ...]  #: out of the money, largest open interest first
    puts: tuple[Contract, ...]
    ratio: Ratio
    call_share: Fact | None  #: percent of the side's open interest in its two largest strikes
    put_share: Fact | None
    ratio_without: Fact | None  #: the ratio without the two largest put strikes
    max_pain: Fact | None
    strikes: tuple[tuple[float, float, float], ...] = ()  #: strike, call and put open interest
    settlement: Literal["pm", "am"] = "pm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """
    Same-day changes "consistent with a roll" (definitions 7); the side is unknown.

    `closed` lost and `opened` gained at least half of yesterday's volume.
    """

    right: Right
    closed: tuple[Contract, ...]
    opened: tuple[Contract, ...]
    lost: Fact  #: contracts, positive
    gained: Fact
    traded_on: Fact  #: date
    pairs: Fact | None = None  #: contracts a leg, the least that traded on any
    closed_value: Fact | None = None  #: per share, at that session's mids; two legs: first less second
    opened_value: Fact | None = None
    cost: Fact | None = None  #: opened_value less closed_value
    cost_total: Fact | None = None  #: dollars, on `pairs`


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What became of one series' volume, by the next morning's count; the sides are unknown."""

    contract: Contract
    stayed: Fact | None  #: the change in open interest as a percentage of the volume
    slug: str  #: what its facts and claims are called: "aftermath.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """A series whose volume is large for the day, or for series like it; the sides are unknown."""

    contract: Contract
    share: Fact  #: percent of the volume beyond today's expiration
    premium: Fact  #: dollars, the volume at the mid
    times_usual: Fact | None  #: volume over the usual of its bucket; None: not enough sessions on file


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """What the chain shows."""

    open_interest_all: Ratio
    open_interest_live: Ratio  #: without series that expire today or have stopped trading
    volume_all: Ratio
    volume_live: Ratio
    contracts: Fact
    expirations: Fact
    last_expiration: Fact  #: date of the furthest on file, which may be nearer than the furthest listed
    like_for_like: Change | None  #: against the session before
    like_for_like_week: Change | None  #: against the oldest of the last five sessions on file
    boards: tuple[Board, ...]  #: the two nearest Friday-week dates, or the next two; a board a settlement
    biggest_call: Contract | None  #: largest open interest out of the money within 20 % of spot, live board
    biggest_put: Contract | None
    increases: tuple[Contract, ...]  #: largest gains in open interest, at most four
    decreases: tuple[Contract, ...]
    roll: Roll | None
    busiest: tuple[Contract, ...]  #: by volume outside expiring series, at most five
    busiest_share: Fact | None  #: percent of that volume in the busiest four
    history_sessions: Fact | None  #: sessions on file, today's included
    history_ratios: tuple[tuple[dt.date, float], ...] = ()
    expiring_share: Fact | None = None  #: percent of volume in series whose last session is today
    followed: Contract | None = None  #: the session before's busiest series, with what became of it
    aftermath: tuple[
        Aftermath, ...
    ] = ()  #: of a morning edition: the busiest five, then what was opened or closed most
    unusual: tuple[Unusual, ...] = ()  #: ranked, at most five
    unusual_sessions: Fact | None = None  #: sessions before with a usual volume on file


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaShare:
    """One date's part of the board's gamma, its settlements together."""

    expiration: Fact
    gross: Fact  #: dollars of the underlying for a move of 1 %
    share: Fact  #: percent of the board's


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """
    Gamma exposure: dollars of the underlying for a move of 1 %. The gross needs no sign.

    The net is a convention, calls less puts, as if dealers were long every call and short every
    put. Where series expire today and still trade, `_live` leaves them out; else both are one.
    """

    gross: Fact
    gross_live: Fact
    dollar_volume: Fact | None  #: of the middle of the last 20 sessions
    share_of_volume: Fact | None  #: gross in percent of it
    expirations: tuple[GammaShare, ...]  #: the five largest and the next monthly one, largest first
    near_spot_share: Fact  #: percent of the gross at strikes within 2 % of the price
    net: Fact
    net_share: Fact  #: percent of the gross, signed
    net_live: Fact
    net_share_live: Fact
    flip: Fact | None  #: price nearest to spot at which the net changes sign; None: not within 15 %
    flip_live: Fact | None
    unknown_share: Fact  #: percent of open interest in series without a gamma


@dataclass(frozen=True, slots=True, kw_only=True)
class Eve:
    """The strike with most gamma of an expiration of today or the next session, within 1 % of the price."""

    expiration: Fact
    gamma_share: Fact  #: percent of the board's gamma that expires with it
    strike: Fact
    distance: Fact  #: percent of spot, signed
    open_interest: Fact  #: calls and puts together
    strike_share: Fact  #: percent of the expiration's gamma
    larger_strikes: Fact  #: how many of its strikes have more open interest


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPoint:
    """One expiration's at-the-money volatility and expected move. Premiums per share."""

    expiration: Fact
    minutes: Fact
    sessions: Fact
    forward: Fact
    atm_volatility: Fact | None  #: percent, calendar minutes
    per_session: Fact | None  #: percent a session
    straddle: Fact | None  #: at-the-money call mid plus put mid
    straddle_percent: Fact | None
    straddle_85: Fact | None
    one_sigma: Fact | None
    one_sigma_percent: Fact | None
    upper: Fact | None  #: spot plus straddle
    lower: Fact | None
    forward_volatility: Fact | None = None  #: percent, between the point before and this one
    atm_error: Fact | None = None  #: points: half the spread over vega at the forward
    one_sigma_upper: Fact | None = None  #: the price one deviation up, where that is a tenth or more
    one_sigma_lower: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Smile:
    """Out-of-the-money implied volatility by strike; percent."""

    expiration: Fact
    points: tuple[tuple[float, float, Right], ...]
    curve: tuple[tuple[float, float], ...] = ()  #: the fitted smile: strike, volatility
    inside: Fact | None = None  #: percent of the quotes whose spread the fitted smile is inside of


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMove:
    """What was priced earlier against what happened."""

    since: Fact  #: date priced
    straddle: Fact
    moved: Fact
    ratio: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedMoves:
    """How the moves priced by sessions on file came out, to each one's nearest weekly expiration."""

    count: Fact  #: sessions whose expiration has passed
    since: Fact  #: the first of them
    expirations: Fact  #: different ones among theirs: windows to one overlap
    inside_one_sigma: Fact
    inside_straddle: Fact
    mean_ratio: Fact  #: of the move to the straddle
    share: Fact | None  #: percent inside one standard deviation; of 20 at least
    model: Fact | None  #: percent that a normal has there; with `share`


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEventMove:
    """The session that answered to an earlier report: how far it closed from the one before, percent."""

    session: Fact
    move: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMove:
    """What options price for the session that answers to a company's next report; percent but for `mean`."""

    date: Fact
    title: Fact
    confirmed: bool
    when: str  #: "after the close"; empty where the time is not known
    in_thirty_days: bool  #: an expiration that covers it gives the 30-day volatility
    past: tuple[PastEventMove, ...] = ()  #: newest first, eight at most
    past_count: Fact | None = None
    past_mean: Fact | None = None
    first: Fact | None = None  #: the first expiration that covers it; None with the rest: no move is told
    before: Fact | None = None  #: the last one that does not, which gives the other sessions' move
    other_sessions: Fact | None = None  #: one standard deviation of each
    one_sigma_percent: Fact | None = None
    mean_percent: Fact | None = None
    mean: Fact | None = None
    past_larger: Fact | None = None  #: how many of `past` were larger than `mean_percent`


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryDrop:
    """What options take out of the price between two expirations and no source tells of."""

    start: Fact  #: date
    end: Fact
    amount: Fact  #: a share


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatility:
    """What the options price."""

    model: str  #: "European values (Black-76) on parity forwards"
    rate: Fact | None  #: percent, continuous
    rate_source: str
    terms: tuple[TermPoint, ...]
    smiles: tuple[Smile, ...]
    constant_30: Fact | None
    skew_25: Fact | None  #: volatility points, put minus call
    skew_expiration: Fact | None
    realised_21: Fact | None  #: percent, close to close, 21 sessions
    parity_gap: Fact | None  #: basis points, spot implied by the nearest expiration minus spot
    past_move: PastMove | None
    previous_constant_30: Fact | None = None
    constant_30_error: Fact | None = None  #: points
    constant_60: Fact | None = None
    constant_90: Fact | None = None
    skew_25_error: Fact | None = None  #: points
    fly_25: Fact | None = None  #: points, mean of put and call less the forward's
    put_25: Fact | None = None  #: percent
    call_25: Fact | None = None
    priced_moves: PricedMoves | None = None
    event: EventMove | None = None  #: of a single company's next report within 45 days
    variance_index_30: Fact | None = None  #: of indices, percent: the whole strip, by Cboe's rule
    carry_drop: CarryDrop | None = None
    carry_cost: Fact | None = None  #: percent a year, where it runs on: of borrowing, or a yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Premium:
    """Thirty days implied against 21 sessions realised: a proxy of the variance premium."""

    implied: Fact
    realised: Fact
    ratio: Fact
    points: Fact  #: implied less realised
    variance: Fact  #: difference of the squares, a year
    estimates: Mapping[str, Fact]  #: other measures of what was realised: "yang_zhang"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermShape:
    """The slope of volatility from one to three months of sessions."""

    near: Fact  #: 21 sessions ahead, percent a year of 252 sessions
    far: Fact  #: 63 sessions ahead
    ratio: Fact
    events_known: bool  #: whether dated events of the ninety days would be known
    first_event: KeyDate | None  #: of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """The cash dividends taken out of the bars that signals are computed from."""

    dividends: Fact  #: how many
    since: Fact  #: the first ex-date


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The underlying. Percent changes are close to close."""

    spot: Fact
    previous_close: Fact | None
    change: Fact | None
    change_percent: Fact | None
    week_percent: Fact | None  #: against the last close of the week before
    open: Fact | None
    high: Fact | None
    low: Fact | None
    volume: Fact | None
    high_252: Fact | None  #: highest high of the last 252 bars, today included
    high_252_date: Fact | None
    low_252: Fact | None
    low_252_date: Fact | None
    below_high_percent: Fact | None  #: distance from high_252, positive
    bars: Fact  #: sessions on file
    three_session_percent: Fact | None
    three_session_rank: Fact | None  #: how many of the 252 before moved at least that far the same way
    change_rank: Fact | None  #: how many of the 252 before moved at least that far, either way
    closes: tuple[tuple[dt.date, float], ...] = ()  #: the last 126, for charts
    volume_times_median: Fact | None = None  #: the volume over the median of the 20 sessions before


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakout:
    """A price against the highest high or lowest low of the sessions before."""

    slug: str  #: what its facts and claim are called: "breakout.up.200"
    direction: Literal["up", "down"]
    sessions: Fact
    edge: Fact
    edge_date: Fact
    price: Fact
    beyond: Fact | None  #: average ranges past the edge, negative inside; None for a running session


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """For how long closes have stood on one side of an average."""

    sessions: Fact  #: on this side, the last one included
    before: Fact  #: on the other side until then


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLevel:
    """A level reached again and again that no close went beyond."""

    slug: str  #: what its facts and claim are called: "held.resistance"
    side: Literal["support", "resistance"]
    price: Fact
    touches: Fact  #: at least five sessions apart
    beyond: Fact  #: closes past it
    sessions: Fact  #: looked at
    today: bool  #: whether the last bar is one of the touches


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeProfile:
    """Where 60 sessions' volume lies by price; an approximation from daily bars."""

    point_of_control: Fact
    value_low: Fact
    value_high: Fact
    width: Fact  #: of a bin


@dataclass(frozen=True, slots=True, kw_only=True)
class Technicals:
    """Indicators on completed bars, TA-Lib definitions."""

    sma_20: Fact | None
    sma_30: Fact | None
    sma_50: Fact | None
    sma_100: Fact | None
    sma_200: Fact | None
    ema_12: Fact | None
    ema_26: Fact | None
    macd: Fact | None
    macd_signal: Fact | None
    macd_histogram: Fact | None
    macd_histogram_previous: Fact | None
    rsi_14: Fact | None
    rsi_14_previous: Fact | None
    rsi_method: str  #: "Wilder" or "Cutler"
    bollinger_upper: Fact | None
    bollinger_middle: Fact | None
    bollinger_lower: Fact | None
    bollinger_deviation: str  #: "population" or "sample"
    percent_b: Fact | None
    bandwidth: Fact | None
    bandwidth_rank: Fact | None  #: how many of the last 125 bandwidths lie below today's
    atr_14: Fact | None
    distance_sma_50: Fact | None  #: percent of the average
    distance_sma_200: Fact | None
    sma_50_20_ago: Fact | None
    above_all: bool | None  #: close above SMA 30, 50 and 200
    series: Mapping[str, tuple[float | None, ...]] | None = None  #: for charts, aligned with Price.closes
    macd_cross_age: Fact | None = None  #: sessions before the last one on which MACD last crossed its signal
    macd_rising: Fact | None = None  #: for how many sessions in a row the gap has risen
    macd_share: Fact | None = None  #: percent of the year's earlier gaps below the last
    bandwidth_sessions: Fact | None = None  #: that bandwidth_rank looks at
    sma_50_side: Side | None = None
    sma_200_side: Side | None = None
    breakouts: tuple[Breakout, ...] = ()  #: the last completed close against the channels before it
    profile: VolumeProfile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg of a plan; quantity is signed. For shares everything else is None."""

    quantity: int
    right: Right | None
    strike: Fact | None
    expiration: Fact | None
    contract_symbol: str | None
    bid: Fact | None = None
    ask: Fact | None = None
    value_at_trigger: Fact | None = None  #: mid, estimated
    spread_percent: Fact | None = None  #: of the mid
    open_interest: Fact | None = None
    volume: Fact | None = None


IdeaKind = Literal[
    "long call",
    "long put",
    "bull call spread",
    "bear put spread",
    "bull put spread",
    "bear call spread",
    "covered call",
    "cash-secured put",
    "straddle",
    "strangle",
    "iron condor",
    "stock",
]
Direction = Literal["up", "down", "flat"]
#: with the day's lean, against it, or on a day without one
Role = Literal["lean", "alternative", "even"]
Family = Literal["up", "down", "range", "shares"]  #: plans that are one idea; a brief prints one of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The same idea built another way, at the same trigger and target."""

    kind: IdeaKind
    legs: tuple[Leg, ...]
    price_at_trigger: Fact
    profit_at_target: Fact
    reward_risk: Fact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent:
    """A dated event ahead, and whether the plan spans it or expires before."""

    title: Fact
    date: Fact
    spanned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """
    A conditional plan. Prices per share; natural side (buy at the ask, sell at the bid).

    Prices are what is paid, or taken in where `entry` is "credit". `price_now` and
    `price_at_trigger` are None for shares alone. A plan that is flat is entered on a close
    between `invalidation` and `invalidation_above`; its trigger is the price it is estimated at.
    """

    id: str
    kind: IdeaKind
    direction: Direction
    legs: tuple[Leg, ...]
    trigger: Fact  #: a close beyond it
    trigger_level: str | None  #: id of the level
    limit: Fact  #: pay no more, take no less
    last_day: Fact
    invalidation: Fact
    target: Fact
    price_now: Fact | None
    mid_now: Fact | None
    price_at_trigger: Fact | None
    breakevens: tuple[Fact, ...]
    max_loss: Fact
    max_gain: Fact | None  #: None: unbounded
    probability_of_profit: Fact | None
    profit_at_target: Fact
    reward_risk: Fact | None
    expires: Fact | None
    role: Role = "even"
    entry: Literal["debit", "credit"] = "debit"
    invalidation_above: Fact | None = None
    mid_at_trigger: Fact | None = None
    waiting: Fact | None = None  #: percent by which the mid changes up to the trigger
    max_loss_contract: Fact | None = None  #: dollars
    expected_value: Fact | None = None  #: at the model's own value: what the spread costs
    greeks: Mapping[str, Fact] = field(default_factory=dict)  #: of one contract, today
    compared: Compared | None = None
    events: tuple[PlanEvent, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one family of evidence says: 1 up, -1 down, twice as much when strong, 0 when split."""

    family: Literal["trend", "momentum", "options", "volatility"]
    value: Fact | None
    absent: str | None = None  #: why there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Lean:
    """Where the evidence points, as it stands; None where it is mixed."""

    votes: tuple[Vote, ...]
    cast: Fact  #: votes with figures
    up: Fact
    down: Fact
    direction: Literal["up", "down"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A family of plans of which none passed, and why the one that came furthest did not."""

    family: Family
    kind: IdeaKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The gate's verdict and its counts."""

    verdict: Literal["good", "usable"]
    counts: Mapping[str, Fact]  #: contracts, two_sided, rejected, adjusted, missing_open_interest, ...
    notes: tuple[str, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A news item as facts: quoted text, publisher and time."""

    title: Fact
    publisher: Fact
    published: Fact
    url: str | None
    mentions_symbol: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDate:
    """A date ahead; `title` is our own words or the event file's."""

    date: Fact
    title: Fact
    note: Fact | None = None
    kind: Literal["expiration", "event", "closed", "open interest"] = "event"
    gamma: Fact | None = None  #: of an expiration with much of it: percent of the board's


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a user may choose about definitions; the defaults are the standard ones."""

    rsi: Literal["wilder", "cutler"] = "wilder"
    bollinger: Literal["population", "sample"] = "population"
    rate: float | None = None  #: continuous, fraction; None: from the source, else implied by parity


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The lowest and the highest of a year's earlier figures, and how far between them one stands."""

    low: Fact
    high: Fact
    rank: Fact  #: percent of the way, 0 to 100: below or above them all is at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a figure stands among those of sessions on file, its own included; equals share a rank."""

    value: Fact
    sessions: Fact  #: on file with the figure, this one included; two at least
    since: Fact  #: date of the first
    rank: Fact  #: 1 is the highest
    rank_from_low: Fact  #: 1 is the lowest
    highest: bool  #: and alone
    lowest: bool
    complete: bool  #: no session since the first is missing
    partial: bool  #: other sessions on file lack the figure, or one that can be compared
    older: bool  #: more sessions are on file than the year that is looked at
    percentile: Fact | None  #: percent of the sessions before with a lower figure; of 120 at least
    year: Range | None  #: of 200 at least
    times_usual: Fact | None  #: the value over the median of the 20 sessions before


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlace:
    """Where a figure stands among those of the sessions before on the bars, 252 at most."""

    value: Fact
    sessions: Fact  #: before
    lower: Fact  #: of them
    higher: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A named volatility index beside the market; never its own implied volatility."""

    symbol: Fact
    measures: Fact  #: what its options are on
    close: Fact
    year: YearPlace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What options imply for a close beyond a level on an expiration: risk-neutral, never a forecast."""

    expiration: Fact
    level: Fact
    side: Literal["above", "below"]
    probability: Fact  #: percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """Where options put the price: risk-neutral probabilities in percent."""

    expiration: Fact  #: nearest to 30 days: that of `levels`, `low` and `high`
    levels: Mapping[str, Ending]  #: by the level's id: a close beyond its far edge
    roll: tuple[Ending, ...]  #: a close beyond each opened strike, on its own expiration
    inside: Mapping[dt.date, Fact]  #: by expiration: a close inside the straddle's range
    low: Fact | None  #: the price that a twentieth of the distribution lies below
    high: Fact | None
    touches: Mapping[str, Fact]  #: by plan: a trade at its trigger by the close of its last day


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All findings of one snapshot."""

    symbol: Fact
    name: Fact | None
    session: Fact
    as_of: Fact
    open_interest_date: Fact
    price: Price
    technicals: Technicals
    levels: tuple[Level, ...]
    chain: ChainView
    volatility: Volatility
    ideas: tuple[Idea, ...]
    refusals: tuple[Refusal, ...]
    news: tuple[Headline, ...]
    dates: tuple[KeyDate, ...]
    quality: Quality
    gaps: tuple[Gap, ...]
    facts: Mapping[str, Fact]  #: every fact emitted, by id, in order of emission
    open_interest_at: Fact | None = None  #: of a morning edition: when the count was read
    places: Mapping[str, Place] = field(default_factory=dict)  #: by the figure's id
    gamma: Gamma | None = None
    eve: Eve | None = None
    realised_year: YearPlace | None = None  #: of the realised volatility
    proxy: Proxy | None = None
    trading_beyond: tuple[Breakout, ...] = ()  #: a running session's quote against the channels before it
    held: tuple[HeldLevel, ...] = ()
    endings: Endings | None = None
    premium: Premium | None = None
    term_shape: TermShape | None = None
    adjustment: Adjustment | None = None  #: None: bars are adjusted for splits only
    lean: Lean | None = None  #: None where plans are withheld
