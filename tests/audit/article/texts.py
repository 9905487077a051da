"""An article that holds on its figures, and those figures."""

from __future__ import annotations

import json

#: of IWM on 4 December 2025, after the close
VALUES = {
    "spot": 251.82,
    "price.high": 252.66,
    "price.low": 249.70,
    "technicals.macd": 1.62,
    "technicals.rsi_14": 62.0,
    "technicals.sma_30": 243.01,
    "technicals.bollinger_upper": 253.59,
    "put_call.open_interest.all": 2.43,
    "open_interest.call.2025-12-05.255": 7739,
    "open_interest.call.2025-12-05.253": 7038,
    "open_interest.put.2025-12-05.240": 17596,
    "open_interest.put.2025-12-05.233": 16562,
    "open_interest.call.2025-12-12.262": 9930,
    "open_interest.call.2025-12-12.255": 4433,
    "open_interest.put.2025-12-12.227": 17362,
}


def figures(levels=(), texts=None, **changed):
    """The figures as a file; keyword names have __ for a dot."""
    values = VALUES | {name.replace("__", "."): value for name, value in changed.items()} | (texts or {})
    return json.dumps(
        {
            "symbol": "IWM",
            "session": "2025-12-04",
            "spot": values["spot"],
            "facts": [{"id": name, "value": value} for name, value in values.items() if value is not None],
            "levels": list(levels),
        }
    ).encode()


CLEAN = """\
# IWM ends at 251.82; 17,596 puts stand at the 240 strike for Friday

*Thursday 4 December 2025, after the close · last 251.82 · open interest as of the close of 3 December 2025*

- **Price.** IWM closed at 251.82 and had traded as high as 252.66.
- **Board.** Over all series put/call open interest is 2.43; with no history on file no word is put to it.
- **Momentum.** RSI by Wilder is 62.0. MACD is 1.62; its signal is not on file.

## What the chain shows

Among calls for Friday 5 December the 255 strike has open interest of 7,739
and the 253 strike open interest of 7,038. Among puts the 240 strike has open interest of 17,596.
A week later the 262 call has 9,930 open interest.
Every contract has a buyer and a seller: none of this tells who holds which side.

## Technicals

The price stands above its 30-day moving average (243.01) and under the upper band (253.59).

## How this was made

Source: end-of-day files. No earlier calls are on record.
Options involve risk, and this is not personal advice.
"""
