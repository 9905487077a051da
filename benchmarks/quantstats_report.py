"""The peer: one QuantStats report, HTML only, on a fixed series of daily returns."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import quantstats

SESSIONS = 500


def main() -> None:
    """Write the report to the path given."""
    random = np.random.default_rng(7)
    days = pd.bdate_range("2024-06-03", periods=SESSIONS)
    returns = pd.Series(random.normal(0.0004, 0.01, SESSIONS), index=days)
    quantstats.reports.html(returns, output=sys.argv[1], title="peer")


if __name__ == "__main__":
    main()
