"""One world of a scenario: the same as the draw that `sample` makes."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.cosmology.background import Background
from sfc_sim.simulation.sources import births_of, world_of

SCENARIO = "cook2022-balanced"
SEED = 5


@pytest.fixture(scope="module")
def draws():
    return sfc.sample(SCENARIO, 130, rng=SEED)


def table_of(plan, parameters):
    fraction = np.log(parameters["expanding_fraction"])
    return births_of(
        plan.appearance, plan.appearance.combine(parameters), plan.background, fraction
    )


@pytest.mark.parametrize("draw", [6, 92, 123])
def test_a_draw_is_that_of_sample(draws, draw):
    _, parameters = world_of(SCENARIO, draw, SEED)
    for name, value in parameters.items():
        if name in draws:
            assert value.shape == (1,)
            assert value[0] == pytest.approx(float(draws[name][draw]), rel=1e-14)
    _, same = world_of(draws, draw)
    _, alone = world_of(draws.isel(draw=draw))
    for name, value in parameters.items():
        assert np.array_equal(value, same[name])
        assert np.array_equal(value, alone[name])


@pytest.mark.parametrize("draw", [6, 92, 123])
def test_its_births_are_those_that_sample_counts(draws, draw):
    """Numbers and coverage of the table against the chain that `sample` goes through."""
    plan, parameters = world_of(SCENARIO, draw, SEED)
    table = table_of(plan, parameters)
    assert table is not None
    volume = plan.background.observable_volume_now
    speed = float(parameters["expansion_speed"][0])
    one = draws.isel(draw=draw)
    # The chain's grid is coarser: half a percent.
    covered = table.log_cover[-1] + 3 * np.log(speed)
    assert covered == pytest.approx(float(one.log_covered_final), abs=5e-3)
    actual = np.log(table.actual(speed)[-1] * volume)
    assert actual == pytest.approx(float(one.log_civilizations_actual), abs=5e-3)


def test_medians_are_the_middle_of_every_parameter():
    scenario = sfc.load_scenario(SCENARIO)
    _, parameters = world_of(scenario)
    for name, parameter in scenario.parameters.items():
        if hasattr(parameter.distribution, "ppf") and name in parameters:
            middle = float(np.asarray(parameter.distribution.ppf(np.array([0.5])))[0])
            assert parameters[name][0] == pytest.approx(middle)


def test_seeds_differ():
    assert (
        world_of(SCENARIO, 1, 1)[1]["expansion_speed"]
        != world_of(SCENARIO, 1, 2)[1]["expansion_speed"]
    )


def test_nobody_at_all_is_none():
    planck = Background.named("Planck18")
    assert births_of(PowerLawAppearance(n=6, abundance=1e-300), {}, planck) is None
    assert births_of(PowerLawAppearance(n=6, abundance=1e-200), {}, planck) is not None


def test_errors_say_what_is_wrong(draws):
    with pytest.raises(
        InputError, match=r"no dates of appearance.*scenarios with dates: .*cook2022-balanced"
    ):
        world_of("sandberg2018")
    with pytest.raises(InputError, match=r"130 draws given; choose one"):
        world_of(draws)
    with pytest.raises(InputError, match=r"draw is 130; these draws have 0 to 129"):
        world_of(draws, 130)
    with pytest.raises(InputError, match=r"draw is -1; it must be a whole number, at least 0"):
        world_of(draws, -1)
    with pytest.raises(InputError, match=r"draw is 1\.5"):
        world_of(SCENARIO, 1.5)
    with pytest.raises(InputError):
        world_of("cook2022-balancd")
    with pytest.raises(InputError, match="sample"):
        world_of(draws[["hard_steps"]], 1)
