"""First sight and first contact of our own expansion against a simulation of births."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = pytest.mark.verification

REALISATIONS = 4000


@pytest.fixture(scope="module")
def world():
    draws = sfc.sample("cook2022-balanced", 400, rng=3)
    crowd = draws.log_civilizations_actual.values
    open_sky = np.exp(draws.log_seen_now.values) < 0.5
    fit = np.where(open_sky, np.abs(crowd - np.log(3000.0)), np.inf)
    return draws.isel(draw=int(np.argmin(fit)))


def simulate(world, course, rng):
    """Return conformal dates of first sight and first contact, one pair per realisation.

    Births are Poisson in a ball around us, dropped where an earlier front or our own covers
    them; realisations in which a front is visible to us today are dropped, as evidence says.
    """
    background = sfc.Background.named("Planck18")
    speed = float(world.expansion_speed)
    today, end = background.conformal_time(background.age), background.future_conformal_time
    eta, rate = course.conformal_time.values, course.appearance_rate.values
    dates = background.time_at_conformal(np.minimum(eta, end - 1e-6))
    births = rate * background.scale_factor(dates) * float(world.expanding_fraction)
    births = births / background.observable_volume_now
    # Late fronts far away never matter: keep what could be seen or met by the last date asked.
    last = today + 0.35 * (end - today)
    horizon = last - eta[0]
    keep = eta < last
    cumulative = np.concatenate(
        [[0.0], np.cumsum(0.5 * (births[1:] + births[:-1]) * np.diff(eta))]
    )[keep]
    mean = cumulative[-1] * 4 * np.pi / 3 * horizon**3
    sights, contacts = [], []
    while len(sights) < REALISATIONS:
        count = rng.poisson(mean)
        born = np.interp(rng.uniform(0, cumulative[-1], count), cumulative, eta[keep])
        radius = horizon * rng.uniform(size=count) ** (1 / 3)
        if np.any(radius < today - born):
            continue  # visible today
        direction = rng.normal(size=(count, 3))
        place = direction / np.linalg.norm(direction, axis=1)[:, None] * radius[:, None]
        alive = radius > speed * (born - today)  # outside our own front
        order = np.argsort(born)
        born, place, alive, radius = born[order], place[order], alive[order], radius[order]
        chosen = []
        for k in np.flatnonzero(alive):
            near = np.linalg.norm(place[chosen] - place[k], axis=1)
            if not np.any(near < speed * (born[k] - born[chosen])):
                chosen.append(k)
        seen = born[chosen] + radius[chosen]
        met = 0.5 * (radius[chosen] / speed + born[chosen] + today)
        sights.append(seen.min(initial=np.inf))
        contacts.append(met.min(initial=np.inf))
    return np.array(sights), np.array(contacts), last


def test_first_sight_and_contact_follow_the_formulas(world):
    """Survival at three dates each, within 4 binomial standard errors."""
    course = sfc.history(world)
    sights, contacts, last = simulate(world, course, np.random.default_rng(8))
    eta = course.conformal_time.values
    today = float(sfc.Background.named("Planck18").conformal_time(13.786885302))
    for name, found in (("nothing_sighted", sights), ("no_contact", contacts)):
        curve = course[name].values
        for share in (0.3, 0.6, 0.9):
            at = today + share * (last - today) * (1.0 if name == "nothing_sighted" else 0.5)
            exact = np.interp(at, eta, curve)
            error = np.sqrt(max(exact * (1 - exact), 1e-3) / found.size)
            assert abs(np.mean(found > at) - exact) < 4 * error, (name, share, exact)
    # Negative control: without the births that our own front precludes the curve is another.
    at = today + 0.9 * (last - today)
    assert 0.02 < np.interp(at, eta, course["nothing_sighted"].values) < 0.98
