"""How surprising an empty sky is: the Fermi paradox as a number, before and after a look.

With every factor at its mean, an empty galaxy of E[N] expected civilizations has the chance
exp(-E[N]), next to none. With what is not known kept as it is, the chance is E[exp(-N)], which may
be a fifth: the paradox was in the point estimate (Sandberg, Drexler & Ord 2018).

References
----------
A. Sandberg, E. Drexler & T. Ord (2018), "Dissolving the Fermi Paradox", arXiv:1806.02404.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import estimate
from sfc_sim._core.effective import effective_sample_size, mean_share, too_few_of
from sfc_sim._core.errors import warn_user
from sfc_sim._core.progress import Progress
from sfc_sim._core.random import seed_of
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import scenario_words
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.work import working
from sfc_sim.analysis.posterior import EXACT, Law, is_product, law_of_product, log_chance
from sfc_sim.analysis.posterior import posterior_of_product as posterior_of_product
from sfc_sim.inference.evidence import (
    CountObservation,
    Evidence,
    EvidenceLike,
    read_evidence,
    variable_of,
)
from sfc_sim.inference.log_weights import log_chances
from sfc_sim.inference.observation import row_of
from sfc_sim.inference.theories import EffectiveSampleSizeWarning, Theory, TheoryLike, theory_of
from sfc_sim.sampling.driver import sample
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["paradox", "posterior_of_product"]


@renamed(observation="evidence")
@validated()
def paradox(
    scenario: Scenario | str,
    theory: TheoryLike = "prior",
    *,
    evidence: EvidenceLike = "empty-galaxy",
    draws: int = 100_000,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the probability of an empty galaxy and of an empty universe.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file, with civilizations per galaxy.
    theory : str or Theory, default "prior"
        One of the anthropic theories of `sfc_sim.weigh`.
    evidence : str, Observation or a sequence of these, default "empty-galaxy"
        What the posterior is conditioned on; see `sfc_sim.weigh`.
    draws : int, default 100,000
        Where it has to be sampled: a static product of factors is computed, under "prior" and
        "sia", given what depends on N alone.
    rng, threads, executor, progress : optional
        See `sfc_sim.sample`; unused where nothing is sampled.

    Returns
    -------
    xarray.Dataset
        Dim ``place``, "galaxy" and "universe" (as many galaxies as the option ``galaxies`` says):
        ``expected_number``, E[N]; ``probability_empty``, E[exp(-N)];
        ``probability_empty_point``, exp(-E[N]), with its ``log10_`` as it underflows;
        ``probability_below_one``, Pr(N < 1); each again after the evidence, as
        ``posterior_...``, with standard errors. Scalars: ``probability_observed``, of the
        evidence beforehand, and ``ess``, effective draws (infinite if computed). Over
        ``log10_civilizations``, per galaxy: ``density`` and ``posterior_density``. Attribute
        ``sentence``: what that says, in words.

    Raises
    ------
    InputError
        If the scenario has no number of civilizations per galaxy, or an argument is not usable.
    ArithmeticError
        If the evidence excludes all worlds.

    Notes
    -----
    N is taken as the mean of a Poisson number, ourselves not counted. For independent factors
    E[N] is the number with every factor at its mean.

    Examples
    --------
    >>> found = paradox("sandberg2018-toy")
    >>> galaxy = found.sel(place="galaxy")
    >>> round(galaxy.probability_empty.item(), 3), f"{galaxy.probability_empty_point.item():.2e}"
    (0.214, '3.72e-44')
    >>> print(found.attrs["sentence"].split(":")[0])
    With the factors at their means N = 100 and an empty galaxy has probability 4e-44; with their
    uncertainty it has probability 0.21
    """
    known, one = read_evidence(evidence), theory_of(theory)
    front, observations = known
    chosen = scenario_of(scenario)
    exact = (
        is_product(chosen)
        and one.name in EXACT
        and not front.known
        and all(isinstance(each, CountObservation) for each in observations)
    )
    attrs: dict[str, Any]
    rng = seed_of(rng)
    if exact:
        before = law_of_product(chosen, one.name)
        log_seen = log_chance(before, observations)
        attrs = {"method": "convolution", **scenario_words(chosen)}
    else:
        with working(threads, executor):
            before, log_seen, attrs = _sampled(chosen, one, known, draws, rng, progress)
    attrs |= {"theory": one.name, "evidence": front.name}
    attrs |= {"observations": "; ".join(each.meaning for each in observations)}
    return _told(before, log_seen, float(np.log10(chosen.appearance.galaxies)), attrs)


