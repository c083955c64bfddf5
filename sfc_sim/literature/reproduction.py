"""What a source publishes beside what we compute: the claims of a scenario, done again.

Examples
--------
>>> table = reproduce("sandberg2018", rng=7)
>>> bool(table.within.values[table.reproduced.values].all())
True
"""

from __future__ import annotations

import inspect
from concurrent.futures import Executor
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown, whole_number
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import provenance
from sfc_sim._core.typing import RandomLike
from sfc_sim._core.work import working
from sfc_sim.literature.measures import MEASURES, Subject
from sfc_sim.scenario.catalogue import ScenarioLike, scenario_of
from sfc_sim.scenario.claim import Claim

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["reproduce"]

WORDS = ("quantity", "reason", "source", "status", "measure", "reproduced", "note")

# So many standard errors are added to the tolerance of what is sampled.
STANDARD_ERRORS = 3.0


@validated()
def reproduce(
    scenario: ScenarioLike,
    *,
    draws: int = 100_000,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Compute again what the source of a scenario publishes.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file. Its claims say what is computed.
    draws : int, default 100,000
        Parameter vectors, for claims that cannot be computed without; none are made otherwise.
    rng : None, int, SeedSequence or Generator, optional
        Seed; the one used is in the attributes of the result.
    threads : int, optional
        See `sfc_sim.sample`.
    executor : concurrent.futures.Executor, optional
        Draws the worlds instead of threads; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (claims done, claims in all).

    Returns
    -------
    xarray.Dataset
        Dim ``claim``: ``published``, ``ours``, its ``standard_error`` (0 where exact),
        ``tolerance``, and ``within``: whether ours lies within the tolerance and three standard
        errors. In words, as coordinates: ``quantity``, ``reason`` (of the tolerance), ``source``,
        ``status``, ``measure``, ``note``, and ``reproduced``, whether the file says it is. All in
        the unit that ``quantity`` states.

    Raises
    ------
    InputError
        If the scenario claims nothing, or a claim has no such measure or argument.
    ArithmeticError
        If what a measure gives is not a number.

    Warns
    -----
    EffectiveSampleSizeWarning
        If a claim under an anthropic theory rests on few effective draws.

    Notes
    -----
    A scenario with a changed assumption has no claims: a source answers for its own inputs.

    Examples
    --------
    >>> table = reproduce("sandberg2018-toy", rng=7)
    >>> table.sizes["claim"] == table.published.size
    True
    """
    import xarray as xr

    chosen = scenario_of(scenario)
    if not chosen.claims:
        raise InputError(
            f"scenario '{chosen.name}' has no claims to reproduce; claims are part of its file,"
            " and are dropped when an assumption is changed"
        )
    subject = Subject(chosen, whole_number(draws, "draws", 1), seed_of(rng))
    found = []
    with working(threads, executor), reporting(progress, "computing claims") as report:
        for k, claim in enumerate(chosen.claims, start=1):
            found.append(measured(subject, claim))
            report(k, len(chosen.claims))
    columns = {
        "published": [claim.published for claim in chosen.claims],
        "ours": [value for value, _ in found],
        "standard_error": [error for _, error in found],
        "tolerance": [claim.tolerance for claim in chosen.claims],
    }
    table = xr.Dataset(
        {name: ("claim", column) for name, column in columns.items()},
        coords={
            word: ("claim", [getattr(claim, word) for claim in chosen.claims]) for word in WORDS
        },
        attrs=provenance(chosen, subject.seed, subject.draws, "random"),
    )
    room = table["tolerance"] + STANDARD_ERRORS * table["standard_error"]
    table["within"] = abs(table["ours"] - table["published"]) <= room
    for name, words in MEANING.items():
        table[name].attrs = {"long_name": words}
    return table


MEANING = {
    "published": "what the source publishes",
    "ours": "what is computed here",
    "standard_error": "Monte Carlo standard error of ours; 0 where exact",
    "tolerance": "how far ours may lie from what is published",
    "within": f"whether it does, {STANDARD_ERRORS:g} standard errors added",
}


def measured(subject: Subject, claim: Claim) -> tuple[float, float]:
    """Return the value of a claim's measure, and its standard error.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> claim = Claim("x", 0, 0, "-", "-", "assumed", "medain")
    >>> measured(Subject(load_scenario("sandberg2018"), 10, 1), claim)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: unknown measure 'medain'; did you mean 'median'? (50 are ...
    """
    if claim.measure not in MEASURES:
        raise unknown("measure", claim.measure, MEASURES)
    measure = MEASURES[claim.measure]
    where = f"scenario '{subject.scenario.name}', claim '{claim.quantity}'"
    try:
        inspect.signature(measure).bind(subject, **claim.arguments)
    except TypeError as wrong:
        raise InputError(f"{where}: measure '{claim.measure}' has {wrong}") from None
    try:
        with np.errstate(invalid="ignore"):  # what is no number is refused below
            value, error = measure(subject, **claim.arguments)
    except InputError as wrong:
        raise InputError(f"{where}: {wrong}") from None
    if not (isfinite(value) and isfinite(error)):
        raise ArithmeticError(f"{where}: '{claim.measure}' gives {value} with error {error}")
    return value, error
