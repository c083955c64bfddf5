"""The Drake equation against Sandberg, Drexler & Ord (2018), closed forms and a plain twin."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from sfc_sim._core.errors import InputError
from sfc_sim._core.random import key_of, seed_of, slot_of
from sfc_sim.distributions import (
    Beta,
    Discrete,
    Fixed,
    LogNormal,
    LogNormal10,
    LogUniform,
    Mixture,
    Uniform,
)
from sfc_sim.drake.convolution import factor_mean, log10_saturated, product_cells
from sfc_sim.drake.distribution import (
    QUANTILES,
    drake_distribution,
    factors_of,
    log10_civilizations,
)
from sfc_sim.drake.monte_carlo import count_draws, known_factors
from sfc_sim.kernels.drake import BINS, BINS_PER_DEX, LOWEST, count_products, products
from sfc_sim.kernels.philox import uniforms
from sfc_sim.scenario.reading import load_scenario
from tests import naive_drake as naive

DRAWS = 4_000_000


@pytest.fixture(scope="module")
def paper():
    return load_scenario("sandberg2018")


@pytest.fixture(scope="module")
def exact(paper):
    return drake_distribution(paper)


@pytest.fixture(scope="module")
def drawn(paper):
    return drake_distribution(paper, DRAWS, rng=20180608)


EVERY_KIND = {
    "fixed": (Fixed(3e9), False),
    "log_uniform": (LogUniform(1e-3, 1.0), False),
    "log_normal": (LogNormal(0.3, 2.0), False),
    "wide": (LogNormal10(0.0, 50.0), True),
    "narrow": (LogNormal10(-1.0, 1.0), True),
    "uniform": (Uniform(0.0, 0.2), False),
    "saturating_uniform": (LogUniform(1e-2, 1e2), True),
    "beta": (Beta(2.0, 3.0), False),
    "mixture": (Mixture((LogUniform(0.1, 1.0), Fixed(1.0)), (0.5, 0.5)), False),
}


# ---- published and derived values


@pytest.mark.parametrize(
    ("name", "variable", "value", "tolerance"),
    [
        # Sandberg, Drexler & Ord 2018 print 27 million, .32 and 52 %; more digits by quadrature.
        ("sandberg2018", "mean", 2.7827e7, 1e-4 * 2.7827e7),
        ("sandberg2018", "median", 0.31994, 0.0005),
        ("sandberg2018", "probability_below_one", 0.5214, 0.0005),
        ("sandberg2018", "probability_alone", 0.3937, 0.0005),
        ("sandberg2018-certain-life", "mean", 5.5431e7, 1e-4 * 5.5431e7),
        ("sandberg2018-certain-life", "median", 10**3.5, 0.01 * 10**3.5),
        ("sandberg2018-certain-life", "probability_below_one", 0.0998, 0.0005),
        ("sandberg2018-toy", "mean", 100.0, 1e-9),
        ("sandberg2018-toy", "median", 8.79, 0.03),
        ("sandberg2018-toy", "probability_none", 0.2144, 0.001),
        ("sandberg2018-toy", "probability_below_one", 0.246, 0.001),
    ],
)
def test_paper(name, variable, value, tolerance):
    got = float(drake_distribution(load_scenario(name))[variable])
    assert got == pytest.approx(value, abs=tolerance)


def test_the_number_of_galaxies_sets_the_threshold_of_being_alone(paper):
    # 1e11 galaxies: .3861, by quadrature.
    alone = drake_distribution(paper.replace(galaxies=1e11))["probability_alone"]
    assert float(alone) == pytest.approx(0.3861, abs=0.0005)


def test_mean_is_the_product_of_the_closed_form_means(exact):
    def box(low, high):
        return (high - low) / math.log(high / low)

    known = box(1, 100) * box(0.1, 1) ** 2 * box(1e-3, 1) * box(1e-2, 1) * box(1e2, 1e10)

    def life(z):
        return -math.expm1(-(10.0 ** (50 * z))) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    rise = [k / 100 for k in range(-10, 11)]
    origin = integrate.quad(life, -6, 0.1, points=rise, epsabs=1e-12, limit=500)[0]
    origin += special.ndtr(-0.1)  # 1 - exp(-10**5) is 1
    assert float(exact["mean"]) == pytest.approx(known * origin, rel=1e-6)


# ---- the exact method against closed forms


def below(cells, log10_x):
    """Return the probability below 10**log10_x, a bin edge."""
    return cells[: 1 + round((log10_x - LOWEST) * BINS_PER_DEX)].sum()


def test_sum_of_log_uniforms_is_irwin_hall():
    cells = product_cells([(LogUniform(1.0, 10.0), False)] * 3)
    # Irwin-Hall of three: F(1/2) = (1/2)**3/6, F(1) = 1/6, F(3/2) = 1/2. Grid error < 1e-6.
    for x, probability in [(0.5, 1 / 48), (1.0, 1 / 6), (1.5, 1 / 2), (2.5, 47 / 48)]:
        assert below(cells, x) == pytest.approx(probability, abs=1e-6)


def test_product_of_log_normals_is_log_normal():
    cells = product_cells([(LogNormal10(1.0, 3.0), False), (LogNormal10(-2.0, 4.0), False)])
    for x in (-11.0, -1.0, 0.5, 9.0):
        assert below(cells, x) == pytest.approx(special.ndtr((x + 1.0) / 5.0), abs=1e-6)


def test_product_of_uniforms():
    # -ln of a product of n uniforms is Gamma(n).
    cells = product_cells([(Uniform(0.0, 1.0), False)] * 4)
    for x in (-6.0, -2.0, -0.5):
        probability = special.gammaincc(4, -x * math.log(10))
        assert below(cells, x) == pytest.approx(probability, abs=1e-6)


def test_saturation_of_one_factor():
    cells = product_cells([(LogNormal10(0.0, 50.0), True)])
    for x in (-100.0, -8.0, -1.0, -0.5):
        y = -math.log1p(-(10.0**x)) if x > -8 else 10.0**x
        assert below(cells, x) == pytest.approx(special.ndtr(math.log10(y) / 50), abs=1e-6)


def test_points_and_zero():
    one = product_cells([(Discrete((0.0, 2.0, 200.0), (0.25, 0.25, 0.5)), False)])
    assert below(one, -300.0) == pytest.approx(0.25, abs=1e-12)
    assert below(one, 1.0) == pytest.approx(0.5, abs=1e-12)
    assert product_cells([(Fixed(0.0), False), (LogUniform(1, 2), False)])[0] == 1.0


@given(st.permutations(list(EVERY_KIND)))
@settings(max_examples=5, deadline=None)
def test_order_of_factors_does_not_matter(names):
    cells = product_cells([EVERY_KIND[name] for name in names])
    # FFT round-off of about 2**20 nodes.
    np.testing.assert_allclose(cells, product_cells(list(EVERY_KIND.values())), atol=1e-13)


def test_cells_are_probabilities():
    cells = product_cells(list(EVERY_KIND.values()))
    assert (cells >= 0).all()
    assert cells.sum() == pytest.approx(1.0, abs=1e-12)


def test_mean_of_a_saturated_point():
    assert factor_mean(Fixed(2.0), True) == pytest.approx(-math.expm1(-2.0), rel=1e-6)


# ---- Monte Carlo against the exact method


@pytest.mark.parametrize(
    "variable", ["probability_below_one", "probability_alone", "probability_none"]
)
def test_sampled_probabilities_within_five_standard_errors(exact, drawn, variable):
    p = float(exact[variable])
    error = math.sqrt(p * (1 - p) / DRAWS)  # of probability_none, an upper bound
    assert abs(float(drawn[variable]) - p) < 5 * error
    # Negative control: the natural-log reading of the log-normal is rejected.
    wrong = drake_distribution(
        load_scenario("sandberg2018").replace(abiogenesis=LogNormal(0, 50)), 100_000, rng=1
    )
    assert abs(float(wrong[variable]) - p) > 5 * math.sqrt(p * (1 - p) / 100_000)


def test_sampled_mean_within_five_of_its_standard_errors(exact, drawn):
    error = float(drawn["mean_standard_error"])
    assert abs(float(drawn["mean"]) - float(exact["mean"])) < 5 * error
    assert 0.005 < error / float(exact["mean"]) < 0.05  # a heavy tail, yet not hopeless


def test_sampled_quantiles_within_five_standard_errors(exact, drawn):
    cdf = np.cumsum(exact["density"].values) / BINS_PER_DEX
    edges = exact["log10_civilizations"].values + 0.5 / BINS_PER_DEX
    reached = np.interp(drawn["log10_civilizations_quantile"].values, edges, cdf)
    q = np.array(QUANTILES)
    assert (np.abs(reached - q) < 5 * np.sqrt(q * (1 - q) / DRAWS)).all()
    assert (np.abs(reached - (q + 0.005)) > 5 * np.sqrt(q * (1 - q) / DRAWS)).any()


def chi_square_in_errors(counts, cells):
    """Return (χ² - degrees of freedom) over its standard deviation, in groups of > 20 expected."""
    draws = counts.sum()
    group = np.minimum(np.cumsum(cells) * draws // 50, draws // 50).astype(int)
    observed, expected = np.bincount(group, counts), np.bincount(group, cells) * draws
    observed, expected = observed[expected > 20], expected[expected > 20]
    chi_square = ((observed - expected) ** 2 / expected).sum()
    return (chi_square - expected.size) / math.sqrt(2 * expected.size)


@pytest.mark.parametrize("left_out", ["wide", "narrow"])
def test_whole_histogram_by_chi_square(left_out):
    factors = {name: factor for name, factor in EVERY_KIND.items() if name != left_out}
    counts = count_draws(factors, 300_000, 5, 2, False)
    cells = product_cells(list(factors.values()))
    assert abs(chi_square_in_errors(counts, cells)) < 5


def test_chi_square_negative_control():
    factors = {name: factor for name, factor in EVERY_KIND.items() if name != "wide"}
    counts = count_draws(factors, 300_000, 5, 2, False)
    changed = factors | {"uniform": (Uniform(0.0, 0.4), False)}
    assert chi_square_in_errors(counts, product_cells(list(changed.values()))) > 5


# ---- the kernel against its twins


def kernel_products(factors, key, first, size):
    known, others = known_factors(factors)
    out = np.empty(size)
    products(*key, known, first, out)
    return out, others


@pytest.mark.parametrize("first", [0, 1000, 10**12 + 7])
def test_kernel_against_plain_python(first):
    factors = {k: v for k, v in EVERY_KIND.items() if k not in ("beta", "mixture")}
    got, others = kernel_products(factors, (1, 2), first, 30)
    assert not others
    expected = [naive.log10_product(factors, (1, 2), first + k) for k in range(30)]
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-11)


def test_kernel_against_numpy(paper):
    factors = factors_of(paper)
    key = key_of(3)
    got, _ = kernel_products(factors, key, 0, 200_000)
    parameters = {}
    for name, (distribution, _) in factors.items():
        u = np.empty(200_000)
        uniforms(*key, slot_of(name), 0, 0, u)
        parameters[name] = distribution.log10_ppf(u)
    # 1e-11: the house's limit; |log10 N| is up to 300, so 1e-13 of it is rounding.
    np.testing.assert_allclose(got, log10_civilizations(paper, parameters), rtol=0, atol=1e-11)


def test_counts_are_those_of_the_values():
    counts = count_draws(EVERY_KIND, 200, 9, 1, False)
    values = [naive.log10_product(EVERY_KIND, key_of(9), i) for i in range(200)]
    lowest_bin = LOWEST * BINS_PER_DEX
    used = np.flatnonzero(counts[1:-1])
    got = zip((used + lowest_bin).tolist(), counts[1 + used].tolist(), strict=True)
    assert dict(got) == naive.histogram(values)


def test_below_above_and_nan_are_counted():
    known, _ = known_factors({"one": (Fixed(1.0), False)})
    offset = np.array([-np.inf, -400.1, -400.0, 0.0, 79.999, 80.0, np.inf, np.nan])
    counts = np.zeros(BINS + 3, np.int64)
    count_products(1, 2, known, 0, offset.size, offset, counts)
    assert counts[[0, 1, 1 - LOWEST * BINS_PER_DEX, BINS, BINS + 1, BINS + 2]].tolist() == [
        2, 1, 1, 1, 2, 1,
    ]  # fmt: skip
    assert counts.sum() == offset.size


# ---- bits, memory, seeds


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 300_000), st.integers(1, 5))
def test_any_number_of_threads_gives_the_same_bits(draws, threads):
    expected = count_draws(EVERY_KIND, draws, 4, 1, False)
    np.testing.assert_array_equal(count_draws(EVERY_KIND, draws, 4, threads, False), expected)
    assert expected.sum() == draws


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000), st.integers(0, 5000))
def test_any_chunking_gives_the_same_counts(middle, size):
    known, _ = known_factors({k: EVERY_KIND[k] for k in ("wide", "uniform", "log_uniform")})
    whole, parts = np.zeros(BINS + 3, np.int64), np.zeros(BINS + 3, np.int64)
    nothing = np.empty(0)
    count_products(1, 2, known, 7, middle + size, nothing, whole)
    count_products(1, 2, known, 7, middle, nothing, parts)
    count_products(1, 2, known, 7 + middle, size, nothing, parts)
    np.testing.assert_array_equal(whole, parts)


def test_memory_does_not_grow_with_draws(paper):
    def peak(draws):
        tracemalloc.start()
        count_draws(factors_of(paper), draws, 1, 2, False)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    # 32 histograms of half a megabyte at most, whatever the number; 4e6 draws would be 32 MB.
    assert peak(4_000_000) < 20e6


def test_a_seed_repeats_and_another_differs(paper):
    first, again, other = (drake_distribution(paper, 5000, rng=rng) for rng in (1, 1, 2))
    assert first.identical(again)
    assert not first["count"].equals(other["count"])
    fresh = drake_distribution(paper, 5000)
    assert fresh.identical(drake_distribution(paper, 5000, rng=int(fresh.attrs["seed"])))


def test_seeds():
    generator = np.random.default_rng(5)
    assert seed_of(generator) != seed_of(generator)
    assert seed_of(np.random.default_rng(5)) == seed_of(np.random.default_rng(5))
    parent = np.random.SeedSequence(5)
    child, other = parent.spawn(2)
    assert len({seed_of(s) for s in (parent, child, other)}) == 3
    assert seed_of(np.int64(5)) == 5
    assert key_of(2**127) != key_of(2**126)
    # The stream itself is part of the contract: a change here needs a new STREAM_VERSION.
    assert key_of(7) == (3618983171, 941218350)
    for bad in (-1, 1.5, True, "7"):
        with pytest.raises(InputError, match="rng"):
            seed_of(bad)


# ---- log10_civilizations and errors


def test_saturation_is_monotone_and_never_above_one():
    log10_x = np.linspace(-20, 5, 20_001)
    got = log10_saturated(log10_x)
    assert (np.diff(got) >= 0).all()
    assert (got <= 0).all()
    assert (got <= log10_x).all()


def test_log10_civilizations_checks_its_input(paper):
    good = {name: np.zeros(3) for name in factors_of(paper)}
    expected = log10_saturated(np.zeros(3))
    np.testing.assert_array_equal(log10_civilizations(paper, good), expected)
    with pytest.raises(InputError, match="factor 'lifetime' is not given"):
        log10_civilizations(paper, {k: v for k, v in good.items() if k != "lifetime"})
    with pytest.raises(InputError, match="lifetime: NaN in draw 1"):
        log10_civilizations(paper, good | {"lifetime": np.array([0.0, np.nan, 0.0])})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 0}, "draws is 0"),
        ({"draws": 1.5}, "draws is 1.5"),
        ({"draws": 10, "threads": 0}, "threads is 0"),
        ({"draws": 10, "rng": "x"}, "rng: got 'x'"),
    ],
)
def test_bad_arguments(paper, arguments, message):
    with pytest.raises(InputError, match=message):
        drake_distribution(paper, **arguments)


def test_only_drake_scenarios():
    with pytest.raises(InputError, match="allowed: 'drake'"):
        drake_distribution(load_scenario("cook2022-balanced"))


@pytest.mark.parametrize("draws", [None, 1000])
def test_n_beyond_the_histogram_is_an_error(paper, draws):
    huge = paper.replace(lifetime=LogUniform(1e60, 1e100))
    with pytest.raises(InputError, match="N exceeds 1e80"):
        drake_distribution(huge, draws, rng=1)


@pytest.mark.parametrize("draws", [None, 1000])
def test_negative_factor_is_an_error(paper, draws):
    with pytest.raises(InputError, match=r"lifetime: Uniform.* reaches from -1 to 1; allowed"):
        drake_distribution(paper.replace(lifetime=Uniform(-1.0, 1.0)), draws, rng=1)


def test_too_many_decades_without_draws():
    with pytest.raises(InputError, match="decades"):
        product_cells([(LogNormal10(0.0, 1e4), False)])


def test_a_factor_of_zero_means_nobody(paper):
    for draws in (None, 1000):
        nobody = drake_distribution(paper.replace(planet_fraction=0.0), draws, rng=1)
        assert float(nobody["mean"]) == 0.0
        assert float(nobody["probability_none"]) == 1.0
        assert (nobody["log10_civilizations_quantile"] == -np.inf).all()


def test_progress_is_reported(paper):
    seen = []
    drake_distribution(
        paper, 100_000, rng=1, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (100_000, 100_000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_labels(exact, drawn):
    for data in (exact, drawn):
        for variable in (*data.data_vars, *data.coords):
            assert {"units", "long_name"} <= set(data[variable].attrs)
    assert drawn.attrs["seed"] == "20180608"
    assert int(drawn["count"].sum()) == DRAWS
    assert float(exact["density"].sum()) / BINS_PER_DEX == pytest.approx(1.0, abs=1e-9)


def test_errors_of_draws_are_those_of_repeats(paper):
    """Of 40 seeds: within 4 of the log spread's own error, 1 / sqrt(78); middle quantiles."""
    made = [drake_distribution(paper, 2000, rng=seed) for seed in range(40)]
    limit = 4.0 / np.sqrt(78.0)
    rows = []
    for name in ("probability_below_one", "probability_alone", "probability_none"):
        told = np.mean([one[f"{name}_standard_error"].item() for one in made])
        rows.append((np.std([one[name].item() for one in made], ddof=1), told))
    name = "log10_civilizations_quantile"
    middle = [3, 4, 5]
    spread = np.std([one[name].values[middle] for one in made], axis=0, ddof=1)
    half = [(one[f"{name}_high"] - one[f"{name}_low"]).values[middle] / 2.0 for one in made]
    rows += zip(spread, np.mean(half, axis=0), strict=True)
    off = np.log(np.array(rows)).T
    assert (np.abs(off[0] - off[1]) < limit).all()
    assert (np.abs(off[0] - off[1] - np.log(2.0)) > limit).any()  # negative control
    first = made[0]
    assert first.median_low < first["median"] < first.median_high


def test_what_is_computed_has_no_error_and_few_draws_have_one(exact, paper):
    for name in ("probability_below_one", "probability_alone", "probability_none", "mean"):
        assert exact[f"{name}_standard_error"].item() == 0.0
    for name in ("median", "log10_civilizations_quantile"):
        for end in ("low", "high"):
            np.testing.assert_array_equal(exact[f"{name}_{end}"], exact[name])
    one = drake_distribution(paper, 1, rng=1)
    assert one.probability_below_one_standard_error.item() == 1.0
    assert (one.log10_civilizations_quantile_low > -np.inf).all()
    assert all(one[name].attrs["long_name"] for name in one.data_vars)
