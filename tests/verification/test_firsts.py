"""First sight and first contact of our own expansion against a simulation of births."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = pytest.mark.verification

REALISATIONS = 4000


@pytest.fixture(scope="module")
def world():
    draws = sfc.sample("cook2022-balanced", 4000, rng=3)
    # Fast fronts and mostly late births: then what our own front precludes is felt.
    late = (draws.expansion_speed.values > 0.8) & (np.exp(draws.log_seen_now.values) < 0.02)
    crowd = np.abs(draws.log_civilizations_actual.values - np.log(200.0))
    fit = np.where(late, crowd, np.inf)
    return draws.isel(draw=int(np.argmin(fit)))


def simulate(world, course, rng, slowed=1.0):
    """Return conformal dates of first sight and first contact, one pair per realisation.

    Births are Poisson in a ball around us, none of them in our past light cone, as evidence
    says, and none inside our own front. Births that others preclude need no care: whoever
    covered one is seen, and met, before it would have been.
    """
    background = sfc.Background.named("Planck18")
    speed = slowed * float(world.expansion_speed)
    today, end = background.conformal_time(background.age), background.future_conformal_time
    eta, rate = course.conformal_time.values, course.appearance_rate.values
    dates = background.time_at_conformal(np.minimum(eta, end - 1e-6))
    births = rate * background.scale_factor(dates) * float(world.expanding_fraction)
    births = births / background.observable_volume_now
    # Late fronts far away never matter: keep what could be seen or met by the last date asked.
    last = today + 0.6 * (end - today)
    horizon = last - eta[0]
    keep = eta < last
    cumulative = np.concatenate(
        [[0.0], np.cumsum(0.5 * (births[1:] + births[:-1]) * np.diff(eta))]
    )[keep]
    mean = cumulative[-1] * 4 * np.pi / 3 * horizon**3
    sights, contacts = [], []
    for _ in range(REALISATIONS):
        count = rng.poisson(mean)
        born = np.interp(rng.uniform(0, cumulative[-1], count), cumulative, eta[keep])
        radius = horizon * rng.uniform(size=count) ** (1 / 3)
        real = (radius > today - born) & (radius > speed * (born - today))
        born, radius = born[real], radius[real]
        sights.append((born + radius).min(initial=np.inf))
        contacts.append(0.5 * (radius / speed + born + today).min(initial=np.inf))
    return np.array(sights), np.array(contacts), last


def gaps(course, simulated):
    """Return how many binomial standard errors each curve is off, at three dates each."""
    sights, contacts, last = simulated
    eta = course.conformal_time.values
    planck = sfc.Background.named("Planck18")
    today = planck.conformal_time(planck.age)
    found = []
    for name, dates, reach in (("nothing_sighted", sights, 1.0), ("no_contact", contacts, 0.5)):
        for share in (0.3, 0.6, 0.9):
            at = today + share * reach * (last - today)
            exact = np.interp(at, eta, course[name].values)
            error = np.sqrt(max(exact * (1 - exact), 1e-3) / dates.size)
            found.append(abs(np.mean(dates > at) - exact) / error)
    return np.array(found)


def test_first_sight_and_contact_follow_the_formulas(world):
    """Survival at three dates each, within 4 binomial standard errors."""
    course = sfc.history(world)
    assert gaps(course, simulate(world, course, np.random.default_rng(8))).max() < 4
    # Negative control: fronts a tenth slower are met later.
    wrong = simulate(world, course, np.random.default_rng(8), slowed=0.9)
    assert gaps(course, wrong).max() > 4
