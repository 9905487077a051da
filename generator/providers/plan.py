"""Who is asked for what: the settings, a source named on the command line, and what goes without saying."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from generator.models.delivery import Sourcing
from generator.models.market import Part
from generator.providers.chosen import name_of, provider_of

#: asked when neither the settings nor the source named answer for the part
DEFAULTS: Mapping[Part, tuple[str, ...]] = {"rates": ("treasury",), "events": ("rules",)}
#: all providers of these parts are asked, and what they know is put together
TOGETHER: tuple[Part, ...] = ("news", "events")


def plan(spec: str | None, sourcing: Sourcing, columns: Mapping[str, str] | None = None) -> Sourcing:
    """
    Return who is asked for each part: the provider *spec* for all it has, the settings for the rest.

    Raises:
        UsageError: If there is no such provider.
    """
    parts: dict[Part, tuple[str, ...]] = {**DEFAULTS, **sourcing.parts}
    options = {**sourcing.options, "csv": {"columns": dict(columns or {}), **sourcing.options.get("csv", {})}}
    if spec is not None:
        provider = provider_of(spec, None, options.get(name_of(spec), {}))
        for part in provider.parts:
            others = tuple(other for other in parts.get(part, ()) if other != spec)
            parts[part] = (spec, *others) if part in TOGETHER else (spec,)
    return dataclasses.replace(sourcing, parts=parts, options=options)
