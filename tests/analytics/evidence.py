"""Evidence made of small markets, and a plain evaluator of arithmetic formulas."""

from __future__ import annotations

import math
import re

import numpy as np

from generator.analytics.evidence import gathered
from generator.analytics.ledger import Ledger
from generator.analytics.price import price
from generator.models.market import History
from generator.rules.arithmetic import calculate
from tests.builders import make_snapshot


def make_evidence(history=None, **changes):
    """The evidence of a made snapshot."""
    snapshot = make_snapshot(**changes)
    past = (history or History()).chains
    frames = {f"chain@{item.session.isoformat()}": item.chain for item in past}
    ledger = Ledger({"chain": snapshot.chain, "bars": snapshot.bars, **frames}, snapshot.session)
    return gathered(snapshot, past, ledger, price(snapshot, ledger).spot)


def recomputed(fact, ledger):
    """What the arithmetic of a fact gives on its rows and operands."""
    names = {f"o{i}": ledger.facts[name].value for i, name in enumerate(fact.inputs.facts, 1)}
    functions = {"abs": abs, "sqrt": math.sqrt, "exp": math.exp, "min": min, "max": max}
    if fact.inputs.selector is not None:
        frame, mask = ledger.select(fact.inputs.selector)
        rows = ledger.frames[frame][mask]
        names |= {column: rows[column].to_numpy() for column in rows}
        functions |= {
            "sum": np.nansum,
            "count": lambda: len(rows),
            "median": np.median,
            "value": lambda column: column.item(),
            "max": lambda *values: values[0].max() if len(values) == 1 else max(values),
            "min": lambda *values: values[0].min() if len(values) == 1 else min(values),
        }
    return calculate(re.sub(r"\$(\d+)", r"o\1", fact.formula[1:]), names, functions)
