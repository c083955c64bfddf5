"""Sums over blocks of draws, of which the tables of theories are made; see `sfc_sim.analysis.over`.

Three passes: the greatest weights, which all are divided by; sums, and how weight is spread over
bins of values; sums of squares about the means, and the values in those bins where quantiles lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.effective import carried, kish, least_error
from sfc_sim._core.schema import strata_in
from sfc_sim._core.strata import Strata, variance_in_strata
from sfc_sim._core.totals import Part, greatest
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import at_stake
from sfc_sim.analysis.block_measures import Measure, Question, Scale, scales_of
from sfc_sim.inference.log_weights import chance_outside

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Bins",
    "Squares",
    "Sums",
    "Tops",
    "found_of",
    "mean_in",
]


class Spread(NamedTuple):
    """Values that quantiles are of, by what worlds count, and the bin that each value is in."""

    name: str
    scale: Scale
    values: FloatArray
    place: npt.NDArray[np.int64]


class Seen(NamedTuple):
    """A block as a theory has it: weights by scale, of which the greatest of all draws is 1."""

    theory: str
    weight: Mapping[Scale, FloatArray]
    measures: Mapping[tuple[str, str], Measure]
    spread: Sequence[Spread]
    strata: Strata | None

    def summed(self, values: FloatArray) -> FloatArray:
        """Return the sum in each stratum, one if there are none."""
        return values.sum(keepdims=True) if self.strata is None else self.strata.summed(values)


@final
@dataclass(frozen=True)
class Tops:
    """The first pass: greatest and least log weights, and every so manieth value for the bins."""

    question: Question
    step: int
    longest: int

    def __call__(self, block: xr.Dataset, at: int) -> Part:
        """Return what a block has, of which the first draw has this place."""
        part: dict[tuple[Any, ...], FloatArray] = {}
        some = slice(-at % self.step, None, self.step)
        inside = bool(chance_outside(block, self.question.weighing.known))
        part["max", "inside"] = np.array([float(inside)])
        if (strata := strata_in(block)) is not None:
            part["sum", "strata"] = strata.sizes
        for theory, world in self.question.worlds(block):
            for scale, logs in scales_of(world).items():
                part["max", theory, scale] = logs.max(keepdims=True)
            part["min", theory] = world["log_weight"].min(keepdims=True)
            part["greatest", theory] = greatest(world["log_weight"], self.longest)
            for name, (_, values) in self.question.values(block, world).items():
                part["kept", name] = values[some].copy()  # a view would keep the block
        return part


@final
@dataclass(frozen=True)
class Bins:
    """How weight is spread over bins of values; a bin holds its lower edge, not its upper.

    Of each stratum apart; `sizes` are how many draws each has, infinite where there are none.
    """

    question: Question
    tops: Mapping[tuple[str, Scale], float]
    edges: Mapping[str, FloatArray]
    sizes: FloatArray

    def seen(self, block: xr.Dataset) -> Iterator[Seen]:
        """Yield the block as each theory has it."""
        measures: dict[tuple[str, str], Measure] = {}
        spread: list[Spread] = []
        for theory, world in self.question.worlds(block):
            if not spread:
                measures = self.question.measures(world)
                for name, (scale, values) in self.question.values(block, world).items():
                    place = np.searchsorted(self.edges[name], values, "right")
                    spread.append(Spread(name, scale, values, place))
            logs = scales_of(world)
            weight = {scale: np.exp(logs[scale] - self.tops[theory, scale]) for scale in logs}
            own = self.question.shares(world) | measures
            yield Seen(theory, weight, own, spread, world.strata)

    def counted(self, seen: Seen) -> Part:
        """Return weight, squares of weights and number of draws that have any, in every bin."""
        part: dict[tuple[Any, ...], FloatArray] = {}
        strata = 0 if seen.strata is None else seen.strata.place
        for each in seen.spread:
            own, bins = seen.weight[each.scale], self.edges[each.name].size + 1
            place, shape = strata * bins + each.place, (self.sizes.size, bins)
            what = (own, own**2, (own > 0.0).astype(float))
            sums = [np.bincount(place, values, self.sizes.size * bins) for values in what]
            part["sum", seen.theory, each.name, "bins"] = np.array(sums, float).reshape(3, *shape)
        return part

    def __call__(self, block: xr.Dataset, _: int) -> Part:
        """Return what a block has."""
        part: dict[tuple[Any, ...], FloatArray] = {}
        for seen in self.seen(block):
            part |= self.counted(seen)
        return part


@final
@dataclass(frozen=True)
class Sums:
    """The second pass: weights, what they are weights of, and bins."""

    bins: Bins

    def __call__(self, block: xr.Dataset, _: int) -> Part:
        """Return what a block has."""
        part: dict[tuple[Any, ...], FloatArray] = {}
        for seen in self.bins.seen(block):
            part |= self.bins.counted(seen)
            for scale, own in seen.weight.items():
                part["sum", seen.theory, scale, "weight"] = np.array([own.sum(), (own**2).sum()])
            for name, measure in seen.measures.items():
                part["sum", seen.theory, name] = sums_of(measure, seen.weight[measure.scale])
                if measure.whole is None:
                    part["min", seen.theory, name] = measure.part.min(keepdims=True)
                    part["max", seen.theory, name] = measure.part.max(keepdims=True)
        return part


def sums_of(measure: Measure, weight: FloatArray) -> FloatArray:
    """Return sums of numerator and denominator, and those of the sides and of their squares.

    Examples
    --------
    >>> sums_of(Measure("worlds", np.array([1.0, 0.0]), carried=False), np.array([0.5, 1.0]))
    array([0.5, 1.5])
    """
    whole = weight if measure.whole is None else weight * measure.whole
    found = [(weight * measure.part).sum(), whole.sum()]
    for side in measure.sides:
        sized = weight * side
        found += [sized.sum(), (sized**2).sum()]
    return np.array(found)


@final
@dataclass(frozen=True)
class Squares:
    """The third pass: squares about the means, and the values in bins where quantiles lie."""

    bins: Bins
    means: Mapping[tuple[str, tuple[str, str]], float]
    chosen: Mapping[tuple[str, str], npt.NDArray[np.bool_]]

    def __call__(self, block: xr.Dataset, _: int) -> Part:
        """Return what a block has."""
        part: dict[tuple[Any, ...], FloatArray] = {}
        for seen in self.bins.seen(block):
            theory = seen.theory
            for name, measure in seen.measures.items():
                whole = 1.0 if measure.whole is None else measure.whole
                about = measure.part - self.means[theory, name] * whole
                moved = seen.weight[measure.scale] * about
                squares = np.array([seen.summed(moved), seen.summed(moved**2)])
                part["sum", theory, name, "squares"] = squares
            for each in seen.spread:
                own = seen.weight[each.scale]
                taken = self.chosen[theory, each.name][each.place] & (own > 0.0)
                part["kept", theory, each.name] = each.values[taken]
                part["kept", theory, each.name, "weight"] = own[taken]
                if seen.strata is not None:
                    stratum = seen.strata.place[taken].astype(float)
                    part["kept", theory, each.name, "stratum"] = stratum
        return part


def mean_in(
    total: Mapping[tuple[Any, ...], FloatArray], theory: str, name: tuple[str, str]
) -> float:
    """Return a mean, which lies between the least and the greatest value, or a ratio of sums.

    Examples
    --------
    >>> name = ("ratio", "mcs_grabbed")
    >>> mean_in({("sum", "prior", name): np.array([1.0, 4.0])}, "prior", name)
    0.25
    """
    upper, lower = total["sum", theory, name][:2]
    ratio = float(upper) / at_stake(float(lower))
    if ("min", theory, name) not in total:
        return ratio
    ends = total["min", theory, name][0], total["max", theory, name][0]
    return float(np.clip(ratio, *ends))


def found_of(
    mean: float, sums: FloatArray, squares: FloatArray, sizes: FloatArray
) -> tuple[float, ...]:
    """Return a mean and its error; of a share the draws that carry it, of a ratio those of both.

    Examples
    --------
    >>> found_of(0.5, np.array([1.0, 2.0]), np.array([[0.0], [1.0]]), np.full(1, np.inf))
    (0.5, 0.5)
    """
    error = float(np.sqrt(variance_in_strata(sizes, *squares))) / float(sums[1])
    draws = [kish(float(total), float(squared)) for total, squared in sums[2:].reshape(-1, 2)]
    if len(draws) == 2:
        return carried(mean, error, draws)
    if len(draws) == 3:
        return mean, least_error(error, min(draws), draws[0]), min(draws), draws[0]
    return mean, error
