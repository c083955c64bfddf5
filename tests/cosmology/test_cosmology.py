"""The background against closed forms, high-precision quadrature, astropy and published values."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys

import astropy.units as u
import mpmath as mp
import numpy as np
import pytest
from astropy import cosmology as published
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gamma, hyp2f1

from sfc_sim._core.errors import InputError
from sfc_sim.constants import HUBBLE_TIME, MEGAPARSECS_PER_GLY
from sfc_sim.cosmology import background as cosmology
from sfc_sim.cosmology import friedmann
from sfc_sim.cosmology.background import Background, FlatLambda
from sfc_sim.cosmology.friedmann import Contents, tabulate

MPC = MEGAPARSECS_PER_GLY.value
PLANCK18 = Background.named("Planck18")
MATTER_ERA = Background.power_law(2 / 3)

# Ten-digit reference values by multi-precision quadrature of the same Friedmann equation; at
# a = 1 the table does not interpolate, so they are met to nearly all their digits.
TODAY_DIGITS = 3e-10
# Between nodes the cubic interpolation is good to 5e-10 (see the convergence test below).
INTERPOLATED = 1e-9


def massless_planck18() -> FlatLambda:
    planck = PLANCK18.contents
    contents = Contents(planck.hubble, planck.matter, planck.photons, planck.neutrinos, (0, 0, 0))
    return FlatLambda(name="massless", contents=contents)


def dust(matter: float, hubble: float = 67.66) -> FlatLambda:
    return Background.flat(hubble=hubble, matter=matter, radiation=0.0)


TODAY = {  # age /Gyr, η /Mpc, η /Gly, χ /Mpc, χ /Gly, η(∞) /Gly
    "planck18": (
        PLANCK18,
        (13.7868853020, 14165.1670323, 46.20059569, 5083.68617151, 16.58076667, 62.78136236),
    ),
    "massless": (
        massless_planck18(),
        (13.8038895920, 14186.6849004, 46.27077759, 5079.94208184, 16.56855508, 62.83933267),
    ),
    "dust .30966": (
        dust(0.30966),
        (13.8095006198, 14457.0029244, 47.15243706, 5079.68395375, 16.56771318, 63.72015025),
    ),
    "dust .3111": (
        dust(0.3111),
        (13.7915010264, 14429.7565237, 47.06357119, 5083.53012344, 16.58025771, 63.64382890),
    ),
}


def today(background: Background) -> np.ndarray:
    age = background.age
    eta, chi = background.conformal_time(age), background.event_horizon(age)
    return np.array([age, eta * MPC, eta, chi * MPC, chi, background.future_conformal_time])


@pytest.mark.parametrize("case", TODAY)
def test_today(case):
    background, expected = TODAY[case]
    np.testing.assert_allclose(today(background), expected, rtol=TODAY_DIGITS)


def test_today_tells_neutrino_masses_apart():
    """Negative control: massless neutrinos miss the massive values by far more than allowed."""
    error = np.abs(today(massless_planck18()) / np.array(TODAY["planck18"][1]) - 1)
    assert (error > 1e5 * TODAY_DIGITS).all()


def test_volumes_today():
    age = PLANCK18.age
    assert PLANCK18.observable_volume_now == pytest.approx(4.13077305e5, rel=2e-9)
    assert PLANCK18.observable_volume(age) == pytest.approx(4.13077305e5, rel=2e-9)
    assert PLANCK18.affectable_volume(age) == pytest.approx(1.909424e4, rel=3e-7)  # its digits


def test_benchmark_background():
    """The rounded values of the Planck 2015-like set with all radiation massless."""
    flat = Background.flat()
    _, _, eta, _, chi, end = today(flat)
    for value, expected in ((flat.age, 13.797), (eta, 46.263), (end, 62.806)):
        assert value == pytest.approx(expected, abs=1e-3)
    assert chi == pytest.approx(16.542, abs=1e-3)


HISTORY = np.array(  # t /Gyr, ln a, H/H0, η /Mpc, χ /Mpc, χ /Gly, affectable volume /Gly³
    [
        (0.5, -2.3587290775, 19.23094698, 4623.407245, 14625.44596, 47.70182476, 454667.16),
        (1, -1.8969723416, 9.642374768, 5888.18039, 13360.67281, 43.57668649, 346618.09),
        (2, -1.4330118872, 4.85977148, 7480.727197, 11768.12601, 38.38249351, 236858.06),
        (5, -0.80542493391, 2.043557105, 10217.75592, 9031.097285, 29.45549977, 107050.28),
        (10, -0.28349218969, 1.190480516, 12828.31116, 6420.54204, 20.94100735, 38466.38),
        (13.787, 7.9367083e-6, 0.9999962954, 14165.2022, 5083.651005, 16.58065197, 19093.846),
        (15, 0.082427669528, 0.9653120996, 14522.10661, 4726.746592, 15.41658545, 15348.05),
        (20, 0.40025446561, 0.8845816096, 15728.69692, 3520.156288, 11.48121424, 6339.4572),
        (30, 0.99234300398, 0.8394612389, 17275.43177, 1973.421437, 6.436439875, np.nan),
        (40, 1.5697779685, 0.8316546626, 18138.50025, 1110.35295, 3.62148696, 198.95249),
        (50, 2.1446445711, 0.8302685973, 18623.70804, 625.1451625, 2.038950817, 35.506581),
        (100, 5.01631677195, 0.8299677079, 19213.46416, 35.38904569, 0.1154236295, 6.4412891e-3),
        (200, 10.7594194658, 0.8299676533, 19248.73979, 0.1134151418, 3.699107184e-4, 2.1202e-10),
        (500, 27.9887275471, 0.8299676533, 19248.8532, 3.733168679e-9, 1.2175968e-11, np.nan),
        (1000, 56.7042410161, 0.8299676533, np.nan, 1.262085e-21, np.nan, np.nan),
    ]
)


def test_history():
    t, log_scale, rate, eta, chi_mpc, chi, volume = HISTORY.T
    hubble_today = PLANCK18.contents.hubble / HUBBLE_TIME.value
    given = [
        (PLANCK18.log_scale_factor(t), log_scale, 1e-8),  # the row at ln a = 8e-6 has few digits
        (PLANCK18.hubble_rate(t) / hubble_today, rate, 1e-9),
        (PLANCK18.conformal_time(t) * MPC, eta, 1e-9),
        (PLANCK18.event_horizon(t) * MPC, chi_mpc, 1e-6),  # seven digits in the last row
        (PLANCK18.event_horizon(t), chi, 3e-8),  # eight digits at 500 Gyr
        (PLANCK18.affectable_volume(t), volume, 1e-5),  # five digits at 200 Gyr
    ]
    for ours, expected, tolerance in given:
        known = np.isfinite(expected)
        np.testing.assert_allclose(ours[known], expected[known], rtol=tolerance)


def test_far_future():
    assert PLANCK18.log_scale_factor(1e4) == pytest.approx(573.583483458, rel=1e-11)
    assert PLANCK18.log_scale_factor(1e6) == pytest.approx(57430.3001521, rel=1e-11)
    late = PLANCK18.log_event_horizon(np.array([1e4, 1e6])) / math.log(10) + math.log10(MPC)
    assert late[0] == pytest.approx(-245.376714, abs=1e-6)
    assert late[1] == pytest.approx(-24937.935, abs=1e-3)
    rest = 1.0 / PLANCK18.hubble_rate(1e6)
    assert rest == pytest.approx(17.41219082, rel=1e-9)
    t = np.array([300.0, 1e3, 1e5])  # ln a = (t − 12.65...) / 17.41..., by then to every digit
    np.testing.assert_allclose(
        PLANCK18.log_scale_factor(t), (t - 12.654935156081) / rest, rtol=1e-11
    )
    np.testing.assert_allclose(  # the proper event horizon settles at c / H
        PLANCK18.log_event_horizon(t) + PLANCK18.log_scale_factor(t), math.log(rest), rtol=1e-9
    )


def test_times_of_events():
    redshift = np.array([0.1, 0.5, 1, 1.5, 2, 3, 6, 10, 20])
    expected = [
        12.441687151, 8.590645775, 5.851343300, 4.268843695, 3.276830384, 2.143753837,
        0.929264950, 0.471414783, 0.178111628,
    ]  # fmt: skip
    np.testing.assert_allclose(PLANCK18.time_at_redshift(redshift), expected, rtol=4e-9)
    assert PLANCK18.time(0.766044958) == pytest.approx(10.2074412, rel=1e-8)  # matter equals Λ
    assert PLANCK18.time(0.609104424) == pytest.approx(7.64182794, rel=1e-8)  # acceleration
    eta, chi = PLANCK18.conformal_time(PLANCK18.age), PLANCK18.event_horizon(PLANCK18.age)
    share = np.array([0.5, 0.9, 0.99, 0.999])  # of the final volume of an expansion from now
    ours = PLANCK18.time_at_conformal(eta + chi * np.cbrt(share))
    np.testing.assert_allclose(ours, [40.9932103, 72.1248132, 112.763946, 152.909458], rtol=5e-9)


def test_boltzmann_code():
    """Ages by CAMB, whose neutrinos are exact: 1e-4."""
    assert PLANCK18.age == pytest.approx(13.78656061, rel=1e-4)
    assert PLANCK18.time_at_redshift(-0.9) == pytest.approx(52.74793610, rel=1e-4)
    eta = PLANCK18.conformal_time(PLANCK18.time_at_redshift(-0.9))
    assert eta * MPC == pytest.approx(18714.98333, rel=1e-4)


# --- astropy ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", Background.available())
def test_every_published_set(name):
    background, model = Background.named(name), getattr(published, name)
    assert background.contents.dark_energy == pytest.approx(model.Ode0, rel=1e-10)
    # Below redshift 4787, where astropy's age jumps; its quadrature stops at an absolute error
    # of 1.5e-8 Hubble times, and proves a hundred times better. Earlier times: see mpmath below.
    redshift = np.geomspace(1e-2, 4700, 60)
    age = model.age(redshift).to_value(u.Gyr)
    np.testing.assert_allclose(background.time_at_redshift(redshift), age, rtol=1e-9, atol=2e-9)


def test_comoving_distance_of_astropy():
    redshift = np.geomspace(1e-2, 1e4, 60)
    eta = PLANCK18.conformal_time(PLANCK18.time_at_redshift(redshift))
    ours = (PLANCK18.conformal_time(PLANCK18.age) - eta) * MPC
    theirs = published.Planck18.comoving_distance(redshift).to_value(u.Mpc)
    # η to 3e-11 of 46 Gly, hence the absolute term, which is a 1e-7 of the nearest distance
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=5e-6)


# --- closed forms and quadrature -------------------------------------------------------------


@pytest.mark.parametrize("matter", [0.05, 0.30966, 0.9])
def test_closed_forms_without_radiation(matter):
    background, rest = dust(matter), 1.0 - matter
    hubble_time = HUBBLE_TIME.value / 67.66
    a = np.geomspace(1e-3, 1e4, 500)
    time = 2 / 3 * hubble_time / math.sqrt(rest) * np.arcsinh(np.sqrt(rest / matter * a**3))
    eta = 2 * hubble_time * np.sqrt(a / matter) * hyp2f1(1 / 6, 1 / 2, 7 / 6, -rest / matter * a**3)
    chi = hyp2f1(1 / 3, 1 / 2, 4 / 3, -matter / rest / a**3) * hubble_time / math.sqrt(rest) / a
    end = hubble_time * gamma(1 / 6) * gamma(1 / 3) / (3 * math.sqrt(math.pi))
    end *= matter ** (-1 / 3) * rest ** (-1 / 6)
    np.testing.assert_allclose(background.time(a), time, rtol=INTERPOLATED)
    np.testing.assert_allclose(background.scale_factor(time), a, rtol=INTERPOLATED)
    np.testing.assert_allclose(background.conformal_time(time), eta, rtol=INTERPOLATED)
    np.testing.assert_allclose(background.event_horizon(time), chi, rtol=INTERPOLATED)
    assert background.future_conformal_time == pytest.approx(end, rel=1e-12)


def test_quadrature_with_massive_neutrinos():
    """Thirty digits, with the Friedmann equation written out again from astropy's parameters."""
    model = published.Planck18
    y = 357.91212  # 0.06 eV over the temperature of neutrinos today
    hubble_time = HUBBLE_TIME.value / model.H0.value
    neutrino = 7 / 8 * (4 / 11) ** (4 / 3) * model.Neff / 3

    def rate(x):
        a = mp.exp(x)
        massive = (1 + (mp.mpf("0.3173") * y * a) ** 1.83) ** (1 / mp.mpf(1.83))
        radiation = model.Ogamma0 * (1 + neutrino * (2 + massive))
        return mp.sqrt(model.Om0 / a**3 + radiation / a**4 + model.Ode0)

    for x in (
        -9.007,
        -6.003,
        -2.718,
        -0.505,
        0.777,
        3.141,
    ):  # between nodes, where errors are largest
        time = hubble_time * mp.quad(lambda s: 1 / rate(s), [-60, -20, -10, x])
        chi = hubble_time * mp.quad(lambda s: mp.exp(-s) / rate(s), [x, x + 4, x + 12, 80])
        assert PLANCK18.time(math.exp(x)) == pytest.approx(float(time), rel=INTERPOLATED)
        assert PLANCK18.event_horizon(float(time)) == pytest.approx(float(chi), rel=INTERPOLATED)


