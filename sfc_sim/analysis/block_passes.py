"""The passes over blocks of draws, and what they find of each theory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sfc_sim._core.effective import Carried, kish, least_error, length_of_tail, shape_of_tail
from sfc_sim._core.quantiles import named
from sfc_sim._core.totals import Part
from sfc_sim._core.typing import FloatArray
from sfc_sim.analysis.binned_quantiles import MOST_BINS, candidates, edges_of, finer, interval
from sfc_sim.analysis.block_measures import DISPLACED, RECOVERED, STAKED, Question
from sfc_sim.analysis.block_sums import Bins, Squares, Sums, Tops, found_of, mean_in
from sfc_sim.analysis.blocks import Blocks
from sfc_sim.decision.share_rows import row_of_ratios, row_of_spread
from sfc_sim.decision.shares import is_one
from sfc_sim.inference.log_weights import checked
from sfc_sim.inference.summary import COUNT

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Found", "Total", "found_in"]

MOST_KEPT: Final = 2**20
"""Values that are sorted at the end; bins with more of them are divided once more."""

Total: TypeAlias = Mapping[tuple[Any, ...], FloatArray]
Read: TypeAlias = Callable[[Callable[["xr.Dataset", int], Part], int], Total]
"""Returns the total of what a job makes of each block; and how many of the greatest it keeps."""


class Found(NamedTuple):
    """What was found of a theory: of its weights, and its rows of two tables."""

    ess: float
    k_hat: float
    means: Mapping[str, Carried]
    counts: Mapping[str, FloatArray]
    share: Mapping[str, npt.ArrayLike]


def found_in(blocks: Blocks, question: Question, read: Read) -> list[Found]:
    """Return what is found of each theory."""
    names = [each.name for each in question.weighing.theories]
    longest = length_of_tail(blocks.draws) + 1
    first = read(Tops(question, -(-blocks.draws // MOST_BINS), longest), longest)
    tops = {key[1:]: float(first[key][0]) for key in first if key[0] == "max" and len(key) == 3}
    for name in names:
        checked(tops[name, "worlds"], name)
    question = replace(question, inside=bool(first["max", "inside"][0]))
    edges = {key[1]: edges_of(first[key]) for key in first if key[0] == "kept"}
    sizes = first.get(("sum", "strata"), np.full(1, np.inf))
    total, bins, chosen = summed(read, Bins(question, tops, edges, sizes))
    alike = same(blocks, question)
    found = []
    for name in names:
        shape = shape_of_tail(first["greatest", name], first["min", name][0], blocks.draws)
        quantiles = quantiles_of(total, bins, chosen, name)
        means = {
            key[2]: found_of(
                mean_in(total, name, key[2]), total[key], total[*key, "squares"], sizes
            )
            for key in total
            if key[:2] == ("sum", name) and len(key) == 3
        }
        count = float(blocks.draws) if name in alike else None
        found.append(
            Found(
                kish(*total["sum", name, "worlds", "weight"]),
                shape,
                {key[1]: Carried(*value) for key, value in means.items() if key[0] == "share"},
                quantiles.pop(COUNT),
                share_of(total, name, means, quantiles, count),
            )
        )
    return found


def summed(
    read: Read, bins: Bins
) -> tuple[Total, Bins, dict[tuple[str, str], npt.NDArray[np.bool_]]]:
    """Return the totals of the second and third pass, the bins, and those looked into."""
    sums = dict(read(Sums(bins), 0))
    while True:
        counted = {key[1:3]: sums[key] for key in sums if key[-1] == "bins"}
        chosen = {
            key: candidates(found, bins.edges[key[1]], bins.question.asked.quantiles, bins.sizes)
            for key, found in counted.items()
        }
        if sum(float(counted[key][2, :, chosen[key]].sum()) for key in counted) <= MOST_KEPT:
            break
        crowded = {
            name: np.any([chosen[key] for key in chosen if key[1] == name], axis=0)
            for name in bins.edges
        }
        finest = {name: finer(edges, crowded[name]) for name, edges in bins.edges.items()}
        bins = replace(bins, edges=finest)
        sums |= read(bins, 0)
    means = {key[1:]: mean_in(sums, *key[1:]) for key in sums if key[0] == "sum" and len(key) == 3}
    return {**sums, **read(Squares(bins, means, chosen), 0)}, bins, chosen


def quantiles_of(
    total: Total,
    bins: Bins,
    chosen: Mapping[tuple[str, str], npt.NDArray[np.bool_]],
    theory: str,
) -> dict[str, dict[str, FloatArray]]:
    """Return quantiles with the ends of an error, by what they are of."""
    return {
        name: named(
            name,
            interval(
                total["sum", theory, name, "bins"],
                edges,
                chosen[theory, name],
                total["kept", theory, name],
                total["kept", theory, name, "weight"],
                total.get(("kept", theory, name, "stratum")),
                bins.question.asked.quantiles,
                bins.sizes,
            ),
        )
        for name, edges in bins.edges.items()
    }


def share_of(
    total: Total,
    theory: str,
    means: Mapping[tuple[str, str], Sequence[float]],
    quantiles: Mapping[str, Mapping[str, FloatArray]],
    alike: float | None,
) -> dict[str, npt.ArrayLike]:
    """Return the row of the table of saturation; `alike` draws where all worlds are the same."""
    ratios = {key[1]: value for key, value in means.items() if key[0] == "ratio"}
    staked = float(total["sum", theory, ("ratio", "mcs_grabbed")][1])
    copies = float(total["sum", theory, "copies", "weight"][0])
    least, whole = ratios["mcs_grabbed"][2:]
    mean, error, draws = means[RECOVERED]
    error = least_error(error, draws, kish(*total["sum", theory, "outside", "weight"]))
    members = [Carried(*value) for key, value in means.items() if key[0] == "class"]
    spread = {name: values for each in quantiles.values() for name, values in each.items()}
    return row_of_ratios(
        {name: (value[0], value[1]) for name, value in ratios.items()},
        (staked / copies, means[STAKED][1]),
        (means[DISPLACED][0], means[DISPLACED][1]),
        (least, whole) if alike is None else (np.inf, alike),
        exact=alike is not None,
    ) | row_of_spread((mean, error if alike is None else 0.0), spread, members)


def same(blocks: Blocks, question: Question) -> set[str]:
    """Return the theories of which all worlds are the same; as `is_one`, of blocks.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> from sfc_sim.analysis.blocks import blocks_of
    >>> from sfc_sim.decision.share_rows import Asked
    >>> from sfc_sim.inference.weights import weighing_of
    >>> draws = sfc.sample("sandberg2018", 500, rng=1)
    >>> same(blocks_of(draws), Question(weighing_of(draws, "none", ["prior"]), Asked()))
    set()
    """
    found = {each.name for each in question.weighing.theories} if blocks.draws > 1 else set()
    first: dict[str, Mapping[str, FloatArray]] = {}
    for block in blocks:
        for theory, world in question.worlds(block, whole=True):
            ends = {key: values[[0, 0]] for key, values in world.items()}
            start = first.setdefault(theory, ends)
            joined = {key: np.concatenate([start[key], world[key]]) for key in world}
            if not is_one(joined):
                found.discard(theory)
        if not found:
            break
    return found
