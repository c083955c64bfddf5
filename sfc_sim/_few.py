"""How many effective draws, and of what tail, a number needs; no library is loaded for these."""

from typing import Final

__all__ = ["FEWEST", "HEAVY", "SMALL_SAMPLE"]

FEWEST: Final = 30.0
"""Effective draws below which a statistic is no number: its error is not known either."""

HEAVY: Final = 0.7
"""Shape of the tail of weights beyond which means have no error that can be told (k-hat)."""

SMALL_SAMPLE: Final = 100.0
"""Effective draws below which an error bar is not to be trusted."""
