"""Similarity: limits, exact means, errors that say what is allowed."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.decision.similarity import Independent, as_similarity
from sfc_sim.decision.wording import in_words, to_text

U = (np.arange(20_000) + 0.5) / 20_000


def test_filters_without_evidence_or_variance_are_mediocre():
    assert sfc.decision.Filters(observed=1.0, noise=0.1).mean() == 1.0
    assert sfc.decision.Filters(observed=3.0, passed={"planet": 0.0}).mean() == 1.0
    assert sfc.decision.Filters(observed=3.0, spread=0.0).mean() == 1.0


def test_filters_follow_the_normal_posterior():
    """Conjugate normal: prior (1, V), datum e of variance noise^2."""
    spread, noise, evidence = 0.5, 0.8, 1.7
    model = sfc.decision.Filters(spread, {"a": 0.6, "b": 0.5}, evidence, noise)
    variance = spread**2 * 0.3
    posterior = (1.0 / variance + evidence / noise**2) / (1.0 / variance + 1.0 / noise**2)
    assert model.mean() == pytest.approx(1.0 / posterior, rel=1e-12)
    drawn = model.draw(U, {})
    # Midpoints of 20,000 quantiles leave 1e-4 of the standard deviation.
    assert drawn.mean() == pytest.approx(model.mean(), abs=1e-4)
    # Of the ten, by default, that share what is recovered, a mean.
    assert drawn.std() == pytest.approx(np.sqrt(variance / 10.0) / posterior, rel=2e-3)
    one = sfc.decision.Filters(spread, {"a": 0.6, "b": 0.5}, evidence, noise, recoverers=1)
    assert one.draw(U, {}).std() == pytest.approx(np.sqrt(variance) / posterior, rel=2e-3)


def test_stronger_filters_bring_similarity_nearer_one():
    found = [
        sfc.decision.Filters(observed=2.0, passed={"ai": share}).mean()
        for share in (1.0, 0.5, 0.1, 0.0)
    ]
    assert np.all(np.diff(found) > 0.0)
    assert found[-1] == 1.0


def test_speed_linked_is_linear():
    model = sfc.decision.SpeedLinked(1.2, 0.2)
    speed = np.array([0.0, 0.5, 1.0])
    assert model.draw(U[:3], {"expansion_speed": speed}) == pytest.approx([1.2, 0.7, 0.2])


def test_selection_goes_with_the_cube_of_speed():
    assert sfc.decision.selected_value([0.5, 0.5], [1.0, 2.0], [1.0, 0.0]) == pytest.approx(1 / 9)
    assert sfc.decision.selected_value([0.5, 0.5], [1.0, 1.0], [1.0, 0.0]) == pytest.approx(0.5)


def test_mixture_has_the_mean_of_its_kinds():
    mixed = sfc.decision.mixed_similarity(0.6, 0.3, 0.1, values=(1.0, sfc.Uniform(-0.1, 0.1), -2.0))
    assert mixed.mean() == pytest.approx(0.4)
    assert Independent(mixed).draw(U, {}).mean() == pytest.approx(0.4, abs=1e-3)


@pytest.mark.parametrize("value", [0.7, sfc.Beta(2, 3), sfc.decision.Filters(observed=2.0),
                                   sfc.decision.SpeedLinked(1.0, 0.5)])  # fmt: skip
def test_it_can_be_said_in_words_and_in_a_file(value):
    assert in_words(value)
    assert json.loads(to_text(value))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: as_similarity(sfc.PowerOfTen(2.0)), "mean is not finite"),
        (lambda: as_similarity("high"), "must be a finite number"),
        (lambda: as_similarity(float("nan")), "must be a finite number"),
        (lambda: as_similarity(True), "must be a finite number"),
        (lambda: sfc.decision.mixed_similarity(0.5, 0.5, 0.5), "sum to 1"),
        (lambda: sfc.decision.Filters(passed={"planet": 1.5}), "filter 'planet'"),
        (lambda: sfc.decision.Filters(spread=2.0, observed=-9.0, noise=0.1), "above 0"),
        (
            lambda: sfc.decision.Filters(noise=-1.0),
            "noise is -1.0; it must be a finite number from 0 to 1e",
        ),
        (lambda: sfc.decision.Filters(observed="much"), "observed is 'much'"),
        (lambda: sfc.decision.SpeedLinked("slow", 1.0), "slow is 'slow'"),
        (lambda: sfc.decision.selected_value([1.0], [1.0, 2.0], [1.0]), "the same number of each"),
        (lambda: sfc.decision.SpeedLinked(1.0, np.inf), "fast"),
        (
            lambda: sfc.decision.SpeedLinked(1.0, 0.5).draw(U, {}),
            "depends on expansion_speed; this scenario has none",
        ),
    ],
)
def test_errors_say_what_is_allowed(make, words):
    with pytest.raises(sfc.InputError, match=words):
        make()
