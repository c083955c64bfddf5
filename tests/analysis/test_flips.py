"""Which premises are flipped: those of every study, of models, and of a scenario's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.flips import PREMISES, flips_of
from sfc_sim.appearance.family import Dated
from sfc_sim.distributions.declarations import Contested, Declared, Interval, option
from sfc_sim.scenario.premise import Premise

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
SOURCE = Path(sfc.__file__).parent


@dataclass(frozen=True)
class Peak(Dated):
    """Civilizations that appear around one date."""

    parameters = (
        Declared("births", "B", "", "civilizations per volume", Interval("(0, inf)")),
        Declared(
            "middle", "m", "Gyr", "date of the peak", Interval("(0, 30]"),
            contested=Contested("peak", "they come late", {"9 Gyr": 9.0, "14 Gyr": 14.0}, by="Me"),
            told_by="astronomers",
        ),
    )  # fmt: skip
    amount = "births"
    width: float = option(
        2.0, "standard deviation of the dates, Gyr", "(0, 10]",
        contested=Contested("spread", "they come together", {"wide": 4.0}),
    )  # fmt: skip

    def onset(self, parameters):
        return np.zeros_like(parameters["middle"])

    def log_rate(self, parameters, times):
        z = (times - parameters["middle"][:, None]) / self.width
        return -0.5 * z**2 - np.log(self.width), np.full(times.shape[0], -np.inf)


def scenario() -> sfc.Scenario:
    rare = Premise("rarity", "they are common", {"rare": {"births": 0.01}}, "You")
    return sfc.Scenario(
        name="peak",
        appearance=Peak(),
        expansion="fronts",
        parameters={
            "births": sfc.LogUniform(1e-2, 1e4),
            "middle": "14 Gyr",
            "expansion_speed": 0.5,
            "expanding_fraction": 0.5,
        },
        premises=[rare],
    )


def test_premises_of_ones_own_model_and_scenario() -> None:
    study = sfc.assess(scenario(), 300, rng=7, theories=["prior"])
    found = sfc.analysis.premises(study, only=["peak", "spread", "speed", "rarity"])
    rows = [found[name].values.tolist()[1:] for name in ("premise", "alternative", "contested")]
    assert list(zip(*rows, strict=True)) == [
        ("peak", "9 Gyr", "Me"),  # 14 Gyr is what the scenario has
        ("spread", "wide", ""),
        ("speed", "0.99 c", "Hanson et al. 2021"),
        ("rarity", "rare", "You"),
    ]
    rare = sfc.assess(scenario().replace(births=0.01), 300, rng=7, theories=["prior"])
    told = found["extinction_discount"].values[-1]
    exact = rare.report["extinction_discount"].item()
    assert told == exact or np.isnan(told)
    information = sfc.analysis.value_of_information(study)
    assert set(information["study"].values.tolist()) <= {
        "", "astronomers", "everything that says how many there are"
    }  # fmt: skip


def test_unknown_and_taken_names() -> None:
    study = sfc.assess(scenario(), 100, rng=7, theories=["prior"])
    with pytest.raises(sfc.InputError, match="unknown premise 'rarety'; did you mean 'rarity'"):
        sfc.analysis.premises(study, only=["rarety"])
    taken = Premise("borders", "they do not move", {"slow": {"expansion_speed": 0.1}})
    with pytest.raises(sfc.InputError, match="'borders' of scenario 'peak' has the name of one"):
        flips_of(scenario().replace(premises=[taken]))


def test_no_analysis_knows_a_scenario() -> None:
    """Names of the catalogue stand in its files, and in examples."""
    families = {row.family for row in sfc.list_scenarios()}
    for path in [SOURCE / "analysis" / f"flip{end}.py" for end in ("s", "_case", "_table")]:
        code = [line for line in path.read_text("utf-8").splitlines() if ">>>" not in line]
        assert not [name for name in families if any(name in line for line in code)], path
    assert not set(PREMISES) & {"hard steps", "red dwarfs", "speed", "expanders"}
