"""
A snapshot put together from several providers, part by part, each with its order of fallbacks.

The bytes every provider gave, and a recipe that says who was asked for what, are kept
with the snapshot; `reread` makes the same snapshot from them again, a year later.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from generator import calendar
from generator.errors import BadPayloadError, DataError, ProviderError
from generator.models.delivery import Sourcing
from generator.models.market import Part, Snapshot
from generator.providers.assembly import Told, assembled, edition_of
from generator.providers.base import Ask, Fetched, Provider, When
from generator.providers.chosen import name_of, provider_of
from generator.providers.files import raw_file
from generator.providers.plan import TOGETHER
from generator.providers.recipe import RECIPE, instant, kept, place_of, read_recipe, recipe_of
from generator.providers.volatility_index import asked_as

#: the first that answers is taken
IN_ORDER: tuple[Part, ...] = ("rates", "dividends", "open interest")
#: their items say when they fall due, not since when that is known
UNDATED: tuple[Part, ...] = ("dividends", "events")
#: from a close to the next open, holidays included
LONGEST_CLOSED = dt.timedelta(days=5)


def gather_parts(symbol: str, sourcing: Sourcing, when: When) -> Snapshot:
    """
    Return the market of *symbol* at *when*, each part from the first of its providers that answers.

    Raises:
        ProviderError: If no provider gave a chain, or none gave bars. Any other part that
            nobody gave is a gap with its reasons.
        DataError: If the chain is of another session than the one wanted.
    """
    moment = _moment(when)
    ask = Ask(
        symbol=symbol,
        when=moment,
        session=calendar.session_on_or_before(moment.date()),
        expirations=sourcing.expirations,
    )
    told = [_first("chain", ask, sourcing, required=True)]
    chain = told[0].answer.chain
    if chain is None:
        raise BadPayloadError(f"wanted a chain of {symbol} from {told[0].printed}, found none in its answer")
    session, _, as_of = edition_of(chain.captured)
    _check_session(symbol, told[0], session, when)
    later = Ask(symbol=symbol, when=as_of, session=session, expirations=sourcing.expirations)
    told.append(_first("bars", later, sourcing, required=True))
    told += [_first(part, later, sourcing) for part in IN_ORDER if part in sourcing.parts]
    told += [item for part in TOGETHER for item in _all(part, later, sourcing)]
    told += _index(later, sourcing)
    recipe = recipe_of(symbol, told, sourcing.expirations)
    return assembled(symbol, told, (recipe, *kept(told)))


def reread(files: Mapping[str, bytes]) -> Snapshot:
    """
    Return the snapshot of kept bytes, by the names `gather_parts` gave them.

    Raises:
        DataError: If the recipe or a file it names is missing, or no longer reads.
    """
    recipe = read_recipe(files)
    told = [_told_again(number, entry, recipe, files) for number, entry in enumerate(recipe["parts"])]
    return assembled(recipe["symbol"], told, (raw_file(RECIPE, files[RECIPE]), *kept(told)))


def _told_again(
    number: int, entry: dict[str, Any], recipe: dict[str, Any], files: Mapping[str, bytes]
) -> Told:
    """Return what a provider told, read again from its kept bytes."""
    part: Part = entry["part"]
    ask = Ask(
        symbol=recipe["symbol"],
        when=calendar.to_new_york(dt.datetime.fromisoformat(entry["when"])),
        session=dt.date.fromisoformat(entry["session"]),
        expirations=recipe["expirations"],
    )
    failed = tuple((name, reason) for name, reason in entry["failed"])
    if entry["provider"] is None:
        return Told(part=part, ask=ask, failed=failed)
    try:
        given = {name: files[place_of(number, part, name)] for name in entry["files"]}
    except KeyError as error:
        raise DataError(f"wanted {error} among the kept files, found it missing") from error
    provider = provider_of(entry["provider"], entry["item"], {})
    wanted = asked_as(part, ask)
    if wanted is None:
        raise DataError(f"wanted the volatility index of {ask.symbol}, found that it has none")
    return Told(
        part=part,
        ask=ask,
        provider=entry["provider"],
        printed=provider.printed,
        terms=provider.terms,
        item=entry["item"],
        retrieved_at=instant(entry["retrieved_at"]),
        files=tuple(raw_file(name, data) for name, data in given.items()),
        answer=provider.read(*wanted, given),
        failed=failed,
    )


def _moment(when: When) -> dt.datetime:
    """Return the instant nothing later than which is wanted; of a session, its whole day."""
    if isinstance(when, dt.datetime):
        return calendar.to_new_york(when)
    return dt.datetime.combine(when, dt.time(23, 59, 59), calendar.NEW_YORK)


def _check_session(symbol: str, told: Told, session: dt.date, when: When) -> None:
    """Refuse a chain of another session than the one named, or one older than the session before."""
    if isinstance(when, dt.datetime):
        newest = calendar.session_on_or_before(calendar.to_new_york(when).date())
        if calendar.previous_session(newest) <= session <= newest:
            return
        wanted = f"a chain of {symbol} of {newest} or the session before"
    elif session == when:
        return
    else:
        wanted = f"a chain of {symbol} of {when}"
    raise DataError(
        f"wanted {wanted}, found {told.printed} at {session}: "
        "take an earlier session from the archive with --source archive"
    )


def _first(part: Part, ask: Ask, sourcing: Sourcing, *, required: bool = False) -> Told:
    """Return what the first provider that answers said, with how those before it failed."""
    failed = list(sourcing.refused) if part == "chain" else []
    problem: ProviderError | DataError | None = None
    for spec in sourcing.parts.get(part, ()):
        provider = _provider(spec, sourcing)
        try:
            return _asked(part, ask, provider, spec, failed)
        except (ProviderError, DataError) as error:
            failed.append((provider.printed, str(error)))
            problem = error
    if required:
        if problem is not None and len(failed) == 1:
            raise problem
        reasons = "; ".join(f"{name}: {reason}" for name, reason in failed)
        raise ProviderError(
            f"wanted {part} of {ask.symbol}, found no source that has them: "
            f"{reasons or f'name one with {part} = under [sources]'}"
        )
    return Told(part=part, failed=tuple(failed), ask=ask)


def _index(ask: Ask, sourcing: Sourcing) -> list[Told]:
    """Return what the providers of bars said of the market's volatility index, if it has one."""
    if asked_as("volatility index", ask) is None:
        return []
    specs = sourcing.parts.get("volatility index", sourcing.parts.get("bars", ()))
    asked = dataclasses.replace(sourcing, parts={"volatility index": specs})
    return [_first("volatility index", ask, asked)] if specs else []


