"""Spherical fronts, each from its own start: who covers what, and what is left for humanity.

References
----------
S. J. Olson (2015), Classical and Quantum Gravity 32, 215025.
R. Hanson et al. (2021), The Astrophysical Journal 922, 182.
T. Cook (2022), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.volumes import GIVEN
from sfc_sim.distributions.declarations import Declared
from sfc_sim.expansion.base import EXPANDING_FRACTION, EXPANSION_SPEED, Batch, Expansion
from sfc_sim.expansion.quiet import (
    ENGULFED_OBSERVERS,
    VISIBLE_FRACTION,
    engulfed_observers,
    log_evident,
    log_unaware,
    visible_fraction,
)

if TYPE_CHECKING:
    from sfc_sim.expansion.coverage import Coverage

__all__ = ["Fronts"]


@final
@dataclass(frozen=True)
class Fronts(Expansion):
    """Every civilization that expands does so in a front of one speed, from its date of birth.

    Examples
    --------
    >>> sorted(Fronts().needs)
    ['dates']
    """

    name = "fronts"
    title = "Spherical fronts, each from its own start"
    source = "Olson 2015; Hanson et al. 2021; Cook 2022, chapter 2"
    parameters: ClassVar[tuple[Declared, ...]] = (
        EXPANDING_FRACTION,
        EXPANSION_SPEED,
        VISIBLE_FRACTION,
        ENGULFED_OBSERVERS,
    )
    expanders = EXPANDING_FRACTION.name
    amount_last = True

    @property
    def needs(self) -> frozenset[str]:
        """Dates of appearance."""
        return frozenset({"dates"})

    @property
    def gives(self) -> frozenset[str]:
        """What each civilization holds, and from where fronts are seen or have come by now."""
        return frozenset(
            {"fronts", "volumes", "log_seen_now", "log_covered_now", "log10_civilizations_now"}
        )

    def follow(self, batch: Batch) -> dict[str, FloatArray]:
        """Return every variable of the draws, by name, shape (draw,)."""
        from sfc_sim.expansion.coverage import tables_of

        model, now = batch.dated, batch.background.age
        coverage = tables_of(model, batch.parameters, batch.background)
        grid = coverage.grid

        def log_lit(at_light: bool) -> FloatArray:
            """Return the log of what a unit amount covers now, of what the evidence is about.

            Beside it, what is visible, where all else may be around us and life goes on.
            """
            known = batch.parameters
            speed = known["expansion_speed"]
            covered = coverage.log_covered(np.zeros(1), np.ones(1) if at_light else speed, grid.now)
            evident = log_evident(visible_fraction(known), speed) if at_light else 0.0
            unit = covered + model.log_others(known) + np.log(known["expanding_fraction"])
            found = np.asarray(unit + evident)
            if not at_light or ENGULFED_OBSERVERS.name not in known:
                return found
            with np.errstate(divide="ignore"):
                visible = unit + np.log(visible_fraction(known))
            unaware = engulfed_observers(known) > 0.0
            return np.stack([found, np.where(unaware, visible, found)], axis=-1)

        parameters = batch.with_amount(log_lit)
        speed, log_fraction = (
            parameters["expansion_speed"],
            np.log(parameters["expanding_fraction"]),
        )
        # A model without an amount has one for all draws.
        log_amount = model.log_amount(parameters) + np.zeros(speed.size)
        log_expanding = log_amount + log_fraction
        log_potential = log_amount + coverage.log_potential()
        # Nobody is like us where nobody appears by now: a law may be cut where it has density.
        nobody = coverage.log_potential(by_now=True) == -np.inf
        log_observers = np.where(nobody, -np.inf, model.log_observers(parameters, now))
        visible = visible_fraction(parameters) + np.zeros(speed.size)
        log_actual = log_amount + coverage.log_actual(log_expanding, speed)
        log_now = log_amount + coverage.log_actual(log_expanding, speed, by_now=True)
        covered = coverage.log_covered(log_expanding, speed, grid.now)
        lit = coverage.log_covered(log_expanding, np.ones(1), grid.now)
        seen = lit + log_evident(visible, speed)
        final_cover = coverage.log_covered(log_expanding, speed, -1)
        log_alive, inside = self._unaware(coverage, parameters, lit, log_amount, log_actual)
        if model.given and inside:
            raise InputError(
                f"{ENGULFED_OBSERVERS.name} is not defined where our own date tells how many there"
                f" are, as in '{model}'; leave it out"
            )
        # A model that our own rank pins is self-sampling already: others are relative to that.
        log_alike = log_actual if model.given else log_amount + log_observers
        return {
            **{name: parameters[name] for name in batch.names},
            **inside,
            "log10_civilizations_now": self._here_now(batch, coverage, log_amount),
            "log_observers_like_us": log_alike,
            "log_intelligent_potential": log_potential,
            "log_intelligent_actual": log_alive,
            "log_civilizations_potential": log_fraction + log_potential,
            "log_civilizations_actual": log_fraction + log_actual,
            "log_civilizations_now": log_fraction + log_now,
            "log_covered_now": covered,
            "log_seen_now": seen,
            "log_covered_final": final_cover,
            "unsaturated_now": np.exp(-np.exp(covered)),
            "unseen_now": np.exp(-np.exp(seen)),
            "unsaturated_final": np.exp(-np.exp(final_cover)),
            "volume_alone": speed**3 * batch.affectable_volume,
            **self._volumes(coverage, log_expanding, speed, visible),
        }

    @staticmethod
    def _unaware(
        coverage: Coverage,
        parameters: Mapping[str, FloatArray],
        log_lit: FloatArray,
        log_amount: FloatArray,
        log_outside: FloatArray,
    ) -> tuple[FloatArray, dict[str, FloatArray]]:
        """Return the log of all civilizations that come to be, and where some live unaware.

        A place that quiet fronts alone hold still bears a share chi of what it would: a share
        1 - chi of births hangs on all fronts, chi on those that are visible.
        """
        if ENGULFED_OBSERVERS.name not in parameters:
            return log_outside, {}
        speed, visible = parameters["expansion_speed"], visible_fraction(parameters)
        engulfed = engulfed_observers(parameters)
        with np.errstate(divide="ignore"):
            log_visible = log_amount + np.log(parameters["expanding_fraction"] * visible)
            spared = log_amount + coverage.log_actual(log_visible, speed)
            log_alive = np.logaddexp(np.log1p(-engulfed) + log_outside, np.log(engulfed) + spared)
        return log_alive, {"log_unaware_now": log_unaware(log_lit, speed, visible, engulfed)}

    @staticmethod
    def _here_now(batch: Batch, coverage: Coverage, log_amount: FloatArray) -> FloatArray:
        """Return log10 of the civilizations per galaxy now, where no front has come.

        Alive, if the estimate says for how long they stay; else born by now.
        """
        model = batch.dated
        if model.alive_now:
            log_number = model.log_number(batch)
        else:
            log_number = log_amount + coverage.log_potential(by_now=True)
        return np.asarray((log_number - np.log(model.galaxies)) / np.log(10.0))

    @staticmethod
    def _volumes(
        coverage: Coverage, log_expanding: FloatArray, speed: FloatArray, visible: FloatArray
    ) -> Mapping[str, FloatArray]:
        """Return the volumes of humanity if not engulfed so far, and if nothing is visible."""
        free = coverage.volumes(log_expanding, speed, unseen=False)
        seen = coverage.volumes(log_expanding, speed, unseen=visible)
        rows = {"nothing-visible": seen, "not-engulfed": free}
        grabbed, log_marginal, _ = zip(*(rows[name] for name in GIVEN.values()), strict=True)
        return {
            "volume_grabbed": np.array(grabbed),
            "volume_marginal": np.exp(log_marginal),
            "recovered_fraction": seen[2],
        }
