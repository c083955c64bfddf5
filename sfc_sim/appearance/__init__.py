"""Appearance models: one file per way in which civilizations arise.

A dynamic model turns parameters into a rate of appearance per observable-universe-size volume
on a given grid of dates; it is linear in one amount (the try-once probability of Cook 2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sfc_sim._typing import FloatArray

__all__ = ["Appearance", "DrawnAppearance"]


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


class DrawnAppearance(Appearance, Protocol):
    """A way of arising whose parameters a scenario draws."""

    @property
    def repeated(self) -> Mapping[str, str]:
        """Parameters drawn anew for each unit of another, by name."""
        ...

    @property
    def amount(self) -> str:
        """The parameter in which the amount is linear, which may be drawn last; or none."""
        ...

    @property
    def shaping(self) -> tuple[str, ...]:
        """The parameters on which the rate per unit amount depends."""
        ...

    def log_others(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of what multiplies that parameter in the amount."""
        ...

    def combine(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the parameters that the model reads, of those that were drawn."""
        ...
