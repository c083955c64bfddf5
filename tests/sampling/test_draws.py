"""The uniform numbers of a design: what no seed may give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

import sfc_sim as sfc
from sfc_sim.sampling.plan import Plan, draw_parameters, uniforms


def test_the_sobol_point_at_zero_is_moved_off_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    # a scrambled point is 0 once in 2^30: here the sequence is not scrambled, and its first is 0
    whole = qmc.Sobol
    monkeypatch.setattr(qmc, "Sobol", lambda d, scramble, rng: whole(d, scramble=False))
    scenario = sfc.load_scenario("sandberg2018")  # with a factor without ends
    plan = Plan(scenario, 1, "sobol")
    numbers = uniforms(plan, 0, 4)
    for u in numbers.values():
        assert 0 < u[0] == 2.0**-31
        assert (u < 1).all()
    assert all(np.isfinite(values).all() for values in draw_parameters(plan, numbers).values())
    for name, parameter in scenario.parameters.items():
        assert np.isfinite(parameter.distribution.log10_ppf(numbers[name, 0])).all()
