"""Sizes that no memory holds are refused before any is taken; units are never lost."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from types import SimpleNamespace

import astropy.units as u
import numpy as np
import psutil
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import affordable
from sfc_sim.planets import hosts
from sfc_sim.simulation.sky import golden_spiral
from tests.fuzzing import NAME, made

HUGE = 10**12


@pytest.mark.parametrize(
    "call",
    [
        lambda: sfc.sample(NAME, 10**14),
        lambda: sfc.simulate_here(NAME, realisations=HUGE),
        lambda: sfc.simulate(sfc.appearance.PowerLawAppearance(6), speed=0.5, probes=HUGE),
        lambda: sfc.simulate(sfc.appearance.PowerLawAppearance(6), speed=0.5, rays=HUGE),
        lambda: sfc.simulate(sfc.appearance.PowerLawAppearance(6), speed=0.5, realisations=HUGE),
        lambda: sfc.decision.contest(made("draws"), made("weights"), size=HUGE),
        lambda: sfc.decision.priorities(0.5, draws=HUGE),
        lambda: sfc.earth.earth_posterior("snyder-beattie2021", HUGE),
        lambda: sfc.analysis.sensitivity(made("study"), points=2**40),
        lambda: golden_spiral(HUGE),
        lambda: sfc.drake.drake_distribution("sandberg2018", HUGE),
        lambda: sfc.UniformInteger(1, 1_200_000_000),
        lambda: sfc.TruncatedGeometric(0.5, 1, 1_200_000_000),
    ],
)
def test_sizes_are_refused_before_memory_is_taken(call):
    made("weights"), made("study")
    tracemalloc.start()
    try:
        with pytest.raises(sfc.InputError, match=r"GB are free|from [12] to|hi - lo below"):
            call()
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()


def test_memory_that_the_system_keeps_of_files_is_free(monkeypatch):
    # After much was read or written nearly all memory is cache, which is given back.
    monkeypatch.setattr(os, "sysconf", lambda name: 0 if name == "SC_AVPHYS_PAGES" else 4096)
    assert affordable(1000, 1000, "points") == 1000
    memory = SimpleNamespace(available=100_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    with pytest.raises(sfc.InputError, match=r"need about 0\.001 GB .* 0\.0001 GB .* at most 100$"):
        affordable(1000, 1000, "points")


def test_arrays_nested_too_deeply_are_one_line():
    with pytest.raises(sfc.InputError, match="nested too deeply") as caught:
        sfc.Scenario.from_toml("a = " + "[" * 5000 + "]" * 5000)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (lambda: sfc.decision.extinction_multiplier(0.5, 50 * u.percent), 0.75),
        (lambda: sfc.decision.takeover_ratio(50 * u.percent), 2.0),
        (
            lambda: sfc.simulation.angular_diameter(163.0 * u.Mpc, 1.0, 0.5),
            sfc.simulation.angular_diameter((163.0 * u.Mpc).to_value(u.lyr) / 1e9, 1.0, 0.5),
        ),
        (lambda: sfc.appearance.PowerLawAppearance(6, date=13787 * u.Myr).date, 13.787),
        (lambda: sfc.expansion.PowerLawUniverse(6, 149896.229 * u.km / u.s).speed, 0.5),
        (lambda: sfc.Fixed(50 * u.percent).value, 0.5),
        (lambda: hosts.share_of_hosts(0.1 * u.Msun, 1.0), hosts.share_of_hosts(0.1, 1.0)),
        (
            lambda: sfc.decision.loss_by_waiting(14_000 * u.Myr, sfc.Background.named("Planck18")),
            sfc.decision.loss_by_waiting(14.0, sfc.Background.named("Planck18")),
        ),
    ],
)
def test_quantities_are_converted(found, right):
    np.testing.assert_allclose(found(), right, rtol=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sfc.decision.extinction_multiplier(0.5, 3 * u.Gyr),
        lambda: sfc.assess(NAME, 10, tolerance=3 * u.Gyr),
        lambda: sfc.expansion.marginal_saturation(3 * u.Mpc),
        lambda: sfc.Uniform(0, 3 * u.Gyr),
        lambda: sfc.decision.delay_cost(made("draws"), made("weights"), delay=3 * u.kg),
    ],
)
def test_quantities_of_another_kind_are_refused(call):
    with pytest.raises(sfc.InputError, match="not convertible"):
        call()


def test_control_characters_are_replaced():
    text = sfc.load_scenario(NAME).replace(name="mine").to_toml()
    shown = str(sfc.Scenario.from_toml(text.replace("mine", "\\u001b[2Jmine\\nforged  1")))
    assert "\x1b" not in shown
    assert shown.startswith("\ufffd[2Jmine forged")


def test_controls_reach_no_csv_and_no_claim():
    import xarray as xr

    from sfc_sim.decision.rows import TheoryReport
    from sfc_sim.scenario.claim import Claim

    told = xr.Dataset({"x": ("theory", [1.0])}, coords={"theory": ["\x1b[2Jmine\x07"]})
    assert TheoryReport(told).written("csv") == "theory,x\n\ufffd[2Jmine\ufffd,1.0"
    words = dict.fromkeys(("quantity", "reason", "source", "measure", "note"), "a\x1b[2J\nforged")
    claim = Claim(published=1.0, tolerance=0.0, status="assumed", **words)
    assert {getattr(claim, key) for key in words} == {"a\ufffd[2J forged"}


def test_names_of_the_user_are_no_markup_on_an_axis():
    import xarray as xr

    from sfc_sim.plotting.style import axis_label

    attrs = {"long_name": "$a_$ of mine", "units": "$b_$"}
    label = axis_label(xr.DataArray(0.0, attrs=attrs), "log$_{10}$ of ")
    assert label.count(r"\$") == 4


@pytest.mark.parametrize(
    "arguments",
    [(10**400, 10**401), ("1", "2"), (1.0, 2.0, 1e-320), (1.0, 2.0, "0.9"), (1.0, 2.0, 1.0),
     (2.0, 1.0), (float("nan"), 1.0), (None, 1.0)],
)  # fmt: skip
def test_between_refuses_what_is_no_interval(arguments):
    with pytest.raises(sfc.InputError, match=r"^lo is|^mass is|^between: ") as caught:
        sfc.between(*arguments)
    assert len(str(caught.value)) < 200


def small_file_of(many):
    """A file of a few kB, with its checksum, whose one variable is `many` numbers of fill."""
    import h5netcdf

    from sfc_sim._core import netcdf

    buffer = io.BytesIO()
    with h5netcdf.File(buffer, "w") as file:
        file.dimensions["draw"] = many
        file.create_variable("x", ("draw",), "f8", chunks=(min(many, 2**20),))
        file.attrs[netcdf.CHECKSUM] = f"sfc_sim sha256 {netcdf.BLANK.decode()}"
    content = buffer.getvalue()
    found = netcdf.MARK.search(content)
    digest = hashlib.sha256(content).hexdigest().encode()
    return content[: found.start(1)] + digest + content[found.end(1) :]


def test_a_small_file_of_many_numbers_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "huge.nc"
    path.write_bytes(small_file_of(10**10))
    assert path.stat().st_size < 20_000
    tracemalloc.start()
    try:
        with pytest.raises(sfc.InputError, match=r"bytes in '.*huge\.nc' is .* GB are free"):
            sfc.load(path)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    (tmp_path / "small.nc").write_bytes(small_file_of(100))  # of the same kind, and fits
    assert sfc.load(tmp_path / "small.nc").sizes["draw"] == 100
