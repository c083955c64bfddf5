"""The command `warm`: compile once what every later process reads from the cache."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Final

import click

import sfc_sim
from sfc_sim.cli.texts import USUAL

__all__ = ["warm"]


def simulated() -> None:
    """Simulate civilizations: at one speed, quiet ones, late ones, all that can be asked."""
    law = sfc_sim.appearance.PowerLawAppearance(n=6)
    for quiet, delay in ((0.0, 0.0), (1.0, 0.1)):
        sfc_sim.simulate(
            law, speed=0.5, civilizations=400, quiet_ratio=quiet, delay=delay, compute="all",
            rng=7, progress=False,
        )  # fmt: skip


def of_each_model() -> None:
    """Draw a few worlds of one scenario of each pair of models, by both designs."""
    from sfc_sim.scenario.catalogue import why_not_run

    seen = set()
    for row in sfc_sim.list_scenarios():
        scenario = sfc_sim.load_scenario(row.name)
        models = (scenario.appearance, scenario.expansion, tuple(scenario.options.items()))
        if models not in seen and not why_not_run(scenario):
            seen.add(models)
            for design in ("random", "sobol"):
                sfc_sim.sample(scenario, 16, rng=7, design=design, progress=False)


def one_that_gives(what: str) -> sfc_sim.Scenario:
    """Return the first scenario of the catalogue whose models give something.

    Examples
    --------
    >>> "product" in one_that_gives("product").gives
    True
    """
    every = (sfc_sim.load_scenario(row.name) for row in sfc_sim.list_scenarios())
    return next(scenario for scenario in every if what in scenario.gives)


def judged() -> None:
    """Aim, weigh and judge, with what is kept of resources recovered later."""
    for theories in (("prior", "sia", "adt-total"), ("ssa-all",)):
        sfc_sim.assess(
            USUAL, 600, rng=7, theories=theories, retention="starlight",
            threads=1, progress=False,
        )  # fmt: skip


JOBS: Final[dict[str, Callable[[], object]]] = {
    "aimed draws and verdict": judged,
    "every model of the catalogue": of_each_model,
    "simulated universe": simulated,
    "our surroundings": lambda: sfc_sim.simulate_here(USUAL, draw=640, rng=3, progress=False),
    "products of factors": lambda: sfc_sim.drake.drake_distribution(
        one_that_gives("product"), draws=1000, rng=7
    ),
    "history of life on Earth": lambda: sfc_sim.earth.earth_posterior(
        one_that_gives("log_earth_likelihood"), draws=200, rng=7
    ),
    "course of one world": lambda: sfc_sim.history(USUAL),
}


@click.command(short_help="Compile everything once, so that no later run waits for it.")
def warm() -> None:
    """Compile everything once and keep it, for images of containers and workers of clusters.

    What is compiled is kept in $NUMBA_CACHE_DIR, or else in ~/.cache, and is of one version of
    the package and one kind of processor.
    """
    from sfc_sim.kernels._jit import cache_folder

    folder = cache_folder()
    if folder is None:
        raise OSError("no folder for what is compiled; name one in NUMBA_CACHE_DIR")
    began = perf_counter()
    for name, job in JOBS.items():
        start = perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # few draws carry what is thrown away
            job()
        click.echo(f"{name:30s} {perf_counter() - start:6.1f} s")
    kept = sum(1 for _ in folder.rglob("*.nbc"))
    click.echo(f"{kept} compiled functions are in {folder}; took {perf_counter() - began:.1f} s")
