"""Appearance models: one file per way in which civilizations arise.

A dynamic model turns parameters into a rate of appearance per observable-universe-size volume
on a given grid of dates; it is linear in one amount (the try-once probability of Cook 2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sfc_sim._typing import FloatArray

__all__ = ["Appearance"]


class Appearance(Protocol):
    """What expansion asks of a way of arising; `parameters` holds arrays of shape (draw,)."""

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,)."""
        ...

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr at `times` (draw, node), and the log number after them.

        Both per unit amount and observable-universe-size volume; the number has shape (draw,).
        """
        ...

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the factor in which the rate is linear, shape (draw,)."""
        ...

    def log_observers(self, parameters: Mapping[str, FloatArray], now: float) -> FloatArray:
        """Return the log density, at `now` (Gyr), of civilizations like us, per unit amount."""
        ...
