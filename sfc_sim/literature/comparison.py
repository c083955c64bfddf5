"""Every estimate side by side, in one unit and on the same random numbers.

Examples
--------
>>> table = compare(["sandberg2018"], theories=["prior"], draws=2000, rng=7)
>>> dict(table.sizes)["quantile"]
5
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import too_few_of
from sfc_sim._core.errors import InputError, shown, warn_user, whole_number
from sfc_sim._core.progress import Progress, part_of, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.typing import RandomLike
from sfc_sim._core.work import in_order, sends_long, working
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.suited import why_unsuited
from sfc_sim.inference.theories import (
    EffectiveSampleSizeWarning,
    TheoryLike,
    name_of,
    theories_of,
)
from sfc_sim.inference.weights import check_names
from sfc_sim.literature.attributes import all_words, kind_of, run_words, seen, unused
from sfc_sim.literature.counts import (
    ERRED,
    QUANTILES,
    READINGS,
    check_quantiles,
    labelled,
)
from sfc_sim.literature.densities import MEANING
from sfc_sim.literature.drawn import How, errors_of, fitting_to, judged
from sfc_sim.sampling.stopping import stop_at
from sfc_sim.scenario.catalogue import (
    ScenarioLike,
    ScenarioTable,
    list_scenarios,
    scenario_of,
    why_not_run,
)
from sfc_sim.scenario.conversions import AS_PUBLISHED, Conversions, is_static
from sfc_sim.scenario.families import check_pair
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["COMPARED", "answering", "compare", "why_not"]

MOST: Final = 100_000
"""Draws of a scenario after which a comparison stops in any case."""

COMPARED = ("prior", "sia", "ssa-civilizations", "adt-total")
"""The theories that are compared where none is named."""


@validated()
def compare(
    scenarios: Sequence[ScenarioLike] | None = None,
    *,
    evidence: EvidenceLike = "nothing-visible",
    theories: Sequence[TheoryLike] = COMPARED,
    draws: int | None = None,
    precision: float | None = None,
    aim: bool = True,
    quantiles: Sequence[float] = QUANTILES,
    conversions: Conversions = AS_PUBLISHED,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return every reading of every scenario, by anthropic theory.

    Parameters
    ----------
    scenarios : sequence of Scenario or str, optional
        Scenarios, their names or the paths of their files; by default all of the catalogue that
        say how many civilizations there are.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    theories : sequence of str or Theory, default "prior", "sia", "ssa-civilizations", "adt-total"
        See `sfc_sim.weigh`.
    draws : int, optional
        Parameter vectors of each scenario; by default as many as the precision takes, up to
        100,000. All scenarios take the same random numbers.
    precision : float, optional
        Standard error at which to stop, of the probabilities of no expanding civilization under
        every theory. Default 0.005, or none if `draws` says how many; with both, `draws` is the
        limit.
    aim : bool, default True
        Whether worlds are drawn where the theories put their weight (see `sfc_sim.aim`), or from
        the prior.
    quantiles : sequence of float, default (0.05, 0.25, 0.5, 0.75, 0.95)
        Of what is not a probability.
    conversions : Conversions, optional
        What estimates do not say themselves; see `sfc_sim.scenario.conversions`.
    rng, threads : optional
        See `sfc_sim.sample`.
    executor : concurrent.futures.Executor, optional
        Does the scenarios, each a task, instead of threads; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (draws done, draws in all), over all that differ, where
        one that is precise sooner counts as all of its draws.

    Returns
    -------
    xarray.Dataset
        Dim ``scenario``: ``draws``. Dims (scenario, theory, quantile) and (scenario, theory): the
        variables that `sfc_sim.literature.counts.read` describes, NaN where an estimate does not
        say (``log10_now``), ``ess`` and ``k_hat``. Dims (scenario, theory, bin): ``density`` of
        log10 of the number ever, per decade, over the coordinate ``log10_civilizations``;
        ``weight_below`` and ``weight_above`` lie outside of its bins. Of products of factors
        without dates
        ``galaxy_number`` (N, with an interval of one standard error) and
        ``probability_alone_in_galaxy``, P(N < 1); NaN of others. Coordinates of scenarios:
        ``title``, ``source``, ``model``, ``kind``, ``added`` ("expansion" where that they expand is
        our addition), ``scenario_hash``. With a precision, the attribute ``imprecise`` says what
        has not reached it. Where a theory may not weigh a scenario, such as one that rests on
        self-sampling already, all is NaN, and the attribute ``left_out`` says why.

    Raises
    ------
    InputError
        If an argument is not what it must be, or a scenario cannot answer: one of life only, or
        of what humanity can reach, or that none of the theories may weigh.

    Warns
    -----
    EffectiveSampleSizeWarning
        Once, if theories rest on fewer than 100 effective draws, or weights with a heavy tail.

    Examples
    --------
    >>> table = compare(
    ...     ["cook2022-balanced", "sandberg2018"], theories=["prior"], draws=2000, rng=7
    ... )
    >>> bool(table.alone_in_observable.sel(scenario="cook2022-balanced").item() > 0.5)
    True
    """
    check_names(evidence, theories)
    check_quantiles(quantiles)
    asked = answering(scenarios)
    chosen = [converted(scenario, conversions) for scenario in asked]
    fitting = [fitting_to(scenario, theories) for scenario in chosen]
    goal, seed = stop_at(draws, precision), seed_of(rng)
    each = MOST if draws is None else whole_number(draws, "draws", 1)
    how = How(evidence, conversions, quantiles, goal, each, seed, aim)
    # Some have the same assumptions, as a review's bundle and its source: these are done once.
    tasks = {assumptions(s): (s, fit) for s, fit in zip(chosen, fitting, strict=True)}
    with working(threads, executor), reporting(progress, "drawing worlds") as report:
        most = len(chosen) * each
        if sends_long():
            found = in_order(
                judged, how, list(tasks.values()), lambda done, _: report(done * each, most),
                lambda scenario, _: f"scenario '{scenario.name}'", long=True,
            )  # fmt: skip
        else:
            found = [
                judged(how, *task, part_of(report, k * each, most, each))
                for k, task in enumerate(tasks.values())
            ]
        report(most, most)
    parts = {
        key: part.reindex(theory=list(map(name_of, theories)))
        for key, part in zip(tasks, found, strict=True)
    }
    table = joined([parts[assumptions(scenario)] for scenario in chosen], chosen)
    # Conversions are in the attributes; what was asked for keeps its name.
    table = table.assign_coords(scenario=[scenario.name for scenario in asked])
    table.attrs = (
        all_words(chosen) | seen(evidence) | run_words(seed, int(table["draws"].max()), conversions)
    )
    if goal is not None:
        table.attrs |= {"precision": str(goal), "imprecise": "; ".join(short_of(table, goal))}
    table.attrs |= unused(chosen, evidence)
    reasons = [why_unsuited(theories_of(theories), scenario) for scenario in asked]
    table.attrs["left_out"] = "; ".join(filter(None, reasons))
    warn_of_few(table)
    return table


