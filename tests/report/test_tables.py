"""One way to get text: what made a table is told by its variables."""

from __future__ import annotations

import pytest

import sfc_sim as sfc
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
        "value of others": sfc.analysis.premises(study, only=["value of others"]),
        "alone in\n": sfc.literature.compare(
            ["sandberg2018"], theories=["prior"], draws=100, rng=1
        ),
        "tolerance": sfc.literature.reproduce("sandberg2018-toy", rng=7),
    }
    for words, table in tables.items():
        assert words.strip() in text(table)
    assert text(study) == text(study.report) == str(study)


@pytest.mark.parametrize("other", ["draws", "weights"])
def test_another_dataset_is_refused(study, other):
    with pytest.raises(sfc.InputError, match=r"must be a table of sfc_sim\.assess, "):
        text(getattr(study, other))
    with pytest.raises(sfc.InputError, match="table is 3; it must"):
        text(3)
