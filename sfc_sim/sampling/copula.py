"""Parameters that go together: a Gaussian copula over the normal scores of draws.

Draws are made, and aimed, as if all parameters were independent. What is here comes after that: it
takes the scores z of those that go together to L z, with L L' their correlations. As the map comes
last, nothing of a proposal or of its ratio knows of it. A parameter whose row of L is that of the
unit matrix keeps every bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.sampling.scores import to_uniform
from sfc_sim.scenario.correlation import at_work, matrix_of
from sfc_sim.scenario.scenario import Scenario

__all__ = ["Copula", "copula_of"]


@final
@dataclass(frozen=True)
class Copula:
    """The parameters of a scenario that go together, and how.

    Attributes
    ----------
    names : tuple of str
        Those that are drawn once first: the others are drawn repeatedly, and each of their
        components goes with these.
    root : ndarray, shape (name, name)
        Lower Cholesky root of their correlations.
    components : tuple of int
        How many each has.
    """

    names: tuple[str, ...]
    root: FloatArray
    components: tuple[int, ...]

    def linked(
        self, numbers: Mapping[tuple[str, int], FloatArray]
    ) -> dict[tuple[str, int], FloatArray]:
        """Return the uniform numbers of draws, by name and component, as they go together."""
        from scipy.special import ndtri

        found = dict(numbers)
        scores = {
            (name, k): ndtri(numbers[name, k])
            for name, many in zip(self.names, self.components, strict=True)
            for k in range(many)
        }
        for row, (name, many) in enumerate(zip(self.names, self.components, strict=True)):
            before = [j for j in range(row) if self.root[row, j] != 0.0]
            for k in range(many if before else 0):
                total = self.root[row, row] * scores[name, k]
                for j in before:  # summed in this order for any batch
                    own = self.names[j], min(k, self.components[j] - 1)
                    total = total + self.root[row, j] * scores[own]
                found[name, k] = to_uniform(total)
        return found


def copula_of(scenario: Scenario, repeats: Mapping[str, int]) -> Copula:
    """Return what goes together in a scenario.

    What is the same in every draw goes with nothing. Discrete parameters come first, so that fewer
    of these are moved: of how many steps there are depends which numbers of a draw are used.

    Parameters
    ----------
    scenario : Scenario
        With its correlations.
    repeats : mapping of str to int
        How many components each parameter has that is drawn more than once.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("ord2021")
    >>> copula_of(scenario, {}).names
    ()
    """
    laws = {name: p.distribution for name, p in scenario.parameters.items()}
    pairs = at_work(scenario)
    linked = {name for pair in pairs for name in pair.parameters}
    names = sorted(
        (name for name in laws if name in linked),
        key=lambda name: (name in repeats, not laws[name].discrete),
    )
    many = {name: repeats.get(name, 1) for name in names}
    for pair in pairs:
        if len({many[name] for name in pair.parameters} - {1}) > 1:
            raise InputError(
                f"{pair.where}: each is drawn once for every step, and they have different numbers"
                " of steps; leave it out"
            )
    root = np.linalg.cholesky(matrix_of(pairs, names)) if names else np.eye(0)
    return Copula(tuple(names), np.asarray(root), tuple(many.values()))
