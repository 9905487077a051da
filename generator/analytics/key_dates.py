"""Dates ahead: closed days, expirations, scheduled events, and when open interest becomes known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator.analytics.ledger import Ledger
from generator.calendar import closed_reason, friday_week, is_monthly, is_session, next_session
from generator.models.analysis import ChainView, Fact, KeyDate, Unit
from generator.models.market import Event, Snapshot

HORIZON = dt.timedelta(days=45)
SESSIONS = 10  #: searched for closed days
ONE_DAY = dt.timedelta(days=1)


def key_dates(snapshot: Snapshot, ledger: Ledger, chain: ChainView) -> tuple[KeyDate, ...]:
    """Return what the next 45 days hold, in order of date."""
    found = (
        *_closed_days(snapshot, ledger),
        _open_interest(snapshot, ledger),
        *_expirations(snapshot, ledger, chain),
        *_events(snapshot, ledger),
    )
    return tuple(sorted(found, key=lambda item: str(item.date.value)))


def _title(ledger: Ledger, name: str, text: str) -> Fact:
    return ledger.add(f"key_date.{name}.title", text, unit=Unit.TEXT, formula="key_date.title")


def _closed_days(snapshot: Snapshot, ledger: Ledger) -> Iterator[KeyDate]:
    """Yield the weekdays within the next ten sessions on which the exchange stays shut."""
    day, sessions = snapshot.session + ONE_DAY, 0
    while sessions < SESSIONS:
        if is_session(day):
            sessions += 1
        elif (reason := closed_reason(day)) not in (None, "weekend"):
            title = _title(ledger, f"closed.{day}", f"US markets closed ({reason})")
            yield KeyDate(date=ledger.day(day), title=title, kind="closed")
        day += ONE_DAY


def _open_interest(snapshot: Snapshot, ledger: Ledger) -> KeyDate:
    """The next session's morning tells what this session's trading left open; a morning has told it."""
    day, which = next_session(snapshot.session), "this session"
    if snapshot.edition == "morning":
        day, which = next_session(day), "the session before"
    title = _title(ledger, f"open_interest.{day}", f"Open interest after {which} becomes known")
    return KeyDate(date=ledger.day(day), title=title, kind="open interest")


def _expirations(snapshot: Snapshot, ledger: Ledger, chain: ChainView) -> Iterator[KeyDate]:
    """Yield the two nearest Friday-week expirations and the next monthly one, as listed."""
    standard = snapshot.chain[snapshot.chain["standard"]]
    listed = sorted({moment.date() for moment in standard["expiration"]})
    ahead = [day for day in listed if snapshot.session < day <= snapshot.session + HORIZON]
    weekly, monthly = [day for day in ahead if friday_week(day)], [day for day in ahead if is_monthly(day)]
    for day in sorted({*weekly[:2], *monthly[:1]}):
        words = "Monthly expiration" if is_monthly(day) else "Weekly expiration"
        yield KeyDate(
            date=ledger.day(day),
            title=_title(ledger, f"expiration.{day}", words),
            note=_share(snapshot, ledger, chain, day),
            kind="expiration",
            gamma=ledger.facts.get(f"gamma.share.{day}"),
        )


def _share(snapshot: Snapshot, ledger: Ledger, chain: ChainView, day: dt.date) -> Fact | None:
    """How much of the open interest beyond today expires on *day*, morning and afternoon, in percent."""
    live = chain.open_interest_live
    puts, calls = (_beyond_today(ledger, fact) for fact in (live.puts, live.calls))
    total = puts.number + calls.number
    if total <= 0:
        return None
    selector = f"chain[expiration={day} standard=true]"
    name, mask = ledger.select(selector)
    held = ledger.add(
        f"open_interest.expiration.{day}",
        float(ledger.frames[name]["open_interest"][mask].sum()),
        unit=Unit.CONTRACTS,
        formula="=sum(open_interest)",
        rows=selector,
        date=snapshot.open_interest_date,
    )
    return ledger.add(
        f"open_interest.expiration_share.{day}",
        100 * held.number / total,
        unit=Unit.PERCENT,
        formula="=100*$1/($2+$3)",
        of=(held, puts, calls),
        date=snapshot.open_interest_date,
    )


def _beyond_today(ledger: Ledger, live: Fact) -> Fact:
    """A side's total with the morning settlement that trades no more and is still to come."""
    return ledger.facts.get(f"{live.id}.listed", live)


def _events(snapshot: Snapshot, ledger: Ledger) -> Iterator[KeyDate]:
    """Yield scheduled events; today's only while the session is not over."""
    for place, event in enumerate(snapshot.events, 1):
        if _ahead(snapshot, event):
            title = _title(ledger, f"event.{place}", event.words)
            yield KeyDate(date=ledger.day(event.date), title=title, kind="event")


def _ahead(snapshot: Snapshot, event: Event) -> bool:
    first = snapshot.session + (dt.timedelta() if snapshot.edition == "intraday" else ONE_DAY)
    return first <= event.date <= snapshot.session + HORIZON
