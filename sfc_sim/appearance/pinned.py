"""Births as a power of time whose abundance follows from our own date (Hanson et al. 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np
from scipy import special

from sfc_sim._core.errors import InputError
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Dated
from sfc_sim.appearance.shared import GALAXIES, GALAXIES_ALLOWED
from sfc_sim.cosmology.background import TIME_RANGE, Background
from sfc_sim.distributions.declarations import Declared, Interval, option
from sfc_sim.expansion.quiet import VISIBLE_FRACTION, log_evident

if TYPE_CHECKING:
    from sfc_sim.scenario.parameter import Parameter

__all__ = ["PinnedPowerLaw", "RankedPowerLaw"]

# Gyr; the tables of a universe begin a little before.
_FIRST = 1e-3
# How steeply births end: today 2e-7 of them are missing, and all at 1.4 times the last date.
_STEEP = 12


@dataclass(frozen=True)
class PinnedPowerLaw(Dated):
    """Civilizations whose number grows as t^n, with an abundance that follows from our date.

    In a scenario, in whose universe it becomes a `RankedPowerLaw`.

    Parameters
    ----------
    last_birth : float, default 50
        See `RankedPowerLaw`.
    galaxies : float
        Galaxies per observable universe, for numbers per galaxy.

    Examples
    --------
    >>> PinnedPowerLaw().bound({}, Background.named("Planck18")).last_birth
    50.0
    """

    name = "power-law"
    title = "Births as a power of time, pinned by our date"
    source = "Hanson et al. 2021"
    tested = True
    given = "nothing-visible"
    parameters: ClassVar[tuple[Declared, ...]] = (
        Declared(
            "power", "n", "",
            "power of time with which the number born grows, without preclusion",
            Interval("[1, 30]"),
        ),
        Declared(
            "our_rank", "r", "",
            "our rank by date among civilizations that see nobody at their birth",
            Interval("[0, 1)"),
        ),
    )  # fmt: skip

    last_birth: float = option(
        50.0,
        "date at which births come to an end, Gyr: after it hardly anybody is born in the matter"
        " universe of the source, but in an accelerating one places beyond every reach would bear"
        " for ever",
        "[20, 400]",
    )
    galaxies: float = option(1e10, GALAXIES, GALAXIES_ALLOWED)

    @property
    def shaping(self) -> tuple[str, ...]:
        """The parameters on which the rate per unit amount depends."""
        return ("power",)

    def bound(self, factors: Mapping[str, Parameter], background: Background) -> RankedPowerLaw:
        """Return the model in a universe, which our date among civilizations depends on."""
        return RankedPowerLaw(self.last_birth, self.galaxies, background=background)

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return zero: births begin with the universe."""
        return np.zeros_like(parameters["power"])

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Refuse: without a universe there is no date of ours."""
        raise InputError(
            "a pinned power law needs a universe: use it in a scenario, or call its method bound"
        )


@final
@dataclass(frozen=True)
class RankedPowerLaw(PinnedPowerLaw):
    """Civilizations whose number grows as t^n, with an abundance that follows from our date.

    Parameters
    ----------
    last_birth : float, default 50
        Date at which births come to an end, Gyr. In the matter universe of the source fronts
        fill all space and hardly anybody is born after 50 Gyr; where expansion accelerates, places
        out of every front's reach would bear as the power of time for ever.
    galaxies : float
        Galaxies per observable universe, for numbers per galaxy.
    background : Background
        The universe; by keyword.

    Notes
    -----
    The parameters are arrays of shape (draw,) by name: `power` (n), `our_rank` and
    ``expanding_fraction``; where some fronts are quiet, ``visible_fraction`` and
    ``expansion_speed`` too.
    Among civilizations that see nobody at their birth the volume from where fronts would be seen,
    overlaps counted, follows a Gamma law of shape n / (n + 1) in a matter universe (see
    `sfc_sim.expansion.PowerLawUniverse`): our rank r is its quantile today, whatever the speed.
    Other universes are near to that law, for which it stands here.

    Examples
    --------
    >>> import numpy as np
    >>> model = RankedPowerLaw(background=Background.named("Planck18"))
    >>> world = {"power": np.array([6.0]), "our_rank": np.array([0.5]),
    ...          "expanding_fraction": np.ones(1)}
    >>> f"{np.exp(model.log_amount(world)[0]):.3g}"          # born by now, without preclusion
    '865'
    """

    background: Background = field(kw_only=True)

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the number born by today per volume, without preclusion."""
        n = parameters["power"]
        seen = special.gammaincinv(n / (n + 1.0), parameters["our_rank"])
        unit = np.array([_seen_per_unit(self.background, float(power)) for power in n])
        with np.errstate(divide="ignore"):
            log_amount = np.log(seen / unit / parameters["expanding_fraction"])
        if VISIBLE_FRACTION.name in parameters:
            visible = parameters[VISIBLE_FRACTION.name]
            log_amount -= log_evident(visible, parameters["expansion_speed"])
        return np.asarray(log_amount)

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr at `times` (draw, node), per unit born by today.

        From the last birth on it falls steeply; nobody is born after the dates.
        """
        n, now = parameters["power"][:, None], self.background.age
        with np.errstate(divide="ignore"):
            # xlogy: with n = 1 births are as many at the Big Bang as ever.
            log_rate = np.log(n / now) + special.xlogy(n - 1.0, times / now)
        log_rate -= (times / self.last_birth) ** _STEEP
        return np.asarray(log_rate), np.full(times.shape[0], -np.inf)


@lru_cache(maxsize=4096)
def _seen_per_unit(background: Background, n: float) -> float:
    """Return the volume lit today, overlaps counted, per one birth by today and volume."""
    nodes, weights = gauss_legendre(128)
    first, now = background.conformal_time(np.array([TIME_RANGE[0], background.age]))
    conformal = first + (now - first) * nodes
    # By parts: shells of light times those born by then, smooth in conformal time.
    born = (background.time_at_conformal(conformal) / background.age) ** n
    covered = (now - first) * weights @ (4.0 * np.pi * (now - conformal) ** 2 * born)
    return float(covered / background.observable_volume_now)
