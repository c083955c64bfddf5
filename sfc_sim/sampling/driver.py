"""The driver: from a scenario to draws of its parameters and of all that follows from them.

The value of a parameter in draw i is a function of (seed, i, name, proposal) alone, so results are
the same bytes for any number of threads and any chunk size, and any draw can be made again alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import MOST, InputError, affordable, unknown, whole_number
from sfc_sim._core.progress import Progress
from sfc_sim._core.random import seed_of
from sfc_sim._core.typing import RandomLike
from sfc_sim._core.work import working
from sfc_sim.inference.evidence import EvidenceLike, read_evidence
from sfc_sim.inference.theories import TheoryLike
from sfc_sim.sampling.adaptation import aim as find_proposal
from sfc_sim.sampling.adaptation import pilot_of
from sfc_sim.sampling.batches import drawn
from sfc_sim.sampling.memory import remembered
from sfc_sim.sampling.plan import Design, Plan
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.scenario.catalogue import ScenarioLike, scenario_of
from sfc_sim.scenario.families import check_pair
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["sample"]

# 59 numbers a draw, and as much again for weights and sorting.
BYTES_PER_DRAW = 950

# Points of the Sobol' sequence of SciPy.
MOST_OF_SOBOL = 2**30


@validated()
def sample(
    scenario: ScenarioLike,
    draws: int,
    *,
    rng: RandomLike = None,
    aim: bool | Sequence[TheoryLike] | Proposal = False,
    evidence: EvidenceLike = "nothing-visible",
    design: Design = "random",
    first: int = 0,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Draw the parameters of a scenario and compute what follows from them.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file.
    draws : int
        How many parameter vectors.
    rng : None, int, SeedSequence or Generator, optional
        Seed; the one used is in the attributes of the result.
    aim : bool, sequence of str or Theory, or Proposal, default False
        Theories to draw for: worlds to which they give weight are drawn more often, and weigh less
        (see `sfc_sim.aim`). True is for all of them. Or a proposal. False draws from the prior.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        What the draws are to be weighed by; only for `aim`.
    design : {"random", "sobol"}, default "random"
        Independent draws, or a scrambled Sobol' sequence, which is smoother but whose
        standard errors are not those of independent draws.
    first : int, default 0
        Index of the first draw: ``sample(s, 1, rng=7, first=17)`` makes draw 17 again.
    threads : int, optional
        Number of threads; default all processors. Results do not depend on it.
    executor : concurrent.futures.Executor, optional
        Does the work instead of threads: processes, dask, MPI; results do not depend on it.
    progress : bool or callable, optional
        A bar or none; by default one if a terminal or a notebook shows it and the work lasts more
        than a second. A function is called with (draws done, draws in all).

    Returns
    -------
    xarray.Dataset
        Dim ``draw``: every parameter by its name, and what follows: counts per
        observable-universe-size volume, fractions of space unsaturated and unseen, volumes in
        Gly^3. ``volume_grabbed`` and ``volume_marginal`` have the dim ``evidence`` too: they are
        of a humanity that sees no front, or that none has reached. Of aimed draws also
        ``log_prior_over_proposal``, which `sfc_sim.weigh` multiplies in.

    Raises
    ------
    InputError
        If the scenario or design is unknown, a number is not what it must be, or the proposal is
        of another scenario.
    ArithmeticError
        If something that follows is not a number: with the draw and its parameters.

    Examples
    --------
    >>> draws = sample("cook2022-balanced", 1000, rng=7)
    >>> int(draws.sizes["draw"]), float(draws.expansion_speed.max()) <= 1.0
    (1000, True)
    >>> again = sample("cook2022-balanced", 1, rng=7, first=17)
    >>> bool(again.civilizations_actual[0] == draws.civilizations_actual[17])
    True
    """
    chosen, total, start = which(scenario, draws, first, design, aim=aim, evidence=evidence)
    affordable(total, BYTES_PER_DRAW, "draws")
    seed = seed_of(rng)
    with working(threads, executor):
        plan = Plan(chosen, seed, design, proposal_of(chosen, aim, evidence, seed, total))
        return drawn(plan, start, total, progress=progress)


def which(
    scenario: ScenarioLike,
    draws: int,
    first: int,
    design: Design,
    *,
    aim: bool | Sequence[TheoryLike] | Proposal,
    evidence: EvidenceLike,
) -> tuple[Scenario, int, int]:
    """Return of which scenario draws are made, how many and from which on; or refuse.

    Examples
    --------
    >>> which("sandberg2018", 10, 5, "random", aim=False, evidence="none")[1:]
    (10, 5)
    """
    chosen = scenario_of(scenario)
    check_pair(chosen)
    read_evidence(evidence)
    if design not in ("random", "sobol"):
        raise unknown("design", design, ("random", "sobol"))
    if aim is not False and design != "random":
        raise InputError(
            "a Sobol' sequence samples the prior only: leave out aim, or take random draws"
        )
    most = MOST_OF_SOBOL if design == "sobol" else MOST
    total = whole_number(draws, "draws", 1, most)
    return chosen, total, whole_number(first, "first", 0, most - total)


def proposal_of(
    scenario: Scenario,
    aim: bool | Sequence[TheoryLike] | Proposal,
    evidence: EvidenceLike,
    seed: int,
    total: int,
) -> Proposal | None:
    """Return the proposal that draws are made with, or none.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> proposal_of(load_scenario("sandberg2018-toy"), False, "none", 7, 10) is None
    True
    """
    if aim is False:
        return None
    if isinstance(aim, Proposal):
        if aim.scenario_hash != scenario.hash:
            raise InputError(
                f"the proposal was made for another scenario than '{scenario.name}', or for an"
                " older version of it; make one with sfc_sim.aim"
            )
        return remembered(aim)
    theories = None if aim is True else aim
    return find_proposal(
        scenario, theories=theories, evidence=evidence, rng=seed, pilot=pilot_of(total)
    )