@pytest.mark.parametrize("radiation", [0.0, 9.1e-5])
def test_beginning_of_the_table(radiation):
    """Matter and radiation only, from the Big Bang to the first node."""
    contents = Background.flat(radiation=radiation).contents
    first, start = tabulate(contents), mp.exp(friedmann.START)

    def root(a):
        return mp.sqrt(contents.matter * a + radiation)

    time = contents.hubble_time * mp.quad(lambda a: a / root(a), [0, start])
    eta = contents.hubble_time * mp.quad(lambda a: 1 / root(a), [0, start])
    assert first.time.values[0] == pytest.approx(float(time), rel=1e-12)
    assert first.conformal.values[0] == pytest.approx(float(eta), rel=1e-9)  # a^(-1/2) at 0


@pytest.mark.parametrize("contents", [PLANCK18.contents, dust(0.3).contents])
def test_interpolation_is_of_fourth_order(contents):
    x = np.linspace(-12, 60, 50_021)  # every phase within a cell
    exact = tabulate(contents, 32_000)
    errors = []
    for cells in (1000, 2000, 4000, friedmann.CELLS):
        table = tabulate(contents, cells)
        relative = [table.time_at(x) / exact.time_at(x), table.conformal_at(x)]
        relative[1] = relative[1] / exact.conformal_at(x)
        shift = np.abs(table.log_horizon_at(x) - exact.log_horizon_at(x)).max()
        errors.append([*(np.abs(r - 1).max() for r in relative), shift])
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert (np.abs(orders - 4.0) < 0.15).all()  # rounding (1e-14) is far below the last error
    assert max(errors[-1]) < 0.5 * INTERPOLATED


