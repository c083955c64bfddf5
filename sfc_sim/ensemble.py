"""The driver: from a scenario to draws of its parameters and of all that follows from them.

The value of a parameter in draw i is a function of (seed, i, name) alone, so results are the
same bytes for any number of threads and any chunk size, and any draw can be made again alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from os import cpu_count
from typing import TYPE_CHECKING, Literal, final

import numpy as np

from sfc_sim._errors import InputError, unknown
from sfc_sim._random import key_of, seed_of, slot_of
from sfc_sim._typing import FloatArray, RandomLike
from sfc_sim.appearance import Appearance
from sfc_sim.appearance.hard_steps import HardSteps
from sfc_sim.cosmology import Background
from sfc_sim.distributions import Distribution
from sfc_sim.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.expansion.coverage import Coverage

__all__ = ["EVIDENCE", "Progress", "sample", "scenario_of"]

EVIDENCE = ("none", "not-engulfed", "nothing-visible")

# Draws per task: long enough that a thread's bookkeeping is lost in it, short enough for a cache.
CHUNK = 512

Progress = Callable[[int, int], None]
Design = Literal["random", "sobol"]
Arrays = dict[str, FloatArray]


def scenario_of(scenario: Scenario | str) -> Scenario:
    """Return a scenario given itself, its name, or the path of its file."""
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)


@final
@dataclass(frozen=True)
class Plan:
    """All that a task needs to make its draws: picklable, without state."""

    scenario: Scenario
    seed: int
    design: Design = "random"

    @cached_property
    def background(self) -> Background:
        """The universe."""
        return Background.named(self.scenario.cosmology)

    @cached_property
    def affectable_volume(self) -> float:
        """Comoving volume that light sent today can ever reach, Gly^3."""
        return float(self.background.affectable_volume(self.background.age))

    @cached_property
    def appearance(self) -> HardSteps:
        """The dynamic appearance model with its named choices."""
        return HardSteps(**{name: self.scenario.options[name] for name in HARD_STEPS_OPTIONS})

    @cached_property
    def repeats(self) -> dict[str, int]:
        """How many components each parameter has that is drawn more than once."""
        if self.scenario.appearance != "hard-steps":
            return {}
        return {
            name: int(self.scenario[unit].distribution.support[1])
            for name, unit in self.appearance.repeated.items()
        }

    @cached_property
    def dimensions(self) -> list[tuple[str, int]]:
        """Every number that a draw takes, in the order of the Sobol' sequence."""
        names = [(name, 0) for name in self.scenario.parameters if name not in self.repeats]
        names += [(f"redrawn {name}", 0) for name in REDRAWN]
        return names + [(name, k) for name, many in self.repeats.items() for k in range(many)]

    @cached_property
    def redraw_tables(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Log amounts and fractions at the quantile edges; ln y and ln E[exp(-f y)]."""
        edges, fractions = quantile_edges(), self.scenario["expanding_fraction"].distribution
        with np.errstate(divide="ignore"):
            log_amounts = np.log(self.scenario["try_once"].distribution.ppf(edges))
        return log_amounts, fractions.ppf(edges), *log_mean_spared(fractions)


HARD_STEPS_OPTIONS = ("completion", "step_times", "delay_form")
REDRAWN = ("try_once", "expanding_fraction")


def uniforms(plan: Plan, first: int, count: int) -> dict[tuple[str, int], FloatArray]:
    """Return the uniform numbers of draws `first` on, by (name, component)."""
    if plan.design == "sobol":
        from scipy.stats import qmc

        engine = qmc.Sobol(len(plan.dimensions), scramble=True, rng=plan.seed)
        # Asked for one point, then the rest: the sequence warns where a first batch is no power
        # of two, but pieces of it are what a chunk is.
        batches = (1, count - 1) if first == 0 else (count,)
        if first:
            engine.fast_forward(first)
        # A Sobol' point may be 0; half a step of its 2^-30 grid keeps every quantile finite.
        points = np.concatenate([engine.random(size) for size in batches if size]) + 2.0**-31
        return {place: points[:, k].copy() for k, place in enumerate(plan.dimensions)}
    from sfc_sim.kernels import philox

    key = key_of(plan.seed)
    numbers = {}
    for name, component in plan.dimensions:
        u = np.empty(count)
        philox.uniforms(*key, slot_of(name), component, first, u)
        numbers[name, component] = u
    return numbers


def draw_parameters(plan: Plan, numbers: Mapping[tuple[str, int], FloatArray]) -> Arrays:
    """Return the parameters of the draws that the uniform numbers stand for."""
    found: Arrays = {}
    for name, parameter in plan.scenario.parameters.items():
        many = plan.repeats.get(name)
        if many is None:
            found[name] = parameter.distribution.ppf(numbers[name, 0])
        else:
            columns = [parameter.distribution.ppf(numbers[name, k]) for k in range(many)]
            found[f"{name}s"] = np.column_stack(columns)
    return found


def evaluate(plan: Plan, first: int, count: int) -> Arrays:
    """Return every variable of draws `first` to `first + count`, as arrays."""
    numbers = uniforms(plan, first, count)
    found = FOLLOW[plan.scenario.appearance, plan.scenario.expansion](plan, numbers)
    for name, values in found.items():
        if np.isnan(values).any():
            i = int(np.argwhere(np.isnan(values))[0][-1])
            world = {key: found[key][i].item() for key in plan.scenario.parameters}
            raise ArithmeticError(f"'{name}' is not a number in draw {first + i}: {world}")
    return found


def _static(plan: Plan, numbers: Mapping[tuple[str, int], FloatArray]) -> Arrays:
    """Follow a Drake product: a number per galaxy, all of whom start now."""
    from sfc_sim.appearance.drake import log10_civilizations
    from sfc_sim.expansion.displacement import grabbed_share, log_marginal_share

    scenario, background = plan.scenario, plan.background
    parameters = draw_parameters(plan, numbers)
    logs = {
        name: parameter.distribution.log10_ppf(numbers[name, 0])
        for name, parameter in scenario.parameters.items()
        if name not in ("expanding_fraction", "expansion_speed")
    }
    log10_now = log10_civilizations(scenario, logs)
    log_number = (log10_now + np.log10(scenario.options["galaxies"])) * np.log(10.0)
    speed, fraction = parameters["expansion_speed"], parameters["expanding_fraction"]
    alone = speed**3 * plan.affectable_volume
    rivals = np.exp(log_number + np.log(fraction * alone / background.observable_volume_now))
    grabbed, marginal = alone * grabbed_share(rivals), alone * np.exp(log_marginal_share(rivals))
    nothing, log_none = np.ones(speed.size), np.full(speed.size, -np.inf)
    log_expanding = log_number + np.log(fraction)
    return {
        **parameters,
        "log10_civilizations_now": log10_now,
        "log_observers_like_us": log_number,
        "log_intelligent_potential": log_number,
        "log_intelligent_actual": log_number,
        "log_civilizations_potential": log_expanding,
        "log_civilizations_actual": log_expanding,
        "log_covered_now": log_none,
        "log_seen_now": log_none,
        "log_covered_final": np.log(rivals, where=rivals > 0, out=log_none.copy()),
        "unsaturated_now": nothing,
        "unseen_now": nothing,
        "unsaturated_final": np.exp(-rivals),
        "volume_alone": alone,
        "volume_grabbed": grabbed,
        "volume_marginal": marginal,
        "volume_grabbed_not_engulfed": grabbed,
        "volume_marginal_not_engulfed": marginal,
        "recovered_fraction": 1.0 - marginal / grabbed,
    }


def _dynamic(plan: Plan, numbers: Mapping[tuple[str, int], FloatArray]) -> Arrays:
    """Follow a rate of appearance through the coverage of space by equal-speed fronts."""
    from sfc_sim.expansion.coverage import make_grid, tabulate

    model: Appearance = plan.appearance
    background = plan.background
    parameters = plan.appearance.combine(draw_parameters(plan, numbers))
    grid = make_grid(background, model.onset(parameters))
    coverage = tabulate(grid, *model.log_rate(parameters, grid.times))
    log_amount = model.log_amount(parameters)
    speed, log_fraction = parameters["expansion_speed"], np.log(parameters["expanding_fraction"])
    log_expanding = log_amount + log_fraction
    log_observers = model.log_observers(parameters, background.age)
    log_potential = log_amount + coverage.log_potential()
    log_actual = log_amount + coverage.log_actual(log_expanding, speed)
    covered = coverage.log_covered(log_expanding, speed, grid.now)
    seen = coverage.log_covered(log_expanding, np.ones(1), grid.now)
    final = coverage.log_covered(log_expanding, speed, -1)
    found = {name: parameters[name] for name in plan.scenario.parameters}
    found |= {
        "log_observers_like_us": log_amount + log_observers,
        "log_intelligent_potential": log_potential,
        "log_intelligent_actual": log_actual,
        "log_civilizations_potential": log_fraction + log_potential,
        "log_civilizations_actual": log_fraction + log_actual,
        "log_covered_now": covered,
        "log_seen_now": seen,
        "log_covered_final": final,
        "unsaturated_now": np.exp(-np.exp(covered)),
        "unseen_now": np.exp(-np.exp(seen)),
        "unsaturated_final": np.exp(-np.exp(final)),
    }
    return found | follow_claims(plan, numbers, coverage, log_expanding, log_observers, speed)


def follow_claims(
    plan: Plan,
    numbers: Mapping[tuple[str, int], FloatArray],
    coverage: Coverage,
    log_expanding: FloatArray,
    log_observers: FloatArray,
    speed: FloatArray,
) -> Arrays:
    """Return what humanity would hold, in the drawn world and in the redrawn ones."""
    unit_seen = coverage.log_covered(np.zeros(1), np.ones(1), coverage.grid.now)
    tilts = {
        "none": np.full(speed.size, -np.inf),
        "not-engulfed": unit_seen + 3.0 * np.log(speed),
        "nothing-visible": unit_seen,
    }
    redrawn = {evidence: redraw(plan, numbers, tilt) for evidence, tilt in tilts.items()}
    again = {name: np.log(amount * share) for name, (amount, share, _) in redrawn.items()}
    free = np.array([log_expanding, again["none"], again["not-engulfed"]])
    grabbed_free, log_free = coverage.claims(free, speed, unseen=False)
    unseen = np.array([log_expanding, again["nothing-visible"]])
    grabbed, log_marginal = coverage.claims(unseen, speed, unseen=True)
    pairs = zip(*redrawn.values(), strict=True)
    amounts, fractions, log_shares = (np.array(column) for column in pairs)
    log_actual = np.log(amounts) + [coverage.log_actual(case, speed) for case in again.values()]
    return {
        "volume_alone": speed**3 * plan.affectable_volume,
        "volume_grabbed": grabbed[0],
        "volume_marginal": np.exp(log_marginal[0]),
        "volume_grabbed_not_engulfed": grabbed_free[0],
        "volume_marginal_not_engulfed": np.exp(log_free[0]),
        "recovered_fraction": -np.expm1(log_marginal[0] - np.log(grabbed[0])),
        "redrawn_try_once": amounts,
        "redrawn_expanding_fraction": fractions,
        "redrawn_log_observers_like_us": log_shares + log_observers,
        "redrawn_log_intelligent_actual": log_actual,
        "redrawn_log_civilizations_actual": np.log(fractions) + log_actual,
        "redrawn_volume_grabbed": np.array([*grabbed_free[1:], grabbed[1]]),
        "redrawn_volume_marginal": np.exp([*log_free[1:], log_marginal[1]]),
    }


# How each appearance model meets each expansion model.
FOLLOW = {("hard-steps", "fronts"): _dynamic, ("drake", "displacement"): _static}


def check_pair(scenario: Scenario) -> None:
    """Refuse an appearance and an expansion model that do not meet yet."""
    pair = scenario.appearance, scenario.expansion
    if pair not in FOLLOW:
        allowed = ", ".join(" with ".join(known) for known in FOLLOW)
        raise InputError(
            f"scenario '{scenario.name}' joins {' with '.join(pair)}, which do not meet"
            f" (allowed: {allowed})"
        )


def redraw(
    plan: Plan, numbers: Mapping[tuple[str, int], FloatArray], log_tilt: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw (w, f_GC) again in proportion to prior x w exp(-w f V), V = exp(log_tilt).

    The number of observers like us is linear in w, and coverage in w f: given all else, what
    self-indication makes of the two is a matter of one number per draw. Returned with the log
    of w exp(-w f V) over the density they were drawn from, which nearly is its mean.
    """
    from sfc_sim.kernels.redraw import redraw_amount, redraw_fraction

    amounts = plan.scenario["try_once"].distribution
    fractions = plan.scenario["expanding_fraction"].distribution
    edges = quantile_edges()
    log_amounts, f, levels, log_spared = plan.redraw_tables
    u = [numbers[f"redrawn {name}", 0] for name in REDRAWN]
    quantile, density = np.empty_like(u[0]), np.empty_like(u[0])
    redraw_amount(
        log_tilt, u[0], edges, log_amounts, log_spared, levels[0], levels[1] - levels[0],
        f[0], quantile, density,
    )  # fmt: skip
    amount, log_share = amounts.ppf(quantile), -density
    redraw_fraction(log_tilt + np.log(amount), u[1], edges, f, quantile, density)
    fraction = fractions.ppf(quantile)
    log_share = log_share + np.log(amount) - amount * fraction * np.exp(log_tilt) - density
    return amount, fraction, log_share


def quantile_edges() -> FloatArray:
    """Return quantiles that resolve both tails: even in the middle, geometric towards 0 and 1."""
    tail = np.geomspace(1e-12, 0.05, 61)
    return np.concatenate([tail, np.linspace(0.05, 0.95, 37)[1:-1], 1.0 - tail[::-1]])


def log_mean_spared(fractions: Distribution) -> tuple[FloatArray, FloatArray]:
    """Return ln y from -20 to 80, and ln E[exp(-f y)] there."""
    levels = np.linspace(-20.0, 80.0, 1001)
    f = fractions.ppf((np.arange(2000) + 0.5) / 2000)
    exponent = -np.exp(levels)[:, None] * f
    top = exponent.max(axis=1)
    return levels, top + np.log(np.exp(exponent - top[:, None]).mean(axis=1))


def sample(
    scenario: Scenario | str,
    draws: int,
    *,
    rng: RandomLike = None,
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
    design : {"random", "sobol"}, default "random"
        Independent draws, or a scrambled Sobol' sequence, which is smoother but whose
        standard errors are not those of independent draws.
    first : int, default 0
        Index of the first draw: `sample(s, 1, rng=7, first=17)` makes draw 17 again.
    threads : int, optional
        Number of threads; default all processors. Results do not depend on it.
    executor : concurrent.futures.Executor, optional
        Runs the tasks instead of threads.
    progress : callable, optional
        Called with (draws done, draws in all).

    Returns
    -------
    xarray.Dataset
        Dim ``draw``: every parameter by its name, and what follows: counts per
        observable-universe-size volume, fractions of space unsaturated and unseen, volumes in
        Gly^3. Dims (``evidence``, ``draw``): the ``redrawn_`` variables, for self-indication.

    Raises
    ------
    InputError
        If the scenario or design is unknown, or a number is not what it must be.
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
    chosen = scenario_of(scenario)
    check_pair(chosen)
    total = whole(draws, "draws", least=1)
    start = whole(first, "first", least=0)
    if design not in ("random", "sobol"):
        raise unknown("design", design, ("random", "sobol"))
    plan = Plan(chosen, seed_of(rng), design)
    tasks = [(at, min(CHUNK, start + total - at)) for at in range(start, start + total, CHUNK)]
    columns: Arrays = {}
    done = 0
    for at, chunk in run_tasks(plan, tasks, threads, executor):
        for name, values in chunk.items():
            if name not in columns:
                columns[name] = np.empty((*values.shape[:-1], total))
            columns[name][..., at - start : at - start + values.shape[-1]] = values
        done += next(iter(chunk.values())).shape[-1]
        if progress is not None:
            progress(done, total)
    return as_dataset(plan, columns, start)


def whole(value: object, name: str, *, least: int) -> int:
    """Return a whole number, or say what it must be."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(f"{name} is {value!r}; it must be a whole number, at least {least}")
    return int(value)


def run_tasks(
    plan: Plan, tasks: list[tuple[int, int]], threads: int | None, executor: Executor | None
) -> Iterator[tuple[int, Arrays]]:
    """Yield the chunks of draws as they come, with the index of their first draw."""
    # The first one alone compiles the kernels once, not in every thread.
    yield tasks[0][0], evaluate(plan, *tasks[0])
    workers = cpu_count() or 1 if threads is None else whole(threads, "threads", least=1)
    pool = executor or ThreadPoolExecutor(workers)
    try:
        futures = {pool.submit(evaluate, plan, *task): task[0] for task in tasks[1:]}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    finally:
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)


def as_dataset(plan: Plan, columns: Arrays, first: int) -> xr.Dataset:
    """Return the labelled Dataset of the draws, with natural numbers beside their logs."""
    import xarray as xr

    from sfc_sim.results import label, provenance

    natural = (
        "observers_like_us",
        "intelligent_potential",
        "intelligent_actual",
        "civilizations_potential",
        "civilizations_actual",
    )
    with np.errstate(over="ignore"):
        columns |= {name: np.exp(columns[f"log_{name}"]) for name in natural}
    dims = {1: ("draw",), 2: ("evidence", "draw")}
    dataset = xr.Dataset(
        {name: (dims[values.ndim], values) for name, values in columns.items()},
        coords={"draw": np.arange(first, first + columns["log_covered_now"].size)},
        attrs=provenance(plan.scenario, plan.seed, columns["log_covered_now"].size, plan.design),
    )
    if any(values.ndim == 2 for values in columns.values()):
        dataset = dataset.assign_coords(evidence=list(EVIDENCE))
    return label(dataset, plan.scenario)
