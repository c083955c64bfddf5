"""Evidence and anthropic theories: what weight each draw gets.

Every theory multiplies the prior by the chance of what we see (evidence) and by how much of it
a world holds (theory). Sources: Cook 2022, chapter 3; Armstrong 2011 for ADT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sfc_sim._core.door import validated
from sfc_sim._core.effective import effective_sample_size, mean_of, pareto_shape, too_few_of
from sfc_sim._core.errors import InputError, known_names, shown, warn_user
from sfc_sim._core.schema import label, require, weight_of, worlds
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import shares_of, with_ends
from sfc_sim.inference.evidence import (
    FRONTS,
    EarthHistory,
    EvidenceLike,
    Observation,
    read_evidence,
)
from sfc_sim.inference.evidence import variable_of as values
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "THEORIES",
    "EffectiveSampleSizeWarning",
    "ReferenceClassWarning",
    "Theory",
    "summarize",
    "weigh",
]

# Below this expanding fraction observers outside expanders are too many to leave out.
FEW_EXPAND = 0.01

QUANTILES = (0.05, 0.5, 0.95)


class EffectiveSampleSizeWarning(UserWarning):
    """A theory rests on too few draws for its numbers to be trusted."""


class ReferenceClassWarning(EffectiveSampleSizeWarning):
    """``ssa-all`` leaves out observers who are not nearly none: do not trust its numbers."""


class Theory(NamedTuple):
    """An anthropic theory: its weight beyond prior and evidence, and where it comes from.

    `log_factor` takes the draws and the evidence; `stakes` says whether the weight already
    counts the volume that humanity would grab, as anthropic decision theory does;
    `judges_existence` whether it may weigh a choice of whether there is a future, not only of how
    good it is: without it no discount is given.
    """

    log_factor: Callable[[xr.Dataset, str], FloatArray]
    stakes: bool
    meaning: str
    judges_existence: bool = True


def logged(draws: xr.Dataset, name: str) -> FloatArray:
    """Return the natural log of a variable; minus infinity at zero."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values(draws, name)))


def _grabbed(draws: xr.Dataset, evidence: str) -> FloatArray:
    suffix = "" if evidence == "nothing-visible" else "_not_engulfed"
    return logged(draws, f"volume_grabbed{suffix}")


def log_taken(draws: xr.Dataset) -> FloatArray:
    """Return the log of the fraction of space that fronts ever take, 1 - exp(-V), shape (draw,).

    Examples
    --------
    >>> import xarray as xr
    >>> print(log_taken(xr.Dataset({"log_covered_final": ("draw", [-800.0, 0.0])})).round(2))
    [-8.0e+02 -4.6e-01]
    """
    log_covered = values(draws, "log_covered_final")
    # For V below 1e-13, 1 - exp(-V) is V to double precision; above, V does not underflow.
    exact = np.log(-np.expm1(-np.exp(np.maximum(log_covered, -30.0))))
    return np.where(log_covered < -30.0, log_covered, exact)


def per(log_upper: FloatArray, log_lower: FloatArray) -> FloatArray:
    """Return the log of a ratio; minus infinity where the upper part is nothing.

    Examples
    --------
    >>> print(per(np.array([0.0, -np.inf]), np.array([-1.0, -np.inf])))
    [  1. -inf]
    """
    lower = np.where(log_upper == -np.inf, 0.0, log_lower)
    return np.asarray(log_upper - lower)


def _observers(draws: xr.Dataset, _: str) -> FloatArray:
    return values(draws, "log_observers_like_us")


def _ssa_civilizations(draws: xr.Dataset, _: str) -> FloatArray:
    return per(values(draws, "log_observers_like_us"), values(draws, "log_intelligent_actual"))


def _ssa_all(draws: xr.Dataset, _: str) -> FloatArray:
    return per(values(draws, "log_observers_like_us"), log_taken(draws))


def _adt_total(draws: xr.Dataset, evidence: str) -> FloatArray:
    expanding = logged(draws, "expanding_fraction")
    return expanding + values(draws, "log_observers_like_us") + _grabbed(draws, evidence)


def _adt_average(draws: xr.Dataset, evidence: str) -> FloatArray:
    return per(_adt_total(draws, evidence), log_taken(draws))