# --- power law -------------------------------------------------------------------------------


@pytest.mark.parametrize(("exponent", "eta"), [(2 / 3, 41.361), (1 / 2, 27.574), (0.9, 137.87)])
def test_power_law_today(exponent, eta):
    background = Background.power_law(exponent)
    assert background.age == 13.787
    assert background.scale_factor(13.787) == 1.0
    assert background.conformal_time(13.787) == pytest.approx(eta, rel=1e-13)
    assert background.observable_volume_now == pytest.approx(4 / 3 * math.pi * eta**3, rel=1e-13)


def test_power_law_history():
    eta = MATTER_ERA.conformal_time(np.array([5.0, 30.0]))
    np.testing.assert_allclose(eta, [29.49563655, 53.59712858], rtol=2e-10)  # their digits
    assert MATTER_ERA.hubble_rate(5.0) == pytest.approx(2 / 15, rel=1e-14)
    assert MATTER_ERA.time_at_redshift(3.0) == pytest.approx(13.787 / 8, rel=1e-14)


def test_power_law_has_no_event_horizon():
    t = np.array([1.0, 1e5])
    endless = (MATTER_ERA.event_horizon, MATTER_ERA.log_event_horizon, MATTER_ERA.affectable_volume)
    for method in endless:
        assert (method(t) == np.inf).all()
    assert MATTER_ERA.future_conformal_time == math.inf


