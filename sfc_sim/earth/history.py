"""What the dates of life on Earth say about the rates of evolution's steps.

Civilizations come at the end of a chain of steps, each an exponential wait of its own rate, and
all within the time that the planet stays habitable. What is known of Earth is an interval of
dates for every step, given that all were passed: whoever asks must find that they were (Carter
1983). The published likelihoods are cases of this one:

* Spiegel & Turner (2012): one step, life, passed by ``t_emerge``, given that it was passed by the
  last date that still left time for observers;
* Kipping (2020): life before its first trace, intelligence on a known date;
* Snyder-Beattie et al. (2021): four steps, each with its interval.

The chance that each step falls into its interval is exact (`sfc_sim.appearance.timeline`).

A parameter of a scenario of this model is the rate of a step (unit 1/Gyr), or, without a unit,
the chance q to pass the step within the window, were it the only one: rate = -ln(1 - q) / window.

Examples
--------
>>> import numpy as np
>>> from sfc_sim.earth.history import log_success
>>> round(float(np.exp(log_success([1.0, 2.0, 3.0], 1.0))), 12)
0.252580457828
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.earth_steps import EarthSteps, StepsPassed
from sfc_sim.appearance.timeline import Timeline, log_success
from sfc_sim.scenario.catalogue import scenario_of

if TYPE_CHECKING:
    from sfc_sim.scenario.parameter import Parameter
    from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "bayes_factor_fast_life",
    "expected_step_times",
    "log_likelihood",
    "log_success",
    "rates_of",
    "steps_from_slack",
    "steps_of",
    "timeline_of",
]


def _passed(scenario: Scenario | str) -> StepsPassed:
    """Return the model of a scenario, with its steps."""
    scenario = scenario_of(scenario)
    model = scenario.appearance
    if not isinstance(model, EarthSteps):
        raise InputError(
            f"appearance: scenario '{scenario.name}' has '{model}'; allowed: 'earth-history'"
        )
    return model.of(scenario.factors)


def steps_of(scenario: Scenario | str) -> dict[str, Parameter]:
    """Return the steps of a scenario in order, by name.

    Raises
    ------
    InputError
        If it has another appearance model.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> list(steps_of(load_scenario("kipping2020")))
    ['life', 'intelligence']
    """
    return dict(_passed(scenario).steps)


def rates_of(scenario: Scenario | str, parameters: Mapping[str, npt.ArrayLike]) -> FloatArray:
    """Return the rates of all steps, 1/Gyr, from the parameters as drawn.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "earth-history".
    parameters : mapping of str to array-like, shape (draw,)
        Rate, or chance within the window, of every step.

    Returns
    -------
    array, shape (draw, step)

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> rates_of(load_scenario("kipping2020"), {"life": [0.5], "intelligence": [1.0]}).round(3)
    array([[0.131, 7.188]])
    """
    return _passed(scenario).rates(parameters)


def timeline_of(scenario: Scenario | str) -> Timeline | None:
    """Return the timeline of Earth that a scenario conditions on, or None.

    Raises
    ------
    InputError
        If its number of steps or its dates do not fit its likelihood.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> timeline_of(load_scenario("kipping2020"))
    Timeline(earliest=(0.0, 4.404), latest=(0.304, 4.404), window=5.304, conditioned=True)
    """
    return _passed(scenario).timeline()


def log_likelihood(scenario: Scenario | str, rates: npt.ArrayLike) -> FloatArray:
    """Return the log-likelihood of what is known of Earth, given the rates of the steps.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "earth-history"; its options say what is known.
    rates : array-like, shape (..., step)
        Rate of every step, 1/Gyr.

    Returns
    -------
    array, shape (...,)
        Exact; a density (per Gyr) for each date that is known without error.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("spiegel2012-optimistic-log")
    >>> np.exp(log_likelihood(scenario, [[1e-3], [1.0], [1e3]])).round(4)
    array([0.0668, 0.1908, 1.    ])
    """
    return _passed(scenario).log_likelihood(rates)


def bayes_factor_fast_life(window: float, emergence: float) -> float:
    """Return the Bayes factor of fast over slow life, given an early start.

    Where intelligence is slow, the ratio of likelihoods between a rate of life that is infinite
    and one that is nil is T / (2 t), with T the window and t the date of the first life (both
    Gyr). Derived here; Kipping (2020) has 8.73 for T = 5.304, t = 0.304.

    Examples
    --------
    >>> round(bayes_factor_fast_life(5.304, 0.304), 3)
    8.724
    """
    if not 0.0 < emergence <= window:
        raise InputError(f"emergence is {emergence:g}; allowed: above 0, up to {window:g} Gyr")
    return window / (2.0 * emergence)


def expected_step_times(steps: int, window: float) -> FloatArray:
    """Return the mean dates of hard steps, given that all are passed within the window.

    However hard they are, the steps of those who succeed are spread evenly: r T / (n + 1), shape
    (steps,), in Gyr (Carter 1983).

    Examples
    --------
    >>> expected_step_times(4, 5.5)
    array([1.1, 2.2, 3.3, 4.4])
    """
    if not (isinstance(steps, int | np.integer) and steps >= 1):
        raise InputError(f"steps is {shown(steps)}; allowed: a whole number of at least 1")
    return np.arange(1, steps + 1) * window / (steps + 1)


def steps_from_slack(window: float, slack: float) -> float:
    """Return the number of hard steps whose mean slack is this: T / slack - 1 (Carter 2008).

    The slack is what is left of the window, both in Gyr, when the last step is passed.

    Examples
    --------
    >>> steps_from_slack(5.5, 1.0)
    4.5
    """
    if not 0.0 < slack <= window:
        raise InputError(f"slack is {slack:g}; allowed: above 0, up to {window:g} Gyr")
    return window / slack - 1.0
