"""Weights: what each draw counts, given evidence and an anthropic theory.

The weight of a draw is prior over proposal, times the chance of the evidence in it, times the
factor of a theory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import effective_sample_size, pareto_shape, too_few_of
from sfc_sim._core.errors import InputError, warn_user
from sfc_sim._core.schema import label, require
from sfc_sim._core.typing import FloatArray
from sfc_sim.inference.evidence import (
    FRONTS,
    EarthHistory,
    Evidence,
    EvidenceLike,
    read_evidence,
)
from sfc_sim.inference.fronts import FrontEvidence
from sfc_sim.inference.log_weights import (
    chance_outside,
    log_ratio,
    log_targets,
    normalised,
)
from sfc_sim.inference.suited import suited
from sfc_sim.inference.theories import (
    EffectiveSampleSizeWarning,
    Theories,
    Theory,
    TheoryLike,
    theories_of,
)
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["weigh"]


@validated()
def weigh(
    draws: xr.Dataset,
    evidence: EvidenceLike = "nothing-visible",
    *,
    theories: Sequence[TheoryLike] | None = None,
) -> xr.Dataset:
    """Weigh draws by evidence and anthropic theory.

    Parameters
    ----------
    draws : xarray.Dataset
        From `sfc_sim.sample`.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        What is conditioned on, by name or as objects. "nothing-visible": no front in our past
        light cone; "not-engulfed": no front at Earth; "none": nothing, where volumes are still
        those of a humanity that is not engulfed; or a `FrontEvidence` of your own. Of these at
        most one, and observations, by name ("stars-searched", "none-within", "not-settled",
        "no-type-three", "no-waste-heat", "empty-galaxy", "silence", "earth-history") or with
        constants of their own, as `sfc_sim.inference.LifeSearched` always has.
        Scenarios of Earth's history are given its timeline unless evidence is "none" alone; those
        that our own date pins, such as Hanson et al. (2021), nothing visible in any case.
    theories : sequence of str or Theory, default all of ours that may weigh the scenario
        Names out of `THEORIES`, or theories of your own.

    Returns
    -------
    xarray.Dataset
        ``log_weight`` (theory, draw), normalised to sum to one per theory; ``ess`` (theory),
        (sum W)^2 / sum W^2; ``k_hat`` (theory), the shape of their tail (see
        `sfc_sim.sampling.pareto_shape`); ``judges_existence`` (theory): whether a discount on
        existence may rest on it; where fronts may be here unseen, ``log_outside`` (draw): the log
        of the chance that none is. Coordinates ``stakes`` (theory): whether it is a decision
        weight, which counts the volume at stake; ``counts_expanders`` (theory): whether it counts
        only those like us who go on to expand; ``cone``: the past cone that no front is in, where
        volumes are given. Attributes ``evidence``: what is known of fronts; ``observations``: the
        others in words; ``evidence_not_used``: what was asked for of the fronts of a scenario
        without dates, which has none.

    Raises
    ------
    InputError
        If the evidence or a theory is unknown, or the scenario does not define it: one that rests
        on self-sampling already, say.

    Warns
    -----
    EffectiveSampleSizeWarning
        If a theory rests on fewer than 100 effective draws, or weights with a tail so heavy
        (k-hat > 0.7) that errors do not hold; `ReferenceClassWarning`, a kind of
        it, if fewer than 0.01 of civilizations expand in a draw and "ssa-all" is asked for, which
        counts the observers of expanders alone.

    Notes
    -----
    Weights, times the prior, with g the unseen or unsaturated fraction of now (Cook 2022):
    prior g; sia N g; ssa-civilizations N g / #N_IC; ssa-all N g / (1 - g_v(final));
    adt-total f_GC N g A; adt-average that over 1 - g_v(final). N is the number of
    civilizations exactly like us, A the volume that humanity would grab.

    Aimed draws (see `sfc_sim.aim`) count by prior over proposal too, so that every theory, and
    the prior, is that of prior draws.

    Observations multiply the weight, as independent of the fronts and of each other.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> weights = weigh(draws, "none", theories=["prior"])
    >>> weights.ess.item()
    2000.0
    """
    asked = weighing_of(draws, evidence, theories)
    log_weights = log_unscaled(draws, asked)
    rows = [
        normalised(row, each.name) for row, each in zip(log_weights, asked.theories, strict=True)
    ]
    weights = weights_of(
        asked,
        {**draws.attrs, **stretch_of(draws)},
        {
            "log_weight": (("theory", "draw"), np.array(rows)),
            "ess": ("theory", [effective_sample_size(row) for row in rows]),
            "k_hat": ("theory", [pareto_shape(row) for row in rows]),
        },
        {**chance_outside(draws, asked.known)},
        {"draw": draws["draw"]},
    )
    warn_if_small(weights, draws.sizes["draw"])
    for each in asked.theories:
        each.check(draws)
    return weights


class Weighing(NamedTuple):
    """What draws are weighed by: evidence and theories, and words on what is not used."""

    known: Evidence
    theories: tuple[Theory, ...]
    front: FrontEvidence
    words: Mapping[str, str]


def weighing_of(
    draws: xr.Dataset, evidence: EvidenceLike, theories: Sequence[TheoryLike] | None
) -> Weighing:
    """Return what draws are weighed by, as it suits their scenario; of the draws no value is read.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("sandberg2018", 2, rng=1)
    >>> dict(weighing_of(draws, "nothing-visible", ["prior"]).words)
    {'observations': '', 'evidence_not_used': 'nothing-visible'}
    """
    known = read_evidence(evidence)
    require_draws(draws)
    origin = origin_of(draws)
    assumed = origin.scenario if origin.has("scenario_toml") else None
    asked = suited(theories, assumed)
    known = with_timeline(draws, known)
    front = known.front
    words = {"observations": "; ".join(each.meaning for each in known.observations)}
    if front.known and assumed is not None and is_static(assumed):
        words["evidence_not_used"], front = front.name, FRONTS["none"]
    return Weighing(known, asked, front, words)


def log_unscaled(draws: xr.Dataset, asked: Weighing) -> FloatArray:
    """Return log weights that are not normalised, shape (theory, draw).

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("sandberg2018", 2, rng=1)
    >>> log_unscaled(draws, weighing_of(draws, "none", ["prior"]))
    array([[0., 0.]])
    """
    return log_targets(draws, asked.known, asked.theories) + log_ratio(draws)


def weights_of(
    asked: Weighing,
    attrs: Mapping[str, Any],
    found: Mapping[str, Any],
    outside: Mapping[str, Any] = MappingProxyType({}),
    coords: Mapping[str, Any] = MappingProxyType({}),
) -> xr.Dataset:
    """Return the Dataset of `weigh`: what was found of each theory, and what the theories are.

    Parameters
    ----------
    asked : Weighing
        By what was weighed.
    attrs : mapping
        Attributes of the draws.
    found, outside, coords : mapping
        Variables, those that come last, and further coordinates.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> asked = weighing_of(sfc.sample("sandberg2018", 2, rng=1), "none", ["prior"])
    >>> weights_of(asked, {}, {"ess": ("theory", [2.0])}).stakes.values
    array([False])
    """
    import xarray as xr

    theories = asked.theories
    judging = {"judges_existence": ("theory", [each.judges_existence for each in theories])}
    return label(
        xr.Dataset(
            {**found, **judging, **outside},
            coords={
                "theory": [each.name for each in theories],
                **coords,
                "stakes": ("theory", [each.stakes for each in theories], {"long_name": STAKES}),
                "counts_expanders": (
                    "theory",
                    [each.counts_expanders for each in theories],
                    {"long_name": EXPANDERS},
                ),
                "cone": ((), asked.front.cone, {"long_name": CONE}),
            },
            attrs={**attrs, "evidence": asked.front.name, **asked.words},
        )
    )


STAKES: Final = "whether it is a decision weight, which counts what is at stake"
EXPANDERS: Final = "whether it counts only the part of those like us that goes on to expand"
CONE: Final = "cone of our past that no front is in, where volumes are given"


def stretch_of(draws: xr.Dataset) -> dict[str, str]:
    """Return how many draws there are and the first of them; none where they are not in a row.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> stretch_of(sfc.sample("sandberg2018", 3, rng=1, first=500))
    {'draws': '3', 'first': '500'}
    """
    index = draws.get_index("draw")
    # A range is not written out: it may be longer than memory.
    row = getattr(index, "step", 0) == 1 or bool(np.all(np.diff(index.values) == 1))
    return {"draws": str(index.size), "first": str(index[0]) if row else ""}


def require_draws(draws: xr.Dataset) -> None:
    """Raise an `InputError` unless there are draws.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> require_draws(sfc.sample("sandberg2018", 3, rng=1).isel(draw=[]))
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: there are no draws; pass the Dataset of sfc_sim.sample
    """
    require(draws, [], "sample")
    if not draws.sizes.get("draw"):
        raise InputError("there are no draws; pass the Dataset of sfc_sim.sample")


def with_timeline(draws: xr.Dataset, known: Evidence) -> Evidence:
    """Return the evidence with Earth's timeline, for scenarios whose estimate rests on it.

    Only "none" leaves it out.
    """
    asked = any(isinstance(each, EarthHistory) for each in known.observations)
    if not known.front.known or asked or "log_earth_likelihood" not in draws:
        return known
    return known._replace(observations=(*known.observations, EarthHistory()))


def check_names(evidence: EvidenceLike, theories: Theories) -> None:
    """Refuse evidence or theories that do not exist, offering the nearest name.

    Examples
    --------
    >>> check_names("none", ["sia"])
    """
    read_evidence(evidence)
    theories_of(theories)


def warn_if_small(weights: xr.Dataset, many: int) -> None:
    """Warn of theories whose weights are too few, or have too heavy a tail, for an error bar."""
    small = {
        str(theory): f"{theory} {ess:.0f}, k-hat {shape:.1f}"
        for theory, ess, shape in zip(
            weights["theory"].values, weights["ess"].values, weights["k_hat"].values, strict=True
        )
        if too_few_of(ess, many, shape)
    }
    if small:
        text = (
            f"few effective draws ({'; '.join(small.values())}): {_advice(weights, list(small))},"
            " before trusting them"
        )
        warn_user(text, EffectiveSampleSizeWarning)


def _advice(weights: xr.Dataset, small: Sequence[str]) -> str:
    """Return what gives these theories more effective draws than they have."""
    origin = origin_of(weights)
    told: list[str] = [each["aim"] for each in origin.listed("proposals", "[]")]
    told += [origin.text("aim")] if origin.has("aim") else []
    aimed = {theory for text in told for theory in json.loads(text)}
    if not aimed.issuperset(small):
        return "aim at these theories, or take more draws"
    return "ask for each alone, or take more draws" if len(aimed) > 1 else "take more draws"
