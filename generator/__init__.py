"""Strikebrief: a daily options brief in which every number can be traced."""

from __future__ import annotations

__version__ = "0.1.0"
