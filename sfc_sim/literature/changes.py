"""What each change of assumption does to the answer: a walk of many, or conversions one by one.

Examples
--------
>>> steps = walk("sandberg2018", {"all expand slowly": {"expansion_speed": 0.1}}, draws=1000, rng=7)
>>> steps.step.values.tolist()
['sandberg2018', 'all expand slowly']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, final

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, unknown, whole_number
from sfc_sim._core.progress import Progress, part_of, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.renamed import warn_renamed
from sfc_sim._core.typing import RandomLike
from sfc_sim._core.work import working
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.theories import TheoryLike, theory_of
from sfc_sim.inference.weights import check_names
from sfc_sim.literature.attributes import run_words, seen
from sfc_sim.literature.comparison import answering
from sfc_sim.literature.counts import ERRED, QUANTILES, READINGS, check_quantiles, labelled, read
from sfc_sim.literature.drawn import quietly_weighed
from sfc_sim.sampling.driver import sample
from sfc_sim.scenario.conversions import ALONE, AS_PUBLISHED, EVER, GALAXIES, Conversions
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ALTERNATIVES", "Change", "conversion_effects", "walk"]

Change: TypeAlias = Mapping[str, Any] | Scenario | str

ALTERNATIVES = {
    "galaxies": tuple(Conversions(galaxies=name) for name in GALAXIES),
    "ever": tuple(Conversions(ever=name) for name in EVER),
    "emergence": tuple(Conversions(emergence=share) for share in (1.0, 0.1, 0.01)),
    "alone": tuple(Conversions(alone=name) for name in ALONE),
}
"""The choices of each conversion that `conversion_effects` tries."""


@validated()
def conversion_effects(
    scenario: Scenario | str,
    *,
    evidence: EvidenceLike = "nothing-visible",
    theory: TheoryLike = "prior",
    draws: int = 100_000,
    quantiles: Sequence[float] = QUANTILES,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the effect of each conversion on every reading of a scenario.

    Parameters
    ----------
    scenario : Scenario or str
        One that says how many civilizations there are.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    theory : str or Theory, default "prior"
        One of the theories of `sfc_sim.weigh`.
    draws : int, default 100,000
        Parameter vectors, from the prior.
    quantiles, rng, threads : optional
        See `compare`.
    executor : concurrent.futures.Executor, optional
        Draws the worlds instead of threads; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (conversions done, conversions in all).

    Returns
    -------
    xarray.Dataset
        Dim ``conversion``, with coordinates ``option`` and ``choice``: every reading, with
        ``quantile``, first as published, then with one conversion changed at a time. The variables
        ``shift_`` and the name of a reading tell how far it moves: a probability, or the median
        of a log10.

    Raises
    ------
    InputError
        If an argument is not what it must be.

    Examples
    --------
    >>> effects = conversion_effects("sandberg2018", draws=2000, rng=7)
    >>> many = effects.sel(conversion="galaxies conselice2016")
    >>> round(many.shift_log10_actual_ever.item(), 3)
    2.301
    """
    import xarray as xr

    check_names(evidence, [theory])
    check_quantiles(quantiles)
    asked = sorted({*quantiles, 0.5})
    chosen, seed = answering([scenario])[0], seed_of(rng)
    trials = {"as published": AS_PUBLISHED}
    for option, choices in ALTERNATIVES.items():
        trials |= {f"{option} {as_text(getattr(choice, option))}": choice for choice in choices}
    drawn: dict[Scenario, tuple[xr.Dataset, xr.Dataset]] = {}
    rows = []
    with working(threads, executor), reporting(progress, "converting") as report:
        for k, conversions in enumerate(trials.values(), start=1):
            as_sampled = conversions.applied_to(chosen)
            if as_sampled not in drawn:
                made = sample(as_sampled, draws, rng=seed)
                drawn[as_sampled] = made, quietly_weighed(made, evidence, [theory])
            rows.append(read(*drawn[as_sampled], quantiles=asked, conversions=conversions))
            report(k, len(trials))
    names = [name.partition(" ") for name in trials]
    table = xr.concat(
        [row.isel(theory=0) for row in rows], "conversion", data_vars="all", coords="minimal",
        compat="override", join="exact", combine_attrs="drop",
    ).assign_coords(
        conversion=list(trials),
        option=("conversion", ["", *(option for option, _, _ in names[1:])]),
        choice=("conversion", ["", *(choice for _, _, choice in names[1:])]),
    )  # fmt: skip
    table.attrs = {
        "scenario": chosen.name, "scenario_hash": chosen.hash, "theory": theory_of(theory).name,
    } | seen(evidence) | run_words(seed, draws, AS_PUBLISHED)  # fmt: skip
    return labelled(shifted(table)).sel(quantile=list(quantiles))