def test_early_lambda_is_matter_power_law():
    """Without radiation and before Λ matters, η = 3 t / a as in a ∝ t^(2/3)."""
    t = 1e-3  # where Λ changes η by (t / t_Λ)² ~ 1e-9
    background = dust(0.3)
    eta = background.conformal_time(t) * background.scale_factor(t)
    assert eta == pytest.approx(3 * t, rel=1e-8)
    radiation_era = Background.flat()
    early = radiation_era.conformal_time(1e-6) * radiation_era.scale_factor(1e-6)
    assert 2e-6 < early < 2.2e-6  # there η = 2 t / a, and matter has begun to show


# --- properties ------------------------------------------------------------------------------

backgrounds = st.one_of(
    st.just(PLANCK18),
    st.builds(
        Background.flat,
        hubble=st.sampled_from([50.0, 67.0, 80.0]),
        matter=st.sampled_from([0.1, 0.3, 0.5]),
        radiation=st.sampled_from([0.0, 9.1e-5]),
    ),
    st.builds(Background.power_law, st.floats(0.1, 0.9)),
)
times = st.floats(-5.9, 2.0).map(lambda exponent: 10.0**exponent)
checked = settings(deadline=None, max_examples=150)  # the first example of each builds a table


@checked
@given(backgrounds, times)
def test_round_trips(background, time):
    # Rounding of a logarithm or of η, grown by at most ~30 (dlnt/dlnη in a ∝ t^0.9, χ ≪ η).
    a, eta = background.scale_factor(time), background.conformal_time(time)
    assert background.time(a) == pytest.approx(time, rel=1e-12)
    assert background.time_at_redshift(1.0 / a - 1.0) == pytest.approx(time, rel=1e-10)
    assert background.time_at_conformal(eta) == pytest.approx(time, rel=1e-11)


