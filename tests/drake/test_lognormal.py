"""The log-normal law of a product, against Maccone's numbers, scipy and sampling."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sfc_sim._core.errors import InputError
from sfc_sim.distributions import (
    Beta,
    Discrete,
    Distribution,
    Exponential,
    Fixed,
    InverseUniform,
    LogNormal,
    LogNormal10,
    LogUniform,
    Mixture,
    Normal,
    PowerOfTen,
    TruncatedGeometric,
    Uniform,
)
from sfc_sim.drake.distribution import drake_distribution
from sfc_sim.drake.lognormal import (
    distance_rule,
    log_moments,
    lognormal_approximation,
    pessimism_line,
    probability_above,
)
from sfc_sim.scenario.reading import load_scenario

LN10 = np.log(10)


def test_maccone() -> None:
    law = lognormal_approximation("maccone2010")
    found = [law.mu, law.sigma2, law.mean, law.sd, law.median, law.mode]
    # half a unit of the last of six digits
    np.testing.assert_allclose(
        found, [7.46218, 1.93872, 4589.559, 11195.03, 1740.934, 250.498], rtol=3e-6
    )
    twin = stats.lognorm(np.sqrt(law.sigma2), scale=np.exp(law.mu))
    assert [law.mean, law.sd, law.median] == pytest.approx(
        [twin.mean(), twin.std(), twin.median()], rel=1e-12
    )
    slope = [twin.pdf(law.mode * (1 + step)) for step in (-1e-3, 0, 1e-3)]
    assert slope[1] == max(slope)


def test_the_product_itself_is_not_log_normal() -> None:
    exact = drake_distribution("maccone2010")
    assert float(exact["mean"]) == pytest.approx(3500, rel=1e-12)
    assert float(exact["median"]) == pytest.approx(2090, abs=5)
    # negative control: the log-normal's are elsewhere
    law = lognormal_approximation("maccone2010")
    assert abs(law.mean - 3500) > 1000
    assert abs(law.median - 2090) > 300


@pytest.mark.parametrize(
    "distribution",
    [
        Uniform(0, 2),
        Uniform(0.3, 0.7),
        Uniform(0.9995, 1),
        Uniform(350e9 * (1 - 4e-4), 350e9 * (1 + 4e-4)),
        LogUniform(1e-10, 3),
        LogNormal(2, 3),
        LogNormal10(-1, 2),
        Exponential(3),
        Beta(2, 5),
        InverseUniform(0.1, 7),
        PowerOfTen(0.4, sign=-1, lower=0.01),
    ],
    ids=repr,
)
def test_moments_against_quadrature(distribution: Distribution) -> None:
    # Gauss-Legendre in every decade from either end, where quantiles may go as a power
    near = np.array([*np.geomspace(1e-15, 0.1, 15), 0.5])
    edges = np.concatenate([near, 1 - near[-2:0:-1]])  # the last is 1 - 1e-14
    nodes, shares = np.polynomial.legendre.leggauss(40)
    half = np.diff(edges)[:, None] / 2
    u, du = edges[:-1, None] + half * (1 + nodes), half * shares
    logs = distribution.log10_ppf(u.ravel()).reshape(u.shape) * LN10

    def moment(power: int, centre: float) -> float:
        return float(np.sum(du * (logs - centre) ** power))

    mean, variance = log_moments(distribution)
    # 1e-14 of the probability is left out, where ln x is up to 40 from its mean
    assert mean == pytest.approx(moment(1, 0.0), rel=1e-7, abs=1e-9)
    assert variance == pytest.approx(moment(2, mean), rel=1e-6)


def test_both_forms_for_a_narrow_uniform_meet() -> None:
    # either side of the width where the closed form gives way to its series
    wide, narrow = (log_moments(Uniform(1 - w, 1)) for w in (1.0001e-3, 0.9999e-3))
    assert wide[1] / narrow[1] == pytest.approx((1.0001 / 0.9999) ** 2, rel=1e-6)
    assert wide[0] / narrow[0] == pytest.approx(1.0001 / 0.9999, rel=1e-6)


def test_moments_of_points_and_mixtures() -> None:
    assert log_moments(Fixed(7)) == (np.log(7), 0.0)
    logs, weights = np.log([1, 10, 50]), np.array([0.2, 0.5, 0.3])
    mean = weights @ logs
    expected = (mean, weights @ (logs - mean) ** 2)
    assert log_moments(Discrete([1, 10, 50], weights)) == pytest.approx(expected, rel=1e-12)
    points = Mixture([Fixed(1), Fixed(10), Fixed(50)], weights)
    assert log_moments(points) == pytest.approx(expected, rel=1e-12)
    k = np.arange(1, 21)
    p = 0.65 ** (k - 1) / np.sum(0.65 ** (k - 1))
    mean = p @ np.log(k)
    assert log_moments(TruncatedGeometric(0.35)) == pytest.approx(
        (mean, p @ (np.log(k) - mean) ** 2), rel=1e-12
    )


def test_moments_of_a_saturating_factor() -> None:
    draws = -np.expm1(-(10 ** np.random.default_rng(7).normal(0, 2, 400_000)))
    logs = np.log(draws)
    mean, variance = log_moments(LogNormal10(0, 2), saturating=True)
    error = logs.std() / np.sqrt(logs.size)
    assert abs(logs.mean() - mean) < 5 * error
    squares = (logs - mean) ** 2
    assert abs(squares.mean() - variance) < 5 * squares.std() / np.sqrt(logs.size)
    # negative control: without saturation it is another number
    assert abs(logs.mean() - log_moments(LogNormal10(0, 2))[0]) > 5 * error


def test_a_law_too_wide_for_doubles_is_infinite() -> None:
    law = lognormal_approximation("sandberg2018")
    assert law.mean == law.sd == np.inf
    assert law.mode == 0.0
    assert np.isfinite([law.mu, law.sigma2]).all()


def test_static_estimates() -> None:
    means = {"strong": 35.50, "moderate": 60.17, "weak": 928.0}
    for name, mean in means.items():
        scenario = load_scenario(f"westby2020-{name}")
        assert float(drake_distribution(scenario)["mean"]) == pytest.approx(mean, rel=1e-3)
    assert distance_rule(load_scenario("westby2020-strong")) == pytest.approx(17_000, abs=500)
    lines = [pessimism_line(n) for n in (6e10, 2e13, 2e14, 4e21)]
    np.testing.assert_allclose(lines, [1.7e-11, 5e-14, 5e-15, 2.5e-22], rtol=0.03)
    assert pessimism_line(4e21, 0.01) == pytest.approx(2.5e-24)


def test_lacki_in_closed_form() -> None:
    for name, lowest, published, half in (
        ("lacki2016", 3e9 * np.log(4), 0.18, 0.005),
        ("lacki2016-lowest", 1e122 * LN10, 0.014, 5e-4),
    ):
        exact = np.log1p(22 * LN10) / np.log1p(lowest)
        found = probability_above(load_scenario(name), 1e-10)
        assert found == pytest.approx(exact, abs=1e-5)  # the histogram of the product
        assert found == pytest.approx(published, abs=half)


def test_errors() -> None:
    with pytest.raises(InputError, match="can be 0 or less"):
        log_moments(Discrete([0, 1], [0.5, 0.5]))
    with pytest.raises(InputError, match="life: Normal"):
        log_moments(Normal(0, 1), "life")
    with pytest.raises(InputError, match="has 'hard-steps'"):
        lognormal_approximation("cook2022-balanced")
    with pytest.raises(InputError, match="planets and species must be positive"):
        pessimism_line(0)
    with pytest.raises(InputError, match="scale is -1"):
        distance_rule(load_scenario("westby2020-strong"), -1)
    with pytest.raises(InputError, match="above is 0"):
        probability_above(load_scenario("sandberg2018"), 0)
