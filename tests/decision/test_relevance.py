"""Decision relevance: identities with the theories, signs of stakes, sums by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.decision.stakes import IMPLEMENTATIONS
from tests.given import unseen

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 6000, rng=11)


@pytest.fixture(scope="module")
def table(draws):
    return sfc.decision.relevance(draws)


@pytest.fixture(scope="module")
def weights(draws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.weigh(draws)


def relevance_of(table, name: str) -> np.ndarray:
    return table.relevance.sel(implementation=name).values


def weight_of(weights, theory: str) -> np.ndarray:
    return np.exp(weights.log_weight.sel(theory=theory).values)


@pytest.mark.parametrize(
    ("name", "theory"),
    [
        ("copies-total", "adt-total"),
        ("copies-average", "adt-average"),
        ("simulated-past", "adt-total"),  # SIA with pasts simulated as resources allow
    ],
)
def test_ways_that_are_theories(table, weights, name: str, theory: str) -> None:
    expected = weight_of(weights, theory)
    np.testing.assert_allclose(relevance_of(table, name), expected, rtol=1e-9, atol=1e-300)
    row = table.sel(implementation=name)
    assert row.ess.item() == pytest.approx(weights.ess.sel(theory=theory).item(), rel=1e-9)
    others = [other for other in IMPLEMENTATIONS if other not in (name, "simulated-past")]
    wrong = relevance_of(table, next(o for o in others if o != "copies-total"))
    assert not np.allclose(wrong, expected, rtol=1e-3)


@pytest.mark.parametrize("name", ["copies-total", "copies-average"])
def test_shares_are_those_of_saturation(draws, weights, table, name: str) -> None:
    theory = name.replace("copies", "adt")
    share = sfc.saturation(draws, weights).sel(theory=theory)
    row = table.sel(implementation=name)
    for variable in ("recovered_share", "recovered_share_standard_error"):
        assert row[variable].item() == pytest.approx(share[variable].item(), rel=1e-9)


def test_equal_stakes_are_self_indication() -> None:
    """Of the worlds that were drawn: where nothing is redrawn, or observations come in."""
    static = sfc.sample("sandberg2018", 3000, rng=4)
    observed = sfc.sample("cook2022-balanced", 3000, rng=4)
    for draws, evidence in ((static, "none"), (observed, ["nothing-visible", "stars-searched"])):
        found = relevance_of(
            sfc.decision.relevance(draws, evidence, implementations=["sia-like"]), "sia-like"
        )
        expected = weight_of(sfc.weigh(draws, evidence, theories=["sia"]), "sia")
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-300)
        prior = weight_of(sfc.weigh(draws, evidence, theories=["prior"]), "prior")
        assert not np.allclose(found, prior, rtol=1e-3)


def test_causal_without_stakes_is_the_prior(table, weights) -> None:
    row = table.sel(implementation="causal")
    freed = row.relevance.values / row.changed.values
    # Weights below 1e-300 have lost digits.
    np.testing.assert_allclose(
        freed / freed.sum(), weight_of(weights, "prior"), rtol=1e-9, atol=1e-300
    )
    np.testing.assert_allclose(np.exp(row.log_copies), weight_of(weights, "prior"), rtol=1e-9)
    np.testing.assert_allclose(np.exp(table.log_weight), weight_of(weights, "prior"), rtol=1e-9)
    assert not np.allclose(row.relevance, weight_of(weights, "prior"), rtol=1e-3)


def test_credences_with_simulations_against_their_forms(draws, table) -> None:
    """Cook (2022): f N g; f N g A; N g / N_IC x (1 - g_v(final))."""
    chance = np.exp(draws.log_observers_like_us.values - np.exp(draws.log_seen_now.values))
    fraction = draws.expanding_fraction.values
    # Where fronts take less than 1e-8 of space, plain 1 - exp(-V) has lost its digits.
    taken = -np.expm1(-np.exp(draws.log_covered_final.values))
    for name, weight in (
        ("simulated-fixed", fraction * chance),
        ("simulated-past", fraction * chance * unseen(draws).volume_grabbed.values),
        ("simulated-at-large", chance * taken / draws.intelligent_actual.values),
    ):
        found, expected = relevance_of(table, name), weight / weight.sum()
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)


def test_shares_with_simulations_are_of_the_real(table) -> None:
    """Counting what is grabbed once as simulations and once as stakes would be the trap."""
    share = table.recovered_share
    assert share.sel(implementation="simulated-past").item() == pytest.approx(
        share.sel(implementation="copies-total").item(), rel=1e-12
    )
    assert share.sel(implementation="simulated-at-large").item() == pytest.approx(
        share.sel(implementation="sia-like").item(), rel=1e-12
    )


def test_stakes_of_survival(draws) -> None:
    grabbed, kept = unseen(draws).volume_grabbed.values, unseen(draws).volume_marginal.values
    for q, kappa in ((0.0, 1.0), (1.0, 1.0), (1.0, 0.4), (2.0, 1.0), (-1.0, 1.0)):
        table = sfc.decision.relevance(
            draws, implementations=["extinction"], similarity=q, retention=kappa
        ).squeeze()
        expected = kept + (grabbed - kept) * (1.0 - kappa * q)
        np.testing.assert_allclose(table.changed, expected, rtol=1e-12)
        assert np.abs(table.relevance).sum().item() == pytest.approx(1.0)
        felt = table.relevance.values != 0.0  # in many worlds we could not be: weight 0
        np.testing.assert_array_equal(np.sign(table.relevance)[felt], np.sign(expected)[felt])
        assert (table.relevance < 0.0).any() == (q == 2.0)
        phi = 1.0 - kappa * q * table.recovered_share.item()
        assert table.extinction_multiplier.item() == pytest.approx(phi, rel=1e-9)


def test_without_others_survival_is_as_quality(draws) -> None:
    table = sfc.decision.relevance(draws, similarity=0.0)
    np.testing.assert_allclose(
        relevance_of(table, "extinction"), relevance_of(table, "copies-total"), rtol=1e-12
    )
    assert (table.extinction_multiplier == 1.0).all()
    full = sfc.decision.relevance(draws, similarity=1.0)
    assert not np.allclose(relevance_of(full, "extinction"), relevance_of(full, "copies-total"))


def test_survival_is_for_emptier_worlds(table) -> None:
    """What others would take anyway is no reason to survive."""
    density = table.log_rivals.values
    means = {name: relevance_of(table, name) @ density for name in ("extinction", "copies-total")}
    assert means["extinction"] < means["copies-total"] - 0.3


def test_similarity_that_goes_with_the_world(draws) -> None:
    """Sums by hand; the mean similarity in place of each world's would be another number."""
    model = sfc.decision.SpeedLinked(slow=1.0, fast=-1.0)
    table = sfc.decision.relevance(
        draws, implementations=["copies-total"], similarity=model
    ).squeeze()
    chance = np.exp(draws.log_observers_like_us.values - np.exp(draws.log_seen_now.values))
    copies = draws.expanding_fraction.values * chance
    lost = unseen(draws).volume_grabbed.values - unseen(draws).volume_marginal.values
    q = model.draw(np.full(lost.size, 0.5), {"expansion_speed": draws.expansion_speed.values})
    norm = copies @ unseen(draws).volume_grabbed.values
    expected = 1.0 - copies @ (q * lost) / norm
    assert table.extinction_multiplier.item() == pytest.approx(expected, rel=1e-9)
    plain = 1.0 - (copies @ q / copies.sum()) * table.recovered_share.item()
    assert abs(plain - expected) > 1e-2