def _prior(draws: xr.Dataset, _: str) -> FloatArray:
    return np.zeros(draws.sizes["draw"])


THEORIES: dict[str, Theory] = {
    "prior": Theory(
        _prior, False, "the evidence alone: a world counts by how likely it makes what we see"
    ),
    "sia": Theory(
        _observers, False, "self-indication (SIA): by how many civilizations like us it holds, too"
    ),
    "ssa-civilizations": Theory(
        _ssa_civilizations,
        False,
        "self-sampling (SSA): by the share of its civilizations that are like us",
    ),
    "ssa-all": Theory(_ssa_all, False, "self-sampling among all observers, those of expanders too"),
    "adt-total": Theory(
        _adt_total,
        True,
        "anthropic decision theory (ADT), total utility: by how many decide as we do, times what "
        "each decides on",
    ),
    # Average utility does not change with the number of those who are as well off (Cook 2022).
    "adt-average": Theory(
        _adt_average, True, "ADT, average utility: for choices of how good the future is", False
    ),
}

# A default that a theory of the user's own does not change, whenever a module is imported.
OURS: Final = tuple(THEORIES)


@validated()
def weigh(
    draws: xr.Dataset,
    evidence: EvidenceLike = "nothing-visible",
    *,
    theories: Sequence[str] = OURS,
) -> xr.Dataset:
    """Weigh draws by evidence and anthropic theory.

    Parameters
    ----------
    draws : xarray.Dataset
        From `sfc_sim.sample`.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        What is conditioned on. "nothing-visible": no front in our past light cone;
        "not-engulfed": no front at Earth; "none": nothing, where volumes are still those of a
        humanity that is not engulfed. Or observations of `sfc_sim.inference.evidence`, by name
        ("stars-searched", "none-within", "not-settled", "no-type-three", "empty-galaxy",
        "earth-history") or with constants of their own; with at most one of the first three.
        Scenarios of Earth's history are given its timeline unless evidence is "none" alone; those
        that our own date pins, such as Hanson et al. (2021), nothing visible in any case.
    theories : sequence of str, default all
        Names out of `THEORIES`.

    Returns
    -------
    xarray.Dataset
        ``log_weight`` (theory, draw), normalised to sum to one per theory; ``ess`` (theory),
        (sum W)^2 / sum W^2; ``k_hat`` (theory), the shape of their tail (see
        `sfc_sim.sampling.pareto_shape`); coordinate ``stakes`` (theory): whether the weight counts
        the volume at stake; ``judges_existence`` (theory): whether a discount on existence may rest
        on it. Attributes ``evidence``: the front evidence, and
        ``observations``: the others in words; ``evidence_not_used``: the front evidence that was
        asked for of a scenario without dates, which has no fronts.

    Raises
    ------
    InputError
        If the evidence or a theory is unknown, or the scenario does not define it.

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
    import xarray as xr

    check_names(evidence, theories)
    require(draws, [], "sample")
    front, observations = with_timeline(draws, *read_evidence(evidence))
    log_weights = log_targets(draws, front, observations, theories) + log_ratio(draws)
    rows = [normalised(row, theory) for row, theory in zip(log_weights, theories, strict=True)]
    stakes = [THEORIES[theory].stakes for theory in theories]
    words = {"evidence": front, "observations": "; ".join(each.meaning for each in observations)}
    toml = draws.attrs.get("scenario_toml")
    if front != "none" and toml and is_static(Scenario.from_toml(toml)):
        words |= {"evidence": "none", "evidence_not_used": front}
    weights = xr.Dataset(
        {
            "log_weight": (("theory", "draw"), np.array(rows)),
            "ess": ("theory", [effective_sample_size(row) for row in rows]),
            "k_hat": ("theory", [pareto_shape(row) for row in rows]),
            "judges_existence": (
                "theory",
                [THEORIES[theory].judges_existence for theory in theories],
            ),
        },
        coords={
            "theory": list(theories),
            "draw": draws["draw"],
            "stakes": ("theory", stakes, {"long_name": "whether what is at stake is counted"}),
        },
        attrs={**draws.attrs, **stretch_of(draws), **words},
    )
    warn_if_small(weights)
    if "ssa-all" in theories:
        warn_if_few_expand(draws)
    return label(weights)


def log_targets(
    draws: xr.Dataset, front: str, observations: tuple[Observation, ...], theories: Sequence[str]
) -> FloatArray:
    """Return the log weights of draws from the prior, not normalised, shape (theory, draw)."""
    log_chance = log_spared(draws, front) + log_likelihood(draws, observations)
    return np.array([THEORIES[theory].log_factor(draws, front) + log_chance for theory in theories])


def log_ratio(draws: xr.Dataset) -> FloatArray:
    """Return the log of prior over proposal in every draw: zero for draws from the prior.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> log_ratio(sfc.sample("sandberg2018", 2, rng=1))
    array([0., 0.])
    """
    aimed = bool(draws.attrs.get("proposal"))
    if aimed != ("log_prior_over_proposal" in draws):
        what = "are without log_prior_over_proposal" if aimed else "do not say of which proposal"
        raise InputError(
            f"aimed draws that {what} cannot be weighed: keep variable and attributes as"
            " sfc_sim.sample gives them, and weigh draws of different proposals apart"
        )
    if not aimed:
        return np.zeros(draws.sizes["draw"])
    found = np.asarray(draws["log_prior_over_proposal"].values, dtype=float)
    if missing := int(np.isnan(found).sum()):
        raise InputError(
            f"{missing} of the draws are without log_prior_over_proposal: aimed draws were joined"
            " with others; weigh them apart"
        )
    return found


def prior_weight(draws: xr.Dataset) -> FloatArray:
    """Return what each draw counts under the prior alone, shape (draw,); sums to one.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> prior_weight(sfc.sample("sandberg2018", 2, rng=1))
    array([0.5, 0.5])
    """
    return shares_of(log_ratio(draws))


def stretch_of(draws: xr.Dataset) -> dict[str, str]:
    """Return how many draws there are and the first of them; none where they are not in a row.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> stretch_of(sfc.sample("sandberg2018", 3, rng=1, first=500))
    {'draws': '3', 'first': '500'}
    """
    indices = draws["draw"].values
    row = bool(np.all(np.diff(indices) == 1))
    return {"draws": str(indices.size), "first": str(indices[0]) if row else ""}


def with_timeline(
    draws: xr.Dataset, front: str, observations: tuple[Observation, ...]
) -> tuple[str, tuple[Observation, ...]]:
    """Return the evidence with Earth's timeline, for scenarios whose estimate rests on it.

    Only "none" leaves it out.
    """
    asked = any(isinstance(each, EarthHistory) for each in observations)
    if front == "none" or asked or "log_earth_likelihood" not in draws:
        return front, observations
    return front, (*observations, EarthHistory())


def check_names(evidence: EvidenceLike, theories: Sequence[str]) -> None:
    """Refuse evidence or theories that do not exist, offering the nearest name.

    Examples
    --------
    >>> check_names("none", ["sia"])
    """
    read_evidence(evidence)
    known_names(theories, "theories", "theory", THEORIES)


def log_spared(draws: xr.Dataset, evidence: str) -> FloatArray:
    """Return the log chance of the front evidence in every draw, shape (draw,)."""
    extended = FRONTS[evidence]
    # Draws that are conditioned on evidence already are not weighed by it a second time.
    if extended is None or draws.attrs.get("given"):
        return np.zeros(draws.sizes["draw"])
    with np.errstate(over="ignore"):
        return np.asarray(-np.exp(values(draws, extended)))


def log_likelihood(draws: xr.Dataset, observations: Sequence[Observation]) -> FloatArray:
    """Return the log chance of all of the observations in every draw, shape (draw,)."""
    return sum((each.log_likelihood(draws) for each in observations), np.zeros(draws.sizes["draw"]))


def normalised(log_weight: FloatArray, theory: str) -> FloatArray:
    """Return log weights whose exponentials sum to one."""
    top = log_weight.max()
    if top == -np.inf:
        raise ArithmeticError(
            f"theory '{theory}' gives every draw weight zero: the evidence excludes all worlds, or"
            " none can have observers like us (a delay beyond Earth's age, say); leave it out with"
            " theories, or change the scenario"
        )
    if not np.isfinite(top):
        raise ArithmeticError(f"theory '{theory}' gives a draw a weight that is not a number")
    return np.asarray(log_weight - top - np.log(np.exp(log_weight - top).sum()))


def warn_if_few_expand(draws: xr.Dataset) -> None:
    """Warn where so few expand that observers elsewhere may not be left out of "ssa-all"."""
    least = float(draws["expanding_fraction"].min())
    if least < FEW_EXPAND:
        text = (
            f"expanding_fraction is {least:.2g} in a draw; ssa-all counts the observers of"
            f" expanders alone, which is allowed for {FEW_EXPAND:g} or more"
        )
        warn_user(text, ReferenceClassWarning)


def warn_if_small(weights: xr.Dataset) -> None:
    """Warn of theories whose weights are too few, or have too heavy a tail, for an error bar."""
    many = weights.sizes["draw"]
    small = [
        f"{theory} {ess:.0f}, k-hat {shape:.1f}"
        for theory, ess, shape in zip(
            weights["theory"].values, weights["ess"].values, weights["k_hat"].values, strict=True
        )
        if too_few_of(ess, many, shape)
    ]
    if small:
        text = (
            f"few effective draws ({'; '.join(small)}): aim at these theories, or take more draws,"
            " before trusting them"
        )
        warn_user(text, EffectiveSampleSizeWarning)


@validated()
def summarize(
    draws: xr.Dataset, weights: xr.Dataset, *, quantiles: Sequence[float] = QUANTILES
) -> xr.Dataset:
    """Summarize weighted draws, a row per theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`.
    quantiles : sequence of float, default (0.05, 0.5, 0.95)
        Of the counts.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``probability_alone`` (weight of fewer than one intelligent civilization
        per observable-universe-size volume),
        ``probability_alone_poisson`` (mean of exp(-number), the chance of none: what Cook 2022
        calls being alone; here the two differ by at most 0.02),
        ``share_of_reach``, each with its standard error and ``_ess``, the effective draws that
        carry it, which are few for what is rare; ``ess``, of the weights; dims (theory, quantile):
        ``civilizations_actual``, with ``civilizations_actual_low`` and ``_high`` one standard
        error of the quantile below and above it.

    Raises
    ------
    InputError
        If a quantile does not lie in [0, 1].

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> table = summarize(draws, sfc.weigh(draws, theories=["prior"]))
    >>> bool(0.5 < table.probability_alone.item() < 1)
    True
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    for quantile in quantiles:
        if not (isinstance(quantile, (int, float)) and 0.0 <= quantile <= 1.0):
            raise InputError(f"quantile is {shown(quantile)}; it must lie in [0, 1]")
    columns: dict[str, list[float]] = {}
    counts: dict[str, list[FloatArray]] = {}
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        weight = weight_of(weights, str(theory))
        number = world["log_intelligent_actual"]
        readings = {name: mean_of(read(number), weight) for name, read in ALONE.items()}
        readings["share_of_reach"] = mean_of(
            world["volume_grabbed"] / world["volume_alone"], weight
        )
        for name, found in readings.items():
            columns.setdefault(name, []).append(found.mean)
            columns.setdefault(f"{name}_standard_error", []).append(found.error)
            columns.setdefault(f"{name}_ess", []).append(found.draws)
        log_count = world["log_civilizations_actual"]
        for name, logs in with_ends("civilizations_actual", log_count, weight, quantiles).items():
            counts.setdefault(name, []).append(np.exp(logs))
    table = xr.Dataset(
        {name: ("theory", column) for name, column in columns.items()}
        | {name: (("theory", "quantile"), np.array(rows)) for name, rows in counts.items()}
        | {name: ("theory", weights[name].values) for name in ("ess", "k_hat")},
        coords={"theory": weights["theory"].values, "quantile": list(quantiles)},
        attrs=weights.attrs,
    )
    return label(table)


def _none(log_number: FloatArray) -> FloatArray:
    """Return the chance of none where the number is expected, as a Poisson number."""
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(-np.exp(log_number)))


# Both readings of being alone: fewer than one expected; and the chance of none.
ALONE: Final[dict[str, Callable[[FloatArray], FloatArray]]] = {
    "probability_alone": lambda log_number: np.asarray(log_number < 0.0, dtype=float),
    "probability_alone_poisson": _none,
}
