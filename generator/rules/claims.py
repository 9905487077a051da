"""
Which judging phrases exist, and what must be true before one may be printed.

Conditions are arithmetic over named facts; `evaluate` keeps each with its values, and the
audit evaluates it again. Thresholds without a source are the house's conventions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.models.analysis import Claim, Fact
from generator.rules.conditions import evaluate as condition_holds

RSI = {"rsi": "technicals.rsi_14"}
MACD = {"macd": "technicals.macd", "signal": "technicals.macd_signal"}
BAND = {"b": "technicals.percent_b"}
AVERAGES = {
    "close": "spot",
    "sma_30": "technicals.sma_30",
    "sma_50": "technicals.sma_50",
    "sma_200": "technicals.sma_200",
}
TREND = {**AVERAGES, "sma_50_before": "technicals.sma_50_20_ago"}
PUT_CALL = {"ratio": "put_call.open_interest.all"}
CROSS = {"gap": "technicals.macd_histogram", "age": "technicals.macd_cross_age"}
SURGE = {
    "gap": "technicals.macd_histogram",
    "rising": "technicals.macd_rising",
    "share": "technicals.macd_share",
}
EVE = {"distance": "eve.distance", "larger": "eve.larger_strikes"}
GAMMA = {"share": "gamma.net_share"}
HISTORY_PUT_CALL = {"percentile": "history.put_call.open_interest.sixty_days.percentile"}
HISTORY_VOLATILITY = {"percentile": "history.volatility.constant_30.percentile"}
HISTORY_SKEW = {
    "percentile": "history.volatility.skew_25.percentile",
    "skew": "volatility.skew_25",
}
HISTORY_RATIO = {"percentile": "history.volatility.implied_to_realised.percentile"}
#: the count of dated events is not written where they are not known: then no word is put to the slope
TERM = {"ratio": "volatility.term_ratio", "events": "term.events"}


#: look-backs of the highest high and lowest low, in sessions
CHANNELS = (200, 30, 20)
#: series told of by what became of their volume
AFTERMATHS = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """A phrase, its condition and where its numbers come from."""

    phrase: str
    condition: str
    values: Mapping[str, str]


def _aftermath(place: int) -> dict[str, Rule]:
    """Return what may be said of a series' volume by the share of it that the next count shows."""
    values = {"stayed": f"aftermath.{place}.stayed"}
    return {
        f"aftermath.{place}.opened": Rule("opened", "stayed >= 50", values),
        f"aftermath.{place}.closed": Rule("closed", "stayed <= -50", values),
        f"aftermath.{place}.mixed": Rule("mostly traded in and out", "-50 < stayed and stayed < 50", values),
    }


def _breakouts() -> dict[str, Rule]:
    """Return what may be said of a price beyond the channel of the sessions before (Donchian)."""
    made = {}
    for sessions in CHANNELS:
        for direction, done, doing in (("up", "breakout", "above"), ("down", "breakdown", "below")):
            closed, quoted = f"breakout.{direction}.{sessions}", f"trading.{direction}.{sessions}"
            made[closed] = Rule(done, "beyond >= 0.25", {"beyond": f"{closed}.beyond"})
            sign = ">" if direction == "up" else "<"
            made[quoted] = Rule(
                f"trading {doing}", f"spot {sign} edge", {"spot": "spot", "edge": f"{quoted}.edge"}
            )
    return made


def _held(side: str) -> Rule:
    """Return what may be said of a level that was reached three times and more, and never closed beyond."""
    values = {"touches": f"held.{side}.touches", "beyond": f"held.{side}.beyond"}
    return Rule("held", "touches >= 3 and beyond == 0", values)