def test_uncertain_similarity_counts_by_its_mean(draws) -> None:
    one, other = (
        sfc.decision.relevance(draws, implementations=["extinction"], similarity=q)
        for q in (sfc.Uniform(0.0, 1.0), 0.5)
    )
    np.testing.assert_allclose(one.relevance, other.relevance, rtol=1e-12)


def test_correlation_defeats_saturation(draws) -> None:
    found = [
        sfc.decision.relevance(draws, implementations=["correlated"], correlated=c).squeeze()
        for c in (0.0, 0.5, 1.0)
    ]
    multipliers = [each.extinction_multiplier.item() for each in found]
    assert multipliers[0] < multipliers[1] < multipliers[2] == pytest.approx(1.0, abs=1e-12)
    assert found[2].recovered_share.item() == pytest.approx(0.0, abs=1e-12)


def test_nobody_correlated_in_the_static_model() -> None:
    """Then the world at large is as our own surroundings."""
    draws = sfc.sample("sandberg2018", 3000, rng=4)
    table = sfc.decision.relevance(
        draws, implementations=["extinction", "correlated"], correlated=0.0
    )
    np.testing.assert_allclose(
        relevance_of(table, "correlated"), relevance_of(table, "extinction"), rtol=1e-9
    )


def test_labels_and_settings(table) -> None:
    assert all(table[name].attrs.get("long_name") for name in table.data_vars)
    assert {"scenario_hash", "evidence", "similarity", "correlated"} <= set(table.attrs)
    assert table.meaning.sel(implementation="causal").item() == IMPLEMENTATIONS["causal"].meaning


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"implementations": "causal"}, "implementations is 'causal'; it must be a list"),
        ({"implementations": ["casual"]}, "did you mean 'causal'"),
        ({"retention": 1.5}, "retention is 1.5; .* from 0 to 1"),
        ({"correlated": -0.1}, "correlated is -0.1; .* from 0 to 1"),
        ({"similarity": float("nan")}, "similarity is nan"),
        ({"evidence": "nothing"}, "unknown evidence 'nothing'"),
    ],
)
def test_a_wrong_argument_is_named(draws, arguments, words: str) -> None:
    with pytest.raises(sfc.InputError, match=words) as caught:
        sfc.decision.relevance(draws, **arguments)
    assert "\n" not in str(caught.value)


