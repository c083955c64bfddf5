"""One way to get text: what made a table is told by its variables."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.inference.theories import DecisionWeight
from sfc_sim.report import text

MODEL = sfc.appearance.PowerLawAppearance(n=6)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("sandberg2018", 300, rng=1, theories=["prior"])


def test_every_kind_of_table_is_written(study):
    """Each by words of its own writer."""
    tables = {
        "How many others": study.report,
        "birth to contact": sfc.simulate(MODEL, speed=0.5, civilizations=400, rng=7),
        "first front in sight": sfc.simulate_here(
            "cook2022-balanced", draw=8, realisations=3, rng=3
        ),
        "value of others": sfc.analysis.premises(study, only=["value of others"]),
        "alone in\n": sfc.literature.compare(
            ["sandberg2018"], theories=["prior"], draws=100, rng=1
        ),
        "tolerance": sfc.literature.reproduce("sandberg2018-toy", rng=7),
    }
    for words, table in tables.items():
        assert words.strip() in text(table)
    assert text(study) == text(study.report) == str(study)


@pytest.mark.parametrize("realisations", [1, 20])
def test_our_surroundings_are_told_by_realisation(realisations):
    """Dates that never come are above all others; the numbers are those of the Dataset."""
    here = sfc.simulate_here("cook2022-balanced", draw=640, realisations=realisations, rng=3)
    lines = text(here).splitlines()
    assert f"{here.sizes['civilization']}" in lines[0]
    last = next(line for line in lines if line.startswith("first front arrives"))
    never = int(np.isinf(here["first_arrival"]).sum())
    assert last.split()[-2:] == [f"{never}" if never else "-", f"{realisations}"]
    grabbed = next(line for line in lines if line.startswith("we would get")).split()
    middle = np.quantile(here["volume_grabbed"], 0.5, method="inverted_cdf")
    assert float(grabbed[-5].replace(",", "")) == pytest.approx(middle, rel=0.006)
    assert sfc.report.html(here).count("<table>") == 1


@pytest.mark.parametrize("other", ["draws", "weights"])
def test_another_dataset_is_refused(study, other):
    with pytest.raises(sfc.InputError, match=r"must be a table of sfc_sim\.assess, "):
        text(getattr(study, other))
    with pytest.raises(sfc.InputError, match="table is 3; it must"):
        text(3)


class Reached(DecisionWeight):
    """A decision weight of one's own."""

    name = "reached"
    meaning = "what could be reached"

    def log_factor(self, draws, front):
        return np.zeros(draws.sizes["draw"])


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
@pytest.mark.parametrize(
    "table",
    [
        lambda draws, asked: sfc.assess("finnveden2019", 300, rng=1, theories=asked, aim=False),
        lambda draws, asked: sfc.summarize(draws, sfc.weigh(draws, theories=asked)),
        lambda draws, asked: sfc.analysis.over(draws, theories=asked),
    ],
    ids=["assess", "summarize", "over"],
)
def test_decision_weights_stand_apart_in_every_table(table):
    draws = sfc.sample("finnveden2019", 300, rng=1)
    made = table(draws, ["prior", "sia", "adt-total", Reached()])
    lines = [line.strip().split("  ")[0] for line in text(made).splitlines()]
    place = lines.index("decision weights (to choose by, not to believe)")
    names = [line.split(" ")[0].rstrip("*") for line in lines[place - 2 : place + 3]]
    assert names == ["prior", "sia", "decision", "adt-total", "reached"]
    assert "to choose by" in sfc.report.html(made)
    plain = table(draws, ["prior", "sia"])  # a negative control
    assert "to choose by" not in text(plain)
