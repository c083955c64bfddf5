"""The whole thread: what a report holds and what it hangs on."""

from __future__ import annotations

import json
import warnings
from fractions import Fraction

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.analysis import assessment
from sfc_sim.decision.wording import to_text

CONTRACT = (
    "probability_alone",
    "share_of_reach",
    "recovered_share",
    "extinction_multiplier",
    "extinction_discount",
    "ess",
)


def quiet_assess(*args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.assess(*args, **kwargs).report


@pytest.fixture(scope="module")
def report(balanced):
    return balanced.report


def test_report_has_its_contract(report):
    for name in CONTRACT:
        assert report[name].dims == ("theory",)
        # A theory that does not judge existence has no discount, and says so by NaN.
        judged = report[name][report["judges_existence"].astype(bool).values]
        assert np.isfinite(judged).all()
        assert report[name].attrs["long_name"]
    assert report["civilizations_actual"].dims == ("theory", "quantile")


def test_theories_give_what_cook_found(report):
    """Few draws, so only what is far apart: SIA and ADT total know we are not alone."""
    alone = report.probability_alone
    for theory in ("sia", "adt-total"):
        assert alone.sel(theory=theory) < 0.02
    for theory in ("ssa-civilizations", "adt-average"):
        assert 0.75 < alone.sel(theory=theory) < 0.95


@pytest.mark.usefixtures("quick")
def test_discount_follows_from_share_and_similarity():
    whole, half = (quiet_assess("cook2022-balanced", 500, rng=7, similarity=q) for q in (1.0, 0.5))
    expected = 0.5 * whole.extinction_discount.values
    assert half.extinction_discount.values == pytest.approx(expected, nan_ok=True)


def test_report_says_what_it_hangs_on(report):
    text = report.attrs["hangs_on"]
    assert "anthropic theory moves the discount" in text
    assert "expansion_speed" in text


def test_reports_survive_the_disk(report, tmp_path):
    path = sfc.save(report, tmp_path / "report.nc")
    again = sfc.load(path)
    assert again.equals(report)
    assert again.attrs["scenario_toml"] == report.attrs["scenario_toml"]
    with pytest.raises(InputError, match="force"):
        sfc.save(report, path)
    sfc.save(report, path, force=True)
    assert [item.name for item in tmp_path.iterdir()] == ["report.nc"]


def test_nothing_half_written(report, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sfc.save(report, tmp_path / "report.nc")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(report, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot write"):
        sfc.save(report, tmp_path / "file" / "report.nc")
    with pytest.raises(InputError, match="no file"):
        sfc.load(tmp_path / "absent.nc")


def test_observations_are_evidence_like_any_other():
    names = ["nothing-visible", "not-settled"]
    report = quiet_assess("cook2022-balanced", 2000, rng=7, evidence=names, theories=["prior"])
    assert report.attrs["evidence"] == "nothing-visible"
    assert "not settled" in report.attrs["observations"]
    with pytest.raises(InputError, match="did you mean 'not-settled'"):
        quiet_assess("cook2022-balanced", 10**9, evidence=["not-setled"])


def test_bad_similarity_fails_before_the_draws():
    with pytest.raises(InputError, match="similarity is nan"):
        sfc.assess("cook2022-balanced", 10**9, similarity=float("nan"))


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
def test_weights_of_a_heavy_tail_are_aimed_at_anew(monkeypatch):
    """By a longer pilot, once; a study of so many draws is left as it is."""
    asked = {"rng": 7, "theories": ["sia"], "threads": 1}
    monkeypatch.setattr(assessment, "LONG_PILOT", 700)
    monkeypatch.setattr(assessment, "heavy", lambda looked: True)
    assert sfc.assess("cook2022-balanced", precision=0.2, **asked).proposal.pilot == 700
    assert sfc.assess("cook2022-balanced", 300, **asked).proposal.pilot == 4000
    monkeypatch.setattr(assessment, "heavy", lambda looked: False)
    assert sfc.assess("cook2022-balanced", precision=0.2, **asked).proposal.pilot == 4000


@pytest.mark.verification
def test_a_longer_pilot_finds_what_a_short_one_missed():
    """Its k-hat grows with the draws: they find, one by one, what the proposal does not."""
    scenario = sfc.load_scenario("cook2022-bearish").replace(expanding_fraction=1.0)
    found = sfc.assess(scenario, rng=7, theories=["adt-total"])
    assert found.proposal.pilot == assessment.LONG_PILOT
    assert found.report.k_hat.item() < 0.7
    short = sfc.aim(scenario, theories=["adt-total"], rng=7, precision=0.005)
    draws = sfc.sample(scenario, 100_000, rng=7, aim=short)
    with pytest.warns(sfc.EffectiveSampleSizeWarning):
        assert sfc.weigh(draws, theories=["adt-total"]).k_hat.item() > 0.7


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
@pytest.mark.parametrize("kind", [np.float32, np.float64, Fraction])
def test_numbers_of_any_type_are_kept_as_python_has_them(kind, tmp_path):
    """They can be written: credences, similarity, retention and tolerance."""
    half = kind(0.5)
    values = {"retention": half, "similarity": half, "tolerance": kind(0.25)}
    believed = {"prior": half, "sia": half}
    study = sfc.assess("finnveden2019", 200, rng=1, theories=believed, **values)
    read = sfc.load(study.save(tmp_path / "study.nc"))
    plain = {"retention": 0.5, "similarity": 0.5, "tolerance": 0.25}
    assert {name: getattr(read, name) for name in plain} == plain
    assert read.credences == study.credences == {"prior": 0.5, "sia": 0.5}
    both = sfc.assess({"finnveden2019": half, "mills2025": half}, 200, rng=1, theories=["prior"])
    assert sfc.load(both.save(tmp_path / "both.nc")).scenario.credences == (0.5, 0.5)
    whole = sfc.assess("finnveden2019", 50, rng=1, theories={"prior": np.int64(1)})
    assert type(whole.credences["prior"]) is float


@pytest.mark.parametrize("kind", [np.float32, np.int64, Fraction])
def test_models_of_similarity_hold_numbers_that_can_be_written(kind):
    models = (
        sfc.decision.SpeedLinked(kind(1), kind(0)),
        sfc.decision.Filters(kind(1), {"any": kind(1)}, kind(2), kind(1), kind(3)),
    )
    for model in models:
        assert json.loads(to_text(model))["model"] == type(model).__name__


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
@pytest.mark.parametrize(
    "similarity", [1e300, -1e160, sfc.LogUniform(1e150, 1e160), sfc.Fixed(1e200)]
)
def test_a_similarity_whose_square_is_no_number_is_refused(similarity):
    with pytest.raises(sfc.InputError, match=r"similarity.* from -1e\+100 to 1e\+100"):
        sfc.assess("finnveden2019", 50, rng=1, theories=["prior"], similarity=similarity)
    for make in (lambda q: sfc.decision.SpeedLinked(q, 1.0), lambda q: sfc.decision.Filters(q)):
        with pytest.raises(sfc.InputError, match=r"to 1e\+100"):
            make(1e160)


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
@pytest.mark.parametrize("similarity", [1e100, -1e100, sfc.LogUniform(1e-3, 1e100)])
def test_a_great_similarity_has_a_discount(similarity):
    study = sfc.assess("finnveden2019", 50, rng=1, theories=["prior"], similarity=similarity)
    assert np.isfinite(study.report["extinction_discount"]).all()
