"""Histories of planet formation against tables, direct quadrature and their own limits."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.cosmology import Planck18
from scipy.integrate import quad
from scipy.stats import gamma

from sfc_sim._core.errors import InputError
from sfc_sim.planets.formation import FUTURES, HISTORIES, SOURCES, PlanetHistory, today

EARTH = 4.54  # Gyr
STARS = ("madau2014", "madau2017")
LEGAL = [
    (name, future)
    for name in HISTORIES
    for future in FUTURES
    if name != "hanson2021" or future in ("formula", "none")
]


def formula(rise, turn, fall):
    return lambda z: (1 + z) ** rise / (1 + ((1 + z) / turn) ** fall)


FORMULAE = {"madau2014": formula(2.7, 2.9, 5.6), "madau2017": formula(2.6, 3.2, 6.2)}


def mass(psi, low, high):
    """Integral of psi over time between two redshifts, with astropy's expansion rate."""

    def integrand(log_stretch):
        z = np.expm1(log_stretch)
        return psi(z) / Planck18.efunc(z) * Planck18.hubble_time.to_value("Gyr")

    edges = np.log1p([low, high])
    return quad(integrand, *edges, epsrel=1e-10, limit=200)[0]


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("madau2014", (3.27117, 4.87764, 7.31993, 10.10237)),
        ("madau2017", (3.12084, 4.61617, 7.03733, 9.90443)),
    ],
)
def test_dates_by_which_shares_have_formed(name, dates):
    """Dates have five decimals: half a unit times the largest rate, 0.18 per Gyr, is 1e-6."""
    found = PlanetHistory(name).formed(np.array(dates))
    np.testing.assert_allclose(found, (0.25, 0.5, 0.75, 0.9), atol=1.1e-6)


@pytest.mark.parametrize(
    ("name", "older", "to_come", "folded"),
    [
        ("madau2014", 0.863641, 0.098551, 0.067504),
        ("madau2017", 0.873808, 0.096454, 0.063695),
    ],
)
def test_shares_older_than_earth_and_still_to_come(name, older, to_come, folded):
    """Computed beforehand, to six decimals."""
    assert PlanetHistory(name).formed(today() - EARTH) == pytest.approx(older, abs=6e-7)
    assert PlanetHistory(name).future_share == pytest.approx(to_come, abs=6e-7)
    assert PlanetHistory(name, "e-fold").future_share == pytest.approx(folded, abs=6e-7)


@pytest.mark.parametrize(
    ("name", "past", "rates"),
    [
        ("madau2014", 8.06047096e8, {20.0: 5.089042e-3, 30.0: 1.02913e-3, 3.50781: 0.132988}),
        ("madau2017", 5.72869067e8, {20.0: 3.531991e-3, 30.0: 7.57669e-4, 3.21956: 0.104240}),
    ],
)
def test_rates_are_the_published_formula_over_the_mass_by_today(name, past, rates):
    """In solar masses per Mpc³; the tabled rates have six digits."""
    dates = np.array(list(rates))
    found = PlanetHistory(name).rate(dates) * past / 1e9
    np.testing.assert_allclose(found, list(rates.values()), rtol=5e-6)


@pytest.mark.parametrize("name", STARS)
def test_against_quadrature_with_another_expansion(name):
    """Both backgrounds agree to 1e-7, and the table is good to 1e-6."""
    psi = FORMULAE[name]
    past, old = mass(psi, 0.0, 1e4), mass(psi, 0.414977, 1e4)
    assert PlanetHistory(name).formed(today() - EARTH) == pytest.approx(old / past, rel=1e-6)
    total = (past + mass(psi, -1.0 + 1e-9, 0.0)) / past
    assert PlanetHistory(name).total() == pytest.approx(total, rel=1e-6)


def test_another_formula_would_be_noticed():
    """The control: one digit of one exponent, and the check above fails."""
    psi = formula(2.7, 2.9, 5.5)
    wrong = mass(psi, 0.414977, 1e4) / mass(psi, 0.0, 1e4)
    assert PlanetHistory().formed(today() - EARTH) != pytest.approx(wrong, rel=1e-4)


def test_the_table_is_as_good_as_promised():
    """At dates between the nodes: 1e-5 of the rate, from the first stars to the far future."""
    dates = np.random.default_rng(5).uniform(0.05, 99.0, 50)
    from sfc_sim.cosmology.background import Background

    stretch = 1.0 / Background.named("Planck18").scale_factor(dates)
    exact = FORMULAE["madau2014"](stretch - 1.0) / mass(FORMULAE["madau2014"], 0.0, 1e4)
    np.testing.assert_allclose(PlanetHistory().rate(dates), exact, rtol=1e-5)


def test_hanson_is_a_gamma_law():
    law = gamma(4.0, scale=4.0)
    dates = np.array([0.5, 5.0, 12.0, 40.0, 300.0])
    history = PlanetHistory("hanson2021")
    past = law.cdf(today())
    assert past == pytest.approx(0.45182805, abs=6e-9)  # computed beforehand to eight decimals
    np.testing.assert_allclose(history.rate(dates), law.pdf(dates) / past, rtol=1e-12)
    np.testing.assert_allclose(history.formed(dates), law.cdf(dates) / past, rtol=1e-12)
    assert history.future_share == pytest.approx(law.sf(today()), rel=1e-12)


def mean_age(name):
    """The integral of what has formed is the mean age, as all has formed by today."""
    dates = np.linspace(0.0, today(), 20_001)
    return np.trapezoid(PlanetHistory(name).formed(dates), dates)