#: id -> rule
CLAIMS: Mapping[str, Rule] = {
    # Wilder, New Concepts in Technical Trading Systems (1978)
    "rsi.overbought": Rule("overbought", "rsi >= 70", RSI),
    "rsi.oversold": Rule("oversold", "rsi <= 30", RSI),
    "rsi.near_overbought": Rule("near overbought", "65 <= rsi and rsi < 70", RSI),
    "rsi.near_oversold": Rule("near oversold", "30 < rsi and rsi <= 35", RSI),
    # Appel, Technical Analysis: Power Tools for Active Investors (2005)
    "macd.bullish": Rule("bullish", "macd > signal and macd > 0", MACD),
    "macd.bearish": Rule("bearish", "macd < signal and macd < 0", MACD),
    # a change of sign within three bars
    "macd.crossed_up": Rule("crossed above its signal", "gap > 0 and age <= 2", CROSS),
    "macd.crossed_down": Rule("crossed below its signal", "gap < 0 and age <= 2", CROSS),
    "macd.surging": Rule("surging", "gap > 0 and rising >= 3 and share >= 90", SURGE),
    "averages.above": Rule(
        "above all three", "close > sma_30 and close > sma_50 and close > sma_200", AVERAGES
    ),
    "averages.below": Rule(
        "below all three", "close < sma_30 and close < sma_50 and close < sma_200", AVERAGES
    ),
    "trend.up": Rule("uptrend", "close > sma_50 and sma_50 > sma_200 and sma_50 > sma_50_before", TREND),
    "trend.down": Rule("downtrend", "close < sma_50 and sma_50 < sma_200 and sma_50 < sma_50_before", TREND),
    # Bollinger on Bollinger Bands (2001): the narrowest in six months; 6 of 125 is its 5th percentile
    "band.squeeze": Rule("squeeze", "rank <= 6", {"rank": "technicals.bandwidth_rank"}),
    "band.near_upper": Rule("at the upper band", "b >= 0.95", BAND),
    "band.near_lower": Rule("at the lower band", "b <= 0.05", BAND),
    **_breakouts(),
    **{f"held.{side}": _held(side) for side in ("resistance", "support")},
    "shares.heavy": Rule("heavy", "times >= 2", {"times": "price.volume_times_median"}),
    "put_call.balanced": Rule("balanced", "0.83 <= ratio and ratio <= 1.2", PUT_CALL),
    "put_call.dwarfs": Rule("dwarf", "ratio >= 3", PUT_CALL),
    # the house's conventions, on at least 120 sessions before: without them the percentile is no fact
    "put_call.put_heavy": Rule("put-heavy", "percentile >= 90", HISTORY_PUT_CALL),
    "put_call.call_heavy": Rule("call-heavy", "percentile <= 10", HISTORY_PUT_CALL),
    "volatility.elevated": Rule("elevated", "percentile >= 80", HISTORY_VOLATILITY),
    "volatility.depressed": Rule("depressed", "percentile <= 20", HISTORY_VOLATILITY),
    "skew.steep": Rule("steep", "percentile >= 90 and skew > 0", HISTORY_SKEW),
    "premium.rich": Rule("rich", "percentile > 80", HISTORY_RATIO),
    "premium.cheap": Rule("cheap", "percentile < 20", HISTORY_RATIO),
    "term.steep": Rule("steep", "ratio <= 0.87 and events >= 0", TERM),
    "term.inverted": Rule("inverted", "ratio >= 1.05 and events >= 0", TERM),
    "volume.heavy": Rule("heavy", "times >= 2", {"times": "history.volume.sixty_days.times_median"}),
    # Ni, Pearson and Poteshman, Journal of Financial Economics (2005): "may", with the open interest
    "strike.pin": Rule("pin", "-1 <= distance and distance <= 1 and larger == 0", EVE),
    # SqueezeMetrics, Gamma Exposure (2017); only beside the assumption it stands on
    "gamma.positive": Rule("positive", "share >= 5", GAMMA),
    "gamma.negative": Rule("negative", "share <= -5", GAMMA),
    # four votes, one a family of evidence: the house's convention
    "lean.bullish": Rule("bullish", "up >= 3 and lowest > -2", {"up": "lean.up", "lowest": "lean.lowest"}),
    "lean.bearish": Rule(
        "bearish", "down >= 3 and highest < 2", {"down": "lean.down", "highest": "lean.highest"}
    ),
    # opening and closing trades cancel in the count: half the volume is the house's convention
    **{name: rule for place in range(1, AFTERMATHS + 1) for name, rule in _aftermath(place).items()},
}


def holds(facts: Mapping[str, Fact], name: str) -> bool:
    """Say whether the claim *name* can be made of *facts*."""
    rule = CLAIMS[name]
    return all(fact in facts for fact in rule.values.values()) and condition_holds(
        rule.condition, {key: facts[fact].number for key, fact in rule.values.items()}
    )


def evaluate(facts: Mapping[str, Fact]) -> dict[str, Claim]:
    """Return every claim whose facts exist; a claim without its numbers is not made."""
    made = {}
    for name, rule in CLAIMS.items():
        if all(fact in facts for fact in rule.values.values()):
            values = {key: facts[fact].number for key, fact in rule.values.items()}
            made[name] = Claim(
                id=name,
                phrase=rule.phrase,
                condition=rule.condition,
                values=rule.values,
                holds=condition_holds(rule.condition, values),
            )
    return made
