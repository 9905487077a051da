"""The facts and the article of a brief made by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd

from generator.analytics.ledger import Ledger
from generator.models.analysis import Fact, Unit

SESSION = dt.date(2026, 5, 22)
BEFORE = dt.date(2026, 5, 21)
NEXT = dt.date(2026, 5, 29)
EXPIRATIONS = (NEXT, dt.date(2026, 6, 18))
AS_OF = dt.datetime(2026, 5, 22, 16, 0, tzinfo=ZoneInfo("America/New_York"))
SYMBOL = "ABCD"


Block = tuple[str, str]


def make_facts(frames: dict[str, pd.DataFrame]) -> dict[str, Fact]:
    """Facts of every kind: arithmetic on rows, on facts, named formulas, dates, texts."""
    book = Ledger(frames, SESSION)
    bars = frames["bars"]
    day = f"bars[date={SESSION}]"
    spot = book.add(
        "spot", float(bars["close"].iloc[-1]), unit=Unit.USD, decimals=2, formula="=value(close)", rows=day
    )
    before = book.add(
        "price.previous_close",
        float(bars["close"].iloc[-2]),
        unit=Unit.USD,
        decimals=2,
        formula="=value(close)",
        rows=f"bars[date={BEFORE}]",
    )
    book.add(
        "price.change_percent",
        100 * (spot.number / before.number - 1),
        unit=Unit.PERCENT,
        decimals=2,
        formula="=100*($1/$2-1)",
        of=(spot, before),
    )
    book.add("symbol", SYMBOL, unit=Unit.TEXT, formula="snapshot.symbol")
    book.add("as_of", AS_OF, unit=Unit.TIME, formula="snapshot.as_of")
    book.add("name", "Abcd Russell 2000 ETF", unit=Unit.TEXT, formula="snapshot.name")
    for each in (SESSION, BEFORE, NEXT):
        book.day(each)
    totals = {
        right: book.add(
            f"open_interest.{right}.all",
            float(frames["chain"].query("right == @right")["open_interest"].sum()),
            unit=Unit.CONTRACTS,
            formula="=sum(open_interest)",
            rows=f"chain[right={right} standard=true]",
        )
        for right in ("put", "call")
    }
    book.add(
        "put_call.open_interest.all",
        totals["put"].number / totals["call"].number,
        unit=Unit.RATIO,
        decimals=2,
        formula="=$1/$2",
        of=(totals["put"], totals["call"]),
    )
    _changes(book, frames)
    _technicals(book, bars)
    _plan(book, spot)
    book.add("news.1.title", "Small caps up 3% - what's next for 2027?", unit=Unit.TEXT, formula="news.title")
    book.add(
        "volatility.constant_30", 22.68, unit=Unit.PERCENT, decimals=1, formula="black76.implied_volatility"
    )
    return book.facts


def _changes(book: Ledger, frames: dict[str, pd.DataFrame]) -> None:
    rows = f"[expiration={NEXT} strike=95 right=put]"
    values = {}
    for frame, name in (("chain", "now"), (f"chain@{BEFORE}", "before")):
        chosen = frames[frame]
        chosen = chosen[
            (chosen["expiration"] == str(NEXT)) & (chosen["strike"] == 95) & (chosen["right"] == "put")
        ]
        key = f"open_interest.put.{NEXT}.95" + ("" if name == "now" else ".previous")
        values[name] = book.add(
            key,
            float(chosen["open_interest"].iloc[0]),
            unit=Unit.CONTRACTS,
            formula="=value(open_interest)",
            rows=frame + rows,
        )
    of = (values["now"], values["before"])
    change = of[0].number - of[1].number
    book.add(f"open_interest.put.{NEXT}.95.change", change, unit=Unit.CONTRACTS, formula="=$1-$2", of=of)
    book.add(
        f"strike.put.{NEXT}.95",
        95.0,
        unit=Unit.USD,
        decimals=2,
        formula="=value(strike)",
        rows=f"chain{rows}",
    )


def _technicals(book: Ledger, bars: pd.DataFrame) -> None:
    rows = f"bars[date<={SESSION}]"
    book.add(
        "technicals.rsi_14",
        rsi(bars["close"]),
        unit=Unit.INDICATOR,
        decimals=1,
        formula="wilder.rsi(14)",
        rows=rows,
    )
    week = bars.tail(50)
    first = week["date"].iloc[0].date()
    book.add(
        "technicals.sma_50",
        float(week["close"].mean()),
        unit=Unit.USD,
        decimals=2,
        formula="=mean(close)",
        rows=f"bars[date>={first} date<={SESSION}]",
    )
    top = bars.tail(20)
    book.add(
        "level.high",
        float(top["high"].max()),
        unit=Unit.USD,
        decimals=2,
        formula="=max(high)",
        rows=f"bars[date>={top['date'].iloc[0].date()} date<={SESSION}]",
    )
    book.add("macd", -0.4321, unit=Unit.USD, decimals=2, formula="appel.something")


def rsi(close: pd.Series) -> float:
    """Wilder's RSI by pandas: an exponential mean of weight 1/14, seeded by a simple one."""
    change = close.diff().dropna()
    parts = []
    for sign in (1, -1):
        moves = (sign * change).clip(lower=0)
        seed = pd.concat([pd.Series([moves.iloc[:14].mean()]), moves.iloc[14:]])
        parts.append(seed.ewm(alpha=1 / 14, adjust=False).mean().iloc[-1])
    return float(100 * parts[0] / sum(parts))