def assumptions(scenario: Scenario) -> str:
    """Return a key of all that draws of a scenario depend on, so not its name or sources."""
    laws = {name: p.distribution.to_dict() for name, p in scenario.parameters.items()}
    pairs = [(each.parameters, each.rho) for each in scenario.correlations]
    models = scenario.appearance, scenario.expansion, scenario.cosmology
    return repr((models, dict(scenario.options), laws, pairs, sorted(scenario.gives)))


def answering(scenarios: Sequence[ScenarioLike] | None) -> list[Scenario]:
    """Return the scenarios that are to be compared, or say which of them cannot be."""
    if scenarios is None:
        return [scenario_of(row) for row in list_scenarios() if "compare" in row.uses]
    listed = isinstance(scenarios, Sequence | ScenarioTable) and not isinstance(scenarios, str)
    if not listed or not len(scenarios):
        raise InputError(
            f"scenarios is {shown(scenarios)}; it must be a list of them, at least one"
        )
    chosen = [scenario_of(scenario) for scenario in scenarios]
    for scenario in chosen:
        if reason := why_not(scenario):
            raise InputError(f"{reason}; sfc-sim list says which can be compared")
        check_pair(scenario)
    names = [scenario.name for scenario in chosen]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"two scenarios are called '{name}': give one of them another name, in its file or"
                " by replace"
            )
    return chosen


