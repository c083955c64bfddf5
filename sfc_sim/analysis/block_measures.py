"""What is asked of blocks of draws: means, ratios and quantiles of the tables of theories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, final

from sfc_sim._core.effective import pieces
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim._core.volumes import GIVEN, given
from sfc_sim._core.world import OUTCOMES, World, world_of
from sfc_sim.decision.share_rows import Asked, classes_in, pairs_in
from sfc_sim.decision.shares import log_rivals
from sfc_sim.inference.log_weights import chance_outside
from sfc_sim.inference.summary import COUNT, shares_in
from sfc_sim.inference.weights import Weighing, log_unscaled, weights_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["DISPLACED", "RECOVERED", "STAKED", "Measure", "Question", "Scale", "World", "scales_of"]

Scale: TypeAlias = Literal["worlds", "outside", "copies"]
"""By what worlds count: as they are weighted; with the chance that we are in no front; before their
stakes."""


RECOVERED: Final = ("mean", "recovered")
DISPLACED: Final = ("mean", "displaced")
STAKED: Final = ("mean", "staked")


@final
@dataclass(frozen=True)
class Measure:
    """A number to find of worlds: a weighted mean, or a ratio of two weighted sums.

    Attributes
    ----------
    scale : str
        By what worlds count.
    part : ndarray, shape (draw,)
        What is averaged, or the numerator.
    whole : ndarray, shape (draw,), or None
        The denominator; None stands for ones.
    carried : bool
        Whether it is a share, of which the draws that carry it are told.
    """

    scale: Scale
    part: FloatArray
    whole: FloatArray | None = None
    carried: bool = True

    @cached_property
    def sides(self) -> list[FloatArray]:
        """The whole of a ratio, the part, and what is missing to the whole."""
        if not self.carried:
            return []
        if self.whole is None:
            return [self.part, 1.0 - self.part]
        return pieces(self.part, self.whole)


@final
@dataclass(frozen=True)
class Question:
    """What is asked of draws: by what they are weighed, and what of the worlds."""

    weighing: Weighing
    asked: Asked
    inside: bool = False

    def worlds(self, block: xr.Dataset, *, whole: bool = False) -> Iterator[tuple[str, World]]:
        """Yield the worlds of each theory, by its name; log weights have no norm.

        They are without the parameters, which no table reads, unless `whole`.
        """
        logs = {"log_weight": (("theory", "draw"), log_unscaled(block, self.weighing))}
        outside = chance_outside(block, self.weighing.known)
        weights = weights_of(self.weighing, {}, logs, outside, {"draw": block["draw"]})
        names = [name for name in (*OUTCOMES, WHICH) if name in block]
        kept = block if whole else block[names]
        seen = given(kept, GIVEN[self.weighing.front.cone])
        for each in self.weighing.theories:
            yield each.name, world_of(seen, weights, each.name)

    def shares(self, world: World) -> dict[tuple[str, str], Measure]:
        """Return the shares that worlds are summarized by, by their kind and name."""
        shares = shares_in(world, inside=self.inside)
        return {("share", name): Measure("worlds", share) for name, share in shares.items()}

    def measures(self, world: World) -> dict[tuple[str, str], Measure]:
        """Return all other means and ratios of the tables, which are the same for all theories."""
        classes, pairs = classes_in(world, self.asked), pairs_in(world, self.asked)
        return {
            **{("class", str(k)): Measure("outside", x) for k, x in enumerate(classes)},
            **{("ratio", name): Measure("copies", *pair) for name, pair in pairs.items()},
            RECOVERED: Measure("outside", world.recovered),
            DISPLACED: Measure("copies", world.lost, carried=False),
            STAKED: Measure("copies", world.grabbed, carried=False),
        }

    def values(self, block: xr.Dataset, world: World) -> dict[str, tuple[Scale, FloatArray]]:
        """Return what quantiles are of, the same for all theories, and by what worlds count."""
        return {
            COUNT: ("worlds", world[f"log_{COUNT}"]),
            "recovered_quantile": ("outside", world.recovered),
            "rivals": ("outside", log_rivals(block, world)),
        }


def scales_of(world: World) -> dict[Scale, FloatArray]:
    """Return the logs by which worlds count.

    Examples
    --------
    >>> import numpy as np
    >>> names = ("log_weight", "log_outside", "log_copies")
    >>> sorted(scales_of(World(dict.fromkeys(names, np.zeros(1)))))
    ['copies', 'outside', 'worlds']
    """
    return {
        "worlds": world["log_weight"],
        "outside": world["log_weight"] + world["log_outside"],
        "copies": world.log_copies,
    }
