"""The power law of births: its integral, and what happens without an abundance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate

from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance


def rate(model: PowerLawAppearance, time: float) -> float:
    log_rate, _ = model.log_rate({}, np.array([[time]]))
    return math.exp(log_rate[0, 0])


@pytest.mark.parametrize("n", [0.5, 1.0, 6.0])
def test_births_by_the_date_are_the_abundance(n):
    model = PowerLawAppearance(n, abundance=40.0, date=10.0)
    # n = 0.5 has an integrable pole at 0, where quad reaches 1e-7.
    number = integrate.quad(lambda t: rate(model, t), 0.0, 10.0)[0]
    assert number * math.exp(model.log_amount({})[0]) == pytest.approx(40.0, rel=1e-6)
    half = integrate.quad(lambda t: rate(model, t), 0.0, 5.0)[0]
    assert half / number == pytest.approx(0.5**n, rel=1e-6)


def test_without_an_abundance_it_is_a_shape_only():
    model = PowerLawAppearance(6)
    assert model.abundance is None
    assert rate(model, 5.0) == rate(PowerLawAppearance(6, abundance=7.0), 5.0)
    assert model.log_observers({}, 13.787)[0] == pytest.approx(math.log(6 / 13.787))
    assert model.onset({}).tolist() == [0.0]
    with pytest.raises(InputError, match=r"pass abundance=\.\.\. or use it in simulate"):
        model.log_amount({})


@pytest.mark.parametrize("name", ["n", "abundance", "date"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_parameters_must_be_positive(name, value):
    with pytest.raises(InputError, match=f"{name} of a power law is"):
        PowerLawAppearance(**{"n": 6.0, name: value})
