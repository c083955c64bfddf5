"""Volumes of draws have a dim ``evidence``; each evidence weighs and judges by its own entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.volumes import GIVEN, VOLUMES, given
from sfc_sim.expansion.base import EXPANDING_FRACTION, EXPANSION_SPEED, Expansion
from sfc_sim.inference import FRONTS, DecisionWeight, variable_of
from tests.test_own_models import Few

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

ENTRIES = ["nothing-visible", "not-engulfed"]


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 2000, rng=7)


def flipped(draws):
    """Return the draws with the two entries of the dim exchanged."""
    return draws.assign({name: draws[name].copy(data=draws[name].values[:, ::-1])
                         for name in VOLUMES})  # fmt: skip


def test_the_dim_has_the_names_of_front_evidence(draws):
    assert draws.evidence.values.tolist() == ENTRIES == list(GIVEN.values())
    for name, variable in draws.data_vars.items():
        wide = name in ("volume_grabbed", "volume_marginal")
        assert variable.dims == (("draw", "evidence") if wide else ("draw",)), name
    assert {front.entry for front in FRONTS.values()} == set(ENTRIES)
    # Given that nothing is visible we get more, in some worlds much more.
    more = draws.volume_grabbed.sel(evidence="nothing-visible") / draws.volume_grabbed.sel(
        evidence="not-engulfed"
    )
    assert more.min() > 1.0 - 1e-6
    assert more.max() > 1.5


@pytest.mark.parametrize("evidence", ENTRIES)
def test_an_evidence_weighs_and_judges_by_its_own_entry(draws, evidence):
    """In plain sums: weights of adt-total, and the share of what is grabbed that is recovered."""
    column = ENTRIES.index(evidence)
    cone = "log_seen_now" if evidence == "nothing-visible" else "log_covered_now"

    def by_hand(entry):
        grabbed = draws.volume_grabbed.values[:, entry]
        marginal = draws.volume_marginal.values[:, entry]
        copies = draws.expanding_fraction.values * draws.observers_like_us.values
        copies = copies * np.exp(-np.exp(draws[cone].values))
        weight = copies * grabbed
        return weight / weight.sum(), copies @ (grabbed - marginal) / (copies @ grabbed)

    weights = sfc.weigh(draws, evidence, theories=["adt-total"])
    weight, recovered = by_hand(column)
    found = sfc.saturation(draws, weights).recovered_share.item()
    np.testing.assert_allclose(np.exp(weights.log_weight.values[0]), weight, rtol=1e-9, atol=1e-15)
    assert found == pytest.approx(recovered, rel=1e-9)
    # Negative control: the other entry.
    weight, recovered = by_hand(1 - column)
    assert np.abs(np.exp(weights.log_weight.values[0]) - weight).sum() > 1e-3
    assert abs(found - recovered) > 1e-4


@pytest.mark.parametrize("evidence", ENTRIES)
def test_only_the_entry_asked_for_is_read(draws, evidence):
    wrong = draws.copy(deep=True)
    for name in VOLUMES:
        wrong[name].loc[{"evidence": [e for e in ENTRIES if e != evidence]}] = np.nan
    right, found = (
        sfc.saturation(each, sfc.weigh(each, evidence, theories=["adt-total"]))
        for each in (draws, wrong)
    )
    assert found.identical(right)
    exchanged = flipped(draws)  # the control
    other = sfc.saturation(exchanged, sfc.weigh(exchanged, evidence, theories=["adt-total"]))
    assert other.recovered_share.item() != right.recovered_share.item()


def test_what_comes_back_from_a_file_gives_the_same_bits(draws, tmp_path):
    again = sfc.load(sfc.save(draws, tmp_path / "draws.nc"))
    assert again.identical(draws)
    for evidence in ENTRIES:
        one, other = (sfc.weigh(each, evidence, theories=["adt-total"]) for each in (draws, again))
        assert one.identical(other)
        assert sfc.saturation(draws, one).identical(sfc.saturation(again, other))


def test_an_older_file_is_read_as_it_is_today(draws, tmp_path):
    """One variable for each evidence, as they were before."""
    older = draws.drop_vars([*VOLUMES, "evidence"])
    for name in VOLUMES:
        for entry, end in zip(ENTRIES, ("", "_not_engulfed"), strict=True):
            values = draws[name].sel(evidence=entry).values
            older[f"{name}{end}"] = ("draw", values, draws[name].attrs)
    again = sfc.load(sfc.save(older, tmp_path / "older.nc"))
    assert again.equals(draws)
    assert set(again.variables) == set(draws.variables)


def test_draws_that_are_joined_keep_the_dim(draws):
    parts = [draws.isel(draw=slice(0, 700)), draws.isel(draw=slice(700, None))]
    joined = xr.concat(parts, "draw", combine_attrs="override", data_vars="minimal")
    assert joined.equals(draws)
    mixture = sfc.assess({"cook2022-balanced": 0.5, "finnveden2019": 0.5}, 600, rng=7).draws
    assert mixture.volume_grabbed.dims == ("draw", "evidence")
    assert (np.diff(mixture.volume_grabbed.values, axis=1) <= 1e-6).all()


def test_draws_of_one_evidence_are_of_no_other(draws):
    chosen = draws.sel(evidence="not-engulfed")
    one, other = (
        sfc.weigh(each, "not-engulfed", theories=["adt-total"]).log_weight
        for each in (chosen, draws)
    )
    np.testing.assert_array_equal(one.values, other.values)
    with pytest.raises(sfc.InputError, match="are those given not-engulfed; asked for is nothing"):
        sfc.weigh(chosen, theories=["adt-total"])
    with pytest.raises(sfc.InputError, match="'volume_grabbed' of draws depends on evidence"):
        variable_of(draws, "volume_grabbed")


@dataclass(frozen=True)
class Marginal(DecisionWeight):
    """A weight of the user's own, by what nobody else would take."""

    name = "marginal"
    meaning = "by what nobody else would take"

    def log_factor(self, draws, front):
        return np.log(np.maximum(variable_of(draws, "volume_marginal"), 1e-300))