def why_not(scenario: Scenario | str) -> str:
    """Return why a scenario cannot say how many civilizations there are, or nothing.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> why_not(load_scenario("sandberg2018"))
    ''
    """
    scenario = scenario_of(scenario)
    return why_not_run(scenario)


def converted(scenario: Scenario, conversions: Conversions) -> Scenario:
    """Return the scenario as it is sampled, of conversions that are ones."""
    if not isinstance(conversions, Conversions):
        raise InputError(
            f"conversions is {shown(conversions)}; it must be sfc_sim Conversions(...)"
        )
    return conversions.applied_to(scenario)


def short_of(table: xr.Dataset, goal: float) -> list[str]:
    """Return the quantities that miss a precision, and their errors."""
    errors = errors_of(table)
    places = np.argwhere(errors > goal)
    names = table["scenario"].values, table["theory"].values
    return [f"{names[0][i]}, {names[1][j]} ± {errors[i, j]:.2g}" for i, j in places]


def joined(parts: list[xr.Dataset], scenarios: list[Scenario]) -> xr.Dataset:
    """Return one Dataset of those of all scenarios."""
    import xarray as xr

    table = xr.concat(
        parts, "scenario", data_vars="all", coords="minimal", compat="override", join="exact",
        combine_attrs="drop",
    )  # fmt: skip
    # The order of the variables must not depend on which scenario comes first.
    names = [name + end for name in READINGS for end in ("", *ERRED)]
    names = [name for name in (*names, *GALAXY, "draws") if name in table]
    table = table[names + [name for name in table if name not in names]]
    words = {
        "title": [s.title for s in scenarios],
        "source": [s.source for s in scenarios],
        "model": [f"{s.appearance} x {s.expansion}" for s in scenarios],
        "kind": [kind_of(s) for s in scenarios],
        "added": ["expansion" if is_static(s) else "" for s in scenarios],
        "scenario_hash": [s.hash for s in scenarios],
    }
    table = table.assign_coords(
        {"scenario": [s.name for s in scenarios]}
        | {name: ("scenario", texts) for name, texts in words.items()}
    )
    table["draws"].attrs.update(units="1", long_name="worlds drawn")
    for name, known in MEANING.items():
        table[name].attrs.update(known)
    return labelled(table)


# Of products of factors without dates; of others they are not a number.
GALAXY = (
    "galaxy_number", "galaxy_number_low", "galaxy_number_high", "probability_alone_in_galaxy",
    "probability_alone_in_galaxy_standard_error", "probability_alone_in_galaxy_ess",
)  # fmt: skip


def warn_of_few(table: xr.Dataset) -> None:
    """Warn once of fewer than 100 effective draws, or half of a small run, and of heavy tails."""
    draws = table["draws"].broadcast_like(table["ess"]).transpose(*table["ess"].dims)
    few = int(too_few_of(table["ess"], draws, table["k_hat"]).sum())
    if few:
        worst = table["ess"].isel(table["ess"].argmin(...))
        text = (
            f"few effective draws in {few} of {table['ess'].size} pairs of scenario and theory"
            f" (fewest {worst.item():.0f}: {worst['scenario'].item()}, {worst['theory'].item()});"
            " see ess and k_hat: take more draws before trusting these"
        )
        warn_user(text, EffectiveSampleSizeWarning)