def as_text(value: str | float) -> str:
    """Return a choice as people write it."""
    return value if isinstance(value, str) else f"{value:g}"


def shifted(table: xr.Dataset) -> xr.Dataset:
    """Return the table with the shift of probabilities and median log10 from the first row."""
    middle = table.sel(quantile=0.5, drop=True)
    for name, reading in READINGS.items():
        if name in table and reading.units == "1":
            table[f"shift_{name}"] = middle[name] - middle[name].isel(conversion=0, drop=True)
            words = {"units": "1", "long_name": f"shift of {reading.long_name}"}
            table[f"shift_{name}"].attrs.update(words)
    return table


@final
@dataclass(frozen=True)
class Stand:
    """State of a walk: what is assumed, and how it is judged."""

    scenario: Scenario
    evidence: EvidenceLike
    theory: TheoryLike
    conversions: Conversions

    def __post_init__(self) -> None:
        check_names(self.evidence, [self.theory])
        if not isinstance(self.conversions, Conversions):
            raise InputError(f"conversions is {shown(self.conversions)}; it must be Conversions")

    @property
    def sampled(self) -> Scenario:
        """The scenario as it is sampled."""
        return self.conversions.applied_to(self.scenario)

    def changed(self, change: Change) -> Stand:
        """Return the state after one change.

        Examples
        --------
        >>> from sfc_sim.scenario import load_scenario
        >>> here = Stand(load_scenario("sandberg2018"), "none", "prior", AS_PUBLISHED)
        >>> here.changed({"theory": "sia"}).theory
        'sia'
        """
        if not isinstance(change, Mapping):
            return replace(self, scenario=answering([change])[0])
        judged = {name: change[name] for name in JUDGED if name in change}
        assumed = {name: value for name, value in change.items() if name not in JUDGED}
        for name in assumed:
            if get_close_matches(name, JUDGED, 1, 0.8):
                raise unknown("assumption", name, JUDGED)
        scenario = self.scenario.replace(**assumed) if assumed else self.scenario
        return replace(self, scenario=answering([scenario])[0], **judged)


JUDGED = ("evidence", "theory", "conversions")


