"""What is kept of what others recover later is that of the worlds at hand."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.cells import Stop, Within, points
from sfc_sim.analysis.paired import paired_change
from sfc_sim.analysis.surveys import reweighed
from sfc_sim.decision.kept import Kept, kept_of
from sfc_sim.inference import LifeSearched

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")


def study(draws, seed):
    """Return a study in which others come late, and what they come to counts less."""
    return sfc.assess(
        "cook2022-balanced", draws, rng=seed, theories=["adt-total"], retention="horizon"
    )


@pytest.fixture(scope="module")
def made():
    return study(6000, 5)


def test_in_all_worlds_it_is_what_the_report_says(made):
    kept, error = kept_of(made, "adt-total").value()
    assert kept == pytest.approx(made.report.retention.item(), rel=1e-12)
    told = sfc.decision.retention(made, "horizon").retention_standard_error.item()
    assert error == pytest.approx(told, rel=1e-9)


def test_a_part_of_the_worlds_keeps_its_own(made):
    """Slow fronts bring others late: .28 is kept, of all worlds .64."""
    slow = Within("expansion_speed", 0.0, 0.4)
    ((curve, error, *_),) = points(made, [slow], Stop(None, None), lambda *_: None)[0]
    truth = reweighed(made, [*made.evidence, slow]).report
    spread = np.hypot(error, truth.extinction_discount_standard_error.item())
    gap = curve - truth.extinction_discount.item()
    assert abs(gap) < 3.0 * spread
    # The control: with what all worlds keep it would be told from that.
    share, kept = truth.recovered_share.item(), made.report.retention.item()
    assert abs(share * kept - truth.extinction_discount.item()) > 4.0 * spread


def test_a_part_of_which_few_worlds_were_followed_has_its_own(made):
    """A hundredth of what is at stake: of all worlds followed some ten lie there."""
    slow = made.world("adt-total")["expansion_speed"] < 0.18
    few = kept_of(made, "adt-total").at(slow)
    own = kept_of(made, "adt-total", slow)
    assert few.places.size < 30 < own.places.size
    assert slow[own.places].all()
    (kept, error), rough = own.value(), few.value()
    assert error < rough[1]
    assert abs(kept - rough[0]) < 3.0 * np.hypot(error, rough[1])


@pytest.mark.parametrize("among", ["x", np.ones(3, dtype=bool), np.zeros(6000, dtype=bool)])
def test_what_is_no_mask_of_the_draws_is_refused(made, among):
    with pytest.raises(sfc.InputError, match="it must be a mask of the 6,000 draws"):
        kept_of(made.only("adt-total"), "adt-total", among)


def test_where_no_world_was_followed_it_is_not_known():
    none = Kept(np.zeros(0, int), np.zeros(0), np.zeros((4, 0)))
    assert none.value() == (1.0, 1.0)
    assert Kept(np.arange(2), np.zeros(2), np.array([[0.0] * 2, [1.0] * 2] * 2)).value()[1] == 0.0


def test_one_world_that_carries_it_gives_an_error_that_says_so():
    parts = np.array([[0.5, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    kept, error = Kept(np.arange(3), np.zeros(3), parts, span=1.0).value()
    assert kept == pytest.approx(0.5)
    assert error >= 1.0 / 3.0


@pytest.mark.verification
def test_the_error_of_a_change_counts_what_is_kept():
    """30 repeats: a spread is known to 13 %; without it the error was a twentieth of the spread."""
    rows = []
    for seed in range(30):
        before = study(2000, 100 + seed)
        after = reweighed(before, [*before.evidence, LifeSearched(planets=2, found=0)])
        found = paired_change(before, after)
        names = ("change", "change_standard_error")
        rows.append([found[f"extinction_discount_{name}"].item() for name in names])
    change, error = np.array(rows).T
    assert np.sqrt(np.mean(error**2)) == pytest.approx(change.std(ddof=1), rel=0.5)


@pytest.mark.verification
def test_more_draws_make_what_is_kept_more_precise():
    few, many = (
        sfc.decision.retention(study(draws, 3), "horizon").retention_standard_error.item()
        for draws in (4000, 32_000)
    )
    assert many < 0.6 * few
