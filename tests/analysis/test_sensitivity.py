"""Sensitivity, conditional curves, information, premises: functions with known answers."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.choice import gain_of_knowing
from sfc_sim.analysis.sobol import explained_share, factorial_indices, indices
from sfc_sim.report.web import page

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def study(believed):
    return believed


def ishigami(u):
    x = np.pi * (2.0 * u - 1.0)
    return (np.sin(x[0]) + 7.0 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0]))[None]


def test_indices_of_the_ishigami_function():
    """Closed form (Ishigami & Homma 1990), a = 7, b = 0.1; the fourth input does nothing."""
    a, b = 7.0, 0.1
    parts = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0])
    joint = 8 * b**2 * np.pi**8 / 225
    variance = parts.sum() + joint
    found = indices(ishigami, [[0], [1], [2], [3]], 4096, seed=1)
    assert found["first_order"][0] == pytest.approx([*parts / variance, 0.0], abs=0.02)
    total = [(parts[0] + joint) / variance, parts[1] / variance, joint / variance, 0.0]
    assert found["total"][0] == pytest.approx(total, abs=0.02)
    assert np.all(found["total_low"] <= found["total"])
    assert np.all(found["total"] <= found["total_high"])


def test_a_live_input_is_not_taken_for_a_dead_one():
    """Negative control: the interval of what matters leaves out 0."""
    found = indices(ishigami, [[0], [1], [2], [3]], 1024, seed=1)
    assert found["first_order_low"][0, 1] > 0.3


@pytest.mark.parametrize("factor", [1e-200, 1e-12, 1e12, 1e200])
def test_indices_do_not_depend_on_scale_or_offset(factor):
    plain = indices(ishigami, [[0], [1], [2]], 512, seed=3)
    scaled = indices(lambda u: factor * (ishigami(u) + 5.0), [[0], [1], [2]], 512, seed=3)
    for name, values in plain.items():
        assert scaled[name] == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_not_finite_is_named(wrong):
    with pytest.raises(sfc.InputError, match=r"output 0 is .* at the point \["):
        indices(lambda u: np.where(u[:1] < 0.1, wrong, u[:1]), [[0], [1]], 64)


def test_a_constant_has_no_indices():
    """0.1 summed in another order differs by rounding alone: that is no variance."""
    constant = indices(lambda u: 0.1 + 1e-17 * u[:1], [[0], [1]], 64)
    assert all(np.all(values == 0.0) for values in constant.values())
    table = np.full((3, 3), 0.7) * (1.0 + 2.2e-16 * np.arange(3))
    third = np.full(3, 1 / 3)
    for found in factorial_indices(table, [third, third]):
        assert np.array_equal(found, [0.0, 0.0])


def test_choices_without_effect_have_no_share():
    study = sfc.assess("kipping2020", 500, rng=1, similarity=0.7)
    table = sfc.analysis.sensitivity(study, points=16)
    assert np.array_equal(table["choice_total"], [0.0, 0.0])
    assert np.array_equal(table["choice_first_order"], [0.0, 0.0])


def test_intervals_cover_what_is_so():
    """Of 60 seeds, 90 % intervals of y = u0 + 2 u1 cover 1/5: k = 4 standard errors of a count."""
    covered = 0
    for seed in range(60):
        found = indices(lambda u: u[:1] + 2.0 * u[1:2], [[0], [1]], 256, confidence=0.9, seed=seed)
        covered += bool(found["total_low"][0, 0] < 0.2 < found["total_high"][0, 0])
    assert covered > 60 * 0.9 - 4 * np.sqrt(60 * 0.9 * 0.1)


def test_same_seed_same_bytes():
    np.random.seed(1)  # noqa: NPY002 (what must not matter)
    one = indices(ishigami, [[0], [1], [2]], 128, seed=3)
    np.random.seed(2)  # noqa: NPY002 (likewise)
    two, other = (indices(ishigami, [[0], [1], [2]], 128, seed=seed) for seed in (3, 4))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert not np.array_equal(one["total_low"], other["total_low"])  # the control: seeds matter


def test_columns_that_go_together_are_one_input():
    """y = u0 + u1 + 2 u2: the pair has 2/6 of the variance."""
    found = indices(lambda u: (u[0] + u[1] + 2.0 * u[2])[None], [[0, 1], [2]], 2048)
    assert found["first_order"][0] == pytest.approx([2 / 6, 4 / 6], abs=0.02)
    assert found["total"][0] == pytest.approx([2 / 6, 4 / 6], abs=0.02)


def test_additive_choices_have_no_interaction():
    table = np.add.outer([0.0, 1.0, 3.0], [0.0, 2.0])
    weights = [np.array([0.2, 0.5, 0.3]), np.array([0.5, 0.5])]
    first, total = factorial_indices(table, weights)
    assert first == pytest.approx(total)
    assert first.sum() == pytest.approx(1.0)


def test_choices_that_only_matter_together_have_no_first_order():
    half = np.array([0.5, 0.5])
    first, total = factorial_indices(np.array([[0.0, 1.0], [1.0, 0.0]]), [half, half])
    assert first == pytest.approx(0.0)
    assert total == pytest.approx(1.0)


def test_explained_share_of_a_line_with_noise():
    rng = np.random.default_rng(1)
    x, noise = rng.standard_normal((2, 50_000))
    weight = rng.exponential(size=50_000)
    share, _ = explained_share(x, x + noise, weight, 40)
    # 40 bins lose 1 % of the variance of a normal in them; 3 standard errors are .01.
    assert share == pytest.approx(0.5, abs=0.02)
    none, floor = explained_share(x, noise, weight, 40)
    assert none < 3.0 * floor


def test_chance_in_bins_of_few_draws_is_counted_whole():
    """Ten draws in each of 20 bins: chance gives 20/199 of a variance.

    Within 4 standard errors of a mean of 400 tables.

    Negative control: about means of their own, draws would give a tenth less.
    """
    rng = np.random.default_rng(1)
    rows = [explained_share(*rng.standard_normal((2, 200)), np.ones(200)) for _ in range(400)]
    noise = np.array(rows)[:, 1]
    error = noise.std(ddof=1) / 20.0
    assert abs(noise.mean() - 20.0 / 199.0) < 4.0 * error < 0.003
    assert abs(0.9 * noise.mean() - 20.0 / 199.0) > 4.0 * error
    # A bin for every draw says nothing: chance alone gives as much.
    share, floor = explained_share(*rng.standard_normal((2, 30)), np.ones(30))
    assert share == pytest.approx(0.0, abs=1e-12)
    assert floor == pytest.approx(1.0)


def test_report_says_what_matters(study):
    found = sfc.analysis.sensitivity(study, points=512)
    total = found.total.sel(output="log_density")
    assert total.idxmax("input").item() == "hard_steps"
    assert found.choice_first_order.sel(choice="theory").item() > 0.5
    assert np.all(found.choice_total >= found.choice_first_order - 1e-12)
    assert "similarity" in found.input.values


def test_bins_together_are_the_whole(study):
    """The discount is the mean over bins, by the copies x stakes in each: here by one bin pair."""
    curve = sfc.analysis.conditional(study, "hard_steps").sel(theory="adt-total")
    base = study.report.extinction_discount.sel(theory="adt-total").item()
    assert curve.extinction_discount.min() < base < curve.extinction_discount.max()


def test_values_are_runs_of_their_own(study):
    curve = sfc.analysis.conditional(study, "habitability_onset", values=[7.0], draws=20_000)
    again = curve.extinction_discount.sel(theory="adt-total", value=7.0).item()
    # 7 Gyr is what the scenario has: the same draws, and the same number.
    told = study.report.extinction_discount.sel(theory="adt-total").item()
    assert again == pytest.approx(told)


def test_tornado_is_sorted_and_has_the_theory(study):
    found = sfc.analysis.tornado(study)
    width = np.ptp(found.extinction_discount.values, axis=1)
    told = np.isfinite(width)
    assert np.all(np.diff(width[told]) <= 0.0)
    assert np.all(told[:-1] | ~told[1:])  # what rests on too few draws comes last
    assert "theory" in found.input.values


def test_knowing_between_two_states_is_exact():
    """Two states, two actions: best with knowledge 0.3 x 5 + 0.7 x 2, without max(1.5, 1.4)."""
    gains = np.array([[5.0, 0.0], [0.0, 2.0]])
    weight = np.array([0.3, 0.7])
    assert gain_of_knowing(gains, weight, np.arange(2)) == pytest.approx(1.5 + 1.4 - 1.5)


def test_knowing_a_normal_is_the_unit_normal_loss():
    """Action of gain X ~ N(m, 1) or none: E max(X, 0) - max(m, 0) (Raiffa & Schlaifer 1961)."""
    from scipy.stats import norm

    x = norm.ppf((np.arange(100_000) + 0.5) / 100_000) - 0.5
    exact = norm.pdf(0.5) - 0.5 * norm.sf(0.5)
    gains, weight = np.array([x, np.zeros(x.size)]), np.full(x.size, 1e-5)
    assert gain_of_knowing(gains, weight, np.arange(x.size)) == pytest.approx(exact, rel=1e-3)
    assert gain_of_knowing(gains, weight, np.zeros(x.size, dtype=int)) == 0.0


def test_information_is_never_negative_and_noise_is_small(study):
    found = sfc.analysis.value_of_information(study)
    values, errors = found.value_of_information, found.value_of_information_standard_error
    told = np.isfinite(values)
    best = values.sel(input="everything").item()
    assert np.all((values >= 0.0) & (values <= best + 1e-12) | ~told)
    assert np.array_equal(told, np.isfinite(errors))
    assert values.sel(input="theory").item() > 4 * errors.sel(input="theory").item()


def test_a_decided_question_is_worth_nothing(study):
    found = sfc.analysis.value_of_information(
        study, tractability={"extinction": 1e-9, "alignment": 1.0}
    )
    assert np.all((found.value_of_information == 0.0) | np.isnan(found.value_of_information))


def test_premises_flip_one_at_a_time(study):
    found = sfc.analysis.premises(study, only=["anthropic theory", "value of others"])
    base = study.report.extinction_discount.sel(theory="adt-total").item()
    assert found.extinction_discount.values[0] == base
    nothing = found.isel(row=np.flatnonzero(found.alternative == "q = 0"))
    assert nothing.extinction_discount.item() == 0.0
    prior = found.isel(row=np.flatnonzero(found.alternative == "prior"))
    exact = study.report.extinction_discount.sel(theory="prior").item()
    assert prior.extinction_discount.item() == exact
    told = sfc.report.text(found)
    assert all(told.count(name) for name in found.alternative.values.tolist())


def test_premises_of_a_static_scenario_leave_out_what_it_has_not():
    static = sfc.assess("sandberg2018", 4000, rng=1, theories=["prior", "sia"], evidence="none")
    found = sfc.analysis.premises(static, only=["dates", "expanders", "value kept"])
    assert found.attrs["left_out"] == "dates, expanders"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda r: sfc.analysis.sensitivity(r, points=100), "power of two"),
        (lambda r: sfc.analysis.conditional(r, "expansion_sped"), "expansion_speed"),
        (lambda r: sfc.analysis.conditional(r, "habitability_onset"), "pass values"),
        (lambda r: sfc.analysis.tornado(r, tail=0.7), "tail"),
        (lambda r: sfc.analysis.value_of_information(r, actions=["extinction"]), "two or more"),
        (
            lambda r: sfc.analysis.value_of_information(r, actions=["extinction", "aligment"]),
            "alignment",
        ),
        (
            lambda r: sfc.analysis.value_of_information(r, tractability={"alignment": -1.0}),
            "0 or more",
        ),
        (lambda r: sfc.analysis.value_of_information(r, theory="sia"), "theory"),
        (lambda r: sfc.analysis.premises(r, only=["border"]), "borders"),
        (lambda r: sfc.analysis.premises(r, theory="sia"), "theory"),
        (
            lambda r: sfc.analysis.premises(r, only="borders"),
            "only is 'borders'; it must be a list",
        ),
        (
            lambda r: sfc.analysis.premises(r.report),
            "study is a Dataset; pass what sfc_sim.assess returns",
        ),
        (
            lambda r: sfc.report.text(r.draws),
            "it must be a table of sfc_sim.assess",
        ),
        (lambda r: sfc.analysis.tornado(r, "sia"), "theory"),
        (lambda r: sfc.analysis.tornado(3), "pass what sfc_sim.assess returns"),
        (lambda r: sfc.analysis.value_of_information(r, p_survive=3.0), "p_survive is 3.0"),
        (lambda r: sfc.analysis.value_of_information(r, bins=0), "bins is 0"),
        (lambda r: sfc.inference.aggregate(3), "pass a report"),
    ],
)
def test_errors_say_what_is_allowed(study, make, words):
    with pytest.raises(sfc.InputError, match=words):
        make(study)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("name", "draws"),
    [("hanson2021-n6-half", 500), ("westby2020-strong", 500), ("mills2025", 2000)],
)
def test_scenarios_of_little_spread_have_their_report(name, draws):
    """One input, none, and worlds of no weight below all that have any."""
    found = sfc.assess(name, draws, rng=7, theories=["prior", "adt-total"])
    table = sfc.analysis.sensitivity(found, points=64)
    assert np.all(np.isfinite(table.total))
    assert page(found).endswith("</html>\n")


def test_one_input_has_all_of_the_variance():
    """Two columns, the second of which does nothing: the first has an index of 1."""
    found = indices(lambda u: u[:1], [[0], [1]], 1024, seed=1)
    assert found["first_order"][0] == pytest.approx([1.0, 0.0], abs=0.02)
    assert found["total"][0] == pytest.approx([1.0, 0.0], abs=0.02)
    assert found["total_low"][0, 0] > 0.8


def test_nothing_to_move_is_said():
    fixed = sfc.assess("westby2020-strong", 500, rng=7, theories=["prior"], evidence="none")
    with pytest.raises(sfc.InputError, match="nothing to vary"):
        sfc.analysis.tornado(fixed)
