"""Values that a product of factors takes with a probability are not smeared over a bin."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.posterior import law_of_product
from sfc_sim.distributions import Discrete, Distribution, Fixed, LogUniform, Mixture
from sfc_sim.drake.atoms import product_atoms
from sfc_sim.drake.distribution import drake_distribution
from sfc_sim.drake.lognormal import probability_above

BASE = sfc.load_scenario("sandberg2018")
FACTORS = list(BASE.factors)


def bounded(name: str) -> bool:
    try:
        BASE.replace(**{name: 10.0})
    except sfc.InputError:
        return True
    return False


FREE = [name for name in FACTORS if not bounded(name)]


def scenario_of(*laws: Distribution, saturating: int = 0, galaxies: float = 1e10) -> sfc.Scenario:
    """A static product of the given factors, the first `saturating` of which saturate."""
    given = dict.fromkeys(FACTORS, Fixed(1.0)) | dict(zip(FREE, laws, strict=False))
    made = BASE.replace(saturating=[], **given)
    return made.replace(saturating=FREE[:saturating], galaxies=galaxies)


# Where a density begins, a quarter of a cell of 1/1024 decade is on the other side:
# half of the weight, over two decades.
JUMP = 0.5 * 0.5 / 4096 * 1.01
THREE = Discrete([0, 1, 10], [0.2, 0.3, 0.5])


@pytest.mark.parametrize(
    ("laws", "below_one", "mean", "median"),
    [
        ([THREE], 0.2, 5.3, 1.0),
        ([Fixed(1.0)], 0.0, 1.0, 1.0),
        ([Fixed(0.3)], 1.0, 0.3, 0.3),
        ([THREE, Discrete([0.1, 1], [0.5, 0.5])], 0.2 + 0.8 * 0.5 - 0.5 * 0.5, 2.915, 1.0),
        # an atom beside a density: P(< 1) of the log-uniform part is a half
        ([Mixture([LogUniform(0.1, 10), Fixed(1)], [0.4, 0.6])], 0.2, None, 1.0),
        # an atom times a density is a density
        ([Discrete([1, 10], [0.5, 0.5]), LogUniform(0.1, 10)], 0.25, None, 10**0.5),
    ],
)
def test_all_exact_routes_keep_atoms(laws, below_one, mean, median) -> None:
    scenario = scenario_of(*laws)
    found = drake_distribution(scenario)
    after = sfc.analysis.posterior_of_product(scenario, "none")
    paradox = sfc.analysis.paradox(scenario, evidence="none").sel(place="galaxy")
    for each in (found, after, paradox):
        assert float(each.probability_below_one) == pytest.approx(
            below_one, abs=JUMP if len(laws) > 1 else 2e-6
        )
    for each in (found, after):
        assert float(each["median"]) == pytest.approx(median, rel=1e-5)
    if mean is not None:
        assert float(found["mean"]) == pytest.approx(mean, rel=1e-12)
        assert float(paradox.expected_number) == pytest.approx(mean, rel=1e-12)
        by_sum = law_of_product(scenario)
        number = 10.0**by_sum.log10_number
        assert float(by_sum.weight @ number) == pytest.approx(mean, rel=1e-12)


def test_what_atoms_say_after_a_look() -> None:
    # empty-galaxy is seen with probability exp(-N): a sum of three terms
    found = sfc.analysis.posterior_of_product(scenario_of(THREE), "empty-galaxy")
    terms = np.array([0.2, 0.3 * math.exp(-1), 0.5 * math.exp(-10)])
    assert float(found.evidence) == pytest.approx(terms.sum(), rel=1e-12)
    assert float(found.probability_below_one) == pytest.approx(terms[0] / terms.sum(), rel=1e-12)
    mean = terms @ [0, 1, 10] / terms.sum()
    assert float(found["mean"]) == pytest.approx(mean, rel=1e-12)
    sia = sfc.analysis.posterior_of_product(scenario_of(THREE), "none", theory="sia")
    assert float(sia.probability_below_one) == 0
    assert float(sia["mean"]) == pytest.approx((0.3 + 50) / 5.3, rel=1e-12)


def test_atoms_within_a_bin_and_at_a_threshold() -> None:
    # two values in one bin of 1/128 decade, on both sides of 1 / galaxies
    near = scenario_of(Discrete([1.001, 1.003], [0.25, 0.75]), galaxies=1 / 1.002)
    assert float(drake_distribution(near).probability_alone) == pytest.approx(0.25, abs=1e-12)
    assert float(
        sfc.analysis.posterior_of_product(near, "none").probability_alone
    ) == pytest.approx(0.25)
    assert float(drake_distribution(near)["median"]) == pytest.approx(1.003, rel=1e-12)
    # what is not less is at least: an atom on the threshold counts as above
    assert probability_above(scenario_of(THREE), 1.0) == pytest.approx(0.8, abs=1e-12)


def test_saturated_atoms_and_their_mean() -> None:
    found = drake_distribution(scenario_of(THREE, saturating=1))
    values = -np.expm1([0.0, -1.0, -10.0])
    assert float(found["mean"]) == pytest.approx(values @ [0.2, 0.3, 0.5], rel=1e-12)
    assert float(found.probability_none) == pytest.approx(
        np.exp(-values) @ [0.2, 0.3, 0.5], rel=1e-12
    )


def test_products_of_atoms_are_all_their_products() -> None:
    laws = [Discrete([0.2, 5, 7], [0.2, 0.3, 0.5]), Discrete([0.2, 5], [0.4, 0.6]), Fixed(3)]
    right: dict[float, float] = {}
    for (v, p), (w, q) in product(
        zip(*pair(laws[0]), strict=True), zip(*pair(laws[1]), strict=True)
    ):
        right[round(v * w * 3, 9)] = right.get(round(v * w * 3, 9), 0.0) + p * q
    found = product_atoms([(law, False) for law in laws])
    np.testing.assert_allclose(10**found.log10_values, sorted(right), rtol=1e-12)
    np.testing.assert_allclose(found.masses, [right[v] for v in sorted(right)], rtol=1e-12)
    # too many to list are as good as a density
    many = Discrete((np.linspace(1, 2, 200) ** 1.1).tolist(), [1 / 200] * 200)
    assert product_atoms([(many, False)] * 3).masses.size == 0


def pair(law: Discrete) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return law.values, law.weights
