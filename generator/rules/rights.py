"""
What a brief's sources let one do with it.

A use is covered when the source's public terms allow it to anybody, when the operator has
confirmed it in the settings, or when the data are the operator's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.models.market import Source, Use

WORDS: Mapping[Use, str] = {
    "store": "keeping a copy",
    "computed": "showing figures computed from it",
    "prices": "showing its prices",
    "mail": "mailing it",
    "sell": "selling it",
}


def refusals(
    sources: Sequence[Source], uses: Sequence[Use], confirmed: Mapping[str, Sequence[Use]]
) -> tuple[str, ...]:
    """
    Return a line for each source that does not cover every one of *uses*; none means go.

    *confirmed* is what the operator has a licence or a consent for, by provider.
    """
    lines = {}
    for source in sources:
        if source.provider is None:
            continue
        allowed = {*source.allows, *confirmed.get(source.provider, ())}
        if missing := [use for use in uses if use not in allowed]:
            words = " and ".join(WORDS[use] for use in missing)
            lines[source.provider] = (
                f"{source.name}: wanted a right to {words}, found terms that say {source.terms!r}: "
                f"with a licence, write {source.provider} = {_listed(missing)} under [rights.confirmed]"
            )
    return tuple(lines.values())


def needed(*, show: str, mail: bool, sell: bool) -> tuple[Use, ...]:
    """Return the uses of publishing a brief: what it shows, and whether it is mailed or sold."""
    shown: tuple[Use, ...] = ("computed", "prices") if show == "prices" else ("computed",)
    return (*shown, *(("mail",) if mail else ()), *(("sell",) if sell else ()))


def _listed(uses: Sequence[Use]) -> str:
    return "[" + ", ".join(f'"{use}"' for use in uses) + "]"
