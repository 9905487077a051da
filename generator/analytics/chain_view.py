"""What the chain shows: ratios, boards, changes, put together."""

from __future__ import annotations

from collections.abc import Sequence

from generator.analytics.boards import board, board_expirations
from generator.analytics.contracts import ContractWriter
from generator.analytics.evidence import Evidence
from generator.analytics.open_interest import aftermath, biggest, busiest, followed, largest_changes
from generator.analytics.put_call import history_ratios, like_for_like, ratio, raw_ratio, week_ago
from generator.analytics.rolls import find_roll
from generator.analytics.series import Expiration
from generator.analytics.unusual import unusual
from generator.models.analysis import Board, ChainView, Fact, Ratio, Roll, Unit
from generator.models.market import Reading

CHANGE = "put_call.open_interest.all.change"


def chain_view(evidence: Evidence, readings: Sequence[Reading] = ()) -> ChainView:
    """Return the chain's findings; what lacks a session before is None. *readings* are of sessions before."""
    volume_all, volume_live = (ratio(evidence, "volume", scope) for scope in ("all", "live"))
    live_volume = _volume(evidence, "live", volume_live)
    writer = ContractWriter(evidence, live_volume)
    roll = find_roll(evidence, writer)
    rises, falls = largest_changes(evidence, writer)
    most_traded, share = busiest(evidence, writer)
    ranked, sessions = unusual(evidence, writer, readings)
    week = week_ago(evidence)
    if week is not None and not evidence.barred.keys() & {"open_interest", CHANGE}:
        raw_ratio(evidence, week)
    return ChainView(
        open_interest_all=ratio(evidence, "open_interest", "all"),
        open_interest_live=ratio(evidence, "open_interest", "live"),
        volume_all=volume_all,
        volume_live=volume_live,
        contracts=_contracts(evidence),
        expirations=_expirations(evidence),
        last_expiration=evidence.ledger.day(max(item.date for item in evidence.book.expirations)),
        like_for_like=like_for_like(evidence, evidence.counted_before, "put_call.like_for_like"),
        like_for_like_week=like_for_like(evidence, week, "put_call.like_for_like_week"),
        boards=_boards(evidence, writer, roll),
        biggest_call=biggest(evidence, writer, "call"),
        biggest_put=biggest(evidence, writer, "put"),
        increases=rises,
        decreases=falls,
        roll=roll,
        busiest=most_traded,
        busiest_share=share,
        history_sessions=_sessions(evidence),
        history_ratios=history_ratios(evidence),
        expiring_share=_expiring_share(evidence, _volume(evidence, "all", volume_all), live_volume),
        followed=followed(evidence, writer),
        aftermath=aftermath(evidence, writer),
        unusual=ranked,
        unusual_sessions=sessions,
    )


def _boards(evidence: Evidence, writer: ContractWriter, roll: Roll | None) -> tuple[Board, ...]:
    """The boards of the expirations shown; none where too much open interest is not known."""
    if "open_interest" in evidence.barred:
        return ()
    return tuple(board(evidence, writer, item) for item in _shown(evidence, roll))


def _shown(evidence: Evidence, roll: Roll | None) -> Sequence[Expiration]:
    """The two boards, and a third for the expiration that a roll moved to."""
    shown = list(board_expirations(evidence.book))
    if roll is not None:
        row = evidence.book.find(roll.opened[0].contract_symbol)
        target = None if row is None else evidence.book.expiration_of(row)
        if target is not None and target not in shown:
            shown.append(target)
    return shown


def _volume(evidence: Evidence, scope: str, parts: Ratio) -> Fact:
    group = "withheld.volume.total" if "volume" in evidence.barred else "volume"
    return evidence.ledger.add(
        f"{group}.{scope}",
        int(parts.puts.number + parts.calls.number),
        unit=Unit.CONTRACTS,
        formula="=$1+$2",
        of=(parts.puts, parts.calls),
    )


def _contracts(evidence: Evidence) -> Fact:
    return evidence.ledger.add(
        "chain.contracts",
        len(evidence.book),
        unit=Unit.COUNT,
        formula="=count()",
        rows=f"chain[standard=true expiration>={evidence.session.isoformat()}]",
    )


def _expirations(evidence: Evidence) -> Fact:
    return evidence.ledger.add(
        "chain.expirations",
        len({item.date for item in evidence.book.expirations}),
        unit=Unit.COUNT,
        formula="count.dates(expiration)",
        rows=f"chain[standard=true expiration>={evidence.session.isoformat()}]",
    )


def _sessions(evidence: Evidence) -> Fact:
    return evidence.ledger.add(
        "history.sessions",
        len(evidence.past) + 1,
        unit=Unit.SESSIONS,
        formula="history.sessions_on_file",
    )


def _expiring_share(evidence: Evidence, everything: Fact, live: Fact) -> Fact | None:
    """Percent of the day's volume in series that expire today; None where none does."""
    if everything.number == 0 or evidence.book.live.all() or "volume" in evidence.barred:
        return None
    return evidence.ledger.add(
        "volume.expiring_share",
        100 * (1 - live.number / everything.number),
        unit=Unit.PERCENT,
        formula="=100*(1-$1/$2)",
        of=(live, everything),
    )
