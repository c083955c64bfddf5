"""Who comes first: fronts and light of other civilizations at places, births and fronts.

A place belongs to whoever reaches it first, in a straight line at its own speed: the least of
start + distance / speed. With equal speeds that is exact; where speeds differ it means that a
fast front passes through what a slow one holds, and takes what it is first to reach beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.typing import FloatArray
from sfc_sim.kernels import sight
from sfc_sim.kernels import tree as kernels
from sfc_sim.simulation.sky import golden_spiral
from sfc_sim.simulation.spacetime import Births

__all__ = ["Race", "Reached"]

IntArray = npt.NDArray[np.int64]

NOBODY = -1


@final
@dataclass(frozen=True)
class Reached:
    """The two earliest at each place: who (-1: nobody) and when (Gly; inf: never)."""

    who: IntArray
    when: FloatArray
    second_who: IntArray
    second_when: FloatArray


@final
@dataclass(frozen=True)
class Race:
    """The fronts of one realisation, to be asked who comes first where.

    Parameters
    ----------
    born : Births
        Places must lie in [0, box).
    box : float
        Side of the cube that holds them, Gly.
    periodic : bool, default True
        Whether the box repeats for ever.
    counted : ndarray of bool, shape (civilization,), optional
        Whose fronts count; by default all.

    Examples
    --------
    >>> born = Births(np.array([[1.0, 5.0, 5.0], [4.0, 5.0, 5.0]]), np.array([0.0, 1.0]),
    ...               np.array([0.0, 1.0]), np.array([0.5, 0.5]))
    >>> race = Race(born, box=10.0)
    >>> race.first_at(np.array([[2.0, 5.0, 5.0], [9.0, 5.0, 5.0]])).when       # 1 / 0.5, 2 / 0.5
    array([2., 4.])
    >>> race.contacts(np.arange(2))[1]                    # (3 + 0.5 x 0 + 0.5 x 1) / (0.5 + 0.5)
    array([3.5, 3.5])
    """

    born: Births
    box: float
    periodic: bool = True
    counted: npt.NDArray[np.bool_] | None = None

    @cached_property
    def tree(self) -> kernels.Tree:
        """The tree over all that expand and count."""
        fronts = self.born.speed > 0.0
        expands = np.flatnonzero(fronts if self.counted is None else fronts & self.counted)
        order = expands[self.along_curve(self.born.place[expands])]
        leaves = 1 << max(int(np.ceil(np.log2(max(order.size / kernels.LEAF, 1.0)))), 0)
        tree = kernels.Tree(
            self.periodic,
            self.born.place[order] / self.box,
            self.born.start[order] / self.box,
            self.born.speed[order],
            order,
            np.empty((2 * leaves, 6)),
            *np.empty((3, 2 * leaves)),
        )
        kernels.build_tree(tree)
        return tree

    def along_curve(self, places: FloatArray) -> IntArray:
        """Return an order of places in which neighbours in space follow one another.

        Asked in that order, the tree is read from the cache: a third less time for 10^5 places.
        """
        codes = np.empty(places.shape[0], dtype=np.int64)
        kernels.morton_codes(places / self.box, codes)
        return np.argsort(codes, kind="stable")

    def first_at(
        self,
        places: FloatArray,
        *,
        leave_out: IntArray | None = None,
        light: bool = False,
        two: bool = False,
    ) -> Reached:
        """Return the index of the front (or light) that is first at each place (place, 3), in Gly.

        `leave_out` names a civilization at each place that does not count; `two` asks for the
        second as well.
        """
        many, order = places.shape[0], self.along_curve(places)
        skip = np.full(many, NOBODY) if leave_out is None else leave_out[order]
        whos, whens = np.full((2, many), NOBODY), np.full((2, many), np.inf)
        found = kernels.Firsts(whos[0], whens[0], whos[1], whens[1])
        kernels.find_firsts(self.tree, places[order] / self.box, skip, light, two, found)
        back = np.argsort(order)
        whos, whens = whos[:, back], whens[:, back] * self.box
        return Reached(whos[0], whens[0], whos[1], whens[1])

    def contacts(self, index: IntArray, *, light: bool = False) -> tuple[IntArray, FloatArray]:
        """Return with whom and when the fronts of civilizations first meet another, head on.

        With `light`, when light of another front first meets them. Who never expands never
        meets anyone: -1 and inf.
        """
        born, order = self.born, self.along_curve(self.born.place[index])
        asked = index[order]
        starts = np.where(born.speed[asked] > 0.0, born.start[asked], 0.0) / self.box
        who, when = np.empty(index.size, dtype=np.int64), np.empty(index.size)
        kernels.find_contacts(
            self.tree, born.place[asked] / self.box, starts, born.speed[asked], asked, light,
            when, who,
        )  # fmt: skip
        back = np.argsort(order)
        return who[back], when[back] * self.box

    def visible(self, places: FloatArray, times: FloatArray) -> IntArray:
        """Return the number of fronts in the past light cone of events, images included."""
        counts = np.empty(times.size, dtype=np.int64)
        sight.count_visible(self.tree, places / self.box, times / self.box, counts)
        return counts

    def skies(
        self, places: FloatArray, times: FloatArray, *, convention: str = "exact"
    ) -> tuple[FloatArray, FloatArray]:
        """Return the largest angle (rad) and the share of the sky covered, at events.

        The share is counted on 2048 directions; see `sfc_sim.simulation.sky.golden_spiral`.
        """
        largest, covered = np.empty(times.size), np.empty(times.size)
        sight.see_skies(
            self.tree, places / self.box, times / self.box, convention == "published",
            golden_spiral(), largest, covered,
        )  # fmt: skip
        return largest, covered
