"""A row of the table "Reproduced numbers", and the settings that its parts share."""

from __future__ import annotations

from typing import NamedTuple

SEED = 7

EXAMPLE = {
    "hard_steps": 5.0, "step_time": 5000.0, "delay": 1.0, "try_once": 1.0,
    "longest_habitability": 10.0, "early_habitability": 1e-10, "habitability_onset": 7.0,
    "habitability_width": 1.0, "expanding_fraction": 1.0, "expansion_speed": 1.0,
}  # fmt: skip
"""The worked example of Cook (2022)."""


class Row(NamedTuple):
    """One number: ours may carry a standard error, three of which are added to the tolerance."""

    quantity: str
    published: float
    ours: float
    tolerance: float
    reason: str
    digits: str = ".4g"
    error: float = 0.0
    shown: str = ""

    @property
    def within(self) -> bool:
        """Whether ours lies within the tolerance and three standard errors."""
        return bool(abs(self.ours - self.published) <= self.tolerance + 3.0 * self.error)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        ours = format(self.ours, self.digits)
        if self.error:
            ours = f"{ours} ± {self.error:.1g}"
        verdict = "yes" if self.within else "**no**"
        published = self.shown or format(self.published, self.digits)
        return self.quantity, published, ours, f"{self.tolerance:.2g}", verdict, self.reason
