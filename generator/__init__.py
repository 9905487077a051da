"""Strikebrief: a daily options brief in which every number can be traced."""

__version__ = "0.1.0"
