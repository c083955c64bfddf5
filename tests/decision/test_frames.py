"""Tables of pandas against the Datasets that they are made of."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior", "sia", "adt-average"])


def test_a_report_has_what_is_printed_each_with_its_error(study):
    frame, report = study.to_dataframe(), study.report
    assert frame.index.name == "theory"
    assert frame.index.tolist() == ["prior", "sia", "adt-average"]
    for name in ("probability_alone", "recovered_share", "extinction_discount"):
        for end in ("", "_standard_error"):
            assert np.array_equal(frame[f"{name}{end}"], report[f"{name}{end}"], equal_nan=True)
    for q in (0.05, 0.5, 0.95):
        for end in ("", "_low", "_high"):
            name = f"civilizations_actual{end}"
            assert np.array_equal(frame[f"{name}_{q}"], report[name].sel(quantile=q))
    columns = frame.columns.tolist()
    place = columns.index("extinction_discount")
    assert columns[place + 1] == "extinction_discount_standard_error"
    assert frame["ess"].tolist() == report["ess"].values.tolist()
    assert {str(kind) for kind in frame.dtypes} == {"float64"}


def test_draws_have_every_variable_and_the_weight_under_each_theory(study):
    frame = study.to_dataframe("draws")
    assert frame.index.name == "draw"
    assert len(frame) == 2000
    for name, each in study.draws.data_vars.items():
        if each.ndim == 1:
            assert np.array_equal(frame[name], each)
    for name in ("volume_grabbed", "volume_marginal"):
        for known in ("nothing-visible", "not-engulfed"):
            assert np.array_equal(frame[f"{name}_{known}"], study.draws[name].sel(evidence=known))
    for theory in study.names:
        mean = (frame["expansion_speed"] * frame[f"weight_{theory}"]).sum()
        world = study.world(theory)
        assert mean == pytest.approx(world.weight @ world.parameters["expansion_speed"])
    # The control: the theories do not weigh alike.
    assert abs(frame["weight_prior"] - frame["weight_sia"]).max() > 1e-4


def test_every_kind_of_report_has_a_frame():
    for name in ("sandberg2018", "finnveden2019"):
        frame = sfc.assess(name, 300, rng=1, theories=["prior"]).to_dataframe()
        assert 0.0 <= frame.loc["prior", "probability_alone"] <= 1.0


def test_what_there_is_no_frame_of_is_said(study):
    with pytest.raises(sfc.InputError, match=r"unknown table of a study 'weights'.*report, draws"):
        study.to_dataframe("weights")
