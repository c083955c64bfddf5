"""How many draws a number needs, and of what tail; no library is loaded for these."""

from typing import Final

__all__ = ["FEWEST", "HEAVY", "MOST_DRAWS", "PRECISION", "SMALL_SAMPLE", "UNSTEADY"]

PRECISION: Final = 0.005
"""Standard error that work stops at, unless it is told otherwise."""

MOST_DRAWS: Final = 400_000
"""Draws after which a report stops in any case."""

FEWEST: Final = 30.0
"""Effective draws below which a statistic is no number: its error is not known either."""

HEAVY: Final = 0.7
"""Shape of the tail of weights above which errors of means are not reliable (k-hat)."""

SMALL_SAMPLE: Final = 100.0
"""Effective draws below which an error bar is not to be trusted."""

UNSTEADY: Final = f"fewer than {SMALL_SAMPLE:.0f} effective draws, or a heavy tail of weights"
"""What marks say, where neither a number nor its error bar holds."""
