"""A compact analysis with plausible values, built by hand: charts need no other stage."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from generator.assets import asset
from generator.charts.export import parsed
from generator.models.analysis import (
    Analysis,
    Board,
    ChainView,
    Contract,
    Fact,
    Level,
    Price,
    Ratio,
    Smile,
    Technicals,
    TermPoint,
    Unit,
    Volatility,
)

SESSION = dt.date(2026, 5, 22)
EXPIRATIONS = (dt.date(2026, 5, 29), dt.date(2026, 6, 5), dt.date(2026, 6, 18), dt.date(2026, 8, 21))


def fact(name, value, unit=Unit.USD, decimals=2):
    return Fact(id=name, value=value, unit=unit, decimals=decimals, formula="test", date=SESSION)


def day(value):
    return fact(f"date.{value}", value, Unit.DATE, 0)


def level(low, high=None, kind="support"):
    name = f"level.{kind.replace(' ', '_')}.{low}"
    return Level(
        id=name,
        kind=kind,
        low=fact(f"{name}.low", low),
        high=fact(f"{name}.high", low if high is None else high),
        method="test",
        lookback=126,
    )


def known(kind, **values):
    """Return a dataclass with None in every required field that is not given."""
    required = {field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING}
    return kind(**{**dict.fromkeys(required), **values})


def weekdays(count, last=SESSION):
    days = [last - dt.timedelta(days=back) for back in range(2 * count)]
    return [d for d in days if d.weekday() < 5][:count][::-1]


def _series(closes, window):
    mean = np.convolve(closes, np.ones(window) / window, "valid")
    return tuple(float(v) for v in mean[-126:])


def _contract(expiration, strike, right, count):
    name = f"open_interest.{right}.{expiration}.{strike:g}"
    return known(
        Contract,
        contract_symbol=f"TEST{expiration:%y%m%d}{right[0].upper()}{strike:g}",
        expiration=day(expiration),
        strike=fact(f"strike.{strike:g}", float(strike)),
        right=right,
        open_interest=fact(name, count, Unit.CONTRACTS, 0),
    )


def _board(expiration, spot, random):
    step = max(round(spot / 280), 1) if spot > 50 else 0.5
    strikes = [float(step * k) for k in range(int(spot * 0.8 / step), int(spot * 1.2 / step))]
    rows = []
    for strike in strikes:
        far = (strike / spot - 1) * 100
        calls = 9000 * math.exp(-(((far - 3) / 3) ** 2)) * random.lognormal(0, 0.6)
        puts = 30000 * math.exp(-(((far + 4) / 4) ** 2)) * random.lognormal(0, 0.6)
        rows.append((strike, float(round(calls)), float(round(puts))))
    calls = sorted((row for row in rows if row[0] > spot), key=lambda row: -row[1])[:3]
    puts = sorted((row for row in rows if row[0] < spot), key=lambda row: -row[2])[:3]
    return known(
        Board,
        expiration=day(expiration),
        calls=tuple(_contract(expiration, row[0], "call", int(row[1])) for row in calls),
        puts=tuple(_contract(expiration, row[0], "put", int(row[2])) for row in puts),
        ratio=Ratio(
            scope="board",
            puts=fact("puts", 1, Unit.CONTRACTS, 0),
            calls=fact("calls", 1, Unit.CONTRACTS, 0),
            ratio=None,
        ),
        strikes=tuple(rows),
    )


def _term(expiration, spot, volatility):
    days = (expiration - SESSION).days
    sessions = len([d for d in range(1, days + 1) if (SESSION + dt.timedelta(days=d)).weekday() < 5])
    sigma = spot * volatility / 100 * math.sqrt(days / 365)
    return known(
        TermPoint,
        expiration=day(expiration),
        minutes=fact(f"minutes.{expiration}", days * 1440, Unit.MINUTES, 0),
        sessions=fact(f"sessions.{expiration}", sessions, Unit.SESSIONS, 0),
        forward=fact(f"forward.{expiration}", spot),
        atm_volatility=fact(f"volatility.atm.{expiration}", volatility, Unit.PERCENT, 1),
        one_sigma=fact(f"expected_move.one_sigma.{expiration}", sigma),
    )


def _smile(expiration, spot, volatility):
    points = []
    for far in np.linspace(-0.15, 0.12, 40):
        value = volatility - 90 * far + 400 * far**2
        points.append((float(spot * (1 + far)), float(value), "put" if far < 0 else "call"))
    return Smile(expiration=day(expiration), points=tuple(points))


def _volatility(spot):
    values = (19.5, 21.0, 22.9, 24.0)
    return known(
        Volatility,
        model="test",
        rate_source="test",
        terms=tuple(_term(e, spot, v) for e, v in zip(EXPIRATIONS, values, strict=True)),
        smiles=tuple(_smile(e, spot, v) for e, v in zip(EXPIRATIONS[:3:2], values[:3:2], strict=True)),
        constant_30=fact("volatility.constant_30", 22.7, Unit.PERCENT, 1),
        realised_21=fact("volatility.realised_21", 19.9, Unit.PERCENT, 1),
    )


def build(spot=285.12, seed=1, levels=None):
    """Return an analysis of a market that ends at *spot*; the *seed* moves everything else."""
    random = np.random.default_rng(seed)
    path = np.exp(np.cumsum(random.normal(0.0006, 0.012, 330)))
    closes = np.round(path / path[-1] * spot, 2)
    deviation = np.array([closes[i - 19 : i + 1].std() for i in range(len(closes) - 126, len(closes))])
    middle = np.array(_series(closes, 20))
    marks = (1.009, 1.04, 0.972, 0.941) if levels is None else levels
    return known(
        Analysis,
        symbol=fact("symbol", "TEST", Unit.TEXT, 0),
        session=day(SESSION),
        price=known(
            Price,
            spot=fact("spot", spot),
            closes=tuple(zip(weekdays(126), closes[-126:].tolist(), strict=True)),
        ),
        technicals=known(
            Technicals,
            rsi_method="Wilder",
            bollinger_deviation="population",
            series={
                "sma_50": _series(closes, 50),
                "sma_200": _series(closes, 200),
                "bollinger_upper": tuple((middle + 2 * deviation).tolist()),
                "bollinger_lower": tuple((middle - 2 * deviation).tolist()),
            },
        ),
        levels=(
            *(level(round(spot * mark, 2)) for mark in marks),
            level(round(spot * 0.95, 2), round(spot * 0.955, 2)),
        ),
        chain=known(
            ChainView, boards=tuple(_board(expiration, spot, random) for expiration in EXPIRATIONS[:2])
        ),
        volatility=_volatility(spot),
        ideas=(),
        refusals=(),
        news=(),
        dates=(),
        gaps=(),
        facts={},
    )


@pytest.fixture(scope="session")
def analysis():
    return build()


class Market:
    """The builders, for tests that need markets of their own."""

    build = staticmethod(build)
    level = staticmethod(level)
    fact = staticmethod(fact)
    day = staticmethod(day)


@pytest.fixture(scope="session")
def market():
    return Market


def facts_of(value):
    """Return every fact inside a dataclass, by id."""
    if isinstance(value, Fact):
        return {value.id: value}
    found = {}
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            found |= facts_of(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            found |= facts_of(item)
    return found


@pytest.fixture(scope="session")
def known_facts():
    return facts_of


def text_boxes(svg):
    """Return (text, box) of every text in an SVG, measured with the shipped fonts; y grows downwards."""
    boxes = []
    for element in parsed(svg).iter("{http://www.w3.org/2000/svg}text"):
        name = "SemiBold" if element.get("font-weight") else "Regular"
        size, x, y = (float(element.get(key)) for key in ("font-size", "x", "y"))
        font = FontProperties(fname=str(asset(f"fonts/Inter-{name}.ttf")), size=size)
        width = text_to_path.get_text_width_height_descent(element.text, font, ismath=False)[0]
        left = x - {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor"), 0.0) * width
        boxes.append((element.text, (left, y - 0.73 * size, left + width, y + 0.2 * size)))
    return boxes


@pytest.fixture(scope="session")
def boxes():
    return text_boxes


def touching_texts(chart):
    """Return the pairs of texts of a chart whose boxes overlap."""
    found = text_boxes(chart.svg)
    return [
        (a, b)
        for i, (a, one) in enumerate(found)
        for b, two in found[i + 1 :]
        if one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
    ]


@pytest.fixture(scope="session")
def touching():
    return touching_texts
