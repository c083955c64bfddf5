"""What is known of the number N of civilizations per galaxy: its law, before and after a look.

For a static product of factors the law is exact, and so is its posterior after observations that
depend on N alone. `FAMILIES` has one or more of each family of observations of Sandberg, Drexler &
Ord (2018).

References
----------
A. Sandberg, E. Drexler & T. Ord (2018), "Dissolving the Fermi Paradox", arXiv:1806.02404.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Final, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import scenario_words
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import weighted_mean
from sfc_sim.inference.evidence import (
    CountObservation,
    EmptyGalaxy,
    EvidenceLike,
    NoneWithin,
    NotSettled,
    Observation,
    StarsSearched,
    read_evidence,
)
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.correlation import at_work
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "EXACT",
    "FAMILIES",
    "Law",
    "is_product",
    "law_of_product",
    "log_chance",
    "posterior_of_product",
    "posterior_table",
]

_LN10: Final = float(np.log(10.0))

EXACT: Final = ("prior", "sia")
"""Theories whose weight depends on N alone where the scenario is a static product of factors."""

FAMILIES: Final[tuple[CountObservation, ...]] = (
    StarsSearched(1000, 1e11),
    StarsSearched(1000, 2e11),
    NoneWithin(10),
    NoneWithin(100),
    NoneWithin(500),
    EmptyGalaxy(),
    NotSettled(100, 0.0),
    NotSettled(30),
    NotSettled(100),
)
"""One or more of each family of observations; their constants are ours."""


@final
@dataclass(frozen=True)
class Law:
    """A weighted law of log10(N), by increasing N; cells of a histogram or draws.

    `expected` is the mean of N if it is known better than from the points; `width` is that of
    each cell in decades, 0 of a value that has a probability of its own.
    """

    log10_number: FloatArray
    log_weight: FloatArray
    draws: bool
    expected: float | None = None
    width: FloatArray | None = None

    @property
    def weight(self) -> FloatArray:
        """Weights that sum to one."""
        return np.asarray(np.exp(self.log_weight - self.log_total))

    @property
    def log_total(self) -> float:
        """Log of the sum of the weights."""
        top = float(self.log_weight.max())
        if not np.isfinite(top):
            raise ArithmeticError("the observation excludes all worlds, or the theory weighs none")
        return top + float(np.log(np.exp(self.log_weight - top).sum()))

    def tilted(self, log_factor: FloatArray) -> Law:
        """Return the law with weights times exp(log_factor)."""
        return Law(self.log10_number, self.log_weight + log_factor, self.draws, width=self.width)

    def average(self, log10_volume: float, what: str) -> tuple[float, float]:
        """Return the mean, and its standard error, of a function of N in a volume.

        `what` is "number", "empty" (nobody there) or "below_one" (N < 1).
        """
        log10_number = self.log10_number + log10_volume
        if what == "number" and self.expected is not None:
            return self.expected * 10.0**log10_volume, 0.0
        if what == "below_one":
            sample = self._share_below_one(log10_number)
        else:
            number = 10.0**log10_number
            sample = number if what == "number" else np.exp(-number)
        mean, error = weighted_mean(sample, self.weight)
        return mean, error if self.draws else 0.0

    def _share_below_one(self, log10_number: FloatArray) -> FloatArray:
        """Return the share of each cell that lies below 0; an atom is on one side."""
        if self.width is None:
            return (log10_number < 0.0).astype(float)
        # equal to a rounding is equal
        level = self.width > 0.0
        width = np.where(level, self.width, 1.0)
        share = np.minimum(np.maximum(0.5 - log10_number / width, 0.0), 1.0)
        return np.where(level, share, log10_number < -1e-12)

    def log10_median(self) -> float:
        """Return the median of log10(N): exact of atoms, level within cells or between draws."""
        if self.width is not None:
            reached = np.cumsum(self.weight)
            k = int(np.searchsorted(reached, 0.5 - 1e-13))
            share = (0.5 - reached[k]) / self.weight[k] + 0.5
            step = share * self.width[k] if self.width[k] > 0.0 else 0.0
            return float(self.log10_number[k] + step)
        middles = np.cumsum(self.weight) - 0.5 * self.weight
        finite = np.isfinite(self.log10_number)
        if not finite.any() or middles[finite][0] > 0.5:  # half of the weight is at zero
            return float(self.log10_number[0])
        return float(np.interp(0.5, middles[finite], self.log10_number[finite]))


def is_product(scenario: Scenario | str) -> bool:
    """Tell whether N is a product of independent factors that depends on nothing else."""
    scenario = scenario_of(scenario)
    known = "product" in scenario.gives and "fronts" not in scenario.gives
    return known and not at_work(scenario)


def law_of_product(scenario: Scenario | str, theory: str = "prior") -> Law:
    """Return the law of N of a static product: density in cells of 1/128 decade, atoms exact.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> law = law_of_product(load_scenario("sandberg2018-certain-life"))
    >>> round(law.log10_median(), 3)
    3.5
    """
    scenario = scenario_of(scenario)
    from sfc_sim.drake.convolution import BINS_PER_DEX, LOWEST, factor_mean, product_law
    from sfc_sim.drake.distribution import factors_of

    if not is_product(scenario):
        raise InputError(
            f"scenario '{scenario.name}' is {scenario.appearance} with {scenario.expansion}; an"
            " exact law needs drake with displacement: use sfc_sim.analysis.paradox, which samples"
        )
    if theory not in EXACT:
        raise unknown("theory", theory, EXACT)
    if scenario.options["counts"] != "now":
        raise InputError(
            f"scenario '{scenario.name}' counts civilizations that ever lived; observations"
            " constrain the number alive now: set the option counts = 'now'"
        )
    factors = list(factors_of(scenario).values())
    cells, atoms = product_law(factors)
    mean = prod(factor_mean(*factor) for factor in factors)
    used = np.flatnonzero(cells[1:-1] > 1e-15)  # round-off is below
    middles = LOWEST + (used + 0.5) / BINS_PER_DEX
    # What is not in the cells lies below them, at 1e-400 or zero, as good as none.
    mass = np.concatenate([cells[1:-1][used], atoms.masses])
    rest = max(0.0, 1.0 - float(mass.sum()))
    log10_number = np.concatenate([[-np.inf], middles, atoms.log10_values])
    width = np.concatenate([[0.0], np.full(used.size, 1.0 / BINS_PER_DEX), 0.0 * atoms.masses])
    with np.errstate(divide="ignore"):
        log_mass = np.log(np.concatenate([[rest], mass]))
    order = np.argsort(log10_number, kind="stable")
    prior = Law(log10_number[order], log_mass[order], False, mean, width[order])
    return prior.tilted(_LN10 * prior.log10_number) if theory == "sia" else prior


def log_chance(law: Law, observations: Sequence[Observation]) -> FloatArray:
    """Return the log chance of all the observations at the points of a law."""
    total = np.zeros(law.log10_number.size)
    for each in observations:
        if not isinstance(each, CountObservation):
            raise InputError(
                f"observation '{each.name}' does not constrain civilizations per galaxy"
            )
        total += each.log_chance(law.log10_number)
    return total


@renamed(observation="evidence")
@validated()
def posterior_of_product(
    scenario: Scenario | str,
    evidence: EvidenceLike = "empty-galaxy",
    *,
    theory: str = "prior",
) -> xr.Dataset:
    """Return the posterior of N of a static product of factors, by quadrature.

    Parameters
    ----------
    scenario : Scenario or str
        One of appearance "drake" and expansion "displacement".
    evidence : str, CountObservation or a sequence of these, default "empty-galaxy"
        Names out of `sfc_sim.inference.evidence.OBSERVATIONS`, or "none".
    theory : {"prior", "sia"}, default "prior"
        SIA weighs by N.

    Returns
    -------
    xarray.Dataset
        Scalars: ``evidence``, the probability of the observation beforehand;
        ``probability_below_one`` (N < 1), ``probability_alone`` (N < 1/galaxies of the observable
        universe, from the option ``galaxies``), ``median``, ``log10_median``, ``mean``.

    Raises
    ------
    InputError
        If the scenario is no static product, the theory is not exact for it, or the evidence is
        not one of the number of civilizations per galaxy.

    Notes
    -----
    Sums over the cells of `sfc_sim.drake.drake_distribution`, 128 per decade, each taken at its
    middle.

    Examples
    --------
    >>> found = posterior_of_product("sandberg2018", NoneWithin(100))
    >>> [round(float(found[name]), 3) for name in ("evidence", "probability_below_one")]
    [0.9, 0.579]
    """
    import xarray as xr

    chosen = scenario_of(scenario)
    front, observations = read_evidence(evidence)
    law = law_of_product(chosen, theory)
    if front.known:
        raise InputError(
            f"evidence '{front.name}' needs the dates of fronts; a static product has none"
        )
    log_seen = log_chance(law, observations) if observations else np.zeros_like(law.log_weight)
    after = law.tilted(log_seen) if observations else law
    log10_galaxies = float(np.log10(chosen.appearance.galaxies))
    values = {
        "evidence": weighted_mean(np.exp(log_seen), law.weight)[0],
        "probability_below_one": after.average(0.0, "below_one")[0],
        "probability_alone": after.average(log10_galaxies, "below_one")[0],
        "median": 10.0 ** after.log10_median(),
        "log10_median": after.log10_median(),
        "mean": after.average(0.0, "number")[0],
    }
    attrs = {
        "method": "convolution",
        **scenario_words(chosen),
        "theory": theory,
        "evidence": "none",
    }
    attrs["observations"] = "; ".join(each.meaning for each in observations)
    return xr.Dataset(
        {name: ((), value, _MEANING[name]) for name, value in values.items()}, attrs=attrs
    )


_MEANING = {
    name: {"units": units, "long_name": words}
    for name, units, words in (
        ("evidence", "1", "probability of the observation beforehand"),
        ("probability_below_one", "1", "probability that N < 1"),
        ("probability_alone", "1", "probability that N < 1 / galaxies in the observable universe"),
        ("median", "1", "median of N"),
        ("log10_median", "dex", "log10 of the median of N"),
        ("mean", "1", "mean of N"),
    )
}


@validated()
def posterior_table(
    scenario: Scenario | str, observations: Sequence[CountObservation] = FAMILIES
) -> xr.Dataset:
    """Return the posteriors of a static product after each of several observations.

    Parameters
    ----------
    scenario : Scenario or str
        One of appearance "drake" and expansion "displacement".
    observations : sequence of CountObservation
        A row each; by default one or more of each family.

    Returns
    -------
    xarray.Dataset
        What `posterior_of_product` gives, over the dim ``observation``, whose labels are the
        observations in words; the first is "nothing known", the prior. Where the scenario claims
        such chances, over the dim ``end`` ("low", "high"): ``probability_below_one_published`` and
        ``probability_alone_published``, the least and the greatest that its source publishes.

    Raises
    ------
    InputError
        See `posterior_of_product`.

    Examples
    --------
    >>> table = posterior_table("sandberg2018", [NotSettled(100)])
    >>> table.probability_below_one.values.round(3), table.probability_below_one_published.values
    (array([0.521, 0.996]), array([0.53 , 0.996]))
    """
    import xarray as xr

    known: list[EvidenceLike] = ["none", *observations]
    chosen = scenario_of(scenario)
    rows = [posterior_of_product(chosen, each) for each in known]
    labels = ["nothing known", *(each.meaning for each in observations)]
    table = xr.concat(rows, "observation", combine_attrs="drop_conflicts")
    ends = {
        f"{name}_published": ("end", [min(told), max(told)], {"units": "1", "long_name": words})
        for name, told, words in published_of(chosen)
    }
    table = table.assign(ends).assign_coords(observation=labels)
    return table.assign_coords(end=["low", "high"]) if ends else table


def published_of(scenario: Scenario) -> list[tuple[str, list[float], str]]:
    """Return what a scenario claims of chances given evidence: variable, numbers, words.

    Examples
    --------
    >>> [(name, told) for name, told, _ in published_of(scenario_of("sandberg2018"))][1:]
    [('probability_alone', [0.39, 0.85])]
    """
    log10_galaxies = float(np.log10(scenario.appearance.galaxies))
    below = {"probability_below_one": 0.0, "probability_alone": -log10_galaxies}
    claims = [
        claim
        for claim in scenario.claims
        if claim.arguments.get("of") == "log10_civilizations_now" and "evidence" in claim.arguments
    ]
    found = [
        (name, [claim.published for claim in claims if claim.arguments.get("below") == limit])
        for name, limit in below.items()
    ]
    return [
        (name, told, f"ends of the published range of: {_MEANING[name]['long_name']}")
        for name, told in found
        if told
    ]
