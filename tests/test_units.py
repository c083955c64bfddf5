"""Conversion of units, and the constants behind it, against astropy."""

from __future__ import annotations

import math
import subprocess
import sys

import astropy.constants as known
import astropy.units as u
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfc_sim import constants
from sfc_sim._core.errors import InputError
from sfc_sim.units import to_value

LIGHT = 299_792.458  # km/s
# Conversions are a few multiplications.
ROUNDING = 1e-14

CONVERTED = [
    (3, "Gyr", 3.0),
    (np.float32(2.5), "Gyr", 2.5),
    (math.inf, "Gyr", math.inf),
    ("3", "Gyr", 3.0),
    ("3 Gyr", "Gyr", 3.0),
    ("3Gyr", "Gyr", 3.0),
    ("  +3.  Gyr ", "Gyr", 3.0),
    ("-1e-3 Gyr", "Gyr", -1e-3),
    ("inf", "Gyr", math.inf),
    (".5", "", 0.5),
    ("5 %", "", 0.05),
    ("4500 Myr", "Gyr", 4.5),
    ("1E5yr", "Gyr", 1e-4),
    ("0.2 1/Myr", "1/Gyr", 200.0),
    ("0.5c", "c", 0.5),
    ("0.5 c", "km/s", LIGHT / 2),
    ("1e3 km/s", "c", 1e3 / LIGHT),
    ("1 Gly", "Mly", 1e3),
    ("7 kly", "ly", 7e3),
    ("1 Gly3", "Mly3", 1e9),
    ("2 OUSV-1", "OUSV-1", 2.0),  # a unit of our own passes when it is the one asked for
    (4500 * u.Myr, "Gyr", 4.5),
    (0.5 * known.c, "c", 0.5),
    (1.0 * u.lyr, "ly", 1.0),
]


@pytest.mark.parametrize(("value", "unit", "expected"), CONVERTED)
def test_scalars(value, unit, expected):
    answer = to_value(value, unit, "x")
    assert type(answer) is float
    assert answer == pytest.approx(expected, rel=ROUNDING)


def test_gly_is_the_one_of_constants():
    expected = constants.MEGAPARSECS_PER_GLY.value
    assert to_value("1 Gly", "Mpc", "x") == pytest.approx(expected, rel=ROUNDING)


def test_arrays_keep_their_shape():
    rows = np.arange(6.0).reshape(2, 3)
    assert to_value(rows, "Gyr", "x") is rows  # nothing to do, nothing copied
    assert to_value([1, 2], "Gyr", "x").dtype == np.float64
    np.testing.assert_allclose(to_value(rows * u.Myr, "Gyr", "x"), rows / 1e3, rtol=ROUNDING)
    assert to_value([], "Gyr", "x").shape == (0,)


@given(st.floats(allow_nan=False))
def test_text_of_a_number_is_the_number(number):
    assert to_value(repr(number), "Gyr", "x") == number
    assert to_value(f"{number!r} Gyr", "Gyr", "x") == number


REFUSED = [
    ("3 Gly", "Gyr"),  # c = 1 inside, but not of what users write
    ("3 c", "Gyr"),
    ("3 Gyr", ""),
    ("3 bla", "Gyr"),
    ("3 Gyr", "OUSV"),
    ("Gyr", "Gyr"),
    ("", "Gyr"),
    ("1.2.3", "Gyr"),
    ("3 4", "Gyr"),
    ("nan", "Gyr"),
    (math.nan, "Gyr"),
    ([1.0, math.nan], "Gyr"),
    (None, "Gyr"),
    (True, "Gyr"),
    (1j, ""),
    ({}, "Gyr"),
    (["3 Gyr"], "Gyr"),
    ([[1.0], [2.0, 3.0]], "Gyr"),
    ([1 * u.Myr, 2 * u.Myr], "Gyr"),
    (3 * u.kg, "c"),
    (np.full(100, math.nan), "Gyr"),
]


@pytest.mark.parametrize(("value", "unit"), REFUSED)
def test_refusals_name_the_parameter_and_what_is_allowed(value, unit):
    with pytest.raises(InputError, match=r"^habitable_time: .*allowed: .*Quantity$") as caught:
        to_value(value, unit, "habitable_time")
    message = str(caught.value)
    assert "\n" not in message
    assert (unit or "pure number") in message
    assert len(message) < 250


def test_refusal_shows_what_came():
    with pytest.raises(InputError) as caught:
        to_value("3 kg", "Gyr", "duration")
    assert str(caught.value) == (
        "duration: '3 kg' is not convertible to Gyr; allowed: a number in Gyr, "
        "text such as '1 Gyr', or a convertible astropy Quantity"
    )


def test_our_units_do_not_leak_into_astropy():
    to_value("1 Gly", "Mpc", "x")
    with pytest.raises(ValueError, match="Gly"):
        u.Unit("Gly")


def test_astropy_is_imported_only_to_convert():
    code = (
        "import sys; from sfc_sim.units import to_value;"
        "to_value('3 Gyr', 'Gyr', 'x'); to_value(3, 'c', 'x'); print('astropy' in sys.modules);"
        "to_value('3 Myr', 'Gyr', 'x'); print('astropy' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.split() == [b"False", b"True"]


# --- constants -------------------------------------------------------------------------------


def test_constants_against_astropy():
    assert constants.SPEED_OF_LIGHT.value == known.c.si.value
    assert constants.ASTRONOMICAL_UNIT.value == known.au.si.value
    assert constants.JULIAN_YEAR.value == u.yr.to(u.s)
    gly = (1e9 * u.lyr).to_value(u.Mpc)
    assert constants.MEGAPARSECS_PER_GLY.value == pytest.approx(gly, rel=ROUNDING)
    hubble = (1 / (u.km / u.s / u.Mpc)).to_value(u.Gyr)
    assert constants.HUBBLE_TIME.value == pytest.approx(hubble, rel=ROUNDING)
    assert constants.HUBBLE_TIME.value == pytest.approx(977.79222, abs=5e-6)  # as usually printed


def test_every_constant_says_where_it_comes_from():
    found = constants.catalogue()
    assert set(found) == set(constants.__all__) - {"Constant", "catalogue"}
    for constant in found.values():
        assert math.isfinite(float(constant))
        assert len(constant.source) > 10
        assert constant.status in ("verified", "secondary", "assumed")
        if "Gly" not in constant.unit:  # the one unit astropy spells otherwise
            assert u.Unit(constant.unit) is not None