def _sampled(
    scenario: Scenario,
    theory: Theory,
    known: Evidence,
    draws: int,
    rng: RandomLike,
    progress: Progress | None,
) -> tuple[Law, FloatArray, dict[str, Any]]:
    """Return the law of N, the log chance of the evidence, and where they come from."""
    drawn = sample(scenario, draws, rng=rng, progress=progress)
    log10_number = variable_of(drawn, "log10_civilizations_now")
    order = np.argsort(log10_number, kind="stable")
    theory.check(drawn)
    what = f"log_factor of theory '{theory.name}'"
    factor = row_of(theory.log_factor(known.front.given(drawn), known.front), drawn, what)
    outside, anywhere = log_chances(drawn, known)
    log_seen = outside if theory.stakes else anywhere
    law = Law(log10_number[order], factor[order], draws=True)
    return law, log_seen[order], {"method": "sampling", **drawn.attrs}


_READINGS = {
    "expected_number": ("number", "mean number N of civilizations now"),
    "probability_empty": ("empty", "probability of none, E[exp(-N)]"),
    "probability_below_one": ("below_one", "probability that N < 1"),
}


def _told(
    before: Law, log_seen: FloatArray, log10_galaxies: float, attrs: dict[str, Any]
) -> xr.Dataset:
    """Return the Dataset of `paradox`."""
    import xarray as xr

    after = before.tilted(log_seen)
    ess = effective_sample_size(after.log_weight) if before.draws else np.inf
    if too_few_of(ess, before.log_weight.size):
        text = f"few effective draws ({attrs['theory']} {ess:.0f}): take more before trusting these"
        warn_user(text, EffectiveSampleSizeWarning)
    chance, error = mean_share(np.exp(log_seen), before.weight)
    words = "probability of the observation beforehand"
    variables = _read(before, log10_galaxies, "", "") | _read(
        after, log10_galaxies, "posterior_", ", after the observation"
    )
    variables |= {
        "probability_observed": ((), chance, _label("1", words)),
        "probability_observed_standard_error": (
            (), error if before.draws else 0.0, _label("1", f"standard error of: {words}"),
        ),
        "ess": ((), ess, _label("1", "effective sample size")),
    }  # fmt: skip
    edges = _edges(before, after)
    for name, law in (("density", before), ("posterior_density", after)):
        mass, _ = np.histogram(law.log10_number, edges, weights=law.weight)
        words = "probability density of log10(N) per galaxy"
        variables[name] = ("log10_civilizations", mass / np.diff(edges), _label("1/dex", words))
    label = _label("dex", "log10 of civilizations per galaxy now")
    middles = ("log10_civilizations", 0.5 * (edges[1:] + edges[:-1]), label)
    places = ("place", ["galaxy", "universe"], {"long_name": "where nobody else is"})
    coords = {"place": places, "log10_civilizations": middles}
    found = xr.Dataset(variables, coords, attrs)
    found.attrs["sentence"] = _sentence(found)
    return found


def _read(law: Law, log10_galaxies: float, prefix: str, when: str) -> dict[str, Any]:
    """Return probabilities for the galaxy and the universe under a law."""
    variables: dict[str, Any] = {}
    for name, (what, words) in _READINGS.items():
        pairs = [law.average(log10_volume, what) for log10_volume in (0.0, log10_galaxies)]
        means, errors = (list(column) for column in zip(*pairs, strict=True))
        variables[prefix + name] = ("place", means, _label("1", words + when))
        label = _label("1", f"standard error of: {words}{when}")
        variables[f"{prefix}{name}_standard_error"] = ("place", errors, label)
    log_point = -np.array(variables[f"{prefix}expected_number"][1])
    words = f"probability of none if N is its mean, exp(-E[N]){when}"
    name = f"{prefix}probability_empty_point"
    variables[name] = ("place", np.exp(log_point), _label("1", words))
    label = _label("dex", f"log10 of: {words}")
    variables[f"log10_{name}"] = ("place", log_point / np.log(10.0), label)
    return variables


