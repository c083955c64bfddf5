"""Distributions against scipy.stats, closed forms, mpmath-free identities and their own inverse."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from sfc_sim._core.errors import InputError
from sfc_sim.distributions import (
    KINDS,
    Beta,
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    InverseUniform,
    LogLog,
    LogNormal,
    LogNormal10,
    LogOddsUniform,
    LogUniform,
    Mixture,
    Normal,
    PowerOfTen,
    Quantiles,
    ScipyLaw,
    TruncatedGeometric,
    TruncatedLogNormal,
    Uniform,
    UniformInteger,
    between,
    gamma,
    pareto,
    pert,
    triangular,
)

LN10 = np.log(10)
CONTINUOUS = [
    (Uniform(-2, 5), stats.uniform(-2, 7)),
    (LogUniform(0.1, 4.5), stats.loguniform(0.1, 4.5)),
    (Normal(4.55, 1.3), stats.norm(4.55, 1.3)),
    (LogNormal(0.7, 0.4), stats.lognorm(0.4, scale=np.exp(0.7))),
    (LogNormal10(0.3, 0.2), stats.lognorm(0.2 * LN10, scale=10**0.3)),
    (Exponential(2.5), stats.expon(scale=2.5)),
    (Beta(2.5, 0.7), stats.beta(2.5, 0.7)),
    (Beta(0.5, 3, lo=-1, hi=4), stats.beta(0.5, 3, loc=-1, scale=5)),
    # 10^e with e exponential of mean m is a Pareto variable of index 1 / (m ln 10)
    (PowerOfTen(0.2), stats.pareto(1 / (0.2 * LN10))),
    (PowerOfTen(0.3, shift=5), stats.pareto(1 / (0.3 * LN10), loc=5)),
    (PowerOfTen(0.4, sign=-1), stats.powerlaw(1 / (0.4 * LN10))),
    # 1/x uniform is a Pareto variable of index 1, cut above
    (InverseUniform(0.5, 20), stats.truncpareto(1, 40, scale=0.5)),
    (gamma(2.5, 2), stats.gamma(2.5, scale=2)),
    (triangular(1, 2, 6), stats.triang(0.2, 1, 5)),
    (pert(1, 2, 6), stats.beta(1.8, 4.2, 1, 5)),
    (pareto(3, 2.5), stats.pareto(2.5, scale=3)),
    (ScipyLaw("expon", scale=2.0, lower=1.0), stats.expon(1, 2)),  # without memory
    (Empirical([4, 1, 7, 2]), stats.rv_histogram(([1, 1, 1], [1, 2, 4, 7]), density=False)),
]
DISCRETE = [
    (Fixed(3), stats.rv_discrete(values=([3], [1]))),
    (UniformInteger(1, 30), stats.randint(1, 31)),
    (Discrete([1, 2, 5], [0.2, 0.5, 0.3]), stats.rv_discrete(values=([1, 2, 5], [0.2, 0.5, 0.3]))),
]
OTHERS = [
    TruncatedGeometric(0.35),
    PowerOfTen(0.7, sign=1, shift=5, upper=20000),
    PowerOfTen(0.4, sign=-1, lower=0.01),
    PowerOfTen(0.43, sign=-1, lower=0.01, upper=0.9),
    Mixture([LogUniform(0.01, 1), Fixed(1)], [0.75, 0.25]),
    Mixture([Normal(0, 1), Uniform(-5, 30)], [0.5, 0.5]),
    LogLog(-2),
    LogOddsUniform(1e-3, 20),
    TruncatedLogNormal(6.2, 1.5, 5, 20_000),
    Quantiles([1, 3, 20], [0.04, 0.51, 0.96]),
    Quantiles([-1, 0, 5], [0.11, 0.51, 0.82]),
    Quantiles([0, 0.01, 0.1, 0.6, 1], [0, 0.04, 0.52, 0.96, 1]),
    Quantiles([0.1, 0.2, 3, 4], [0, 0.04, 0.52, 1]),
]
EVERY = [d for d, _ in CONTINUOUS + DISCRETE] + OTHERS
FEW = settings(max_examples=40, deadline=None)  # a mixture inverts by bisection: slow per call
PROBABILITY = st.floats(0, 1, exclude_min=True, exclude_max=True)


def name(value: object) -> str:
    return repr(value) if isinstance(value, Distribution) else ""


def test_every_kind_is_tested() -> None:
    assert {d.kind for d in EVERY} == set(KINDS)


@pytest.mark.parametrize(("ours", "scipy"), CONTINUOUS + DISCRETE, ids=name)
def test_agrees_with_scipy(ours: Distribution, scipy) -> None:
    # scipy rounds in its own shift and scale: a few hundred units in the last place
    u = np.array([1e-6, 1e-3, 0.1, 0.25, 0.5, 0.9, 1 - 1e-6])
    x = ours.ppf(u)
    np.testing.assert_allclose(x, scipy.ppf(u), rtol=1e-12)
    np.testing.assert_allclose(ours.cdf(x), scipy.cdf(x), rtol=1e-9, atol=1e-15)
    log_density = scipy.logpmf if ours.discrete else scipy.logpdf
    np.testing.assert_allclose(ours.logpdf(x), log_density(x), rtol=1e-10, atol=1e-12)
    assert ours.mean() == pytest.approx(scipy.mean(), rel=1e-12)
    assert ours.median() == pytest.approx(scipy.median(), rel=1e-12)


@pytest.mark.parametrize("ours", EVERY, ids=name)
@FEW
@given(u=PROBABILITY)
def test_cdf_undoes_ppf(ours: Distribution, u: float) -> None:
    x = ours.ppf(u)
    if ours.discrete:
        below = np.nextafter(x, -np.inf)
        assert ours.cdf(below) < u <= ours.cdf(x)
    else:
        # Monotone up to the rounding of x, which moves the probability by density * ulp.
        # A jump (the fixed part of a mixture) covers an interval of u.
        step = 16 * np.spacing(np.abs(x) + 1)
        lo, hi = ours.cdf(x - step), ours.cdf(x + step)
        assert lo - 1e-14 <= u <= hi + 1e-14


@pytest.mark.parametrize("ours", EVERY, ids=name)
@FEW
@given(a=PROBABILITY, b=PROBABILITY)
def test_ppf_is_monotone_and_inside_the_support(ours: Distribution, a: float, b: float) -> None:
    x, y = ours.ppf(sorted([a, b]))
    lo, hi = ours.support
    # two halves of a formula may meet, and a truncated end be met, with a rounding error
    room = 1e-15 * (1 + abs(y))
    assert x <= y + room
    assert lo - room <= x
    assert y <= hi + room


@pytest.mark.parametrize(
    "ours", [d for d in EVERY if not d.discrete and d.kind != "mixture"], ids=name
)
def test_density_is_the_slope_of_the_cdf(ours: Distribution) -> None:
    x = ours.ppf(np.linspace(0.05, 0.95, 19))
    step = 1e-6 * (1 + np.abs(x))
    slope = (ours.cdf(x + step) - ours.cdf(x - step)) / (2 * step)
    # central difference: rounding 1e-16 / 1e-6, curvature 1e-12
    np.testing.assert_allclose(np.exp(ours.logpdf(x)), slope, rtol=1e-6)


@pytest.mark.parametrize("ours", [d for d in EVERY if d.kind != "mixture"], ids=name)
def test_mean_is_the_integral_of_the_quantile(ours: Distribution) -> None:
    tail = 1e-14  # what is left out is smaller than the tolerance for every kind here
    breaks = [0.25, 0.5, 0.75]
    value, _ = integrate.quad(ours.ppf, tail, 1 - tail, points=breaks, limit=2000)
    # quad meets the jumps of discrete kinds only to about 1e-4
    rel = 2e-3 if ours.discrete else 1e-4
    assert ours.mean() == pytest.approx(value, rel=rel)


def test_mean_of_a_mixture_is_the_weighted_mean() -> None:
    assert OTHERS[4].mean() == pytest.approx(0.75 * 0.99 / np.log(100) + 0.25, rel=1e-15)


def test_mean_of_power_of_ten_diverges_without_an_upper_end() -> None:
    assert PowerOfTen(0.7).mean() == np.inf  # the tail index 0.62 is below 1
    # a = b: the integral over e is its width, the mean in closed form ln-linear
    exponent = 1 / LN10
    bounded = PowerOfTen(exponent, upper=1000)
    assert bounded.mean() == pytest.approx(3 * LN10 / (1 - 1e-3), rel=1e-14)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        (PowerOfTen(0.7, shift=5, upper=20000), PowerOfTen(0.7, shift=5)),
        (PowerOfTen(0.7, shift=5, lower=7, upper=90), PowerOfTen(0.7, shift=5)),
        (PowerOfTen(0.4, sign=-1, lower=0.01), PowerOfTen(0.4, sign=-1)),
        (PowerOfTen(0.4, sign=-1, lower=0.1, upper=0.6), PowerOfTen(0.4, sign=-1)),
    ],
    ids=name,
)
def test_truncation_renormalises(cut: PowerOfTen, whole: PowerOfTen) -> None:
    lo, hi = cut.support
    u = np.linspace(0.01, 0.99, 50)
    below, above = whole.cdf([lo, hi])
    # the other route: the untruncated quantile of the rescaled probability
    np.testing.assert_allclose(cut.ppf(u), whole.ppf(below + u * (above - below)), rtol=1e-11)
    np.testing.assert_allclose(
        cut.logpdf(cut.ppf(u)), whole.logpdf(cut.ppf(u)) - np.log(above - below)
    )
    assert cut.cdf([np.nextafter(lo, -np.inf), hi]).tolist() == [0, 1]
    # a clipped distribution would put weight on the ends themselves
    assert cut.cdf(lo * (1 + 1e-9)) < 1e-6
    assert cut.cdf(hi * (1 - 1e-9)) > 1 - 1e-6


def test_truncated_geometric_is_the_redrawn_geometric() -> None:
    ours, scipy, k = TruncatedGeometric(0.35), stats.geom(0.35), np.arange(1, 21)
    np.testing.assert_allclose(np.exp(ours.logpdf(k)), scipy.pmf(k) / scipy.cdf(20), rtol=1e-13)
    np.testing.assert_allclose(ours.cdf(k), scipy.cdf(k) / scipy.cdf(20), rtol=1e-13)
    assert ours.mean() == pytest.approx(np.sum(k * scipy.pmf(k)) / scipy.cdf(20), rel=1e-13)
    assert ours.logpdf([0, 1.5, 21]).tolist() == [-np.inf] * 3


def test_published_medians() -> None:
    # Cook 2022 states 0.7 Gyr for the delay and 0.5c for the speed; the others are 10^(x ln 2)
    assert PowerOfTen(2, sign=-1).median() == pytest.approx(0.041, abs=5e-4)
    assert LogUniform(0.1, 4.5).median() == pytest.approx(0.67, abs=5e-3)
    assert PowerOfTen(0.7, shift=5).median() == pytest.approx(8.06, abs=5e-3)
    assert PowerOfTen(0.43, sign=-1).median() == pytest.approx(0.503, abs=5e-4)
    assert PowerOfTen(0.4, sign=-1).median() == pytest.approx(0.53, abs=5e-3)


@pytest.mark.parametrize("ours", EVERY, ids=name)
def test_far_tails_are_numbers(ours: Distribution) -> None:
    x = ours.ppf([1e-300, 1 - 2**-53])
    assert np.isfinite(x).all()
    assert x[0] <= ours.median() <= x[1]


def test_far_tail_values() -> None:
    assert Exponential(1).ppf(1e-300) == 1e-300
    assert PowerOfTen(0.1, sign=-1).ppf(1e-300) == pytest.approx(10 ** (-30 * LN10), rel=1e-12)
    # Phi(-37.0471) = 1e-300 by inversion of scipy's log-cdf, which is another series
    z = Normal(0, 1).ppf(1e-300)
    assert stats.norm.logcdf(z) == pytest.approx(-300 * LN10, rel=1e-13)
    assert LogUniform(1e-300, 1e300).ppf([0, 0.5, 1]) == pytest.approx(
        [1e-300, 1, 1e300], rel=1e-12
    )


@pytest.mark.parametrize("ours", [d for d in EVERY if d.support[0] >= 0], ids=name)
def test_log10_ppf_is_the_logarithm(ours: Distribution) -> None:
    u = np.array([1e-6, 0.01, 0.3, 0.5, 0.77, 0.999])
    np.testing.assert_allclose(ours.log10_ppf(u), np.log10(ours.ppf(u)), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("a", "b"), [(0.01, 0.1), (2.5, 0.7), (30, 3), (1000, 0.5), (100, 300)])
def test_beta_holds_in_the_far_tail(a: float, b: float) -> None:
    u = np.array([1e-300, 1e-250, 1e-100, 1e-9, 0.3])
    x = Beta(a, b).ppf(u)
    seen = x > 0  # z^a underflows for small a, where only log10_ppf holds
    # a relative error of one ulp in z is one of a ulps, times (1 - z)^-1, in the probability
    np.testing.assert_allclose(Beta(a, b).cdf(x)[seen], u[seen], rtol=1e-12 * max(1, a))
    assert np.isfinite(Beta(a, b).log10_ppf(u)).all()


def test_log10_ppf_where_doubles_end() -> None:
    wide = LogNormal10(0, 50)
    u = np.array([1e-300, 1e-10, 0.5, 1 - 2**-53])
    np.testing.assert_allclose(wide.log10_ppf(u), 50 * stats.norm.ppf(u), rtol=1e-13, atol=1e-12)
    assert wide.ppf(u)[[0, -1]].tolist() == [0, np.inf]
    np.testing.assert_allclose(
        LogNormal(0, 50 * LN10).log10_ppf(u), wide.log10_ppf(u), rtol=1e-13, atol=1e-12
    )
    # power laws at 0: z^a / (a B) for Beta, and exactly u^(m ln 10) for PowerOfTen
    assert Beta(0.01, 1).log10_ppf(1e-20) == pytest.approx(-2000, rel=1e-13)
    assert PowerOfTen(50, sign=-1).log10_ppf(1e-20) == pytest.approx(-1000 * LN10, rel=1e-13)
    # a mixture of one thing with itself is that thing, there too
    same = Mixture([wide, wide], [0.5, 0.5])
    np.testing.assert_allclose(same.log10_ppf(u[1:]), wide.log10_ppf(u[1:]), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("lowest", [-2.0, -1.8e9, -1e122])
def test_log_log_is_uniform_in_the_logarithm_of_the_logarithm(lowest: float) -> None:
    ours, u = LogLog(lowest), np.array([0, 1e-6, 0.3, 0.5, 0.9, 1])
    exponent = ours.log10_ppf(u)
    twice = np.log1p(-exponent * LN10)
    # 1e-12: exp and log of up to 280 lose 280 units in the last place
    np.testing.assert_allclose(twice, (1 - u) * np.log1p(-lowest * LN10), rtol=1e-12, atol=1e-15)
    assert ours.log10_ppf([0, 1]) == pytest.approx([lowest, 0], rel=1e-15)
    np.testing.assert_allclose(ours._log10_cdf(exponent), u, rtol=1e-12, atol=1e-15)


def test_log_log_where_doubles_end() -> None:
    ours = LogLog(-1e9)
    assert ours.ppf([0, 0.01]).tolist() == [0, 0]
    assert ours.support == (0, 1)
    assert ours.cdf([-1, 0, 1]).tolist() == [0, 0, 1]
    assert ours.logpdf([0, 1]).tolist() == [-np.inf, -np.log(np.log1p(1e9 * LN10))]
    # E[P] by quadrature of the density in P, which is another variable
    mean, _ = integrate.quad(lambda x: x * np.exp(ours.logpdf(x)), 0, 1, epsabs=1e-13)
    assert ours.mean() == pytest.approx(mean, rel=1e-9)


def test_log_odds_is_uniform_in_the_logarithm_of_the_odds() -> None:
    ours, u = LogOddsUniform(1e-10, 1e10), np.array([1e-6, 0.3, 0.5, 0.9, 1])
    share = ours.ppf(u)
    np.testing.assert_allclose(np.log10(share / (1 - share)), 20 * u - 10, rtol=1e-6, atol=1e-12)
    # Haldane's density 1 / (x (1 - x)), and that of Jeffreys as a control
    x = np.array([0.01, 0.2, 0.5, 0.9])
    np.testing.assert_allclose(np.exp(ours.logpdf(x)) * x * (1 - x), 1 / (20 * LN10), rtol=1e-12)
    jeffreys = np.exp(Beta(0.5, 0.5).logpdf(x)) * x * (1 - x)
    assert jeffreys.max() > 2 * jeffreys.min()
    # E[x] by quadrature of the density in x, which is another variable than the odds
    narrow = LogOddsUniform(1e-3, 20)
    mean, _ = integrate.quad(lambda x: x * np.exp(narrow.logpdf(x)), *narrow.support)
    assert narrow.mean() == pytest.approx(mean, rel=1e-9)


def test_mixture_quantile_is_the_smallest_value_that_reaches() -> None:
    speed = Mixture([LogUniform(0.01, 1), Fixed(0.5)], [0.75, 0.25])
    jump = 0.75 * LogUniform(0.01, 1).cdf(0.5)
    assert speed.ppf([jump + 1e-12, jump + 0.1, jump + 0.25 - 1e-12]).tolist() == [0.5] * 3
    assert speed.ppf(jump + 0.26) > 0.5
    assert speed.cdf(0.5) - speed.cdf(np.nextafter(0.5, 0)) == pytest.approx(0.25, abs=1e-14)
    both = Mixture([Uniform(0, 1), Uniform(2, 3)], [0.5, 0.5])
    np.testing.assert_allclose(both.ppf([0.25, 0.75]), [0.5, 2.5], rtol=1e-15)
    assert both.logpdf([0.5, 1.5]) == pytest.approx([np.log(0.5), -np.inf])


def within(sample: np.ndarray, mean: float, sd: float, k: float = 5) -> bool:
    return abs(sample.mean() - mean) < k * sd / np.sqrt(sample.size)


@pytest.mark.parametrize(("ours", "scipy"), CONTINUOUS[1:6] + DISCRETE[1:], ids=name)
def test_sample_mean_and_square_within_five_standard_errors(ours: Distribution, scipy) -> None:
    x = ours.sample(20_000, rng=7)
    second = scipy.moment(2) - scipy.mean() ** 2
    assert within(x, scipy.mean(), scipy.std())
    square = (x - scipy.mean()) ** 2
    assert within(square, second, square.std())


def test_negative_control_of_the_sampling_test() -> None:
    x = LogUniform(0.1, 4.5).sample(20_000, rng=7)
    wrong = stats.loguniform(0.1, 5.0)  # a tenth too wide
    assert not within(x, wrong.mean(), wrong.std())


def test_sample_shape_and_seed() -> None:
    d = Normal(0, 1)
    assert d.sample((2, 3), rng=1).shape == (2, 3)
    assert np.array_equal(d.sample(5, rng=1), d.sample(5, rng=np.random.default_rng(1)))
    assert not np.array_equal(d.sample(5), d.sample(5))


@pytest.mark.parametrize("ours", EVERY, ids=name)
def test_shapes_are_kept(ours: Distribution) -> None:
    u = np.full((2, 3), 0.4)
    for method in (ours.ppf, ours.quantile, ours.cdf, ours.logpdf):
        if method == ours.logpdf and ours in OTHERS[4:5]:
            continue  # a point and a density have no common log density
        assert method(u).shape == (2, 3)
        assert np.ndim(method(0.4)) == 0
        assert method(np.empty(0)).shape == (0,)


@pytest.mark.parametrize(
    "ours", [d for d, _ in [*CONTINUOUS[:8], CONTINUOUS[-1]]] + [Fixed(2), OTHERS[4]], ids=name
)
def test_scaled_multiplies_the_number(ours: Distribution) -> None:
    u = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(ours.scaled(1e-3).ppf(u), 1e-3 * ours.ppf(u), rtol=1e-12)
    assert ours.scaled(1) is ours


@pytest.mark.parametrize(
    "ours", [UniformInteger(1, 3), TruncatedGeometric(0.2), PowerOfTen(1), LogLog(-9)]
)
def test_kinds_without_a_scaled_form_say_so(ours: Distribution) -> None:
    with pytest.raises(InputError, match="state it in the model's unit"):
        ours.scaled(2)


@pytest.mark.parametrize("ours", EVERY, ids=name)
def test_dictionary_pickle_and_equality(ours: Distribution) -> None:
    assert Distribution.from_dict(ours.to_dict()) == ours
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert hash(Distribution.from_dict(ours.to_dict())) == hash(ours)


def test_between_holds_the_mass() -> None:
    for lo, hi, mass, kind in [(1, 100, 0.9, LogNormal), (-1, 3, 0.5, Normal), (0, 1, 0.8, Normal)]:
        d = between(lo, hi, mass)
        assert isinstance(d, kind)
        assert d.cdf([lo, hi]) == pytest.approx([(1 - mass) / 2, (1 + mass) / 2], rel=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Uniform(2, 1),
        lambda: Uniform(1, 1),
        lambda: LogUniform(0, 1),
        lambda: LogUniform(2, 1),
        lambda: InverseUniform(0, 1),
        lambda: InverseUniform(2, 1),
        lambda: InverseUniform(1e-300, 1e300),
        lambda: LogLog(0),
        lambda: LogLog(-1e308),
        lambda: LogOddsUniform(0, 1),
        lambda: LogOddsUniform(2, 1),
        lambda: Normal(0, -1),
        lambda: Normal(float("nan"), 1),
        lambda: LogNormal(0, 0),
        lambda: LogNormal10(0, -5),
        lambda: Exponential(-1),
        lambda: Beta(0, 1),
        lambda: Beta(1, 1, 3, 2),
        lambda: Fixed(float("inf")),
        lambda: Fixed("3"),
        lambda: Fixed(True),
        lambda: TruncatedGeometric(0),
        lambda: TruncatedGeometric(0.5, 3, 2),
        lambda: UniformInteger(1.5, 3),
        lambda: UniformInteger(4, 3),
        lambda: PowerOfTen(-1),
        lambda: PowerOfTen(1, sign=2),
        lambda: PowerOfTen(1, lower=5, upper=4),
        lambda: PowerOfTen(1, sign=-1, lower=2),
        lambda: Discrete([1, 2], [0.5, 0.6]),
        lambda: Discrete([2, 1], [0.5, 0.5]),
        lambda: Discrete([1], [0.5, 0.5]),
        lambda: Discrete([], []),
        lambda: Discrete([1, 2], [0, 1]),
        lambda: Mixture([Fixed(1)], [0.5]),
        lambda: Mixture([1.0], [1]),
        lambda: Mixture(Fixed(1), [1]),
        lambda: OTHERS[4].logpdf(0.5),
        lambda: Normal(0, 1).log10_ppf(0.5),
        lambda: Normal(0, 1).ppf(1.5),
        lambda: Normal(0, 1).ppf(float("nan")),
        lambda: Normal(0, 1).cdf(float("nan")),
        lambda: Normal(0, 1).scaled(0),
        lambda: between(2, 1),
        lambda: between(1, 2, 1.0),
        lambda: Distribution.from_dict({"value": 1}),
        lambda: Distribution.from_dict({"kind": "fixed"}),
        lambda: Distribution.from_dict({"kind": "fixed", "valeu": 1}),
        lambda: Distribution.from_dict({"kind": ["fixed"]}),
        lambda: Distribution.from_dict({"kind": "mixture", "components": 3, "weights": [1]}),
    ],
)
def test_wrong_input_is_one_clear_line(wrong) -> None:
    with pytest.raises(InputError) as caught:
        wrong()
    assert "\n" not in str(caught.value)


def test_errors_name_the_place_and_the_nearest_kind() -> None:
    with pytest.raises(InputError, match="delay kind 'log-unifrom'; did you mean 'log-uniform'"):
        Distribution.from_dict({"kind": "log-unifrom"}, "delay")
    with pytest.raises(InputError, match="delay: LogUniform: lo must be a number, got '1 Gyr'"):
        Distribution.from_dict({"kind": "log-uniform", "lo": "1 Gyr", "hi": 2}, "delay")


def test_import_is_light() -> None:
    code = (
        "import sys, sfc_sim.distributions, sfc_sim.scenario.scenario;"
        "heavy = {'numba', 'xarray', 'matplotlib', 'astropy', 'scipy.stats', 'pandas'};"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_cut_log_normal_is_the_whole_one_within_its_bounds():
    ours, whole = TruncatedLogNormal(0.3, 1.2, 0.5, 4.0), stats.lognorm(1.2, scale=np.exp(0.3))
    inside = whole.cdf(4.0) - whole.cdf(0.5)
    x = np.array([0.5, 0.7, 1.0, 3.0, 4.0])
    np.testing.assert_allclose(ours.cdf(x), (whole.cdf(x) - whole.cdf(0.5)) / inside, rtol=1e-12)
    mean, _ = integrate.quad(lambda y: y * whole.pdf(y) / inside, 0.5, 4.0)
    assert ours.mean() == pytest.approx(mean, rel=1e-9)  # quad's own error
    assert ours.scaled(10.0).median() == pytest.approx(10.0 * ours.median(), rel=1e-12)
    assert TruncatedLogNormal(0, 1, 0, 1e9).mean() == pytest.approx(np.exp(0.5), rel=1e-12)
    with pytest.raises(InputError, match="lower < upper"):
        TruncatedLogNormal(0, 1, 2, 1)
    with pytest.raises(InputError, match="next to nothing"):
        TruncatedLogNormal(0, 1, 1e50, 1e60)