def _all(part: Part, ask: Ask, sourcing: Sourcing) -> list[Told]:
    """Return what every provider of a part said."""
    told = []
    for spec in sourcing.parts.get(part, ()):
        provider = _provider(spec, sourcing)
        try:
            told.append(_asked(part, ask, provider, spec, []))
        except (ProviderError, DataError) as error:
            told.append(Told(part=part, failed=((provider.printed, str(error)),), ask=ask))
    return told


def _asked(part: Part, ask: Ask, provider: Provider, spec: str, failed: list[tuple[str, str]]) -> Told:
    """Let one provider fetch and read a part."""
    wanted = asked_as(part, ask)
    if wanted is None or wanted[0] not in provider.parts:
        raise ProviderError(
            f"wanted {part} from {provider.name}, found that it gives {', '.join(provider.parts)}"
        )
    fetched = provider.fetch(*wanted)
    _check_hindsight(part, ask, fetched)
    answer = provider.read(*wanted, {file.name: file.data for file in fetched.files})
    return Told(
        part=part,
        provider=name_of(spec),
        printed=provider.printed,
        terms=provider.terms,
        item=fetched.item,
        retrieved_at=fetched.retrieved_at,
        ask=ask,
        files=fetched.files,
        answer=answer,
        failed=tuple(failed),
    )


def _check_hindsight(part: Part, ask: Ask, fetched: Fetched) -> None:
    """Refuse what is known today of dates ahead for a brief of an earlier day: it was not known then."""
    if part in UNDATED and fetched.retrieved_at and fetched.retrieved_at - ask.when > LONGEST_CLOSED:
        raise ProviderError(
            f"wanted {part} as known on {ask.when:%Y-%m-%d}, found those of {fetched.retrieved_at:%Y-%m-%d}"
        )


def _provider(spec: str, sourcing: Sourcing) -> Provider:
    """Return the provider of a spec with its table of the settings."""
    return provider_of(spec, None, sourcing.options.get(name_of(spec), {}))