@validated()
def walk(
    start: Scenario | str,
    changes: Mapping[str, Change],
    *,
    evidence: EvidenceLike = "nothing-visible",
    theory: TheoryLike = "prior",
    reading: str = "log10_actual_ever",
    draws: int = 100_000,
    quantiles: Sequence[float] = QUANTILES,
    conversions: Conversions = AS_PUBLISHED,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Go from one scenario through named changes, one at a time, each on top of those before.

    Parameters
    ----------
    start : Scenario or str
        A scenario, its name or the path of its file.
    changes : mapping of str to change
        By the name of each step, in order, what it changes: another scenario (or its name), or a
        mapping of what `Scenario.replace <sfc_sim.scenario.scenario.Scenario.replace>` takes, of
        ``evidence``, ``theory`` and ``conversions``.
    evidence, theory : str or object, default "nothing-visible" and "prior"
        How the start is judged; see `sfc_sim.weigh`.
    reading : str, default "log10_actual_ever"
        What is followed: a name of `sfc_sim.literature.counts.READINGS` that is no probability.
    draws : int, default 100,000
        Parameter vectors of each scenario, from the prior.
    quantiles, conversions, rng, threads : optional
        See `sfc_sim.literature.comparison.compare`. All steps take the same random numbers.
    executor : concurrent.futures.Executor, optional
        Draws the worlds instead of threads; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (draws done, draws in all), over all steps.

    Returns
    -------
    xarray.Dataset
        Dims (step, quantile): the reading, by its name. Dim ``step``, the first one called as the
        scenario: ``median`` of the reading, ``alone_in_observable`` with its
        standard error, ``ess``. Coordinates of
        steps: ``scenario_hash``, ``evidence``, ``theory``.

    Raises
    ------
    InputError
        If an argument is not what it must be; names the step whose change cannot be made.

    Examples
    --------
    >>> steps = walk(
    ...     "cook2022-bearish",
    ...     {"his balanced prior": "cook2022-balanced", "self-indication": {"theory": "sia"}},
    ...     draws=1000, rng=7,
    ... )
    >>> bool((steps["median"].diff("step") > 0.0).all())
    True
    """
    import xarray as xr

    measured = [name for name, entry in READINGS.items() if not entry.probability]
    if f"log10_{reading}" in measured:
        warn_renamed(f"reading '{reading}'", f"'log10_{reading}'")
        reading = f"log10_{reading}"
    if reading not in measured:
        raise unknown("reading", reading, measured)
    check_quantiles(quantiles)
    first = answering([start])[0]
    stands = followed(Stand(first, evidence, theory, conversions), changes)
    seed, each = seed_of(rng), whole_number(draws, "draws", 1)
    rows, drawn, before = [], None, None
    with working(threads, executor), reporting(progress, "drawing worlds") as report:
        for k, stand in enumerate(stands.values()):
            if drawn is None or stand.sampled != before:  # judged otherwise: no new worlds
                before = stand.sampled
                drawn = sample(
                    before, each, rng=seed,
                    progress=part_of(report, k * each, len(stands) * each),
                )  # fmt: skip
            report((k + 1) * each, len(stands) * each)
            rows.append(_step(stand, drawn, reading, quantiles))
    table = xr.concat(rows, "step", coords="minimal", compat="override", join="exact",
                      data_vars="all", combine_attrs="drop")  # fmt: skip
    table = table.assign_coords(
        step=list(stands),
        scenario_hash=("step", [stand.sampled.hash for stand in stands.values()]),
        evidence=("step", [told(stand.evidence) for stand in stands.values()]),
        theory=("step", [theory_of(stand.theory).name for stand in stands.values()]),
    )
    words = READINGS[reading]
    table["median"].attrs.update(units=words.units, long_name=f"median of {words.long_name}")
    table.attrs = {"scenario": first.name, "scenario_hash": first.hash, "reading": reading}
    table.attrs |= run_words(seed, each, conversions)
    return labelled(table)


def _step(stand: Stand, drawn: xr.Dataset, reading: str, quantiles: Sequence[float]) -> xr.Dataset:
    """Return the reading of one step of a walk."""
    weights = quietly_weighed(drawn, stand.evidence, [stand.theory])
    asked = sorted({*quantiles, 0.5})
    found = read(drawn, weights, quantiles=asked, conversions=stand.conversions)
    if reading not in found:
        raise InputError(f"reading: scenario '{stand.scenario.name}' does not give '{reading}'")
    alone = (f"alone_in_observable{end}" for end in ("", *ERRED))
    kept = found[[reading, *alone, "ess", "k_hat"]].isel(theory=0, drop=True)
    kept = kept.assign(median=kept[reading].sel(quantile=0.5, drop=True))
    return kept.sel(quantile=list(quantiles))


def told(evidence: EvidenceLike) -> str:
    """Return evidence in words."""
    return "; ".join(words for words in seen(evidence).values() if words)


def followed(start: Stand, changes: Mapping[str, Change]) -> dict[str, Stand]:
    """Return the state of a walk at every step."""
    if not isinstance(changes, Mapping) or not changes:
        raise InputError(f"changes is {shown(changes)}; it must map names of steps to changes")
    stands, here = {start.scenario.name: start}, start
    for name, change in changes.items():
        if name in stands:
            raise InputError(
                f"changes: step '{name}' has the name of the start; give it another name"
            )
        try:
            here = here.changed(change)
        except InputError as error:
            raise InputError(f"step '{name}': {error}") from None
        stands[name] = here
    return stands