@checked
@given(backgrounds, times)
def test_derivatives(background, time):
    """d ln a = H dt and dη = dt / a, by a central difference of relative error step²."""
    step = 1e-4
    both = time * np.array([1 - step, 1 + step])
    log_scale, eta = background.log_scale_factor(both), background.conformal_time(both)
    rate, a = background.hubble_rate(time), background.scale_factor(time)
    # step² = 1e-8 from the difference, and the slope of the interpolant errs by some 1e-7.
    assert np.ptp(log_scale) == pytest.approx(2 * step * time * rate, rel=1e-6)
    assert np.ptp(eta) == pytest.approx(2 * step * time / a, rel=1e-6)


@checked
@given(backgrounds, st.lists(st.floats(-5.9, 5.9), min_size=2, max_size=5, unique=True))
def test_monotone_and_complete(background, exponents):
    t = 10.0 ** np.array(sorted(exponents))
    assert (np.diff(background.log_scale_factor(t)) >= 0).all()
    assert (np.diff(background.conformal_time(t)) >= 0).all()
    chi = background.event_horizon(t)
    end = background.conformal_time(t) + chi
    np.testing.assert_allclose(end, background.future_conformal_time, rtol=1e-9)
    assert (chi[:-1] >= chi[1:]).all()


def test_conformal_time_never_falls():
    t = np.geomspace(1e-6, 1e6, 200_001)
    assert (np.diff(PLANCK18.conformal_time(t)) >= 0).all()
    assert (np.diff(PLANCK18.log_event_horizon(t)) < 0).all()


METHODS = [
    "log_scale_factor", "scale_factor", "time", "time_at_redshift", "conformal_time",
    "particle_horizon", "time_at_conformal", "event_horizon", "log_event_horizon", "hubble_rate",
    "affectable_volume", "observable_volume",
]  # fmt: skip


@pytest.mark.parametrize("background", [PLANCK18, MATTER_ERA], ids=lambda b: b.name)
@pytest.mark.parametrize("method", METHODS)
def test_shapes(background, method):
    function = getattr(background, method)
    values = np.array([[2.0, 3.0, 7.0], [9.0, 13.0, 20.0]])
    answer = function(values)
    assert answer.shape == values.shape
    assert answer.dtype == np.float64
    assert type(function(7.0)) is float
    assert function(7) == function(np.array(7.0)) == pytest.approx(answer[0, 2], rel=1e-14)
    assert function(values[:, :0]).shape == (2, 0)


def test_units_that_come_in():
    assert PLANCK18.scale_factor("5000 Myr") == PLANCK18.scale_factor(5.0 * u.Gyr)
    assert PLANCK18.scale_factor("5000 Myr") == PLANCK18.scale_factor(5.0)
    ours = PLANCK18.time_at_conformal(10_000 * u.Mpc)
    assert ours == pytest.approx(PLANCK18.time_at_conformal(10_000 / MPC), rel=1e-13)
    quantity = Background.flat(hubble=67.74 * u.km / u.s / u.Mpc)
    assert quantity == Background.flat()


