"""Pictures: functions from a Dataset to axes, each theory in its own fixed colour.

Every function takes ``ax=None`` and returns the axes; without any it makes a figure, which
carries the scenario, its hash, draws and seed in a line below and, when saved, as its title.

Examples
--------
>>> import sfc_sim as sfc
>>> from sfc_sim import plotting
>>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
>>> ax = plotting.densities(draws, sfc.weigh(draws, theories=["prior"]))
>>> ax.figure.get_supxlabel()
'cook2022-balanced · hash ... · evidence nothing-visible · 2,000 draws · seed 7'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sfc_sim._core.arguments import validated
from sfc_sim._core.schema import chosen_theory
from sfc_sim.decision.study import Study
from sfc_sim.drake.distribution import drake_distribution
from sfc_sim.plotting.around import surroundings, surroundings_page
from sfc_sim.plotting.cause_chart import by_cause
from sfc_sim.plotting.changes import conversions, waterfall
from sfc_sim.plotting.comparison import plot_densities
from sfc_sim.plotting.counts import factor_counts
from sfc_sim.plotting.course import history, median_history
from sfc_sim.plotting.cuts import slices
from sfc_sim.plotting.decision import information, multiplier_map, priorities, ranks
from sfc_sim.plotting.density import densities
from sfc_sim.plotting.discount import discounts
from sfc_sim.plotting.distances import reach
from sfc_sim.plotting.empty_sky import paradox, posteriors
from sfc_sim.plotting.factors import drake
from sfc_sim.plotting.hangs import conditional, premises, sobol, tornado
from sfc_sim.plotting.looking import findings, surveys
from sfc_sim.plotting.planets import earliness, planet_histories
from sfc_sim.plotting.proposals import aimed
from sfc_sim.plotting.running import convergence
from sfc_sim.plotting.saturation import marginal, saturation_classes
from sfc_sim.plotting.saving import save_figure
from sfc_sim.plotting.scenarios import credence_in_scenarios
from sfc_sim.plotting.shares import recovered
from sfc_sim.plotting.sky_map import sky
from sfc_sim.plotting.stakes import relevance
from sfc_sim.plotting.steps import timeline
from sfc_sim.plotting.style import STYLE
from sfc_sim.plotting.universe import birth_dates, waiting_times
from sfc_sim.plotting.unseen import unseen_fronts
from sfc_sim.scenario.correlation import at_work
from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "STYLE",
    "aimed",
    "birth_dates",
    "by_cause",
    "conditional",
    "convergence",
    "conversions",
    "credence_in_scenarios",
    "densities",
    "discounts",
    "drake",
    "earliness",
    "factor_counts",
    "findings",
    "history",
    "information",
    "marginal",
    "median_history",
    "multiplier_map",
    "paradox",
    "planet_histories",
    "plot_densities",
    "posteriors",
    "premises",
    "priorities",
    "ranks",
    "reach",
    "recovered",
    "relevance",
    "report_figures",
    "saturation_classes",
    "save_figure",
    "sky",
    "slices",
    "sobol",
    "surroundings",
    "surroundings_page",
    "surveys",
    "timeline",
    "tornado",
    "unseen_fronts",
    "waiting_times",
    "waterfall",
]


@validated()
def report_figures(study: Study) -> dict[str, Figure]:
    """Return the pictures that go with a study, by name.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        ``densities``, ``recovered``, ``discounts``; ``drake`` if the scenario is static; else
        ``history``, of the median world under ADT if that is among the theories, or under the
        first whose worlds are as drawn.

    Raises
    ------
    InputError
        If it is no study.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> sorted(report_figures(study))
    ['densities', 'discounts', 'history', 'recovered']
    """
    makers = report_makers(study)
    return {name: cast("Figure", make().get_figure(root=True)) for name, make in makers.items()}


def report_makers(study: Study) -> dict[str, Callable[[], Axes]]:
    """Return the drawing function of each picture of a study, by name."""
    first = study.names[0]
    makers: dict[str, Callable[[], Axes]] = {
        "densities": lambda: densities(study),
        "recovered": lambda: recovered(study, theory=first),
        "discounts": lambda: discounts(study.report),
    }
    scenario = study.scenario
    if isinstance(scenario, Scenario) and "product" in scenario.gives:
        if not at_work(scenario):  # the exact law is of independent factors
            makers["drake"] = lambda: drake(drake_distribution(scenario))
    else:
        theory = chosen_theory(study.report)
        makers["history"] = lambda: history(median_history(study, theory=theory))
    return makers
