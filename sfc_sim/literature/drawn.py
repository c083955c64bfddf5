"""Draws of one scenario, until they are precise, and what they say under each theory."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sfc_sim._core.effective import error_if_few
from sfc_sim._core.errors import InputError
from sfc_sim._core.progress import Report, unheard
from sfc_sim._core.typing import FloatArray
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.galaxy import in_galaxy
from sfc_sim.inference.suited import suited, why_unsuited
from sfc_sim.inference.theories import EffectiveSampleSizeWarning, Theory, TheoryLike, theories_of
from sfc_sim.inference.weights import weigh
from sfc_sim.literature.counts import read
from sfc_sim.literature.densities import histograms
from sfc_sim.sampling.adaptation import aim as find_proposal
from sfc_sim.sampling.adaptation import pilot_of
from sfc_sim.sampling.stopping import FIRST, draws_until
from sfc_sim.scenario.conversions import Conversions
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["quietly_weighed"]

ALONE: Final = ("galaxy", "observable", "reachable")


class How(NamedTuple):
    """How scenarios are drawn and read."""

    evidence: EvidenceLike
    conversions: Conversions
    quantiles: Sequence[float]
    goal: float | None
    limit: int
    seed: int
    aim: bool


def judged(
    how: How, scenario: Scenario, theories: Sequence[Theory], told: Report = unheard
) -> xr.Dataset:
    """Return all readings of one scenario, from draws of its own."""
    drawn = worlds_for(
        scenario, how.evidence, theories, how.conversions, (how.goal, how.limit),
        (how.seed, how.aim), told,
    )  # fmt: skip
    weights = quietly_weighed(drawn, how.evidence, theories)
    table = read(drawn, weights, quantiles=how.quantiles, conversions=how.conversions)
    table = table.merge(histograms(scenario, drawn, weights, how.conversions))
    table = table.merge(in_galaxy(drawn, weights, how.quantiles))
    return table.assign(draws=float(drawn.sizes["draw"]))


def fitting_to(scenario: Scenario, theories: Sequence[TheoryLike]) -> list[Theory]:
    """Return those of the theories that may weigh a scenario; raise if there is none."""
    every = theories_of(theories)
    found = [each for each in every if not why_unsuited([each], scenario)]
    return found or list(suited(every, scenario))


def worlds_for(
    scenario: Scenario,
    evidence: EvidenceLike,
    theories: Sequence[TheoryLike],
    conversions: Conversions,
    stop: tuple[float | None, int],
    how: tuple[int, bool],
    told: Report,
) -> xr.Dataset:
    """Return draws of a scenario, aimed or from the prior, until they are precise."""
    (goal, limit), (seed, aim) = stop, how

    def errors(drawn: xr.Dataset) -> FloatArray:
        weights = quietly_weighed(drawn, evidence, theories)
        return errors_of(read(drawn, weights, quantiles=[0.5], conversions=conversions))

    try:
        proposal = None
        if aim:
            many = pilot_of(FIRST if goal is not None else limit)
            proposal = find_proposal(
                scenario, theories=theories, evidence=evidence, rng=seed, pilot=many
            )
    except (InputError, ArithmeticError) as error:
        raise type(error)(f"scenario '{scenario.name}': {error}") from None
    return draws_until(
        scenario, errors, goal=goal, limit=limit, seed=seed, proposal=proposal, told=told
    )


def errors_of(table: xr.Dataset) -> FloatArray:
    """Return the greatest standard error of the chances of no SFC; 1 where draws are few.

    Examples
    --------
    >>> import xarray as xr
    >>> names = [f"alone_in_{place}_standard_error" for place in ALONE]
    >>> errors_of(xr.Dataset({name: 0.01 for name in names} | {"ess": 500.0}))
    array(0.01)
    """
    errors = [table[f"alone_in_{place}_standard_error"].values for place in ALONE]
    return error_if_few(np.max(errors, axis=0), table["ess"].values)


def quietly_weighed(
    drawn: xr.Dataset, evidence: EvidenceLike, theories: Sequence[TheoryLike]
) -> xr.Dataset:
    """Return the weights; warn of few effective draws once for all; errors name the scenario.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> drawn = sfc.sample("sandberg2018", 100, rng=7)
    >>> quietly_weighed(drawn, "none", ["prior"]).ess.item()
    100.0
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        try:
            return weigh(drawn, evidence, theories=theories)
        except (InputError, ArithmeticError) as error:
            who = f"scenario '{origin_of(drawn).name}'"
            raise type(error)(f"{who}: {str(error).removeprefix(f'{who} ')}") from None