def _plan(book: Ledger, spot: Fact) -> None:
    def add(part: str, value: float, formula: str = "plan.made_by_hand", of: tuple[Fact, ...] = ()) -> Fact:
        return book.add(f"plan.long_call.{part}", value, unit=Unit.USD, decimals=2, formula=formula, of=of)

    trigger = add("trigger", round(spot.number * 1.03, 2))
    target = add("target", trigger.number + 9)
    paid = add("price_at_trigger", 3.45)
    strike = add("strike", trigger.number)
    add("breakeven", strike.number + paid.number, "=$1+$2", (strike, paid))
    add(
        "profit_at_target",
        target.number - strike.number - paid.number,
        "=max($1-$2,0)-$3",
        (target, strike, paid),
    )
    add("invalidation", trigger.number - 6)
    add("limit", 3.65)
    add("max_loss", paid.number, "=$1", (paid,))


#: one block a line, its tag first, a row of a table a line; an indented line goes on. A mention
#: stands as {fact|form}, a claim as {claim:id|phrase}
STORY = """
em: {name|text} · {date.2026-05-22|weekday_year}, as of {as_of|time}
h1: {symbol|text} ends at {spot} with {put_call.open_interest.all} puts a call
strong: The ratio is {put_call.open_interest.all|times},
  RSI {claim:rsi.middle|neither high nor low}
table: Last | Put/call | Volatility
row: {spot} | {put_call.open_interest.all} | {volatility.constant_30|percent}
row: {price.change_percent|signed_percent} | all series | 30-day
li: Price: up {price.change_percent|percent_magnitude} from {price.previous_close|money}.
li: Chain: {open_interest.put.all} puts, {open_interest.call.all} calls.
chart: price
h2: What the chain shows: puts lead
p: The {date.2026-05-29|day} {strike.put.2026-05-29.95|strike} put holds
  {open_interest.put.2026-05-29.95} contracts ({open_interest.put.2026-05-29.95.change|signed}),
  after {open_interest.put.2026-05-29.95.previous|about} on {date.2026-05-21|short_day}.
table: Expiration | Calls | Puts
row: {date.2026-05-29|iso} | none |
  {strike.put.2026-05-29.95|strike}: {open_interest.put.2026-05-29.95}
h2: News: one item
p: “{news.1.title|text}” is what was published.
h2: Technicals: nothing at an end
p: RSI is {technicals.rsi_14}, MACD {macd}; the 50-day average is {technicals.sma_50},
  the high {level.high} on {date.2026-05-22|weekday_name}.
h2: Actionable trades
h3: Up: a call, on a close above {plan.long_call.trigger}
p: At the trigger it costs {plan.long_call.price_at_trigger}; above {plan.long_call.limit},
  leave it. Off below {plan.long_call.invalidation}.
table: At the trigger | Per share
row: Target | {plan.long_call.target}
row: Breakeven | {plan.long_call.breakeven}
row: Profit | {plan.long_call.profit_at_target}
"""


def told(story: str) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """Return a story as headings and blocks; a table is its rows, a line each."""
    parts: list[tuple[str, list[Block]]] = [("", [])]
    for line in story.strip().replace("\n  ", " ").split("\n"):
        tag, _, text = line.partition(": ")
        blocks = parts[-1][1]
        if tag == "h2":
            parts.append((text, []))
        elif tag == "row":
            blocks[-1] = ("table", f"{blocks[-1][1]}\n{text}")
        else:
            blocks.append((tag, text))
    return tuple((heading, tuple(blocks)) for heading, blocks in parts)


ARTICLE = told(STORY)
CHART_TITLE = "The price and its average"
CHART_ALT = "Line of closes of calls and puts to {spot}; average {technicals.sma_50}"
CHART_TEXTS = ("last {spot}", "Apr", "May", "{chart.price.y.90}")