@pytest.mark.parametrize("evidence", ENTRIES)
def test_a_weight_of_ones_own_reads_the_volumes_of_the_evidence(draws, evidence):
    found = np.exp(sfc.weigh(draws, evidence, theories=[Marginal()]).log_weight.values[0])
    seen = given(draws, evidence)
    chance = np.exp(-np.exp(seen[FRONTS[evidence].covered].values))
    expected = np.maximum(seen.volume_marginal.values, 1e-300) * chance
    np.testing.assert_allclose(found, expected / expected.sum(), rtol=1e-9, atol=1e-15)


@dataclass(frozen=True)
class Halves(Expansion):
    """We hold half of what we reach; where nothing is visible all, if it has two rows."""

    rows: int = 2
    parameters = (EXPANDING_FRACTION, EXPANSION_SPEED)
    expanders = "expanding_fraction"
    needs = frozenset({"number"})
    gives = frozenset({"volumes", "fronts", "log_seen_now", "log_covered_now"})

    def follow(self, batch):
        known = batch.parameters
        log_number = batch.appearance.log_number(batch)
        alone = known["expansion_speed"] ** 3 * batch.affectable_volume
        held = {1: 0.5 * alone, 2: np.array([alone, 0.5 * alone]), 3: np.ones((3, alone.size))}
        kinds = ("intelligent_actual", "civilizations_actual", "seen_now", "covered_now")
        return {
            **{name: known[name] for name in batch.names},
            **{
                f"log_{kind}": log_number for kind in (*kinds, "observers_like_us", "covered_final")
            },
            "volume_alone": alone,
            "volume_grabbed": held[self.rows],
            "volume_marginal": 0.5 * held[self.rows],
        }


def halves(rows):
    priors = {"few": sfc.Uniform(0.1, 2.0), "expansion_speed": 0.5, "expanding_fraction": 0.5}
    return sfc.Scenario(appearance=Few(), expansion=Halves(rows), parameters=priors)


@pytest.mark.parametrize(("rows", "share"), [(2, 1.0), (1, 0.5)])
def test_a_model_of_ones_own_has_a_row_for_each_evidence_or_one_for_all(rows, share):
    draws = sfc.sample(halves(rows), 50, rng=1)
    assert draws.volume_grabbed.dims == ("draw", "evidence")
    for evidence, expected in (("nothing-visible", share), ("not-engulfed", 0.5)):
        world = sfc.sampling.worlds(draws, sfc.weigh(draws, evidence, theories=["prior"]), "prior")
        np.testing.assert_allclose(world["volume_grabbed"] / world["volume_alone"], expected)


def test_rows_that_belong_to_no_evidence_are_refused():
    with pytest.raises(sfc.InputError, match=r"'volume_grabbed' .* has shape \(3, 5\) for 5 draws"):
        sfc.sample(halves(3), 5, rng=1)
