from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.charts import draw, drawable


def price(analysis):
    (chart,) = draw(["price"], analysis)
    return chart
