"""A rate of appearance given as a table: dates and numbers from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, final

import numpy as np
from scipy import special

from sfc_sim._core.errors import InputError, bare, shown
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Dated
from sfc_sim.appearance.shared import AMOUNT, GALAXIES, GALAXIES_ALLOWED
from sfc_sim.distributions.declarations import REQUIRED, Declared, option

if TYPE_CHECKING:
    from sfc_sim.expansion.grid import Grid

__all__ = ["TableAppearance"]

CLOSE: Final = 1e-5
"""Part of all births by which a cell of the grid may be off."""


@final
@dataclass(frozen=True)
class TableAppearance(Dated):
    """Civilizations that appear at a rate read off a table.

    Parameters
    ----------
    times : sequence of float
        Dates in Gyr, 0 or more, ascending; at least two.
    rate : sequence of float
        Appearances per Gyr and observable-universe-size volume at those dates, without
        preclusion; 0 or more, not all 0.
    galaxies : float
        Galaxies per observable universe, for numbers per galaxy.

    Raises
    ------
    InputError
        If the table is not as said.

    Notes
    -----
    Between two dates the logarithm of the rate is linear; the rate itself is where one end is 0.
    Outside the table nothing appears. Cells of the grid in which the number of births would be off
    by more than 1e-5 of all end at the dates of the table too. In a scenario the parameter
    `amount` multiplies the rate.

    Examples
    --------
    >>> import numpy as np
    >>> model = TableAppearance(times=[5.0, 8.0, 12.0], rate=[0.0, 10.0, 1000.0])
    >>> log_rate, log_later = model.log_rate({}, np.array([[6.5, 10.0]]))
    >>> np.exp(log_rate).round(6)
    array([[  5., 100.]])
    >>> np.exp(log_later).round(3)      # from 100 at 10 Gyr to 1000 at 12 Gyr
    array([781.73])
    """

    name = "table"
    title = "A rate of appearance from a table"
    source = "set by the user"
    tested = True
    parameters: ClassVar[tuple[Declared, ...]] = (AMOUNT,)
    amount = "amount"

    times: Sequence[float] = option(REQUIRED, "dates of the table, Gyr, ascending")
    rate: Sequence[float] = option(
        REQUIRED, "appearances per Gyr and observable-universe-size volume at those dates"
    )
    galaxies: float = option(1e10, GALAXIES, GALAXIES_ALLOWED)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("times", "rate"):
            # Tuples hash, so that tables of tables can be cached.
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        if len(self.times) != len(self.rate):
            raise InputError(
                f"times and rate have {len(self.times)} and {len(self.rate)} entries;"
                " they must have the same number"
            )
        if len(self.times) < 2:
            raise InputError(f"times has {len(self.times)} entries; a table needs two or more")
        if any(after <= before for before, after in zip(self.times, self.times[1:], strict=False)):
            raise InputError("times do not ascend; every date must be later than the one before")
        if not any(self.rate):
            raise InputError("rate is 0 at all times; at least one entry must be positive")

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date from which anything appears, Gyr, shape (1,)."""
        first = int(np.flatnonzero(self.rate)[0])
        return np.array([self.times[max(first - 1, 0)]])

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the factor on the table, 0 where there is none."""
        return super().log_amount(parameters) if self.amount in parameters else np.zeros(1)

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate at `times`, and the log number that come later.

        Parameters
        ----------
        parameters : mapping
            Not used.
        times : ndarray, shape (draw, node)
            Dates in Gyr.

        Returns
        -------
        log_rate : ndarray, shape (draw, node)
            Per Gyr and observable-universe-size volume.
        log_later : ndarray, shape (draw,)
            Log of the number that appear after the last date of each draw.
        """
        with np.errstate(divide="ignore"):
            return np.log(self._rate(times)), np.log(self._number_after(times[:, -1]))

    def breaks(self, grid: Grid) -> list[float]:
        """Return dates at which cells are to end in which births are miscounted, Gyr.

        Those of the table in such a cell, or its middle.
        """
        weights, times = gauss_legendre(4)[1], grid.times[0]
        ends, nodes = times[::5], times[:-1].reshape(-1, 5)[:, 1:]
        scale = np.exp(grid.log_scale_factor[0, :-1].reshape(-1, 5)[:, 1:])
        counted = np.diff(grid.edges[0]) * ((self._rate(nodes) * scale) @ weights)
        exact = -np.diff(self._number_after(ends))
        off = np.abs(counted - exact) > CLOSE * self._number_after(np.zeros(1))
        found: list[float] = []
        for low, high in zip(ends[:-1][off], ends[1:][off], strict=True):
            inside = [date for date in self.times if low < date < high]
            found += inside or [0.5 * (low + high)]
        return found

    def _rate(self, times: FloatArray) -> FloatArray:
        """Return the rate at dates of any shape."""
        nodes, rate = np.array(self.times), np.array(self.rate)
        linear = np.interp(times, nodes, rate, left=0.0, right=0.0)
        with np.errstate(divide="ignore"):
            log_rate = np.log(rate)
        # A stand-in for log 0 keeps the other arm finite where it is not used.
        curved = np.exp(np.interp(times, nodes, np.where(rate > 0.0, log_rate, 0.0)))
        cell = np.clip(np.searchsorted(nodes, times, side="right") - 1, 0, nodes.size - 2)
        inside = (times >= nodes[0]) & (times <= nodes[-1])
        return np.where(inside & self._logarithmic[cell], curved, linear)

    @property
    def _logarithmic(self) -> np.ndarray:
        """Whether each interval of the table is linear in the log of the rate."""
        positive = np.array(self.rate) > 0.0
        return np.asarray(positive[:-1] & positive[1:])

    def _number_after(self, dates: FloatArray) -> FloatArray:
        """Return the exact integral of the rate from dates to the end of the table."""
        nodes, rate = np.array(self.times), np.array(self.rate)
        start = np.clip(dates, nodes[0], nodes[-1])
        cell = np.clip(np.searchsorted(nodes, start, side="right") - 1, 0, nodes.size - 2)
        whole = self._born(np.diff(nodes), rate[:-1], rate[1:], self._logarithmic)
        later = np.append(np.cumsum(whole[::-1])[::-1], 0.0)
        left = nodes[cell + 1] - start
        begun = self._born(left, self._rate(start), rate[cell + 1], self._logarithmic[cell])
        return np.asarray(begun + later[cell + 1])

    @staticmethod
    def _born(
        width: FloatArray, begin: FloatArray, end: FloatArray, curved: np.ndarray
    ) -> FloatArray:
        """Return births in intervals, by the rate at both ends."""
        low, high = np.where(curved, begin, 1.0), np.where(curved, end, 1.0)
        mean = np.where(curved, low * special.exprel(np.log(high / low)), 0.5 * (begin + end))
        return np.asarray(width * mean)


UNITS = {"times": "Gyr", "rate": "1 / Gyr"}


def _numbers(name: str, values: object) -> tuple[float, ...]:
    """Return a table's column as a tuple of finite numbers that are not negative."""
    try:
        column = np.asarray(bare(values, name, UNITS[name]), dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        column = np.asarray(np.nan)
    if column.ndim != 1 or not np.all(np.isfinite(column) & (column >= 0.0)):
        raise InputError(f"{name} is {shown(values)}; it must be a row of numbers, 0 or more")
    return tuple(column.tolist())