def _label(units: str, long_name: str) -> dict[str, str]:
    return {"units": units, "long_name": long_name}


def _edges(*laws: Law) -> FloatArray:
    """Return bins of a quarter of a decade that hold all but 1e-4 of the weight of the laws."""
    ends = []
    for law in laws:
        cumulative = np.cumsum(law.weight)
        finite = np.isfinite(law.log10_number)
        inside = finite & (cumulative > 5e-5) & (cumulative - law.weight < 1.0 - 5e-5)
        ends += list(law.log10_number[inside][[0, -1]]) if inside.any() else []
    low, high = (min(ends), max(ends)) if ends else (0.0, 0.0)
    return np.arange(floor(low), floor(high) + 1.125, 0.25)


def _sentence(found: xr.Dataset) -> str:
    """Return a sentence on the galaxy."""
    galaxy = {str(name): values.values for name, values in found.sel(place="galaxy").items()}
    mean, empty = float(galaxy["expected_number"]), float(galaxy["probability_empty"])
    log10_point = float(galaxy["log10_probability_empty_point"])
    origin = origin_of(found)
    product = origin.text("method") == "convolution" and origin.text("theory") == "prior"
    opening = "With the factors at their means" if product else "At its mean"
    their = "with their uncertainty" if product else "with its uncertainty"
    point = _power(log10_point)
    text = (
        f"{opening} N = {_short(mean)} and an empty galaxy has probability {point}; {their} it has"
        f" probability {_chance(galaxy, 'probability_empty')}: {_moral(log10_point, empty)}."
    )
    if not origin.has("observations") and origin.evidence == "none":
        return text
    seen = origin.text("observations") or origin.evidence
    low, high = (_chance(galaxy, f"{w}probability_below_one") for w in ("", "posterior_"))
    return f"{text} Given '{seen}', the probability that N < 1 goes from {low} to {high}."


def _chance(galaxy: Mapping[str, FloatArray], name: str) -> str:
    """Return a probability as text, by its error; two digits, or more near 1, where it is exact.

    Examples
    --------
    >>> [_chance({"p": np.array(p)}, "p") for p in (0.526, 0.998, 1.0, 2.4e-5)]
    ['0.53', '0.998', '1', '2.4e-5']
    """
    value, error = float(galaxy[name]), float(galaxy.get(f"{name}_standard_error", 0.0))
    if error == 0.0 and 1e-3 <= value < 0.99:
        return f"{value:.2g}"
    return estimate(value, error)


def _moral(log10_point: float, empty: float) -> str:
    """Return the conclusion; a chance below one in twenty counts as a surprise."""
    if log10_point > np.log10(0.05):
        return "there was no paradox to dissolve"
    if empty > 0.05:
        return "the paradox was in the point estimate, not in the sky"
    if np.log10(max(empty, 1e-300)) > log10_point + 1.0:
        return "much of the surprise was in the point estimate, and some of it stays"
    return "what is not known does not take the surprise away"


def _short(number: float) -> str:
    """Return a number to three digits at most, without the padding of its exponent.

    Examples
    --------
    >>> _short(100.0), _short(2.783e7)
    ('100', '2.78e7')
    """
    mantissa, _, exponent = f"{number:.3g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def _power(log10_number: float) -> str:
    """Return a number that may underflow, given its log10, to one digit.

    Examples
    --------
    >>> _power(-43.43), _power(-1e7), _power(-0.5)
    ('4e-44', '1e-10000000', '0.32')
    """
    if log10_number > -3.0:
        return f"{10.0**log10_number:.2g}"
    exponent = floor(log10_number)
    digit = round(10.0 ** (log10_number - exponent))
    return f"1e{exponent + 1}" if digit == 10 else f"{digit}e{exponent}"
