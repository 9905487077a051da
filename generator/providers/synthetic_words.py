"""What is said and expected about the synthetic share. Every name in here is invented."""

from __future__ import annotations

import datetime as dt

from generator import calendar
from generator.models.market import Dividend, Event, NewsItem, RatePoint

DIVIDEND = 0.55
RATES = (
    RatePoint(days=7, rate=0.0366),
    RatePoint(days=30, rate=0.0365),
    RatePoint(days=91, rate=0.0361),
    RatePoint(days=182, rate=0.0355),
    RatePoint(days=365, rate=0.0347),
    RatePoint(days=730, rate=0.0342),
)
_RISES = "Demo Fund rises as made-up manufacturers report fuller order books"
_FALLS = "Demo Fund slips as made-up manufacturers report thinner order books"


#: Minutes before the session's close, publisher, title.
_TOLD = (
    (190, "Invented Press", "Why holders of Demo Fund watch the imaginary central bank"),
    (405, "Placeholder Post", "Fictional freight index turns up after a quiet winter"),
    (1315, "Demo Wire", "Demo Fund confirms its quarterly distribution"),
)


def news(symbol: str, session: dt.date, change: float) -> tuple[NewsItem, ...]:
    """Return the day's invented items, newest first; *change* is the day's move as a fraction."""
    close = calendar.session_close(session)
    told = ((24, "Demo Wire", _RISES if change >= 0 else _FALLS), *_TOLD)
    return tuple(
        NewsItem(
            id=f"{symbol.lower()}-{session:%Y%m%d}-{minutes}",
            published_at=close - dt.timedelta(minutes=minutes),
            publisher=publisher,
            title=title,
            summary="This item is invented, as is everything about this market.",
        )
        for minutes, publisher, title in told
    )


def events(session: dt.date) -> tuple[Event, ...]:
    """Return the invented events of the next five weeks."""
    ends = session + dt.timedelta(days=35)
    found = []
    for day in calendar.sessions_between(session, ends):
        if day.weekday() == calendar.WEDNESDAY and 14 < day.day <= 21:
            decision = "Imaginary central bank decides on its rate"
            found.append(Event(date=day, title=decision, source="Demo calendar", time=dt.time(14, 0)))
        elif day.weekday() == calendar.FRIDAY and day.day <= 7:
            report = "Fictional employment report"
            found.append(Event(date=day, title=report, source="Demo calendar", time=dt.time(8, 30)))
    return tuple(found)


def dividends(session: dt.date) -> tuple[Dividend, ...]:
    """Return the cash dividends of the four quarters ahead; only the next one is confirmed."""
    found: list[Dividend] = []
    for ahead in range(13):
        year, month = divmod(session.year * 12 + session.month - 1 + ahead, 12)
        day = calendar.next_session(calendar.monthly_expiration(year, month + 1))
        if (month + 1) % 3 == 0 and day > session:
            confirmed = not found
            found.append(Dividend(ex_date=day, amount=DIVIDEND, confirmed=confirmed, source="Demo Fund"))
    return tuple(found)
