"""Where a plan waits."""

from __future__ import annotations

import dataclasses

from generator.analytics.ideas.scenario import _trigger
from generator.models.analysis import Level
from tests.analytics.ideas.desks import desk_on, number


def level(kind, low, high):
    return Level(
        id=kind, kind=kind, low=number("low", low), high=number("high", high), method="test", lookback=30
    )


def test_a_plan_waits_for_the_far_edge_of_a_zone_and_not_for_a_line_inside_it():
    desk = desk_on()
    spot, step = desk.spot, min(desk.average_range, desk.spot - desk.reached(-1) + desk.average_range)
    line = level("prior low", spot - 1.2 * step, spot - 1.2 * step)
    zone = level("support", spot - 1.6 * step, spot - 1.0 * step)
    alone = _trigger(dataclasses.replace(desk, levels=(line,)), "down")
    both = _trigger(dataclasses.replace(desk, levels=(line, zone)), "down")
    assert alone == (line.low, "prior low")
    assert both == (zone.low, "support")
