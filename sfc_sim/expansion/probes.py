"""The model of humanity's probes alone, with nobody in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, final

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions.declarations import Declared, Interval, option
from sfc_sim.expansion.base import Batch, Expansion
from sfc_sim.expansion.reach import Probe, per_gly3, reach_radius

__all__ = ["Reach"]


@final
@dataclass(frozen=True)
class Reach(Expansion):
    """How far humanity's probes get, with nobody in the way.

    Parameters
    ----------
    probe : {"hopping", "coasting"}
        Probes keep their speed by starting again and again, or lose momentum to expansion.
    galaxy_density : str
        Which galaxies are counted, see `reachable_galaxies`.
    launch_delay : float
        Time from today to the launch, Gyr.

    Examples
    --------
    >>> planck, speed = Background.named("Planck18"), np.array([0.5])
    >>> found = Reach(galaxy_density="ord2021").outcomes(planck, speed)
    >>> found["reach_radius"].round(4)
    array([8.2904])
    """

    name = "reach"
    title = "How far humanity's probes get, with nobody in the way"
    source = "Armstrong & Sandberg 2013; Ord 2021"
    parameters: ClassVar[tuple[Declared, ...]] = (
        Declared(
            "launch_speed", "\\beta_0", "c",
            "speed of the probes at launch against the local comoving frame", Interval("(0, 1]"),
        ),
    )  # fmt: skip

    probe: Probe = option(
        "hopping",
        "probes keep their speed by starting again and again, or lose momentum to expansion",
    )
    galaxy_density: Literal[
        "armstrong2013", "baldry2012", "ord2021", "hanson2021", "milky-way-like"
    ] = option(
        "armstrong2013",
        "which galaxies are counted; 0.0119, 0.0325, 0.0363, 0.0694, 0.00088 per comoving Mpc^3"
        " today",
    )
    launch_delay: float = option(0.0, "time from today to the launch, Gyr", "[0, 1e4]")

    @property
    def needs(self) -> frozenset[str]:
        """Nobody else: it is of humanity alone."""
        return frozenset({"nobody"})

    @property
    def gives(self) -> frozenset[str]:
        """How far humanity gets."""
        return frozenset({"reach"})

    def outcomes(self, background: Background, launch_speed: FloatArray) -> dict[str, FloatArray]:
        """Return ``reach_radius`` (Gly), ``reach_volume`` (Gly³) and ``reachable_galaxies``."""
        launch = background.age + self.launch_delay
        radius = reach_radius(background, launch_speed, probe=self.probe, launch=launch)
        volume = np.asarray(4.0 / 3.0 * np.pi * radius**3)
        galaxies = volume * per_gly3(self.galaxy_density)
        return {"reach_radius": radius, "reach_volume": volume, "reachable_galaxies": galaxies}

    def follow(self, batch: Batch) -> dict[str, FloatArray]:
        """Return every variable of the draws, by name, shape (draw,)."""
        speed = batch.drawn["launch_speed"]
        return dict(batch.drawn) | self.outcomes(batch.background, speed)