def test_a_background_is_a_value():
    assert Background.flat(name="one") == Background.flat(name="two")
    assert hash(Background.flat(name="one")) == hash(Background.flat(name="two"))
    assert Background.flat() != Background.flat(hubble=70.0)
    assert Background.power_law(0.5) != Background.power_law(0.6)
    assert pickle.loads(pickle.dumps(PLANCK18)) == PLANCK18
    assert tabulate(PLANCK18.contents) is tabulate(Background.named("Planck18").contents)
    with pytest.raises(AttributeError):
        setattr(PLANCK18, "name", "other")  # noqa: B010 (a plain assignment is one that mypy refuses)
    with pytest.raises(ValueError, match="read-only"):
        tabulate(PLANCK18.contents).time.values[0] = 0.0


# --- errors ----------------------------------------------------------------------------------

ERRORS = [
    (lambda: PLANCK18.scale_factor(-1.0), "time: -1.0 is outside the allowed 1e-06 to 1000000"),
    (lambda: PLANCK18.hubble_rate(0.0), "time: 0.0 is outside"),
    (lambda: PLANCK18.hubble_rate(np.array([1.0, 2e6])), "time: 2000000.0 is outside"),
    (lambda: PLANCK18.event_horizon(math.inf), "time: inf is outside"),
    (lambda: MATTER_ERA.event_horizon(math.inf), "time: inf is outside"),
    (lambda: PLANCK18.event_horizon(np.array([1.0, math.nan])), "time: .* NaN"),
    (lambda: PLANCK18.event_horizon("3 kg"), "time: '3 kg' is not convertible to Gyr"),
    (lambda: PLANCK18.scale_factor(np.array([1.0, 1.3e4])), "log_scale_factor"),
    (lambda: PLANCK18.time(0.0), "scale_factor: 0.0 is outside"),
    (lambda: PLANCK18.time(math.inf), "scale_factor: inf is outside"),
    (lambda: MATTER_ERA.time(1e30), "scale_factor: 1e.30 is outside"),
    (lambda: PLANCK18.time_at_redshift(-1.0), "redshift: -1.0 is outside"),
    (lambda: PLANCK18.time_at_redshift(1e9), "redshift: 1000000000.0 is outside"),
    (lambda: PLANCK18.time_at_conformal(PLANCK18.future_conformal_time), "conformal_time: 62.78"),
    (lambda: PLANCK18.time_at_conformal(-1.0), "conformal_time: -1.0 is outside"),
    (lambda: MATTER_ERA.time_at_conformal(math.inf), "conformal_time: inf is outside"),
    (lambda: Background.named("Plank18"), "did you mean 'Planck18'"),
    (lambda: Background.flat(hubble=0.6774), "hubble: 0.6774 is outside the allowed 1 to 1000"),
    (lambda: Background.flat(matter=0.0), "matter: 0.0 is outside"),
    (lambda: Background.flat(matter=1.0), "matter: 1.0 with radiation 9.1e-05 leaves no dark"),
    (lambda: Background.flat(radiation=-1e-5), "radiation: -1e-05 is outside"),
    (lambda: Background.flat(matter=math.nan), "matter: nan"),
    (lambda: Background.power_law(1.0), "exponent: 1.0 is outside the allowed 0 < exponent < 1"),
    (lambda: Background.power_law(0.0), "exponent: 0.0"),
    (lambda: Background.power_law(0.5, -13.0), "age: -13.0 is outside"),
]


@pytest.mark.parametrize(("call", "message"), ERRORS, ids=[message for _, message in ERRORS])
def test_input_errors(call, message):
    with pytest.raises(InputError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_scale_factor_up_to_the_largest_double():
    """The error begins where the double ends, not before; the horizon rounds to 0 instead."""
    limit = PLANCK18.time(sys.float_info.max)
    assert PLANCK18.scale_factor(limit * (1 - 1e-9)) > 1e307
    with pytest.raises(InputError):
        PLANCK18.scale_factor(limit * (1 + 1e-9))
    assert PLANCK18.event_horizon(1e6) == 0.0
    assert math.isfinite(PLANCK18.log_event_horizon(1e6))


def test_import_is_light():
    heavy = "numba xarray matplotlib astropy scipy.stats pandas"
    code = (
        "import sys, sfc_sim.cosmology.background as c; c.Background.flat().conformal_time(3.0);"
        f"print([m for m in '{heavy}'.split() if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.strip() == b"[]"
    assert cosmology.TIME_RANGE[0] <= 1e-3
    assert cosmology.TIME_RANGE[1] >= 1e6
