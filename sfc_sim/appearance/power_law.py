"""Births whose number grows as a power of time (the model of Hanson et al. 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from sfc_sim._core.errors import InputError, bare, number, shown
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Dated
from sfc_sim.appearance.shared import AMOUNT, GALAXIES, GALAXIES_ALLOWED
from sfc_sim.distributions.declarations import REQUIRED, Declared, option

if TYPE_CHECKING:
    from sfc_sim.scenario.parameter import Parameter

__all__ = ["PowerLawAppearance"]


@final
@dataclass(frozen=True)
class PowerLawAppearance(Dated):
    """Civilizations whose number, without preclusion, grows as t^n.

    Parameters
    ----------
    n : float
        Power of the clock time; positive. Hanson et al. (2021, ApJ 922, 182) prefer 6 and
        consider 3 to 12.
    abundance : float, optional
        Number born by `date` per observable-universe-size volume, without preclusion. Without
        it the model is a shape only: `simulate` then pins it so that the median civilization
        that sees nobody is born today.
    date : float, default 13.787
        Gyr.
    galaxies : float
        Galaxies per observable universe, for numbers per galaxy.

    Raises
    ------
    InputError
        If a parameter is not positive.

    Examples
    --------
    >>> model = PowerLawAppearance(n=6, abundance=100.0)
    >>> import numpy as np
    >>> log_rate, _ = model.log_rate({}, np.array([[13.787]]))
    >>> float(np.exp(log_rate[0, 0] + model.log_amount({})[0]).round(6))    # 6 x 100 / 13.787
    43.519257
    """

    name = "power-of-time"
    title = "Births as a power of time, of a given abundance"
    source = "Hanson et al. 2021"
    tested = True
    parameters: ClassVar[tuple[Declared, ...]] = (AMOUNT,)
    amount = "amount"

    n: float = option(REQUIRED, "power of the clock time with which the number born grows")
    abundance: float | None = option(
        None, "number born by the date per observable-universe-size volume, without preclusion"
    )
    date: float = option(13.787, "date of the abundance, Gyr")
    galaxies: float = option(1e10, GALAXIES, GALAXIES_ALLOWED)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("n", "abundance", "date"):
            value = getattr(self, name)
            if value is None and name == "abundance":
                continue
            unit = {"abundance": "", "n": "", "date": "Gyr"}[name]
            value = bare(value, name, unit)
            object.__setattr__(self, name, value)
            if not number(value, f"{name} of a power law") > 0:
                raise InputError(f"{name} of a power law is {shown(value)}; it must be positive")

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return zero: births begin with the universe."""
        return np.zeros(1)

    def check_dates(self, factors: Mapping[str, Parameter]) -> None:
        """Refuse a shape without an abundance."""
        self.log_amount({})

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the abundance, and of the factor on it if there is one.

        Raises
        ------
        InputError
            If none was chosen.
        """
        if self.abundance is None:
            raise InputError(
                "abundance of a power law was not chosen; pass abundance=... or use it in simulate,"
                " which pins it so that the median civilization that sees nobody is born today"
            )
        factor = super().log_amount(parameters) if self.amount in parameters else np.zeros(1)
        return np.asarray(np.log(self.abundance) + factor)

    def log_rate(
        self,
        parameters: Mapping[str, FloatArray],
        times: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr at `times` (Gyr), and minus infinity for what comes later.

        Per unit abundance, so that it needs none to be chosen.

        A power law never ends; what follows the last date is left out, as every place is then
        covered in the universes that it is used for.
        """
        with np.errstate(divide="ignore"):
            log_rate = np.log(self.n / self.date) + (self.n - 1) * np.log(times / self.date)
        return log_rate, np.full(times.shape[0], -np.inf)