def test_lineweaver_as_in_his_abstract():
    """Three quarters are older than Earth, in the mean by 1.8 ± 0.9 Gyr."""
    assert PlanetHistory("lineweaver2001").formed(today() - EARTH) == pytest.approx(0.75, abs=0.01)
    assert mean_age("lineweaver2001") - EARTH == pytest.approx(1.8, abs=0.9)
    # What the sources table says of it, to its digits.
    assert mean_age("lineweaver2001") - EARTH == pytest.approx(2.05, abs=0.005)
    # Stars without metals are no planets of his: the control.
    assert PlanetHistory("madau2014").formed(today() - EARTH) > 0.86


def test_behroozi_as_in_their_abstract():
    """The Solar System, 4.57 Gyr old, formed after 80 % of existing Earth-like planets."""
    found = PlanetHistory("behroozi2015").formed(today() - 4.57)
    assert found == pytest.approx(0.80, abs=0.005)  # as rounded in print


@pytest.mark.parametrize(("name", "power"), [("lineweaver2001", 2.0), ("behroozi2015", 1.5)])
def test_metals_raise_what_formed_to_a_power(name, power):
    """psi M^k integrates to M^(k + 1); both come from the same table, so to its accuracy."""
    dates = np.linspace(0.2, 60.0, 300)
    stars = PlanetHistory("madau2014").formed(dates)
    np.testing.assert_allclose(PlanetHistory(name).formed(dates), stars**power, rtol=1e-6)


@pytest.mark.parametrize(("name", "future"), LEGAL)
def test_what_has_formed_is_the_integral_of_the_rate(name, future):
    history = PlanetHistory(name, future)
    for low, high in ((0.0, 5.0), (5.0, today()), (today() + 1e-9, 40.0), (40.0, 400.0)):
        dates = np.linspace(low, high, 20_001)
        number = history.formed(high) - history.formed(low)
        # The rule of trapezoids is off by 3e-6 in the first Gyr and far less after.
        assert np.trapezoid(history.rate(dates), dates) == pytest.approx(number, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(("name", "future"), LEGAL)
def test_from_nothing_to_one_to_the_total(name, future):
    history = PlanetHistory(name, future)
    dates = np.linspace(-1.0, 500.0, 5000)
    formed = history.formed(dates)
    assert (np.diff(formed) >= 0.0).all()
    assert (history.rate(dates) >= 0.0).all()
    assert history.formed(today()) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_array_equal(history.formed(np.array([-np.inf, -1.0, 0.0])), 0.0)
    np.testing.assert_array_equal(history.rate(np.array([-np.inf, -1.0, 0.0, np.inf])), 0.0)
    assert history.formed(np.inf) == pytest.approx(history.total(), rel=1e-12)


@pytest.mark.parametrize("name", [name for name in HISTORIES if name != "hanson2021"])
def test_all_futures_share_the_past(name):
    dates = np.linspace(0.1, today(), 200)
    kinds = [PlanetHistory(name, future) for future in FUTURES]
    for other in kinds[1:]:
        np.testing.assert_array_equal(other.rate(dates), kinds[0].rate(dates))
    assert PlanetHistory(name, "none").total() == 1.0
    assert PlanetHistory(name, "none").rate(today() + 1e-6) == 0.0
    assert PlanetHistory(name, "halo-gas").future_share == pytest.approx(0.92, rel=1e-12)
    folded = PlanetHistory(name, "e-fold")
    assert folded.rate(today() + 3.9) == pytest.approx(folded.rate(today()) / np.e, rel=1e-9)


def test_shapes_and_units():
    history = PlanetHistory()
    assert isinstance(history.rate(5.0), float)
    assert isinstance(history.formed("5 Gyr"), float)
    assert history.rate(np.ones((2, 3))).shape == (2, 3)
    assert history.formed("5000 Myr") == pytest.approx(history.formed(5.0), rel=1e-12)
    given = np.array([20.0, 150.0])
    history.rate(given)
    history.formed(given)
    np.testing.assert_array_equal(given, [20.0, 150.0])  # left alone


def test_it_is_a_value():
    assert PlanetHistory("madau2014") == PlanetHistory()
    assert len({PlanetHistory(), PlanetHistory(future="none"), PlanetHistory()}) == 2


def test_every_name_has_a_source_and_status():
    assert set(SOURCES) == {*HISTORIES, *FUTURES}
    for source, status in SOURCES.values():
        assert status in ("verified", "secondary", "assumed")
        # What is assumed says so in its first word or two.
        assert (status == "assumed") == source.startswith(("derived", "inferred", "a limit"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("madau214",), "unknown planet history 'madau214'; did you mean 'madau2014'?"),
        (
            ("madau2014", "efold"),
            "unknown future of planet formation 'efold'; did you mean 'e-fold'",
        ),
        (
            ("hanson2021", "e-fold"),
            "future is 'e-fold', but hanson2021 is one formula for all time",
        ),
        (("hanson2021", "halo-gas"), "allowed with it: formula, none"),
    ],
)
def test_names_that_are_not(arguments, message):
    with pytest.raises(InputError) as error:
        PlanetHistory(*arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("times", [float("nan"), [1.0, float("nan")], "soon", "3 kg"])
def test_dates_that_are_not(times):
    for method in (PlanetHistory().rate, PlanetHistory("hanson2021").formed):
        with pytest.raises(InputError, match=r"^times: "):
            method(times)