def test_nothing_at_stake_in_a_full_universe() -> None:
    """Others as good as we take all of it anyway: survival is worth nothing in any world."""
    draws = sfc.sample("drake1961-high", 200, rng=1)
    table = sfc.decision.relevance(draws, "none", implementations=["extinction", "copies-total"])
    assert not table.relevance.sel(implementation="extinction").any()
    assert table.ess.sel(implementation="extinction").item() == 0.0
    assert table.extinction_multiplier.values == pytest.approx(0.0, abs=1e-12)
    assert table.relevance.sel(implementation="copies-total").sum().item() == pytest.approx(1.0)


def test_a_study_is_asked_with_its_own_values() -> None:
    """Of a value that is kept by dates, the kappa of the theory that is reported."""
    asked = {"theories": ["prior", "adt-total"], "similarity": 0.5, "aim": False, "rng": 7}
    ways = ["extinction", "copies-total"]
    for kept in (0.6, "horizon"):
        study = sfc.assess("finnveden2019", 1000, retention=kept, **asked)
        kappa = study.report.retention.sel(theory="adt-total").item()
        found = sfc.decision.relevance(study, implementations=ways)
        given = sfc.decision.relevance(
            study.draws, implementations=ways, similarity=0.5, retention=kappa
        )
        np.testing.assert_array_equal(found.relevance, given.relevance)
        own = sfc.decision.relevance(
            study, implementations=ways, similarity=1.0, retention=1.0
        ).extinction_multiplier
        plain = sfc.decision.relevance(study.draws, implementations=ways)
        np.testing.assert_array_equal(own, plain.extinction_multiplier)
        assert (own < found.extinction_multiplier - 0.01).all()


@pytest.mark.parametrize("value", [1.0, -3.0])
def test_errors_of_what_few_worlds_carry(value: float) -> None:
    """100 seeds of 100 draws: the truth is within two errors in more than 90 %.

    Without the bound of few draws it is in fewer than 60 %.
    """
    ways = ["causal"]
    many = sfc.sample("finnveden2019", 20_000, rng=99)
    true = sfc.decision.relevance(many, implementations=ways, similarity=value)
    names = ("recovered_share", "extinction_multiplier")
    inside, plain = np.zeros(2), np.zeros(2)
    for seed in range(100):
        draws = sfc.sample("finnveden2019", 100, rng=seed)
        found = sfc.decision.relevance(draws, implementations=ways, similarity=value)
        volumes = unseen(draws)
        lost = (volumes.volume_grabbed - volumes.volume_marginal).values
        copies = np.exp(found.log_copies.values[0])
        taken = copies @ volumes.volume_grabbed.values
        influence = copies * (lost - (copies @ lost) / taken * volumes.volume_grabbed.values)
        error = np.sqrt(influence @ influence) / taken
        for k, name in enumerate(names):
            off = abs(found[name].item() - true[name].item())
            inside[k] += off <= 2.0 * found[f"{name}_standard_error"].item()
            plain[k] += off <= 2.0 * error * (1.0, abs(value))[k]
    assert (inside > 90).all()
    assert (plain < 60).all()
